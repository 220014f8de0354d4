-- measure: share_at_identification
-- title: Characteristics at identification
-- short: At identification
-- unit: one row per person who has been on a scheme, at the first adoption, and characteristic
-- kind: proportion
-- numerator: has_it, people with the characteristic on the day of first adoption: male; white (observed); an offence of
--   the group proved in the 24 months before
-- denominator: known, people adopted for the first time of whom it is known whether they have it
-- direction: none
-- why: It says who is chosen and for what offences, and can be set beside who is dealt with altogether
-- excludes: People whose sex, or ethnicity as the police observed it, is not known; later memberships; offences that do
--   not count for re-offending
-- source: PPO self-assessment tool (95% male, 88% white); offence groups of the last 24 months
-- matures: 0 months
-- has: characteristic
-- always_by: characteristic
-- not_applicable: ppo, offence_group, index_event, court_type
-- reads: police/ppo_register, police/offences
-- switches: tic_counts
-- owner: scheme manager
-- review_by: 2027-04-01

with first_memberships as (
    select
        person_id,
        scheme_id,
        adopted_on,
        cast(adopted_on - interval 24 month as date) as recent_from
    from memberships
    where adopted_on < ends_before
    qualify row_number() over (partition by person_id order by adopted_on, scheme_id) = 1
),

recent_offences as (
    select distinct
        first_memberships.person_id,
        offences.offence_group
    from first_memberships
    inner join offences
        on
            first_memberships.person_id = offences.person_id
            and offences.disposed_on >= first_memberships.recent_from
            and offences.disposed_on < first_memberships.adopted_on
    where offences.counts
),

offence_groups as (
    select distinct offence_group from offence_codes
),

characteristics as (
    select
        first_memberships.person_id,
        'male' as characteristic,
        case when people.sex = 'male' then 1 else 0 end as has_it,
        case when people.sex in ('male', 'female') then 1 else 0 end as known
    from first_memberships
    inner join people on first_memberships.person_id = people.person_id
    union all
    select
        first_memberships.person_id,
        'white' as characteristic,
        case when people.ethnicity in ('white_north_european', 'white_south_european') then 1 else 0 end as has_it,
        case when people.ethnicity = 'not_known' then 0 else 1 end as known
    from first_memberships
    inner join people on first_memberships.person_id = people.person_id
    union all
    select
        first_memberships.person_id,
        offence_groups.offence_group as characteristic,
        case when recent_offences.person_id is null then 0 else 1 end as has_it,
        1 as known
    from first_memberships
    cross join offence_groups
    left join recent_offences
        on
            first_memberships.person_id = recent_offences.person_id
            and offence_groups.offence_group = recent_offences.offence_group
)

select
    characteristics.person_id || '-' || characteristics.characteristic as unit_id,
    characteristics.person_id,
    first_memberships.adopted_on as date,
    periods.period,
    characteristics.characteristic,
    characteristics.has_it,
    characteristics.known,
    first_memberships.scheme_id as own_scheme,
    spans.strand as own_strand,
    true as main,
    ages.age
from characteristics
inner join first_memberships on characteristics.person_id = first_memberships.person_id
inner join periods
    on first_memberships.adopted_on >= periods.starts_on and first_memberships.adopted_on < periods.ends_before
left join membership_spans as spans
    on
        first_memberships.person_id = spans.person_id
        and first_memberships.scheme_id = spans.scheme_id
        and spans.starts_on <= first_memberships.adopted_on
        and first_memberships.adopted_on < spans.ends_before
left join ages on first_memberships.person_id = ages.person_id and first_memberships.adopted_on = ages.day
