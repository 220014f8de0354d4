-- unit: one row per person who has been on a scheme, at the first adoption
-- kind: ratio
-- direction: none
-- matures: 0 months
-- not_applicable: ppo, offence_group, index_event, court_type
-- reads: police/ppo_register, police/offences
-- owner: scheme manager
-- review_by: 2027-04-01

-- measure: previous_offences_at_identification
-- title: Previous convictions at identification
-- short: Previous convictions
-- numerator: previous_convictions, convicted offences proved before the day of first adoption
-- denominator: people, people adopted for the first time
-- why: It says how prolific the people chosen are, on the day they are chosen and not as they have become
-- excludes: Cautions, reprimands and warnings; offences that do not count for re-offending; later memberships of the
--   same person; offences taken into consideration (a switch)
-- source: PPO self-assessment tool (47 previous convictions on average)
-- switches: tic_counts, convictions_as_occasions

-- measure: age_at_identification
-- title: Age at identification
-- short: Age at adoption
-- numerator: years, age in whole years on the day of first adoption
-- denominator: people_of_known_age, people adopted for the first time whose age is known
-- why: It says how old people are when they are chosen, which is neither their age today nor at an index event
-- excludes: People whose date of birth is not known; later memberships of the same person
-- source: PPO self-assessment tool (25 years on average)
-- switches: none

with first_memberships as (
    select
        person_id,
        scheme_id,
        adopted_on
    from memberships
    where adopted_on < ends_before
    qualify row_number() over (partition by person_id order by adopted_on, scheme_id) = 1
),

convictions as (
    select
        first_memberships.person_id,
        count(*) as offences,
        count(distinct offences.disposed_on) as occasions
    from first_memberships
    inner join offences
        on
            first_memberships.person_id = offences.person_id
            and offences.disposed_on < first_memberships.adopted_on
    where offences.counts and offences.outcome = 'convicted'
    group by first_memberships.person_id
)

select
    first_memberships.person_id as unit_id,
    first_memberships.person_id,
    first_memberships.adopted_on as date,
    periods.period,
    1 as people,
    coalesce(
        case when switches.convictions_as_occasions then convictions.occasions else convictions.offences end, 0
    ) as previous_convictions,
    coalesce(ages.age, 0) as years,
    case when ages.age is null then 0 else 1 end as people_of_known_age,
    first_memberships.scheme_id as own_scheme,
    spans.strand as own_strand,
    true as main,
    ages.age
from first_memberships
inner join periods
    on first_memberships.adopted_on >= periods.starts_on and first_memberships.adopted_on < periods.ends_before
cross join switches
left join convictions on first_memberships.person_id = convictions.person_id
left join membership_spans as spans
    on
        first_memberships.person_id = spans.person_id
        and first_memberships.scheme_id = spans.scheme_id
        and spans.starts_on <= first_memberships.adopted_on
        and first_memberships.adopted_on < spans.ends_before
left join ages on first_memberships.person_id = ages.person_id and first_memberships.adopted_on = ages.day
