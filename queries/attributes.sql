-- What is true of a person on the date of a unit: joined once, here, and written in no measure.
-- `units` is a measure's own query; every breakdown is a column of what comes back.

-- section: window
-- For units that look for a scheme: the span open on `scheme_on`, else the first that starts later in the window;
-- of several the latest adoption, then the lowest scheme id. A unit without that date cannot tell.
with schemes_met as (
    select
        units.unit_id,
        units.period,
        bool_or(spans.strand <> 'prevent_and_deter' or switches.prevent_and_deter_is_ppo) as ppo,
        min_by(
            (spans.scheme_id, spans.strand),
            (
                case when spans.starts_on <= units.scheme_on then date '0001-01-01' else spans.starts_on end,
                -date_diff('day', date '1900-01-01', spans.adopted_on),
                spans.scheme_id
            )
        ) filter (where spans.ends_before > units.scheme_on) as chosen
    from units
    inner join membership_spans as spans
        on
            units.person_id = spans.person_id
            and spans.starts_on < units.window_ends_before
            and units.window_starts_on < spans.ends_before
            and spans.starts_on < spans.ends_before
    cross join switches
    group by units.unit_id, units.period
)

select
    units.* exclude (scheme_on, window_starts_on, window_ends_before),
    case
        when units.scheme_on is null then 'not_known'
        when schemes_met.ppo then 'yes'
        else 'no'
    end as ppo,
    case
        when units.scheme_on is null then 'not_known'
        else coalesce(schemes_met.chosen[1], 'none')
    end as scheme,
    case
        when units.scheme_on is null then 'not_known'
        else coalesce(schemes_met.chosen[2], 'none')
    end as strand,
    true as main
from units
left join schemes_met on units.unit_id = schemes_met.unit_id and units.period = schemes_met.period

-- section: own
-- For units that are about one membership, or about somebody on none: its own scheme, and the strand it was in on the
-- date.
select
    units.* exclude (own_scheme, own_strand),
    case when units.own_scheme = 'none' then 'no' else 'yes' end as ppo,
    units.own_scheme as scheme,
    coalesce(units.own_strand, 'not_known') as strand
from units

-- section: spans
-- What a person was in the middle of on a date, and how often they had offended by then: looked up once for each
-- person and date, with nothing else beside them. Looked up for whole units, each look-up would sort all they have.
select
    moments.person_id,
    moments.date,
    statutory_spans.ends_before as statutory_until,
    dip_episodes.ends_before as in_dip_until,
    place_spans.ends_before as in_place_until,
    place_spans.place,
    proved_offences.so_far
from (select distinct person_id, date from placed) as moments
asof left join statutory_spans
    on moments.person_id = statutory_spans.person_id and moments.date >= statutory_spans.starts_on
asof left join dip_episodes on moments.person_id = dip_episodes.person_id and moments.date >= dip_episodes.starts_on
asof left join place_spans on moments.person_id = place_spans.person_id and moments.date >= place_spans.starts_on
asof left join proved_offences
    on moments.person_id = proved_offences.person_id and moments.date > proved_offences.disposed_on

-- section: described
-- Every other attribute, on the unit's date. One more column here is one more breakdown of every measure.
select
    placed.*,
    case when placed.scheme in ('none', 'not_known') then placed.scheme else coalesce(schemes.area, 'not_known') end
        as area,
    case when placed.scheme in ('none', 'not_known') then placed.scheme else coalesce(schemes.force, 'not_known') end
        as force,
    coalesce(people.sex, 'not_known') as sex,
    case
        when placed.age between 10 and 14 then '10-14'
        when placed.age between 15 and 17 then '15-17'
        when placed.age between 18 and 20 then '18-20'
        when placed.age between 21 and 24 then '21-24'
        when placed.age between 25 and 29 then '25-29'
        when placed.age between 30 and 34 then '30-34'
        when placed.age between 35 and 39 then '35-39'
        when placed.age between 40 and 44 then '40-44'
        when placed.age between 45 and 49 then '45-49'
        when placed.age >= 50 then '50+'
        else 'not_known'
    end as age_band,
    coalesce(people.ethnicity, 'not_known') as ethnicity,
    coalesce(people.ethnicity_self_defined, 'not_known') as ethnicity_self_defined,
    case
        when placed.date < spans.statutory_until then 'yes'
        when people.known_to_probation then 'no'
        else 'not_known'
    end as statutory,
    case when placed.age >= 18 and placed.date < spans.in_dip_until then 'yes' else 'no' end as in_dip,
    case when placed.date < spans.in_place_until then spans.place else 'not_known' end as place,
    case
        when coalesce(spans.so_far, 0) = 0 then '0'
        when spans.so_far <= 2 then '1-2'
        when spans.so_far <= 6 then '3-6'
        when spans.so_far <= 10 then '7-10'
        else '11+'
    end as previous_offences,
    strftime(placed.date, '%Y-%m') as month
from placed
left join people on placed.person_id = people.person_id
left join schemes on placed.scheme = schemes.scheme_id
left join spans on placed.person_id = spans.person_id and placed.date = spans.date
