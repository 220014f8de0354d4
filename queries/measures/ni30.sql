-- unit: one row per person and period: a person on a scheme, in a PPO strand, on the day on which the cohort was fixed
-- excludes: Nobody who was on the list that day, whether or not they stayed; people who joined later; members in the
--   Prevent and Deter strand (a switch); offences that are not recordable, breaches that are not offences in
--   themselves, and offences dealt with outside England and Wales; offences proved more than six months after their
--   year (the proving lag, a switch); cohorts whose baseline year the extract does not reach
-- source: National Indicator 30; Home Office, PPO results from the 2009 cohort (December 2010)
-- matures: 6 months after the follow-up year, for its last offences to be proved
-- immature_until: 0 months
-- not_applicable: ppo, offence_group, index_event, court_type
-- reads: police/ppo_register, police/offences
-- switches: tic_counts, proving_lag_months, prevent_and_deter_is_ppo
-- owner: performance analyst
-- review_by: 2027-04-01

-- measure: ni30_change
-- title: Change in proven offences of a fixed cohort (NI 30)
-- short: NI 30: change in offences
-- kind: change
-- numerator: after, proven offences committed in the follow-up year by the people on the list on the cohort's date
-- denominator: before, proven offences committed in the baseline year by the same people
-- direction: lower
-- why: It is the national indicator: how much less, or more, the people on the list offend than before. The baseline
--   year ends months before the list was fixed, so that the peak at which people are chosen is not the baseline

-- measure: ni30_reoffending_rate
-- title: Share of a fixed cohort with a proven offence in the follow-up year (NI 30)
-- short: NI 30: re-offended
-- kind: proportion
-- numerator: reoffended, people on the list with a proven offence committed in the follow-up year
-- denominator: people, people on the list on the cohort's date
-- direction: lower
-- why: It says how many of the people on the list offended again. It is never the one-year rate: that cohort is entered
--   by an event, this one by being on the list

-- measure: ni30_offences_per_ppo
-- title: Proven offences per person of a fixed cohort (NI 30)
-- short: NI 30: offences per person
-- kind: ratio
-- numerator: after, proven offences committed in the follow-up year by the people on the list
-- denominator: people, people on the list on the cohort's date, whether or not they offended
-- direction: lower
-- why: It joins how many of the list offended with how often

-- measure: ni30_offences_per_reoffender
-- title: Proven offences per re-offender of a fixed cohort (NI 30)
-- short: NI 30: offences per re-offender
-- kind: ratio
-- numerator: after, proven offences committed in the follow-up year by the people on the list
-- denominator: reoffended, people on the list with a proven offence committed in the follow-up year
-- direction: lower
-- why: It says how often those who offended did. It is never the figure per person on the list

with covered as (
    select
        min(case when file = 'police/ppo_register' then covered_from end) as register_from,
        min(case when file = 'police/offences' then covered_from end) as offences_from
    from coverage
),

on_the_list as (
    select
        spans.person_id,
        spans.scheme_id,
        spans.strand,
        cohorts.period,
        cohorts.cohort_on,
        cohorts.baseline_from,
        cast(cohorts.baseline_from + interval 12 month as date) as baseline_ends_before,
        cast(
            cohorts.baseline_from + (12 + switches.proving_lag_months) * interval 1 month as date
        ) as baseline_proved_before,
        cohorts.follow_up_from,
        cast(cohorts.follow_up_from + interval 12 month as date) as follow_up_ends_before,
        cast(
            cohorts.follow_up_from + (12 + switches.proving_lag_months) * interval 1 month as date
        ) as follow_up_proved_before
    from fixed_cohorts as cohorts
    inner join membership_spans as spans
        on spans.starts_on <= cohorts.cohort_on and cohorts.cohort_on < spans.ends_before
    cross join covered
    cross join switches
    where
        (spans.strand <> 'prevent_and_deter' or switches.prevent_and_deter_is_ppo)
        and covered.offences_from <= cohorts.baseline_from
        and covered.register_from <= cohorts.cohort_on
    qualify
        row_number() over (
            partition by spans.person_id, cohorts.period
            order by spans.adopted_on desc, spans.scheme_id asc
        ) = 1
),

counted as (
    select
        members.person_id,
        members.period,
        count(
            case
                when
                    offences.committed_on >= members.baseline_from
                    and offences.committed_on < members.baseline_ends_before
                    and offences.disposed_on < members.baseline_proved_before
                    then 1
            end
        ) as before,
        count(
            case
                when
                    offences.committed_on >= members.follow_up_from
                    and offences.committed_on < members.follow_up_ends_before
                    and offences.disposed_on < members.follow_up_proved_before
                    then 1
            end
        ) as after
    from on_the_list as members
    left join offences on members.person_id = offences.person_id and offences.counts
    group by members.person_id, members.period
)

select
    members.person_id || '-' || members.period as unit_id,
    members.person_id,
    members.cohort_on as date,
    members.period,
    1 as people,
    counted.before,
    counted.after,
    case when counted.after > 0 then 1 else 0 end as reoffended,
    members.scheme_id as own_scheme,
    members.strand as own_strand,
    true as main,
    ages.age
from on_the_list as members
inner join counted on members.person_id = counted.person_id and members.period = counted.period
left join ages on members.person_id = ages.person_id and members.cohort_on = ages.day
