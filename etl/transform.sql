-- From accepted extracts and linked people to the warehouse: pseudonymous events (a date) and spans (a start and an
-- exclusive end), and nothing that names anybody. Run on the staging database with the new warehouse attached.

-- section: coverage
-- How far each file reaches. A cohort matures, and people stop being watched, on the earliest end of the files read.
-- The day from which a file is said to be kept is known; that of its first event may be long after.
create table warehouse.coverage as
select
    file,
    stated_from,
    covered_from,
    covered_to
from coverage
order by file;

create table warehouse.switches as
select * from switches;

create table warehouse.horizon as
select
    least(
        (select least(min(arrested_on), min(disposed_on), min(sentenced_on)) from police_offences),
        (select least(min(nominated_on), min(adopted_on)) from police_ppo_register),
        (select min(nominated_on) from police_nominations),
        (select min(covered_from) from coverage where file = 'police/offences'),
        (select min(admitted_on) from probation_custody),
        (select min("on") from probation_contacts),
        (select min("on") from dip_events),
        (select max(covered_to) from coverage)
    ) as happens_from,
    (select max(covered_to) from coverage) as covered_to;

create table warehouse.scheme_coverage as
select min(covered_to) as covered_to
from coverage
where file in ('police/ppo_register', 'probation/custody', 'probation/supervision', 'dip/events');

create table warehouse.watch as
select
    min(coverage.covered_to) as covered_to,
    cast(min(coverage.covered_to) - to_months(min(switches.proving_lag_months)) as date) as watched_to
from coverage
cross join switches
where coverage.file in ('police/offences', 'probation/custody', 'dip/events');

-- section: eighteenth_birthdays
-- The day on which a person is 18: somebody born on 29 February is so on 1 March of a year that has none.
create table eighteenth_birthdays as
select
    person_id,
    cast(date_of_birth + to_months(216) as date)
    + case
        when date_part('day', cast(date_of_birth + to_months(216) as date)) < date_part('day', date_of_birth) then 1
        else 0
    end as birthday
from person_births;

-- section: schemes
create table warehouse.schemes as
select
    scheme_id,
    name,
    area,
    coalesce(force_code, 'not_known') as force
from reference_schemes
order by scheme_id;

create table warehouse.offence_codes as
select
    cjs_offence_code,
    title,
    "group" as offence_group,
    acquisitive,
    trigger
from reference_offence_codes
order by cjs_offence_code;

create table warehouse.targets as
select
    scheme_id,
    measure,
    period,
    value,
    set_by
from reference_targets
order by measure, period, scheme_id nulls first;

create table warehouse.national as
select
    measure,
    period,
    value,
    unit,
    source
from reference_national
order by measure, period;

-- section: offences
-- One row per offence. `counts` is the one place that says which offences count, as index event and as re-offence;
-- `alleged` is the same without the proof, for arrests and cases.
create table warehouse.offences as
select
    people.person_id,
    offences.committed_on,
    offences.disposed_on,
    coalesce(offences.sentenced_on, offences.disposed_on) as sentenced_on,
    offences.arrested_on,
    offences.charged_on,
    offences.first_hearing_on,
    offences.outcome,
    offences.disposal,
    offences.sentence_days,
    offences.court_type,
    offences.cjs_offence_code,
    coalesce(codes."group", 'not_known') as offence_group,
    coalesce(codes.acquisitive, false) as acquisitive,
    offences.force_code as force,
    coalesce(
        offences.recordable
        and offences.category <> 'CB'
        and (offences.force_code is null or offences.force_code in (
            '01', '02', '03', '04', '05', '06', '07', '10', '11', '12', '13', '14', '16', '17', '20', '21', '22',
            '23', '30', '31', '32', '33', '34', '35', '36', '37', '40', '41', '42', '43', '44', '45', '46', '47',
            '48', '50', '52', '53', '54', '55', '60', '61', '62', '63', '93'
        )),
        false
    ) as alleged,
    coalesce(
        alleged
        and (
            offences.outcome in ('convicted', 'caution', 'reprimand', 'warning')
            or (offences.outcome = 'tic' and switches.tic_counts)
        )
        and offences.disposed_on is not null,
        false
    ) as counts
from police_offences as offences
inner join person_of_police as people on offences.pnc_id = people.pnc_id
left join reference_offence_codes as codes on offences.cjs_offence_code = codes.cjs_offence_code
cross join switches
order by year(offences.committed_on), people.person_id, offences.committed_on, offences.disposed_on;

-- section: custody
-- One row per custody spell: rows that follow each other by court, transfer, temporary absence or merge are one stay.
-- The order is by what the rows say, never by their place in the file.
create table custody_rows as
select
    coalesce(by_crn.person_id, by_prison_number.person_id, by_police.person_id) as person_id,
    custody.admitted_on,
    custody.admission_reason,
    custody.released_on,
    custody.release_reason
from probation_custody as custody
left join person_of_probation as by_crn on custody.crn = by_crn.crn
left join person_of_prison_number as by_prison_number on custody.noms_number = by_prison_number.noms_number
left join person_of_police as by_police on custody.pnc_id = by_police.pnc_id
where coalesce(by_crn.person_id, by_prison_number.person_id, by_police.person_id) is not null;

create table warehouse.custody_spells as
with ordered as (
    select
        *,
        row_number() over stays as place,
        max(coalesce(released_on, date '9999-12-31')) over (
            stays rows between unbounded preceding and 1 preceding
        ) as out_before,
        arg_max(
            coalesce(release_reason, ''),
            (coalesce(released_on, date '9999-12-31'), admitted_on, coalesce(release_reason, ''))
        ) over (
            stays rows between unbounded preceding and 1 preceding
        ) as reason_before
    from custody_rows
    window stays as (
        partition by person_id
        order by
            admitted_on, coalesce(released_on, date '9999-12-31'), coalesce(release_reason, ''), admission_reason
    )
),

begun as (
    select
        ordered.*,
        case
            when ordered.out_before is null then 1
            when ordered.admitted_on < ordered.out_before then 0
            when
                ordered.reason_before in ('court', 'temporary_absence', 'transfer', 'merge')
                and date_diff('day', ordered.out_before, ordered.admitted_on) <= switches.custody_join_days then 0
            else 1
        end as begins
    from ordered
    cross join switches
),

numbered as (
    select
        *,
        sum(begins) over (partition by person_id order by place) as spell
    from begun
)

select
    person_id,
    min(admitted_on) as admitted_on,
    case
        when max(coalesce(released_on, date '9999-12-31')) < date '9999-12-31' then max(released_on)
    end as released_on,
    case
        when bool_or(admission_reason = 'sentenced') then 'sentenced'
        else arg_min(coalesce(admission_reason, 'other'), place)
    end as reason,
    case
        when max(coalesce(released_on, date '9999-12-31')) < date '9999-12-31'
            then
                nullif(
                    arg_max(coalesce(release_reason, ''), (coalesce(released_on, date '9999-12-31'), place)),
                    ''
                )
    end as release_reason
from numbered
group by person_id, spell
order by person_id, admitted_on;

-- section: place
-- Where a person was: a partition of time for everybody whose records could tell. No row means not known.
create table warehouse.deaths as
select
    person_id,
    min(died_on) as died_on
from (
    select
        person_id,
        released_on as died_on
    from warehouse.custody_spells
    where release_reason = 'died'
    union all
    select
        people.person_id,
        register.exited_on as died_on
    from police_ppo_register as register
    inner join person_of_police as people on register.pnc_id = people.pnc_id
    where register.exit_reason = 'died' and register.exited_on is not null
) as ends
group by person_id
order by person_id;

create table warehouse.place_spans as
with stays as (
    select
        person_id,
        admitted_on as starts_on,
        coalesce(released_on, date '9999-12-31') as ends_before,
        release_reason,
        lead(admitted_on, 1, date '9999-12-31') over stays_in_order as next_starts_on,
        row_number() over stays_in_order as place
    from warehouse.custody_spells
    window stays_in_order as (
        partition by person_id
        order by admitted_on, coalesce(released_on, date '9999-12-31')
    )
),

known as (
    select person_id from person_details
    where source = 'probation/people'
    union
    select person_id from warehouse.custody_spells
),

spans as (
    select
        person_id,
        starts_on,
        ends_before,
        'custody' as place
    from stays
    union all
    select
        person_id,
        ends_before as starts_on,
        next_starts_on as ends_before,
        case when release_reason = 'escape' then 'elsewhere' else 'community' end as place
    from stays
    union all
    select
        known.person_id,
        date '0001-01-01' as starts_on,
        coalesce(stays.starts_on, date '9999-12-31') as ends_before,
        'community' as place
    from known
    left join stays on known.person_id = stays.person_id and stays.place = 1
),

-- Somebody in custody on or after the day of their death is in custody: the record of the death is then the error.
alive as (
    select
        spans.person_id,
        spans.starts_on,
        case
            when spans.place = 'custody' then spans.ends_before
            else least(spans.ends_before, coalesce(deaths.died_on, spans.ends_before))
        end as ends_before,
        spans.place
    from spans
    left join warehouse.deaths as deaths on spans.person_id = deaths.person_id
    union all
    select
        spans.person_id,
        greatest(spans.starts_on, deaths.died_on) as starts_on,
        spans.ends_before,
        'elsewhere' as place
    from spans
    inner join warehouse.deaths as deaths on spans.person_id = deaths.person_id
    where spans.place <> 'custody'
    union all
    select
        deaths.person_id,
        deaths.died_on as starts_on,
        date '9999-12-31' as ends_before,
        'elsewhere' as place
    from warehouse.deaths as deaths
    anti join known on deaths.person_id = known.person_id
)

select
    person_id,
    starts_on,
    ends_before,
    place
from alive
where starts_on < ends_before
order by person_id, starts_on;

-- section: supervision
create table warehouse.supervision as
select
    people.person_id,
    supervision.kind,
    supervision.started_on as starts_on,
    -- `ended_on` is the last day in: the exclusive end is the day after.
    coalesce(supervision.ended_on + 1, date '9999-12-31') as ends_before,
    supervision.breach_initiated_on,
    supervision.breach_hearing_on,
    supervision.recalled_on
from probation_supervision as supervision
inner join person_of_probation as people on supervision.crn = people.crn
order by people.person_id, supervision.started_on, ends_before, supervision.event_number;

-- Days on which a person is statutory: under an order or licence, or serving a sentence long enough to carry one.
create table warehouse.statutory_spans as
with serving as (
    select
        offences.person_id,
        greatest(spells.admitted_on, offences.sentenced_on) as starts_on,
        least(
            coalesce(spells.released_on, date '9999-12-31'),
            offences.sentenced_on + offences.sentence_days
        ) as ends_before
    from warehouse.offences as offences
    inner join warehouse.custody_spells as spells on offences.person_id = spells.person_id
    cross join switches
    where
        offences.outcome = 'convicted'
        and offences.disposal = 'custody'
        and offences.sentenced_on + offences.sentence_days
        >= cast(offences.sentenced_on + to_months(switches.statutory_sentence_months) as date)
),

-- Each span once: of two alike, the windows below could take either for the first.
spans as (
    select
        person_id,
        starts_on,
        ends_before
    from warehouse.supervision
    union
    select
        person_id,
        starts_on,
        ends_before
    from serving
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
    where starts_on < ends_before
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

-- section: contacts
create table warehouse.contacts as
select
    people.person_id,
    contacts."on" as happened_on,
    contacts.kind,
    contacts.outcome
from probation_contacts as contacts
inner join person_of_probation as people on contacts.crn = people.crn
order by people.person_id, contacts."on", contacts.kind, contacts.outcome;

create table warehouse.assessments as
select
    people.person_id,
    assessments.assessed_on,
    assessments.ogrs3_one_year,
    assessments.accommodation,
    assessments.employment,
    assessments.education,
    assessments.health,
    assessments.mental_health,
    assessments.drugs,
    assessments.alcohol,
    assessments.sentence_plan_on
from probation_assessments as assessments
inner join person_of_probation as people on assessments.crn = people.crn
order by people.person_id, assessments.assessed_on, assessments.crn;

-- section: dip
create table warehouse.dip_events as
select
    people.person_id,
    events.dip_id = people.dip_id as known,
    events.event,
    events."on" as happened_on,
    events.result,
    events.referred_on
from dip_events as events
inner join person_of_dip as people on events.dip_id = people.dip_id
order by people.person_id, events."on";

-- A caseload episode runs from its start to the first end after it, or is open.
create table warehouse.dip_episodes as
with starts as (
    select
        dip_id,
        "on" as starts_on
    from dip_events
    where event = 'caseload_start'
),

ends as (
    select distinct
        dip_id,
        "on" as ends_before
    from dip_events
    where event = 'caseload_end'
),

episodes as (
    select
        starts.dip_id,
        starts.starts_on,
        coalesce(min(ends.ends_before), date '9999-12-31') as ends_before
    from starts
    left join ends on starts.dip_id = ends.dip_id and starts.starts_on < ends.ends_before
    group by starts.dip_id, starts.starts_on
),

-- Each span once: of two alike, the windows below could take either for the first.
spans as (
    select distinct
        people.person_id,
        episodes.starts_on,
        episodes.ends_before
    from episodes
    inner join person_of_dip as people on episodes.dip_id = people.dip_id
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

-- section: memberships
-- One row per span of a strand, with the membership it belongs to: spans of one person in one scheme that follow on
-- are one membership, whatever the strand. A span of no length is nobody's.
create table warehouse.membership_spans as
with spans as (
    select
        people.person_id,
        register.scheme_id,
        register.strand,
        register.adopted_on as starts_on,
        coalesce(register.exited_on, date '9999-12-31') as ends_before,
        register.exit_reason
    from police_ppo_register as register
    inner join person_of_police as people on register.pnc_id = people.pnc_id
),

begun as (
    select
        *,
        coalesce(
            starts_on > max(ends_before) over (
                partition by person_id, scheme_id
                order by starts_on, ends_before, strand
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
            partition by person_id, scheme_id
            order by starts_on, ends_before, strand
            rows unbounded preceding
        ) as membership
    from begun
)

select
    person_id,
    scheme_id,
    membership,
    strand,
    starts_on,
    ends_before,
    min(starts_on) over (partition by person_id, scheme_id, membership) as adopted_on,
    exit_reason
from numbered
order by person_id, starts_on, scheme_id;

-- One row per membership.
create table warehouse.memberships as
select
    person_id,
    scheme_id,
    membership,
    min(starts_on) as adopted_on,
    max(ends_before) as ends_before
from warehouse.membership_spans
group by person_id, scheme_id, membership
order by person_id, adopted_on, scheme_id;

-- What was done for a membership, and when: the earliest that any of its spans says.
create table warehouse.membership_milestones as
select
    spans.person_id,
    spans.scheme_id,
    spans.membership,
    min(register.nominated_on) as nominated_on,
    min(register.strand_decided_on) as strand_decided_on,
    min(register.police_flagged_on) as police_flagged_on,
    min(register.probation_flagged_on) as probation_flagged_on,
    min(register.notified_on) as notified_on,
    min(register.first_home_visit_on) as first_home_visit_on,
    min(register.outreach_worker_on) as outreach_worker_on,
    min(register.exit_letter_on) as exit_letter_on,
    case
        when max(spans.ends_before) < date '9999-12-31'
            then arg_max(coalesce(spans.exit_reason, 'not_known'), (spans.ends_before, spans.starts_on, spans.strand))
    end as exit_reason,
    bool_and(register.resident) as resident,
    bool_and(register.substance_motivated) as substance_motivated,
    bool_or(spans.strand = 'rehabilitate_and_resettle') as has_r_and_r
from warehouse.membership_spans as spans
inner join person_of_police as people on spans.person_id = people.person_id
inner join police_ppo_register as register
    on
        people.pnc_id = register.pnc_id
        and spans.scheme_id = register.scheme_id
        and spans.strand = register.strand
        and spans.starts_on = register.adopted_on
        and spans.ends_before = coalesce(register.exited_on, date '9999-12-31')
group by spans.person_id, spans.scheme_id, spans.membership
order by spans.person_id, spans.scheme_id, spans.membership;

create table warehouse.nominations as
select
    people.person_id,
    nominations.scheme_id,
    nominations.nominated_on,
    nominations.decided_on,
    nominations.decision
from police_nominations as nominations
inner join person_of_police as people on nominations.pnc_id = people.pnc_id
order by people.person_id, nominations.scheme_id, nominations.nominated_on, nominations.decided_on nulls last;

-- Reliable intelligence: an item that is not reliable indicates nothing.
create table warehouse.indications as
select
    people.person_id,
    indications.dated_on
from police_indications as indications
inner join person_of_police as people on indications.pnc_id = people.pnc_id
where indications.reliable
order by people.person_id, indications.dated_on;

-- Prevent and Deter members who turned 18 there, and what the scheme had done 28 days on. The day itself stays here,
-- where the full date of birth is: the month is all that the warehouse is told.
create table warehouse.eighteenths as
with reached as (
    select distinct
        spans.person_id,
        spans.scheme_id,
        spans.membership,
        birthdays.birthday
    from warehouse.membership_spans as spans
    inner join eighteenth_birthdays as birthdays
        on
            spans.person_id = birthdays.person_id
            and spans.starts_on <= birthdays.birthday
            and birthdays.birthday < spans.ends_before
    cross join (select min(covered_to) as covered_to from coverage where file = 'police/ppo_register') as watched
    where spans.strand = 'prevent_and_deter' and birthdays.birthday + 28 <= watched.covered_to
)

select
    reached.person_id,
    reached.scheme_id,
    last_day(reached.birthday) as turned_on,
    case
        when
            bool_or(
                spans.strand <> 'prevent_and_deter'
                and spans.starts_on between reached.birthday and reached.birthday + 28
            )
            then 'moved'
        when bool_or(memberships.ends_before between reached.birthday and reached.birthday + 28) then 'exited'
        else 'neither'
    end as at_18
from reached
inner join warehouse.membership_spans as spans
    on reached.person_id = spans.person_id and reached.scheme_id = spans.scheme_id
inner join warehouse.memberships as memberships
    on
        reached.person_id = memberships.person_id
        and reached.scheme_id = memberships.scheme_id
        and reached.membership = memberships.membership
group by reached.person_id, reached.scheme_id, reached.birthday
order by reached.person_id, reached.scheme_id;

-- One row per stretch of time on a scheme in which the set of schemes a person is on does not change. `main` is the
-- one scheme that totals count the person in: the latest adoption, then the lowest scheme id.
create table warehouse.membership_segments as
with points as (
    select
        person_id,
        adopted_on as point
    from warehouse.memberships
    union
    select
        person_id,
        ends_before as point
    from warehouse.memberships
),

stretches as (
    select
        person_id,
        point as starts_on,
        lead(point) over (partition by person_id order by point) as ends_before
    from points
)

select
    memberships.person_id,
    memberships.scheme_id,
    memberships.membership,
    memberships.adopted_on,
    stretches.starts_on,
    stretches.ends_before,
    row_number() over (
        partition by memberships.person_id, stretches.starts_on
        order by memberships.adopted_on desc, memberships.scheme_id asc
    ) = 1 as main
from warehouse.memberships as memberships
inner join stretches
    on
        memberships.person_id = stretches.person_id
        and memberships.adopted_on <= stretches.starts_on
        and stretches.ends_before <= memberships.ends_before
order by memberships.person_id, stretches.starts_on, memberships.scheme_id;

-- Where before and after meet, for everybody whose first time on a scheme can be seen: the day of adoption to the first
-- membership of at least a day, some of it in a PPO strand. Whoever was on when the register begins came from before.
create table warehouse.first_adoptions as
with firsts as (
    select
        person_id,
        scheme_id,
        membership,
        adopted_on
    from warehouse.memberships
    where adopted_on < ends_before
    qualify row_number() over (partition by person_id order by adopted_on, scheme_id) = 1
)

select
    firsts.person_id,
    firsts.scheme_id,
    firsts.adopted_on,
    min(spans.strand) filter (where spans.starts_on = firsts.adopted_on) as strand,
    min(deaths.died_on) as died_on
from firsts
inner join warehouse.membership_spans as spans
    on
        firsts.person_id = spans.person_id
        and firsts.scheme_id = spans.scheme_id
        and firsts.membership = spans.membership
        and spans.starts_on < spans.ends_before
left join warehouse.deaths as deaths on firsts.person_id = deaths.person_id
cross join switches
where firsts.adopted_on >= (select min(covered_from) from coverage where file = 'police/ppo_register')
group by firsts.person_id, firsts.scheme_id, firsts.adopted_on
having bool_or(spans.strand <> 'prevent_and_deter' or switches.prevent_and_deter_is_ppo)
order by firsts.person_id;

-- section: calendar
-- The month ends at which a caseload can be read: from the first adoption to the end of coverage.
create table warehouse.month_ends as
select last_day(cast(month as date)) as month_end
from
    generate_series(
        (select date_trunc('month', min(adopted_on)) from warehouse.memberships),
        (select cast(covered_to as timestamp) from warehouse.scheme_coverage),
        interval 1 month
    ) as months (month)
where last_day(cast(month as date)) <= (select covered_to from warehouse.scheme_coverage)
order by month_end;

create table calendar_days as
select month_end as day from warehouse.month_ends
union
select cast(date_trunc('month', month_end) as date) as day from warehouse.month_ends
union
select month_end + 1 as day from warehouse.month_ends;

-- section: people
-- One row per person. A person known to the police is on the national computer and can be followed there.
create table warehouse.people as
with described as (
    select
        person_id,
        bool_or(source = 'police/people') as known_to_police,
        bool_or(source = 'probation/people') as known_to_probation,
        bool_or(source = 'dip/people') as known_to_dip,
        arg_min(sex, (rank, record)) filter (where sex in ('M', 'F')) as sex,
        arg_min(ethnicity, (rank, record)) filter (where ethnicity is not null) as ethnicity,
        arg_min(ethnicity_self_defined, (rank, record)) filter (where ethnicity_self_defined is not null)
            as ethnicity_self_defined
    from person_details
    group by person_id
)

select
    described.person_id,
    described.known_to_police,
    described.known_to_probation,
    described.known_to_dip,
    case described.sex when 'M' then 'male' when 'F' then 'female' else 'not_known' end as sex,
    case described.ethnicity
        when '1' then 'white_north_european'
        when '2' then 'white_south_european'
        when '3' then 'black'
        when '4' then 'asian'
        when '5' then 'chinese_japanese_south_east_asian'
        when '6' then 'arab_north_african'
        else 'not_known'
    end as ethnicity,
    coalesce(described.ethnicity_self_defined, 'not_known') as ethnicity_self_defined,
    -- The first month end at which they are 18, of those that stocks are read at: it says who is an adult at each, and
    -- of whoever was one before the first, or is not by the last, not when they were born.
    strftime(months.month_end, '%Y-%m') as eighteen_in
from described
left join eighteenth_birthdays as birthdays on described.person_id = birthdays.person_id
asof left join warehouse.month_ends as months on birthdays.birthday <= months.month_end
order by described.person_id;

-- section: proved
-- How many offences that count had been proved against a person by the end of each day on which one was.
create table warehouse.proved_offences as
select
    person_id,
    disposed_on,
    cast(sum(count(*)) over (partition by person_id order by disposed_on) as integer) as so_far
from warehouse.offences
where counts
group by person_id, disposed_on
order by person_id, disposed_on;

-- For n intervals, the largest rank whose order statistic, with its mirror image, holds the median in 95 of 100
-- samples: the largest r with P(Binomial(n, 1/2) < r) <= 0.025. Null where n is too small for any.
create table warehouse.median_ranks as
with sizes as (
    select unnest(generate_series(1, 1000)) as n
),

chances as (
    select
        n,
        k,
        sum(exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * ln(2))) over (
            partition by n order by k
        ) as chance
    from sizes, lateral (select unnest(generate_series(0, n // 2)) as k) as ranks
)

select
    n,
    max(k) filter (where chance <= 0.025) + 1 as rank
from chances
group by n
order by n;

-- section: index_events
-- One row per person and day on which they could enter a cohort, whatever the period: release from a custodial
-- sentence, conviction without custody, caution, positive test; in that order when several fall on one day. With it the
-- person's last such day before it: where that was before a period began, this is their first in the period.
create table warehouse.index_events as
with releases as (
    select
        spells.person_id,
        spells.released_on as index_on,
        'custody' as index_event,
        1 as rank
    from warehouse.custody_spells as spells
    cross join switches
    where
        spells.release_reason in ('sentence_end', 'licence', 'hdc')
        and (
            spells.reason in ('sentenced', 'remand', 'other')
            or (spells.reason = 'recall' and switches.recall_release_is_index)
        )
),

court_days as (
    select
        person_id,
        disposed_on as index_on,
        bool_or(disposal in ('suspended', 'community', 'fine', 'discharge', 'youth_order', 'other')) as without_custody,
        bool_or(coalesce(disposal = 'custody', false)) as with_custody
    from warehouse.offences
    where counts and outcome = 'convicted'
    group by person_id, disposed_on
),

events as (
    select
        person_id,
        index_on,
        index_event,
        rank
    from releases
    union all
    select
        person_id,
        index_on,
        'court' as index_event,
        2 as rank
    from court_days
    where without_custody and not with_custody
    union all
    select
        person_id,
        disposed_on as index_on,
        'caution' as index_event,
        3 as rank
    from warehouse.offences
    where counts and outcome in ('caution', 'reprimand', 'warning')
    union all
    select
        person_id,
        happened_on as index_on,
        'test' as index_event,
        4 as rank
    from warehouse.dip_events
    where event = 'test' and result in ('positive_opiates', 'positive_cocaine', 'positive_both')
),

chosen as (
    select
        events.person_id,
        events.index_on,
        arg_min(events.index_event, events.rank) as index_event
    from events
    inner join warehouse.people as people on events.person_id = people.person_id
    where people.known_to_police
    group by events.person_id, events.index_on
),

-- The principal offence of each day a case ended: the longest sentence, then the lowest code.
principals as (
    select
        person_id,
        disposed_on,
        case when outcome = 'convicted' then 'court' else 'caution' end as index_event,
        arg_min(offence_group, (-coalesce(sentence_days, 0), cjs_offence_code)) as offence_group
    from warehouse.offences
    where counts and outcome in ('convicted', 'caution', 'reprimand', 'warning')
    group by all
),

custodial_principals as (
    select
        person_id,
        sentenced_on,
        arg_min(offence_group, (-coalesce(sentence_days, 0), cjs_offence_code)) as offence_group
    from warehouse.offences
    where counts and outcome = 'convicted' and disposal = 'custody'
    group by person_id, sentenced_on
)

select
    chosen.person_id,
    chosen.index_on,
    lag(chosen.index_on) over (partition by chosen.person_id order by chosen.index_on) as previous_index_on,
    chosen.index_event,
    cast(chosen.index_on + to_months(12) as date) as follow_up_ends_on,
    cast(chosen.index_on + to_months(18) as date) as proof_ends_on,
    coalesce(
        case chosen.index_event
            when 'custody' then custodial_principals.offence_group
            when 'test' then 'not_known'
            else principals.offence_group
        end,
        'not_known'
    ) as offence_group,
    date_part('year', chosen.index_on) - date_part('year', births.date_of_birth)
    - case
        when
            (date_part('month', chosen.index_on), date_part('day', chosen.index_on))
            < (date_part('month', births.date_of_birth), date_part('day', births.date_of_birth))
            then 1
        else 0
    end as age
from chosen
left join principals
    on
        chosen.person_id = principals.person_id
        and chosen.index_on = principals.disposed_on
        and chosen.index_event = principals.index_event
asof left join custodial_principals
    on chosen.person_id = custodial_principals.person_id and chosen.index_on >= custodial_principals.sentenced_on
left join person_births as births on chosen.person_id = births.person_id
order by year(chosen.index_on), chosen.person_id, chosen.index_on;

-- section: ages
-- Ages on the days that attributes are asked for and that no event carries: of people who have been on a scheme month
-- ends and the first days of months on it, nominations, adoptions, arrests, absences, releases and exits; of everybody
-- sentences. They are worked out here, where the full date of birth is.
create table warehouse.ages as
with days as (
    select
        memberships.person_id,
        months.day
    from warehouse.memberships as memberships
    inner join calendar_days as months
        on memberships.adopted_on <= months.day and months.day < memberships.ends_before
    union
    select
        person_id,
        adopted_on as day
    from warehouse.memberships
    union
    select
        person_id,
        ends_before as day
    from warehouse.memberships
    where ends_before < date '9999-12-31'
    union
    select
        person_id,
        nominated_on as day
    from warehouse.membership_milestones
    where nominated_on is not null
    union
    select
        person_id,
        nominated_on as day
    from warehouse.nominations
    union
    select
        offences.person_id,
        offences.arrested_on as day
    from warehouse.offences as offences
    inner join warehouse.memberships as memberships
        on
            offences.person_id = memberships.person_id
            and memberships.adopted_on <= offences.arrested_on
            and offences.arrested_on < memberships.ends_before
    union
    select
        contacts.person_id,
        contacts.happened_on as day
    from warehouse.contacts as contacts
    inner join warehouse.memberships as memberships
        on
            contacts.person_id = memberships.person_id
            and memberships.adopted_on <= contacts.happened_on
            and contacts.happened_on < memberships.ends_before
    where contacts.outcome = 'unacceptable_absence'
    union
    select
        spells.person_id,
        spells.released_on as day
    from warehouse.custody_spells as spells
    inner join warehouse.memberships as memberships
        on
            spells.person_id = memberships.person_id
            and memberships.adopted_on <= spells.released_on
            and spells.released_on < memberships.ends_before
    union
    select
        person_id,
        sentenced_on as day
    from warehouse.offences
    where counts and outcome = 'convicted'
)

select
    days.person_id,
    days.day,
    date_part('year', days.day) - date_part('year', births.date_of_birth)
    - case
        when
            (date_part('month', days.day), date_part('day', days.day))
            < (date_part('month', births.date_of_birth), date_part('day', births.date_of_birth))
            then 1
        else 0
    end as age
from days
inner join person_births as births on days.person_id = births.person_id
order by days.person_id, days.day;

-- section: quality
-- What the data-quality page shows: counts alone, never a value from a row.
create table warehouse.files as
select
    counts.file,
    counts.format,
    counts.rows_read,
    counts.accepted,
    counts.quarantined,
    counts.duplicates,
    counts.nulled,
    counts.repaired,
    counts.note,
    coverage.covered_from,
    coverage.covered_to
from file_counts as counts
left join coverage on counts.file = coverage.file
order by counts.file;

create table warehouse.rules_broken as
select
    file,
    rule,
    column_name,
    'row' as severity,
    count(*) as rows
from quarantine
group by all
union all
select
    file,
    rule,
    column_name,
    'field' as severity,
    count(*) as rows
from nulled
group by all
order by file, severity, rule, column_name;

create table warehouse.links as
select
    file,
    rule,
    -- How likely the links made by weight are, in bands; the others have no band.
    case
        when probability >= 0.999 then '0.999 to 1'
        when probability >= 0.99 then '0.99 to 0.999'
        when probability is not null then 'under 0.99'
    end as band,
    count(*) as records,
    count(distinct anchor) as people,
    sum(probability) as expected_right
from person_records
group by all
union all
-- Who did not agree to be told of is nobody here, and is counted, so that nobody is left out unseen.
select
    'dip/people' as file,
    'no consent to share: left out' as rule,
    null as band,
    count(*) as records,
    0 as people,
    null as expected_right
from dip_people
where consent_to_share = false
having count(*) > 0
order by file, rule, band;

-- Records that an identifier ties to somebody, looked for again as if they had none: what each way of linking made of
-- them, and for how many it was the same person.
create table warehouse.link_trials as
select
    file,
    rule,
    count(*) as records,
    count(*) filter (where anchor = true_anchor) as same_person
from trials
group by file, rule
order by file, rule;

-- How many records with a PNC id were not believed, and how often a wrong one would be by chance: because the
-- surname (the initials) or the date of birth of two people is the same.
create table warehouse.link_chance as
with believed_or_not as (
    select
        file,
        count(*) as pairs,
        count(*) filter (
            where coalesce(name_differs, false) and coalesce(birth_differs, false)
        ) as disbelieved
    from pnc_pairs
    group by file
),

names as (
    select
        'probation/people' as file,
        lower(trim(surname)) as name,
        date_of_birth,
        'sent' as side
    from probation_people
    union all
    select
        'dip/people' as file,
        upper(trim(initials)) as name,
        date_of_birth,
        'sent' as side
    from dip_people
    union all
    select
        'probation/people' as file,
        lower(trim(surname)) as name,
        date_of_birth,
        'known' as side
    from police_people
    union all
    select
        'dip/people' as file,
        upper(left(trim(forenames), 1) || left(trim(surname), 1)) as name,
        date_of_birth,
        'known' as side
    from police_people
),

name_shares as (
    select
        file,
        name,
        count(*) filter (where side = 'sent') / sum(count(*) filter (where side = 'sent')) over (partition by file)
            as sent,
        count(*) filter (where side = 'known') / sum(count(*) filter (where side = 'known')) over (partition by file)
            as known
    from names
    where name is not null
    group by file, name
),

birth_shares as (
    select
        file,
        date_of_birth,
        count(*) filter (where side = 'sent') / sum(count(*) filter (where side = 'sent')) over (partition by file)
            as sent,
        count(*) filter (where side = 'known') / sum(count(*) filter (where side = 'known')) over (partition by file)
            as known
    from names
    where date_of_birth is not null
    group by file, date_of_birth
),

by_name as (
    select
        file,
        sum(sent * known) as chance
    from name_shares
    group by file
),

by_birth as (
    select
        file,
        sum(sent * known) as chance
    from birth_shares
    group by file
)

select
    believed_or_not.file,
    believed_or_not.pairs,
    believed_or_not.disbelieved,
    round(1 - (1 - by_name.chance) * (1 - by_birth.chance), 9) as believed_by_chance
from believed_or_not
inner join by_name on believed_or_not.file = by_name.file
inner join by_birth on believed_or_not.file = by_birth.file
order by believed_or_not.file;

-- Pairs of people who may be one and are not linked, each with how likely that is.
create table warehouse.grey_pairs as
select
    file,
    person_id,
    other_person_id,
    max(round(probability, 3)) as probability
from doubtful_pairs
group by file, person_id, other_person_id
order by person_id, other_person_id;

-- What people decided about two records, as the people they are now. Two that must never be one are not, and two that
-- are one are.
create table warehouse.link_decisions as
select
    decisions.decision,
    decisions.in_extracts,
    one.person_id,
    another.person_id as other_person_id
from decisions
left join person_records as records on decisions.identifier = records.identifier
left join persons as one on records.anchor = one.anchor
left join person_records as others on decisions.other = others.identifier
left join persons as another on others.anchor = another.anchor
order by decisions.line;

create table warehouse.link_conflicts as
select
    file,
    identifier,
    reason,
    count(*) as records
from link_conflicts
group by all
order by file, identifier, reason;

create table warehouse.registry_changes as
select
    change,
    old_person_id,
    person_id
from registry_changes
order by change, old_person_id, person_id;
