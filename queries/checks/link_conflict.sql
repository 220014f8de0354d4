-- check: link_conflict
-- title: An identifier points one way and the name and date of birth another
-- severity: soft
select
    conflicts.file,
    conflicts.identifier
from link_conflicts as conflicts
cross join generate_series(1, conflicts.records) as one_each (record)
