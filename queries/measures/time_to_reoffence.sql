-- measure: time_to_first_reoffence
-- title: Time to the first proven re-offence
-- short: Re-offended so far
-- unit: one row per person and period: the person's first index event in the period, with the days to the first proven
--   offence after it or to the last day on which one could have been seen
-- kind: survival
-- numerator: event, people who had committed a proven re-offence by so many months after the index date
-- denominator: offenders, people with an index event in the period who were watched for at least a day
-- direction: lower
-- why: It shows when people re-offend, and uses everybody for as long as they were watched
-- excludes: As the one-year rate; offences committed in the last months of coverage, which may not have been proved yet
--   (the proving lag, a switch)
-- source: Kaplan and Meier 1958 on whole calendar months; the Justice Data Lab gives time to first re-offence
-- matures: 6 months after the index date
-- not_applicable: court_type
-- reads: police/offences, probation/custody, dip/events
-- switches: tic_counts, recall_release_is_index, prevent_and_deter_is_ppo, custody_join_days, proving_lag_months
-- owner: performance analyst
-- review_by: 2027-04-01

with first_events as (
    select
        periods.period,
        periods.starts_on as window_starts_on,
        periods.ends_before as window_ends_before,
        events.person_id,
        events.index_on,
        events.index_event,
        events.offence_group,
        events.age,
        watch.covered_to,
        watch.watched_to
    from index_events as events
    inner join periods on events.index_on >= periods.starts_on and events.index_on < periods.ends_before
    cross join watch
    where events.index_on < watch.watched_to
    qualify row_number() over (partition by events.person_id, periods.period order by events.index_on) = 1
),

first_reoffences as (
    select
        events.person_id,
        events.index_on,
        min(offences.committed_on) as committed_on
    from first_events as events
    inner join offences
        on
            events.person_id = offences.person_id
            and offences.committed_on > events.index_on
            and offences.committed_on <= events.watched_to
            and offences.disposed_on <= events.covered_to
    where offences.counts
    group by events.person_id, events.index_on
)

select
    cast(events.person_id as bigint) * 100000 + date_diff('day', date '1900-01-01', events.index_on) as unit_id,
    events.person_id,
    events.index_on as date,
    events.period,
    1 as offenders,
    case when reoffences.committed_on is null then 0 else 1 end as event,
    date_diff('day', events.index_on, coalesce(reoffences.committed_on, events.watched_to)) as time_days,
    coalesce(reoffences.committed_on, events.watched_to) as ends_on,
    events.watched_to,
    events.index_event,
    events.offence_group,
    events.age,
    events.index_on as scheme_on,
    events.window_starts_on,
    events.window_ends_before
from first_events as events
left join first_reoffences as reoffences
    on events.person_id = reoffences.person_id and events.index_on = reoffences.index_on
