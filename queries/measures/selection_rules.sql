-- measure: selection_rule_met
-- title: People who meet a selection rule
-- short: Meet the rule
-- unit: one row per person, month end and rule that they meet, for each scheme that they are on, or for none
-- kind: stock
-- numerator: people, people who meet the rule at the end of the month. London: in the 24 months to the month end six or
--   more convictions and items of reliable intelligence taken together, among them a conviction of robbery, domestic
--   burglary, theft from vehicles or taking and driving away; aged 18 or over, and not said by a scheme to live outside
--   its area. Northumbria: in the 12 months to the month end six or more convictions. Released: in the 12 months to the
--   month end let out at the end of a sentence, where every sentence known of that stay was of under 12 months, and at
--   the month end neither supervised by probation nor in custody. Each offence convicted of counts, on the day of the
--   court's decision
-- denominator: none, not a rate
-- direction: none
-- why: It says how many of the people chosen still meet the rule they were chosen by, and how many whom nobody has
--   chosen do. A rule is an aid to the monthly meeting, which decides
-- excludes: People with no police record; items of intelligence not held to be reliable; for the London rule people
--   under 18 or of no known date of birth, and people whom a scheme says do not live in its area; whether drugs or
--   drink drive the offending, which the rule asks of a majority and not of each
-- source: Haringey board paper, 26 October 2007 (London); Northumbria Police, PPO scheme; PPO self-assessment tool,
--   section 3.1
-- matures: 0 months
-- read_at: month_end
-- has: rule
-- always_by: rule
-- not_applicable: age_band, in_dip, offence_group, index_event, court_type
-- reads: police/ppo_register, police/offences, police/indications, probation/custody, probation/supervision
-- switches: tic_counts, custody_join_days
-- owner: scheme manager
-- review_by: 2027-04-01

with first_month as (
    select min(month_end) as month_end from month_ends
),

convictions as (
    select
        offences.person_id,
        offences.disposed_on as dated_on,
        offences.offence_group in ('robbery', 'domestic_burglary', 'theft_from_vehicles', 'taking_and_driving_away')
            as listed
    from offences
    cross join first_month
    where
        offences.counts
        and offences.outcome = 'convicted'
        and offences.disposed_on > cast(first_month.month_end - interval 24 month as date)
),

-- Six within a window are in it for as long as the first of them is, and until the next day on which there is one more.
-- What is never six within it is left out here, before there is a row for each month.
northumbria_sixths as (
    select
        person_id,
        dated_on,
        lag(dated_on, 5) over in_order as first_of_six_on,
        coalesce(lead(dated_on) over in_order, date '9999-12-31') as next_on
    from convictions
    window in_order as (partition by person_id order by dated_on)
    qualify first_of_six_on > cast(dated_on - interval 12 month as date) and next_on > dated_on
),

indicated as (
    select
        person_id,
        dated_on,
        listed
    from convictions
    union all
    select
        indications.person_id,
        indications.dated_on,
        false as listed
    from indications
    cross join first_month
    where indications.dated_on > cast(first_month.month_end - interval 24 month as date)
),

london_sixths as (
    select
        person_id,
        dated_on,
        lag(dated_on, 5) over in_order as first_of_six_on,
        max(case when listed then dated_on end) over (
            partition by person_id order by dated_on rows between unbounded preceding and current row
        ) as listed_on,
        coalesce(lead(dated_on) over in_order, date '9999-12-31') as next_on
    from indicated
    window in_order as (partition by person_id order by dated_on)
    qualify
        first_of_six_on > cast(dated_on - interval 24 month as date)
        and listed_on > cast(dated_on - interval 24 month as date)
        and next_on > dated_on
),

-- A stay whose every known sentence is of under twelve months, which carried no licence.
short_stays as (
    select
        spells.person_id,
        spells.released_on
    from custody_spells as spells
    inner join offences
        on
            spells.person_id = offences.person_id
            and offences.sentenced_on >= spells.admitted_on
            and offences.sentenced_on < spells.released_on
    where
        spells.reason = 'sentenced'
        and spells.release_reason = 'sentence_end'
        and offences.outcome = 'convicted'
        and offences.disposal = 'custody'
        and offences.sentence_days is not null
    group by spells.person_id, spells.admitted_on, spells.released_on
    having
        bool_and(
            offences.sentenced_on + offences.sentence_days < cast(offences.sentenced_on + interval 12 month as date)
        )
),

releases as (
    select
        person_id,
        released_on,
        lead(released_on, 1, date '9999-12-31') over (partition by person_id order by released_on) as next_on
    from short_stays
),

-- Where and when a scheme says that somebody does not live in its area.
living_elsewhere as (
    select
        memberships.person_id,
        memberships.adopted_on,
        memberships.ends_before
    from memberships
    inner join membership_milestones as milestones
        on
            memberships.person_id = milestones.person_id
            and memberships.scheme_id = milestones.scheme_id
            and memberships.membership = milestones.membership
    where not milestones.resident
),

met as (
    select
        sixths.person_id,
        months.month_end,
        'northumbria' as rule
    from northumbria_sixths as sixths
    inner join month_ends as months
        on
            sixths.dated_on <= months.month_end
            and months.month_end < least(sixths.next_on, cast(sixths.first_of_six_on + interval 13 month as date))
    where sixths.first_of_six_on > cast(months.month_end - interval 12 month as date)
    union all
    select
        sixths.person_id,
        months.month_end,
        'london' as rule
    from london_sixths as sixths
    inner join people on sixths.person_id = people.person_id
    inner join month_ends as months
        on
            sixths.dated_on <= months.month_end
            and months.month_end < least(sixths.next_on, cast(sixths.first_of_six_on + interval 25 month as date))
    left join living_elsewhere
        on
            sixths.person_id = living_elsewhere.person_id
            and living_elsewhere.adopted_on <= months.month_end
            and months.month_end < living_elsewhere.ends_before
    where
        sixths.first_of_six_on > cast(months.month_end - interval 24 month as date)
        and sixths.listed_on > cast(months.month_end - interval 24 month as date)
        and people.eighteen_in <= strftime(months.month_end, '%Y-%m')
        and living_elsewhere.person_id is null
    union all
    select
        releases.person_id,
        months.month_end,
        'released_unsupervised' as rule
    from releases
    inner join month_ends as months
        on
            releases.released_on <= months.month_end
            and months.month_end < least(releases.next_on, cast(releases.released_on + interval 13 month as date))
    left join supervision
        on
            releases.person_id = supervision.person_id
            and supervision.starts_on <= months.month_end
            and months.month_end < supervision.ends_before
    left join custody_spells as spells
        on
            releases.person_id = spells.person_id
            and spells.admitted_on <= months.month_end
            and months.month_end < coalesce(spells.released_on, date '9999-12-31')
    where
        releases.released_on > cast(months.month_end - interval 12 month as date)
        and supervision.person_id is null
        and spells.person_id is null
)

select
    met.person_id
    || '-' || coalesce(members.scheme_id, 'none')
    || '-' || met.month_end
    || '-' || met.rule as unit_id,
    met.person_id,
    met.month_end as date,
    periods.period,
    met.rule,
    1 as people,
    coalesce(members.scheme_id, 'none') as own_scheme,
    case when members.scheme_id is null then 'none' else spans.strand end as own_strand,
    coalesce(members.main, true) as main,
    cast(null as integer) as age
from met
inner join periods on met.month_end >= periods.starts_on and met.month_end < periods.ends_before
left join membership_segments as members
    on
        met.person_id = members.person_id
        and members.starts_on <= met.month_end
        and met.month_end < members.ends_before
left join membership_spans as spans
    on
        members.person_id = spans.person_id
        and members.scheme_id = spans.scheme_id
        and spans.starts_on <= met.month_end
        and met.month_end < spans.ends_before
