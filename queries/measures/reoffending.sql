-- unit: one row per person and period: the person's first index event in the period
-- once_per: period
-- excludes: People with no police record, who cannot be followed; offences that are not recordable; breaches of a
--   court order that are not offences in themselves (category CB); offences dealt with outside England and Wales;
--   offences taken into consideration (a switch); releases by bail, acquittal, escape, death, merge, transfer, court
--   or temporary absence, after recall (a switch) or from a fine default
-- source: Ministry of Justice, Proven Re-offending Statistics, definitions and measurement; PPO self-assessment tool
-- matures: 18 months after the index date: twelve to offend in and six more to be proved
-- immature_until: 12 months
-- reads: police/offences, probation/custody, dip/events
-- switches: tic_counts, recall_release_is_index, prevent_and_deter_is_ppo, custody_join_days
-- owner: performance analyst
-- review_by: 2027-04-01

-- measure: reoffending_rate
-- title: One-year proven re-offending rate
-- short: Re-offended within a year
-- kind: proportion
-- numerator: reoffended, people who committed an offence in the twelve months after the index date that was proved by
--   conviction, caution, reprimand or warning within eighteen months of it
-- denominator: offenders, people with an index event in the period: release from a custodial sentence; conviction
--   without custody; caution, reprimand or warning; positive test for opiates or cocaine
-- direction: lower
-- why: It says how many of the people the partnership deals with go on to offend again, counted as the published
--   national figure is
-- not_applicable: court_type

-- measure: reoffences_per_reoffender
-- title: Re-offences per re-offender
-- kind: ratio
-- numerator: reoffences, proven re-offences committed in the twelve months after the index date
-- denominator: reoffended, people with at least one proven re-offence
-- direction: lower
-- why: It says how much those who do re-offend go on to do. It is never the figure per person in the cohort
-- not_applicable: court_type

-- measure: reoffences_per_offender
-- title: Re-offences per person in the cohort
-- kind: ratio
-- numerator: reoffences, proven re-offences committed in the twelve months after the index date
-- denominator: offenders, people with an index event in the period, whether or not they re-offended
-- direction: lower
-- why: It joins how many re-offend with how often: the rate times the re-offences per re-offender
-- not_applicable: court_type

-- measure: share_of_offenders
-- title: PPOs as a share of all offenders
-- kind: proportion
-- numerator: offenders, people on a PPO scheme at some point in the period
-- numerator_where: ppo = yes
-- denominator: offenders, all people with an index event in the period
-- direction: none
-- why: It sets the small number of people on schemes beside everybody dealt with in the period
-- not_applicable: ppo, scheme, area, force, strand, court_type

-- measure: share_of_reoffences
-- title: PPOs' share of all proven re-offences
-- kind: share
-- numerator: reoffences, proven re-offences by people on a PPO scheme at some point in the period
-- numerator_where: ppo = yes
-- denominator: reoffences, proven re-offences by everybody in the cohort
-- direction: lower
-- why: It says how much of all proven re-offending is done by the people on schemes
-- not_applicable: ppo, scheme, area, force, strand, court_type

-- measure: observed_to_expected
-- title: Re-offenders observed for each one expected
-- short: Observed to expected
-- kind: ratio
-- numerator: observed, people with a score who re-offended
-- denominator: expected, people with a score who would have re-offended if their scores had come true
-- needs_share: scored / offenders >= 0.8
-- direction: lower
-- why: Schemes choose people who are likely to re-offend; this sets what they did against what was likely, so that a
--   scheme is not judged by whom it takes on. One is as expected
-- excludes: As the one-year rate; people with no score in the twelve months to the index date. Where under 80% of
--   people have one there is no value
-- source: OGRS 3 (Ministry of Justice 2009), probability of proven re-offending in one year, the latest score held
-- reads: police/offences, probation/custody, dip/events, probation/assessments
-- not_applicable: court_type

-- measure: scored_share
-- title: Share of the cohort with a score
-- short: Have a score
-- kind: proportion
-- numerator: scored, people with a score in the twelve months to the index date
-- denominator: offenders, people with an index event in the period
-- direction: higher
-- why: It says how far the comparison with what was expected speaks for everybody
-- reads: police/offences, probation/custody, dip/events, probation/assessments
-- not_applicable: court_type

with reoffences as (
    select
        entries.person_id,
        entries.date,
        count(*) as reoffences
    from cohort_entries as entries
    inner join offences
        on
            entries.person_id = offences.person_id
            and offences.committed_on > entries.date
            and offences.committed_on <= entries.follow_up_ends_on
            and offences.disposed_on <= entries.proof_ends_on
    where offences.counts
    group by entries.person_id, entries.date
),

-- The latest score held on the index date, if it is less than a year old; of two made on one day the higher.
scores as (
    select
        entries.person_id,
        entries.date,
        max_by(assessments.ogrs3_one_year, (assessments.assessed_on, assessments.ogrs3_one_year)) as score
    from cohort_entries as entries
    inner join assessments
        on
            entries.person_id = assessments.person_id
            and assessments.assessed_on > cast(entries.date - interval 12 month as date)
            and assessments.assessed_on <= entries.date
    where assessments.ogrs3_one_year is not null
    group by entries.person_id, entries.date
)

select
    entries.* exclude (follow_up_ends_on, proof_ends_on),
    1 as offenders,
    case when reoffences.reoffences is null then 0 else 1 end as reoffended,
    coalesce(reoffences.reoffences, 0) as reoffences,
    case when scores.score is null then 0 else 1 end as scored,
    case when scores.score is not null and reoffences.reoffences is not null then 1 else 0 end as observed,
    -- A decimal, since those add up to the same sum in any order.
    cast(coalesce(scores.score, 0) * 0.01 as decimal(9, 4)) as expected
from cohort_entries as entries
left join reoffences on entries.person_id = reoffences.person_id and entries.date = reoffences.date
left join scores on entries.person_id = scores.person_id and entries.date = scores.date
