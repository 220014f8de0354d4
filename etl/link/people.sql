-- One row per record of a person that an agency sent, with the person it is about (`anchor`) and the rule that says so.
-- An anchor is an identifier with its kind in front: the strongest that the person is known by.
-- Identifiers are normalised and their check letters tested before they come here (etl/identifiers.sql).

-- section: candidates
-- The pairs that share an identifier, before the names and dates of birth are looked at.
create table pnc_pairs as
with alike as (
    select
        'probation/people' as file,
        probation.crn as record,
        'crn:' || probation.crn as identifier,
        probation.pnc_id,
        lower(trim(probation.surname)) <> lower(trim(police.surname)) as name_differs,
        probation.date_of_birth <> police.date_of_birth as birth_differs
    from probation_people as probation
    inner join police_people as police on probation.pnc_id = police.pnc_id
    union all
    select
        'dip/people' as file,
        dip.dip_id as record,
        'dip:' || dip.dip_id as identifier,
        dip.pnc_id,
        upper(trim(dip.initials))
        <> upper(left(trim(police.forenames), 1) || left(trim(police.surname), 1)) as name_differs,
        dip.date_of_birth <> police.date_of_birth as birth_differs
    from dip_people as dip
    inner join police_people as police on dip.pnc_id = police.pnc_id
    where dip.consent_to_share is distinct from false
)

select alike.* exclude (identifier)
from alike
anti join never on alike.identifier = never.identifier and 'pnc:' || alike.pnc_id = never.other;

-- A shared identifier is not believed when the name and the date of birth both say otherwise. What ties a record to
-- somebody: the rule; and where the record was weighed against others, the other record and the weight.
create table believed as
select
    file,
    record,
    'pnc:' || pnc_id as anchor,
    'same PNC id' as rule,
    cast(null as text) as target,
    cast(null as double) as weight,
    cast(null as double) as probability
from pnc_pairs
where not (coalesce(name_differs, false) and coalesce(birth_differs, false));

-- section: police
-- Everybody on the police computer is somebody, by their own record.
create or replace table person_records_so_far as
select
    'pnc:' || pnc_id as identifier,
    'police/people' as file,
    pnc_id as record,
    'pnc:' || pnc_id as anchor,
    'own record' as rule,
    cast(null as text) as target,
    cast(null as double) as weight,
    cast(null as double) as probability
from police_people;

-- section: probation
create or replace table person_records_so_far as
with tied as (
    select *
    from believed
    where file = 'probation/people'
),

-- A prison number that leads to one police record leads the other records that carry it there too;
-- one that leads to two is a conflict, and each record keeps to its own.
prison_numbers as (
    select
        probation.noms_number,
        min(tied.anchor) as anchor,
        count(distinct tied.anchor) as police_records
    from probation_people as probation
    left join tied on probation.crn = tied.record
    where probation.noms_number is not null
    group by probation.noms_number
)

select
    'pnc:' || pnc_id as identifier,
    'police/people' as file,
    pnc_id as record,
    'pnc:' || pnc_id as anchor,
    'own record' as rule,
    cast(null as text) as target,
    cast(null as double) as weight,
    cast(null as double) as probability
from police_people
union all
select
    'crn:' || probation.crn as identifier,
    'probation/people' as file,
    probation.crn as record,
    case
        when tied.anchor is not null then tied.anchor
        when prison_numbers.police_records = 1 then prison_numbers.anchor
        when probation.noms_number is not null then 'noms:' || probation.noms_number
        else 'crn:' || probation.crn
    end as anchor,
    case
        when tied.anchor is not null then tied.rule
        when prison_numbers.police_records = 1 then 'same prison number as a record with the PNC id'
        when probation.noms_number is not null then 'prison number'
        else 'not linked'
    end as rule,
    tied.target,
    tied.weight,
    tied.probability
from probation_people as probation
left join tied on probation.crn = tied.record
left join prison_numbers on probation.noms_number = prison_numbers.noms_number;

-- section: everybody
create table person_records as
select *
from person_records_so_far
union all
select
    'dip:' || dip.dip_id as identifier,
    'dip/people' as file,
    dip.dip_id as record,
    coalesce(tied.anchor, 'dip:' || dip.dip_id) as anchor,
    coalesce(tied.rule, 'not linked') as rule,
    tied.target,
    tied.weight,
    tied.probability
from dip_people as dip
left join believed as tied on tied.file = 'dip/people' and dip.dip_id = tied.record
where dip.consent_to_share is distinct from false;

-- section: flags
-- Identifiers that contradict each other or the rest of the record. Nobody is joined across two of the strong ones
-- without a row here.
create table link_conflicts as
select
    pairs.file,
    pairs.record,
    'pnc_id' as identifier,
    'name and date of birth both differ' as reason
from pnc_pairs as pairs
inner join person_records as records on pairs.file = records.file and pairs.record = records.record
where
    coalesce(pairs.name_differs, false) and coalesce(pairs.birth_differs, false)
    and records.anchor <> 'pnc:' || pairs.pnc_id
union all
select
    records.file,
    records.record,
    'pnc_id' as identifier,
    'linked to a person with another PNC id' as reason
from person_records as records
inner join (
    select
        'police/people' as file,
        pnc_id as record,
        pnc_id
    from police_people
    union all
    select
        'probation/people' as file,
        crn as record,
        pnc_id
    from probation_people
    union all
    select
        'dip/people' as file,
        dip_id as record,
        pnc_id
    from dip_people
) as held on records.file = held.file and records.record = held.record
left join pnc_pairs as pairs on records.file = pairs.file and records.record = pairs.record
where
    records.anchor like 'pnc:%'
    and records.anchor <> 'pnc:' || held.pnc_id
    and not coalesce(pairs.name_differs and pairs.birth_differs, false)
union all
select
    'probation/people' as file,
    probation.crn as record,
    'noms_number' as identifier,
    'one prison number leads to two police records' as reason
from probation_people as probation
where
    probation.noms_number in (
        select noms.noms_number
        from probation_people as noms
        inner join person_records as linked on linked.file = 'probation/people' and noms.crn = linked.record
        where linked.anchor like 'pnc:%' and noms.noms_number is not null
        group by noms.noms_number
        having count(distinct linked.anchor) > 1
    )
union all
select
    'probation/people' as file,
    probation.crn as record,
    'noms_number' as identifier,
    'one person has two prison numbers' as reason
from probation_people as probation
inner join person_records as records on records.file = 'probation/people' and probation.crn = records.record
where
    probation.noms_number is not null
    and records.anchor in (
        select linked.anchor
        from probation_people as noms
        inner join person_records as linked on linked.file = 'probation/people' and noms.crn = linked.record
        group by linked.anchor
        having count(distinct noms.noms_number) > 1
    )
union all
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
    identifier
from person_records;

create table registry_claims as
select
    named.anchor,
    known.person_id,
    min(
        (case left(known.identifier, 4) when 'pnc:' then 1 when 'crn:' then 2 else 3 end, known.identifier)
    ) as strongest
from person_identifiers as named
inner join registry_before as known on named.identifier = known.identifier
group by named.anchor, known.person_id;

create table registry_owners as
select
    person_id,
    arg_min(anchor, strongest) as anchor
from registry_claims
group by person_id;

create table persons as
with kept as (
    select
        anchor,
        min(person_id) as person_id
    from registry_owners
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
    owners.person_id as old_person_id,
    persons.person_id
from registry_owners as owners
inner join persons on owners.anchor = persons.anchor
where owners.person_id <> persons.person_id
union all
select
    'split' as change,
    claims.person_id as old_person_id,
    persons.person_id
from registry_claims as claims
inner join registry_owners as owners on claims.person_id = owners.person_id
inner join persons on claims.anchor = persons.anchor
where claims.anchor <> owners.anchor and claims.person_id <> persons.person_id;

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

-- section: doubtful
-- Both records of each pair that is not linked and may be one person, by their people's numbers.
create table doubtful_pairs as
select
    grey.identifier,
    grey.target,
    grey.file,
    records.record,
    one.person_id,
    targets.file as other_file,
    targets.record as other_record,
    another.person_id as other_person_id,
    grey.weight,
    grey.probability
from grey
inner join person_records as records on grey.identifier = records.identifier
inner join persons as one on records.anchor = one.anchor
inner join person_records as targets on grey.target = targets.identifier
inner join persons as another on targets.anchor = another.anchor
where one.person_id <> another.person_id;
