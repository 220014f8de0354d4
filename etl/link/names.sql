-- Records that no identifier ties to anybody: who they are by name, date of birth and what bears it out, and for the
-- rest which pairs are worth weighing. An `identifier` is a record's own number with its kind in front; an `anchor` is
-- the person it is of, by the strongest identifier they are known by.

-- section: results
-- What linking adds to as it goes.
create table grey (
    file text, identifier text, anchor text, target text, weight double, probability double
);

-- What is known of both records of each such pair, for somebody to look at side by side.
create table grey_described (
    identifier text,
    surname text,
    forename text,
    other_forenames text,
    initials text,
    date_of_birth date,
    sex text,
    postcode text,
    district text,
    pnc_id text
);

create table trials (file text, identifier text, true_anchor text, anchor text, rule text);

create table evidence (identifier text, target text, evidence text);

-- section: decisions
-- What people decided about two records, as identifiers in their canonical form; of several about one pair, the last.
create table decisions as
with named as (
    select
        line,
        decision,
        case file
            when 'police/people' then 'pnc:' || coalesce(as_pnc(record, $extract_year), record)
            when 'probation/people' then 'crn:' || upper(record)
            else 'dip:' || upper(record)
        end as identifier,
        case other_file
            when 'police/people' then 'pnc:' || coalesce(as_pnc(other_record, $extract_year), other_record)
            when 'probation/people' then 'crn:' || upper(other_record)
            else 'dip:' || upper(other_record)
        end as other
    from decisions_given
),

sent as (
    select 'pnc:' || pnc_id as identifier
    from police_people
    union all
    select 'crn:' || crn as identifier
    from probation_people
    union all
    select 'dip:' || dip_id as identifier
    from dip_people
    where consent_to_share is distinct from false
)

select
    named.line,
    named.decision,
    named.identifier,
    named.other,
    one.identifier is not null and another.identifier is not null as in_extracts
from named
left join sent as one on named.identifier = one.identifier
left join sent as another on named.other = another.identifier
qualify
    row_number() over (
        partition by least(named.identifier, named.other), greatest(named.identifier, named.other)
        order by named.line desc
    ) = 1;

create table never as
select
    identifier,
    other
from decisions
where decision = 'never'
union
select
    other as identifier,
    identifier as other
from decisions
where decision = 'never';

create table decided as
select identifier
from decisions
where decision = 'link' and in_extracts
union
select other as identifier
from decisions
where decision = 'link' and in_extracts;

-- section: decisions_here
select
    line,
    decision,
    identifier,
    other
from decisions
where in_extracts
order by line

-- section: ties
-- Every record of the people whom some decision is about.
with about as (
    select identifier
    from decisions
    where in_extracts
    union
    select other as identifier
    from decisions
    where in_extracts
),

anchors as (
    select distinct records.anchor
    from person_records as records
    semi join about on records.identifier = about.identifier
)

select
    records.identifier,
    records.anchor,
    records.rule,
    records.probability
from person_records as records
semi join anchors on records.anchor = anchors.anchor
order by records.identifier

-- section: changed
update person_records
set
    anchor = changed.anchor,
    rule = changed.rule,
    target = null,
    weight = null,
    probability = null
from changed_given as changed
where person_records.identifier = changed.identifier;

-- section: described
-- One row per record, in a form in which two can be compared. Initials are all that the Drug Interventions Programme
-- has of a name; they are worked out for everybody.
create table described as
with sent as (
    select
        'police/people' as file,
        pnc_id as record,
        pnc_id,
        surname,
        forenames,
        null as initials,
        date_of_birth,
        sex,
        postcode,
        null as postcode_district
    from police_people
    union all
    select
        'probation/people' as file,
        crn as record,
        pnc_id,
        surname,
        forenames,
        null as initials,
        date_of_birth,
        sex,
        postcode,
        null as postcode_district
    from probation_people
    union all
    select
        'dip/people' as file,
        dip_id as record,
        pnc_id,
        null as surname,
        null as forenames,
        initials,
        date_of_birth,
        sex,
        null as postcode,
        postcode_district
    from dip_people
    where consent_to_share is distinct from false
),

plain as (
    select
        file,
        record,
        pnc_id,
        nullif(regexp_replace(lower(strip_accents(surname)), '[^a-z]', '', 'g'), '') as surname,
        string_split(
            trim(regexp_replace(lower(strip_accents(forenames)), '[^a-z]+', ' ', 'g')), ' '
        ) as given,
        nullif(regexp_replace(upper(strip_accents(initials)), '[^A-Z]', '', 'g'), '') as initials,
        date_of_birth,
        case when sex in ('M', 'F') then sex end as sex,
        nullif(regexp_replace(upper(postcode), '[^A-Z0-9]', '', 'g'), '') as postcode,
        nullif(regexp_replace(upper(postcode_district), '[^A-Z0-9]', '', 'g'), '') as postcode_district
    from sent
),

divided as (
    select
        * exclude (given, initials, postcode_district),
        nullif(given[1], '') as forename,
        nullif(array_to_string(given[2:], ' '), '') as other_forenames,
        coalesce(initials, upper(given[1][1] || surname[1])) as initials,
        coalesce(postcode_district, case when length(postcode) > 4 then left(postcode, length(postcode) - 3) end)
            as district
    from plain
)

select
    case file when 'police/people' then 'pnc:' when 'probation/people' then 'crn:' else 'dip:' end
    || record as identifier,
    file,
    record,
    pnc_id,
    surname,
    forename,
    other_forenames,
    initials,
    date_of_birth,
    -- Day and month changed over, where that is another date: a slip of the pen, or a form read the American way.
    case
        when
            date_part('day', date_of_birth) <= 12
            and date_part('day', date_of_birth) <> date_part('month', date_of_birth)
            then make_date(
                cast(date_part('year', date_of_birth) as bigint),
                cast(date_part('day', date_of_birth) as bigint),
                cast(date_part('month', date_of_birth) as bigint)
            )
    end as turned_birth,
    sex,
    postcode,
    district,
    regexp_extract(district, '^[A-Z]+') as area
from divided;

-- section: to_link
-- The records of one file that no identifier ties to a police record; and beside them, to measure by, some that one
-- does, as if they had none. Those that a decision ties to somebody are not guessed at.
create or replace table to_link as
with tied as (
    select
        file,
        record,
        anchor,
        rule
    from believed
    where file = $file and anchor like 'pnc:%'
),

-- A prison number that leads to one police record takes the other records that carry it there too.
carried as (
    select others.crn as record
    from probation_people as others
    inner join probation_people as known on others.noms_number = known.noms_number
    inner join tied on known.crn = tied.record
    where $file = 'probation/people'
    group by others.crn
    having count(distinct tied.anchor) = 1
),

trials as (
    select
        record,
        anchor
    from tied
    where rule = 'same PNC id'
    order by sha256(record), record
    limit $trials
)

select
    described.* exclude (pnc_id),
    described.pnc_id,
    false as trial,
    null as true_anchor
from described
anti join tied on described.record = tied.record
anti join carried on described.record = carried.record
anti join decided on described.identifier = decided.identifier
where described.file = $file
union all
select
    described.* exclude (pnc_id),
    null as pnc_id,
    true as trial,
    trials.anchor as true_anchor
from described
inner join trials on described.record = trials.record
where described.file = $file;

-- section: targets
-- Whom they may be: everybody on the police computer, and for the Drug Interventions Programme also those whom
-- probation alone knows.
create or replace table targets as
select
    described.*,
    described.identifier as anchor
from described
where described.file = 'police/people'
union all
select
    described.*,
    records.anchor
from described
inner join person_records_so_far as records on described.identifier = records.identifier
where $file = 'dip/people' and records.anchor not like 'pnc:%';

-- section: barred
-- Pairs that somebody decided are two people, by the person that each record is of so far.
create or replace table barred as
select
    never.identifier,
    coalesce(records.anchor, never.other) as anchor
from never
left join person_records_so_far as records on never.other = records.identifier;

-- section: named
-- The same name and date of birth, borne out by the postcode, by the other forenames, or by the postcode's district,
-- of one person and no other. Nobody who shares name and birthday with somebody else on the police computer is linked
-- in this way.
create or replace table named as
with alike as (
    select
        to_link.identifier,
        targets.anchor,
        to_link.sex <> targets.sex as sex_differs,
        to_link.postcode = targets.postcode as same_postcode,
        to_link.other_forenames = targets.other_forenames as same_others,
        to_link.district = targets.district as same_district
    from to_link
    inner join targets
        on
            to_link.surname = targets.surname
            and to_link.forename = targets.forename
            and to_link.date_of_birth = targets.date_of_birth
),

known as (
    select
        identifier,
        min(anchor) as anchor,
        bool_or(sex_differs) as sex_differs,
        bool_or(same_postcode) as same_postcode,
        bool_or(same_others) as same_others,
        bool_or(same_district) as same_district
    from alike
    group by identifier
    having count(distinct anchor) = 1
)

select
    known.identifier,
    known.anchor,
    case
        when known.same_postcode then 'same name, date of birth and postcode'
        when known.same_others then 'same name, date of birth and other forenames'
        else 'same name, date of birth and postcode district'
    end as rule
from known
anti join barred on known.identifier = barred.identifier and known.anchor = barred.anchor
where
    not coalesce(known.sex_differs, false)
    and (
        coalesce(known.same_postcode, false)
        or coalesce(known.same_others, false)
        or coalesce(known.same_district, false)
    );

-- section: nobody_named
-- Where there are no names, nobody is linked by one.
create or replace table named (identifier text, anchor text, rule text);

-- section: probation_pairs
-- The pairs worth weighing: those that share enough for a link to be possible. Each way of sharing is narrow, so that
-- their number grows as the records do, and not with its square.
create or replace table pairs as
with remaining as (
    select to_link.*
    from to_link
    anti join named on to_link.identifier = named.identifier
),

alike as (
    select
        remaining.identifier,
        targets.identifier as target
    from remaining
    inner join targets on remaining.date_of_birth = targets.date_of_birth and remaining.surname = targets.surname
    union
    select
        remaining.identifier,
        targets.identifier as target
    from remaining
    inner join targets on remaining.date_of_birth = targets.date_of_birth and remaining.forename = targets.forename
    union
    select
        remaining.identifier,
        targets.identifier as target
    from remaining
    inner join targets on remaining.date_of_birth = targets.date_of_birth and remaining.surname = targets.forename
    union
    select
        remaining.identifier,
        targets.identifier as target
    from remaining
    inner join targets on remaining.date_of_birth = targets.date_of_birth and remaining.postcode = targets.postcode
    union
    select
        remaining.identifier,
        targets.identifier as target
    from remaining
    inner join targets on remaining.turned_birth = targets.date_of_birth and remaining.surname = targets.surname
    union
    select
        remaining.identifier,
        targets.identifier as target
    from remaining
    inner join targets on remaining.turned_birth = targets.date_of_birth and remaining.forename = targets.forename
    union
    select
        remaining.identifier,
        targets.identifier as target
    from remaining
    inner join targets on remaining.postcode = targets.postcode and remaining.surname = targets.surname
    union
    select
        remaining.identifier,
        targets.identifier as target
    from remaining
    inner join targets on remaining.postcode = targets.postcode and remaining.forename = targets.forename
    union
    select
        remaining.identifier,
        targets.identifier as target
    from remaining
    inner join targets
        on
            remaining.surname = targets.surname
            and remaining.forename = targets.forename
            and date_part('year', remaining.date_of_birth) = date_part('year', targets.date_of_birth)
)

select
    alike.identifier,
    alike.target
from alike
inner join targets on alike.target = targets.identifier
anti join barred on alike.identifier = barred.identifier and targets.anchor = barred.anchor
order by alike.identifier, alike.target;

-- section: dip_pairs
create or replace table pairs as
with alike as (
    select
        to_link.identifier,
        targets.identifier as target
    from to_link
    inner join targets on to_link.date_of_birth = targets.date_of_birth and to_link.initials = targets.initials
    union
    select
        to_link.identifier,
        targets.identifier as target
    from to_link
    inner join targets on to_link.date_of_birth = targets.date_of_birth and to_link.district = targets.district
    union
    select
        to_link.identifier,
        targets.identifier as target
    from to_link
    inner join targets on to_link.turned_birth = targets.date_of_birth and to_link.initials = targets.initials
    union
    select
        to_link.identifier,
        targets.identifier as target
    from to_link
    inner join targets
        on
            to_link.initials = targets.initials
            and to_link.district = targets.district
            and date_part('year', to_link.date_of_birth) = date_part('year', targets.date_of_birth)
)

select
    alike.identifier,
    alike.target
from alike
inner join targets on alike.target = targets.identifier
anti join barred on alike.identifier = barred.identifier and targets.anchor = barred.anchor
order by alike.identifier, alike.target;

-- section: weighed
-- What a model is given: the records in some pair, on either side, with nothing beside what they are compared by, and
-- the pairs as Splink names them.
create or replace table weighed as
select
    to_link.identifier as unique_id,
    to_link.* exclude (identifier, file, record, trial, true_anchor)
from to_link
semi join pairs on to_link.identifier = pairs.identifier
order by unique_id;

create or replace table weighed_against as
select
    targets.identifier as unique_id,
    targets.* exclude (identifier, file, record, anchor)
from targets
semi join pairs on targets.identifier = pairs.target
order by unique_id;

create or replace table weighing as
select
    '0' as match_key,
    'weighed-__-' || identifier as join_key_l,
    'weighed_against-__-' || target as join_key_r
from pairs
order by join_key_l, join_key_r;

-- section: common_surname
create or replace table common_surname as
select
    surname,
    count(*) / sum(count(*)) over () as tf_surname
from targets
where surname is not null
group by surname

-- section: common_forename
create or replace table common_forename as
select
    forename,
    count(*) / sum(count(*)) over () as tf_forename
from targets
where forename is not null
group by forename

-- section: common_initials
create or replace table common_initials as
select
    initials,
    count(*) / sum(count(*)) over () as tf_initials
from targets
where initials is not null
group by initials

-- section: common_district
create or replace table common_district as
select
    district,
    count(*) / sum(count(*)) over () as tf_district
from targets
where district is not null
group by district

-- section: no_scores
create or replace table scores (identifier text, target text, weight double);

-- section: scores
create or replace table scores as
select
    unique_id_l as identifier,
    unique_id_r as target,
    match_weight as weight
from weights_given;

-- section: odds
-- Each pair's odds before it is known how many of the records are of anybody here: the pair's weight is the logarithm,
-- to the base of two, of how much more often two records of one person agree like this than two of different people do,
-- and somebody here is one of so many. Of several records of one person the best is taken.
create or replace table odds as
with best as (
    select
        scores.identifier,
        targets.anchor,
        arg_max(scores.target, (scores.weight, scores.target)) as target,
        max(scores.weight) as weight
    from scores
    inner join targets on scores.target = targets.identifier
    group by scores.identifier, targets.anchor
)

select
    identifier,
    anchor,
    target,
    weight,
    pow(2, weight) / (select count(distinct anchor) from targets) as odds
from best
order by identifier, anchor;

-- section: chances
-- For each record to be linked, the sum of its odds; nothing for one that resembles nobody.
select coalesce(sum(odds.odds), 0) as odds
from to_link
anti join named on to_link.identifier = named.identifier
left join odds on to_link.identifier = odds.identifier
where not to_link.trial
group by to_link.identifier
order by odds

-- section: judged
-- How likely each pair is, given that a record is of one person at most: its odds against those of everybody else it
-- might be, and against its being of nobody here.
create or replace table judged as
with totals as (
    select
        identifier,
        sum(odds) as total
    from odds
    group by identifier
)

select
    odds.identifier,
    odds.anchor,
    odds.target,
    round(odds.weight, 4) as weight,
    round(
        odds.odds * $counterpart / (1 - $counterpart + totals.total * $counterpart), 6
    ) as probability
from odds
inner join totals on odds.identifier = totals.identifier;

-- section: chosen
select
    judged.identifier,
    judged.target,
    given.*
from weights_given as given
inner join judged on given.unique_id_l = judged.identifier and given.unique_id_r = judged.target
where judged.probability >= $grey
order by judged.identifier, judged.target

-- section: evidence
insert into evidence
select
    identifier,
    target,
    evidence
from evidence_given;

drop table weights_given;

-- section: accepted
-- The links that are made: by the rule, or by a probability at or above the threshold; to one person at most.
insert into believed
select
    to_link.file,
    to_link.record,
    coalesce(named.anchor, judged.anchor) as anchor,
    coalesce(named.rule, $rule) as rule,
    judged.target,
    judged.weight,
    judged.probability
from to_link
left join named on to_link.identifier = named.identifier
left join judged on to_link.identifier = judged.identifier and judged.probability >= $link
where not to_link.trial and coalesce(named.anchor, judged.anchor) is not null;

-- Those that could be and are not made: they are looked at by somebody, pair by pair.
insert into grey
select
    to_link.file,
    to_link.identifier,
    judged.anchor,
    judged.target,
    judged.weight,
    judged.probability
from judged
inner join to_link on judged.identifier = to_link.identifier
where
    not to_link.trial
    and judged.probability >= $grey
    and judged.identifier not in (select identifier from judged where probability >= $link);

insert into grey_described
select
    identifier,
    surname,
    forename,
    other_forenames,
    initials,
    date_of_birth,
    sex,
    postcode,
    district,
    pnc_id
from described
where
    identifier in (
        select identifier from grey
        union
        select target from grey
    )
    and identifier not in (select identifier from grey_described);

-- What the rules and the model make of the records whose identifier was hidden from them.
insert into trials
select
    to_link.file,
    to_link.identifier,
    to_link.true_anchor,
    coalesce(named.anchor, judged.anchor) as anchor,
    case when named.anchor is not null then named.rule when judged.anchor is not null then $rule else 'not linked' end
        as rule
from to_link
left join named on to_link.identifier = named.identifier
left join judged on to_link.identifier = judged.identifier and judged.probability >= $link
where to_link.trial;
