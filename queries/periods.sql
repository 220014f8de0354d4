-- Twelve months from the first of a month, one row a year: what a cohort is cut into.

-- section: periods
with years as (
    select generate_series as year
    from
        generate_series(
            cast((select year(min(happens_from)) - 1 from horizon) as integer),
            cast((select year(max(covered_to)) from horizon) as integer)
        )
),

cut as (
    select
        year,
        make_date(cast(year as integer), cast($first_month as integer), 1) as starts_on,
        make_date(cast(year as integer) + 1, cast($first_month as integer), 1) as ends_before
    from years
)

select
    case $style
        when 'financial' then year || '/' || right(cast(year + 1 as varchar), 2)
        when 'calendar' then cast(year as varchar)
        else strftime(starts_on, '%Y-%m') || '/' || strftime(ends_before - 1, '%Y-%m')
    end as period,
    starts_on,
    ends_before
from cut
where ends_before > (select min(happens_from) from horizon) and starts_on <= (select max(covered_to) from horizon)
order by starts_on

-- section: fixed_cohorts
-- The caseload two months before each period, whose follow-up year is the period and whose baseline year starts
-- eighteen months before it: gaps of months on both sides of the selection, as the national indicator left them.
select
    period,
    cast(starts_on - interval 2 month as date) as cohort_on,
    cast(starts_on - interval 18 month as date) as baseline_from,
    starts_on as follow_up_from
from periods

-- section: fixed_on
select
    period,
    cast($cohort_on as date) as cohort_on,
    cast($baseline_from as date) as baseline_from,
    cast($follow_up_from as date) as follow_up_from
from periods

-- section: fixed_periods
-- The one period of a fixed cohort that was asked for: its follow-up year.
select
    strftime(cast($follow_up_from as date), '%Y-%m-%d') || ' cohort ' || strftime(cast($cohort_on as date), '%Y-%m-%d')
        as period,
    cast($follow_up_from as date) as starts_on,
    cast(cast($follow_up_from as date) + interval 12 month as date) as ends_before

-- section: maturity
-- When each period of a measure is final: whether the earliest coverage end of the files it reads leaves time enough.
-- A period that begins before a file that it reads is said to is not there: what the file would have told is missing,
-- and a figure without it is of another thing. Of people on schemes nothing is missed before the first adoption.
with ends as (
    select
        min(covered_to) as covered_to,
        max(stated_from) as stated_from,
        bool_or(file = 'police/ppo_register') as of_schemes
    from coverage
    where list_contains($reads, file)
),

first_adoptions as (
    select min(adopted_on) as adopted_on
    from memberships
)

select
    periods.period,
    periods.starts_on,
    periods.ends_before - 1 as ends_on,
    case
        when
            ends.covered_to >= cast((periods.ends_before - 1) + to_months(cast($matures as integer)) as date)
            then 'final'
        when
            ends.covered_to < cast((periods.ends_before - 1) + to_months(cast($immature_until as integer)) as date)
            then 'immature'
        else 'provisional'
    end as status,
    ends.covered_to
from periods
cross join ends
cross join first_adoptions as firsts
where
    ends.stated_from is null
    or periods.starts_on >= ends.stated_from
    or (ends.of_schemes and firsts.adopted_on >= ends.stated_from)
order by periods.starts_on
