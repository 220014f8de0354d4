-- measure: settled_at_exit
-- title: Settled when leaving the scheme
-- short: Settled at exit
-- unit: one row per membership that has ended and of accommodation and employment what was assessed in the year to the
--   day of leaving
-- kind: proportion
-- numerator: settled, memberships without the need at the last assessment of it by the day of leaving
-- denominator: assessed, memberships that ended with an assessment of it in the twelve months to the day of
--   leaving
-- direction: higher
-- why: Somewhere to live and work are what keep people from offending when the scheme has gone
-- excludes: Memberships still open; people not assessed for it in those twelve months; other needs
-- source: PPO self-assessment tool, section 4; settled accommodation and employment, as in National Indicators 143 and
--   144
-- matures: 0 months
-- has: need
-- always_by: need
-- labels: accommodation, employment
-- not_applicable: ppo, offence_group, index_event, court_type
-- reads: police/ppo_register, probation/assessments
-- switches: none
-- owner: scheme manager
-- review_by: 2027-04-01

with covered as (
    select min(covered_to) as covered_to
    from coverage
    where file in ('police/ppo_register', 'probation/assessments')
),

told as (
    select
        person_id,
        assessed_on,
        'accommodation' as need,
        accommodation as answer
    from assessments
    union all
    select
        person_id,
        assessed_on,
        'employment' as need,
        employment as answer
    from assessments
),

-- Where there are two of one day, a need in either is a need.
answers as (
    select
        person_id,
        assessed_on,
        need,
        max(case when answer = 'need' then 1 else 0 end) as needed
    from told
    where answer in ('need', 'no_need')
    group by person_id, assessed_on, need
),

ended as (
    select
        memberships.person_id,
        memberships.scheme_id,
        memberships.membership,
        memberships.ends_before,
        answers.need,
        max_by(answers.needed, answers.assessed_on) as needed
    from memberships
    cross join covered
    inner join answers
        on
            memberships.person_id = answers.person_id
            and answers.assessed_on > cast(memberships.ends_before - interval 12 month as date)
            and answers.assessed_on <= memberships.ends_before
    where memberships.adopted_on < memberships.ends_before and memberships.ends_before <= covered.covered_to
    group by
        memberships.person_id, memberships.scheme_id, memberships.membership, memberships.ends_before, answers.need
)

select
    ended.person_id || '-' || ended.scheme_id || '-' || ended.membership || '-' || ended.need as unit_id,
    ended.person_id,
    ended.ends_before as date,
    periods.period,
    ended.need,
    1 as assessed,
    1 - ended.needed as settled,
    ended.scheme_id as own_scheme,
    spans.strand as own_strand,
    true as main,
    ages.age
from ended
inner join periods on ended.ends_before >= periods.starts_on and ended.ends_before < periods.ends_before
left join membership_spans as spans
    on
        ended.person_id = spans.person_id
        and ended.scheme_id = spans.scheme_id
        and spans.starts_on < ended.ends_before
        and ended.ends_before = spans.ends_before
left join ages on ended.person_id = ages.person_id and ended.ends_before = ages.day
