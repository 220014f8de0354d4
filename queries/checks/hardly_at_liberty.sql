-- check: hardly_at_liberty
-- title: A person has under 30 days at liberty in the year before or after adoption, and is left out of the comparison
-- severity: soft
select
    person_id,
    date
from units_before_after
where days_at_liberty_before < 30 or days_at_liberty_after < 30
