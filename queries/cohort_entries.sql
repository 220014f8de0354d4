-- Who enters the cohort of a period: everybody's first index event in it, whatever the measure then follows.

-- section: entries
select
    cast(events.person_id as bigint) * 100000 + date_diff('day', date '1900-01-01', events.index_on) as unit_id,
    events.person_id,
    events.index_on as date,
    periods.period,
    events.index_event,
    events.offence_group,
    events.age,
    events.follow_up_ends_on,
    events.proof_ends_on,
    events.index_on as scheme_on,
    periods.starts_on as window_starts_on,
    periods.ends_before as window_ends_before
from index_events as events
inner join periods on events.index_on >= periods.starts_on and events.index_on < periods.ends_before
where events.previous_index_on is null or events.previous_index_on < periods.starts_on
