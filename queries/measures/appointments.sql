-- unit: one row per person, scheme and period with an appointment while on it, and whether the days are the scheme's
--   own in totals
-- kind: share
-- direction: none
-- matures: 0 months
-- not_applicable: ppo, month, offence_group, index_event, court_type
-- reads: police/ppo_register, probation/contacts
-- switches: none
-- owner: scheme manager
-- review_by: 2027-04-01

-- measure: contacts_attended
-- title: Appointments kept
-- short: Kept
-- direction: higher
-- numerator: attended, appointments kept
-- denominator: appointments_due, appointments kept or missed, with or without a good reason
-- why: A scheme that people do not turn up to can change nothing
-- excludes: Appointments that were cancelled; appointments on days not on the scheme or after coverage
-- source: Cumbria PPO scheme leaflet (weekly appointments kept)

-- measure: contacts_accompanied
-- title: Appointments kept with somebody to go with
-- short: Accompanied
-- numerator: accompanied, appointments kept to which the person was accompanied
-- denominator: attended, appointments kept
-- why: Going with people to where they need to be is part of what rehabilitating and resettling means
-- excludes: Appointments that were cancelled or missed; appointments on days not on the scheme or after coverage
-- source: Northumbria Police, PPO scheme

with covered as (
    select min(covered_to) as covered_to
    from coverage
    where file in ('police/ppo_register', 'probation/contacts')
),

segments as (
    select
        members.person_id,
        members.scheme_id,
        members.main,
        periods.period,
        greatest(members.starts_on, periods.starts_on) as starts_on,
        least(members.ends_before, periods.ends_before) as ends_before,
        greatest(members.adopted_on, periods.starts_on) as counted_from
    from membership_segments as members
    inner join periods on members.starts_on < periods.ends_before and periods.starts_on < members.ends_before
),

first_days as (
    select
        person_id,
        scheme_id,
        main,
        period,
        min(counted_from) as counted_from
    from segments
    group by person_id, scheme_id, main, period
),

totals as (
    select
        segments.person_id,
        segments.scheme_id,
        segments.main,
        segments.period,
        sum(case when contacts.outcome = 'attended' then 1 else 0 end) as attended,
        sum(case when contacts.outcome = 'attended' and contacts.kind = 'accompanied' then 1 else 0 end) as accompanied,
        sum(
            case when contacts.outcome in ('attended', 'acceptable_absence', 'unacceptable_absence') then 1 else 0 end
        ) as appointments_due
    from segments
    inner join contacts
        on
            segments.person_id = contacts.person_id
            and contacts.happened_on >= segments.starts_on
            and contacts.happened_on < segments.ends_before
    cross join covered
    where contacts.happened_on <= covered.covered_to
    group by segments.person_id, segments.scheme_id, segments.main, segments.period
)

select
    totals.person_id || '-' || totals.scheme_id || '-' || totals.period || '-' || totals.main as unit_id,
    totals.person_id,
    first_days.counted_from as date,
    totals.period,
    totals.attended,
    totals.accompanied,
    totals.appointments_due,
    totals.scheme_id as own_scheme,
    spans.strand as own_strand,
    totals.main,
    ages.age
from totals
inner join first_days
    on
        totals.person_id = first_days.person_id
        and totals.scheme_id = first_days.scheme_id
        and totals.main = first_days.main
        and totals.period = first_days.period
left join membership_spans as spans
    on
        totals.person_id = spans.person_id
        and totals.scheme_id = spans.scheme_id
        and spans.starts_on <= first_days.counted_from
        and first_days.counted_from < spans.ends_before
left join ages on totals.person_id = ages.person_id and first_days.counted_from = ages.day
