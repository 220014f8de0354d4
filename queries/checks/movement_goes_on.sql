-- check: movement_goes_on
-- title: A stay in custody ends by court, transfer, absence or merge and nothing follows it
-- severity: soft
select
    person_id,
    released_on
from custody_spells
where release_reason in ('court', 'temporary_absence', 'transfer', 'merge')
