-- measure: contacts_per_week
-- title: Appointments kept a week since adoption
-- short: Kept a week
-- unit: one row per membership and whole week of it, of the first 26 since adoption
-- kind: ratio
-- numerator: attended, appointments kept in the week
-- denominator: weeks, whole weeks on the scheme
-- direction: none
-- why: Schemes promise four contacts a week at first and weekly ones later: this says what people have had, week by
--   week
-- excludes: People with no probation record, whose contacts nobody could have sent; weeks after the 26th, and weeks
--   that the membership or coverage ended in
-- source: Northumbria Police, PPO scheme (four a week at first); Cumbria PPO scheme leaflet (weekly)
-- matures: 6 months
-- has: week
-- always_by: week
-- not_applicable: ppo, offence_group, index_event, court_type
-- reads: police/ppo_register, probation/contacts
-- switches: none
-- owner: scheme manager
-- review_by: 2027-04-01

with covered as (
    select cast(min(covered_to) + interval 1 day as date) as ends_before
    from coverage
    where file in ('police/ppo_register', 'probation/contacts')
),

members as (
    select
        memberships.person_id,
        memberships.scheme_id,
        memberships.membership,
        memberships.adopted_on,
        least(memberships.ends_before, covered.ends_before) as ends_before
    from memberships
    inner join people on memberships.person_id = people.person_id
    cross join covered
    where people.known_to_probation
),

-- Of a person on two schemes, the totals have the weeks of one: the one adopted last in the period.
chosen as (
    select
        members.*,
        periods.period,
        row_number() over (
            partition by members.person_id, periods.period order by members.adopted_on desc, members.scheme_id asc
        ) = 1 as main
    from members
    inner join periods on members.adopted_on >= periods.starts_on and members.adopted_on < periods.ends_before
    where members.adopted_on + 7 <= members.ends_before
),

weeks as (
    select
        chosen.*,
        cast(listed.week as integer) as week
    from chosen
    inner join generate_series(1, 26) as listed (week)
        on chosen.adopted_on + 7 * cast(listed.week as integer) <= chosen.ends_before
),

kept as (
    select
        chosen.person_id,
        chosen.scheme_id,
        chosen.membership,
        date_diff('day', chosen.adopted_on, contacts.happened_on) // 7 + 1 as week,
        count(*) as attended
    from chosen
    inner join contacts
        on
            chosen.person_id = contacts.person_id
            and contacts.happened_on >= chosen.adopted_on
            and contacts.happened_on < chosen.adopted_on + 182
    where contacts.outcome = 'attended'
    group by chosen.person_id, chosen.scheme_id, chosen.membership, chosen.adopted_on, week
)

select
    weeks.person_id || '-' || weeks.scheme_id || '-' || weeks.membership || '-' || weeks.week as unit_id,
    weeks.person_id,
    weeks.adopted_on as date,
    weeks.period,
    cast(weeks.week as varchar) as week,
    coalesce(kept.attended, 0) as attended,
    1 as weeks,
    weeks.scheme_id as own_scheme,
    spans.strand as own_strand,
    weeks.main,
    ages.age
from weeks
left join kept
    on
        weeks.person_id = kept.person_id
        and weeks.scheme_id = kept.scheme_id
        and weeks.membership = kept.membership
        and weeks.week = kept.week
left join membership_spans as spans
    on
        weeks.person_id = spans.person_id
        and weeks.scheme_id = spans.scheme_id
        and spans.starts_on <= weeks.adopted_on
        and weeks.adopted_on < spans.ends_before
left join ages on weeks.person_id = ages.person_id and weeks.adopted_on = ages.day
