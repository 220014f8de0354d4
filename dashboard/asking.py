"""A figure, as the page's filters ask for it, or the reason why there is none."""

from dataclasses import dataclass
from datetime import date

from dashboard import access, current, words
from dashboard.boundary import NOT_PUBLISHED, Refused
from dashboard.filters import Choice, chosen
from dashboard.kept import kept_figure
from queries.catalogue import Measure, measure
from queries.figures import Figure
from queries.scope import NotPermitted
from queries.when import UnknownPeriod, periods

TOO_SOON = "People have not yet been followed for long enough, or what they did proved. Choose an earlier year above."

PPOS_BY_SCHEME = "For a single scheme only figures about PPOs are published. Choose PPOs, or all schemes, above."


@dataclass(frozen=True)
class NotShown:
    """A figure that is not there, with the reason and what to do next."""

    measure: Measure
    title: str
    next_step: str


Answer = Figure | NotShown


def asked(
    name: str,
    by: str | None = None,
    over: str | None = None,
    everyone: bool = False,
    all_schemes: bool = False,
    pooled: bool = False,
) -> Answer:
    """Return a measure for the scheme, people and time that the filters are set to.

    `by` is one breakdown; `over` is `period` or `month`, for every one of them rather than the one chosen; `pooled`
    takes all final periods together.
    `everyone` leaves the filter on PPOs out, and `all_schemes` the one on the scheme. A filter on something
    that does not apply to the measure is left out, and the figure's heading says what it is of.
    """
    about = measure(name)
    choice = chosen()
    if by is not None and by in about.not_applicable:
        by = None
    if over == "month" and not about.at_month_end:
        raise ValueError(f"Only a measure taken at month ends has every month, got: {name}")
    where = _where(about, choice, everyone, all_schemes)
    return _ask(
        about,
        tuple(each for each in (over if over == "month" else None, by) if each),
        where,
        period="all" if pooled else "each" if over == "period" else None if about.at_month_end else choice.period,
        as_at=choice.as_at if about.at_month_end and over is None else None,
    )


def _where(about: Measure, choice: Choice, everyone: bool, all_schemes: bool) -> dict[str, str]:
    where = {}
    if choice.ppos_only and not everyone and "ppo" not in about.not_applicable:
        where["ppo"] = "yes"
    if choice.scheme is not None and not all_schemes and "scheme" not in about.not_applicable:
        where["scheme"] = choice.scheme
    return where


def _ask(about: Measure, by: tuple[str, ...], where: dict[str, str], period: str | None, as_at: date | None) -> Answer:
    try:
        return kept_figure(current.warehouse(), access.viewer_now(), about.id, by, where, period, as_at)
    except NotPermitted:
        access.record_denied(measure=about.id, by=" ".join(by), filters=" ".join(sorted(where)), reason="not_permitted")
        if period is not None and _is_immature(about, period):
            return NotShown(about, f"It is too soon to say for {words.period(period)}", TOO_SOON)
        if "scheme" in where and "ppo" not in where and "ppo" not in about.not_applicable:
            return NotShown(about, NOT_PUBLISHED[0], PPOS_BY_SCHEME)
        return NotShown(about, *NOT_PUBLISHED)
    except UnknownPeriod:
        return NotShown(about, "There is nothing for that date", "Choose another year or date above.")
    except Refused as refused:
        return NotShown(about, refused.title, refused.next_step)


def _is_immature(about: Measure, period: str) -> bool:
    known = periods(current.warehouse(), about)
    return period in known.filter(known["status"] == "immature")["period"].to_list()
