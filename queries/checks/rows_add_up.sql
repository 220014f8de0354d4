-- check: rows_add_up
-- title: Rows read are not the rows accepted, quarantined and dropped as exact duplicates
-- severity: hard
select file
from files
where rows_read <> accepted + quarantined + duplicates
