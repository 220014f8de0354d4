-- measure: custody_share
-- title: Share of people on the scheme who are in custody
-- short: In custody
-- unit: one row per membership of a scheme and month end on which it is open
-- read_at: month_end
-- once_per: month_end
-- kind: proportion
-- numerator: in_custody, people on a scheme who are in custody at the end of the month
-- denominator: placed, people on a scheme who are in custody or in the community at the end of the month
-- direction: none
-- why: The self-assessment asks that the majority of the people a scheme manages are in the community
-- excludes: People who are elsewhere (died, escaped) or whose place is not known, shown beside it
-- source: PPO self-assessment tool, section 3.1
-- matures: 0 months
-- not_applicable: ppo, place, offence_group, index_event, court_type
-- reads: police/ppo_register, probation/custody, probation/supervision, dip/events
-- switches: custody_join_days
-- owner: scheme manager
-- review_by: 2027-04-01

select
    members.person_id || '-' || members.scheme_id || '-' || months.month_end as unit_id,
    members.person_id,
    months.month_end as date,
    periods.period,
    case when places.place = 'custody' then 1 else 0 end as in_custody,
    case when places.place in ('custody', 'community') then 1 else 0 end as placed,
    members.scheme_id as own_scheme,
    spans.strand as own_strand,
    members.main,
    ages.age
from membership_segments as members
inner join month_ends as months
    on members.starts_on <= months.month_end and months.month_end < members.ends_before
inner join periods on months.month_end >= periods.starts_on and months.month_end < periods.ends_before
left join membership_spans as spans
    on
        members.person_id = spans.person_id
        and members.scheme_id = spans.scheme_id
        and spans.starts_on <= months.month_end
        and months.month_end < spans.ends_before
left join place_spans as places
    on
        members.person_id = places.person_id
        and places.starts_on <= months.month_end
        and months.month_end < places.ends_before
left join ages on members.person_id = ages.person_id and months.month_end = ages.day
