-- measure: transition_at_18
-- title: Young people who moved on at 18
-- short: Moved on at 18
-- unit: one row per person and scheme whose Prevent and Deter strand they were in on their eighteenth birthday
-- kind: proportion
-- numerator: moved_on, people who moved to an adult strand of the scheme or left it within 28 days of turning 18
-- denominator: people, people who turned 18 in the Prevent and Deter strand
-- direction: higher
-- why: Nobody should stay in the young people's strand, or be lost between the two, on becoming an adult
-- excludes: People who turned 18 less than 28 days before the end of coverage; people of no known date of birth
-- source: PPO self-assessment tool, section 5.2
-- matures: 1 month
-- has: at_18
-- not_applicable: ppo, strand, age_band, offence_group, index_event, court_type
-- reads: police/ppo_register
-- switches: none
-- owner: scheme manager
-- review_by: 2027-04-01

with adopted as (
    select
        eighteenths.person_id,
        eighteenths.scheme_id,
        eighteenths.turned_on,
        eighteenths.at_18,
        max(spans.adopted_on) as adopted_on
    from eighteenths
    left join membership_spans as spans
        on
            eighteenths.person_id = spans.person_id
            and eighteenths.scheme_id = spans.scheme_id
            and spans.starts_on <= eighteenths.turned_on
            and spans.strand = 'prevent_and_deter'
    group by eighteenths.person_id, eighteenths.scheme_id, eighteenths.turned_on, eighteenths.at_18
)

select
    adopted.person_id || '-' || adopted.scheme_id as unit_id,
    adopted.person_id,
    adopted.turned_on as date,
    periods.period,
    1 as people,
    case when adopted.at_18 in ('moved', 'exited') then 1 else 0 end as moved_on,
    adopted.at_18,
    adopted.scheme_id as own_scheme,
    'not_known' as own_strand,
    row_number() over (
        partition by adopted.person_id order by adopted.adopted_on desc nulls last, adopted.scheme_id asc
    ) = 1 as main,
    18 as age
from adopted
inner join periods on adopted.turned_on >= periods.starts_on and adopted.turned_on < periods.ends_before
