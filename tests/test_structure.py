"""The house holds: which way imports point, where SQL lives, what no file of the project may contain.

Each rule is a function from a file's text to its problems, tried first on something that breaks it.
"""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("queries", "etl", "dashboard", "pages")


@lru_cache
def project_files() -> tuple[str, ...]:
    """Return every file that is or is about to be in the repository, from the top of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(sorted(name for name in set(listed.stdout.split("\0")) if name and (ROOT / name).is_file()))


def python_files(*tops: str) -> list[str]:
    """Return the Python files of those rooms, or the file itself for one that stands at the top."""
    return [name for name in project_files() if name.endswith(".py") and name.split("/")[0] in tops]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# ── The arrows ──────────────────────────────────────────────────────────────────────────────────


def imported(source: str) -> set[str]:
    """Return the modules that a file imports, anywhere in it, by full names; `.` marks a relative one."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            found.add("." * node.level + (node.module or ""))
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
    return found


def tops(source: str) -> set[str]:
    """Return the top-level packages that a file imports; a relative import is of its own room."""
    return {name.split(".")[0] for name in imported(source) if not name.startswith(".")}


FORBIDDEN = {
    "queries": {"etl", "dashboard", "pages", "app", "cli", "streamlit"},
    "etl": {"dashboard", "pages", "app", "cli", "streamlit"},
    "dashboard": {"etl", "pages", "app", "cli"},
    "app.py": {"etl", "pages", "cli"},
}
"""What each room may not import. Nothing flows back, and only cli.py may import all of them."""


@pytest.mark.parametrize("room", FORBIDDEN)
def test_imports_point_one_way(room):
    wrong = {name: tops(text_of(name)) & FORBIDDEN[room] for name in python_files(room)}
    assert {name: bad for name, bad in wrong.items() if bad} == {}


def test_pages_import_only_the_dashboard_and_streamlit():
    allowed = {"dashboard", "streamlit"} | sys.stdlib_module_names
    wrong = {name: tops(text_of(name)) - allowed for name in python_files("pages")}
    assert {name: bad for name, bad in wrong.items() if bad} == {}


def test_the_command_line_is_imported_by_nobody():
    users = [name for name in python_files(*ROOMS, "app.py") if "cli" in tops(text_of(name))]
    assert users == []


@pytest.mark.parametrize("name", ["builds", "builds-identity", "builds-state", "quarantine", "platform"])
def test_what_the_examples_write_of_people_cannot_be_committed(name):
    """The folders that `ppo` writes to by default, or by the examples of its help, from the top of the project."""
    asked = ["git", "check-ignore", "--quiet", "--no-index", f"{name}/a.parquet"]
    assert subprocess.run(asked, cwd=ROOT, check=False).returncode == 0


def two_of_one_name(source: str) -> set[str]:
    """Return what a file calls by the name of another thing: a function as a module that it imports, or a module as
    its neighbour in the same room.
    """
    tree = ast.parse(source)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    neighbours = {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if alias.asname != alias.name and f"{node.module.replace('.', '/')}/{alias.asname}.py" in project_files()
    }
    return functions & modules | neighbours


def test_no_name_in_a_file_is_that_of_another_thing():
    assert two_of_one_name("def logging(): ...\ndef other():\n    import logging\n") == {"logging"}
    assert two_of_one_name("from dashboard import access_file as sign_in\n") == {"sign_in"}
    wrong = {name: two_of_one_name(text_of(name)) for name in python_files(*ROOMS, "app.py", "cli.py")}
    assert {name: bad for name, bad in wrong.items() if bad} == {}


def test_the_oracle_imports_nothing_of_ours():
    ours = {*ROOMS, "app", "cli", "tests", "duckdb"}
    oracle = [name for name in python_files("tests") if name.startswith("tests/oracle/")]
    assert oracle, "the oracle is not where it was"
    wrong = {}
    for name in oracle:
        elsewhere = {module for module in imported(text_of(name)) if not module.startswith("tests.oracle")}
        wrong[name] = {module.split(".")[0] for module in elsewhere} & ours
    assert {name: bad for name, bad in wrong.items() if bad} == {}


def test_the_sample_world_never_goes_through_our_sql():
    wrong = {
        name: sorted(module for module in imported(text_of(name)) if re.match(r"(queries|duckdb)\b", module))
        for name in python_files("etl")
        if name.startswith("etl/sample/")
    }
    assert {name: bad for name, bad in wrong.items() if bad} == {}


def test_the_build_never_reads_the_truth():
    truth = re.compile(r"truth(\.json|/)")
    readers = [
        name
        for name in python_files("etl", "queries", "dashboard")
        if not name.startswith("etl/sample/") and truth.search(text_of(name))
    ]
    assert readers == []


def test_imports_are_seen_wherever_they_stand():
    source = "import etl.build as b\ndef f():\n    from dashboard.show import show\n    from . import near"
    assert imported(source) == {"etl.build", "dashboard.show", "."}
    assert tops(source) == {"etl", "dashboard"}


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────


def loose_pages(names: tuple[str, ...]) -> list[str]:
    """Return the scripts directly in pages/: on a fresh server those can be opened past sign-in."""
    return [name for name in names if re.fullmatch(r"pages/[^/]+\.py", name)]


def test_no_page_stands_directly_in_pages():
    assert loose_pages(("pages/admin.py", "pages/board/overview.py")) == ["pages/admin.py"]
    assert loose_pages(project_files()) == []


# ── What is shown to whom ────────────────────────────────────────────────────────────────────────


def kept_between_runs(source: str) -> list[str]:
    """Return the functions of a file whose answers are kept between runs, and so could be given to another viewer."""
    tree = ast.parse(source)
    keeps = {"cache_data", "cache_resource", "lru_cache", "cache", "cached_property", "kept"}
    # By whatever name a file imports them.
    keeps |= {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in keeps and alias.asname
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = {
                each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "")
                for decorator in node.decorator_list
                for each in ast.walk(decorator)
            }
            if names & keeps:
                found.append(node.name)
    return found


DRAWN = "kept under the whole of the protected figures it is drawn from: whoever has those has all that is in it"

KEPT = {
    "dashboard/access_file.py": {"parse": "kept under the whole text of the file"},
    "dashboard/current.py": {"_opened": "the warehouse itself, kept under its build's folder"},
    "dashboard/sign_in.py": {"_store": "the store itself"},
    "dashboard/charts.py": {
        "over_time": DRAWN,
        "groups": DRAWN,
        "together": DRAWN,
        "ranges": DRAWN,
        "curves": DRAWN,
        "curve": DRAWN,
        "timeline": DRAWN,
        "concentration": DRAWN,
    },
}
"""What may be kept, and why it can show nobody what another may see. A function more must be argued for here.

Other than by a decorator, figures, schemes and what is said of a build as a whole are kept in `dashboard/kept.py`, the
first two by who may see them: `tests/dashboard/test_kept.py` tries to mix them.
"""


def test_nothing_that_a_viewer_sees_is_kept_for_another():
    decorated = (
        "from dashboard.kept import kept as held\n"
        "@st.cache_data(ttl=1)\ndef a(): ...\n@lru_cache\ndef b(): ...\ndef c(): ...\n"
        "@kept\ndef d(): ...\n@kept.kept\ndef e(): ...\n@held\ndef f(): ..."
    )
    assert kept_between_runs(decorated) == ["a", "b", "d", "e", "f"]
    found = {name: kept_between_runs(text_of(name)) for name in python_files("dashboard", "pages", "app.py")}
    # None is argued for that is no longer kept, either.
    assert {name: functions for name, functions in found.items() if functions} == {
        name: list(reasons) for name, reasons in KEPT.items()
    }


def test_files_are_offered_in_one_way_only():
    """Another would give a file to whoever has its address, with no line in the audit log."""
    users = [name for name in python_files("dashboard", "pages", "app.py") if ".download_button(" in text_of(name)]
    assert users == ["dashboard/give.py"]


def test_every_threat_names_a_test_that_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text_of("docs/threat-model.md"))
    assert len(named) > 40
    assert [(path, test) for path, test in named if test and f"def {test}(" not in text_of(path)] == []
    untried = [line for line in text_of("docs/threat-model.md").splitlines() if re.match(r"\| (?!---|who does)", line)]
    assert [line for line in untried if "`tests/" not in line] == []


# ── SQL ─────────────────────────────────────────────────────────────────────────────────────────

# All lower or all upper case, as SQL is written: "Select a scheme from the list" is a sentence.
SQL = re.compile(
    r"\s*(--[^\n]*\n\s*)*"
    r"(with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\s*\(|select\s[\s\S]*\sfrom\s|select\s+[\w*(]+$|from\s+\w+\s+select\s"
    r"|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|merge\s+into\s|copy\s+[\s\S]+\sto\s|alter\s+table\s"
    r"|(create|drop)\s+(or\s+replace\s+)?(temp\w*\s+)?(table|view|macro|schema|sequence|type|index)\s)"
)


def sql_strings(source: str) -> list[str]:
    """Return the beginnings of a file's string constants that look like SQL; docstrings do not count."""
    tree = ast.parse(source)
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node.value.strip()[:60]
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
        if SQL.match(node.value) or (node.value.isupper() and SQL.match(node.value.lower()))
    ]


def test_sql_is_told_from_sentences():
    assert sql_strings('"select a, b from t"\nx = "select a from t"') == ["select a from t"]
    assert sql_strings("f(f'insert into {t} values (1)')") == ["insert into"]
    assert sql_strings("x = 'with a as (select 1) from a'") == ["with a as (select 1) from a"]
    assert sql_strings("x = 'SELECT A FROM T'") == ["SELECT A FROM T"]
    assert sql_strings("x = 'Select a scheme from the list'; y = 'with a colleague'; z = 'create'") == []


@pytest.mark.parametrize("top", ["app.py", "cli.py", "dashboard", "pages"])
def test_sql_lives_in_queries_and_etl_only(top):
    found = {name: sql_strings(text_of(name)) for name in python_files(top)}
    assert {name: sql for name, sql in found.items() if sql} == {}


# Made from the contracts' declarations, a check for each column and rule: no text that could stand in a file.
GENERATED = {"etl/intake_sql.py"}


def test_sql_of_the_build_stands_in_sql_files():
    found = {name: sql_strings(text_of(name)) for name in python_files("etl") if name not in GENERATED}
    assert {name: sql for name, sql in found.items() if sql} == {}


# ── What no file may contain ────────────────────────────────────────────────────────────────────

# Each is put together from parts, so that this file does not contain what it looks for.
MACHINE = {
    "a path of one machine": "|".join(
        f"/{top}/{below}"
        for top, below in [
            ("work", "(main|steering|shared|[.]library)"),
            ("tmp", "[a-z]+/"),
            ("root", ""),
            ("home", "[a-z]"),
        ]
    ),
    "a folder outside the project": r"[.][.]/" + "shared",
    "a package registry": "|".join(
        [
            "(index" + "-url|extra-" + "index)[ =]",
            "https?://[^ )]+/" + "simple",
            "hosted" + "[.]org",
            "https?://" + "registry[.]",
            "pypi" + "[.]org",
            "npmjs" + "[.](org|com)",
        ]
    ),
}
HIDDEN_TESTS = "|".join(
    ["pytest" + "[.]skip", "mark" + "[.]skip", "mark" + "[.]xfail", "import" + "orskip", "time" + "[.]sleep"]
)


def lines_with(pattern: str, text: str) -> Iterator[str]:
    """Give each line in which the pattern occurs, with its number."""
    for number, line in enumerate(text.splitlines(), start=1):
        if re.search(pattern, line):
            yield f"{number}: {line.strip()[:120]}"


def text_files() -> Iterator[tuple[str, str]]:
    """Give the name and the text of every file of the project; a picture or a workbook has none."""
    for name in project_files():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content[:8192]:
            yield name, content.decode("utf-8", errors="replace")


@pytest.mark.parametrize("what", MACHINE)
def test_no_file_names(what):
    found = {name: list(lines_with(MACHINE[what], text)) for name, text in text_files()}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_machine_names_are_seen():
    path, folder, registry = MACHINE.values()
    for named in ("work/main/x", "tmp/out/x", "root/x"):
        assert re.search(path, f"see /{named}")
    assert not re.search(path, "a path such as /tests/data and /path/to/python")
    assert re.search(folder, "../" + "shared/design")
    for named in ("--index" + "-url x", "https://x.example/" + "simple"):
        assert re.search(registry, named)


def test_no_test_is_hidden_or_sleeps():
    found = {name: list(lines_with(HIDDEN_TESTS, text_of(name))) for name in python_files("tests")}
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert list(lines_with(HIDDEN_TESTS, "@pytest.mark." + "skip")) != []


# ── Decisions ───────────────────────────────────────────────────────────────────────────────────


def decision_problems(name: str, text: str) -> list[str]:
    """Return what a decision file lacks: a number in its name and its title, what was picked, what was ruled out."""
    problems = []
    if not re.fullmatch(r"\d+-[a-z0-9-]+\.md", PurePosixPath(name).name):
        problems.append("is not named NUMBER-words.md")
    elif not text.startswith(f"# {int(PurePosixPath(name).name.split('-')[0])}. "):
        problems.append("does not begin with its number")
    problems += [f"does not say what was {said}" for said in ("picked", "ruled out") if said not in text.lower()]
    return problems


def test_decisions_are_numbered_and_say_what_was_picked_and_ruled_out():
    assert len(decision_problems("docs/decisions/Locks.md", "We use uv.")) == 3
    assert decision_problems("docs/decisions/0007-locks.md", "# Locks\n\nPicked: uv. Ruled out: none.") != []
    names = [name for name in project_files() if name.startswith("docs/decisions/")]
    problems = {name: decision_problems(name, text_of(name)) for name in names}
    assert {name: found for name, found in problems.items() if found} == {}
    numbers = [int(PurePosixPath(name).name.split("-")[0]) for name in names]
    assert len(set(numbers)) == len(numbers), f"Two decisions have one number: {sorted(numbers)}"


# ── Locks ───────────────────────────────────────────────────────────────────────────────────────

LOCKS = ("requirements.txt", "requirements-dev.txt")


def requirements(text: str) -> list[str]:
    """Return each requirement of a lock with its hashes on one line."""
    joined = re.sub(r"\\\n\s*", " ", text)
    return [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]


def pins(text: str) -> dict[str, set[str]]:
    """Return the versions that a lock pins for each package (several when they depend on the Python)."""
    found: dict[str, set[str]] = {}
    for line in requirements(text):
        name, version = line.split(" ")[0].split("==")
        found.setdefault(name.lower(), set()).add(version)
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_is_pinned_with_its_hashes(lock):
    pinned = re.compile(r"[a-z0-9._-]+==\S+ ( ?;.*?)?( *--hash=sha256:[0-9a-f]{64})+\s*")
    loose = [line[:80] for line in requirements(text_of(lock)) if not pinned.fullmatch(line)]
    assert loose == []
    assert len(requirements(text_of(lock))) > 40


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_host_and_no_path(lock):
    assert list(lines_with(r"https?:|file:|://| /[a-z]|@ ", text_of(lock))) == []


def test_the_development_lock_holds_the_run_time_lock():
    run_time, development = (pins(text_of(lock)) for lock in LOCKS)
    assert {name: versions for name, versions in run_time.items() if development.get(name) != versions} == {}


def test_the_locks_hold_what_the_project_asks_for():
    project = tomllib.loads(text_of("pyproject.toml"))
    groups = project["dependency-groups"]
    asked = {"requirements.txt": project["project"]["dependencies"] + groups["build"]}
    asked["requirements-dev.txt"] = asked["requirements.txt"] + groups["dev"]
    for lock, wanted in asked.items():
        locked = pins(text_of(lock))
        for requirement in wanted:
            name, _, version = re.sub(r"\[.*?\]", "", requirement).partition("==")
            assert name.lower() in locked, f"{lock} lacks {name}: run make lock"
            assert not version or locked[name.lower()] == {version}, f"{lock} pins another {name}: run make lock"


# ── Commands ────────────────────────────────────────────────────────────────────────────────────


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", text_of("Makefile"), re.MULTILINE))


def test_the_commands_that_the_readme_names_exist():
    named = set(
        re.findall(
            r"\bmake ([a-z][a-z-]*)",
            " ".join(re.findall(r"`[^`]+`|^ {4}.*$|^make .*$", text_of("README.md"), re.M)),
        )
    )
    assert {"demo", "test"} <= named
    assert named <= make_targets()


def test_make_alone_lists_every_command():
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    named = set(re.findall(r"^make ([a-z-]+)", listed, re.MULTILINE))
    assert named == make_targets() - {"help", "environment", "java"}


def test_continuous_integration_runs_the_tests():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert re.search(r"^make test\b", script.read_text(encoding="utf-8"), re.MULTILINE)
