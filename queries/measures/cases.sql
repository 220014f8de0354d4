-- unit: one row per case: a person and a day of arrest, over the recordable offences alleged
-- matures: 0 months
-- not_applicable: age_band, in_dip, index_event
-- reads: police/offences
-- owner: performance analyst
-- review_by: 2027-04-01

-- measure: open_cases
-- title: Time from arrest to the end of the case
-- short: Ended so far
-- kind: survival
-- numerator: event, cases every offence of which was sentenced or otherwise ended by so many months after the arrest
-- denominator: cases, cases that began with an arrest in the period
-- direction: higher
-- why: Completed cases alone flatter recent arrests: only the quick ones are over. This counts each open case for as
--   long as it has been open
-- excludes: Offences without a date of arrest; arrests on or after the last day of coverage; breaches that are not
--   offences; offences that are not recordable or outside England and Wales
-- source: Kaplan and Meier 1958 on whole calendar months
-- switches: prevent_and_deter_is_ppo

-- measure: open_case_age_days
-- title: Age of open cases
-- short: Days open
-- kind: days
-- numerator: days_open, days from the arrest to the end of coverage
-- denominator: open_cases, cases that had not ended by the end of coverage
-- direction: lower
-- why: A median over completed cases hides the ones that are stuck
-- excludes: Cases that ended; offences without a date of arrest; breaches that are not offences; offences that are not
--   recordable or outside England and Wales
-- source: Time Intervals Survey, turned to the cases that it leaves out
-- switches: prevent_and_deter_is_ppo

-- measure: case_outcomes
-- title: How cases ended
-- short: Outcomes
-- kind: distribution
-- numerator: cases, cases with the outcome
-- denominator: cases, cases that began with an arrest in the period
-- direction: none
-- why: A premium service aims at convictions, not only at speed; cases dropped are not sentencing occasions at all
-- excludes: Offences without a date of arrest; breaches that are not offences; offences that are not recordable or
--   outside England and Wales. A case of several offences has its best proved outcome
-- source: PPO premium service
-- has: outcome
-- always_by: outcome
-- switches: prevent_and_deter_is_ppo

with covered as (
    select covered_to
    from coverage
    where file = 'police/offences'
),

cases as (
    select
        person_id,
        arrested_on,
        min_by(offence_group, (-coalesce(sentence_days, 0), cjs_offence_code)) as offence_group,
        min(case court_type when 'CC' then 1 when 'MC' then 2 when 'YC' then 3 end) as court,
        case when count(disposed_on) = count(*) then max(sentenced_on) end as ended_on,
        case
            when bool_or(outcome = 'convicted') then 'convicted'
            when bool_or(outcome in ('caution', 'reprimand', 'warning')) then 'cautioned'
            when bool_or(outcome = 'tic') then 'taken_into_consideration'
            when bool_or(outcome = 'pending') then 'open'
            when bool_or(outcome = 'acquitted') then 'acquitted'
            when bool_or(outcome = 'discontinued') then 'discontinued'
        end as outcome
    from offences
    where alleged and arrested_on is not null
    group by person_id, arrested_on
),

watched as (
    select
        cases.*,
        covered.covered_to,
        case
            when cases.arrested_on >= covered.covered_to then null
            when cases.ended_on <= covered.covered_to then 1
            else 0
        end as event
    from cases
    cross join covered
)

select
    cast(watched.person_id as bigint) * 100000 + date_diff('day', date '1900-01-01', watched.arrested_on) as unit_id,
    watched.person_id,
    watched.arrested_on as date,
    periods.period,
    1 as cases,
    watched.event,
    case when watched.event = 1 then watched.ended_on else watched.covered_to end as ends_on,
    date_diff(
        'day', watched.arrested_on, case when watched.event = 1 then watched.ended_on else watched.covered_to end
    ) as time_days,
    watched.covered_to as watched_to,
    1 - watched.event as open_cases,
    case when watched.event = 0 then date_diff('day', watched.arrested_on, watched.covered_to) end as days_open,
    watched.outcome,
    case watched.court when 1 then 'crown' when 2 then 'magistrates' when 3 then 'youth' else 'not_known' end
        as court_type,
    watched.offence_group,
    cast(null as integer) as age,
    watched.arrested_on as scheme_on,
    watched.arrested_on as window_starts_on,
    cast(watched.arrested_on + interval 1 day as date) as window_ends_before
from watched
inner join periods on watched.arrested_on >= periods.starts_on and watched.arrested_on < periods.ends_before
