-- What an agency wrote, as a value: null when it says nothing, and null when it cannot be read. A `plain_` macro reads
-- the forms that nearly every value has, at the least cost; `slow_` reads what is left.

-- section: values
-- Blank, NULL, N/A and - all say that nothing is known.
create or replace temp macro told(written) as
case when trim(written) not in ('', 'NULL', 'N/A', '-') then trim(written) end;

-- What a spreadsheet shows in place of a value that it does not have.
create or replace temp macro spreadsheet_error(written) as
regexp_full_match(written, '\s*#(REF!|N/A|NAME[?]|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FORMULA!|#+)\s*');

-- A number shortened to 1.23E+05, or a code such as 01/03 or 2009/10 that was taken for a day.
create or replace temp macro spreadsheet_number(written) as
regexp_full_match(written, '\s*([+-]?\d+([.]\d+)?[Ee][+-]\d+|\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{2})\s*');

create or replace temp macro plain_text(written, longest) as
case
    when
        (strlen(written) <= longest or length(written) <= longest)
        and not (written >= '#' and written < '$' and spreadsheet_error(written))
        then told(written)
end;

create or replace temp macro plain_label(written, longest) as
case when not spreadsheet_number(written) then plain_text(written, longest) end;

create or replace temp macro plain_offence_code(written) as
case
    when strlen(written) = 7 and written between 'A' and 'ZZ' and substr(written, 2, 1) <= 'Z' then written
    when strlen(written) <= 20 and not spreadsheet_number(written) and not spreadsheet_error(written)
        then upper(told(written))
end;

-- Day first, never month first. Ten characters and no others, because the engine also knows days by names, such as
-- epoch, and reads what looks like a day before a space and anything.
create or replace temp macro plain_date(written) as
case
    when strlen(written) = 10
        then coalesce(
            try_cast(written as date),
            case
                when regexp_full_match(written, '\d\d/\d\d/\d{4}')
                    then cast(try_strptime(written, '%d/%m/%Y') as date)
            end
        )
end;

-- The number of a month from its name, in full or cut to three letters; other words give no number of a month.
create or replace temp macro month_named(word) as
case
    when
        regexp_full_match(
            lower(word),
            'jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?'
            || '|dec(ember)?'
        )
        then (instr('janfebmaraprmayjunjulaugsepoctnovdec', lower(left(word, 3))) + 2) // 3
end;

-- A time is left out. A number of five digits is a day as a spreadsheet counts them.
create or replace temp macro slow_date(written) as
case
    when
        regexp_full_match(written, '[1-9]\d{4}([.]\d+)?')
        then date '1899-12-30' + try_cast(left(written, 5) as integer)
    else try_cast(
        case
            when
                regexp_full_match(
                    written, '\d{1,2}[/.-]\d{1,2}[/.-]\d{4}( \d{1,2}:\d{2}(:\d{2}([.]\d+)?)?( ?[AaPp][Mm])?)?'
                )
                then regexp_replace(written, '^(\d+).(\d+).(\d{4}).*$', '\3-\2-\1')
            when
                regexp_full_match(
                    written,
                    '\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T]\d{2}:\d{2}(:\d{2}([.]\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?'
                )
                then regexp_replace(written, '^(\d{4}).(\d+).(\d+).*$', '\1-\2-\3')
            when regexp_full_match(written, '(19|20)\d{6}')
                then left(written, 4) || '-' || substr(written, 5, 2) || '-' || right(written, 2)
            when regexp_full_match(written, '\d{1,2}(st|nd|rd|th)?[ /.-]?[A-Za-z]{3,9}[ /.,-]{0,2}\d{4}')
                then
                    right(written, 4)
                    || '-' || month_named(regexp_extract(written, '^\d+(?:st|nd|rd|th)?[ /.-]?([A-Za-z]+)', 1))
                    || '-' || regexp_extract(written, '^\d+')
            when regexp_full_match(written, '[A-Za-z]{3,9}[ .-]\d{1,2}(st|nd|rd|th)?,? ?[ -]\d{4}')
                then
                    right(written, 4)
                    || '-' || month_named(regexp_extract(written, '^[A-Za-z]+'))
                    || '-' || regexp_extract(written, '\d+')
        end as date
    )
end;

-- The two forms of the contract and a serial need no comment; what the contract does not name is told as a repair.
create or replace temp macro date_repair(written) as
case
    when regexp_full_match(trim(written), '[1-9]\d{4}([.]\d+)?') then 'excel_serial'
    when not regexp_full_match(trim(written), '\d{1,2}/\d{1,2}/\d{4}( \d.*)?|\d{4}-\d{1,2}-\d{1,2}([ T].*)?')
        then 'date_in_other_form'
end;

create or replace temp macro two_digit_year(written) as
regexp_full_match(trim(written), '\d{1,2}[ /.-]?(\d{1,2}|[A-Za-z]{3,9})[ /.-]\d{2}( \d{1,2}:.*)?');

-- A day with slashes of which only the second number can be the day.
create or replace temp macro month_first_date(written) as
regexp_full_match(trim(written), '(0?[1-9]|1[0-2])[/.-](1[3-9]|2\d|3[01])[/.-]\d{4}( .*)?');

create or replace temp macro day_first_date(written) as
regexp_full_match(trim(written), '(1[3-9]|2\d|3[01])[/.-](0?[1-9]|1[0-2])[/.-]\d{4}( .*)?');

-- A day with slashes whose two numbers might change places and mean another day.
create or replace temp macro day_or_month(written) as
regexp_full_match(trim(written), '(0?[1-9]|1[0-2])[/.-](0?[1-9]|1[0-2])[/.-]\d{4}( .*)?')
and try_cast(regexp_extract(trim(written), '^\d+') as integer)
<> try_cast(regexp_extract(trim(written), '^\d+.(\d+)', 1) as integer);

-- A day that a spreadsheet has made of what was typed, and not left as text.
create or replace temp macro converted_date(written) as
regexp_full_match(trim(written), '\d{4}-\d{2}-\d{2}( .*)?|[1-9]\d{4}([.]\d+)?');

create or replace temp macro plain_integer(written) as
case
    when strlen(written) = 1 then try_cast(written as integer)
    when
        regexp_full_match(trim(written), '[+-]?\d{1,9}([.]0+)?')
        then try_cast(try_cast(written as double) as integer)
end;

create or replace temp macro slow_integer(written) as
case
    when
        regexp_full_match(written, '[+-]?\d{1,3}(,\d{3}){1,2}([.]0+)?')
        then try_cast(try_cast(replace(written, ',', '') as double) as integer)
end;

create or replace temp macro plain_number(written) as
case
    when regexp_full_match(trim(written), '[+-]?\d{1,15}([.]\d+)?') then try_cast(trim(written) as double)
end;

-- One comma and three digits may be a decimal comma; a second comma or a decimal point after it says that it is not.
create or replace temp macro slow_number(written) as
case
    when
        regexp_full_match(written, '[+-]?\d{1,3}((,\d{3}){2,4}([.]\d+)?|,\d{3}[.]\d+)')
        then try_cast(replace(written, ',', '') as double)
end;

create or replace temp macro plain_yes_no(written) as
case
    when written = 'Y' then true
    when written = 'N' then false
end;

create or replace temp macro slow_yes_no(written) as
case lower(written)
    when 'y' then true when 'yes' then true when 'true' then true when 't' then true when '1' then true
    when 'n' then false when 'no' then false when 'false' then false when 'f' then false when '0' then false
    when '1.0' then true when '0.0' then false
end;

-- Either form, for whoever has a single value.
create or replace temp macro as_date(written) as
coalesce(plain_date(written), slow_date(trim(written)));

create or replace temp macro as_integer(written) as
coalesce(plain_integer(written), slow_integer(trim(written)));

create or replace temp macro as_number(written) as
coalesce(plain_number(written), slow_number(trim(written)));

create or replace temp macro as_yes_no(written) as
coalesce(plain_yes_no(written), slow_yes_no(trim(written)));

-- The code of a spelling: a code in any case, its words, or the number that a spreadsheet has made of it. Only what has
-- letters is folded: the dash in 1-0 says that it is no 10.
create or replace temp macro slow_code(written, codes, spellings) as
codes[
    list_position(
        spellings,
        case
            when regexp_matches(written, '[A-Za-z]')
                then regexp_replace(lower(replace(written, '&', 'and')), '[ _,.:;/()''’-]', '', 'g')
            else regexp_replace(written, '^(\d+)[.]0+$', '\1')
        end
    )
];

create or replace temp macro code_repair(written, code) as
case
    when lower(trim(written)) = lower(code) then null
    when regexp_matches(written, '[A-Za-z]') then 'code_in_words'
    else 'lost_leading_zero'
end;

-- Why a value that is there cannot be read; `otherwise` where a spreadsheet is not to blame.
create or replace temp macro unreadable(written, otherwise) as
case
    when spreadsheet_error(written) then 'spreadsheet_error'
    when spreadsheet_number(written) then 'spreadsheet_number'
    else otherwise
end;

create or replace temp macro unreadable_date(written) as
case
    when spreadsheet_error(written) then 'spreadsheet_error'
    when two_digit_year(written) then 'two_digit_year'
    when month_first_date(written) then 'month_first_date'
    else 'not_a_date'
end;

-- The rule by which a value was read that is in none of the plain forms; null where its form is one of the contract.
create or replace temp macro repaired_by(written, kind, code) as
case kind
    when 'date' then date_repair(written)
    when 'code' then code_repair(written, code)
    when 'yes_no' then case when upper(trim(written)) not in ('Y', 'N') then 'yes_or_no_in_words' end
    when 'ho_class' then 'lost_leading_zero'
    else 'thousands_comma'
end;

-- The severity and the rule of a value's fault or repair, or null. `one` is what there is to know of the value (a
-- struct of etl/intake_sql.py `_judged`) and `its` what there is to know of its column (`_described`).
create or replace temp macro fault_of(one, its, earliest, extract_date) as
case
    when told(one.raw) is null then its.missing
    when one.unread
        then its.severity || ':' || case
            when its.kind <> 'date' then unreadable(one.raw, its.unreadable)
            when its.month_first and day_or_month(one.raw) then 'day_or_month'
            when its.half_converted and converted_date(one.raw) then 'half_converted_date'
            else unreadable_date(one.raw)
        end
    when one.outside or one.day < earliest then its.severity || ':out_of_range'
    when one.day > extract_date then its.late
    when one.stray then 'repair:stray_characters'
    when one.other then 'repair:' || repaired_by(one.raw, its.kind, one.code)
end;

create or replace temp macro says_total(written) as
regexp_full_match(lower(trim(written)), '(grand|overall|sub|column)?[ -]?totals?\b.*');

-- Why a row is no record of the file's, or null. `again`: its cells are those of the header; `names` are the names of
-- every contract's columns, folded.
create or replace temp macro no_record(cells, again, names) as
list_transform(
    [len(list_filter(cells, lambda cell: told(cell) is not null))],
    lambda filled: case
        when filled = 0 then 'blank'
        when again then 'repeated_header'
        when
            len(
                list_intersect(
                    list_transform(cells, lambda cell: regexp_replace(lower(cell), '[ _-]', '', 'g')), names
                )
            )
            >= least(3, greatest(2, filled))
            then 'second_table'
        when filled * 2 <= len(cells) and says_total(list_filter(cells, lambda cell: cell is not null)[1])
            then 'total_row'
    end
)[1];

-- section: stray
-- Characters that look like a space are one, and those that cannot be seen are nothing.
create or replace temp macro spaced(written) as
trim(
    regexp_replace(
        regexp_replace(written, '[\x{a0}\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]', ' ', 'g'),
        '[\x{ad}\x{200b}-\x{200f}\x{2060}\x{feff}]', '', 'g'
    )
);

-- A pair of quotation marks around a value, and ="…", by which text is kept from being taken for a number.
create or replace temp macro unwrapped(written) as
regexp_replace(
    written,
    '^(?:=?"([^"]*)"|[\x{201c}-\x{201f}]([^\x{201c}-\x{201f}]*)[\x{201c}-\x{201f}]'
    || '|[\x{2018}-\x{201b}](.*)[\x{2018}-\x{201b}]|''(.*)'')$',
    '\1\2\3\4'
);

create or replace temp macro tidy_text(written) as
case
    when strlen(written) = length(written) and left(written, 1) not in ('"', '''', '=') then written
    else trim(unwrapped(spaced(written)))
end;

-- In what is not text an apostrophe before it is a spreadsheet's mark, and any dash is a hyphen.
create or replace temp macro tidy_value(written) as
case
    when strlen(written) = length(written) and left(written, 1) not in ('"', '''', '=') then written
    else trim(
        regexp_replace(
            regexp_replace(unwrapped(spaced(written)), '^''', ''), '[\x{2010}-\x{2015}\x{2212}]', '-', 'g'
        )
    )
end;
