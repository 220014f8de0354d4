-- unit: one row per person: the first membership of a scheme, with what came before the day of adoption and what came
--   after it in windows of the same length; only with both windows inside the extracts
-- kind: change
-- direction: lower
-- excludes: People already on a scheme when the register begins; people whose first membership was in the Prevent and
--   Deter strand alone (a switch); people who died within the window; windows that the extracts do not cover; offences
--   that are not recordable, breaches that are not offences in themselves, and offences dealt with outside England and
--   Wales
-- not_applicable: ppo, offence_group, index_event, court_type
-- owner: performance analyst
-- review_by: 2027-04-01

-- measure: convictions_before_after
-- title: Change in convictions, 17 months after adoption against 17 before
-- short: Convictions, 17 months either side
-- numerator: convictions_after_17, convictions in the 17 months from the day of adoption
-- denominator: convictions_before_17, convictions in the 17 months before the day of adoption
-- why: It is the comparison behind the published fall of 43%: totals over the same time, before and after. People are
--   chosen at a peak of offending, so that part of any fall is to be expected
-- source: Home Office Online Report 08/07 (Dawson and Cuppleditch 2007), as reported in the letter of 20 February 2007
-- matures: 17 months after adoption
-- reads: police/ppo_register, police/offences, probation/custody
-- switches: convictions_as_occasions, prevent_and_deter_is_ppo, tic_counts

-- measure: conviction_level_change
-- title: Change in the monthly level of convictions, from adoption to 15 months on
-- short: Level of convictions, 15 months on
-- numerator: convictions_at_15_months, convictions in the months around the fifteenth month after adoption
-- denominator: convictions_at_adoption, convictions in the months around the month of adoption
-- why: It is the comparison behind the published fall of 62%: from the level at the start to the level at the end of a
--   series by month. It is not a before and after total, and begins at the peak at which people are chosen
-- source: Home Office Online Report 08/07, as reported in the letter of 20 February 2007; a mean of three months (a
--   switch) in place of single ones
-- matures: 17 months after adoption
-- reads: police/ppo_register, police/offences, probation/custody
-- switches: level_half_width, convictions_as_occasions, prevent_and_deter_is_ppo, tic_counts

-- measure: offences_before_after
-- title: Change in proven offences, 12 months after adoption against 12 before
-- short: Offences, 12 months either side
-- numerator: offences_after_12, proven offences committed in the 12 months from the day of adoption
-- denominator: offences_before_12, proven offences committed in the 12 months before the day of adoption
-- why: It is the comparison behind the published fall of 24% in the rate of offending: a year against a year, by when
--   the offence was committed. People are chosen at a peak, so that part of any fall is to be expected
-- source: Home Office PPO leaflet (fall in the average rate of offending in the 12 months after entry)
-- matures: 18 months after adoption: twelve to offend in and six more to be proved
-- reads: police/ppo_register, police/offences, probation/custody
-- switches: proving_lag_months, prevent_and_deter_is_ppo, tic_counts

-- measure: offences_before_after_at_liberty
-- title: Change in proven offences per day at liberty, 12 months after adoption against 12 before
-- short: Offences per day at liberty
-- numerator: liberty_offences_after, proven offences committed in the 12 months from the day of adoption
-- denominator: liberty_offences_before, proven offences committed in the 12 months before the day of adoption
-- exposure: days_at_liberty_before, days_at_liberty_after
-- why: Somebody in prison commits few offences: set against the days at liberty, a fall is not only time in custody
-- excludes: As the change without allowance for custody; people with under 30 days at liberty in either year, left out
--   and counted; years that the custody extract does not cover
-- source: Home Office PPO leaflet (12 months after entry), with days at liberty as exposure
-- matures: 18 months after adoption: twelve to offend in and six more to be proved
-- reads: police/ppo_register, police/offences, probation/custody
-- switches: proving_lag_months, prevent_and_deter_is_ppo, tic_counts, custody_join_days

-- measure: arrests_before_after
-- title: Change in arrests, 24 months after adoption against 24 before
-- short: Arrests, 24 months either side
-- numerator: arrests_after_24, days of arrest in the 24 months from the day of adoption
-- denominator: arrests_before_24, days of arrest in the 24 months before the day of adoption
-- why: It is how one police force reads the published fall of 62%: arrests, over two years. An arrest is no proof
-- excludes: People already on a scheme when the register begins; people whose first membership was in the Prevent and
--   Deter strand alone (a switch); people who died within the window; windows that the extracts do not cover; arrests
--   for what is not recordable, for breaches that are not offences, or outside England and Wales
-- source: Northumbria Police, PPO scheme page (arrests over two years)
-- matures: 24 months after adoption
-- reads: police/ppo_register, police/offences, probation/custody
-- switches: prevent_and_deter_is_ppo

-- measure: acquisitive_before_after
-- title: Change in proven acquisitive offences, 12 months after adoption against 12 before
-- short: Acquisitive offences, 12 months either side
-- numerator: acquisitive_after, proven acquisitive offences committed in the 12 months from the day of adoption
-- denominator: acquisitive_before, proven acquisitive offences committed in the 12 months before the day of adoption
-- why: Burglary, robbery and theft are what schemes mostly choose people for; a fall in them need not be one in all
--   offences
-- source: PPO self-assessment tool (acquisitive crime); offence codes marked acquisitive in the reference list
-- matures: 18 months after adoption: twelve to offend in and six more to be proved
-- reads: police/ppo_register, police/offences, probation/custody
-- switches: proving_lag_months, prevent_and_deter_is_ppo, tic_counts

-- measure: seriousness_before_after
-- title: Change in the seriousness of offending, 12 months after adoption against 12 before
-- short: Seriousness, 12 months either side
-- numerator: sentence_days_after, days of sentence passed for offences committed in the 12 months from the day of
--   adoption
-- denominator: sentence_days_before, days of sentence passed for offences committed in the 12 months before the day of
--   adoption
-- why: A lapse to one shoplifting is not a lapse to one robbery: each offence weighs what the court gave for it
-- source: As the Office for National Statistics weighs its severity score, with the sentence passed for the weight
-- matures: 18 months after adoption: twelve to offend in and six more to be proved
-- reads: police/ppo_register, police/offences, probation/custody
-- switches: proving_lag_months, prevent_and_deter_is_ppo, tic_counts

with covered as (
    select
        min(case when file = 'police/offences' then covered_from end) as offences_from,
        min(case when file = 'police/offences' then covered_to end) as offences_to,
        min(case when file = 'probation/custody' then covered_from end) as custody_from,
        min(case when file = 'probation/custody' then covered_to end) as custody_to
    from coverage
),

dated as (
    select
        adoptions.*,
        cast(adoptions.adopted_on - interval 24 month as date) as before_24,
        cast(adoptions.adopted_on + interval 24 month as date) as after_24,
        cast(adoptions.adopted_on - interval 17 month as date) as before_17,
        cast(adoptions.adopted_on + interval 17 month as date) as after_17,
        cast(adoptions.adopted_on - interval 12 month as date) as before_12,
        cast(adoptions.adopted_on + interval 12 month as date) as after_12,
        cast(adoptions.adopted_on - switches.level_half_width * interval 1 month as date) as level_starts_on,
        cast(adoptions.adopted_on + (1 + switches.level_half_width) * interval 1 month as date) as level_ends_before,
        cast(
            adoptions.adopted_on + (15 - switches.level_half_width) * interval 1 month as date
        ) as late_level_starts_on,
        cast(
            adoptions.adopted_on + (16 + switches.level_half_width) * interval 1 month as date
        ) as late_level_ends_before,
        covered.offences_from,
        cast(covered.offences_to + interval 1 day as date) as known_before,
        cast(
            cast(covered.offences_to - switches.proving_lag_months * interval 1 month as date)
            + interval 1 day as date
        ) as watched_before,
        covered.offences_to,
        covered.custody_from,
        cast(covered.custody_to + interval 1 day as date) as custody_known_before
    from first_adoptions as adoptions
    cross join covered
    cross join switches
),

-- Whose windows are wholly inside the extracts and inside the person's life.
windows as (
    select
        *,
        before_17 >= offences_from
        and after_17 <= known_before
        and (died_on is null or died_on >= after_17) as sees_17,
        level_starts_on >= offences_from
        and late_level_ends_before <= known_before
        and (died_on is null or died_on >= late_level_ends_before) as sees_level,
        before_12 >= offences_from
        and after_12 <= watched_before
        and (died_on is null or died_on >= after_12) as sees_12,
        before_24 >= offences_from
        and after_24 <= known_before
        and (died_on is null or died_on >= after_24) as sees_24,
        before_12 >= custody_from and after_12 <= custody_known_before as sees_custody
    from dated
),

convictions as (
    select
        offences.person_id,
        offences.disposed_on,
        case when switches.convictions_as_occasions then 1 else count(*) end as convictions
    from offences
    inner join first_adoptions as adoptions on offences.person_id = adoptions.person_id
    cross join switches
    where offences.counts and offences.outcome = 'convicted'
    group by offences.person_id, offences.disposed_on, switches.convictions_as_occasions
),

conviction_totals as (
    select
        windows.person_id,
        cast(
            sum(convictions.convictions) filter (
                where convictions.disposed_on >= windows.before_17 and convictions.disposed_on < windows.adopted_on
            ) as bigint
        ) as before_17,
        cast(
            sum(convictions.convictions) filter (
                where convictions.disposed_on >= windows.adopted_on and convictions.disposed_on < windows.after_17
            ) as bigint
        ) as after_17,
        cast(
            sum(convictions.convictions) filter (
                where
                convictions.disposed_on >= windows.level_starts_on
                and convictions.disposed_on < windows.level_ends_before
            ) as bigint
        ) as at_adoption,
        cast(
            sum(convictions.convictions) filter (
                where
                convictions.disposed_on >= windows.late_level_starts_on
                and convictions.disposed_on < windows.late_level_ends_before
            ) as bigint
        ) as at_15_months
    from windows
    inner join convictions on windows.person_id = convictions.person_id
    group by windows.person_id
),

offence_totals as (
    select
        windows.person_id,
        count(case when offences.committed_on < windows.adopted_on then 1 end) as offences_before,
        count(case when offences.committed_on >= windows.adopted_on then 1 end) as offences_after,
        count(case when offences.committed_on < windows.adopted_on and offences.acquisitive then 1 end)
            as acquisitive_before,
        count(case when offences.committed_on >= windows.adopted_on and offences.acquisitive then 1 end)
            as acquisitive_after,
        sum(case when offences.committed_on < windows.adopted_on then coalesce(offences.sentence_days, 0) else 0 end)
            as sentence_days_before,
        sum(case when offences.committed_on >= windows.adopted_on then coalesce(offences.sentence_days, 0) else 0 end)
            as sentence_days_after
    from windows
    inner join offences
        on
            windows.person_id = offences.person_id
            and offences.counts
            and offences.committed_on >= windows.before_12
            and offences.committed_on < windows.after_12
            and offences.disposed_on <= windows.offences_to
    group by windows.person_id
),

arrest_totals as (
    select
        windows.person_id,
        count(distinct case when offences.arrested_on < windows.adopted_on then offences.arrested_on end)
            as before_24,
        count(distinct case when offences.arrested_on >= windows.adopted_on then offences.arrested_on end)
            as after_24
    from windows
    inner join offences
        on
            windows.person_id = offences.person_id
            and offences.alleged
            and offences.arrested_on >= windows.before_24
            and offences.arrested_on < windows.after_24
    group by windows.person_id
),

custody_totals as (
    select
        windows.person_id,
        sum(
            greatest(
                date_diff(
                    'day',
                    greatest(spells.admitted_on, windows.before_12),
                    least(coalesce(spells.released_on, date '9999-12-31'), windows.adopted_on)
                ),
                0
            )
        ) as days_before,
        sum(
            greatest(
                date_diff(
                    'day',
                    greatest(spells.admitted_on, windows.adopted_on),
                    least(coalesce(spells.released_on, date '9999-12-31'), windows.after_12)
                ),
                0
            )
        ) as days_after
    from windows
    inner join custody_spells as spells
        on
            windows.person_id = spells.person_id
            and spells.admitted_on < windows.after_12
            and coalesce(spells.released_on, date '9999-12-31') > windows.before_12
    group by windows.person_id
),

at_liberty as (
    select
        windows.person_id,
        date_diff('day', windows.before_12, windows.adopted_on) - coalesce(custody_totals.days_before, 0)
            as days_before,
        date_diff('day', windows.adopted_on, windows.after_12) - coalesce(custody_totals.days_after, 0) as days_after
    from windows
    left join custody_totals on windows.person_id = custody_totals.person_id
    where windows.sees_12 and windows.sees_custody
)

select
    windows.person_id as unit_id,
    windows.person_id,
    windows.adopted_on as date,
    periods.period,
    case when windows.sees_17 then coalesce(conviction_totals.before_17, 0) end as convictions_before_17,
    case when windows.sees_17 then coalesce(conviction_totals.after_17, 0) end as convictions_after_17,
    case when windows.sees_level then coalesce(conviction_totals.at_adoption, 0) end as convictions_at_adoption,
    case when windows.sees_level then coalesce(conviction_totals.at_15_months, 0) end as convictions_at_15_months,
    case when windows.sees_12 then coalesce(offence_totals.offences_before, 0) end as offences_before_12,
    case when windows.sees_12 then coalesce(offence_totals.offences_after, 0) end as offences_after_12,
    case
        when at_liberty.days_before >= 30 and at_liberty.days_after >= 30
            then coalesce(offence_totals.offences_before, 0)
    end as liberty_offences_before,
    case
        when at_liberty.days_before >= 30 and at_liberty.days_after >= 30
            then coalesce(offence_totals.offences_after, 0)
    end as liberty_offences_after,
    at_liberty.days_before as days_at_liberty_before,
    at_liberty.days_after as days_at_liberty_after,
    case when windows.sees_24 then coalesce(arrest_totals.before_24, 0) end as arrests_before_24,
    case when windows.sees_24 then coalesce(arrest_totals.after_24, 0) end as arrests_after_24,
    case when windows.sees_12 then coalesce(offence_totals.acquisitive_before, 0) end as acquisitive_before,
    case when windows.sees_12 then coalesce(offence_totals.acquisitive_after, 0) end as acquisitive_after,
    case when windows.sees_12 then coalesce(offence_totals.sentence_days_before, 0) end as sentence_days_before,
    case when windows.sees_12 then coalesce(offence_totals.sentence_days_after, 0) end as sentence_days_after,
    windows.scheme_id as own_scheme,
    windows.strand as own_strand,
    true as main,
    ages.age
from windows
inner join periods on windows.adopted_on >= periods.starts_on and windows.adopted_on < periods.ends_before
left join conviction_totals on windows.person_id = conviction_totals.person_id
left join offence_totals on windows.person_id = offence_totals.person_id
left join arrest_totals on windows.person_id = arrest_totals.person_id
left join at_liberty on windows.person_id = at_liberty.person_id
left join ages on windows.person_id = ages.person_id and windows.adopted_on = ages.day
where windows.sees_17 or windows.sees_level or windows.sees_12 or windows.sees_24
