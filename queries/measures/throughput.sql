-- measure: entries
-- title: People taken on to a scheme
-- short: Entries
-- unit: one row per membership of a scheme
-- kind: count
-- numerator: entries, memberships that began in the period
-- denominator: none, not a rate
-- direction: none
-- why: With exits it says how the caseload turns over, which the caseload alone hides
-- excludes: A move from one strand to another of the same scheme, which is neither an exit nor an entry; memberships
--   that ended on the day they began
-- source: Haringey board paper, 26 October 2007; Cumbria PPO scheme leaflet
-- matures: 0 months
-- not_applicable: ppo, offence_group, index_event, court_type
-- reads: police/ppo_register
-- switches: none
-- owner: scheme manager
-- review_by: 2027-04-01

select
    memberships.person_id || '-' || memberships.scheme_id || '-' || memberships.membership as unit_id,
    memberships.person_id,
    memberships.adopted_on as date,
    periods.period,
    1 as entries,
    memberships.scheme_id as own_scheme,
    spans.strand as own_strand,
    true as main,
    ages.age
from memberships
inner join periods on memberships.adopted_on >= periods.starts_on and memberships.adopted_on < periods.ends_before
left join membership_spans as spans
    on
        memberships.person_id = spans.person_id
        and memberships.scheme_id = spans.scheme_id
        and spans.starts_on <= memberships.adopted_on
        and memberships.adopted_on < spans.ends_before
left join ages on memberships.person_id = ages.person_id and memberships.adopted_on = ages.day
where memberships.adopted_on < memberships.ends_before
