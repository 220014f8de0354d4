-- unit: one row per person and day on which drug treatment started
-- not_applicable: age_band, in_dip, offence_group, index_event, court_type
-- reads: dip/events
-- switches: prevent_and_deter_is_ppo
-- owner: drug and alcohol team manager
-- review_by: 2027-04-01

-- measure: referral_to_treatment_days
-- title: Days from referral to the start of treatment
-- short: Referral to treatment
-- kind: days
-- numerator: days, days from the earliest referral to the start of treatment
-- denominator: referred, starts of treatment that have a referral on or before them
-- direction: lower
-- why: Waiting is when people are lost; treatment has to be quick to be taken up
-- excludes: Starts without a date of referral, or with one after the start; clients who did not consent to their
--   records being shared
-- source: Drug Interventions Programme, waiting times
-- matures: 0 months

-- measure: retained_12_weeks
-- title: Kept in treatment for twelve weeks
-- short: Kept for twelve weeks
-- kind: proportion
-- numerator: retained, starts of treatment with no end of treatment in the 84 days after them
-- denominator: started, starts of treatment at least 84 days before the end of coverage
-- direction: higher
-- why: Twelve weeks is how long treatment needs before it can be expected to last
-- excludes: Starts of the last twelve weeks of coverage; clients who did not consent to their records being shared
-- source: National Treatment Agency, retention for twelve weeks
-- matures: 3 months

with covered as (
    select covered_to
    from coverage
    where file = 'dip/events'
),

starts as (
    select
        person_id,
        happened_on,
        min(case when referred_on <= happened_on then referred_on end) as referred_on
    from dip_events
    where event = 'treatment_start'
    group by person_id, happened_on
),

-- Ends before the 84th day after the start.
early_ends as (
    select distinct
        starts.person_id,
        starts.happened_on
    from starts
    inner join dip_events as events
        on
            starts.person_id = events.person_id
            and events.happened_on > starts.happened_on
            and events.happened_on < starts.happened_on + 84
    where events.event = 'treatment_end'
)

select
    cast(starts.person_id as bigint) * 100000 + date_diff('day', date '1900-01-01', starts.happened_on) as unit_id,
    starts.person_id,
    starts.happened_on as date,
    periods.period,
    date_diff('day', starts.referred_on, starts.happened_on) as days,
    case when starts.referred_on is null then 0 else 1 end as referred,
    case when starts.happened_on + 84 <= covered.covered_to then 1 else 0 end as started,
    case
        when starts.happened_on + 84 <= covered.covered_to and early_ends.person_id is null then 1
        else 0
    end as retained,
    cast(null as integer) as age,
    starts.happened_on as scheme_on,
    starts.happened_on as window_starts_on,
    cast(starts.happened_on + interval 1 day as date) as window_ends_before
from starts
cross join covered
inner join periods on starts.happened_on >= periods.starts_on and starts.happened_on < periods.ends_before
left join early_ends on starts.person_id = early_ends.person_id and starts.happened_on = early_ends.happened_on
