"""The SQL that takes an extract in, made from its contract: one pass that types, judges and loads every row.

Statements only; nothing here is run. Tables of the schema `taken` hold every record of a file in its order, so that
the row in the file is `rowid + 2` (the header is row 1) at no cost; nothing is ever deleted from them. A view of the
contract's name shows the accepted rows.
"""

import re
from dataclasses import dataclass, replace
from datetime import date

from etl import contracts
from etl.contracts import EARLIEST, LONGEST_TEXT, Column, Extract, Rule

ACCEPTED, QUARANTINED, DUPLICATE, BLANK, BROKEN = range(5)
"""States of a record: `BLANK` is a line with nothing on it, `BROKEN` a record that could not be split into fields."""

ROWS_BEFORE = 2
"""What is added to a rowid, counted from 0, to give the row in the file: the header is row 1."""


def text(value: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + value.replace('"', '""') + '"'


def _list(values: list[str] | tuple[str, ...]) -> str:
    return "[" + ", ".join(map(text, values)) + "]"


@dataclass(frozen=True)
class Fields:
    """Where a file's columns stand: for each column of the contract that is there, its place in the header.

    `stray`: values may have characters in or around them that say nothing. `month_first`: columns of dates of which
    some have the month first; `half_converted`: those of which a spreadsheet has converted what it took for dates.
    """

    headers: tuple[str, ...]
    places: dict[str, int]
    stray: bool = False
    month_first: frozenset[str] = frozenset()
    half_converted: frozenset[str] = frozenset()

    def raw(self, column: Column) -> str:
        """Return what was written for a column, as SQL."""
        place = self.places.get(column.name)
        return "cast(null as varchar)" if place is None else f"c{place}"

    def written(self, column: Column) -> str:
        """Return what was written for a column before it was tidied, as SQL."""
        place = self.places.get(column.name)
        return f"o{place}" if place is not None and self.stray else self.raw(column)

    def as_written(self) -> str:
        """Return the list of what was written in a record, as SQL."""
        letter = "o" if self.stray else "c"
        return "[" + ", ".join(f"{letter}{place}" for place in range(len(self.headers))) + "]"


def _looked_up(extract: Extract, column: Column) -> bool:
    """Say whether a column's ids are looked up among ids that were checked when they were taken in."""
    return column.role == "person" and extract.person in ("police/people", "probation/people", "dip/people")


def _folded(spelling: str) -> str:
    """Return a spelling of a code as slow_code folds it: what has letters without case or signs."""
    if not re.search("[A-Za-z]", spelling):
        return spelling
    return re.sub("[ _,.:;/()'’-]", "", spelling.replace("&", "and").lower())


def spellings(column: Column) -> dict[str, str]:
    """Return the code for each spelling that is read in its place, folded: the codes themselves, words, lost zeros."""
    found = {_folded(code): code for code in column.domain}
    for code, words in zip(column.domain, column.said or [()] * len(column.domain), strict=True):
        for word in words:
            if found.setdefault(_folded(word), code) != code:
                raise ValueError(f"Words must mean one code, got: {column.name} {word}")
    for code in column.domain:
        short = code.lstrip("0")
        if code.isdigit() and short and short != code:
            found.setdefault(short, code)
    return found


LONGEST_CHAIN = 10
"""Codes from which on a cast to their type costs less than a comparison with each."""


def _plain(extract: Extract, column: Column, raw: str, extract_date: date) -> str:
    """Return the SQL of a column's value in the forms that nearly every value has; null for any other."""
    if column.kind == "code":
        if column.domain:
            kind = type_of(extract, column)
            if len(column.domain) > LONGEST_CHAIN:
                return f"try_cast({raw} as {kind})"
            # A chain of comparisons: a list after IN becomes a join for each column, at many times the cost.
            return (
                f"case {raw} {' '.join(f'when {text(code)} then {text(code)}::{kind}' for code in column.domain)} end"
            )
        raise ValueError(f"A code must have a list, got: {extract.name} {column.name}")
    if column.kind in ("text", "label"):
        return f"plain_{column.kind}({raw}, {LONGEST_TEXT})"
    if column.kind == "pnc":
        way = "as_pnc_to_look_up" if _looked_up(extract, column) else "as_pnc"
        return f"{way}({raw}, {extract_date.year})"
    if column.kind == "asn":
        return f"as_asn({raw}, {column.name}_head, {column.name}_tail)"
    return f"plain_{column.kind}({raw})" if column.kind in (*SLOW, "offence_code") else f"as_{column.kind}({raw})"


SLOW = ("date", "integer", "number", "yes_no", "code", "ho_class")
"""Kinds of columns with other forms than the plain ones, which are looked for where those are not found."""


def _slow(columns: list[Column], fields: Fields) -> dict[str, str]:
    """Return for each kind of column the SQL of the list of its values that have none of the plain forms.

    Made for rows that have any, and one list for a kind: the plan of a statement that has it once for every column
    takes longer to make than a small file takes to read.
    """
    lists = {}
    for kind in dict.fromkeys(column.kind for column in columns):
        odd = []
        for column in (column for column in columns if column.kind == kind):
            raw = fields.raw(column)
            value = _doubtless(raw, _doubt(column, raw, fields))
            odd.append(f"case when plain_{column.name} is null then {value} end")
        found = f"list_transform([{', '.join(odd)}], lambda raw: slow_{kind}(trim(raw)))"
        if kind == "code":
            found = (
                f"list_transform(list_zip(getvariable('described').codes, [{', '.join(odd)}]),"
                " lambda pair: slow_code(trim(pair[2]), pair[1].codes, pair[1].spellings))"
            )
        any_odd = " or ".join(
            f"({fields.raw(column)} is not null and plain_{column.name} is null)"
            for column in columns
            if column.kind == kind
        )
        lists[kind] = f"case when {any_odd} then {found} end"
    return lists


def _doubt(column: Column, raw: str, fields: Fields) -> str:
    """Return the SQL of a date that cannot be trusted for what else is in its column, or nothing."""
    doubts = []
    if column.name in fields.month_first:
        doubts.append(f"day_or_month({raw})")
    if column.name in fields.half_converted:
        doubts.append(f"converted_date({raw})")
    return " or ".join(doubts)


def _halves(columns: tuple[Column, ...], fields: Fields) -> str:
    """Return, as SQL, the two numbers that an arrest or summons number is checked by: worked out once, used twice."""
    return "".join(
        f", asn_head({fields.raw(column)}) as {column.name}_head, asn_tail({fields.raw(column)}) as {column.name}_tail"
        for column in columns
        if column.kind == "asn"
    )


def type_of(extract: Extract, column: Column) -> str:
    """Return the type in which a column is kept: a code as its place in the list, which costs a third to write."""
    return f"taken.{extract.table}_{column.name}" if column.domain else column.sql_type


def types(extract: Extract) -> list[str]:
    """Return the statements that make the types of an extract's codes."""
    return [
        f"create type {type_of(extract, column)} as enum ({', '.join(map(text, column.domain))})"
        for column in extract.columns
        if column.domain
    ]


def _sound(column: Column, extract_date: date) -> str:
    """Return the SQL of a column once values outside its limits are nulled."""
    value = f"read_{column.name}"
    if column.kind == "date":
        return f"case when {value} between date '{EARLIEST}' and date '{extract_date}' then {value} end"
    limits = [
        f"{value} {sign} {limit}" for sign, limit in ((">=", column.least), ("<=", column.most)) if limit is not None
    ]
    return f"case when {' and '.join(limits)} then {value} end" if limits else value


def _fault(rule: Rule | str, column: str, got: str, severity: str = "row") -> str:
    """Return the SQL of a fault as it is listed; `rule` may be the SQL of a rule's name."""
    named = text(rule.name) if isinstance(rule, Rule) else rule
    return (
        f"{{'rule': {named}, 'column_name': {text(column) if column else 'null'}, 'severity': {text(severity)},"
        f" 'got': left(cast({got} as varchar), 200)}}"
    )


UNREADABLE = {
    "date": contracts.NOT_A_DATE,
    "integer": contracts.NOT_A_NUMBER,
    "number": contracts.NOT_A_NUMBER,
    "yes_no": contracts.NOT_IN_LIST,
    "code": contracts.NOT_IN_LIST,
    "text": contracts.TOO_LONG,
    "label": contracts.TOO_LONG,
    "offence_code": contracts.TOO_LONG,
}


def _judged(column: Column, fields: Fields) -> str:
    """Return the SQL of what there is to know of one column's value by itself: `fault_of` tells its fault."""
    raw, value = fields.raw(column), f"read_{column.name}"
    limits = [
        f"{value} {sign} {limit}" for sign, limit in (("<", column.least), (">", column.most)) if limit is not None
    ]
    known = {
        "raw": raw,
        "got": fields.written(column),
        "unread": f"{value} is null",
        "day": value if column.kind == "date" else "null",
        "outside": " or ".join(limits) or "false",
        "stray": f"trim({fields.written(column)}, ' ') <> {raw}" if fields.stray else "false",
        "other": f"plain_{column.name} is null" if column.kind in SLOW else "false",
        "code": f"cast({value} as varchar)" if column.kind == "code" else "null",
    }
    return "{" + ", ".join(f"'{key}': {query}" for key, query in known.items()) + "}"


def _there(extract: Extract, fields: Fields) -> list[Column]:
    """Return the columns that are in a file."""
    return [column for column in extract.columns if column.name in fields.places]


def _described(column: Column, fields: Fields) -> dict[str, str | bool | None]:
    """Return what `fault_of` is to know of a column: the severity and the rule of each fault that it may have."""
    missing, late = None, contracts.AFTER_EXTRACT_DATE
    unreadable = UNREADABLE.get(column.kind, contracts.FAILING_IDENTIFIER)
    if column.required:
        rules = {"person": contracts.NO_USABLE_IDENTIFIER, "event": contracts.NO_EVENT_DATE}
        missing = f"{column.severity}:{rules.get(column.role, contracts.MISSING_VALUE).name}"
        if column.role == "person":
            unreadable = contracts.NO_USABLE_IDENTIFIER
    level = {"end": "flag", "event": "row"}.get(column.role, "field")
    if column.role == "end":
        late = contracts.PLANNED_END
    return {
        "name": column.name,
        "kind": column.kind,
        "severity": column.severity,
        "missing": missing,
        "unreadable": unreadable.name,
        "late": f"{level}:{late.name}",
        "month_first": column.name in fields.month_first,
        "half_converted": column.name in fields.half_converted,
    }


DESCRIBE = """
set variable described = {
    'columns': $columns::struct(
        name varchar, kind varchar, severity varchar, missing varchar, unreadable varchar, late varchar,
        month_first boolean, half_converted boolean
    )[],
    'codes': $codes::struct(codes varchar[], spellings varchar[])[]
}
"""
"""Makes known what `load` is to know of the columns of a file, as values: lists in a statement take long to parse."""


def described(extract: Extract, fields: Fields) -> dict[str, list]:
    """Return the values of `DESCRIBE` for the columns of a file, without which `load` finds no fault in it."""
    there = _there(extract, fields)
    known = [spellings(column) for column in there if column.kind == "code"]
    return {
        "columns": [_described(column, fields) for column in there],
        "codes": [{"codes": list(codes.values()), "spellings": list(codes)} for codes in known],
    }


NAMES = "set variable column_names = $1::varchar[]"
"""Makes the names of every contract's columns known, by which another table's header is told among the rows."""


def names() -> list[str]:
    """Return the value of `NAMES`: the names of columns, folded."""
    found = {column.name for extract in contracts.EXTRACTS for column in extract.columns}
    return sorted(re.sub("[_-]", "", column) for column in found)


def _faults(extract: Extract, fields: Fields, extract_date: date, across: list[str]) -> str:
    """Return the SQL of the list of a row's faults: of its values, as the contract has them, then across columns."""
    values = [_judged(column, fields) for column in _there(extract, fields)]
    found = (
        f"list_transform(list_zip(getvariable('described').columns, [{', '.join(values)}]), lambda pair:"
        f" {{'rule': fault_of(pair[2], pair[1], date '{EARLIEST}', date '{extract_date}'),"
        " 'column_name': pair[1].name, 'got': pair[2].got})"
    )
    if across:
        found = f"list_concat({found}, [{', '.join(across)}])"
    return (
        f"list_transform(list_filter({found}, lambda fault: fault.rule is not null), lambda fault:"
        " {'rule': split_part(fault.rule, ':', 2), 'column_name': fault.column_name,"
        " 'severity': split_part(fault.rule, ':', 1), 'got': left(fault.got, 200)})"
    )


def _across(rule: Rule, condition: str, got: str) -> str:
    """Return the SQL of a fault across columns, without a rule where there is none."""
    return (
        f"{{'rule': case when {condition} then {text(f'{rule.severity}:{rule.name}')} end,"
        f" 'column_name': {text(rule.column)}, 'got': {got}}}"
    )


def _no_record(fields: Fields) -> str:
    """Return the SQL of why a row is no record: blank, a header again, another table's, or totals; null if it is."""
    cells = ", ".join(f"c{place}" for place in range(len(fields.headers)))
    again = " and ".join(
        f"lower(trim(c{place})) = {text(fields.headers[place].strip().lower())}"
        for place in list(fields.places.values())[:3]
    )
    return f"no_record([{cells}], {again}, getvariable('column_names'))"


def _row_rules(extract: Extract) -> list[Rule]:
    """Return the rules across columns that are judged on the values left after nulling, in order of precedence."""
    found = []
    people = extract.with_role("person")
    if people and not any(column.required for column in people):
        rule = contracts.NO_USABLE_IDENTIFIER
        ids = ", ".join(column.name for column in people)
        found.append(replace(rule, columns=(people[0].name,), fault=f"coalesce({ids}) is null"))
    ends = extract.with_role("end")
    if ends and extract.event_on:
        rule = contracts.ENDS_BEFORE_START
        fault = f"{name(ends[0].name)} < {name(extract.event_on)}"
        found.append(replace(rule, columns=(ends[0].name,), fault=fault))
    return found + [rule for rule in extract.rules if rule.fault and rule.severity != "field" and not rule.by_birth]


def load(extract: Extract, fields: Fields, relation: str, extract_date: date, *, more: bool = False) -> str:
    """Return the statement that fills `taken` with every record of a file: its values, its state and its faults.

    Rows come out as they went in, which `rowid` depends on, because nothing here is a join: who a row is of is looked
    up afterwards. `relation` gives columns c0, c1 … of text in the order of the file. Only a row with a fault has a
    list of faults, and only one that is quarantined keeps what was written: nothing is made for the others. A value
    that is in a plain form is looked at no further. `more`: the records are of a further part of the same file.
    """
    columns = extract.columns
    there = _there(extract, fields)
    raws = {column.name: fields.raw(column) for column in columns}
    field_rules = [rule for rule in extract.rules if rule.fault and rule.severity == "field"]
    row_rules = _row_rules(extract)

    tidy = ""
    if fields.stray:
        ways = {
            place: "tidy_text" if extract.column(column).kind == "text" else "tidy_value"
            for column, place in fields.places.items()
        }
        tidy = ", ".join(
            f"c{place} as o{place}, {ways[place]}(c{place}) as c{place}"
            if place in ways
            else f"c{place} as o{place}, c{place}"
            for place in range(len(fields.headers))
        )
        relation = f"select {tidy} from ({relation})"
    slow = [column for column in there if column.kind in SLOW]
    plain = ", ".join(
        f"{_doubtless(_plain(extract, column, raw, extract_date), _doubt(column, raw, fields))}"
        f" as {'plain' if column in slow else 'read'}_{column.name}"
        for column in columns
        for raw in [raws[column.name]]
    )
    lists = _slow(slow, fields)
    found = "".join(f", {query} as slow_{kind}s" for kind, query in lists.items())
    read = "".join(
        f", case when slow_{kind}s is null then plain_{column.name} else coalesce(plain_{column.name},"
        f" {_cast(extract, column, f'slow_{kind}s[{place}]')}) end as read_{column.name}"
        for kind in lists
        for place, column in enumerate((column for column in slow if column.kind == kind), start=1)
    )
    sound = ", ".join(f"{_sound(column, extract_date)} as {name(column.name)}" for column in columns)
    nulled = ", ".join(
        f"case when in_order then false else coalesce({rule.fault}, false) end as nulls_{rule.column}"
        for rule in field_rules
    )
    ordered = ", ".join(
        f"case when not nulls_{rule.column} then {name(rule.column)} end as {name(rule.column)}" for rule in field_rules
    )

    suspects = [
        f"{name(column.name)} is null"
        if column.required
        else f"({raws[column.name]} is not null and {name(column.name)} is null)"
        for column in columns
        if column.required or column.name in fields.places
    ]
    suspects += [f"slow_{kind}s is not null" for kind in lists]
    if fields.stray:
        suspects += [f"trim({fields.written(column)}, ' ') <> {fields.raw(column)}" for column in there]
    across = []
    for rule in row_rules:
        suspects.append(f"coalesce({rule.fault}, false)")
        across.append(_across(rule, rule.fault, fields.written(extract.column(rule.column))))
    for rule in field_rules:
        got = fields.written(extract.column(rule.column))
        across.append(_across(rule, f"nulls_{rule.column}", got))

    values = ", ".join(name(column.name) for column in columns)
    ordered_step = (
        f", placed as (select *, ({extract.in_order}) as in_order from sound),"
        f" weighed as (select *, {nulled} from placed), ordered as (select * replace ({ordered}) from weighed)"
        if field_rules
        else ""
    )
    judged_from = "ordered" if field_rules else "sound"
    target = f"insert into taken.{extract.table}" if more else f"create table taken.{extract.table} as"
    return f"""
    {target}
    with written as (select *{_halves(columns, fields)} from ({relation})),
    parsed as (select *, {plain} from written),
    looked as (select *{found} from parsed),
    known as (select *{read} from looked),
    sound as (select *, {sound} from known)
    {ordered_step},
    suspected as (select *, {" or ".join(suspects)} as suspect from {judged_from}),
    looked_over as (select *, case when suspect then {_no_record(fields)} end as no_record from suspected),
    judged as (
        select *,
            case when no_record is not null then [{_fault("no_record", "", "null", "row")}]
                when suspect then {_faults(extract, fields, extract_date, across)} end as faults
        from looked_over
    ),
    stated as (
        select *,
            cast(case when faults is null then {ACCEPTED}
                when no_record = 'blank' then {BLANK}
                when list_contains(list_transform(faults, lambda fault: fault.severity), 'row') then {QUARANTINED}
                else {ACCEPTED} end as tinyint) as state
        from judged
    )
    select {values}, state,
        case when faults is not null then case when len(faults) > 0 and state <> {BLANK} then faults end end as faults,
        case when state = {QUARANTINED} then map({_list(fields.headers)}, {fields.as_written()}) end as written
    from stated
    """


def _cast(extract: Extract, column: Column, value: str) -> str:
    """Return the SQL of a value in the type of its column."""
    return f"cast({value} as {type_of(extract, column)})" if column.domain else value


def _doubtless(value: str, doubt: str) -> str:
    """Return the SQL of a value that is null where there is a doubt."""
    return f"case when not coalesce({doubt}, false) then {value} end" if doubt else value


FAULTS_TYPE = "struct(rule varchar, column_name varchar, severity varchar, got varchar)[]"


def empty(extract: Extract) -> str:
    """Return the statement that makes the table of an optional extract that was not sent."""
    columns = ", ".join(f"{name(column.name)} {type_of(extract, column)}" for column in extract.columns)
    return (
        f"create table taken.{extract.table}"
        f" ({columns}, state tinyint, faults {FAULTS_TYPE}, written map(varchar, varchar))"
    )


def view(extract: Extract) -> str:
    """Return the statement that shows the accepted rows of an extract under its own name."""
    columns = ", ".join(
        f"cast({name(column.name)} as varchar) as {name(column.name)}" if column.domain else name(column.name)
        for column in extract.columns
    )
    return (
        f"create view {extract.table} as select {columns}, rowid + {ROWS_BEFORE} as source_row"
        f" from taken.{extract.table} where state = {ACCEPTED}"
    )


def _key_is_whole(extract: Extract) -> str:
    if extract.key_may_be_null:
        return "true"
    return " and ".join(f"{name(column)} is not null" for column in extract.key)


def twins(extract: Extract) -> str:
    """Return the statement that sets apart the accepted rows that share a key, or all their values, with another.

    Hashes find the few candidates; the values themselves decide, so that no two rows are confused by a hash.
    """
    key = ", ".join(name(column) for column in extract.key)
    every = ", ".join(name(column.name) for column in extract.columns)
    whole = _key_is_whole(extract)
    marked = ", ".join(map(name, extract.mark or extract.key))
    present = " and ".join(f"{name(column)} is not null" for column in extract.mark or extract.key)
    # Of rows that lack a part of the key, those alike in every column are looked for.
    hashed = f"hash({marked})"
    if not extract.key_may_be_null:
        hashed = f"case when {present} then hash({marked}) else hash({every}) end"
    filled = " + ".join(f"cast({name(column.name)} is not null as integer)" for column in extract.columns)
    best = ", ".join(
        [f"{name(column)} desc nulls last" for column in extract.later]
        + ["filled desc"]
        + [f"{name(column.name)} desc nulls last" for column in extract.columns]
    )
    return f"""
    create or replace temp table twins as
    with shared as (
        select {hashed} as mark from taken.{extract.table} where state = {ACCEPTED} group by mark having count(*) > 1
    ),
    candidates as (
        select rowid as record, {whole} as has_key, {filled} as filled, {every}
        from taken.{extract.table}
        where state = {ACCEPTED} and {hashed} in (select mark from shared)
    ),
    numbered as (
        select *, row_number() over (partition by {every} order by record) as copy from candidates
    )
    select record, copy,
        case when copy = 1 and has_key
            then row_number() over (partition by {key}, copy = 1, has_key order by {best}) end as place,
        case when copy = 1 and has_key
            then first_value(record) over (partition by {key}, copy = 1, has_key order by {best}) end as kept
    from numbered
    """


def drop_duplicates(extract: Extract) -> list[str]:
    """Return the statements that drop what `twins` found: exact duplicates, then near duplicates, both rows listed."""
    file = text(extract.name)
    later = text(extract.later[0] if extract.later else extract.key[0])
    return [
        f"""
        update taken.{extract.table} set state = {DUPLICATE}
        where rowid in (select record from twins where copy > 1)
        """,
        f"""
        insert into set_aside
        select {file}, record, {text(contracts.NEAR_DUPLICATE.name)}, {later},
            'row ' || (kept + {ROWS_BEFORE}) || ' is kept', []
        from twins where place > 1
        """,
        f"""
        insert into flagged
        select {file}, kept + {ROWS_BEFORE}, {later}, {text(contracts.NEAR_DUPLICATE_KEPT.name)},
            'row ' || (record + {ROWS_BEFORE}) || ' is quarantined'
        from twins where place > 1
        """,
    ]


def overlapping(extract: Extract) -> str:
    """Return the query for the spans of each scheme and person of which some overlap, in the order they are judged."""
    return f"""
    with spans as (
        select rowid as record, scheme_id, pnc_id, adopted_on, coalesce(exited_on, date 'infinity') as left_on, strand,
            exited_on
        from taken.{extract.table}
        where state = {ACCEPTED} and adopted_on < coalesce(exited_on, date 'infinity')
    ),
    seen as (
        select *, max(left_on) over (
            partition by scheme_id, pnc_id order by adopted_on, left_on desc, strand
            rows between unbounded preceding and 1 preceding
        ) as left_before
        from spans
    ),
    troubled as (select distinct scheme_id, pnc_id from seen where left_before > adopted_on)
    select spans.record, spans.scheme_id, spans.pnc_id, spans.adopted_on, spans.exited_on
    from spans inner join troubled using (scheme_id, pnc_id)
    order by spans.scheme_id, spans.pnc_id, spans.adopted_on, spans.left_on desc, spans.strand
    """


def _written_again(extract: Extract, fields: Fields) -> str:
    """Return the SQL of what was written in an accepted row: its values, and what was got where one was nulled.

    The text itself was not kept, since nearly every row is accepted: dates come back as 2009-04-01 and identifiers in
    their canonical form, which is as good to mend and to send again.
    """
    by_place = {place: column for column, place in fields.places.items()}
    values = []
    for place in range(len(fields.headers)):
        if place not in by_place:
            values.append("cast(null as varchar)")
            continue
        column = extract.column(by_place[place])
        value = (
            f"case {name(column.name)} when true then 'Y' when false then 'N' end"
            if column.kind == "yes_no"
            else f"cast({name(column.name)} as varchar)"
        )
        got = f"list_filter(faults, lambda fault: fault.column_name = {text(column.name)})[1].got"
        values.append(f"coalesce({value}, {got})")
    return f"map({_list(fields.headers)}, [{', '.join(values)}])"


def look_up(extract: Extract, extract_date: date) -> str | None:
    """Return the statement that sets aside the rows of people or schemes that nobody sent, or out of their lifetime.

    None when a row of the extract is of nobody in particular. An identifier that is found was checked when its people
    file was taken in; of one that is not, the check letter tells a stranger from a slip.
    """
    joins, suspects, faults = [], [], []
    if extract.person == "anybody":
        ways = (("crn", "known_crn"), ("noms_number", "known_noms"), ("pnc_id", "known_pnc"))
        joins += [f"left join {table} as by_{key} on by_{key}.id = rows.{key}" for key, table in ways]
        nobody = " and ".join(f"by_{key}.id is null" for key, _ in ways)
        births = [f"coalesce({', '.join(f'by_{key}.{day}' for key, _ in ways)})" for day in ("born_on", "ten_on")]
        suspects.append(nobody)
        unknown = _fault(contracts.UNKNOWN_PERSON, ways[0][0], f"coalesce({', '.join(k for k, _ in ways)})")
        faults.append(f"case when {nobody} then {unknown} end")
    elif extract.person:
        column = extract.with_role("person")[0]
        table = {"police/people": "known_police", "probation/people": "known_crn", "dip/people": "known_dip"}
        joins.append(f"left join {table[extract.person]} as known on known.id = rows.{column.name}")
        births = ["known.born_on", "known.ten_on"]
        suspects.append("known.id is null")
        unknown, nobody = (
            _fault(rule, column.name, column.name)
            for rule in (contracts.UNKNOWN_PERSON, contracts.NO_USABLE_IDENTIFIER)
        )
        checked = f"pnc_checked({column.name}, {extract_date.year})" if column.kind == "pnc" else "true"
        faults.append(f"case when known.id is not null then null when {checked} then {unknown} else {nobody} end")
    if any(column.name == "scheme_id" for column in extract.columns) and extract.name != "reference/schemes":
        joins.append("left join known_schemes as scheme on scheme.id = rows.scheme_id")
        missing = "scheme_id is not null and scheme.id is null"
        suspects.append(missing)
        unknown = _fault(contracts.UNKNOWN_SCHEME, "scheme_id", "scheme_id")
        faults.append(f"case when {missing} then {unknown} end")
    if extract.person and extract.event_on:
        rule = contracts.EVENT_BEFORE_BIRTH
        before = replace(rule, columns=(extract.event_on,), fault=f"{name(extract.event_on)} < born_on")
        for rule in (before, *(rule for rule in extract.rules if rule.by_birth)):
            fault = rule.fault.replace("born_on", births[0]).replace("ten_on", births[1])
            suspects.append(fault)
            faults.append(f"case when {fault} then {_fault(rule, rule.column, name(rule.column))} end")
    if not joins:
        return None
    return f"""
    insert into set_aside
    select {text(extract.name)}, record, reasons[1].rule, reasons[1].column_name, reasons[1].got,
        list_transform(reasons[2:], lambda fault: fault.rule)
    from (
        select rows.rowid as record, list_filter([{", ".join(faults)}], lambda fault: fault is not null) as reasons
        from taken.{extract.table} as rows {" ".join(joins)}
        where rows.state = {ACCEPTED} and ({" or ".join(suspects)})
    )
    """


def set_aside(extract: Extract, fields: Fields) -> list[str]:
    """Return the statements that quarantine the accepted rows in `set_aside`, faults that show only across rows."""
    file = text(extract.name)
    return [
        f"""
        insert into quarantine
        select aside.file, aside.record + {ROWS_BEFORE}, aside.rule, aside.column_name, aside.got,
            aside.also,
            {_written_again(extract, fields)}
        from set_aside as aside inner join taken.{extract.table} as rows on rows.rowid = aside.record
        where aside.file = {file}
        """,
        f"""
        update taken.{extract.table} set state = {BROKEN}
        where rowid in (select record from set_aside where file = {file})
        """,
    ]


def quarantine(extract: Extract) -> str:
    """Return the statement that lists the rows quarantined by their own faults, the first fault first."""
    return f"""
    insert into quarantine
    select {text(extract.name)}, record + {ROWS_BEFORE}, reasons[1].rule, reasons[1].column_name, reasons[1].got,
        list_transform(reasons[2:], lambda fault: fault.rule), written
    from (
        select rowid as record, written, list_filter(faults, lambda fault: fault.severity = 'row') as reasons
        from taken.{extract.table} where state = {QUARANTINED}
    )
    """


def listed(extract: Extract, severity: str, table: str) -> str:
    """Return the statement that lists the faults of accepted rows that are of one severity."""
    return f"""
    insert into {table}
    select {text(extract.name)}, record + {ROWS_BEFORE}, fault.column_name, fault.rule, fault.got
    from (
        select rowid as record, unnest(faults) as fault from taken.{extract.table}
        where state = {ACCEPTED} and faults is not null
    )
    where fault.severity = {text(severity)}
    """


def counts(extract: Extract) -> str:
    """Return the query for how many records of a file are in each state, and how many of those have a fault."""
    return f"select state, count(*), count(faults) from taken.{extract.table} group by state order by state"


def found_by(extract: Extract, rules: tuple[Rule, ...]) -> str:
    """Return the query for those of the rules that found a fault, in which column, and in which record first."""
    named = ", ".join(text(rule.name) for rule in rules)
    return f"""
    select fault.rule, fault.column_name, min(record)
    from (select rowid as record, unnest(faults) as fault from taken.{extract.table} where faults is not null)
    where fault.rule in ({named})
    group by all order by all
    """


def ways_of_dates(relation: str, raw: str) -> str:
    """Return the query for how many dates of a column can only have the day first, and only the month first."""
    return (
        f"select count(*) filter (day_first_date({raw})), count(*) filter (month_first_date({raw}))"
        f" from ({relation}) where {raw} is not null"
    )


def ways_of_conversion(relation: str, raws: list[str]) -> str:
    """Return the query for, of each column of dates by its place from 1, how many are text up to the 12th and after it,
    and how many are not text, up to the 12th and after it.
    """
    return f"""
    select
        place, count(*) filter (not converted and day <= 12), count(*) filter (not converted and day > 12),
        count(*) filter (converted and day <= 12), count(*) filter (converted and day > 12)
    from (
        select place, converted_date(raw) as converted, day(as_date(raw)) as day
        from (
            select unnest([{", ".join(raws)}]) as raw, unnest(range(1, {len(raws) + 1})) as place from ({relation})
        )
        where raw is not null
    )
    group by place
    """


def tail(extract: Extract, first: int) -> str:
    """Return the query for the records from one on, the last first: state, rules broken, what was written."""
    return f"""
    select rowid, state, list_transform(faults, lambda fault: fault.rule), map_values(written)
    from taken.{extract.table} where rowid >= {first} order by rowid desc
    """


def mark(extract: Extract, state: int) -> str:
    """Return the statement that gives the records in `marked` a state."""
    return f"update taken.{extract.table} set state = {state} where rowid in (select record from marked)"


def earliest(extract: Extract) -> str:
    """Return the query for the first event of an extract."""
    return f"select min({name(extract.event_on or '')}) from {extract.table}"


# ── The lists beside the extracts ───────────────────────────────────────────────────────────────

ADD_BROKEN = "insert into quarantine values (?, ?, ?, null, ?, [], map(?, ?))"
ADD_SET_ASIDE = "insert into set_aside values (?, ?, ?, ?, ?, [])"
ADD_MARKED = "insert into marked values (?)"
ADD_COUNT = "insert into file_counts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
ADD_PART = "insert into source_parts values (?, ?, ?)"
ADD_COLUMNS = "insert into source_columns select ?, unnest(?::integer[]), unnest(?::varchar[]), unnest(?::varchar[])"
ANY_SET_ASIDE = "select count(*) from set_aside"
ANY_TWINS = "select count(*) from twins where copy > 1 or place > 1"
ADD_COVERAGE = "insert into coverage values (?, ?, ?, ?)"
CLEAR_SET_ASIDE = "delete from set_aside"
CLEAR_MARKED = "delete from marked"
QUARANTINED_OF = "select count(*) from quarantine where file = ?"
QUARANTINED_FILES = "select distinct file from quarantine order by file"
HEADERS_OF = "select header from source_columns where file = ? order by position"
QUARANTINE_OF = (
    "select source_row, rule, array_to_string(also, ' '), column_name, got, raw from quarantine"
    " where file = ? order by source_row, rule"
)
SETTINGS = (
    "select current_setting('preserve_insertion_order'), current_setting('disabled_optimizers'),"
    " current_setting('force_compression')"
)
DATABASE = "select path from duckdb_databases() where database_name = current_database()"


def drop(extract: Extract) -> str:
    """Return the statement that forgets what was loaded of a file, before it is loaded again."""
    return f"drop table if exists taken.{extract.table}"


# ── Files ───────────────────────────────────────────────────────────────────────────────────────


def rearranged(query: str, places: list[int | None]) -> str:
    """Return the query for a part of a file with its columns in the order of the first part; None: it lacks one."""
    columns = ", ".join(
        f"cast(null as varchar) as c{place}" if there is None else f"c{there} as c{place}"
        for place, there in enumerate(places)
    )
    return f"select {columns} from ({query})"


def csv_query(path: str, width: int, delimiter: str, longest_line: int) -> str:
    """Return the query for the records of a text file in UTF-8, as columns c0, c1 … of text."""
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    return (
        f"select * from read_csv({text(path)}, auto_detect = false, header = true, delim = {text(delimiter)},"
        f" quote = '\"', escape = '\"', columns = {{{columns}}}, nullstr = ['', 'NULL', 'N/A', '-'],"
        f" max_line_size = {longest_line})"
    )


def parquet_columns(path: str) -> str:
    """Return the query for the names and types of a Parquet file's columns."""
    return f"describe select * from read_parquet({text(path)})"


def parquet_query(path: str, columns: list[tuple[str, str]]) -> str:
    """Return the query for the records of a Parquet file, whose typed values become text again to be judged alike."""
    shown = []
    for place, (header, kind) in enumerate(columns):
        value = name(header)
        if kind == "BOOLEAN":
            value = f"case {value} when true then 'Y' when false then 'N' end"
        elif kind in ("FLOAT", "DOUBLE") or kind.startswith("DECIMAL"):
            value = (
                f"case when {value} = floor({value}) and abs({value}) < 1e15"
                f" then cast(cast({value} as bigint) as varchar) else cast({value} as varchar) end"
            )
        elif kind == "BLOB":
            value = f"try(decode({value}))"
        else:
            value = f"cast({value} as varchar)"
        shown.append(f"nullif({value}, '') as c{place}")
    return f"select {', '.join(shown)} from read_parquet({text(path)})"


WORKBOOK_QUERY = "select * from workbook"
