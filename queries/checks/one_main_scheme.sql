-- check: one_main_scheme
-- title: A person on a scheme at a month end is not counted exactly once in the total
-- severity: hard
select
    person_id,
    date
from units_caseload
group by person_id, date
having count(*) filter (where main) <> 1
