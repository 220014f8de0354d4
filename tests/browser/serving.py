"""The dashboard, or another script, served on a port of this machine: for tests and for comparisons."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 60
"""Two cores shared with others: a server may take long to start, and a right one never needs it."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def started(
    builds: Path,
    log: Path,
    port: int | None = None,
    script: str = "dashboard/server.py",
    secrets: Path | None = None,
    environment: dict[str, str] | None = None,
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve a folder of builds as `ppo serve` does, on a free port; give its address and the process."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    command += ["--secrets.files", str(secrets)] if secrets else []
    environment = os.environ | {"PPO_BUILDS": str(builds), "PPO_STATE": f"{log}-state"} | (environment or {})
    with log.open("w") as written:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=written, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_it_answers(f"{address}/_stcore/health", process, log)
        yield address, process
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def server(builds: Path, log: Path, **how: Any) -> Iterator[str]:
    """Serve a folder of builds as `started` does, and give its address alone."""
    with started(builds, log, **how) as (address, _):
        yield address


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until an address answers. Raises AssertionError with the log when its process ends, or never answers."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310  our own server
                return
        except (urllib.error.URLError, OSError):
            # Asked again at once: each attempt waits on the socket, so this does not spin.
            process_wait(process, 0.1)
    raise AssertionError(f"The server did not start:\n{log.read_text()}")


def process_wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait a moment for a process to end; most do not."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return
