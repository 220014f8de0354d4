-- What a data supplier is told of the rows of each file: counts and row numbers, never what was written in them.

-- section: findings
select
    file,
    severity,
    rule,
    column_name,
    count(distinct source_row) as rows_found,
    min(distinct source_row, 3) as examples
from (
    select
        file,
        'row' as severity,
        rule,
        column_name,
        source_row
    from quarantine
    union all
    select
        file,
        'field' as severity,
        rule,
        column_name,
        source_row
    from nulled
    union all
    select
        file,
        'flag' as severity,
        rule,
        column_name,
        source_row
    from flagged
    union all
    select
        file,
        'repair' as severity,
        rule,
        column_name,
        source_row
    from repaired
) as found
group by all
order by severity asc, rows_found desc, file asc, rule asc, column_name asc nulls first

-- section: parts
select
    file,
    path_name,
    rows_before
from source_parts
order by file, rows_before

-- section: own_headers
select
    file,
    column_name,
    header
from source_columns
where column_name is not null
