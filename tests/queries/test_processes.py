"""Work shared out to processes: in order, with what is raised, and nothing of it outlives who asked."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from queries.processes import AHEAD, each

ROOT = Path(__file__).parent.parent.parent


def who_and_half(number: int) -> tuple[int, int]:
    return os.getpid(), number // 2


def refuse(number: int) -> int:
    raise ValueError(f"not {number}")


def test_results_come_in_the_order_of_the_parts_from_other_processes():
    found = list(each(who_and_half, iter(range(40)), most=2))
    assert [half for _, half in found] == [number // 2 for number in range(40)]
    workers = {process for process, _ in found}
    assert os.getpid() not in workers
    assert len(workers) <= 2


def test_one_process_is_this_one():
    assert list(each(who_and_half, [8], most=1)) == [(os.getpid(), 4)]


def test_what_is_raised_there_is_raised_here():
    with pytest.raises(ValueError, match="not 3"):
        list(each(refuse, [3], most=2))


def test_parts_are_made_as_they_are_needed():
    made = []
    found = each(who_and_half, (made.append(number) or number for number in range(1000)), most=2)
    next(found)
    assert len(made) <= 2 * AHEAD + 1
    found.close()


def test_the_processes_end_with_one_that_is_killed():
    script = textwrap.dedent("""
        import sys
        from queries.processes import each
        from tests.queries.test_processes import wait_for_good
        if __name__ == "__main__":
            list(each(wait_for_good, [1, 2], most=2))
    """)
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as asked:
        assert asked.stdout is not None
        begun = {asked.stdout.readline() for _ in range(2)}
        assert len(begun) == 2
        asked.send_signal(signal.SIGKILL)
        # Whoever still runs holds the other end of this: it is read to the end when the last has ended.
        assert asked.stdout.read() == ""


def wait_for_good(_: int) -> None:
    sys.stdout.write(f"{os.getpid()}\n")
    sys.stdout.flush()
    signal.pause()
