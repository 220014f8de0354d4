-- measure: also_in_dip
-- title: Adults on the scheme who are in the Drug Interventions Programme
-- short: Also in DIP
-- unit: one row per membership of a scheme and month end on which it is open
-- read_at: month_end
-- kind: proportion
-- numerator: adults, adults on a scheme who are on the programme's caseload at the end of the month
-- numerator_where: in_dip = yes
-- denominator: adults, people of 18 or over on a scheme at the end of the month
-- direction: none
-- why: The two programmes are meant to work with the same people, and this says how far they do
-- excludes: People under 18, whom the programme does not take, and people of no known date of birth
-- source: PPO self-assessment tool, scheme profile
-- matures: 0 months
-- not_applicable: ppo, in_dip, offence_group, index_event, court_type
-- reads: police/ppo_register, probation/custody, probation/supervision, dip/events
-- switches: statutory_sentence_months, custody_join_days
-- owner: scheme manager
-- review_by: 2027-04-01

select
    members.person_id || '-' || members.scheme_id || '-' || months.month_end as unit_id,
    members.person_id,
    months.month_end as date,
    periods.period,
    case when ages.age >= 18 then 1 else 0 end as adults,
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
left join ages on members.person_id = ages.person_id and months.month_end = ages.day
