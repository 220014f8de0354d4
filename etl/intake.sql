-- The lists that intake fills beside the extracts, and the people that a row may be of.

-- section: lists
create schema taken;

create table quarantine (
    file varchar,
    source_row bigint,
    rule varchar,
    column_name varchar,
    got varchar,
    also varchar[],
    raw map (varchar, varchar)
);

create table nulled (
    file varchar,
    source_row bigint,
    column_name varchar,
    rule varchar,
    got varchar
);

create table flagged (
    file varchar,
    source_row bigint,
    column_name varchar,
    rule varchar,
    got varchar
);

-- A value that was written in another way and can mean one thing only.
create table repaired (
    file varchar,
    source_row bigint,
    column_name varchar,
    rule varchar,
    got varchar
);

-- Of a file in parts: a row's number in its part is its number less the rows before the part.
create table source_parts (
    file varchar,
    path_name varchar,
    rows_before bigint
);

create table file_counts (
    file varchar,
    path_name varchar,
    format varchar,
    rows_read bigint,
    accepted bigint,
    quarantined bigint,
    duplicates bigint,
    nulled bigint,
    repaired bigint,
    note varchar
);

create table coverage (
    file varchar,
    stated_from date,
    covered_from date,
    covered_to date
);

create table source_columns (
    file varchar,
    position integer,
    header varchar,
    column_name varchar
);

create temp table set_aside (
    file varchar,
    record bigint,
    rule varchar,
    column_name varchar,
    got varchar,
    also varchar[]
);

create temp table marked (record bigint);

-- section: people
-- Born on 29 February, a person is ten on 1 March.
create temp macro ten_years_after(born_on) as
case
    when month(born_on) = 2 and day(born_on) = 29 then make_date(year(born_on) + 10, 3, 1)
    else cast(born_on + to_years(10) as date)
end;

create temp table known_schemes as
select scheme_id as id from reference_schemes;

create temp table known_police as
select
    pnc_id as id,
    date_of_birth as born_on,
    ten_years_after(date_of_birth) as ten_on
from police_people;

create temp table known_crn as
select
    crn as id,
    date_of_birth as born_on,
    ten_years_after(date_of_birth) as ten_on
from probation_people;

create temp table known_dip as
select
    dip_id as id,
    date_of_birth as born_on,
    ten_years_after(date_of_birth) as ten_on
from dip_people;

create temp table known_noms as
select
    noms_number as id,
    min(date_of_birth) as born_on,
    min(ten_years_after(date_of_birth)) as ten_on
from probation_people
where noms_number is not null
group by noms_number;

-- A PNC id that any agency sent; the police's own date of birth comes first.
create temp table known_pnc as
select
    id,
    arg_min(born_on, source) as born_on,
    arg_min(ten_years_after(born_on), source) as ten_on
from (
    select
        pnc_id as id,
        date_of_birth as born_on,
        1 as source
    from police_people
    union all
    select
        pnc_id as id,
        date_of_birth as born_on,
        2 as source
    from probation_people
    union all
    select
        pnc_id as id,
        date_of_birth as born_on,
        3 as source
    from dip_people
) as sent
where id is not null
group by id;
