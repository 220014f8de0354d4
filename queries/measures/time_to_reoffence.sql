-- measure: time_to_first_reoffence
-- once_per: period
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

with watched as (
    select
        entries.* exclude (follow_up_ends_on, proof_ends_on),
        watch.covered_to,
        watch.watched_to
    from cohort_entries as entries
    cross join watch
    where entries.date < watch.watched_to
),

first_reoffences as (
    select
        watched.person_id,
        watched.date,
        min(offences.committed_on) as committed_on
    from watched
    inner join offences
        on
            watched.person_id = offences.person_id
            and offences.committed_on > watched.date
            and offences.committed_on <= watched.watched_to
            and offences.disposed_on <= watched.covered_to
    where offences.counts
    group by watched.person_id, watched.date
)

select
    watched.* exclude (covered_to),
    1 as offenders,
    case when reoffences.committed_on is null then 0 else 1 end as event,
    date_diff('day', watched.date, coalesce(reoffences.committed_on, watched.watched_to)) as time_days,
    coalesce(reoffences.committed_on, watched.watched_to) as ends_on
from watched
left join first_reoffences as reoffences
    on watched.person_id = reoffences.person_id and watched.date = reoffences.date
