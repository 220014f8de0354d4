-- measure: reoffended_on_scheme
-- title: People who offended while on the scheme
-- short: Offended on the scheme
-- unit: one row per person, scheme and period with a day on the scheme in it
-- kind: proportion
-- numerator: reoffended, people with a proven offence committed on a day of the period on which they were on the scheme
-- denominator: people, people with a day on the scheme in the period
-- direction: lower
-- why: It is what boards have asked of schemes from the first: how many offend while somebody is working with them. It
--   is not the one-year rate, which follows people from an index event wherever they are
-- excludes: Offences before adoption or from the first day out on; offences proved later than the waiting period after
--   the end of the period; days after coverage
-- source: Haringey board paper, 26 October 2007 (25%, not defined there; the definition is ours)
-- matures: 6 months
-- not_applicable: ppo, month, offence_group, index_event, court_type
-- reads: police/ppo_register, police/offences
-- switches: tic_counts, proving_lag_months
-- owner: scheme manager
-- review_by: 2027-04-01

with covered as (
    select min(covered_to) as covered_to
    from coverage
    where file in ('police/ppo_register', 'police/offences')
),

stays as (
    select
        memberships.person_id,
        memberships.scheme_id,
        memberships.adopted_on,
        periods.period,
        greatest(memberships.adopted_on, periods.starts_on) as starts_on,
        least(
            memberships.ends_before, periods.ends_before, cast(covered.covered_to + interval 1 day as date)
        ) as ends_before,
        cast(periods.ends_before + interval 1 month * switches.proving_lag_months as date) as proved_before
    from memberships
    inner join periods
        on memberships.adopted_on < periods.ends_before and periods.starts_on < memberships.ends_before
    cross join covered
    cross join switches
),

on_scheme as (
    select
        person_id,
        scheme_id,
        period,
        min(starts_on) as starts_on,
        max(adopted_on) as adopted_on
    from stays
    where starts_on < ends_before
    group by person_id, scheme_id, period
),

offended as (
    select distinct
        stays.person_id,
        stays.scheme_id,
        stays.period
    from stays
    inner join offences
        on
            stays.person_id = offences.person_id
            and offences.committed_on >= stays.starts_on
            and offences.committed_on < stays.ends_before
            and offences.disposed_on < stays.proved_before
    where offences.counts
),

told as (
    select
        on_scheme.*,
        case when offended.person_id is null then 0 else 1 end as reoffended
    from on_scheme
    left join offended
        on
            on_scheme.person_id = offended.person_id
            and on_scheme.scheme_id = offended.scheme_id
            and on_scheme.period = offended.period
)

select
    told.person_id || '-' || told.scheme_id || '-' || told.period as unit_id,
    told.person_id,
    told.starts_on as date,
    told.period,
    1 as people,
    told.reoffended,
    told.scheme_id as own_scheme,
    spans.strand as own_strand,
    -- In totals a person counts once, as somebody who offended on a scheme if they did so on any.
    row_number() over (
        partition by told.person_id, told.period
        order by told.reoffended desc, told.adopted_on desc, told.scheme_id asc
    ) = 1 as main,
    ages.age
from told
left join membership_spans as spans
    on
        told.person_id = spans.person_id
        and told.scheme_id = spans.scheme_id
        and spans.starts_on <= told.starts_on
        and told.starts_on < spans.ends_before
left join ages on told.person_id = ages.person_id and told.starts_on = ages.day
