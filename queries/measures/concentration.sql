-- measure: concentration
-- title: Share of proven offences by the people with most
-- short: Concentration of offending
-- unit: one row per person and period: a person with a proven offence committed in the period
-- kind: concentration
-- numerator: weight, proven offences committed in the period by the people with most of them
-- denominator: weight, proven offences committed in the period by everybody with one
-- direction: none
-- why: Schemes rest on a few people doing much of the offending; this says how few, and how much
-- excludes: People with no proven offence in the period; people with no police record; offences proved more than six
--   months after the period (the proving lag, a switch); offences that are not recordable, breaches that are not
--   offences in themselves, and offences dealt with outside England and Wales
-- source: Home Office PPO leaflet (one in ten crimes by 5,000 people; half of crimes by a tenth of offenders), counted
--   here over proven offences; Lorenz curve, interpolated
-- matures: 6 months after the period, for its last offences to be proved
-- not_applicable: age_band, in_dip, offence_group, index_event, court_type
-- reads: police/offences
-- switches: tic_counts, proving_lag_months, prevent_and_deter_is_ppo
-- owner: performance analyst
-- review_by: 2027-04-01

with proved as (
    select
        offences.person_id,
        periods.period,
        periods.starts_on,
        periods.ends_before,
        min(offences.committed_on) as first_committed_on,
        count(*) as weight
    from offences
    inner join people on offences.person_id = people.person_id
    inner join periods on offences.committed_on >= periods.starts_on and offences.committed_on < periods.ends_before
    cross join switches
    where
        offences.counts
        and people.known_to_police
        and offences.disposed_on < cast(periods.ends_before + switches.proving_lag_months * interval 1 month as date)
    group by offences.person_id, periods.period, periods.starts_on, periods.ends_before
)

select
    cast(proved.person_id as bigint) * 100000
    + date_diff('day', date '1900-01-01', proved.first_committed_on) as unit_id,
    proved.person_id,
    proved.first_committed_on as date,
    proved.period,
    proved.weight,
    cast(null as integer) as age,
    proved.first_committed_on as scheme_on,
    proved.starts_on as window_starts_on,
    proved.ends_before as window_ends_before
from proved
