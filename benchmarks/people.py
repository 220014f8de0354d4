"""Fifty people at once on one server: `python -m benchmarks.people --build FOLDER [--people N] [--seconds N]`.

Each has a page open and changes a choice every three seconds, over Streamlit's own protocol, as a browser does. Every
option of every choice is asked for once before anything is timed, so that one and all alike are answered by a server
that has answered it before. Then one of them alone, then all, on one server: the middle of all answers against the
middle of one's, from the change to the end of the run that answers it. The server's memory is read all the while; the
first third of the time warms it up.
"""

import argparse
import asyncio
import random
import statistics
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from benchmarks.pairs import judged, say
from tests.browser.serving import started

EVERY = 3.0
"""Seconds from one change to the next."""

ALONE = 30
"""Changes that one person makes alone."""

MOST, GROWTH = 4.0, 1.1
PATIENCE = 120
PAGES = (
    ("", "People"),
    ("reoffending", "Year, April to March"),
    ("caseload", "Break down by"),
    ("justice", "People"),
    ("time-to-reoffence", "Break down by"),
)
"""Pages that people have open, and the choice that they change on each."""


@dataclass
class Person:
    """Somebody with a page open: what they can choose from, and what each change took in seconds.

    `part` is the part of the page that the choice runs alone, empty where it runs the whole.
    """

    connection: ClientConnection
    path: str
    title: str
    chance: random.Random
    widget: str = ""
    part: str = ""
    options: list[str] = field(default_factory=list)
    query: str = "view_as=Analyst"
    page: str = ""
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def run(self, option: str | None = None) -> None:
        """Ask for a run of the page, with a choice changed or as it begins, and wait for its end."""
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        if self.page:
            asked.rerun_script.page_script_hash = self.page
        else:
            asked.rerun_script.page_name = self.path
        if option is not None:
            state = asked.rerun_script.widget_states.widgets.add()
            state.id, state.string_value = self.widget, option
            asked.rerun_script.fragment_id = self.part
        await self.connection.send(asked.SerializeToString())
        while True:
            said = ForwardMsg()
            said.ParseFromString(await asyncio.wait_for(self.connection.recv(decode=False), PATIENCE))
            kind = said.WhichOneof("type")
            if kind == "new_session":
                self.page = said.new_session.page_script_hash
            elif kind == "page_info_changed":
                self.query = said.page_info_changed.query_string
            elif kind == "delta":
                self.see(said.delta)
            elif kind == "script_finished":
                return

    def see(self, delta: Any) -> None:
        """Note the choice to change, and whatever should not be on the page."""
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.errors.append(element.exception.type)
        elif kind == "html" and "could not be shown" in element.html.body:
            self.errors.append("could not be shown")
        elif kind == "selectbox" and element.selectbox.label == self.title:
            self.widget, self.options = element.selectbox.id, list(element.selectbox.options)
            self.part = delta.fragment_id

    async def change(self) -> None:
        """Change the choice, and note what it took."""
        began = time.perf_counter()
        await self.run(self.chance.choice(self.options))
        self.seconds.append(time.perf_counter() - began)


async def arrive(address: str, number: int, page: tuple[str, str] | None = None) -> Person:
    """Open a page as the next person does, or the page that is named with its choice."""
    path, title = page or PAGES[number % len(PAGES)]
    with urllib.request.urlopen(f"{address}/_stcore/health") as answer:  # noqa: S310  our own server
        cookies = [text.split(";")[0] for text in answer.headers.get_all("set-cookie") or []]
    token = next(text.partition("=")[2] for text in cookies if text.startswith("_streamlit_xsrf"))
    connection = await connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        origin=Origin(address),
        subprotocols=[Subprotocol("streamlit"), Subprotocol(token)],
        additional_headers={"Cookie": "; ".join(cookies)},
        max_size=None,
        open_timeout=PATIENCE,
        proxy=None,
    )
    person = Person(connection, path, title, random.Random(number))  # noqa: S311  a choice, not a secret
    await person.run()
    return person


def resident(process: int) -> int:
    """Return a process's resident memory in MiB."""
    text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(text.split("VmRSS:")[1].split()[0]) // 1024


async def at_work(person: Person, until: float) -> None:
    """Change a choice every three seconds until a moment, beginning at a moment of one's own."""
    due = time.perf_counter() + person.chance.random() * EVERY
    while due < until:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await person.change()
        due = max(due + EVERY, time.perf_counter())


async def watched(process: int, until: float, seen: list[int]) -> None:
    """Note the server's memory every second."""
    while time.perf_counter() < until:
        seen.append(resident(process))
        await asyncio.sleep(1)


async def measured(address: str, process: int, people: int, seconds: float) -> dict[str, Any]:
    """Return the line of the bar."""
    everybody = [await arrive(address, number) for number in range(people)]
    lost = [person.title for person in everybody if not person.options]
    if lost:
        raise RuntimeError(f"These choices are not on their pages: {', '.join(sorted(set(lost)))}")
    for person in everybody[: len(PAGES)]:
        for option in person.options:
            await person.run(option)
    alone: list[float] = []
    for number in range(ALONE):
        person = everybody[number % len(PAGES)]
        await person.change()
        alone.append(person.seconds.pop())
    memory: list[int] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*(at_work(person, until) for person in everybody), watched(process, until, memory))
    for person in everybody:
        await person.connection.close()
    took = [each for person in everybody for each in person.seconds]
    errors = [said for person in everybody for said in person.errors]
    one, all_of_them = statistics.median(alone), statistics.median(took)
    third = len(memory) // 3
    warm, last = statistics.median(memory[third : 2 * third]), statistics.median(memory[2 * third :])
    ratio, growth = float(f"{all_of_them / one:.3g}"), float(f"{last / warm:.3g}")
    return {
        "bar": "14",
        "work": f"{people} people at once, each changing a choice (asked before) every {EVERY:g} s for {seconds:g} s",
        "ratios": [
            {"of": "middle answer of all", "to": "middle answer of one", "got": ratio, **judged(ratio, most=MOST)},
            {"of": "memory in the last third", "to": "in the second", "got": growth, **judged(growth, most=GROWTH)},
            {"of": "errors", "to": "none", "got": len(errors), **judged(len(errors), most=0)},
        ],
        "answers": len(took),
        "milliseconds": {
            "one": round(1000 * one),
            "middle": round(1000 * all_of_them),
            "19 of 20 within": round(1000 * statistics.quantiles(took, n=20)[18]),
        },
        "memory, MiB": {"at the start": memory[0], "second third": round(warm), "last third": round(last)},
        "errors": sorted(set(errors)) or "none",
    }


def main() -> None:
    """Print the line of bar 14."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    given = parser.parse_args()
    with TemporaryDirectory() as work, started(given.build.resolve().parent, Path(work) / "log") as (address, process):
        say(asyncio.run(measured(address, process.pid, given.people, given.seconds)))


if __name__ == "__main__":
    main()
