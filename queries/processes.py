"""Work that is shared out to processes, one for each core, where it is Python and its libraries that keep one busy.

What DuckDB does is in threads already. Each process begins anew, with nothing of its parent's but what it is given, so
that no thread or connection of the parent's is copied half-way through something.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import connection
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")

AHEAD = 4
"""How many parts for each process are made before they are worked on: a few, since each is held in memory."""


def each(work: Callable[[Part], Result], parts: Iterable[Part], most: int | None = None) -> Iterator[Result]:
    """Give what `work` returns for each part, in the order of the parts.

    `work` is a function of a module, and it and the parts can be pickled. `most` is how many processes there may be: by
    default one for each core. With one, the work is done here. Raises what `work` raises.
    """
    processes = most or os.cpu_count() or 1
    if processes == 1:
        yield from map(work, parts)
        return
    begun: deque[Future[Result]] = deque()
    begin_anew = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=begin_anew, initializer=_end_with_parent) as pool:
        for part in parts:
            if len(begun) >= AHEAD * processes:
                yield begun.popleft().result()
            begun.append(pool.submit(work, part))
        while begun:
            yield begun.popleft().result()


def _end_with_parent() -> None:
    """End this process when its parent has ended, however that was: a killed one cannot say so."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for, args=(parent.sentinel,), daemon=True).start()


def _wait_for(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
