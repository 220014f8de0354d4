-- One row per record of a person that an agency sent, with the person it is about (`anchor`) and the rule that says so.
-- An anchor is an identifier with its kind in front: the strongest that the person is known by.
-- Identifiers are normalised and their check letters tested before they come here (etl/identifiers.py).

-- section: candidates
-- The pairs that share an identifier, before the names and dates of birth are looked at.
create table pnc_pairs as
select
    'probation/people' as file,
    probation.crn as record,
    probation.pnc_id,
    lower(trim(probation.surname)) <> lower(trim(police.surname)) as name_differs,
    probation.date_of_birth <> police.date_of_birth as birth_differs
from probation_people as probation
inner join police_people as police on probation.pnc_id = police.pnc_id
union all
select
    'dip/people' as file,
    dip.dip_id as record,
    dip.pnc_id,
    upper(trim(dip.initials))
    <> upper(left(trim(police.forenames), 1) || left(trim(police.surname), 1)) as name_differs,
    dip.date_of_birth <> police.date_of_birth as birth_differs
from dip_people as dip
inner join police_people as police on dip.pnc_id = police.pnc_id;

-- A shared identifier is not believed when the name and the date of birth both say otherwise.
create table link_conflicts as
select
    file,
    record,
    'pnc_id' as identifier,
    'name and date of birth both differ' as reason
from pnc_pairs
where coalesce(name_differs, false) and coalesce(birth_differs, false);

-- section: anchors
create table person_records as
with believed as (
    select
        file,
        record,
        pnc_id
    from pnc_pairs
    where not (coalesce(name_differs, false) and coalesce(birth_differs, false))
),

-- A prison number that leads to one police record leads the other records that carry it there too;
-- one that leads to two is a conflict, and each record keeps to its own.
prison_numbers as (
    select
        probation.noms_number,
        min(believed.pnc_id) as pnc_id,
        count(distinct believed.pnc_id) as police_records
    from probation_people as probation
    left join believed on believed.file = 'probation/people' and probation.crn = believed.record
    where probation.noms_number is not null
    group by probation.noms_number
)

select
    'police/people' as file,
    pnc_id as record,
    'pnc:' || pnc_id as anchor,
    'own record' as rule
from police_people
union all
select
    'probation/people' as file,
    probation.crn as record,
    case
        when believed.pnc_id is not null then 'pnc:' || believed.pnc_id
        when prison_numbers.police_records = 1 then 'pnc:' || prison_numbers.pnc_id
        when probation.noms_number is not null then 'noms:' || probation.noms_number
        else 'crn:' || probation.crn
    end as anchor,
    case
        when believed.pnc_id is not null then 'same PNC id'
        when prison_numbers.police_records = 1 then 'same prison number as a record with the PNC id'
        when probation.noms_number is not null then 'prison number'
        else 'not linked'
    end as rule
from probation_people as probation
left join believed on believed.file = 'probation/people' and probation.crn = believed.record
left join prison_numbers on probation.noms_number = prison_numbers.noms_number
union all
select
    'dip/people' as file,
    dip.dip_id as record,
    coalesce('pnc:' || believed.pnc_id, 'dip:' || dip.dip_id) as anchor,
    case when believed.pnc_id is not null then 'same PNC id' else 'not linked' end as rule
from dip_people as dip
left join believed on believed.file = 'dip/people' and dip.dip_id = believed.record
where dip.consent_to_share is distinct from false;

insert into link_conflicts
select
    'probation/people' as file,
    probation.crn as record,
    'noms_number' as identifier,
    'one prison number leads to two police records' as reason
from probation_people as probation
inner join person_records as records on records.file = 'probation/people' and probation.crn = records.record
where
    probation.noms_number in (
        select noms.noms_number
        from probation_people as noms
        inner join person_records as linked on linked.file = 'probation/people' and noms.crn = linked.record
        where linked.anchor like 'pnc:%' and noms.noms_number is not null
        group by noms.noms_number
        having count(distinct linked.anchor) > 1
    );

insert into link_conflicts
select
    'police/people' as file,
    pnc_id as record,
    'cro_number' as identifier,
    'two police records carry one CRO number' as reason
from police_people
where cro_number in (
    select cro_number
    from police_people
    where cro_number is not null
    group by cro_number
    having count(*) > 1
);

-- section: registry
-- The permanent number of each person. A person known before under several numbers keeps the oldest; a number that
-- two people now claim stays with the one whose strongest identifier it was given to. New numbers are handed out in
-- the order of a keyed hash, so that they follow from nothing that was sent.
create table person_identifiers as
select distinct
    anchor,
    case file when 'police/people' then 'pnc:' when 'probation/people' then 'crn:' else 'dip:' end
    || record as identifier
from person_records;

create table registry_claims as
select
    named.anchor,
    known.person_id,
    min(known.identifier <> named.anchor) as weak,
    min(known.identifier) as identifier
from person_identifiers as named
inner join registry_before as known on named.identifier = known.identifier
group by named.anchor, known.person_id;

create table persons as
with owners as (
    select
        person_id,
        arg_min(anchor, (weak, identifier)) as anchor
    from registry_claims
    group by person_id
),

kept as (
    select
        anchor,
        min(person_id) as person_id
    from owners
    group by anchor
),

newcomers as (
    select
        anchors.anchor,
        row_number() over (order by sha256($key || anchors.anchor), anchors.anchor) as place
    from (select distinct anchor from person_records) as anchors
    left join kept on anchors.anchor = kept.anchor
    where kept.person_id is null
)

select
    anchor,
    cast(person_id as integer) as person_id
from kept
union all
select
    anchor,
    cast(place + (select coalesce(max(person_id), 0) from registry_before) as integer) as person_id
from newcomers;

create table registry_changes as
select
    'merged' as change,
    claims.person_id as old_person_id,
    persons.person_id
from registry_claims as claims
inner join persons on claims.anchor = persons.anchor
where claims.person_id <> persons.person_id
union all
select
    'split' as change,
    claims.person_id as old_person_id,
    persons.person_id
from registry_claims as claims
inner join persons on claims.anchor = persons.anchor
where
    claims.person_id in (
        select person_id from registry_claims
        group by person_id
        having count(*) > 1
    )
    and claims.person_id <> persons.person_id;

create table registry_after as
select
    identifiers.identifier,
    persons.person_id
from person_identifiers as identifiers
inner join persons on identifiers.anchor = persons.anchor
union
-- Somebody who is not in this extract keeps their number for when they come back.
select
    known.identifier,
    known.person_id
from registry_before as known
anti join person_identifiers as named on known.identifier = named.identifier;

-- section: lookups
-- From an agency's own identifier to the person.
create table person_of_police as
select
    records.record as pnc_id,
    persons.person_id
from person_records as records
inner join persons on records.anchor = persons.anchor
where records.file = 'police/people';

create table person_of_probation as
select
    records.record as crn,
    persons.person_id
from person_records as records
inner join persons on records.anchor = persons.anchor
where records.file = 'probation/people';

create table person_of_dip as
select
    records.record as dip_id,
    persons.person_id
from person_records as records
inner join persons on records.anchor = persons.anchor
where records.file = 'dip/people';

create table person_of_prison_number as
select
    probation.noms_number,
    min(links.person_id) as person_id
from probation_people as probation
inner join person_of_probation as links on probation.crn = links.crn
where probation.noms_number is not null
group by probation.noms_number;

-- The full date of birth and the names stay here, with the identities; ages are worked out from them.
create table person_details as
with records as (
    select
        'police/people' as source,
        1 as rank,
        pnc_id as record,
        surname,
        forenames,
        date_of_birth,
        sex,
        ethnicity_observed as ethnicity,
        ethnicity_self_defined
    from police_people
    union all
    select
        'probation/people' as source,
        2 as rank,
        crn as record,
        surname,
        forenames,
        date_of_birth,
        sex,
        null as ethnicity,
        ethnicity as ethnicity_self_defined
    from probation_people
    union all
    select
        'dip/people' as source,
        3 as rank,
        dip_id as record,
        null as surname,
        initials as forenames,
        date_of_birth,
        sex,
        null as ethnicity,
        null as ethnicity_self_defined
    from dip_people
)

select
    persons.person_id,
    records.source,
    records.rank,
    records.record,
    records.surname,
    records.forenames,
    records.date_of_birth,
    records.sex,
    records.ethnicity,
    records.ethnicity_self_defined
from records
inner join person_records as links on records.source = links.file and records.record = links.record
inner join persons on links.anchor = persons.anchor;

create table person_births as
select
    person_id,
    arg_min(date_of_birth, (rank, record)) as date_of_birth
from person_details
where date_of_birth is not null
group by person_id;
