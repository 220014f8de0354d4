-- check: places_do_not_overlap
-- title: A person is in two places on one day
-- severity: hard
select
    earlier.person_id,
    earlier.starts_on
from (
    select
        person_id,
        starts_on,
        ends_before,
        lead(starts_on) over (partition by person_id order by starts_on) as next_starts_on
    from place_spans
) as earlier
where earlier.next_starts_on < earlier.ends_before
