-- What a scheme's manager has still to do, person by person. Each list is asked for with the schemes whose people may
-- be seen (`own_schemes`) and reads nothing that says more of a person than the list does.

-- section: as_at
-- The day to which every file that a list rests on reaches: nothing later is known of everybody.
select min(covered_to) as covered_to
from coverage
where list_contains($reads, file)

-- section: rules_on
-- The month end at which the selection rules were last read.
select max(month_end) as month_end
from month_ends

-- section: overdue_steps
-- One row per step that was due by the end of coverage and was not done: of somebody still on the scheme, or the letter
-- to somebody who left it in the last twelve months and has not come back. Nobody writes to the dead.
with living as (
    select memberships.*
    from memberships
    left join deaths on memberships.person_id = deaths.person_id and deaths.died_on <= $covered_to
    where list_contains($own_schemes, memberships.scheme_id) and deaths.person_id is null
),

on_now as (
    select
        person_id,
        scheme_id,
        membership
    from living
    where adopted_on <= $covered_to and $covered_to < ends_before
),

left_lately as (
    select
        living.person_id,
        living.scheme_id,
        living.membership
    from living
    left join on_now on living.person_id = on_now.person_id and living.scheme_id = on_now.scheme_id
    where
        living.ends_before <= $covered_to
        and living.ends_before > cast(cast($covered_to as date) - interval 12 month as date)
        and on_now.person_id is null
),

asked_of as (
    select
        *,
        false as has_left
    from on_now
    union all
    select
        *,
        true as has_left
    from left_lately
)

select
    units.scheme,
    units.person_id,
    units.step,
    units.date as counts_from,
    units.due_on,
    date_diff('day', units.due_on, $covered_to) as days_overdue
from units_journey as units
inner join asked_of
    on
        units.person_id = asked_of.person_id
        and units.scheme = asked_of.scheme_id
        and units.membership = asked_of.membership
where
    list_contains($own_schemes, units.scheme)
    and units.due = 1
    and units.steps = 0
    and asked_of.has_left = (units.step = 'exit_letter')
order by units.due_on, units.scheme, units.person_id, units.step

-- section: candidates
-- One row per scheme and person who is on no scheme at the end of coverage, and either was nominated to it and not
-- decided on, or decided on and deferred; or left it in the last 24 months and meets a selection rule at the latest
-- month end. The latest nomination counts, and whoever was adopted since has been decided on.
with put_forward as (
    select
        scheme_id,
        person_id,
        nominated_on,
        case
            when decided_on > $covered_to then 'awaited'
            when decision = 'defer' then 'deferred'
            when decision is null and decided_on is null then 'awaited'
        end as decision
    from nominations
    where list_contains($own_schemes, scheme_id) and nominated_on <= $covered_to
    qualify
        row_number() over (
            partition by scheme_id, person_id
            order by nominated_on desc, decided_on desc nulls last, decision asc nulls last
        ) = 1
),

on_a_scheme as (
    select distinct person_id
    from memberships
    where adopted_on <= $covered_to and $covered_to < ends_before
),

undecided as (
    select
        put_forward.scheme_id,
        put_forward.person_id,
        put_forward.nominated_on,
        put_forward.decision
    from put_forward
    left join memberships
        on
            put_forward.person_id = memberships.person_id
            and put_forward.scheme_id = memberships.scheme_id
            and put_forward.nominated_on <= memberships.adopted_on
            and memberships.adopted_on < memberships.ends_before
            and memberships.adopted_on <= $covered_to
    where put_forward.decision is not null and memberships.person_id is null
),

rules_met as (
    select
        person_id,
        list(distinct rule order by rule asc) as rules
    from units_selection_rules
    where date = $rules_on
    group by person_id
),

left_lately as (
    select
        memberships.scheme_id,
        memberships.person_id,
        max(memberships.ends_before) as left_on
    from memberships
    inner join rules_met on memberships.person_id = rules_met.person_id
    where
        list_contains($own_schemes, memberships.scheme_id)
        and memberships.adopted_on < memberships.ends_before
        and memberships.ends_before <= $covered_to
    group by memberships.scheme_id, memberships.person_id
    having max(memberships.ends_before) > cast(cast($covered_to as date) - interval 24 month as date)
)

select
    scheme_id as scheme,
    person_id,
    undecided.nominated_on,
    undecided.decision,
    left_lately.left_on,
    coalesce(rules_met.rules, []) as rules
from undecided
full join left_lately using (scheme_id, person_id)
left join rules_met using (person_id)
left join on_a_scheme using (person_id)
left join deaths using (person_id)
where on_a_scheme.person_id is null and (deaths.died_on is null or deaths.died_on > $covered_to)
order by undecided.nominated_on desc nulls last, left_lately.left_on desc nulls last, scheme asc, person_id asc
