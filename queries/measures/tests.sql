-- measure: drug_test_positive
-- title: Positive drug tests
-- short: Tests positive
-- unit: one row per person and day of a test
-- kind: proportion
-- numerator: positive, days on which a test was positive for opiates, cocaine or both
-- denominator: tests, days on which a test had a result
-- direction: lower
-- why: It says how much of the offending that leads to a test goes with class A drugs
-- excludes: Tests without a result; clients who did not consent to their records being shared
-- source: Drug Interventions Programme, testing on arrest and charge
-- matures: 0 months
-- not_applicable: age_band, in_dip, offence_group, index_event, court_type
-- reads: dip/events
-- switches: prevent_and_deter_is_ppo
-- owner: drug and alcohol team manager
-- review_by: 2027-04-01

with tests as (
    select
        person_id,
        happened_on,
        max(
            case when result in ('positive_opiates', 'positive_cocaine', 'positive_both') then 1 else 0 end
        ) as positive
    from dip_events
    where
        event = 'test'
        and result in ('positive_opiates', 'positive_cocaine', 'positive_both', 'negative')
    group by person_id, happened_on
)

select
    cast(tests.person_id as bigint) * 100000 + date_diff('day', date '1900-01-01', tests.happened_on) as unit_id,
    tests.person_id,
    tests.happened_on as date,
    periods.period,
    1 as tests,
    tests.positive,
    cast(null as integer) as age,
    tests.happened_on as scheme_on,
    tests.happened_on as window_starts_on,
    cast(tests.happened_on + interval 1 day as date) as window_ends_before
from tests
inner join periods on tests.happened_on >= periods.starts_on and tests.happened_on < periods.ends_before
