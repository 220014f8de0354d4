-- check: decision_holds
-- title: A decision about who is one person was not kept to
-- severity: hard
select
    decision,
    person_id,
    other_person_id
from link_decisions
where in_extracts and (person_id = other_person_id) <> (decision = 'link')
