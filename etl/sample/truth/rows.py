"""From units to rows: counts that add up chunk by chunk, so that no world is ever held whole."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import polars as pl

from etl.sample.dates import OPEN, iso, month_label, period_label
from etl.sample.people import SELF_DEFINED
from etl.sample.truth import justice, reoffending, schemes, timeline
from etl.sample.world import FORCE_CODES, Schemes

LOW_BASE = 30
PERSON = (
    "sex", "age_band", "ethnicity", "ethnicity_self_defined", "statutory", "in_dip", "place", "previous_offences",
)  # fmt: skip
WHERE = ("scheme", "area", "force", "strand")
REOFFENDING = ("ppo", *WHERE, *PERSON, "offence_group", "index_event", "month")
SHARES = (*PERSON, "offence_group", "index_event", "month")
JUSTICE = ("ppo", *WHERE, *PERSON, "offence_group", "court_type", "month", "adoption")
CASELOAD = (*WHERE, *PERSON)
CUSTODY = (*WHERE, *(name for name in PERSON if name != "place"))
PROFILE_ROWS = (
    "total", "male", "female", "sex_not_known", "non_statutory", "statutory", "statutory_not_known", "also_in_dip",
    "in_community", "in_custody", "elsewhere", "place_not_known", "average_age", "median_age",
)  # fmt: skip
PROFILE_COLUMNS = ("young_people", "adults", "all")

_SELF_DEFINED = tuple(code or "not_known" for code in SELF_DEFINED.tolist())
_LABELS: dict[str, tuple[str, ...]] = {
    "sex": timeline.SEXES,
    "age_band": timeline.AGE_BANDS,
    "ethnicity": timeline.ETHNICITIES,
    "ethnicity_self_defined": _SELF_DEFINED,
    "statutory": timeline.YES_NO,
    "in_dip": timeline.YES_NO,
    "ppo": timeline.YES_NO,
    "place": timeline.PLACES,
    "previous_offences": timeline.PREVIOUS,
    "offence_group": reoffending.GROUPS,
    "index_event": reoffending.INDEX_EVENTS,
    "court_type": justice.COURT_TYPES,
    "adoption": justice.ADOPTIONS,
    "strand": schemes.STRANDS,
}


class Labels:
    """The words for what the units hold as numbers."""

    def __init__(self, world: Schemes) -> None:
        self.world = world
        areas = sorted(set(world.area.tolist()))
        self.areas = areas
        self.area_of = np.array([areas.index(a) for a in world.area.tolist()])

    def located(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the frame with the area and force of each unit's scheme, as numbers."""
        scheme = frame["scheme"].to_numpy()
        on_one = scheme >= 0
        area = np.where(on_one, self.area_of[scheme], scheme)
        force = np.where(on_one, self.world.force[scheme], scheme)
        return frame.with_columns(pl.Series("area", area), pl.Series("force", force))

    def of(self, name: str, value: int | str) -> str:
        """Return the label of one value of one breakdown."""
        if isinstance(value, str):
            return value
        if name == "month":
            return month_label(value)
        if name in _LABELS:
            return _LABELS[name][value]
        if value == schemes.NO_SCHEME:
            return "none"
        if value == schemes.SCHEME_NOT_KNOWN:
            return "not_known"
        words: dict[str, Any] = {"scheme": self.world.scheme_id, "area": self.areas, "force": FORCE_CODES}
        return str(words[name][value])

    def words(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the frame with every breakdown in words, dates as dates and periods as labels."""
        out = []
        for name in frame.columns:
            if frame.schema[name] == pl.String:
                continue
            if name in _LABELS or name in ("month", "scheme", "area", "force", "period"):
                values = frame[name].unique().to_list()
                words = {v: period_label(v) if name == "period" else self.of(name, v) for v in values}
                # Nothing to replace would leave a column of numbers.
                replaced = pl.col(name).replace_strict(words, return_dtype=pl.String) if words else pl.lit("")
                out.append(replaced.alias(name))
            elif name in ("date", "open_from", "open_to"):
                out.append(pl.when(pl.col(name) < OPEN).then(pl.col(name)).cast(pl.Int32).cast(pl.Date).alias(name))
        return frame.with_columns(out)


Key = tuple[Any, ...]


class Fold:
    """Counts by group that are added up as they come, so that they never take more room than the groups do."""

    EVERY = 8

    def __init__(self, names: list[str], counts: list[str]) -> None:
        self.names = names
        self.counts = counts
        self._parts: list[pl.DataFrame] = []

    def add(self, part: pl.DataFrame) -> None:
        """Take in the counts of one chunk."""
        self._parts.append(part.select(*self.names, *self.counts))
        if len(self._parts) > self.EVERY:
            self._parts = [self._sum()]

    def _sum(self) -> pl.DataFrame:
        return pl.concat(self._parts).group_by(self.names).agg(pl.col(name).sum() for name in self.counts)

    def total(self) -> pl.DataFrame:
        """Return the sums, in the order of the groups."""
        return self._sum().sort(self.names) if self._parts else pl.DataFrame()


class Sums:
    """Sums over groups of units: of one breakdown at a time, and of none."""

    def __init__(self, breakdowns: Iterable[tuple[str, ...]], when: str, columns: dict[str, pl.Expr]) -> None:
        self.breakdowns = list(breakdowns)
        self.when = when
        self.columns = columns
        self._folds = {by: Fold([when, *by], list(columns)) for by in self.breakdowns}

    def add(self, frame: pl.DataFrame, extra: Callable[[tuple[str, ...]], pl.Expr] | None = None) -> None:
        """Take in the units of one chunk. `extra` may leave some out, by breakdown."""
        for by in self.breakdowns:
            chosen = frame.filter(extra(by)) if extra else frame
            grouped = chosen.group_by([self.when, *by]).agg(*(e.alias(n) for n, e in self.columns.items()))
            self._folds[by].add(grouped)

    def groups(self) -> Iterable[tuple[tuple[str, ...], Key, dict[str, int]]]:
        """Give each breakdown, the group (when, then labels as numbers), and its sums, in order."""
        for by in self.breakdowns:
            names = [self.when, *by]
            for row in self._folds[by].total().iter_rows(named=True):
                yield by, tuple(row[n] for n in names), {n: row[n] for n in self.columns}


def singles(names: Iterable[str], *pairs: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return no breakdown, each by itself, and the pairs."""
    return [(), *((name,) for name in names), *pairs]


def quantile(values: list[int], counts: list[int], share: float) -> float:
    """Return the value at a share of the way through sorted values with counts, between two where it falls there."""
    total = sum(counts)
    place = (total - 1) * share
    low = int(np.floor(place))
    high = int(np.ceil(place))
    cumulative = np.cumsum(counts)
    below = values[int(np.searchsorted(cumulative, low, side="right"))]
    above = values[int(np.searchsorted(cumulative, high, side="right"))]
    return below + (above - below) * (place - low)


def quantiles(values: list[int], counts: list[int], n: int) -> dict[str, Any]:
    """Return the row of some days: sorted values with how many units had each, and how many people they are of."""
    number, days = sum(counts), sum(v * c for v, c in zip(values, counts, strict=True))
    median = quantile(values, counts, 0.5)
    return {
        "numerator": days, "denominator": number, "value": median, "n": n, "mean": days / number, "median": median,
        "q1": quantile(values, counts, 0.25), "q3": quantile(values, counts, 0.75),
        "p90": quantile(values, counts, 0.9),
    }  # fmt: skip


def curve(part: pl.DataFrame, n: int) -> Iterator[dict[str, Any]]:
    """Give the rows of one curve, a month at a time, from how many left in each month and whether by the event.

    Who has the event in month 0, on the very day, is never at risk in a month that is shown.
    """
    last = int(part["exit_month"].max())  # type: ignore[arg-type]
    events = np.zeros(last + 2, dtype="int64")
    gone = np.zeros(last + 2, dtype="int64")
    for counted, month, number in part.select("counted", "exit_month", "len").iter_rows():
        (events if counted else gone)[month] += number
    units = int(part["len"].sum())
    at_risk, so_far, survival = units, 0, 1.0
    for month in range(last + 1):
        if at_risk <= 0:
            break
        survival *= 1 - int(events[month]) / at_risk
        so_far += int(events[month])
        if month:
            value = None if n < LOW_BASE else 1 - survival
            yield {"months": month, "numerator": so_far, "denominator": units, "value": value, "n": n,
                   "at_risk": at_risk}  # fmt: skip
        at_risk -= int(events[month]) + int(gone[month])


class Rows:
    """The rows of every measure, gathered chunk by chunk."""

    def __init__(self, labels: Labels, kept: dict[str, set[int]]) -> None:
        self.labels = labels
        self.kept = kept
        one = pl.len().cast(pl.Int64)
        ppo = pl.col("ppo") == schemes.PPO_YES
        self._reoffending = Sums(
            singles(REOFFENDING, ("ppo", "index_event")), "period",
            {
                "offenders": one, "reoffended": pl.col("reoffended").sum(), "reoffences": pl.col("reoffences").sum(),
                "ppo_offenders": ppo.sum().cast(pl.Int64), "ppo_reoffences": pl.col("reoffences").filter(ppo).sum(),
            },
        )  # fmt: skip
        self._curve = {
            by: Fold(["period", *by, "exit_month", "counted"], ["len"])
            for by in singles(REOFFENDING, ("ppo", "index_event"))
        }
        self._days = {
            name: {by: Fold(["period", *by, name], ["len"]) for by in singles(JUSTICE, ("ppo", "court_type"))}
            for name in justice.INTERVALS
        }
        self._days_people = {
            name: Sums(
                singles(JUSTICE, ("ppo", "court_type")), "period", {"n": pl.col("person").n_unique().cast(pl.Int64)}
            )
            for name in justice.INTERVALS
        }
        self._caseload = Sums(singles(CASELOAD), "date", {"people": pl.col("person").n_unique().cast(pl.Int64)})
        placed = pl.col("person").filter(pl.col("denominator") > 0).n_unique().cast(pl.Int64)
        rate = {"numerator": pl.col("numerator").sum(), "denominator": pl.col("denominator").sum(), "n": placed}
        self._custody = Sums(singles(CUSTODY), "date", rate)
        self._custody_days = Sums(singles(CUSTODY), "period", rate)
        self._profile: list[pl.DataFrame] = []

    def add(self, entries: pl.DataFrame, occasions: pl.DataFrame, month_ends: pl.DataFrame, days: pl.DataFrame) -> None:
        """Take in the units of one chunk."""
        self._reoffending.add(entries)
        followed = entries.filter("followed")
        for by, fold in self._curve.items():
            fold.add(followed.group_by(["period", *by, "counted", "exit_month"]).agg(pl.len().cast(pl.Int64)))
        for name in justice.INTERVALS:
            known = occasions.filter(pl.col(name).is_not_null())
            self._days_people[name].add(known)
            for by, fold in self._days[name].items():
                fold.add(known.group_by(["period", *by, name]).agg(pl.len().cast(pl.Int64)))

        def once(by: tuple[str, ...]) -> pl.Expr:
            return pl.lit(True) if "scheme" in by else pl.col("main")

        quarterly = month_ends.filter(pl.col("date").cast(pl.Int32).cast(pl.Date).dt.month() % 3 == 0)
        self._caseload.add(quarterly, once)
        self._custody.add(quarterly, once)
        self._custody_days.add(days, once)
        self._profile.append(quarterly.select("date", "scheme", "main", "age", "sex", "statutory", "in_dip", "place"))

    def measures(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of every measure."""
        out: dict[str, list[dict[str, Any]]] = {}
        out |= self._reoffending_rows()
        out["time_to_first_reoffence"] = self._curve_rows()
        out |= {name: self._days_rows(name) for name in justice.INTERVALS}
        out["caseload"] = [
            {**self._named(by, group), "as_at": iso(group[0]), "numerator": s["people"], "denominator": None,
             "value": float(s["people"]), "n": s["people"]}
            for by, group, s in self._caseload.groups()
        ]  # fmt: skip
        out["scheme_profile"] = self._profile_rows()
        for name, sums, when in (
            ("custody_share", self._custody, "as_at"), ("custody_days_share", self._custody_days, "period"),
        ):  # fmt: skip
            out[name] = []
            for by, group, s in sums.groups():
                if s["n"] or not by:
                    label = iso(group[0]) if when == "as_at" else period_label(group[0])
                    out[name].append(
                        {**self._named(by, group), when: label, **_rate(s["numerator"], s["denominator"], s["n"])}
                    )
        return out

    def _named(self, by: tuple[str, ...], group: Key) -> dict[str, str]:
        return {name: self.labels.of(name, value) for name, value in zip(by, group[1:], strict=True)}

    def _reoffending_rows(self) -> dict[str, list[dict[str, Any]]]:
        out: dict[str, list[dict[str, Any]]] = {
            name: []
            for name in (
                "reoffending_rate", "reoffences_per_reoffender", "reoffences_per_offender", "share_of_offenders",
                "share_of_reoffences",
            )
        }  # fmt: skip
        for by, group, s in self._reoffending.groups():
            if group[0] not in self.kept["reoffending"]:
                continue
            head = {**self._named(by, group), "period": period_label(group[0])}
            people, again, times = s["offenders"], s["reoffended"], s["reoffences"]
            out["reoffending_rate"].append({**head, **_rate(again, people, people)})
            out["reoffences_per_offender"].append({**head, **_rate(times, people, people)})
            if again or not by:
                out["reoffences_per_reoffender"].append({**head, **_rate(times, again, again)})
            if by == () or (len(by) == 1 and by[0] in SHARES):
                out["share_of_offenders"].append({**head, **_rate(s["ppo_offenders"], people, people)})
                if again or not by:
                    out["share_of_reoffences"].append({**head, **_rate(s["ppo_reoffences"], times, again)})
        return out

    def _curve_rows(self) -> list[dict[str, Any]]:
        out = []
        for by, fold in self._curve.items():
            names = ["period", *by]
            shown = fold.total().filter(pl.col("period").is_in(self.kept["curve"]))
            for group, part in shown.group_by(names, maintain_order=True):
                head = {**self._named(by, group), "period": period_label(int(group[0]))}  # type: ignore[call-overload]
                out += [{**head, **row} for row in curve(part, int(part["len"].sum()))]
        return out

    def _days_rows(self, measure: str) -> list[dict[str, Any]]:
        people = {(by, group): s["n"] for by, group, s in self._days_people[measure].groups()}
        out = []
        for by, fold in self._days[measure].items():
            names = ["period", *by]
            for group, part in fold.total().group_by(names, maintain_order=True):
                out.append({
                    **self._named(by, group), "period": period_label(int(group[0])),  # type: ignore[call-overload]
                    **quantiles(part[measure].to_list(), part["len"].to_list(), people[(by, tuple(group))]),
                })  # fmt: skip
        return out

    def _profile_rows(self) -> list[dict[str, Any]]:
        people = pl.concat(self._profile)
        out = _profile(people.filter("main"), [])
        named = _profile(people, ["scheme"])
        return out + [{"scheme": self.labels.of("scheme", row.pop("scheme")), **row} for row in named]


def _rate(numerator: int, denominator: int, n: int) -> dict[str, Any]:
    value = None if n < LOW_BASE or not denominator else numerator / denominator
    return {"numerator": numerator, "denominator": denominator, "value": value, "n": n}


_TESTS = {
    "total": pl.col("age").is_not_null(),
    "male": pl.col("sex") == 0,
    "female": pl.col("sex") == 1,
    "sex_not_known": pl.col("sex") == 2,
    "non_statutory": pl.col("statutory") == timeline.NO,
    "statutory": pl.col("statutory") == timeline.YES,
    "statutory_not_known": pl.col("statutory") == timeline.NOT_KNOWN,
    "also_in_dip": pl.col("in_dip") == timeline.YES,
    "in_community": pl.col("place") == timeline.IN_COMMUNITY,
    "in_custody": pl.col("place") == timeline.IN_CUSTODY,
    "elsewhere": pl.col("place") == timeline.ELSEWHERE,
    "place_not_known": pl.col("place") == timeline.PLACE_NOT_KNOWN,
}


def _profile(people: pl.DataFrame, by: list[str]) -> list[dict[str, Any]]:
    """Return the scheme profile at every date: every row and column of the layout."""
    columns = {"young_people": pl.col("age") < 18, "adults": pl.col("age") >= 18, "all": pl.col("age").is_not_null()}
    sums = []
    for column, chosen in columns.items():
        for row, test in _TESTS.items():
            sums.append((test & chosen).sum().cast(pl.Int64).alias(f"{row}|{column}"))
        sums.append(pl.col("age").filter(chosen).sum().alias(f"age|{column}"))
        sums.append(pl.col("age").filter(chosen).median().alias(f"median|{column}"))
    out = []
    for found in people.group_by(["date", *by]).agg(sums).sort(["date", *by]).iter_rows(named=True):
        head = {name: found[name] for name in by} | {"as_at": iso(found["date"])}
        for row in PROFILE_ROWS:
            for column in PROFILE_COLUMNS:
                out.append({**head, "row": row, "column": column, **_cell(found, row, column)})
    return out


def _cell(found: dict[str, Any], row: str, column: str) -> dict[str, Any]:
    number = found[f"total|{column}"]
    if row == "average_age":
        ages = found[f"age|{column}"] if number else None
        return {
            "numerator": ages,
            "denominator": number or None,
            "value": ages / number if number else None,
            "n": number,
        }
    if row == "median_age":
        return {"numerator": None, "denominator": None, "value": found[f"median|{column}"], "n": number}
    count = found[f"{row}|{column}"]
    if row == "also_in_dip" and column == "young_people":
        return {"numerator": None, "denominator": None, "value": None, "n": count}
    return {"numerator": count, "denominator": None, "value": float(count), "n": count}
