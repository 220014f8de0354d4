-- What users write, in SQLite: who signed in, what was seen and taken away, and what other parts add.
-- Each `migration_` section is run once, in the order of its number, when an older store is next opened.

-- section: migration_001_audit
create table audit (
    number integer primary key,
    at text not null,
    event text not null,
    who text not null,
    role text not null,
    schemes text not null,
    build text not null,
    about text not null,
    previous text not null,
    hash text not null unique
) strict;

-- Where the log begins, once lines older than the retention period have been removed.
create table audit_removed (
    up_to integer primary key,
    hash text not null,
    at text not null
) strict;

-- Replacing a row sets off no trigger of deletion, so a number that is taken is refused.
create trigger audit_is_only_added_to
before insert on audit
when new.number <= (select coalesce(max(number), 0) from audit)
begin
    select raise(abort, 'The audit log is append-only: a line comes after every other.');
end;

create trigger audit_is_never_changed
before update on audit
begin
    select raise(abort, 'The audit log is append-only: a line is never changed.');
end;

create trigger audit_is_never_shortened
before delete on audit
when old.number > (select coalesce(max(up_to), 0) from audit_removed)
begin
    select raise(abort, 'The audit log is append-only: a line goes only when its retention period is over.');
end;

create trigger audit_removed_is_never_changed
before update on audit_removed
begin
    select raise(abort, 'What was removed from the audit log is never changed.');
end;

create trigger audit_removed_is_never_shortened
before delete on audit_removed
begin
    select raise(abort, 'What was removed from the audit log is never forgotten.');
end;

-- section: migration_002_sessions
-- One row for each time that somebody signed in at the provider: what a cookie by itself cannot say.
create table sessions (
    key text primary key,
    who text not null,
    issued_at integer not null,
    first_seen_at text not null,
    let_in_as text not null default '',
    denied text not null default '',
    ended_at text
) strict;

-- section: migration_004_self_assessment
-- What schemes say of themselves, box by box: every text that was ever saved. The one in place is the last that was not
-- put aside, which is what becomes of a text that was written over one that its writer had not seen.
create table self_assessment (
    number integer primary key,
    scheme text not null,
    year text not null,
    place text not null,
    field text not null,
    version integer not null,
    words text not null,
    aside integer not null,
    who text not null,
    at text not null,
    removed_by text,
    removed_at text,
    unique (scheme, year, place, field, version)
) strict;

create trigger self_assessment_is_never_rewritten
before update of number, scheme, year, place, field, version, aside, who, at on self_assessment
begin
    select raise(abort, 'A saved text keeps its place, its version and its writer.');
end;

-- A name that should never have been written can be taken out for good; nothing can be put in its stead.
create trigger self_assessment_is_only_emptied
before update of words, removed_by, removed_at on self_assessment
when new.words <> '' or new.removed_by is null or new.removed_at is null or old.removed_at is not null
begin
    select raise(abort, 'A saved text is never changed: another version comes after it, or it is removed.');
end;

create trigger self_assessment_is_never_shortened
before delete on self_assessment
begin
    select raise(abort, 'A saved text stays in the history.');
end;

-- section: migration_005_saved_cohorts
-- A cohort that an analyst gave a name: who it is of, as the page's address has it, and the build it was looked at on.
create table saved_cohorts (
    id integer primary key autoincrement,
    owner text not null,
    name text not null check (length(name) between 1 and 80),
    definition text not null check (length(definition) <= 4000),
    build text not null,
    people integer not null check (people >= 0),
    saved_at text not null,
    version integer not null default 1,
    unique (owner, name)
) strict;

-- section: migration_006_signed_off
-- Returns as they were signed off, each with every figure in it. One that is signed off again has a further version.
create table signed_off (
    number integer primary key,
    scheme text not null,
    as_at text not null,
    version integer not null,
    signed_at text not null,
    who text not null,
    build text not null,
    content text not null,
    unique (scheme, as_at, version)
) strict;

create trigger signed_off_is_only_added_to
before insert on signed_off
when new.number <= (select coalesce(max(number), 0) from signed_off)
begin
    select raise(abort, 'A return that was signed off is not replaced: one comes after every other.');
end;

create trigger signed_off_is_never_changed
before update on signed_off
begin
    select raise(abort, 'A return that was signed off is never changed.');
end;

create trigger signed_off_is_never_removed
before delete on signed_off
begin
    select raise(abort, 'A return that was signed off is never removed.');
end;

-- section: audit_last
select
    number,
    hash
from audit
order by number desc
limit 1

-- section: audit_begins
select
    up_to,
    hash
from audit_removed
order by up_to

-- section: audit_append
insert into audit (number, at, event, who, role, schemes, build, about, previous, hash)
values ($number, $at, $event, $who, $role, $schemes, $build, $about, $previous, $hash)

-- section: audit_lines
select
    number,
    at,
    event,
    who,
    role,
    schemes,
    build,
    about,
    previous,
    hash
from audit
order by number

-- section: audit_lines_of
-- What a viewer may read: the lines about schemes of theirs, and the lines about themselves.
select
    number,
    at,
    event,
    who,
    role,
    schemes,
    build,
    about
from audit
where
    who = $who
    or exists (
        select 1
        from json_each(audit.schemes) as concerned
        inner join json_each($own_schemes) as own on concerned.value = own.value
    )
order by number desc
limit $most

-- section: audit_expired
select
    number,
    hash
from audit
where at < $moment
order by number desc
limit 1

-- section: audit_note_removal
insert into audit_removed (up_to, hash, at)
values ($up_to, $hash, $at)

-- section: audit_remove
delete from audit
where number <= $up_to

-- section: session
select
    let_in_as,
    denied,
    ended_at
from sessions
where key = $key

-- section: session_begin
insert into sessions (key, who, issued_at, first_seen_at)
values ($key, $who, $issued_at, $at)
on conflict (key) do nothing

-- section: session_let_in
update sessions
set let_in_as = $let_in_as
where key = $key and let_in_as <> $let_in_as

-- section: session_deny
update sessions
set denied = $reason
where key = $key and denied <> $reason

-- section: session_end
update sessions
set ended_at = $at
where key = $key and ended_at is null

-- section: sessions_forget
delete from sessions
where issued_at < $moment

-- section: cohorts_saved
select
    id,
    owner,
    name,
    definition,
    build,
    people,
    saved_at,
    version
from saved_cohorts
order by lower(name), id

-- section: cohort_saved
select
    id,
    owner,
    name,
    definition,
    build,
    people,
    saved_at,
    version
from saved_cohorts
where id = $id

-- section: cohort_named
select id
from saved_cohorts
where owner = $owner and name = $name

-- section: cohort_save
insert into saved_cohorts (owner, name, definition, build, people, saved_at)
values ($owner, $name, $definition, $build, $people, $at)

-- section: cohort_last_saved
select max(id) as id
from saved_cohorts

-- section: cohort_rename
update saved_cohorts
set name = $name, version = version + 1
where id = $id and owner = $owner and version = $version

-- section: cohort_delete
delete from saved_cohorts
where id = $id and owner = $owner and version = $version

-- section: self_assessment_saved
-- Every text of one year that a viewer may read, of one scheme or of all: a null list of own schemes is all of them.
select
    scheme,
    place,
    field,
    version,
    words,
    aside,
    who,
    at,
    removed_by,
    removed_at
from self_assessment
where
    year = $year
    and ($scheme is null or scheme = $scheme)
    and ($own_schemes is null or scheme in (select value from json_each($own_schemes)))
order by scheme, place, field, version

-- section: self_assessment_save
insert into self_assessment (scheme, year, place, field, version, words, aside, who, at)
values ($scheme, $year, $place, $field, $version, $words, $aside, $who, $at)

-- section: self_assessment_remove
update self_assessment
set words = '', removed_by = $who, removed_at = $at
where
    scheme = $scheme and year = $year and place = $place and field = $field and version = $version
    and removed_at is null

-- section: signed_off_list
-- Every return that was signed off, latest date first, without its figures.
select
    number,
    scheme,
    as_at,
    version,
    signed_at,
    who,
    build
from signed_off
where $own_schemes is null or scheme in (select value from json_each($own_schemes))
order by as_at desc, scheme asc, version desc

-- section: signed_off_content
select content
from signed_off
where number = $number

-- section: signed_off_add
insert into signed_off (number, scheme, as_at, version, signed_at, who, build, content)
values ($number, $scheme, $as_at, $version, $signed_at, $who, $build, $content)
