-- measure: pathway
-- title: From arrest to resettlement
-- short: Pathway
-- unit: one row per person, period and stage, from the person's first arrest of the period while on a scheme
-- kind: proportion
-- numerator: reached, people who reached the stage: charged, convicted or sentenced in the case of that arrest; a start
--   of treatment, or no need of accommodation at the latest assessment, within twelve months of it
-- denominator: people, people arrested while on a scheme
-- direction: none
-- why: It shows where people drop out between the arrest and what is meant to follow it
-- excludes: Arrests before adoption or from the first day out on; later arrests of the same person in the period;
--   breaches that are not offences; offences that are not recordable or outside England and Wales
-- source: Haringey board paper, 26 October 2007
-- matures: 12 months
-- has: stage
-- always_by: stage
-- not_applicable: ppo, offence_group, index_event, court_type
-- reads: police/ppo_register, police/offences, dip/events, probation/assessments
-- switches: none
-- owner: scheme manager
-- review_by: 2027-04-01

with arrests as (
    select
        members.person_id,
        members.scheme_id,
        periods.period,
        offences.arrested_on,
        cast(offences.arrested_on + interval 12 month as date) as followed_to,
        max(case when offences.charged_on is null then 0 else 1 end) as charged,
        max(case when offences.counts and offences.outcome = 'convicted' then 1 else 0 end) as convicted,
        max(
            case
                when
                    offences.counts
                    and offences.outcome = 'convicted'
                    and offences.disposal in ('custody', 'suspended', 'community', 'fine', 'youth_order')
                    then 1
                else 0
            end
        ) as sentenced
    from membership_segments as members
    inner join offences
        on
            members.person_id = offences.person_id
            and offences.arrested_on >= members.starts_on
            and offences.arrested_on < members.ends_before
    inner join periods on offences.arrested_on >= periods.starts_on and offences.arrested_on < periods.ends_before
    where members.main and offences.alleged
    group by members.person_id, members.scheme_id, periods.period, offences.arrested_on
),

first_arrests as (
    select *
    from arrests
    qualify row_number() over (partition by person_id, period order by arrested_on) = 1
),

treated as (
    select distinct
        first_arrests.person_id,
        first_arrests.period
    from first_arrests
    inner join dip_events as events
        on
            first_arrests.person_id = events.person_id
            and events.happened_on >= first_arrests.arrested_on
            and events.happened_on < first_arrests.followed_to
    where events.event = 'treatment_start'
),

-- The latest assessment of the twelve months; where there are two of one day, a need in either is a need.
assessed as (
    select
        first_arrests.person_id,
        first_arrests.period,
        max_by(
            case assessments.accommodation when 'no_need' then 1 else 0 end,
            (
                assessments.assessed_on,
                case assessments.accommodation when 'need' then 2 when 'no_need' then 1 else 0 end
            )
        ) as resettled
    from first_arrests
    inner join assessments
        on
            first_arrests.person_id = assessments.person_id
            and assessments.assessed_on >= first_arrests.arrested_on
            and assessments.assessed_on < first_arrests.followed_to
    group by first_arrests.person_id, first_arrests.period
),

stages as (
    select 'arrested' as stage
    union all
    select 'charged' as stage
    union all
    select 'convicted' as stage
    union all
    select 'sentenced' as stage
    union all
    select 'into_treatment' as stage
    union all
    select 'resettled' as stage
)

select
    arrests.person_id || '-' || arrests.period || '-' || stages.stage as unit_id,
    arrests.person_id,
    arrests.arrested_on as date,
    arrests.period,
    stages.stage,
    1 as people,
    case stages.stage
        when 'arrested' then 1
        when 'charged' then arrests.charged
        when 'convicted' then arrests.convicted
        when 'sentenced' then arrests.sentenced
        when 'into_treatment' then case when treated.person_id is null then 0 else 1 end
        when 'resettled' then coalesce(assessed.resettled, 0)
    end as reached,
    arrests.scheme_id as own_scheme,
    spans.strand as own_strand,
    true as main,
    ages.age
from first_arrests as arrests
cross join stages
left join treated on arrests.person_id = treated.person_id and arrests.period = treated.period
left join assessed on arrests.person_id = assessed.person_id and arrests.period = assessed.period
left join membership_spans as spans
    on
        arrests.person_id = spans.person_id
        and arrests.scheme_id = spans.scheme_id
        and spans.starts_on <= arrests.arrested_on
        and arrests.arrested_on < spans.ends_before
left join ages on arrests.person_id = ages.person_id and arrests.arrested_on = ages.day
