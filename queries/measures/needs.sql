-- unit: one row per membership and need that was assessed about the time of adoption
-- kind: proportion
-- has: need
-- always_by: need
-- not_applicable: ppo, offence_group, index_event, court_type
-- reads: police/ppo_register, probation/assessments
-- switches: none
-- owner: scheme manager
-- review_by: 2027-04-01

-- measure: need_at_entry
-- title: Needs at entry
-- short: Need at entry
-- numerator: needed, memberships with the need at the assessment nearest to adoption; of two as near, at the earlier
-- denominator: assessed, memberships with an assessment of it in the year before adoption or the three months after
-- direction: none
-- why: It says what the people chosen need, and so what a scheme has to be able to offer
-- excludes: People never assessed for it about the time of adoption
-- source: OASys; PPO self-assessment tool, section 4
-- matures: 3 months

-- measure: need_resolved
-- title: Needs at entry since met
-- short: Need met
-- numerator: resolved, memberships without the need at the latest assessment on the scheme
-- denominator: needed_and_assessed_again, memberships with the need at entry and a later assessment of it on the scheme
-- direction: higher
-- why: Meeting needs is how a scheme is meant to work
-- excludes: People without the need at entry; people not assessed for it again before they left
-- source: OASys; PPO self-assessment tool, section 4
-- matures: 3 months

-- measure: need_arisen
-- title: Needs that have arisen since entry
-- short: Need arisen
-- numerator: arisen, memberships with the need at the latest assessment on the scheme
-- denominator: free_and_assessed_again, memberships without the need at entry and with a later assessment of it on the
--   scheme
-- direction: lower
-- why: Change goes both ways, and the needs met say only half of it
-- excludes: People with the need at entry; people not assessed for it again before they left
-- source: OASys; PPO self-assessment tool, section 4
-- matures: 3 months

with covered as (
    select min(covered_to) as covered_to
    from coverage
    where file in ('police/ppo_register', 'probation/assessments')
),

members as (
    select
        memberships.person_id,
        memberships.scheme_id,
        memberships.membership,
        memberships.adopted_on,
        cast(memberships.adopted_on - interval 12 month as date) as entry_after,
        cast(memberships.adopted_on + interval 3 month as date) as entry_until,
        memberships.ends_before,
        covered.covered_to
    from memberships
    cross join covered
    where memberships.adopted_on < memberships.ends_before
),

needs as (
    select 'accommodation' as need
    union all
    select 'employment' as need
    union all
    select 'education' as need
    union all
    select 'health' as need
    union all
    select 'mental_health' as need
    union all
    select 'drugs' as need
    union all
    select 'alcohol' as need
),

told as (
    select
        assessments.person_id,
        assessments.assessed_on,
        needs.need,
        case needs.need
            when 'accommodation' then assessments.accommodation
            when 'employment' then assessments.employment
            when 'education' then assessments.education
            when 'health' then assessments.health
            when 'mental_health' then assessments.mental_health
            when 'drugs' then assessments.drugs
            when 'alcohol' then assessments.alcohol
        end as answer
    from assessments
    cross join needs
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

-- Of two assessments as near to adoption, the earlier says how somebody came: the scheme could have met the later need.
entries as (
    select
        members.person_id,
        members.scheme_id,
        members.membership,
        members.adopted_on,
        members.ends_before,
        members.covered_to,
        answers.need,
        answers.assessed_on,
        answers.needed
    from members
    inner join answers
        on
            members.person_id = answers.person_id
            and members.entry_after < answers.assessed_on
            and answers.assessed_on <= members.entry_until
    qualify
        row_number() over (
            partition by members.person_id, members.scheme_id, members.membership, answers.need
            order by abs(date_diff('day', members.adopted_on, answers.assessed_on)), answers.assessed_on
        ) = 1
),

latest as (
    select
        entries.person_id,
        entries.scheme_id,
        entries.membership,
        entries.need,
        max_by(answers.needed, answers.assessed_on) as needed
    from entries
    inner join answers
        on
            entries.person_id = answers.person_id
            and entries.need = answers.need
            and entries.assessed_on < answers.assessed_on
            and answers.assessed_on < entries.ends_before
            and answers.assessed_on <= entries.covered_to
    group by entries.person_id, entries.scheme_id, entries.membership, entries.need
)

select
    entries.person_id || '-' || entries.scheme_id || '-' || entries.membership || '-' || entries.need as unit_id,
    entries.person_id,
    entries.adopted_on as date,
    periods.period,
    entries.need,
    1 as assessed,
    entries.needed,
    case when entries.needed = 1 and latest.needed is not null then 1 else 0 end as needed_and_assessed_again,
    case when entries.needed = 1 and latest.needed = 0 then 1 else 0 end as resolved,
    case when entries.needed = 0 and latest.needed is not null then 1 else 0 end as free_and_assessed_again,
    case when entries.needed = 0 and latest.needed = 1 then 1 else 0 end as arisen,
    entries.scheme_id as own_scheme,
    spans.strand as own_strand,
    true as main,
    ages.age
from entries
inner join periods on entries.adopted_on >= periods.starts_on and entries.adopted_on < periods.ends_before
left join latest
    on
        entries.person_id = latest.person_id
        and entries.scheme_id = latest.scheme_id
        and entries.membership = latest.membership
        and entries.need = latest.need
left join membership_spans as spans
    on
        entries.person_id = spans.person_id
        and entries.scheme_id = spans.scheme_id
        and spans.starts_on <= entries.adopted_on
        and entries.adopted_on < spans.ends_before
left join ages on entries.person_id = ages.person_id and entries.adopted_on = ages.day
