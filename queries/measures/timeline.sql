-- unit: one row per person and month from the day of adoption to the first membership, from the 24th month before to
--   the 24th after; only months wholly inside the extract
-- kind: timeline
-- once_per: months
-- direction: lower
-- not_applicable: ppo, offence_group, index_event, court_type
-- matures: 0 months
-- owner: performance analyst
-- review_by: 2027-04-01

-- measure: conviction_timeline
-- title: Convictions by month from adoption
-- numerator: convictions, convictions in the month
-- denominator: watched, people watched through the month
-- why: It shows the whole course, the peak at which people are chosen with it, and not two totals alone
-- excludes: People already on a scheme when the register begins; people whose first membership was in the Prevent and
--   Deter strand alone (a switch); months that the extract does not wholly cover, and the month of a death and later
--   ones; offences that are not recordable, breaches that are not offences in themselves, and offences dealt with
--   outside England and Wales. The last months of an extract look low, since convictions follow offences months later
-- source: Home Office PPO leaflet (convictions leading up to and following the scheme); Home Office Online Report 08/07
-- reads: police/ppo_register, police/offences, probation/custody
-- switches: convictions_as_occasions, prevent_and_deter_is_ppo, tic_counts

-- measure: conviction_timeline_at_liberty
-- title: Convictions by month from adoption, per month at liberty
-- numerator: convictions_at_liberty, convictions in the month
-- denominator: months_at_liberty, months at liberty in the month, its days out of custody over all its days
-- why: A month spent in prison is no month without offending to a scheme's credit
-- excludes: As the timeline without allowance for custody; months spent wholly in prison, or that the custody
--   extract does not wholly cover
-- source: Home Office Online Report 08/07, with months at liberty as exposure
-- reads: police/ppo_register, police/offences, probation/custody
-- switches: convictions_as_occasions, prevent_and_deter_is_ppo, tic_counts, custody_join_days

with covered as (
    select
        min(case when file = 'police/offences' then covered_from end) as offences_from,
        cast(min(case when file = 'police/offences' then covered_to end) + interval 1 day as date) as known_before,
        min(case when file = 'probation/custody' then covered_from end) as custody_from,
        cast(
            min(case when file = 'probation/custody' then covered_to end) + interval 1 day as date
        ) as custody_known_before
    from coverage
),

steps as (
    select cast(step as integer) as months
    from generate_series(-24, 24) as steps (step)
),

dated as (
    select
        adoptions.*,
        steps.months,
        cast(adoptions.adopted_on + steps.months * interval 1 month as date) as starts_on,
        cast(adoptions.adopted_on + (steps.months + 1) * interval 1 month as date) as ends_before
    from first_adoptions as adoptions
    cross join steps
),

person_months as (
    select dated.*
    from dated
    cross join covered
    where
        dated.starts_on >= covered.offences_from
        and dated.ends_before <= covered.known_before
        and (dated.died_on is null or dated.ends_before <= dated.died_on)
),

convictions as (
    select
        offences.person_id,
        offences.disposed_on,
        case when switches.convictions_as_occasions then 1 else count(*) end as convictions
    from offences
    inner join first_adoptions as adoptions on offences.person_id = adoptions.person_id
    cross join switches
    where offences.counts and offences.outcome = 'convicted'
    group by offences.person_id, offences.disposed_on, switches.convictions_as_occasions
),

conviction_totals as (
    select
        person_months.person_id,
        person_months.months,
        cast(sum(convictions.convictions) as bigint) as convictions
    from person_months
    inner join convictions
        on
            person_months.person_id = convictions.person_id
            and convictions.disposed_on >= person_months.starts_on
            and convictions.disposed_on < person_months.ends_before
    group by person_months.person_id, person_months.months
),

custody_totals as (
    select
        person_months.person_id,
        person_months.months,
        cast(
            sum(
                date_diff(
                    'day',
                    greatest(spells.admitted_on, person_months.starts_on),
                    least(coalesce(spells.released_on, date '9999-12-31'), person_months.ends_before)
                )
            ) as bigint
        ) as days
    from person_months
    inner join custody_spells as spells
        on
            person_months.person_id = spells.person_id
            and spells.admitted_on < person_months.ends_before
            and coalesce(spells.released_on, date '9999-12-31') > person_months.starts_on
    group by person_months.person_id, person_months.months
),

-- Only where custody is known throughout the month.
at_liberty as (
    select
        person_months.person_id,
        person_months.months,
        date_diff('day', person_months.starts_on, person_months.ends_before) as days,
        date_diff('day', person_months.starts_on, person_months.ends_before) - coalesce(custody_totals.days, 0)
            as days_out
    from person_months
    cross join covered
    left join custody_totals
        on person_months.person_id = custody_totals.person_id and person_months.months = custody_totals.months
    where
        person_months.starts_on >= covered.custody_from and person_months.ends_before <= covered.custody_known_before
)

select
    cast(person_months.person_id as bigint) * 100 + person_months.months + 24 as unit_id,
    person_months.person_id,
    person_months.adopted_on as date,
    periods.period,
    person_months.months,
    coalesce(conviction_totals.convictions, 0) as convictions,
    1 as watched,
    case when at_liberty.days_out > 0 then coalesce(conviction_totals.convictions, 0) end as convictions_at_liberty,
    -- To twelve places: decimals add up to the same sum in any order.
    case
        when at_liberty.days_out > 0 then cast(at_liberty.days_out / at_liberty.days as decimal(14, 12))
    end as months_at_liberty,
    person_months.scheme_id as own_scheme,
    person_months.strand as own_strand,
    true as main,
    ages.age
from person_months
inner join periods on person_months.adopted_on >= periods.starts_on and person_months.adopted_on < periods.ends_before
left join conviction_totals
    on person_months.person_id = conviction_totals.person_id and person_months.months = conviction_totals.months
left join at_liberty
    on person_months.person_id = at_liberty.person_id and person_months.months = at_liberty.months
left join ages on person_months.person_id = ages.person_id and person_months.adopted_on = ages.day
