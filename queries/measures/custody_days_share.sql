-- measure: custody_days_share
-- title: Share of days on the scheme spent in custody
-- short: Days in custody
-- unit: one row per person, scheme and period, and whether the days are the scheme's own in totals
-- kind: share
-- numerator: days_in_custody, days on a scheme in the period on which the person was in custody
-- denominator: days_placed, days on a scheme in the period on which the person was in custody or in the community
-- direction: none
-- why: A month end is one day; this counts every day on the scheme
-- excludes: Days elsewhere (after a death or an escape) and days on which the place is not known; days after coverage
-- source: PPO self-assessment tool, section 3.1, counted in days
-- matures: 0 months
-- not_applicable: ppo, offence_group, index_event, court_type, month, place
-- reads: police/ppo_register, probation/custody, probation/supervision, dip/events
-- switches: custody_join_days
-- owner: scheme manager
-- review_by: 2027-04-01

with segments as (
    select
        members.person_id,
        members.scheme_id,
        members.main,
        periods.period,
        members.adopted_on,
        greatest(members.starts_on, periods.starts_on) as starts_on,
        least(
            members.ends_before, periods.ends_before, cast(scheme_coverage.covered_to + interval 1 day as date)
        ) as ends_before,
        greatest(members.adopted_on, periods.starts_on) as counted_from
    from membership_segments as members
    inner join periods on members.starts_on < periods.ends_before and periods.starts_on < members.ends_before
    cross join scheme_coverage
),

stays as (
    select
        segments.person_id,
        segments.scheme_id,
        segments.main,
        segments.period,
        segments.counted_from,
        places.place,
        date_diff(
            'day', greatest(segments.starts_on, places.starts_on), least(segments.ends_before, places.ends_before)
        ) as days
    from segments
    inner join place_spans as places
        on
            segments.person_id = places.person_id
            and places.starts_on < segments.ends_before
            and segments.starts_on < places.ends_before
    where segments.starts_on < segments.ends_before
),

totals as (
    select
        person_id,
        scheme_id,
        main,
        period,
        min(counted_from) as counted_from,
        sum(case when place = 'custody' then days else 0 end) as days_in_custody,
        sum(case when place in ('custody', 'community') then days else 0 end) as days_placed
    from stays
    group by person_id, scheme_id, main, period
)

select
    totals.person_id || '-' || totals.scheme_id || '-' || totals.period || '-' || totals.main as unit_id,
    totals.person_id,
    totals.counted_from as date,
    totals.period,
    totals.days_in_custody,
    totals.days_placed,
    totals.scheme_id as own_scheme,
    spans.strand as own_strand,
    totals.main,
    ages.age
from totals
left join membership_spans as spans
    on
        totals.person_id = spans.person_id
        and totals.scheme_id = spans.scheme_id
        and spans.starts_on <= totals.counted_from
        and totals.counted_from < spans.ends_before
left join ages on totals.person_id = ages.person_id and totals.counted_from = ages.day
where totals.days_placed > 0
