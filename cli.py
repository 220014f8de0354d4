"""`ppo`: build, measure and serve from the command line, through the same road as the pages."""

import csv
import io
import json
import os
import shutil
import socket
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn

import polars as pl
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from queries import audit, figures
from queries.catalogue import HeaderError, UnknownMeasure, measures
from queries.dimensions import ANY_OF, UnknownDimension
from queries.figures import figure, units
from queries.scope import NotPermitted, Viewer
from queries.spreadsheet_cells import safe_cell
from queries.store import Store, StoreUnusable, opened
from queries.unit_rows import Cohort, UnknownCohort
from queries.warehouse import POINTER, STAMP, MadeByAnother, NoBuild, Warehouse, current_build, read_stamp
from queries.when import UnknownPeriod

HOME = Path(__file__).resolve().parent
WRONG, STOPPED = 2, 1
LOOPBACK = "127.0.0.1"
ALL_THE_SAME = "To publish all the same, once: --accept NAME for each."

app = typer.Typer(
    help="Performance and re-offending analytics for Prolific and other Priority Offender schemes.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
# What is said is text: [u] is a mark of ours and :on: may be part of a path, and neither is for rich to read.
say = Console(stderr=True, markup=False, emoji=False, highlight=False, soft_wrap=True)

BuildsOption = Annotated[
    Path,
    typer.Option("--builds", envvar="PPO_BUILDS", help="Folder that holds the builds.", show_default="./builds"),
]
FormatOption = Annotated[str, typer.Option("--format", help="table, csv or json.")]
ViewerOption = Annotated[str, typer.Option("--as", help="See what this viewer would: board, analyst, manager:SCHEME.")]
WhereOption = Annotated[
    list[str] | None, typer.Option("--where", help="Filter: DIM=VALUE. Again for another DIM, or another VALUE of one.")
]
CohortOption = Annotated[
    str | None, typer.Option("--cohort", help="financial_year (default), calendar_year or year_from:YYYY-MM.")
]
IdentityOption = Annotated[
    Path | None,
    typer.Option("--identity", envvar="PPO_IDENTITY", help="Folder of the encrypted identity store."),
]
OverridesOption = Annotated[
    Path | None,
    typer.Option("--overrides", envvar="PPO_OVERRIDES", help="File of decisions about who is one person."),
]
CohortDateOption = Annotated[
    str | None, typer.Option("--cohort-date", help="NI 30: the date on which the caseload is fixed.")
]
BaselineOption = Annotated[
    str | None, typer.Option("--baseline-from", help="NI 30: the first day of the baseline year.")
]
FollowUpOption = Annotated[
    str | None, typer.Option("--follow-up-from", help="NI 30: the first day of the follow-up year.")
]
AcceptOption = Annotated[
    list[str] | None,
    typer.Option(
        help="Let one failing check through this once, by the name that the stopped build gave: "
        "police/offences:shrunk or places_do_not_overlap. May be given again."
    ),
]
DateOption = Annotated[str | None, typer.Option(help="Date the extracts were taken, where no manifest says.")]


def stop(message: str, code: int = WRONG) -> NoReturn:
    """Say what is wrong on standard error and leave with the code."""
    say.print(message)
    raise typer.Exit(code)


def day(text: str, option: str) -> date:
    """Return the date that an option gives. Raises ValueError naming the option and what was got."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{option} is a date such as 2011-03-31, got: {text}") from None


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what a person can mend into one plain sentence and exit code 2."""
    expected = (
        NoBuild, UnknownMeasure, UnknownDimension, UnknownPeriod, UnknownCohort, NotPermitted, HeaderError, ValueError,
        StoreUnusable,
    )  # fmt: skip
    try:
        yield
    except expected as error:
        stop(str(error))


@app.command()
def demo(
    builds: BuildsOption = Path("builds"),
    port: Annotated[int, typer.Option(envvar="PORT", help="Port to serve on.")] = 8501,
) -> None:
    """Build the sample world if needed and open the dashboard.

    Example: ppo demo --port 8600
    """
    try:
        Warehouse.open(builds)
    except NoBuild as problem:
        for_the_sample(builds, problem)
        run_build(HOME / "data" / "sample", builds, None, [], None)
    run_server(builds, port)


def for_the_sample(builds: Path, problem: NoBuild) -> None:
    """Leave with code 2 where a folder that has no build to show is not for made-up people.

    A build of real people may be there that this version does not show, or one that is pointed to and is not there.
    """
    real = sorted(path.parent.name for path in builds.glob(f"*/{STAMP}") if not read_stamp(path.parent).synthetic)
    if not real and (isinstance(problem, MadeByAnother) or not (builds / POINTER).exists()):
        return
    there = f"{builds} holds builds of real people ({', '.join(real)}). " if real else ""
    stop(f"{problem}\n{there}The made-up sample is not built beside it: name another folder with --builds.")


@app.command()
def serve(
    builds: BuildsOption = Path("builds"),
    port: Annotated[int, typer.Option(envvar="PORT", help="Port to serve on.")] = 8501,
    address: Annotated[
        str, typer.Option(help="Address to listen on; another than this machine's own needs sign-in.")
    ] = LOOPBACK,
) -> None:
    """Open the dashboard on the current build.

    Sign-in is set up in the file that PPO_SECRETS names: see docs/sign-in.md.

    Example: ppo serve --builds builds
    """
    with plain_errors():
        build = Warehouse.open(builds).build
    from dashboard.sign_in_faults import has_provider, secrets_path

    if not has_provider(secrets_path(os.environ.get("PPO_SECRETS", ""))):
        if not build.synthetic:
            stop("These are real people, and no sign-in is set up: see docs/sign-in.md. Nothing is served until it is.")
        if address != LOOPBACK:
            stop(f"Without sign-in the dashboard answers this machine alone, got: --address {address}")
    run_server(builds, port, address)


def run_server(builds: Path, port: int, address: str = LOOPBACK) -> None:
    """Replace this process by the dashboard's server. The key to the identities is not handed on to it."""
    with socket.socket() as probe:
        if probe.connect_ex((LOOPBACK, port)) == 0:
            stop(f"Something else is using port {port}: give another with PORT=... or --port.")
    os.environ["PPO_BUILDS"] = str(Path(builds).resolve())
    for variable in ("PPO_STATE", "PPO_ACCESS", "PPO_SECRETS"):
        if os.environ.get(variable):
            os.environ[variable] = str(Path(os.environ[variable]).resolve())
    os.environ.pop("PPO_IDENTITY_KEY", None)
    os.chdir(HOME)
    typer.echo(f"Dashboard at http://localhost:{port} (stop it with Ctrl+C)", err=True)
    command = [
        sys.executable, "-m", "streamlit", "run", "dashboard/server.py",
        "--server.port", str(port), "--server.address", address,
    ]  # fmt: skip
    if os.environ.get("PPO_SECRETS"):
        command += ["--secrets.files", os.environ["PPO_SECRETS"]]
    os.execv(sys.executable, command)


@app.command()
def build(
    extracts: Annotated[Path, typer.Argument(help="Folder with one sub-folder per agency and reference/.")],
    out: Annotated[Path, typer.Option("--out", envvar="PPO_BUILDS", help="Folder that holds the builds.")] = Path(
        "builds"
    ),
    extract_date: DateOption = None,
    accept: AcceptOption = None,
    identity: IdentityOption = None,
    overrides: OverridesOption = None,
    identifiers_only: Annotated[
        bool, typer.Option("--identifiers-only", help="Link nobody by name, date of birth or weight.")
    ] = False,
    afresh: Annotated[bool, typer.Option("--afresh", help="Build even where nothing has changed since.")] = False,
) -> None:
    """Build a warehouse from extracts and publish it.

    Where the extracts, the decisions about who is who and this program are those that the build in use was made of,
    there is nothing to do, and it stays in use.

    Exit code 0: published, or nothing to do. 1: a check stopped it and the build before is still served. 2: usage, or
    input that cannot be read.

    Example: ppo build extracts/2011-Q3 --out builds
    """
    run_build(extracts, out, extract_date, accept or [], identity, overrides, not identifiers_only, afresh)


def run_build(
    extracts: Path,
    builds: Path,
    extract_date: str | None,
    accept: list[str],
    identity: Path | None,
    overrides: Path | None = None,
    by_name: bool = True,
    afresh: bool = True,
) -> None:
    """Build, with a progress bar per stage and a closing summary on standard error."""
    from etl.again import unchanged
    from etl.build import STAGES, BuildStopped
    from etl.build import build as build_warehouse
    from etl.identity import IdentityKeyMissing, IdentityKeyWrong
    from etl.intake import IntakeStopped
    from etl.publish import BuildRunning

    with plain_errors():
        taken = day(extract_date, "--extract-date") if extract_date else None
    if not extracts.is_dir():
        stop(f"There is no folder of extracts at {extracts}.")
    if not afresh:
        try:
            same = unchanged(
                extracts,
                builds,
                extract_date=taken,
                accept=accept,
                identity=identity,
                by_name=by_name,
                overrides=overrides,
            )
        except (IntakeStopped, IdentityKeyMissing, IdentityKeyWrong, ValueError) as error:
            stop(str(error))
        if same is not None:
            say.print(
                f"Nothing to do: build {same} was made of the same extracts, with the same decisions, by the same "
                "program, and stays in use. To build it again all the same: --afresh."
            )
            return
    columns = TextColumn("{task.description:<22}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=say) as bars:
        tasks = {stage: bars.add_task(stage, total=1.0, start=False) for stage in STAGES}
        reached: list[str] = []

        def tell(stage: str, share: float) -> None:
            if stage not in reached:
                for earlier in reached:
                    bars.update(tasks[earlier], completed=1.0)
                    bars.stop_task(tasks[earlier])
                reached.append(stage)
                bars.start_task(tasks[stage])
            bars.update(tasks[stage], completed=share)

        try:
            done = build_warehouse(
                extracts,
                builds,
                extract_date=taken,
                accept=accept,
                identity=identity,
                progress=tell,
                overrides=overrides,
                by_name=by_name,
            )
        except BuildStopped as error:
            bars.stop()
            stop(f"{error}\n{ALL_THE_SAME}", STOPPED)
        except (IntakeStopped, IdentityKeyMissing, IdentityKeyWrong, BuildRunning, ValueError) as error:
            bars.stop()
            stop(str(error))
    summary = Table(title=f"Published {done.build.id}", title_justify="left")
    for heading in ("File", "Read", "Accepted", "Quarantined", "Duplicates", "Fields emptied"):
        summary.add_column(heading, justify="left" if heading == "File" else "right")
    for count in done.intake.counts:
        numbers = (count.rows_read, count.accepted, count.quarantined, count.duplicates, count.nulled)
        summary.add_row(count.file, *(f"{number:,}" for number in numbers))
    say.print(summary)
    merged, split = (sum(change == kind for change, _ in done.changes) for kind in ("merged", "split"))
    if merged or split:
        say.print(f"Numbers of people: {merged:,} given up for an older one, {split:,} new for a record that left.")
    say.print(
        f"{done.people:,} people; data to {done.build.covered_to:%-d %B %Y}; "
        f"{done.build.accepted_share:.1%} of {done.build.rows_read:,} rows accepted."
    )
    for found in done.checked:
        if found.rows:
            say.print(f"Check {found.check}: {found.title} ({found.rows:,} rows)")
    for warning in done.intake.warnings:
        say.print(f"Note: {warning}")


@app.command()
def check(
    extracts: Annotated[Path, typer.Argument(help="Folder with one sub-folder per agency and reference/.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the page of each agency and its rows set aside.")
    ] = Path("quarantine"),
    extract_date: DateOption = None,
) -> None:
    """Check extracts against the contracts: a page for each agency, and the rows set aside. Nothing is published.

    The pages (HTML and text) name rules, columns and rows, and hold no value. Rows set aside of real extracts are
    sealed with PPO_IDENTITY_KEY; `ppo unseal` opens them.

    Example: ppo check extracts/2011-Q3 --out quarantine
    """
    from tempfile import TemporaryDirectory

    from etl.build import database
    from etl.intake import IntakeStopped, take_in
    from etl.supplier import pages, stopped_pages, write_pages

    with plain_errors():
        taken = day(extract_date, "--extract-date") if extract_date else None
    if not extracts.is_dir():
        stop(f"There is no folder of extracts at {extracts}.")
    with TemporaryDirectory() as folder:
        staging = database(Path(folder) / "staging.duckdb", Path(folder))
        try:
            intake = take_in(extracts, staging, extract_date=taken)
        except IntakeStopped as error:
            write_pages(stopped_pages(error.problems), out)
            stop(f"{error}\nThe same is written for each agency in {out}.")
        except ValueError as error:
            stop(str(error))
        made = pages(intake, staging)
        write_pages(made, out)
        aside = write_aside(staging, out, intake.synthetic)
        staging.close()
    for page in made:
        say.print(page.text())
    say.print(f"A page for each agency is in {out}. {aside}")


def write_aside(staging: Any, out: Path, synthetic: bool) -> str:
    """Write the rows set aside, sealed when they are of real people, and return a sentence about it."""
    from etl.identity import KEY_VARIABLE, IdentityStore
    from etl.intake import quarantine_files, write_quarantine

    if synthetic:
        written = write_quarantine(staging, out)
        return "The rows set aside are beside it." if written else "No row was set aside."
    key = os.environ.get(KEY_VARIABLE, "")
    rows = list(quarantine_files(staging))
    if not rows:
        return "No row was set aside."
    if not key:
        return f"The rows set aside are of real people and were not written: set {KEY_VARIABLE} to have them sealed."
    store = IdentityStore(out.resolve().parent, key)
    for name, content in rows:
        store.write(out.resolve().name, name, content)
    return "The rows set aside are sealed beside it: `ppo unseal` opens them on the machine that holds the key."


@app.command()
def unseal(
    file: Annotated[Path, typer.Argument(help="A .sealed file that `ppo check` wrote.")],
    out: Annotated[Path, typer.Option("--out", help="File to write the rows to, readable by its owner alone.")],
    builds: BuildsOption = Path("builds"),
) -> None:
    """Open the rows that were set aside of real extracts, on the machine that holds the key. It is logged.

    Example: ppo unseal quarantine/police_people.csv.sealed --out quarantine/people.csv
    """
    from etl.identity import KEY_VARIABLE, IdentityKeyWrong, IdentityStore

    key = os.environ.get(KEY_VARIABLE, "")
    if not key:
        stop(f"Set {KEY_VARIABLE} to the pass phrase with which the rows were sealed.")
    if not file.is_file() or file.suffix != ".sealed":
        stop(f"There is no sealed file at {file}.")
    whole = file.resolve()
    try:
        content = IdentityStore(whole.parent.parent, key).read(whole.parent.name, whole.name.removesuffix(".sealed"))
    except IdentityKeyWrong as error:
        stop(str(error))
    if out.exists():
        stop(f"{out} is there already: name another file.")
    with plain_errors():
        # Logged before they are written: what cannot be logged is not opened.
        log(builds, "unseal", file=whole.name.removesuffix(".sealed"))
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(content)
    except FileExistsError:
        stop(f"{out} is there already: name another file.")
    say.print(f"Written to {out}. It holds personal data: delete it when the rows are mended.")


@app.command()
def templates(
    out: Annotated[Path, typer.Argument(help="Folder to write to.")],
    documents: Annotated[
        Path | None, typer.Option(help="Another folder for the data dictionary and the schema.")
    ] = None,
) -> None:
    """Write a workbook to fill in for each extract, the data dictionary, and the schema of the files.

    Example: ppo templates templates
    """
    from etl.dictionary import files
    from etl.templates import write_templates

    written = write_templates(out)
    folder = documents or out
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (folder / name).write_text(text, encoding="utf-8")
    say.print(f"{len(written)} workbooks are in {out}; the data dictionary and the schema are in {folder}.")


@app.command()
def measure(
    name: Annotated[str | None, typer.Argument(help="The measure; without one, the list.")] = None,
    by: Annotated[str, typer.Option(help="Breakdowns: DIM[,DIM].")] = "",
    where: WhereOption = None,
    period: Annotated[str | None, typer.Option(help="A period, all (final ones pooled) or each.")] = None,
    as_at: Annotated[str | None, typer.Option(help="A month end, for figures taken at one.")] = None,
    cohort: CohortOption = None,
    cohort_date: CohortDateOption = None,
    baseline_from: BaselineOption = None,
    follow_up_from: FollowUpOption = None,
    builds: BuildsOption = Path("builds"),
    viewer: ViewerOption = "analyst",
    format: FormatOption = "table",
) -> None:
    """Work out a measure, broken down and filtered as asked. Unfiltered is everyone.

    Example: ppo measure reoffending_rate --by sex --where ppo=yes --period 2009/10

    Example: ppo measure ni30_change --cohort-date 2009-02-01 --baseline-from 2007-10-01 --follow-up-from 2009-04-01
    """
    with plain_errors():
        if name is None:
            rows = [
                {"measure": m.id, "title": m.title, "kind": m.kind, "breakdowns": " ".join(m.dimensions)}
                for m in measures().values()
            ]
            write(pl.DataFrame(rows), format)
            return
        found = figure(
            Warehouse.open(builds),
            Viewer.named(viewer),
            name,
            by=names(by),
            where=conditions(where),
            period=period,
            as_at=day(as_at, "--as-at") if as_at else None,
            cohort=cohort_asked(cohort, cohort_date, baseline_from, follow_up_from),
        )
        if format == "table":
            say.print(f"{found.measure.title}, {f'as at {found.as_at}' if found.as_at else found.period or 'all'}")
        write(found.frame, format)
        if format == "table":
            for note in found.notes:
                say.print(f"- {note}")


def cohort_asked(
    cohort: str | None, cohort_date: str | None, baseline_from: str | None, follow_up_from: str | None
) -> str | Cohort | None:
    """Return the cohort asked for: by its name, or by the three dates of a fixed one, which go together."""
    options = {"--cohort-date": cohort_date, "--baseline-from": baseline_from, "--follow-up-from": follow_up_from}
    given = {option: text for option, text in options.items() if text}
    if not given:
        return cohort
    if len(given) < 3 or cohort:
        raise UnknownCohort(
            "A fixed cohort is --cohort-date, --baseline-from and --follow-up-from together, without --cohort,"
            f" got: {', '.join([*given.values(), *([cohort] if cohort else [])])}"
        )
    return Cohort.fixed(*(day(text, option) for option, text in given.items()))


@app.command("units")
def unit_rows(
    name: Annotated[str, typer.Argument(help="The measure.")],
    where: WhereOption = None,
    period: Annotated[str | None, typer.Option(help="A period; without one, all of them.")] = None,
    cohort: CohortOption = None,
    cohort_date: CohortDateOption = None,
    baseline_from: BaselineOption = None,
    follow_up_from: FollowUpOption = None,
    builds: BuildsOption = Path("builds"),
    viewer: ViewerOption = "analyst",
    format: FormatOption = "csv",
) -> None:
    """Give the pseudonymous unit rows behind a measure.

    Example: ppo units reoffending_rate --period 2009/10 > units.csv
    """
    with plain_errors():
        warehouse, wanted = Warehouse.open(builds), conditions(where)
        found = units(
            warehouse,
            Viewer.named(viewer),
            name,
            where=wanted,
            period=period or "each",
            cohort=cohort_asked(cohort, cohort_date, baseline_from, follow_up_from),
        )
        about = figures.concerned(warehouse, wanted)
        log(builds, "units", about, measure=name, filters=" ".join(sorted(wanted)), rows=found.frame.height)
        write(found.frame, format)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="An empty folder for the events and the queries.")],
    builds: BuildsOption = Path("builds"),
) -> None:
    """Write the pseudonymous events as Parquet, with the unit queries for Spark. See docs/regional-platform.md.

    Example: ppo export platform
    """
    from etl.exchange import export as write_export

    with plain_errors():
        with holding_the_log(builds) as store:
            try:
                done = write_export(builds, out)
            except FileExistsError as error:
                stop(str(error))
            append(store, builds, "units", measure=" ".join(done.units), rows=sum(done.tables.values()))
        say.print(f"Written to {out}: {len(done.tables)} tables of events, and queries for {', '.join(done.units)}.")
        say.print("Run run.py with spark-submit where Spark is, then `ppo take-units` on what comes back.")


@app.command("take-units")
def take_units(
    folder: Annotated[Path, typer.Argument(help="The folder of an export, with the unit rows worked out.")],
    builds: BuildsOption = Path("builds"),
    identity: IdentityOption = None,
    accept: AcceptOption = None,
) -> None:
    """Publish the current build anew with unit rows that another engine worked out, checked as a build is.

    A build that was published with --accept needs the same names again.

    Example: ppo take-units platform
    """
    from etl.build import BuildStopped
    from etl.exchange import UnitsWrong
    from etl.exchange import take_units as take
    from etl.identity import IdentityKeyMissing, IdentityKeyWrong
    from etl.publish import BuildRunning

    with plain_errors():
        try:
            done = take(folder, builds, identity=identity, accept=accept or [])
        except BuildStopped as error:
            stop(f"{error}\n{ALL_THE_SAME}", STOPPED)
        except (UnitsWrong, BuildRunning, IdentityKeyMissing, IdentityKeyWrong) as error:
            stop(str(error))
    said = ", ".join(f"{name} ({rows:,} rows)" for name, rows in done.rows.items())
    say.print(f"Published {done.build.id} with the unit rows of {said}.")


@app.command("return")
def make_return(
    kind: Annotated[str, typer.Argument(help="scheme-profile, home-office or self-assessment.")],
    as_at: Annotated[str, typer.Option(help="The month end that it is as at.")],
    out: Annotated[Path, typer.Option("--out", help="File to write: .xlsx or .ods.")],
    scheme: Annotated[str, typer.Option(help="A scheme, or all together.")] = "all",
    release: Annotated[str, typer.Option(help="official (exact) or public (protected).")] = "official",
    builds: BuildsOption = Path("builds"),
    viewer: ViewerOption = "analyst",
) -> None:
    """Write a return as an accessible spreadsheet: the scheme profile, the Home Office return with its tables T1-T8, or
    what a scheme wrote in its self-assessment for the year of the date, beside what was measured.

    An official one has exact figures, and what differs from the returns that were signed off; a public one has only
    what is published. Both are logged.

    Example: ppo return home-office --as-at 2011-09-30 --scheme S002 --release official --out return.xlsx
    """
    from dashboard import assessment_book
    from dashboard.differences import sheets
    from dashboard.return_book import WRITERS, as_file
    from queries.returns import RELEASES, home_office, scheme_profile
    from queries.signed_off import compared

    makers = {"scheme-profile": scheme_profile, "home-office": home_office}
    with plain_errors():
        for given, allowed, name in (
            (kind, (*makers, "self-assessment"), "A return"),
            (release, RELEASES, "--release"),
            (out.suffix, tuple(WRITERS), "The file of --out"),
        ):
            if given not in allowed:
                raise ValueError(f"{name} is one of {', '.join(allowed)}, got: {given or 'nothing'}")
        warehouse, seen_by, on = Warehouse.open(builds), Viewer.named(viewer), day(as_at, "--as-at")
        if kind in makers:
            made = makers[kind](warehouse, seen_by, None if scheme == "all" else scheme, on, release)  # type: ignore[arg-type]
            with opened(builds) as store:
                against = compared(store, seen_by, made) if kind == "home-office" else []
            data = as_file(made, out.suffix, sheets(against, made))
        elif scheme == "all":
            raise ValueError("A self-assessment is of one scheme: name it with --scheme.")
        else:
            with opened(builds) as store:
                made = assessment_book.content(store, warehouse, seen_by, scheme, on, release)
            data = assessment_book.as_file(made, out.suffix)
        # Logged before it is written: what cannot be logged is not taken away.
        audit.record(
            builds,
            "download",
            who=audit.operating_system_user(),
            role="command line",
            schemes=[made.scheme] if made.scheme else (),
            build=made.build.id,
            about={"file": kind, "release": release, "as_at": as_at},
        )
        try:
            write_file(out, data)
        except OSError as problem:
            stop(f"{out} cannot be written ({type(problem).__name__}): name a file in a folder of yours.")
    say.print(f"Written to {out}: {RELEASES_IN_WORDS[release]}")


RELEASES_IN_WORDS = {
    "official": "exact figures, not to be published.",
    "public": "published figures, protected.",
}


def write_file(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all; one of that name is replaced."""
    beside = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened_file:
        opened_file.write(data)
    beside.replace(path)


@app.command()
def sample(
    out: Annotated[Path, typer.Argument(help="Folder to write the extracts and their truth to.")],
    scale: Annotated[
        str, typer.Option(help="small, national, a part such as national/16, or several such as national*2.")
    ] = "small",
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 1,
    faults: Annotated[str, typer.Option(help="none or planted.")] = "planted",
) -> None:
    """Write a synthetic England and Wales in the contract's files, with the truth about it.

    Example: ppo sample world --scale small --seed 7 --faults none
    """
    from etl.sample import world, write_sample

    try:
        world.scale(scale)
    except ValueError as error:
        stop(str(error))
    if faults not in ("none", "planted"):
        stop(f"--faults is none or planted, got: {faults}")
    with Progress(TextColumn("{task.description:<22}"), BarColumn(), TimeElapsedColumn(), console=say) as bars:
        task = bars.add_task("Writing", total=1)
        write_sample(
            out, scale, seed, faults, progress=lambda done, total: bars.update(task, completed=done, total=total)
        )  # type: ignore[arg-type]
    say.print(f"Written to {out}. All people in it are synthetic.")


@app.command()
def who(
    ids: Annotated[list[int], typer.Argument(help="Person numbers.")],
    builds: BuildsOption = Path("builds"),
    identity: IdentityOption = None,
    format: FormatOption = "table",
) -> None:
    """Give names for person numbers, on the machine that holds the key.

    Example: ppo who 1204 1377
    """
    from etl.identity import IdentityKeyMissing, IdentityKeyWrong, open_identities

    with plain_errors():
        try:
            people = open_identities(builds, identity)
        except (IdentityKeyMissing, IdentityKeyWrong) as error:
            stop(str(error))
        except FileNotFoundError:
            stop("The identity store of the current build is not there: give its folder with --identity.")
        found = people.filter(pl.col("person_id").is_in(ids))
        # Logged before it is shown: what cannot be logged is not shown.
        log(builds, "who", person_ids=ids, rows=found.height)
        write(found, format)


@app.command()
def review(
    builds: BuildsOption = Path("builds"),
    identity: IdentityOption = None,
    overrides: OverridesOption = None,
    file: Annotated[str | None, typer.Option(help="Records of one file alone, such as dip/people.")] = None,
    by: Annotated[str | None, typer.Option("--who", help="Who decides; without it, who is signed in here.")] = None,
) -> None:
    """Decide, pair by pair, whether two records are of one person. On the machine that holds the key.

    Each pair is shown side by side with what agrees and how much it weighs. What is decided is logged, kept in
    overrides.csv, and wins over everything in every later build.

    Example: ppo review --file dip/people --who "J. Holt"
    """
    from etl.identity import IdentityKeyMissing, IdentityKeyWrong
    from etl.link.overrides import LINK, NEVER, add_override
    from etl.link.review import overrides_path, pairs_to_review

    with plain_errors():
        try:
            pairs = pairs_to_review(builds, identity, overrides)
            target = overrides_path(builds, identity, overrides)
        except (IdentityKeyMissing, IdentityKeyWrong) as error:
            stop(str(error))
        except FileNotFoundError:
            stop("The identity store of the current build is not there: give its folder with --identity.")
        pairs = [pair for pair in pairs if file in (None, pair.file)]
        decided = 0
        for place, pair in enumerate(pairs, start=1):
            # Logged before it is shown, and before it is kept: what cannot be logged is neither.
            log(builds, "who", person_ids=list(pair.people), rows=2)
            table = Table(
                title=f"Pair {place:,} of {len(pairs):,}: one person with probability {pair.probability:.3f}"
                f" (weight {pair.weight:+.1f} bits)",
                title_justify="left",
            )
            for heading in ("", f"{pair.file} {pair.record}", f"{pair.other_file} {pair.other_record}"):
                table.add_column(heading)
            for name, one, other in pair.fields:
                table.add_row(name.replace("_", " "), one, other)
            print_table(table, 160)
            typer.echo(pair.evidence.replace("; ", "\n"))
            answer = typer.prompt("One person? [y]es, [n]ever, [s]kip, [q]uit", default="s").strip().lower()[:1]
            if answer == "q":
                break
            if answer not in ("y", "n"):
                continue
            why = typer.prompt("Why").strip()
            decision = LINK if answer == "y" else NEVER
            log(builds, "override", decision=decision, pair=list(pair.people))
            today = datetime.now(tz=UTC).date()
            add_override(target, pair.decided(decision, by or audit.operating_system_user(), why, today))
            decided += 1
        say.print(f"{decided:,} decided, {len(pairs) - decided:,} left. Build again for the decisions to take effect.")


@app.command("board-pack")
def board_pack(
    out: Annotated[Path, typer.Option("--out", help="The PDF file to write.")],
    scheme: Annotated[str | None, typer.Option(help="A scheme's id; without one, all schemes.")] = None,
    as_at: Annotated[str | None, typer.Option(help="A month end; without one, the latest.")] = None,
    pages: Annotated[
        str, typer.Option(help="Pages after the overview, by their addresses: reoffending,justice ... or all.")
    ] = "",
    builds: BuildsOption = Path("builds"),
    viewer: ViewerOption = "board",
) -> None:
    """Write the board's overview, and any other of its pages, as an accessible PDF of A4 pages.

    It says what the pages say to a board member, or to whoever --as names.

    Example: ppo board-pack --out pack.pdf --scheme S002 --pages reoffending,justice
    """
    from dashboard import board_pack as packs

    # The self-assessment's ratings are read where the pages read them.
    os.environ["PPO_BUILDS"] = str(builds.resolve())
    with plain_errors():
        warehouse, asked = Warehouse.open(builds), Viewer.named(viewer)
        entries = packs.CHOICES if pages.strip() == "all" else packs.pages_named(names(pages))
        choice = packs.choice_of(warehouse, asked, scheme, day(as_at, "--as-at") if as_at else None)
        content = packs.board_pack(warehouse, asked, choice, entries)
        # Logged before it is written: what cannot be logged is not taken away.
        release = "official" if asked.sees_exact else "public"
        about = [choice.scheme] if choice.scheme else asked.schemes
        log(builds, "download", about, file="board-pack.pdf", release=release)
        try:
            # Exact figures may be in it: it is its owner's to hand on.
            write_file(out, content)
        except OSError as error:
            stop(f"{out} cannot be written ({type(error).__name__}): name a file in a folder that is there.")
    say.print(f"Written to {out}: the overview and {len(entries)} other pages, as {viewer} would see them.")


@app.command("audit")
def audit_log(
    builds: BuildsOption = Path("builds"),
    event: Annotated[str | None, typer.Option(help="Lines of one event alone.")] = None,
    since: Annotated[str | None, typer.Option(help="Lines from this day on.")] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check that every line follows from the one before.")
    ] = False,
    kept: Annotated[
        str | None, typer.Option("--kept", help="With --verify: a head noted earlier, which must still be there.")
    ] = None,
    head: Annotated[
        bool, typer.Option("--head", help="Give the last line's number and hash, to be kept elsewhere.")
    ] = False,
    format: FormatOption = "table",
) -> None:
    """Read the audit log, or check that nobody has changed it. Exit code 1: somebody has.

    Example: ppo audit --verify --kept 1204:9f2c...
    """
    if kept is not None and not verify:
        stop("--kept goes with --verify: ppo audit --verify --kept NUMBER:HASH")
    with plain_errors(), opened(builds) as store:
        if head:
            number, hash = audit.head(store)
            print(f"{number}:{hash}")
            return
        if verify:
            number, _, hash = (kept or "").partition(":")
            if kept and not (number.isdigit() and hash):
                stop(f"A head is NUMBER:HASH, as `ppo audit --head` gives it, got: {kept}")
            fault = audit.verify(store, (int(number), hash) if kept else None)
            if fault is not None:
                stop(f"Line {fault.number} of the audit log: {fault.reason}.", STOPPED)
            say.print(f"{audit.head(store)[0]:,} lines, each following from the one before.")
            return
        if event is not None and event not in audit.EVENTS:
            stop(f"An event is one of {', '.join(audit.EVENTS)}, got: {event}")
        first = day(since, "--since").isoformat() if since else ""
        rows = [
            {
                "number": line["number"],
                "at": line["at"],
                "event": line["event"],
                "who": line["who"],
                "role": line["role"],
                "schemes": " ".join(line["schemes"]),
                "build": line["build"],
                "about": "; ".join(f"{key} {value}" for key, value in sorted(line["about"].items())),
            }
            for line in audit.lines(store)
            if event in (None, line["event"]) and line["at"] >= first
        ]
        columns = ("number", "at", "event", "who", "role", "schemes", "build", "about")
        write(pl.DataFrame(rows, schema={c: pl.Int64 if c == "number" else pl.String for c in columns}), format)


@app.command("forget")
def forget_people(
    ids: Annotated[list[str], typer.Argument(help="PNC ids, CRNs, prison or DIP numbers, or person numbers.")],
    builds: BuildsOption = Path("builds"),
    identity: IdentityOption = None,
) -> None:
    """Leave people out of every build from now on, on the machine that holds the key.

    Example: ppo forget X123456
    """
    from etl.forget import forget
    from etl.identity import IdentityKeyMissing, IdentityKeyWrong

    with plain_errors():
        try:
            with holding_the_log(builds) as store:
                done = forget(builds, ids, identity)
                append(store, builds, "forget", people=done.people + done.unknown)
        except (IdentityKeyMissing, IdentityKeyWrong) as error:
            stop(str(error))
    say.print(
        f"{done.people} of them are in the current build, and {done.unknown} are not known yet; {done.listed:,} "
        "identifiers are now left out. Build again, and then `ppo prune --keep 1` removes the builds that still have "
        "them. Backups made before still have them too."
    )


@app.command()
def prune(
    keep: Annotated[int, typer.Option(help="How many builds to keep, the current one among them.")],
    builds: BuildsOption = Path("builds"),
    identity: IdentityOption = None,
) -> None:
    """Remove old builds with their identities, and audit lines past the time that the access file gives.

    Example: ppo prune --keep 4
    """
    from dashboard.access_file import LONGEST_HOURS, AccessFileWrong, read_access
    from etl.keeping import prune as prune_builds
    from etl.publish import BuildRunning

    with plain_errors():
        try:
            months = read_access(builds).keep_months
            with holding_the_log(builds) as store:
                done = prune_builds(builds, keep, identity)
                append(store, builds, "prune", rows=len(done.builds))
        except (BuildRunning, AccessFileWrong) as error:
            stop(str(error))
        now = datetime.now(UTC)
        with opened(builds) as store:
            before = now.replace(day=1) - timedelta(days=round(30.44 * months))
            lines = audit.remove_before(store, before, audit.operating_system_user())
            with store.writing():
                store.do("sessions_forget", {"moment": int(now.timestamp()) - 3600 * LONGEST_HOURS})
    say.print(
        f"Removed {len(done.builds)} builds, {done.identities} folders of identities, and {lines:,} audit lines over "
        f"{months} months old."
    )


@app.command("backup")
def back_up(
    out: Annotated[Path, typer.Argument(help="A new folder for the copy.")],
    builds: BuildsOption = Path("builds"),
    identity: IdentityOption = None,
) -> None:
    """Copy the current build, the identities and what users wrote, all of one moment. The key is not in it.

    Example: ppo backup /media/safe/2011-11-22
    """
    from dashboard.access_file import access_path
    from etl.keeping import BackupThere, backup
    from etl.publish import BuildRunning

    with plain_errors():
        current_build(builds)
        # Opened before anything is copied, and not held while it is: those who look would have to wait.
        with opened(builds) as store:
            try:
                made = backup(builds, out, identity, access_path(builds))
            except (BackupThere, BuildRunning) as error:
                stop(str(error))
            try:
                with store.writing():
                    append(store, builds, "backup")
            except BaseException:
                shutil.rmtree(made)
                raise
    say.print(f"Copied to {made}. To restore it, see docs/controllers-guide.md; keep the key elsewhere.")


@app.command()
def doctor(
    builds: BuildsOption = Path("builds"),
    identity: IdentityOption = None,
    backup: Annotated[
        Path | None, typer.Option("--backup", help="Also check a backup's files against its backup.json.")
    ] = None,
) -> None:
    """Say what is wrong with this installation. Exit code 1: something is.

    Example: ppo doctor
    """
    from dashboard import sign_in_faults
    from dashboard.access_file import access_path
    from etl.doctor import build_now, examine

    build = build_now(builds)
    secrets = sign_in_faults.secrets_path(os.environ.get("PPO_SECRETS", ""))
    found = [
        (each.about, each.verdict, each.said)
        for each in examine(builds, identity, (secrets, access_path(builds)), backup)
    ]
    known: list[str] = []
    if build:
        warehouse = Warehouse.open_build(current_build(builds), whoever_made_it=True)
        known = figures.schemes(warehouse, Viewer.analyst())["scheme"].to_list()
    found += sign_in_faults.examine(builds, secrets, build is None or build.synthetic, known)
    for about, verdict, said in sorted(found, key=lambda each: ("wrong", "note", "ok").index(each[1])):
        say.print(f"{verdict:<6}{about}: {said}")
    if any(verdict == "wrong" for _, verdict, _ in found):
        raise typer.Exit(STOPPED)


@contextmanager
def holding_the_log(builds: Path) -> Iterator[Store]:
    """Hold the audit log while something is done that makes a line: what cannot be logged is not begun.

    Raises NoBuild and StoreUnusable.
    """
    current_build(builds)
    with opened(builds) as store, store.writing():
        yield store


def append(store: Store, builds: Path, event: str, **about: str | int | list[int]) -> None:
    """Add a line to an audit log that is held, about what whoever is at this machine does."""
    build = read_stamp(current_build(builds)).id
    audit.append(store, event, who=audit.operating_system_user(), role="command line", build=build, about=about)


def log(builds: Path, event: str, schemes: Collection[str] = (), **about: str | int | list[int]) -> None:
    """Add a line to the audit log about what whoever is at this machine does, for `schemes` to read where any."""
    try:
        build = read_stamp(current_build(builds)).id
    except NoBuild:
        build = ""
    who = audit.operating_system_user()
    audit.record(builds, event, who=who, role="command line", schemes=schemes, build=build, about=about)


def names(text: str) -> tuple[str, ...]:
    """Return the breakdowns that `--by` names."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def conditions(given: list[str] | None) -> dict[str, str]:
    """Return the filters that `--where` gives, a breakdown's labels joined. Raises ValueError showing the form."""
    found: dict[str, str] = {}
    for text in given or []:
        name, equals, label = text.partition("=")
        if not equals or not name or not label:
            raise ValueError(f"A filter is DIM=VALUE, such as --where sex=female, got: {text}")
        name, label = name.strip(), label.strip()
        found[name] = f"{found[name]}{ANY_OF}{label}" if name in found else label
    return found


def write(frame: pl.DataFrame, format: str) -> None:
    """Write a frame to standard output, and nothing else there."""
    if format == "json":
        print(json.dumps(frame.to_dicts(), default=str, ensure_ascii=False, indent=1))
    elif format == "csv":
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(frame.columns)
        writer.writerows([safe_cell(value) for value in row] for row in frame.iter_rows())
        sys.stdout.write(buffer.getvalue())
    elif format == "table":
        table = Table()
        for column, kind in frame.schema.items():
            table.add_column(column, justify="right" if kind.is_numeric() else "left")
        for row in frame.iter_rows():
            table.add_row(*(shown(value) for value in row))
        print_table(table, 240)
    else:
        raise ValueError(f"--format is table, csv or json, got: {format}")


def print_table(table: Table, width: int) -> None:
    """Write a table to standard output, as wide as the terminal or, where there is none, as given."""
    width_there = None if sys.stdout.isatty() else width
    Console(markup=False, emoji=False, highlight=False, width=width_there).print(table)


def shown(value: Any) -> str:
    """Return a cell for reading: thousands separated, four decimals at most, nothing for a withheld value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


if __name__ == "__main__":
    app()
