-- unit: one row per membership of a scheme and step that it calls for
-- has: step
-- always_by: step
-- not_applicable: ppo, offence_group, index_event, court_type
-- reads: police/ppo_register, police/nominations, probation/contacts, probation/assessments, probation/supervision
-- owner: scheme manager
-- review_by: 2027-04-01

-- measure: journey_step_done
-- title: Steps of the scheme done in time
-- short: Done in time
-- kind: proportion
-- numerator: done_in_time, memberships whose step was done by the day it was due
-- denominator: due, memberships that were open on the day the step was due, or to which the step applies whether or not
--   they were
-- direction: higher
-- why: The scheme promises each person these steps; what is not done in time is what a manager can put right
-- excludes: Steps that fall due after coverage; people who left before the step was due; steps of which nobody's date
--   was ever sent; enforcement for absences that are not two in one order or licence while on the scheme
-- source: Cumbria PPO scheme leaflet; the days allowed are switches
-- matures: 2 months
-- switches: journey_nominated_and_decided_days, journey_strand_decided_days, journey_flagged_by_police_days,
--   journey_flagged_by_probation_days, journey_letter_days, journey_home_visit_days, journey_oasys_days,
--   journey_sentence_plan_days, journey_outreach_worker_days, journey_weekly_appointments_days,
--   journey_enforcement_days, journey_exit_letter_days

-- measure: journey_step_days
-- title: Days to each step of the scheme
-- short: Days to the step
-- kind: days
-- numerator: days, days from adoption to the step; of a nomination, an absence or an exit, from that; a home visit is
--   the first on the register or on probation's record, and enforcement that of the order or licence of both absences
-- denominator: steps, memberships whose step was done
-- direction: lower
-- why: It says how long a step takes when it is done, beside how often it is done in time
-- excludes: Steps not done by the end of coverage
-- source: Cumbria PPO scheme leaflet
-- matures: 0 months
-- switches: none

with covered as (
    select min(covered_to) as covered_to
    from coverage
    where
        file in (
            'police/ppo_register', 'police/nominations', 'probation/contacts', 'probation/assessments',
            'probation/supervision'
        )
),

members as (
    select
        memberships.person_id,
        memberships.scheme_id,
        memberships.membership,
        memberships.adopted_on,
        memberships.ends_before,
        covered.covered_to,
        case when milestones.nominated_on <= covered.covered_to then milestones.nominated_on end as nominated_on,
        case when milestones.strand_decided_on <= covered.covered_to then milestones.strand_decided_on end
            as strand_decided_on,
        case when milestones.police_flagged_on <= covered.covered_to then milestones.police_flagged_on end
            as police_flagged_on,
        case when milestones.probation_flagged_on <= covered.covered_to then milestones.probation_flagged_on end
            as probation_flagged_on,
        case when milestones.notified_on <= covered.covered_to then milestones.notified_on end as notified_on,
        case when milestones.first_home_visit_on <= covered.covered_to then milestones.first_home_visit_on end
            as first_home_visit_on,
        case when milestones.outreach_worker_on <= covered.covered_to then milestones.outreach_worker_on end
            as outreach_worker_on,
        case when milestones.exit_letter_on <= covered.covered_to then milestones.exit_letter_on end
            as exit_letter_on,
        milestones.has_r_and_r,
        coalesce(
            max(memberships.ends_before) over (
                partition by memberships.person_id, memberships.scheme_id
                order by memberships.membership
                rows between unbounded preceding and 1 preceding
            ),
            date '0001-01-01'
        ) as last_ended_on
    from memberships
    inner join membership_milestones as milestones
        on
            memberships.person_id = milestones.person_id
            and memberships.scheme_id = milestones.scheme_id
            and memberships.membership = milestones.membership
    cross join covered
    where memberships.adopted_on < memberships.ends_before
),

nominated as (
    select
        members.person_id,
        members.scheme_id,
        members.membership,
        members.adopted_on,
        members.covered_to,
        coalesce(members.nominated_on, min(nominations.nominated_on)) as origin_on
    from members
    left join nominations
        on
            members.person_id = nominations.person_id
            and members.scheme_id = nominations.scheme_id
            and nominations.nominated_on >= members.last_ended_on
            and nominations.nominated_on <= members.adopted_on
            and nominations.nominated_on <= members.covered_to
    group by
        members.person_id, members.scheme_id, members.membership, members.adopted_on, members.covered_to,
        members.nominated_on
),

decided as (
    select
        nominated.person_id,
        nominated.scheme_id,
        nominated.membership,
        nominated.origin_on,
        coalesce(
            min(nominations.decided_on),
            case when nominated.adopted_on <= nominated.covered_to then nominated.adopted_on end
        ) as done_on
    from nominated
    left join nominations
        on
            nominated.person_id = nominations.person_id
            and nominated.scheme_id = nominations.scheme_id
            and nominations.decision = 'adopt'
            and nominations.decided_on >= nominated.origin_on
            and nominations.decided_on <= nominated.covered_to
    where nominated.origin_on is not null
    group by
        nominated.person_id, nominated.scheme_id, nominated.membership, nominated.adopted_on, nominated.covered_to,
        nominated.origin_on
),

-- Appointments kept on or after adoption: the first visit to a home, and the first of the fourth week of four in each
-- of which there was one.
kept as (
    select
        members.person_id,
        members.scheme_id,
        members.membership,
        min(case when contacts.kind = 'home_visit' then contacts.happened_on end) as home_visit_on,
        case
            when
                bool_or(contacts.happened_on < members.adopted_on + 7)
                and bool_or(
                    contacts.happened_on >= members.adopted_on + 7 and contacts.happened_on < members.adopted_on + 14
                )
                and bool_or(
                    contacts.happened_on >= members.adopted_on + 14 and contacts.happened_on < members.adopted_on + 21
                )
                then
                    min(
                        case
                            when
                                contacts.happened_on >= members.adopted_on + 21
                                and contacts.happened_on < members.adopted_on + 28
                                then contacts.happened_on
                        end
                    )
        end as all_four_weeks_on
    from members
    inner join contacts
        on
            members.person_id = contacts.person_id
            and contacts.happened_on >= members.adopted_on
            and contacts.happened_on <= members.covered_to
    where contacts.outcome = 'attended'
    group by members.person_id, members.scheme_id, members.membership
),

assessed as (
    select
        members.person_id,
        members.scheme_id,
        members.membership,
        min(
            case
                when
                    assessments.assessed_on >= members.adopted_on and assessments.assessed_on <= members.covered_to
                    then assessments.assessed_on
            end
        ) as assessed_on,
        min(
            case
                when
                    assessments.sentence_plan_on >= members.adopted_on
                    and assessments.sentence_plan_on <= members.covered_to
                    then assessments.sentence_plan_on
            end
        ) as sentence_plan_on
    from members
    inner join assessments on members.person_id = assessments.person_id
    group by members.person_id, members.scheme_id, members.membership
),

absences as (
    select distinct
        person_id,
        happened_on
    from contacts
    where outcome = 'unacceptable_absence'
),

orders as (
    select
        person_id,
        starts_on,
        ends_before,
        breach_initiated_on,
        recalled_on,
        row_number() over (
            partition by person_id
            order by starts_on, ends_before, kind, breach_initiated_on, breach_hearing_on, recalled_on
        ) as place
    from supervision
),

-- The second unacceptable absence in each order or licence since adoption: an absence in none could not be enforced,
-- and one in each of two is no second.
failures as (
    select
        members.person_id,
        members.scheme_id,
        members.membership,
        members.covered_to,
        orders.breach_initiated_on,
        orders.recalled_on,
        absences.happened_on as failed_on
    from members
    inner join orders on members.person_id = orders.person_id
    inner join absences
        on
            members.person_id = absences.person_id
            and absences.happened_on >= members.adopted_on
            and absences.happened_on < members.ends_before
            and absences.happened_on <= members.covered_to
            and orders.starts_on <= absences.happened_on
            and absences.happened_on < orders.ends_before
    qualify
        row_number() over (
            partition by members.person_id, members.scheme_id, members.membership, orders.place
            order by absences.happened_on
        ) = 2
),

-- The first of them, and what was done about it: breach or recall of an order that it was the second in.
enforced as (
    select
        person_id,
        scheme_id,
        membership,
        failed_on as origin_on,
        least(
            min(
                case
                    when breach_initiated_on >= failed_on and breach_initiated_on <= covered_to
                        then breach_initiated_on
                end
            ),
            min(case when recalled_on >= failed_on and recalled_on <= covered_to then recalled_on end)
        ) as done_on
    from failures
    group by person_id, scheme_id, membership, failed_on
    qualify row_number() over (partition by person_id, scheme_id, membership order by failed_on) = 1
),

-- Every step, the days allowed for it, and how many dates anybody has sent of it: where there are none, nothing is
-- known, which is not the same as not done.
listed as (
    select
        'nominated_and_decided' as step,
        journey_nominated_and_decided_days as due_days,
        1 as dates
    from switches
    union all
    select
        'strand_decided' as step,
        journey_strand_decided_days as due_days,
        (select count(strand_decided_on) from membership_milestones) as dates
    from switches
    union all
    select
        'flagged_by_police' as step,
        journey_flagged_by_police_days as due_days,
        (select count(police_flagged_on) from membership_milestones) as dates
    from switches
    union all
    select
        'flagged_by_probation' as step,
        journey_flagged_by_probation_days as due_days,
        (select count(probation_flagged_on) from membership_milestones) as dates
    from switches
    union all
    select
        'letter' as step,
        journey_letter_days as due_days,
        (select count(notified_on) from membership_milestones) as dates
    from switches
    union all
    select
        'home_visit' as step,
        journey_home_visit_days as due_days,
        (select count(first_home_visit_on) from membership_milestones)
        + (select count(*) from contacts where kind = 'home_visit' and outcome = 'attended') as dates
    from switches
    union all
    select
        'oasys' as step,
        journey_oasys_days as due_days,
        (select count(*) from assessments) as dates
    from switches
    union all
    select
        'sentence_plan' as step,
        journey_sentence_plan_days as due_days,
        (select count(sentence_plan_on) from assessments) as dates
    from switches
    union all
    select
        'outreach_worker' as step,
        journey_outreach_worker_days as due_days,
        (select count(outreach_worker_on) from membership_milestones) as dates
    from switches
    union all
    select
        'weekly_appointments' as step,
        journey_weekly_appointments_days as due_days,
        (select count(*) from contacts where outcome = 'attended') as dates
    from switches
    union all
    select
        'enforcement' as step,
        journey_enforcement_days as due_days,
        (select count(breach_initiated_on) + count(recalled_on) from supervision) as dates
    from switches
    union all
    select
        'exit_letter' as step,
        journey_exit_letter_days as due_days,
        (select count(exit_letter_on) from membership_milestones) as dates
    from switches
),

steps as (
    select
        members.person_id,
        members.scheme_id,
        members.membership,
        listed.step,
        members.adopted_on as origin_on,
        case listed.step
            when 'strand_decided' then members.strand_decided_on
            when 'flagged_by_police' then members.police_flagged_on
            when 'flagged_by_probation' then members.probation_flagged_on
            when 'letter' then members.notified_on
            when 'home_visit' then least(members.first_home_visit_on, kept.home_visit_on)
            when 'oasys' then assessed.assessed_on
            when 'sentence_plan' then assessed.sentence_plan_on
            when 'outreach_worker' then members.outreach_worker_on
            when 'weekly_appointments' then kept.all_four_weeks_on
        end as done_on
    from members
    cross join listed
    left join kept
        on
            members.person_id = kept.person_id
            and members.scheme_id = kept.scheme_id
            and members.membership = kept.membership
    left join assessed
        on
            members.person_id = assessed.person_id
            and members.scheme_id = assessed.scheme_id
            and members.membership = assessed.membership
    where
        listed.step not in ('nominated_and_decided', 'enforcement', 'exit_letter')
        and (listed.step <> 'outreach_worker' or members.has_r_and_r)
    union all
    select
        person_id,
        scheme_id,
        membership,
        'nominated_and_decided' as step,
        origin_on,
        done_on
    from decided
    union all
    select
        person_id,
        scheme_id,
        membership,
        'enforcement' as step,
        origin_on,
        done_on
    from enforced
    union all
    select
        person_id,
        scheme_id,
        membership,
        'exit_letter' as step,
        ends_before as origin_on,
        exit_letter_on as done_on
    from members
),

timed as (
    select
        steps.person_id,
        steps.scheme_id,
        steps.membership,
        steps.step,
        steps.origin_on,
        steps.done_on,
        steps.origin_on + listed.due_days as due_on,
        -- The day of the membership that is nearest to the origin, which may be before the first or after the last.
        greatest(members.adopted_on, least(steps.origin_on, members.ends_before - 1)) as strand_on,
        case
            when steps.origin_on + listed.due_days > members.covered_to then 0
            when steps.step in ('nominated_and_decided', 'enforcement', 'exit_letter') then 1
            when steps.origin_on + listed.due_days < members.ends_before then 1
            else 0
        end as due
    from steps
    inner join listed on steps.step = listed.step
    inner join members
        on
            steps.person_id = members.person_id
            and steps.scheme_id = members.scheme_id
            and steps.membership = members.membership
    where listed.dates > 0 and steps.origin_on <= members.covered_to
)

select
    timed.person_id || '-' || timed.scheme_id || '-' || timed.membership || '-' || timed.step as unit_id,
    timed.person_id,
    timed.origin_on as date,
    periods.period,
    timed.step,
    timed.membership,
    timed.due_on,
    case when timed.due = 1 and timed.done_on <= timed.due_on then 1 else 0 end as done_in_time,
    timed.due,
    case when timed.done_on is null then 0 else 1 end as steps,
    -- The register may date a step before the origin: it was done by then.
    case
        when timed.done_on <= timed.origin_on then 0
        when timed.done_on > timed.origin_on then date_diff('day', timed.origin_on, timed.done_on)
    end as days,
    timed.scheme_id as own_scheme,
    spans.strand as own_strand,
    true as main,
    ages.age
from timed
inner join periods on timed.origin_on >= periods.starts_on and timed.origin_on < periods.ends_before
left join membership_spans as spans
    on
        timed.person_id = spans.person_id
        and timed.scheme_id = spans.scheme_id
        and spans.starts_on <= timed.strand_on
        and timed.strand_on < spans.ends_before
left join ages on timed.person_id = ages.person_id and timed.origin_on = ages.day
