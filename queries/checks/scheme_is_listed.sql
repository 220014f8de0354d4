-- check: scheme_is_listed
-- title: The register names a scheme that reference/schemes does not
-- severity: hard
select distinct spans.scheme_id
from membership_spans as spans
anti join schemes on spans.scheme_id = schemes.scheme_id
