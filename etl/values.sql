-- What an agency wrote, as a value: null when it says nothing, and null when it cannot be read.

-- section: values
-- Blank, NULL, N/A and - all say that nothing is known.
create or replace temp macro told(written) as
case
    when trim(written) <> '' and trim(written) <> 'NULL' and trim(written) <> 'N/A' and trim(written) <> '-'
        then trim(written)
end;

create or replace temp macro as_text(written, longest) as
case when strlen(written) <= longest or length(written) <= longest then told(written) end;

create or replace temp macro as_offence_code(written) as
case
    when strlen(written) = 7 and written between 'A' and 'ZZ' and substr(written, 2, 1) <= 'Z' then written
    when strlen(written) <= 20 then upper(told(written))
end;

-- Day first, never month first. A time is left out; a number of five digits is a day as Excel counts them.
create or replace temp macro written_date(written) as
case
    when regexp_full_match(written, '\d{1,2}/\d{1,2}/\d{4}( \d{1,2}:\d{2}(:\d{2})?)?')
        then cast(try_strptime(split_part(written, ' ', 1), '%d/%m/%Y') as date)
    when regexp_full_match(written, '\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}([.]\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?')
        then try_cast(left(written, 10) as date)
    when regexp_full_match(written, '\d{4}-\d{1,2}-\d{1,2}') then try_cast(written as date)
    when regexp_full_match(written, '[1-9]\d{4}') then date '1899-12-30' + try_cast(written as integer)
end;

-- The two forms that nearly every date has are read first, without a pattern. Ten characters and no others, because the
-- engine also knows days by names, such as epoch, and reads what looks like a day before a space and anything.
create or replace temp macro as_date(written) as
coalesce(
    case when strlen(written) = 10 then try_cast(written as date) end,
    case
        when strlen(written) = 10 and substr(written, 3, 1) = '/' and substr(written, 6, 1) = '/'
            then try_cast(substr(written, 7, 4) || '-' || substr(written, 4, 2) || '-' || substr(written, 1, 2) as date)
        when written is not null then written_date(trim(written))
    end
);

create or replace temp macro as_integer(written) as
case
    when strlen(written) = 1 then try_cast(written as integer)
    when
        regexp_full_match(trim(written), '[+-]?\d{1,9}([.]0+)?')
        then try_cast(try_cast(written as double) as integer)
end;

create or replace temp macro as_number(written) as
case
    when regexp_full_match(trim(written), '[+-]?\d{1,15}([.]\d+)?') then try_cast(trim(written) as double)
end;

create or replace temp macro as_yes_no(written) as
case
    when written = 'Y' then true
    when written = 'N' then false
    when upper(trim(written)) = 'Y' then true
    when upper(trim(written)) = 'N' then false
end;

-- A code as the contract writes it, whatever the case it came in.
create or replace temp macro as_listed(written, codes, folded) as
case
    when list_contains(codes, written) then written
    when written is not null then codes[list_position(folded, lower(trim(written)))]
end;
