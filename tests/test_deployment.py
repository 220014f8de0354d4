"""The service unit and the container file: what they let the dashboard do, read as text, since neither is run here."""

import configparser
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UNIT = ROOT / "deploy" / "ppo-dashboard.service"
CONTAINER = ROOT / "deploy" / "Containerfile"


@pytest.fixture
def service() -> dict[str, list[str]]:
    """Return the settings of the service, each with every value that it is given."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_the_service_may_write_nothing_but_what_users_write(service):
    assert service["User"] == ["ppo"]
    assert service["ProtectSystem"] == ["strict"]
    assert service["ReadWritePaths"] == ["/srv/ppo/builds-state"]
    assert "/srv/ppo/builds" in service["ReadOnlyPaths"][0].split()
    assert "-/srv/ppo/builds-identity" in service["InaccessiblePaths"][0].split()
    assert service["NoNewPrivileges"] == ["yes"]
    assert service["CapabilityBoundingSet"] == [""]
    assert service["UMask"] == ["0077"]


def test_the_service_is_not_given_the_key_and_starts_as_it_should(service):
    given = " ".join(service["Environment"])
    assert "KEY" not in given
    assert {each.split("=")[0] for each in given.split()} >= {"PPO_BUILDS", "PPO_STATE", "PPO_ACCESS", "PPO_SECRETS"}
    assert service["ExecStart"] == ["/opt/ppo/.venv/bin/ppo serve --port 8501"]
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(UNIT, encoding="utf-8")
    assert parser.sections() == ["Unit", "Service", "Install"]


def steps() -> list[tuple[str, str]]:
    """Return the instructions of the container file, lines that go on joined."""
    text = re.sub(r"\\\n\s*", " ", CONTAINER.read_text(encoding="utf-8"))
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line and not line.startswith("#")]


def test_the_container_has_no_root_and_no_identities():
    done = steps()
    names = [name for name, _ in done]
    assert done[names.index("USER")] == ("USER", "10001:10001")
    assert names.index("USER") < names.index("CMD")
    assert not {"COPY", "ADD", "RUN"} & set(names[names.index("USER") :]), "what is installed is owned by root"
    assert not any(word in rest for _, rest in done for word in ("KEY", "identity", "extracts", "secrets.toml "))
    copied = {word for name, rest in done if name == "COPY" for word in rest.split()[:-1]}
    rooms = {".streamlit", "dashboard", "etl", "pages", "queries"}
    assert copied == rooms | {"requirements.txt", "pyproject.toml", "README.md", "app.py", "cli.py"}
    assert all((ROOT / each).exists() for each in copied)


def test_the_container_installs_what_is_locked_with_every_hash_checked():
    installs = [rest for name, rest in steps() if name == "RUN" and "pip install" in rest]
    assert len(installs) == 2
    assert "--require-hashes -r requirements.txt" in installs[0]
    assert "--no-deps --no-build-isolation" in installs[1]


def test_make_installs_what_is_locked_with_every_hash_checked():
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = re.findall(r"\$\$installer (.*)", made)
    assert len(installs) == 1, "one line installs everything"
    assert "--require-hashes -r $(1)" in installs[0]
    assert "--no-deps --no-build-isolation -e ." in installs[0]


def test_root_installs_what_serves_and_runs_nothing_of_it():
    """`make demo` as root would leave builds that are root's, and serve them as root."""
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^install: \$\(RUN_TIME\)\n(?!\t)", made, re.MULTILINE)
    guide = (ROOT / "docs" / "controllers-guide.md").read_text(encoding="utf-8")
    set_up = guide[guide.index("## Setting it up") :]
    assert set(re.findall(r"`make ([a-z-]+)`", set_up)) == {"install"}
    assert [line[:2] for line in set_up.splitlines() if re.match(r"\d\. ", line)] == ["1.", "2.", "3.", "4.", "5."]


def test_started_by_hand_it_listens_on_this_machine_and_says_nothing_of_faults():
    """What `streamlit run app.py` goes by, where nobody gives it anything else."""
    given = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert given["server"]["address"] == "127.0.0.1"
    assert given["server"]["enableStaticServing"] is False
    assert given["client"]["showErrorDetails"] == "none"
    assert given["browser"]["gatherUsageStats"] is False
    # What protects against other sites is on unless somebody turns it off.
    assert not {"enableXsrfProtection", "enableCORS", "corsAllowedOrigins", "trustedUserHeaders"} & set(given["server"])


def test_nothing_private_is_sent_to_whoever_builds_the_container():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert ignored[0] == "*"
    assert not any(word in line for line in ignored for word in ("secrets", "builds", "identity", "extracts", "data"))
