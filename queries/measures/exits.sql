-- unit: one row per membership of a scheme that has ended
-- direction: none
-- matures: 0 months
-- not_applicable: ppo, offence_group, index_event, court_type
-- reads: police/ppo_register
-- switches: none
-- owner: scheme manager
-- review_by: 2027-04-01

-- measure: exits
-- title: People who left a scheme, by reason
-- short: Exits
-- kind: count
-- numerator: exits, memberships that ended in the period
-- denominator: none, not a rate
-- why: Leaving because offending fell is what a scheme is for; leaving for long custody is the opposite
-- excludes: A move from one strand to another of the same scheme; memberships that ended on the day they began
-- source: Haringey board paper, 26 October 2007 (37 removed); Cumbria PPO scheme leaflet
-- has: exit_reason
-- always_by: exit_reason

-- measure: months_on_scheme
-- title: Months on the scheme
-- short: Months on scheme
-- kind: days
-- counted_in: months
-- numerator: months_on_scheme, whole calendar months from adoption to the first day out
-- denominator: exits, memberships that ended in the period
-- why: A scheme that keeps people for years has no room for others; one that drops them in weeks has not worked with
--   them
-- excludes: Memberships still open, whose length is not known yet; memberships that ended on the day they began
-- source: Haringey board paper, 26 October 2007
-- has: exit_reason

with covered as (
    select covered_to
    from coverage
    where file = 'police/ppo_register'
),

ended as (
    select
        memberships.person_id,
        memberships.scheme_id,
        memberships.membership,
        memberships.adopted_on,
        memberships.ends_before,
        (year(memberships.ends_before) - year(memberships.adopted_on)) * 12
        + month(memberships.ends_before)
        - month(memberships.adopted_on) as months_apart
    from memberships
    cross join covered
    where memberships.adopted_on < memberships.ends_before and memberships.ends_before <= covered.covered_to
)

select
    ended.person_id || '-' || ended.scheme_id || '-' || ended.membership as unit_id,
    ended.person_id,
    ended.ends_before as date,
    periods.period,
    1 as exits,
    -- The last month is a whole one from the day of adoption on, or at the month's end where it has no such day.
    ended.months_apart
    - case
        when day(ended.ends_before) < day(ended.adopted_on) and ended.ends_before < last_day(ended.ends_before)
            then 1
        else 0
    end as months_on_scheme,
    milestones.exit_reason,
    ended.scheme_id as own_scheme,
    spans.strand as own_strand,
    true as main,
    ages.age
from ended
inner join periods on ended.ends_before >= periods.starts_on and ended.ends_before < periods.ends_before
inner join membership_milestones as milestones
    on
        ended.person_id = milestones.person_id
        and ended.scheme_id = milestones.scheme_id
        and ended.membership = milestones.membership
left join membership_spans as spans
    on
        ended.person_id = spans.person_id
        and ended.scheme_id = spans.scheme_id
        and spans.starts_on < ended.ends_before
        and ended.ends_before = spans.ends_before
left join ages on ended.person_id = ages.person_id and ended.ends_before = ages.day
