-- check: unit_is_unique
-- title: A unit of a measure appears more than once
-- severity: hard
-- each: units
select
    period,
    unit_id,
    count(*) as times
from {units}
group by period, unit_id
having count(*) > 1
