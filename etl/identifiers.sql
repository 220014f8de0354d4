-- Identifiers in their one canonical form, or null when the form or the check letter is wrong.
-- Every check letter is a remainder after division by 23, spelt in an alphabet without I, O and S (0 is Z).

-- section: letters
create or replace temp macro check_letter(number) as
substr('ZABCDEFGHJKLMNPQRTUVWXY', 1 + try_cast(number % 23 as integer), 1);

-- An identifier, where its last character is the check letter of a number that is given in digits.
create or replace temp macro lettered(digits, whole) as
case when check_letter(try_cast(digits as bigint)) = right(whole, 1) then whole end;

create or replace temp macro compact(written) as
upper(regexp_replace(written, '\s', '', 'g'));

-- A two-digit year is of this century up to the year of the extract, and of the last one after it.
create or replace temp macro full_year(year, extract_year) as
try_cast(year as integer) + case
    when length(year) = 4 then 0
    when try_cast(year as integer) <= extract_year % 100 then extract_year // 100 * 100
    else extract_year // 100 * 100 - 100
end;

-- section: pnc
-- Canonical: 1981/0000034U. Only the last two digits of the year enter the sum, so a wrong century passes it: the
-- year must also lie between 1900 and the extract.
create or replace temp macro pnc_shaped(pnc_id) as
strlen(pnc_id) = 13 and substr(pnc_id, 5, 1) = '/' and substr(pnc_id, 13, 1) between 'A' and 'Z';

create or replace temp macro pnc_checked(pnc_id, extract_year) as
try_cast(substr(pnc_id, 1, 4) as integer) between 1900 and extract_year
and check_letter(try_cast(substr(pnc_id, 3, 2) || substr(pnc_id, 6, 7) as bigint)) = substr(pnc_id, 13, 1)
and regexp_full_match(pnc_id, '\d{4}/\d{7}[A-Z]');

-- Long or short year, leading zeros or none, with the slash or without. Without it, ten or eleven digits are a
-- four-digit year and a serial, and fewer are a two-digit year and a serial, which is tried first. What an identifier
-- is made of goes through a list of one, here and below, so that it is worked out, and planned, once.
create or replace temp macro pnc_written(written, extract_year) as
list_filter(
    list_transform(
        [regexp_extract(written, '^(\d{2}|\d{4})/?(\d{1,7})([A-Z])$', ['year', 'serial', 'letter'])],
        lambda one: full_year(one.year, extract_year) || '/' || lpad(one.serial, 7, '0') || one.letter
    ),
    lambda whole: pnc_checked(whole, extract_year)
)[1];

create or replace temp macro as_pnc(written, extract_year) as
case
    when pnc_shaped(written) and pnc_checked(written, extract_year) then written
    when written is not null then pnc_written(compact(written), extract_year)
end;

-- The same, without the sum for an id that already has the shape: for a column that is looked up among ids that were
-- checked, where a wrong letter finds nobody.
create or replace temp macro as_pnc_to_look_up(written, extract_year) as
case
    when pnc_shaped(written) then written
    when written is not null then pnc_written(compact(written), extract_year)
end;

-- section: cro
-- Canonical: 065656/91H, padded to six digits, or for a small file SF05/482703J, never padded.
create or replace temp macro cro_written(written) as
coalesce(
    list_transform(
        [regexp_extract(written, '^(\d{6}/?|\d{1,5}/)(\d{2})([A-Z])$', ['serial', 'year', 'letter'])],
        lambda one: lettered(
            one.year || lpad(rtrim(one.serial, '/'), 6, '0'),
            lpad(rtrim(one.serial, '/'), 6, '0') || '/' || one.year || one.letter
        )
    )[1],
    list_transform(
        [regexp_extract(written, '^SF(\d{2})/?(\d{1,6})([A-Z])$', ['year', 'serial', 'letter'])],
        lambda one: lettered(one.year || one.serial, 'SF' || one.year || '/' || one.serial || one.letter)
    )[1]
);

create or replace temp macro as_cro(written) as
case when written is not null then cro_written(compact(written)) end;

-- section: asn
-- Canonical: 1101ZD0100000448754K: year, force, unit, system, eleven digits, letter; with one letter before the force
-- where it has a top level. The unit is left out of the sum, and so is any letter of force and system.
create or replace temp macro asn_written(written) as
list_transform(
    [
        case
            when contains(written, '/')
                then regexp_extract(
                    written,
                    '^(\d{2})/([A-Z]?[A-Z0-9]{2})([A-Z0-9]{2})/([A-Z0-9]{2})/(\d{1,11})([A-Z])$',
                    ['year', 'force', 'unit', 'system', 'serial', 'letter']
                )
            else regexp_extract(
                written,
                '^(\d{2})([A-Z]?[A-Z0-9]{2})([A-Z0-9]{2})([A-Z0-9]{2})(\d{11})([A-Z])$',
                ['year', 'force', 'unit', 'system', 'serial', 'letter']
            )
        end
    ],
    lambda one: lettered(
        regexp_replace(one.force || one.system, '[A-Z]', '', 'g') || one.year || lpad(one.serial, 11, '0'),
        one.year || one.force || one.unit || one.system || lpad(one.serial, 11, '0') || one.letter
    )
)[1];

-- The usual form, 20 characters, is split into two numbers: year and force, and system and sequence. Two numbers cost a
-- tenth of a pattern, on the identifier of which there are most.
create or replace temp macro asn_head(written) as
case when strlen(written) = 20 then try_cast(substr(written, 1, 4) as integer) end;

create or replace temp macro asn_tail(written) as
case when strlen(written) = 20 then try_cast(substr(written, 7, 13) as bigint) end;

-- The remainder of force, system, year and sequence read as one number, from the remainders of powers of ten: 10^15
-- leaves 5, 10^13 leaves 15 and 10^11 leaves 22, which the sequence's number already has for the system.
create or replace temp macro asn_remainder(head, tail) as
(head % 100 * 5 + head // 100 * 22 + tail // 100000000000 * 16 + tail) % 23;

create or replace temp macro as_asn(written, head, tail) as
case
    when
        ends_with(written, substr('ZABCDEFGHJKLMNPQRTUVWXY', 1 + cast(asn_remainder(head, tail) as integer), 1))
        then written
    when written is not null then asn_written(compact(written))
end;

-- section: others
-- No check letter: only the form can be tested.
create or replace temp macro as_crn(written) as
case
    when regexp_full_match(written, '[A-Z]\d{6}') then written
    when regexp_full_match(compact(written), '[A-Z]\d{6}') then compact(written)
end;

create or replace temp macro as_noms(written) as
case when regexp_full_match(compact(written), '[A-Z]\d{4}[A-Z]{2}') then compact(written) end;

create or replace temp macro as_dip(written) as
case when regexp_full_match(compact(written), '[A-Z0-9][A-Z0-9/-]{0,29}') then compact(written) end;

create or replace temp macro plain_ho_class(written) as
case
    when regexp_full_match(written, '\d{3}/\d{2}') then written
    when regexp_full_match(trim(written), '\d{3}/?\d{2}') then left(trim(written), 3) || '/' || right(trim(written), 2)
end;

-- Zeros that a spreadsheet took from the front, or a hand from either part. Without the slash four digits can only
-- have lost one; three might be the class by itself.
create or replace temp macro slow_ho_class(written) as
case
    when regexp_full_match(written, '\d{1,3}/\d{1,2}')
        then lpad(split_part(written, '/', 1), 3, '0') || '/' || lpad(split_part(written, '/', 2), 2, '0')
    when regexp_full_match(written, '\d{4}') then '0' || left(written, 2) || '/' || right(written, 2)
end;
