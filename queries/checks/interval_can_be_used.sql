-- check: interval_can_be_used
-- title: A sentencing occasion has both dates, but the interval is over ten years or below nothing
-- severity: soft
with occasions as (
    select
        person_id,
        sentenced_on,
        min(committed_on) as committed_on,
        min(arrested_on) as arrested_on
    from offences
    where counts and outcome = 'convicted'
    group by person_id, sentenced_on
)

select
    person_id,
    sentenced_on
from occasions
where
    sentenced_on > cast(committed_on + to_months(120) as date)
    or sentenced_on < arrested_on
    or arrested_on < committed_on
