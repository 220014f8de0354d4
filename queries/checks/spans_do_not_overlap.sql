-- check: spans_do_not_overlap
-- title: Spans that should have been joined into one overlap, or are lost in each other
-- severity: hard
with spans as (
    select
        'statutory' as kind,
        person_id,
        starts_on,
        ends_before
    from statutory_spans
    union all
    select
        'dip' as kind,
        person_id,
        starts_on,
        ends_before
    from dip_episodes
),

ordered as (
    select
        *,
        lead(starts_on) over (partition by kind, person_id order by starts_on, ends_before) as next_starts_on
    from spans
)

select
    kind,
    person_id,
    starts_on
from ordered
where next_starts_on <= ends_before
