"""From the units of a measure to its rows, one way for each kind, adding up chunk by chunk."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from etl.sample.dates import iso, period_label
from etl.sample.truth.measures import Measure
from etl.sample.truth.rows import LOW_BASE, Fold, Labels, curve, quantiles

TOP_SHARES = (1, 2, 5, 10, 20, 30, 40, 50, 100)
"""In a hundred: how many of those who did most."""
_NUMBER = pl.Int64


class Gathered:
    """One measure's units, as counts by group."""

    def __init__(self, measure: Measure, labels: Labels) -> None:
        self.measure = measure
        self.labels = labels
        self._when = "date" if measure.when == "as_at" else "period"
        # The shares of a whole are worked out together, so their label is spread inside each group.
        shared = measure.kind == "distribution"
        self._groups = [by[1:] if shared else by for by in measure.breakdowns]
        each = {
            "days": ["amount"], "concentration": ["amount"], "survival": ["counted", "exit_month"],
            "distribution": [measure.numerator], "timeline": ["months"],
        }.get(measure.kind, [])  # fmt: skip
        inner = ["months"] if measure.kind == "timeline" else []
        self._each = [] if inner else each
        self._sum = {by: Fold([self._when, *by, *inner], list(self._sums())) for by in self._groups}
        self._spread = {by: Fold([self._when, *by, *self._each], ["len"]) for by in self._groups if self._each}
        self._inner = inner

    def _sums(self) -> dict[str, pl.Expr]:
        """Return what is added up in each group. A person is in one chunk only, so people add up too."""
        m = self.measure
        people, whole = pl.col("person"), pl.len().cast(_NUMBER)
        top, bottom = pl.col(m.numerator), pl.col(m.denominator or m.numerator)
        if m.kind in ("days", "survival", "stock", "distribution", "concentration"):
            return {"n": people.n_unique().cast(_NUMBER), "units": whole}
        if m.kind == "count":
            return {"top": top.sum(), "n": people.filter(top > 0).n_unique().cast(_NUMBER)}
        if m.kind == "change":
            before, after = (pl.col(c) for c in m.exposure) if m.exposure else (whole, whole)
            exposures = (
                {"before": before.sum(), "after": after.sum()} if m.exposure else {"before": whole, "after": whole}
            )
            return {"top": top.sum(), "bottom": bottom.sum(), **exposures, "n": people.n_unique().cast(_NUMBER)}
        out = {"top": top.sum(), "bottom": bottom.sum(), "n": people.filter(bottom > 0).n_unique().cast(_NUMBER)}
        if m.needs_share:
            part, of = m.needs_share
            out |= {"part": pl.col(part).sum(), "whole": pl.col(of).sum()}
        return out

    def add(self, frame: pl.DataFrame) -> None:
        """Take in the units of one chunk."""
        kind, numerator = self.measure.kind, self.measure.numerator
        if kind in ("days", "concentration"):
            frame = frame.with_columns(pl.col(numerator).alias("amount"))
        if kind in ("days", "change", "timeline"):
            frame = frame.filter(pl.col(numerator).is_not_null())
        if kind == "survival":
            frame = frame.filter("followed")
        sums = [e.alias(n) for n, e in self._sums().items()]
        for by, fold in self._sum.items():
            mine = frame if "scheme" in by else frame.filter("main")
            fold.add(mine.group_by([self._when, *by, *self._inner]).agg(sums))
            if by in self._spread:
                counts = mine.group_by([self._when, *by, *self._each]).agg(pl.len().cast(_NUMBER))
                self._spread[by].add(counts)

    def rows(self, years: set[int] | None = None) -> Iterator[dict[str, Any]]:
        """Give every row, of the periods that begin in the years named or of all."""
        for by, fold in self._sum.items():
            names = [self._when, *by]
            parts: dict[tuple[Any, ...], pl.DataFrame] = {}
            if by in self._spread:
                parts = {tuple(k): v for k, v in self._spread[by].total().group_by(names, maintain_order=True)}
            for group in fold.total().iter_rows(named=True):
                if years is not None and group["period"] not in years:
                    continue
                key = tuple(group[name] for name in names)
                when = {"as_at": iso(key[0])} if self._when == "date" else {"period": period_label(key[0])}
                head = {n: self.labels.of(n, v) for n, v in zip(by, key[1:], strict=True)} | when
                for row in self._kind(group, parts.get(key, pl.DataFrame())):
                    if row["n"] or (self._when == "date" and not by):
                        yield {**head, **row}

    def _kind(self, group: dict[str, Any], part: pl.DataFrame) -> Iterator[dict[str, Any]]:
        kind, n = self.measure.kind, group["n"]
        if kind in ("stock", "count"):
            number = n if kind == "stock" else group["top"]
            yield {"numerator": number, "denominator": None, "value": float(number), "n": n}
        elif kind == "change":
            yield _change(group)
        elif kind == "days":
            yield quantiles(part["amount"].to_list(), part["len"].to_list(), n)
        elif kind == "survival":
            yield from curve(part, n)
        elif kind == "concentration":
            yield from _concentration(part, n)
        elif kind == "distribution":
            for label, number in part.select(self.measure.numerator, "len").iter_rows():
                share = _ratio({"top": number, "bottom": group["units"], "n": n})
                yield {self.measure.always or "": label, **share}
        elif kind == "timeline":
            yield {"months": group["months"], **_ratio(group), "at_risk": n}
        else:
            yield _ratio(group)


def _ratio(group: dict[str, Any]) -> dict[str, Any]:
    top, bottom, n = group["top"], group["bottom"], group["n"]
    shown = n >= LOW_BASE and bottom and 5 * group.get("part", 1) >= 4 * group.get("whole", 1)
    return {"numerator": top, "denominator": bottom, "value": top / bottom if shown else None, "n": n}


def _change(group: dict[str, Any]) -> dict[str, Any]:
    after, before, n = group["top"], group["bottom"], group["n"]
    value = None
    if n >= LOW_BASE and before:
        value = (after / group["after"]) / (before / group["before"]) - 1
    return {"numerator": after, "denominator": before, "value": value, "n": n}


def _concentration(part: pl.DataFrame, n: int) -> Iterator[dict[str, Any]]:
    """Give the share of all that was done by each top share of people, along a straight line between two of them."""
    weights = part.sort("amount", descending=True)
    listed = list(weights.select("amount", "len").iter_rows())
    people = sum(number for _, number in listed)
    total = sum(weight * number for weight, number in listed)
    for percent in TOP_SHARES:
        whole, rest = divmod(percent * people, 100)
        done, left, following = 0, whole, 0
        for weight, number in listed:
            taken = min(left, number)
            done, left = done + weight * taken, left - taken
            if taken < number:
                following = weight
                break
        value = (done + following * rest / 100) / total if n >= LOW_BASE else None
        yield {"top_share": percent / 100, "numerator": done, "denominator": total, "value": value, "n": n}
