"""The frame around every figure: title, scope, takeaway, chart, table, notes, definition, stamp and download."""

from dashboard import access, describe, download, sql_files, tables, takeaway, words
from dashboard.asking import Answer, NotShown
from dashboard.blocks import Block, counted, put, under
from dashboard.boundary import boundary
from dashboard.charts import Drawn
from dashboard.give import give
from queries.figures import Figure


def show(
    answer: Answer,
    *,
    heading: str | None = None,
    sentence: str | None = None,
    chart: Drawn | None = None,
    table: tables.Table | None = None,
    level: int = 2,
    headed: bool = False,
    with_sql: bool = False,
) -> None:
    """Put one figure on the page, in the frame that all share.

    The heading is the measure's title and the sentence is made from the figures unless others are given; with `headed`
    the heading is there already, and `with_sql` lets an analyst take the SQL away too. Who is looking is asked here
    again: a page that was reached past the front page shows nothing.
    """
    title = heading or answer.measure.title
    with boundary(title, level + 1):
        viewer = access.viewer_now()
        if isinstance(answer, NotShown):
            put(Block(title, level, notice=(answer.title, answer.next_step), headed=headed))
            return
        scope = tuple(describe.scope(answer, viewer))
        said = takeaway.takeaway(answer) if sentence is None else sentence
        if answer.frame.is_empty():
            empty = (
                "Nobody is in this group",
                "No one meets what the filters ask for, or the data do not reach so far. Choose another scheme, year "
                "or date.",
            )
            stamp = describe.stamp(answer.build)
            of = (answer.measure,)
            put(Block(title, level, scope, said, definitions=of, stamp=stamp, notice=empty, headed=headed))
            return
        caption = f"{title}. {'; '.join(scope[:3])}"
        shown = tables.table(answer, caption) if table is None else table
        put(
            Block(
                title,
                level,
                scope,
                said,
                chart=chart,
                table=shown,
                notes=tuple(describe.notes(answer)),
                counted=counted(answer.measure),
                definitions=(answer.measure,),
                stamp=describe.stamp(answer.build),
                headed=headed,
            )
        )
        offer(answer, shown, with_sql)


def turned_round(answer: Answer) -> str | None:
    """Return the sentence for people in the community, which the self-assessment asks about, from the custody share."""
    if isinstance(answer, NotShown) or answer.frame.is_empty():
        return None
    return takeaway.community_majority(answer)


def beneath(figure: Figure, table: tables.Table) -> str:
    """Return what stands under a table: its notes, the shorthand that it uses, its definition and its stamp."""
    return under(
        Block(
            "",
            table=table,
            notes=tuple(describe.notes(figure)),
            counted=counted(figure.measure),
            definitions=(figure.measure,),
            stamp=describe.stamp(figure.build),
        )
    )


def offer(figure: Figure, shown: tables.Table, with_sql: bool = False) -> None:
    """Offer a figure as a file: the same rows, with their notes."""
    viewer = access.viewer_now()
    ran = sql_files.of_figure(figure, viewer) if with_sql else None
    name, data = download.bundle(figure, shown, viewer, ran=ran)
    give(
        f"Download: {words.lower_first(figure.measure.title)} (CSV with notes)",
        data,
        name,
        schemes=[figure.where["scheme"]] if "scheme" in figure.where else (),
        key=f"download_{name}",
    )
