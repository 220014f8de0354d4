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

-- section: people
select person_id
from persons

-- section: identities
select *
from person_details
order by person_id, rank, record

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

-- section: rules_broken
select
    file,
    'row' as severity,
    rule,
    column_name,
    count(*) as rows
from quarantine
group by all
union all
select
    file,
    'field' as severity,
    rule,
    column_name,
    count(*) as rows
from nulled
group by all
order by file asc, severity desc, rule asc, column_name asc
