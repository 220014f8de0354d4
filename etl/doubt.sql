-- The warehouse as it would be if every doubtful pair of the Drug Interventions Programme were one person: the tables
-- that would change, for the people who would, in a schema of their own that hides the tables of the same names.

-- section: tables
create schema linked;

-- A client is one person: of several that they may be, the likeliest, and of those as likely the lowest number.
create table linked.doubtful_links as
select
    person_id,
    arg_max(other_person_id, (probability, -other_person_id)) as other_person_id
from main.grey_pairs
where file = 'dip/people' and other_person_id not in (select person_id from main.grey_pairs)
group by person_id;

create table linked.moved_people as
select person_id
from linked.doubtful_links
union
select other_person_id as person_id
from linked.doubtful_links;

create table linked.dip_events as
select
    events.* exclude (person_id),
    coalesce(links.other_person_id, events.person_id) as person_id
from main.dip_events as events
semi join linked.moved_people as moved on events.person_id = moved.person_id
left join linked.doubtful_links as links on events.person_id = links.person_id;

create table linked.dip_episodes as
with spans as (
    select distinct
        coalesce(links.other_person_id, episodes.person_id) as person_id,
        episodes.starts_on,
        episodes.ends_before
    from main.dip_episodes as episodes
    left join linked.doubtful_links as links on episodes.person_id = links.person_id
),

begun as (
    select
        *,
        coalesce(
            starts_on > max(ends_before) over (
                partition by person_id
                order by starts_on, ends_before
                rows between unbounded preceding and 1 preceding
            ),
            true
        ) as begins
    from spans
),

numbered as (
    select
        *,
        count(*) filter (where begins) over (
            partition by person_id order by starts_on, ends_before rows unbounded preceding
        ) as span
    from begun
)

select
    person_id,
    min(starts_on) as starts_on,
    max(ends_before) as ends_before
from numbered
group by person_id, span
order by person_id, starts_on;

-- A positive test is an index event of somebody known to the police, on a day on which they have no other.
create table linked.index_events as
with together as (
    select events.*
    from main.index_events as events
    semi join linked.moved_people as moved on events.person_id = moved.person_id
    union all by name
    select distinct
        events.person_id,
        events.happened_on as index_on,
        'test' as index_event,
        cast(events.happened_on + to_months(12) as date) as follow_up_ends_on,
        cast(events.happened_on + to_months(18) as date) as proof_ends_on,
        'not_known' as offence_group
    from linked.dip_events as events
    inner join main.people as people on events.person_id = people.person_id
    anti join main.index_events as known
        on events.person_id = known.person_id and events.happened_on = known.index_on
    where
        people.known_to_police
        and events.event = 'test'
        and events.result in ('positive_opiates', 'positive_cocaine', 'positive_both')
)

select
    * exclude (previous_index_on),
    lag(index_on) over (partition by person_id order by index_on) as previous_index_on
from together;

-- section: moved
select fresh.*
from fresh_units as fresh
semi join linked.moved_people as moved on fresh.person_id = moved.person_id
union all by name
select same.*
from same_units as same
anti join linked.moved_people as moved on same.person_id = moved.person_id

-- section: away
drop schema linked cascade
