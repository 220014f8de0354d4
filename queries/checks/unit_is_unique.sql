-- check: unit_is_unique
-- title: A unit of a measure appears more than once
-- severity: hard
with counted as (
    select
        'reoffending' as units,
        cast(unit_id as varchar) || period as unit,
        count(*) as times
    from units_reoffending
    group by all
    union all
    select
        'time_to_reoffence' as units,
        cast(unit_id as varchar) || period as unit,
        count(*) as times
    from units_time_to_reoffence
    group by all
    union all
    select
        'justice' as units,
        cast(unit_id as varchar) as unit,
        count(*) as times
    from units_justice
    group by all
    union all
    select
        'caseload' as units,
        unit_id as unit,
        count(*) as times
    from units_caseload
    group by all
    union all
    select
        'custody_share' as units,
        unit_id as unit,
        count(*) as times
    from units_custody_share
    group by all
    union all
    select
        'custody_days_share' as units,
        unit_id as unit,
        count(*) as times
    from units_custody_days_share
    group by all
)

select
    units,
    unit
from counted
where times > 1
