-- measure: home_visit_within
-- title: First home visit in time
-- short: Visited in time
-- unit: one row per membership that was open on the day by which the first home visit was due
-- kind: proportion
-- numerator: visited, memberships with a home visit by the day it was due, by the register or by probation's record,
--   whichever is the earlier
-- denominator: due, memberships still open on that day
-- direction: higher
-- why: The visit is where the scheme sees how somebody lives, and the person sees that it is in earnest
-- excludes: People who left before the visit was due; visits that fall due after coverage
-- source: Cumbria PPO scheme leaflet; the days allowed are a switch
-- matures: 1 month
-- not_applicable: ppo, offence_group, index_event, court_type
-- reads: police/ppo_register, probation/contacts
-- switches: journey_home_visit_days
-- owner: scheme manager
-- review_by: 2027-04-01

with covered as (
    select min(covered_to) as covered_to
    from coverage
    where file in ('police/ppo_register', 'probation/contacts')
),

members as (
    select
        memberships.person_id,
        memberships.scheme_id,
        memberships.membership,
        memberships.adopted_on,
        memberships.adopted_on + switches.journey_home_visit_days as due_on,
        milestones.first_home_visit_on,
        periods.period,
        row_number() over (
            partition by memberships.person_id, periods.period
            order by memberships.adopted_on desc, memberships.scheme_id asc
        ) = 1 as main
    from memberships
    inner join membership_milestones as milestones
        on
            memberships.person_id = milestones.person_id
            and memberships.scheme_id = milestones.scheme_id
            and memberships.membership = milestones.membership
    inner join periods
        on memberships.adopted_on >= periods.starts_on and memberships.adopted_on < periods.ends_before
    cross join covered
    cross join switches
    where
        memberships.adopted_on + switches.journey_home_visit_days <= covered.covered_to
        and memberships.adopted_on + switches.journey_home_visit_days < memberships.ends_before
),

visits as (
    select
        members.person_id,
        members.scheme_id,
        members.membership,
        min(contacts.happened_on) as visited_on
    from members
    inner join contacts
        on members.person_id = contacts.person_id and contacts.happened_on >= members.adopted_on
    where contacts.kind = 'home_visit' and contacts.outcome = 'attended'
    group by members.person_id, members.scheme_id, members.membership
)

select
    members.person_id || '-' || members.scheme_id || '-' || members.membership as unit_id,
    members.person_id,
    members.adopted_on as date,
    members.period,
    1 as due,
    case when least(members.first_home_visit_on, visits.visited_on) <= members.due_on then 1 else 0 end as visited,
    members.scheme_id as own_scheme,
    spans.strand as own_strand,
    members.main,
    ages.age
from members
left join visits
    on
        members.person_id = visits.person_id
        and members.scheme_id = visits.scheme_id
        and members.membership = visits.membership
left join membership_spans as spans
    on
        members.person_id = spans.person_id
        and members.scheme_id = spans.scheme_id
        and spans.starts_on <= members.adopted_on
        and members.adopted_on < spans.ends_before
left join ages on members.person_id = ages.person_id and members.adopted_on = ages.day
