-- unit: one row per sentencing occasion: a person and a day of sentence, over the convicted offences that count; each
--   stage is the earliest date over them
-- kind: days
-- direction: lower
-- excludes: Cases not yet sentenced (which flatters recent arrests); occasions without one of the two dates; intervals
--   of over ten years or below nothing, left out and counted; breaches that are not offences; offences that are not
--   recordable or outside England and Wales
-- matures: 0 months
-- has: adoption
-- not_applicable: index_event
-- reads: police/offences
-- switches: prevent_and_deter_is_ppo
-- owner: performance analyst
-- review_by: 2027-04-01

-- measure: arrest_to_sentence_days
-- title: Days from arrest to sentence
-- short: Arrest to sentence
-- numerator: arrest_to_sentence_days, days from the earliest arrest to the sentence
-- denominator: occasions, sentencing occasions with a date of arrest
-- why: It is what a premium service for PPOs sets out to shorten, between the first and last dates the police hold
-- source: Persistent young offender pledge statistics (arrest to sentence); PPO premium service

-- measure: offence_to_sentence_days
-- title: Days from offence to sentence
-- short: Offence to sentence
-- numerator: offence_to_sentence_days, days from the earliest offence to the sentence
-- denominator: occasions, sentencing occasions
-- why: It is the interval that the national evaluation of the PPO programme reported
-- source: Home Office Online Report 08/07; Time Intervals Survey (offence to completion)

-- measure: offence_to_arrest_days
-- title: Days from offence to arrest
-- short: Offence to arrest
-- numerator: offence_to_arrest_days, days from the earliest offence to the earliest arrest
-- denominator: occasions, sentencing occasions with a date of arrest
-- why: It is the police stage, before a premium service can begin
-- source: Time Intervals Survey stages, with the arrest put in

-- measure: arrest_to_charge_days
-- title: Days from arrest to charge
-- short: Arrest to charge
-- numerator: arrest_to_charge_days, days from the earliest arrest to the earliest charge
-- denominator: occasions, sentencing occasions with dates of arrest and charge
-- why: It is the stage at which the police and prosecutors decide
-- source: PPO performance management framework (arrest to charge)

-- measure: charge_to_first_hearing_days
-- title: Days from charge to first hearing
-- short: Charge to first hearing
-- numerator: charge_to_first_hearing_days, days from the earliest charge to the earliest first hearing
-- denominator: occasions, sentencing occasions with dates of charge and first hearing
-- why: It is the wait for a court
-- source: Time Intervals Survey (charge to first listing)

-- measure: first_hearing_to_sentence_days
-- title: Days from first hearing to sentence
-- short: First hearing to sentence
-- numerator: first_hearing_to_sentence_days, days from the earliest first hearing to the sentence
-- denominator: occasions, sentencing occasions with a date of first hearing
-- why: It is the time the court takes
-- source: Time Intervals Survey (first listing to completion)

with occasions as (
    select
        offences.person_id,
        offences.sentenced_on,
        min(offences.committed_on) as committed_on,
        min(offences.arrested_on) as arrested_on,
        min(offences.charged_on) as charged_on,
        min(offences.first_hearing_on) as first_hearing_on,
        min(case offences.court_type when 'CC' then 1 when 'MC' then 2 when 'YC' then 3 end) as court,
        min_by(
            offences.offence_group, (-coalesce(offences.sentence_days, 0), offences.cjs_offence_code)
        ) as offence_group
    from offences
    inner join people on offences.person_id = people.person_id
    where offences.counts and offences.outcome = 'convicted' and people.known_to_police
    group by offences.person_id, offences.sentenced_on
),

-- The last day on which an interval from each stage is still one of ten years.
limits as (
    select
        occasions.*,
        cast(occasions.committed_on + interval 120 month as date) as committed_limit,
        cast(occasions.arrested_on + interval 120 month as date) as arrested_limit,
        cast(occasions.charged_on + interval 120 month as date) as charged_limit,
        cast(occasions.first_hearing_on + interval 120 month as date) as first_hearing_limit
    from occasions
),

-- When each person first came on to a scheme for PPOs, which divides their arrests into those before and after.
first_adoptions as (
    select
        spans.person_id,
        min(spans.starts_on) as adopted_on
    from membership_spans as spans
    cross join switches
    where
        spans.starts_on < spans.ends_before
        and (spans.strand <> 'prevent_and_deter' or switches.prevent_and_deter_is_ppo)
    group by spans.person_id
)

select
    cast(limits.person_id as bigint) * 100000 + date_diff('day', date '1900-01-01', limits.sentenced_on) as unit_id,
    limits.person_id,
    limits.sentenced_on as date,
    periods.period,
    1 as occasions,
    case
        when limits.arrested_on between limits.committed_on and limits.committed_limit
            then date_diff('day', limits.committed_on, limits.arrested_on)
    end as offence_to_arrest_days,
    case
        when limits.charged_on between limits.arrested_on and limits.arrested_limit
            then date_diff('day', limits.arrested_on, limits.charged_on)
    end as arrest_to_charge_days,
    case
        when limits.first_hearing_on between limits.charged_on and limits.charged_limit
            then date_diff('day', limits.charged_on, limits.first_hearing_on)
    end as charge_to_first_hearing_days,
    case
        when limits.sentenced_on between limits.first_hearing_on and limits.first_hearing_limit
            then date_diff('day', limits.first_hearing_on, limits.sentenced_on)
    end as first_hearing_to_sentence_days,
    case
        when limits.sentenced_on between limits.arrested_on and limits.arrested_limit
            then date_diff('day', limits.arrested_on, limits.sentenced_on)
    end as arrest_to_sentence_days,
    case
        when limits.sentenced_on between limits.committed_on and limits.committed_limit
            then date_diff('day', limits.committed_on, limits.sentenced_on)
    end as offence_to_sentence_days,
    case limits.court when 1 then 'crown' when 2 then 'magistrates' when 3 then 'youth' else 'not_known' end
        as court_type,
    limits.offence_group,
    case
        when limits.arrested_on is null then 'not_known'
        when first_adoptions.adopted_on is null then 'never'
        when limits.arrested_on < first_adoptions.adopted_on then 'before'
        else 'after'
    end as adoption,
    ages.age,
    limits.arrested_on as scheme_on,
    limits.arrested_on as window_starts_on,
    cast(limits.arrested_on + interval 1 day as date) as window_ends_before
from limits
inner join periods on limits.sentenced_on >= periods.starts_on and limits.sentenced_on < periods.ends_before
left join first_adoptions on limits.person_id = first_adoptions.person_id
left join ages on limits.person_id = ages.person_id and limits.sentenced_on = ages.day
