-- The small statements of a build, each named by what it is for.

-- section: registry_before
create table registry_before as
select
    identifier,
    person_id
from registry_given

-- section: switches
create table switches as
select * from switches_given

-- section: entries_again
drop table cohort_entries

-- section: people
select person_id
from persons

-- section: identities
-- Who each person is: one row per record, and what ties it to them.
select
    details.*,
    records.rule,
    records.weight,
    records.probability,
    evidence.evidence
from person_details as details
inner join person_records as records on details.source = records.file and details.record = records.record
left join evidence on records.identifier = evidence.identifier and records.target = evidence.target
order by details.person_id, details.rank, details.record

-- section: changes
select
    change,
    old_person_id
from registry_changes
order by change, old_person_id

-- section: doubtful
-- The pairs that may be one person and are not linked, each with both records, for somebody to look at.
select
    doubtful_pairs.*,
    evidence.evidence,
    one.surname,
    one.forename,
    one.other_forenames,
    one.initials,
    one.date_of_birth,
    one.sex,
    one.postcode,
    one.district,
    one.pnc_id,
    another.surname as other_surname,
    another.forename as other_forename,
    another.other_forenames as other_other_forenames,
    another.initials as other_initials,
    another.date_of_birth as other_date_of_birth,
    another.sex as other_sex,
    another.postcode as other_postcode,
    another.district as other_district,
    another.pnc_id as other_pnc_id
from doubtful_pairs
inner join grey_described as one on doubtful_pairs.identifier = one.identifier
inner join grey_described as another on doubtful_pairs.target = another.identifier
left join evidence on doubtful_pairs.identifier = evidence.identifier and doubtful_pairs.target = evidence.target
order by doubtful_pairs.probability desc, doubtful_pairs.identifier asc, doubtful_pairs.target asc

-- section: registry_after
select
    identifier,
    person_id
from registry_after
order by identifier

-- section: previous_counts
select
    file,
    accepted
from files
