-- measure: cross_border_share
-- title: Share of offences committed on the scheme that were in another force's area
-- short: Offences in another force's area
-- unit: one row per person, scheme and period, and whether the days are the scheme's own in totals; only with a proven
--   offence on those days
-- kind: share
-- numerator: offences_elsewhere, proven offences committed on days on the scheme and dealt with by another force
-- denominator: offences, proven offences committed on days on the scheme and dealt with by a force that is known
-- direction: none
-- why: A partnership that looks at its own force's records alone does not see these
-- excludes: Offences whose force is not known, and schemes whose force is not; offences proved more than six months
--   after the period (the proving lag, a switch); offences that are not recordable, breaches that are not offences in
--   themselves, and offences dealt with outside England and Wales
-- source: Home Office JTrack newsletter 1 (its cross-border search); the police national computer holds every force's
--   offences
-- matures: 6 months after the period, for its last offences to be proved
-- not_applicable: ppo, offence_group, index_event, court_type, month
-- reads: police/ppo_register, police/offences
-- switches: tic_counts, proving_lag_months
-- owner: performance analyst
-- review_by: 2027-04-01

with segments as (
    select
        members.person_id,
        members.scheme_id,
        members.main,
        periods.period,
        schemes.force,
        greatest(members.adopted_on, periods.starts_on) as counted_from,
        greatest(members.starts_on, periods.starts_on) as starts_on,
        least(members.ends_before, periods.ends_before) as ends_before,
        cast(periods.ends_before + switches.proving_lag_months * interval 1 month as date) as proved_before
    from membership_segments as members
    inner join periods on members.starts_on < periods.ends_before and periods.starts_on < members.ends_before
    inner join schemes on members.scheme_id = schemes.scheme_id
    cross join switches
    where schemes.force <> 'not_known'
),

totals as (
    select
        segments.person_id,
        segments.scheme_id,
        segments.main,
        segments.period,
        min(segments.counted_from) as counted_from,
        count(offences.force) as offences,
        count(case when offences.force <> segments.force then 1 end) as offences_elsewhere
    from segments
    left join offences
        on
            segments.person_id = offences.person_id
            and offences.counts
            and offences.committed_on >= segments.starts_on
            and offences.committed_on < segments.ends_before
            and offences.disposed_on < segments.proved_before
    group by segments.person_id, segments.scheme_id, segments.main, segments.period
)

select
    totals.person_id || '-' || totals.scheme_id || '-' || totals.period || '-' || totals.main as unit_id,
    totals.person_id,
    totals.counted_from as date,
    totals.period,
    totals.offences_elsewhere,
    totals.offences,
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
where totals.offences > 0
