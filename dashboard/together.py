"""Several measures of one kind side by side in one table: a row for each, in one frame."""

from collections.abc import Callable, Sequence

from dashboard import access, charts, describe, download, tables
from dashboard.asking import asked
from dashboard.blocks import Block, put
from dashboard.boundary import boundary
from dashboard.give import give
from queries.figures import Figure


def show_together(
    title: str,
    names: Sequence[str],
    *,
    head: str,
    file: str,
    sentence: Callable[[list[Figure]], str],
    notes: Sequence[str] = (),
    level: int = 2,
) -> None:
    """Put several measures of one kind on the page: the chart, one table, each definition, the stamp and the download.

    `head` is what a row is called, `sentence` says what the figures show, and `file` names the download. A measure
    that may not be shown, or has nobody in it, has no row.
    """
    with boundary(title):
        viewer = access.viewer_now()
        answers = [asked(name) for name in names]
        figures = [answer for answer in answers if isinstance(answer, Figure) and not answer.frame.is_empty()]
        if not figures:
            empty = ("There is nothing to show here", "Choose another scheme, year or people above.")
            put(Block(title, level, notice=empty))
            return
        scope = tuple(describe.scope(figures[0], viewer))
        shown = _table(figures, f"{title}. {'; '.join(scope[:3])}", head)
        put(
            Block(
                title,
                level,
                scope,
                sentence(figures),
                chart=charts.together(figures, head),
                table=shown,
                notes=(*describe.notes(figures[0]), *notes),
                definitions=tuple(figure.measure for figure in figures),
                stamp=describe.stamp(figures[0].build),
            )
        )
        files = {"table.csv": download.table_csv(shown)}
        for figure in figures:
            files[f"{figure.measure.id}.csv"] = download.figure_csv(figure)
            files[f"{figure.measure.id}_notes.txt"] = download.notes_text(figure, viewer, shown)
        give(
            f"Download: {title[:1].lower()}{title[1:]} (CSV with notes)",
            download.archive(files),
            f"{file}_{(figures[0].period or '').replace('/', '-')}.zip",
            schemes=[figures[0].where["scheme"]] if "scheme" in figures[0].where else (),
        )


def _table(figures: list[Figure], caption: str, head: str) -> tables.Table:
    made = [(figure, tables.table(figure, caption)) for figure in figures]
    return tables.Table(
        caption=caption,
        headings=(head, *made[0][1].headings[1:]),
        rows=tuple((figure.measure.short, *table.rows[0][1:]) for figure, table in made),
        kinds=made[0][1].kinds,
    )
