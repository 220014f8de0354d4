-- unit: one row per membership of a scheme and month end on which it is open
-- read_at: month_end
-- once_per: month_end
-- denominator: none, not a rate
-- direction: none
-- matures: 0 months
-- reads: police/ppo_register, probation/custody, probation/supervision, dip/events
-- switches: statutory_sentence_months, custody_join_days
-- owner: scheme manager
-- review_by: 2027-04-01

-- measure: caseload
-- title: People on the scheme
-- kind: stock
-- numerator: people, people on a scheme at the end of the month
-- why: It is how many people the scheme manages on the day; a person on two schemes is counted once in totals
-- excludes: Nobody on a scheme: people, not records, are counted
-- source: PPO self-assessment tool, scheme profile
-- not_applicable: ppo, offence_group, index_event, court_type

-- measure: scheme_profile
-- title: Scheme profile
-- kind: table
-- numerator: people, people on a scheme at the end of the month
-- why: It is the first table of the self-assessment: who is on the scheme, and whether in custody or the community
-- excludes: Nobody on a scheme; people under 18 are not counted in the Drug Interventions Programme
-- source: PPO self-assessment tool, scheme profile and overview
-- not_applicable: ppo, offence_group, index_event, court_type

select
    members.person_id || '-' || members.scheme_id || '-' || months.month_end as unit_id,
    members.person_id,
    months.month_end as date,
    periods.period,
    1 as people,
    members.scheme_id as own_scheme,
    spans.strand as own_strand,
    members.main,
    members.adopted_on as open_from,
    memberships.ends_before as open_to,
    ages.age
from membership_segments as members
inner join month_ends as months
    on members.starts_on <= months.month_end and months.month_end < members.ends_before
inner join periods on months.month_end >= periods.starts_on and months.month_end < periods.ends_before
inner join memberships
    on
        members.person_id = memberships.person_id
        and members.scheme_id = memberships.scheme_id
        and members.membership = memberships.membership
left join membership_spans as spans
    on
        members.person_id = spans.person_id
        and members.scheme_id = spans.scheme_id
        and spans.starts_on <= months.month_end
        and months.month_end < spans.ends_before
left join ages on members.person_id = ages.person_id and months.month_end = ages.day
