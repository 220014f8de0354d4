-- From unit rows to figures, one section for each kind: nothing else makes a figure of units.
-- `selected` holds the units that the viewer may see and the filters leave. {by} is the list of breakdown columns,
-- from the closed list, each with a comma after it. Every share is k / nullif(n, 0); nothing is rounded.
-- What is added up is whole or decimal, never a double: the rows come in any order, and the last digit of a sum of
-- doubles depends on it.

-- section: ratio
-- Proportions, ratios and shares. A person's units are added up first, so that the interval is over people: Wilson
-- where each person appears once with 0 or 1, otherwise the delta method on the ratio of two sums over people.
with per_person as (
    {people}
),

totals as (
    select
        {by}
        coalesce(sum(y), 0) as numerator,
        coalesce(sum(x), 0) as denominator,
        -- Somebody may be in the numerator alone: a person of whom nothing was expected, who re-offended.
        count(*) filter (where x > 0 or y > 0) as n,
        count(*) filter (where y > 0) as numerator_people,
        count(*) filter (where x > 0 and (y = 0 or ($kind <> 'ratio' and y < x))) as complement_people,
        max(x) as most_units,
        max(largest) as largest,
        cast(sum(y * y) as double) as yy,
        cast(sum(x * y) as double) as xy,
        cast(sum(x * x) as double) as xx
    from per_person
    group by all
),

rates as (
    select
        *,
        numerator / nullif(denominator, 0) as value,
        $kind = 'proportion' and (most_units <= 1 or numerator = 0 or numerator = denominator) as wilson,
        n as people
    from totals
),

spreads as (
    select
        *,
        sqrt(
            greatest(yy - 2 * value * xy + value * value * xx, 0) * people / nullif(people - 1, 0)
        ) / nullif(denominator, 0) as error,
        1 + $z * $z / nullif(people, 0) as scale
    from rates
)

select
    {by}
    numerator,
    denominator,
    value,
    case
        when wilson
            then
                greatest(
                    (value + $z * $z / (2 * people)) / scale
                    - $z / scale * sqrt(value * (1 - value) / people + $z * $z / (4.0 * people * people)),
                    0
                )
        when error > 0 then greatest(value - $z * error, 0)
    end as lower,
    case
        when wilson
            then
                least(
                    (value + $z * $z / (2 * people)) / scale
                    + $z / scale * sqrt(value * (1 - value) / people + $z * $z / (4.0 * people * people)),
                    1
                )
        when error > 0 and $kind <> 'ratio' then least(value + $z * error, 1)
        when error > 0 then value + $z * error
    end as upper,
    n,
    numerator_people,
    complement_people
from spreads

-- section: people
select
    {by}
    person_id,
    sum(numerator) as y,
    sum(denominator) as x,
    max(numerator) as largest
from selected
group by all

-- section: people_once
-- The same where a person has one unit in each group: a nation's people need not be brought together first.
select
    {by}
    person_id,
    numerator as y,
    denominator as x,
    numerator as largest
from selected

-- section: count
-- How many there were: memberships, say, of which one person may have several.
select
    {by}
    cast(coalesce(sum(numerator), 0) as bigint) as numerator,
    cast(null as bigint) as denominator,
    cast(coalesce(sum(numerator), 0) as double) as value,
    cast(null as double) as lower,
    cast(null as double) as upper,
    count(distinct person_id) filter (where numerator > 0) as n,
    count(distinct person_id) filter (where numerator > 0) as numerator_people
from selected
group by all

-- section: distribution
-- How the units of each group are shared out over the labels of one breakdown: Wilson's interval where each person
-- has one unit, otherwise the delta method over people, those without the label among them.
with per_label as (
    select
        {by}
        1 as joined,
        person_id,
        count(*) as y
    from selected
    group by all
),

per_person as (
    select
        {rest}
        1 as joined,
        person_id,
        count(*) as x
    from selected
    group by all
),

wholes as (
    select
        {rest}
        joined,
        sum(x) as denominator,
        count(*) as n,
        max(x) as most_units,
        cast(sum(x * x) as double) as xx
    from per_person
    group by all
),

parts as (
    select
        {by}
        joined,
        sum(y) as numerator,
        count(*) as numerator_people,
        count(*) filter (where y = x) as whole_people,
        cast(sum(y * y) as double) as yy,
        cast(sum(x * y) as double) as xy
    from per_label
    inner join per_person using ({rest} joined, person_id)
    group by all
),

rates as (
    select
        *,
        numerator / nullif(denominator, 0) as value,
        most_units <= 1 or numerator = denominator as wilson,
        1 + $z * $z / nullif(n, 0) as scale
    from parts
    inner join wholes using ({rest} joined)
),

spreads as (
    select
        *,
        sqrt(greatest(yy - 2 * value * xy + value * value * xx, 0) * n / nullif(n - 1, 0))
        / nullif(denominator, 0) as error
    from rates
)

select
    {by}
    numerator,
    denominator,
    value,
    case
        when wilson
            then
                greatest(
                    (value + $z * $z / (2 * n)) / scale
                    - $z / scale * sqrt(value * (1 - value) / n + $z * $z / (4.0 * n * n)),
                    0
                )
        when error > 0 then greatest(value - $z * error, 0)
    end as lower,
    case
        when wilson
            then
                least(
                    (value + $z * $z / (2 * n)) / scale
                    + $z / scale * sqrt(value * (1 - value) / n + $z * $z / (4.0 * n * n)),
                    1
                )
        when error > 0 then least(value + $z * error, 1)
    end as upper,
    n,
    numerator_people,
    n - whole_people as complement_people
from spreads

-- section: change
-- What there was after, as against before, each out of the time that people could have done it in. The interval is
-- the delta method on the ratio of the two rates, over people.
with per_person as (
    select
        {by}
        1 as joined,
        person_id,
        sum(denominator) as before,
        sum(numerator) as after,
        sum(exposure_before) as exposure_before,
        sum(exposure_after) as exposure_after
    from selected
    group by all
),

totals as (
    select
        {by}
        -- A total of nobody is a row too.
        coalesce(max(joined), 1) as joined,
        cast(coalesce(sum(before), 0) as double) as all_before,
        cast(coalesce(sum(after), 0) as double) as all_after,
        cast(sum(exposure_before) as double) as all_exposure_before,
        cast(sum(exposure_after) as double) as all_exposure_after,
        count(*) as n,
        -- Two counts are shown: the fewer people behind one of them, unless it is nobody.
        coalesce(
            least(nullif(count(*) filter (where after > 0), 0), nullif(count(*) filter (where before > 0), 0)), 0
        ) as numerator_people,
        count(*) - numerator_people as complement_people
    from per_person
    group by all
),

spreads as (
    select
        {by}
        all_before,
        all_after,
        n,
        numerator_people,
        complement_people,
        (all_after / nullif(all_exposure_after, 0))
        / nullif(all_before / nullif(all_exposure_before, 0), 0) as ratio,
        -- Each person's part as against a person's average, so that it is about one however many they are.
        sqrt(
            sum(
                cast(
                    pow(
                        n * after / nullif(all_after, 0)
                        - n * exposure_after / nullif(all_exposure_after, 0)
                        - n * before / nullif(all_before, 0)
                        + n * exposure_before / nullif(all_exposure_before, 0),
                        2
                    ) as decimal(38, 15)
                )
            ) / nullif(cast(n as double) * (n - 1), 0)
        ) as error
    from totals
    left join per_person using ({by} joined)
    group by
        {by} all_before, all_after, all_exposure_before, all_exposure_after, n, numerator_people, complement_people
)

select
    {by}
    cast(all_after as bigint) as numerator,
    cast(all_before as bigint) as denominator,
    ratio - 1 as value,
    case when error >= 0 then greatest(ratio - 1 - $z * ratio * error, -1) end as lower,
    case when error >= 0 then ratio - 1 + $z * ratio * error end as upper,
    n,
    numerator_people,
    complement_people
from spreads

-- section: concentration
-- Of everything that people did, how much was done by those who did most: the Lorenz curve, taken along a straight
-- line between people. The interval follows from what each person adds to the share (Langel and Tille 2013).
with ranked as (
    select
        {by}
        1 as joined,
        person_id,
        numerator as weight,
        row_number() over (partition by {by} joined order by numerator desc, person_id asc) as standing,
        count(*) over (partition by {by} joined) as units,
        sum(numerator) over (partition by {by} joined) as total
    from (select *, 1 as joined from selected) as counted
),

running as (
    select
        *,
        sum(weight) over (partition by {by} joined order by standing rows unbounded preceding) as so_far
    from ranked
),

groups as (
    select
        {by}
        joined,
        units,
        total,
        count(distinct person_id) as n
    from ranked
    group by all
),

points as (
    select
        groups.*,
        percents.percent,
        percents.percent * groups.units // 100 as whole,
        (percents.percent * groups.units % 100) / 100 as part
    from groups
    cross join (select unnest([1, 2, 5, 10, 20, 30, 40, 50, 100]) as percent) as percents
),

shares as (
    select
        {by}
        joined,
        percent,
        units,
        total,
        n,
        -- How many people the share is of, a part of one counted as one.
        whole + case when part > 0 then 1 else 0 end as most,
        coalesce(max(so_far) filter (where standing = whole), 0) as numerator,
        max(weight) filter (where standing = least(whole + 1, units)) as threshold,
        (
            coalesce(max(so_far) filter (where standing = whole), 0)
            + part * coalesce(max(weight) filter (where standing = whole + 1), 0)
        ) / nullif(total, 0) as value
    from points
    inner join running using ({by} joined, units, total)
    where running.standing between points.whole and points.whole + 1
    group by {by} joined, percent, units, total, n, whole, part
),

spreads as (
    select
        {by}
        percent,
        total,
        n,
        most,
        numerator,
        value,
        sqrt(
            cast(
                sum(
                    cast(
                        pow(greatest(weight - threshold, 0) + threshold * percent / 100 - value * weight, 2)
                        as decimal(38, 12)
                    )
                ) as double
            ) * units / nullif(units - 1, 0)
        ) / nullif(total, 0) as error
    from shares
    inner join ranked using ({by} joined, units, total)
    group by {by} percent, total, units, n, most, numerator, value
)

select
    {by}
    percent / 100 as top_share,
    cast(numerator as bigint) as numerator,
    cast(total as bigint) as denominator,
    value,
    case when percent < 100 then greatest(value - $z * error, 0) end as lower,
    case when percent < 100 then least(value + $z * error, 1) end as upper,
    n,
    most as numerator_people,
    greatest(n - most, 0) as complement_people
from spreads

-- section: days
-- The median and its neighbours of the intervals that both dates allow. The interval is the pair of order statistics
-- that holds the median in 95 samples of 100; under six intervals there is none.
with measured as (
    select
        {by}
        cast(sum(numerator) as bigint) as numerator,
        count(numerator) as denominator,
        count(distinct person_id) as n,
        quantile_cont(cast(numerator as double), [0.25, 0.5, 0.75, 0.9]) as quantiles,
        list_sort(list(numerator)) as ordered
    from selected
    where numerator is not null
    group by all
),

ranked as (
    select
        measured.*,
        case
            when measured.denominator <= 1000 then median_ranks.rank
            else cast(floor((measured.denominator - $z * sqrt(measured.denominator)) / 2) as bigint)
        end as rank
    from measured
    left join median_ranks on measured.denominator = median_ranks.n
)

select
    {by}
    numerator,
    denominator,
    quantiles[2] as value,
    cast(case when rank >= 1 then ordered[rank] end as double) as lower,
    cast(case when rank >= 1 then ordered[denominator + 1 - rank] end as double) as upper,
    n,
    numerator / nullif(denominator, 0) as mean,
    quantiles[2] as median,
    quantiles[1] as q1,
    quantiles[3] as q3,
    quantiles[4] as p90
from ranked
where denominator > 0

-- section: stock
with counted as (
    {heads}
)

select
    {by}
    people as numerator,
    cast(null as bigint) as denominator,
    cast(people as double) as value,
    cast(null as double) as lower,
    cast(null as double) as upper,
    people as n
from counted

-- section: heads
select
    {by}
    count(distinct person_id) as people
from selected
group by all

-- section: heads_once
-- The same where a person has one unit in each group.
select
    {by}
    count(*) as people
from selected
group by all

-- section: survival
-- Kaplan and Meier on whole calendar months. Somebody is at risk in a month that was wholly watched for them; the
-- interval is Greenwood's on the log-log scale.
with months as (
    select
        {by}
        person_id,
        case when event_month <= watched_months then 1 else 0 end as event,
        case when event_month <= watched_months then event_month else watched_months end as exit_month
    from (
        select
            *,
            case
                when event = 1
                    then
                        date_diff('month', date, ends_on)
                        + case when day(date) < day(ends_on) then 1 else 0 end
            end as event_month,
            -- A month is over on the day of the same number, or on the last day of a month that has none.
            date_diff('month', date, watched_to)
            - case
                when day(date) > day(watched_to) and watched_to <> last_day(watched_to) then 1
                else 0
            end as watched_months
        from selected
    ) as counted
),

exits as (
    select
        {by}
        exit_month as months,
        count(*) as leaving,
        sum(event) as events
    from months
    group by all
),

sizes as (
    {sizes}
),

grid as (
    select
        {sizes_by}
        sizes.denominator,
        sizes.n,
        unnest(generate_series(0, sizes.last_month)) as months
    from sizes
),

counted as (
    select
        {grid_by}
        grid.denominator,
        grid.n,
        grid.months,
        coalesce(exits.leaving, 0) as leaving,
        coalesce(exits.events, 0) as events
    from grid
    left join exits on grid.months = exits.months {grid_matches_exits}
),

watched as (
    select
        {by}
        denominator,
        n,
        months,
        cast(events as double) as events,
        cast(sum(events) over (partition by {by} denominator order by months) as bigint) as numerator,
        denominator - coalesce(sum(leaving) over (
            partition by {by} denominator
            order by months rows between unbounded preceding and 1 preceding
        ), 0) as at_risk
    from counted
),

survived as (
    select
        *,
        product(1 - events / at_risk) over (partition by {by} denominator order by months) as survival,
        sum(events / (at_risk * nullif(at_risk - events, 0))) over (
            partition by {by} denominator order by months
        ) as variance
    from watched
    where at_risk > 0
)

select
    {by}
    cast(months as bigint) as months,
    numerator,
    denominator,
    1 - survival as value,
    case
        when survival > 0 and survival < 1
            then 1 - pow(survival, exp($z * sqrt(variance) / ln(survival)))
    end as lower,
    case
        when survival > 0 and survival < 1
            then 1 - pow(survival, exp(-$z * sqrt(variance) / ln(survival)))
    end as upper,
    n,
    numerator as numerator_people,
    denominator - numerator as complement_people,
    cast(at_risk as bigint) as at_risk
from survived
where months > 0

-- section: sizes
select
    {by}
    count(*) as denominator,
    count(distinct person_id) as n,
    max(exit_month) as last_month
from months
group by all

-- section: sizes_once
-- The same where a person has one unit in each group: those who leave in any month are all the people.
select
    {by}
    cast(sum(leaving) as bigint) as denominator,
    cast(sum(leaving) as bigint) as n,
    max(months) as last_month
from exits
group by all

-- section: profile
-- The scheme profile of the self-assessment tool: a fixed layout of counts of the people on a scheme at a month end.
-- Each row of the layout is one answer of one breakdown; someone whose age is not known is in the column for all alone.
with people_on as (
    select distinct
        {by}
        person_id,
        age,
        sex,
        statutory,
        in_dip,
        place
    from selected
),

answers as (
    select
        {by}
        person_id,
        age,
        unnest([
            'total',
            case sex when 'male' then 'male' when 'female' then 'female' else 'sex_not_known' end,
            case statutory when 'yes' then 'statutory' when 'no' then 'non_statutory' else 'statutory_not_known' end,
            case when in_dip = 'yes' then 'also_in_dip' end,
            case place
                when 'community' then 'in_community'
                when 'custody' then 'in_custody'
                when 'elsewhere' then 'elsewhere'
                else 'place_not_known'
            end,
            case when age is not null then 'average_age' end,
            case when age is not null then 'median_age' end
        ]) as row,
        case when age < 18 then ['young_people', 'all'] when age >= 18 then ['adults', 'all'] else ['all'] end
            as columns
    from people_on
),

cells as (
    select
        {by}
        person_id,
        age,
        row,
        unnest(columns) as "column"
    from answers
    where row is not null
),

counted as (
    select
        {by}
        row,
        "column",
        count(distinct person_id) as people,
        cast(sum(age) as bigint) as years,
        quantile_cont(cast(age as double), 0.5) as median_age
    from cells
    group by all
)

select
    {by}
    row,
    "column",
    case row when 'median_age' then null when 'average_age' then years else people end as numerator,
    case when row = 'average_age' then people end as denominator,
    case row
        when 'average_age' then years / nullif(people, 0)
        when 'median_age' then median_age
        else cast(people as double)
    end as value,
    cast(null as double) as lower,
    cast(null as double) as upper,
    people as n
from counted
