-- unit: one row per release from custody of a person on a scheme that day, for each scheme that they are on
-- direction: none
-- not_applicable: ppo, offence_group, index_event, court_type
-- owner: scheme manager
-- review_by: 2027-04-01

-- measure: released
-- title: Releases from custody while on the scheme
-- short: Releases
-- kind: count
-- numerator: released, releases at the end of a sentence, on licence or on home detention curfew
-- denominator: none, not a rate
-- why: Each is a day for which the scheme can plan, and the start of the weeks in which it has most to do
-- excludes: Releases by bail, acquittal, escape, death, merge, transfer, court or temporary absence; people not on a
--   scheme on the day of release
-- source: PPO self-assessment tool, section 3.1
-- matures: 0 months
-- reads: police/ppo_register, probation/custody
-- switches: custody_join_days

-- measure: contact_after_release_days
-- title: Days from release to the first appointment kept
-- short: Release to contact
-- kind: days
-- direction: lower
-- numerator: days, days from release to the first appointment kept
-- denominator: contacted, releases after which an appointment was kept before any return to custody
-- why: The days after release are those in which people are most likely to offend
-- excludes: Releases after which no appointment was kept before a return to custody or the end of the records
-- source: PPO self-assessment tool, section 4.2
-- matures: 1 month
-- reads: police/ppo_register, probation/custody, probation/contacts
-- switches: custody_join_days

with spells as (
    select
        person_id,
        released_on,
        release_reason,
        row_number() over stays as spell,
        lead(admitted_on, 1, date '9999-12-31') over stays as next_admitted_on
    from custody_spells
    window stays as (
        partition by person_id
        order by admitted_on, coalesce(released_on, date '9999-12-31'), coalesce(release_reason, '')
    )
),

releases as (
    select
        spells.person_id,
        spells.spell,
        spells.released_on,
        spells.next_admitted_on,
        members.scheme_id
    from spells
    inner join membership_segments as members
        on
            spells.person_id = members.person_id
            and members.starts_on <= spells.released_on
            and spells.released_on < members.ends_before
    where spells.release_reason in ('sentence_end', 'licence', 'hdc')
),

contacted as (
    select
        releases.person_id,
        releases.spell,
        releases.scheme_id,
        min(contacts.happened_on) as contacted_on
    from releases
    inner join contacts
        on
            releases.person_id = contacts.person_id
            and contacts.happened_on >= releases.released_on
            and contacts.happened_on <= releases.next_admitted_on
    where contacts.outcome = 'attended'
    group by releases.person_id, releases.spell, releases.scheme_id
)

select
    -- Somebody may be taken in again on the day of a release, and let out again that day.
    releases.person_id || '-' || releases.scheme_id || '-' || releases.released_on || '-' || releases.spell as unit_id,
    releases.person_id,
    releases.released_on as date,
    periods.period,
    1 as released,
    case when contacted.contacted_on is null then 0 else 1 end as contacted,
    date_diff('day', releases.released_on, contacted.contacted_on) as days,
    releases.scheme_id as own_scheme,
    spans.strand as own_strand,
    true as main,
    ages.age
from releases
inner join periods on releases.released_on >= periods.starts_on and releases.released_on < periods.ends_before
left join contacted
    on
        releases.person_id = contacted.person_id
        and releases.spell = contacted.spell
        and releases.scheme_id = contacted.scheme_id
left join membership_spans as spans
    on
        releases.person_id = spans.person_id
        and releases.scheme_id = spans.scheme_id
        and spans.starts_on <= releases.released_on
        and releases.released_on < spans.ends_before
left join ages on releases.person_id = ages.person_id and releases.released_on = ages.day
