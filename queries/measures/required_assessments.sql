-- measure: required_assessment_attended
-- title: Required assessments attended
-- short: Assessments attended
-- unit: one row per person and day of a required assessment
-- kind: proportion
-- numerator: attended, days on which a required assessment was attended
-- denominator: assessments, days on which a required assessment was attended or missed
-- direction: higher
-- why: A positive test leads to help only if the assessment that it requires takes place
-- excludes: Assessments without a result; clients who did not consent to their records being shared
-- source: Drug Interventions Programme, required assessment (Drugs Act 2005)
-- matures: 0 months
-- not_applicable: age_band, in_dip, offence_group, index_event, court_type
-- reads: dip/events
-- switches: prevent_and_deter_is_ppo
-- owner: drug and alcohol team manager
-- review_by: 2027-04-01

with assessments as (
    select
        person_id,
        happened_on,
        max(case when result = 'attended' then 1 else 0 end) as attended
    from dip_events
    where event = 'required_assessment' and result in ('attended', 'not_attended')
    group by person_id, happened_on
)

select
    cast(assessments.person_id as bigint) * 100000
    + date_diff('day', date '1900-01-01', assessments.happened_on) as unit_id,
    assessments.person_id,
    assessments.happened_on as date,
    periods.period,
    1 as assessments,
    assessments.attended,
    cast(null as integer) as age,
    assessments.happened_on as scheme_on,
    assessments.happened_on as window_starts_on,
    cast(assessments.happened_on + interval 1 day as date) as window_ends_before
from assessments
inner join periods
    on assessments.happened_on >= periods.starts_on and assessments.happened_on < periods.ends_before
