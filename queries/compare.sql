-- Is a group, or a year, further from the whole than chance alone would take it? For proportions of people.

-- section: limits
-- Each group beside the limits that 95 and 99.8 in 100 groups of its size would keep within if all had the rate of
-- the whole (Spiegelhalter 2005). Nothing is said of a group of fewer people than are needed for a rate.
with given as (
    select
        unnest($labels) as label,
        unnest($numerators) as numerator,
        unnest($denominators) as denominator
),

errors as (
    select
        given.*,
        numerator / nullif(denominator, 0) as value,
        cast($centre as double) as centre,
        sqrt(cast($centre as double) * (1 - cast($centre as double)) / nullif(denominator, 0)) as error
    from given
)

select
    label,
    numerator,
    denominator,
    value,
    centre,
    greatest(centre - 1.959963984540054 * error, 0) as lower_95,
    least(centre + 1.959963984540054 * error, 1) as upper_95,
    greatest(centre - 3.090232306167813 * error, 0) as lower_998,
    least(centre + 3.090232306167813 * error, 1) as upper_998,
    case
        when denominator < $fewest or error = 0 then 'too_few'
        when value > centre + 3.090232306167813 * error then 'far_above'
        when value < centre - 3.090232306167813 * error then 'far_below'
        when value > centre + 1.959963984540054 * error then 'above'
        when value < centre - 1.959963984540054 * error then 'below'
        else 'within'
    end as judged
from errors
order by label

-- section: curve
-- The limits for every size of group between the smallest and the largest, in sixty steps.
with sizes as (
    select distinct
        cast(round($smallest * pow(cast($largest as double) / $smallest, step / 60.0)) as bigint) as denominator
    from generate_series(0, 60) as steps (step)
),

errors as (
    select
        denominator,
        cast($centre as double) as centre,
        sqrt(cast($centre as double) * (1 - cast($centre as double)) / denominator) as error
    from sizes
)

select
    denominator,
    centre,
    greatest(centre - 1.959963984540054 * error, 0) as lower_95,
    least(centre + 1.959963984540054 * error, 1) as upper_95,
    greatest(centre - 3.090232306167813 * error, 0) as lower_998,
    least(centre + 3.090232306167813 * error, 1) as upper_998
from errors
order by denominator
