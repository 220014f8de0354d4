-- unit: one row per order or licence with a second unacceptable absence in it, on the day of that absence
-- kind: days
-- direction: lower
-- matures: 0 months
-- not_applicable: age_band, in_dip, offence_group, index_event, court_type
-- reads: probation/supervision, probation/contacts
-- switches: prevent_and_deter_is_ppo
-- owner: probation manager
-- review_by: 2027-04-01

-- measure: failure_to_enforcement_days
-- title: Days from the second unacceptable absence to enforcement
-- short: Absence to enforcement
-- numerator: failure_to_enforcement_days, days from the second unacceptable absence to the start of breach or to recall
-- denominator: orders, orders and licences enforced on or after their second unacceptable absence
-- why: An order that nobody enforces is not one; national standards give ten working days
-- excludes: Orders and licences not enforced yet, and those enforced before a second absence; absences on days outside
--   the order; two absences of one day, which are one
-- source: National Standards for the management of offenders; Cumbria PPO scheme leaflet

-- measure: enforcement_to_hearing_days
-- title: Days from the start of breach to the hearing
-- short: Breach to hearing
-- numerator: enforcement_to_hearing_days, days from the start of breach to the hearing of it
-- denominator: orders, orders and licences with a second unacceptable absence and dates of breach and hearing
-- why: It is the court's part of enforcement
-- excludes: Orders and licences without both dates, or with a hearing before the breach
-- source: End-to-end enforcement (National Criminal Justice Board)

with orders as (
    select
        person_id,
        starts_on,
        ends_before,
        breach_initiated_on,
        breach_hearing_on,
        recalled_on,
        row_number() over (
            partition by person_id
            order by starts_on, ends_before, kind, breach_initiated_on, breach_hearing_on, recalled_on
        ) as place
    from supervision
),

absences as (
    select distinct
        person_id,
        happened_on
    from contacts
    where outcome = 'unacceptable_absence'
),

failures as (
    select
        orders.*,
        absences.happened_on as failed_on
    from orders
    inner join absences
        on
            orders.person_id = absences.person_id
            and orders.starts_on <= absences.happened_on
            and absences.happened_on < orders.ends_before
    qualify row_number() over (partition by orders.person_id, orders.place order by absences.happened_on) = 2
),

enforced as (
    select
        failures.*,
        least(
            case when breach_initiated_on >= failed_on then breach_initiated_on end,
            case when recalled_on >= failed_on then recalled_on end
        ) as enforced_on
    from failures
)

select
    enforced.person_id || '-' || enforced.place as unit_id,
    enforced.person_id,
    enforced.failed_on as date,
    periods.period,
    1 as orders,
    date_diff('day', enforced.failed_on, enforced.enforced_on) as failure_to_enforcement_days,
    case
        when enforced.breach_hearing_on >= enforced.breach_initiated_on
            then date_diff('day', enforced.breach_initiated_on, enforced.breach_hearing_on)
    end as enforcement_to_hearing_days,
    cast(null as integer) as age,
    enforced.failed_on as scheme_on,
    enforced.failed_on as window_starts_on,
    cast(enforced.failed_on + interval 1 day as date) as window_ends_before
from enforced
inner join periods on enforced.failed_on >= periods.starts_on and enforced.failed_on < periods.ends_before
