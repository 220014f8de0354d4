-- People who are to be forgotten: found among what was taken in, and left out before anybody is linked.
-- The list holds keyed hashes, so that a list of those who asked names nobody either.

-- section: forgotten
create table forgotten as
select hash
from forgotten_given

-- section: records
-- A record is theirs by its own number, or by an identifier that it carries and nothing on it contradicts: a probation
-- or DIP record with their PNC id is another person's when the name and the date of birth both say so.
create table forgotten_records as
with carried as (
    select
        'police/people' as file,
        pnc_id as record,
        'pnc:' || pnc_id as identifier
    from police_people
    union all
    select
        'probation/people' as file,
        crn as record,
        'crn:' || crn as identifier
    from probation_people
    union all
    select
        'probation/people' as file,
        crn as record,
        'noms:' || noms_number as identifier
    from probation_people
    where noms_number is not null
    union all
    select
        'probation/people' as file,
        probation.crn as record,
        'pnc:' || probation.pnc_id as identifier
    from probation_people as probation
    left join police_people as police on probation.pnc_id = police.pnc_id
    where
        probation.pnc_id is not null
        and not (
            coalesce(lower(trim(probation.surname)) <> lower(trim(police.surname)), false)
            and coalesce(probation.date_of_birth <> police.date_of_birth, false)
        )
    union all
    select
        'dip/people' as file,
        dip_id as record,
        'dip:' || dip_id as identifier
    from dip_people
    union all
    select
        'dip/people' as file,
        dip.dip_id as record,
        'pnc:' || dip.pnc_id as identifier
    from dip_people as dip
    left join police_people as police on dip.pnc_id = police.pnc_id
    where
        dip.pnc_id is not null
        and not (
            coalesce(
                upper(trim(dip.initials))
                <> upper(left(trim(police.forenames), 1) || left(trim(police.surname), 1)),
                false
            )
            and coalesce(dip.date_of_birth <> police.date_of_birth, false)
        )
)

select distinct
    file,
    record
from carried
where sha256($key || identifier) in (select hash from forgotten);

-- section: leave_out
delete from taken.police_offences
where pnc_id in (select record from forgotten_records where file = 'police/people');

delete from taken.police_ppo_register
where pnc_id in (select record from forgotten_records where file = 'police/people');

delete from taken.police_nominations
where pnc_id in (select record from forgotten_records where file = 'police/people');

delete from taken.police_indications
where pnc_id in (select record from forgotten_records where file = 'police/people');

delete from taken.probation_custody
where
    coalesce(crn in (select record from forgotten_records where file = 'probation/people'), false)
    or coalesce(sha256($key || 'noms:' || noms_number) in (select hash from forgotten), false)
    or coalesce(sha256($key || 'pnc:' || pnc_id) in (select hash from forgotten), false)
    or coalesce(
        noms_number in (
            select people.noms_number
            from probation_people as people
            inner join forgotten_records as records
                on records.file = 'probation/people' and people.crn = records.record
            where people.noms_number is not null
        ),
        false
    );

delete from taken.probation_supervision
where crn in (select record from forgotten_records where file = 'probation/people');

delete from taken.probation_contacts
where crn in (select record from forgotten_records where file = 'probation/people');

delete from taken.probation_assessments
where crn in (select record from forgotten_records where file = 'probation/people');

delete from taken.dip_events
where dip_id in (select record from forgotten_records where file = 'dip/people');

delete from taken.police_people
where pnc_id in (select record from forgotten_records where file = 'police/people');

delete from taken.probation_people
where crn in (select record from forgotten_records where file = 'probation/people');

delete from taken.dip_people
where dip_id in (select record from forgotten_records where file = 'dip/people');

-- What was set aside holds what was sent, as it was written.
delete from quarantine
where
    (file, source_row) in (
        select
            held.file,
            held.source_row
        from quarantine as held
        inner join source_columns as columns on held.file = columns.file
        where
            sha256(
                $key
                || case columns.column_name
                    when 'pnc_id' then 'pnc:' || as_pnc(held.raw[columns.header], cast($year as integer))
                    when 'crn' then 'crn:' || as_crn(held.raw[columns.header])
                    when 'noms_number' then 'noms:' || as_noms(held.raw[columns.header])
                    when 'dip_id' then 'dip:' || as_dip(held.raw[columns.header])
                end
            )
            in (select hash from forgotten)
    );

-- section: bury
-- Their number is given to nobody else, and no longer says whose it was.
update registry_before
set identifier = 'forgotten:' || sha256($key || identifier)
where sha256($key || identifier) in (select hash from forgotten);

-- section: counts
select
    file,
    count(*) as records
from forgotten_records
group by file
order by file

-- section: say
insert into links (file, rule, records, people)
values ($file, 'asked to be forgotten: left out', $records, 0)

-- section: canonical
select
    'pnc:' || as_pnc($written, cast($year as integer)) as pnc,
    'crn:' || as_crn($written) as crn,
    'noms:' || as_noms($written) as noms,
    'dip:' || as_dip($written) as dip
