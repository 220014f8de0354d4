"""Which cells to withhold: as few as may be that keep a reader from working out a count of one to four people.

What a reader can work out is a linear program: the numbers shown are fixed, the withheld ones may be anything that adds
up. A count is safe when some answer gives it as many people as it must be able to have. Where there is none, the
cheapest way to make one is a linear program too, over every cell that could be withheld besides (Kelly, Golden and
Assad, Networks 22, 1992). In small groups of tables the fewest cells are then found and proved: the dual of the
reader's program says which cells are missing, as an inequality, and an integer program meets all of those found so
far, until the reader finds nothing (Fischetti and Salazar, Management Science 47, 2001).

Where tables of very many schemes hang together, they are looked at in blocks, while all else stands still: an answer
for a block is an answer for all. First a few schemes at a time; then, for what needs other schemes, one breakdown at a
time; what needs more than that is settled over the whole.

Nothing stops by the clock and every order is fixed, so that the same input always loses the same cells, on one core as
on many: groups of tables have nothing to do with each other, and those of a large release are shared out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import highspy
import numpy as np

from queries import processes

TOLERANCE = 1e-6
FAR = 1000.0
"""As far as a count need ever move up for another to move by five."""

PROVED_CELLS = 16
"""In groups with at most so many cells to choose from the fewest are looked for until they are proved."""

ROUNDS = 30
"""How often the fewest cells are asked for in one group before the best found so far is taken."""

NODES = 1000
"""How many branches an integer program may open: a count, not a time, so that every machine stops at the same."""

LARGE = 4000
"""A group of more counts than this is taken in its blocks: what a program costs grows faster than its size."""

SHARED_OUT = 100_000
"""Groups of so many counts together are shared out to processes, which take a second to begin."""

Equation = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Count:
    """A number of people in the tables, or one that follows from them.

    `cell` is the cell that shows it, or None when none does. `least` is what everybody knows it cannot be under. A
    count that is known is known whatever is withheld, as when it was shown before. Counts of one block have more to do
    with each other than with those of another; one of none, such as a total, has to do with all. `blocks` has its block
    in each way of taking a large group apart.
    """

    cell: int | None
    people: int
    least: int = 0
    known: bool = False
    blocks: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Need:
    """A count that must be able to be other than it is: by `move` people up, or down where that is below nothing."""

    count: int
    move: int

    @property
    def way(self) -> int:
        """1 for up, -1 for down."""
        return 1 if self.move > 0 else -1


@dataclass
class Tables:
    """What is published: cells with what each costs to lose, the counts behind them, and what adds up to nothing.

    `settled` says of the cells in which nobody has come or gone since the release before whether they were withheld in
    it; `passed` are the counts of the release before that are no longer those of this one.
    """

    costs: list[float] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    settled: dict[int, bool] = field(default_factory=dict)
    passed: set[int] = field(default_factory=set)


def withheld(tables: Tables, small: set[int]) -> set[int]:
    """Return the cells to withhold: those that are small themselves, and as few others as keep them so."""
    found, parts = set(small), groups(tables)
    many = sum(len(group.counts) for group in parts) >= SHARED_OUT
    for cells in processes.each(_of_part, _parts(tables, parts, small), most=None if many else 1):
        found |= cells
    return found


def exposed(tables: Tables, hidden: set[int]) -> list[Need]:
    """Return the needs that are not met when those cells are withheld."""
    found: list[Need] = []
    for group in groups(tables):
        reader = Reader(tables, group)
        reader.withhold(hidden)
        found += reader.caught(group.needs)
    return found


# ---- groups of tables -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Tables that have nothing to do with any others: their counts, equations and needs.

    Of a block, `shared` are the counts that are in the other blocks as well.
    """

    counts: list[int]
    equations: list[Equation]
    needs: list[Need]
    shared: frozenset[int] = frozenset()


def groups(tables: Tables) -> list[Group]:
    """Return the groups of tables that hang together by a sum or a cell and have something to protect, in order."""
    parent = list(range(len(tables.counts)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    def join(one: int, other: int) -> None:
        a, b = root(one), root(other)
        parent[max(a, b)] = min(a, b)

    first_of_cell: dict[int, int] = {}
    for place, count in enumerate(tables.counts):
        if count.cell is not None:
            join(first_of_cell.setdefault(count.cell, place), place)
    for equation in tables.equations:
        for count, _ in equation[1:]:
            join(equation[0][0], count)
    needs: dict[int, list[Need]] = defaultdict(list)
    for need in tables.needs:
        needs[root(need.count)].append(need)
    counts: dict[int, list[int]] = defaultdict(list)
    for place in range(len(tables.counts)):
        counts[root(place)].append(place)
    equations: dict[int, list[Equation]] = defaultdict(list)
    for equation in tables.equations:
        equations[root(equation[0][0])].append(equation)
    return [Group(counts[each], equations[each], needs[each]) for each in sorted(needs)]


def blocks(tables: Tables, group: Group, way: int, hidden: set[int]) -> list[Group]:
    """Return the blocks, taken apart in one way, that have a need of their own, in order.

    With each go the counts of no block that no shown cell gives away: totals that are withheld may move. All others are
    left out of every sum, as if they stood still.
    """
    block_of = {count: _block(tables.counts[count], way) for count in group.counts}
    # What no cell shows belongs with the counts that it is told by, if those are all of one block.
    told = [equation for equation in group.equations if any(tables.counts[count].cell is None for count, _ in equation)]
    before = -1
    while before != (before := sum(block is not None for block in block_of.values())):
        for equation in told:
            rest = [count for count, _ in equation if block_of[count] is None]
            of = {block for count, _ in equation if (block := block_of[count]) is not None}
            if rest and len(of) == 1 and all(tables.counts[count].cell is None for count in rest):
                block_of |= dict.fromkeys(rest, *of)
    needs: dict[int, list[Need]] = defaultdict(list)
    for need in group.needs:
        if (block := block_of[need.count]) is not None:
            needs[block].append(need)
    shared = {
        count
        for count, block in block_of.items()
        if block is None and ((cell := tables.counts[count].cell) is None or cell in hidden)
    }
    counts = {block: sorted(shared) for block in needs}
    for count, block in block_of.items():
        if block is not None and block in needs:
            counts[block].append(count)
    equations: dict[int, list[Equation]] = {block: [] for block in needs}
    for equation in group.equations:
        of_shared = tuple(term for term in equation if term[0] in shared)
        inside: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for count, sign in equation:
            if (block := block_of[count]) is not None:
                inside[block].append((count, sign))
        for block in needs if of_shared else needs.keys() & inside.keys():
            equations[block].append((*inside[block], *of_shared))
    return [Group(counts[block], equations[block], needs[block], frozenset(shared)) for block in sorted(needs)]


Part = tuple[Tables, Group, set[int], list[int]]
"""A group with tables of its own: they, the group in them, what is small in it, and each cell's place in the whole."""


def _parts(tables: Tables, parts: list[Group], small: set[int]) -> Iterator[Part]:
    # The longest first, so that no core waits for it at the end.
    for group in sorted(parts, key=lambda group: -len(group.counts)):
        place = {count: at for at, count in enumerate(group.counts)}
        cells = sorted({cell for count in group.counts if (cell := tables.counts[count].cell) is not None})
        at = {cell: number for number, cell in enumerate(cells)}
        counts = [tables.counts[count] for count in group.counts]
        equations = [tuple((place[count], sign) for count, sign in equation) for equation in group.equations]
        needs = [Need(place[need.count], need.move) for need in group.needs]
        own = Tables(
            costs=[tables.costs[cell] for cell in cells],
            counts=[replace(count, cell=None if count.cell is None else at[count.cell]) for count in counts],
            settled={at[cell]: tables.settled[cell] for cell in cells if cell in tables.settled},
            passed={place[count] for count in group.counts if count in tables.passed},
        )
        inside = Group(list(range(len(counts))), equations, needs)
        yield own, inside, {at[cell] for cell in cells if cell in small}, cells


def _of_part(part: Part) -> set[int]:
    """Return the cells to withhold of one group, by their places in the whole."""
    tables, group, small, cells = part
    of = _of_blocks if len(group.counts) > LARGE else _of_group
    return {cells[cell] for cell in of(tables, group, small)[0]}


def _block(count: Count, way: int) -> int | None:
    return count.blocks[way] if way < len(count.blocks) else None


def _of_blocks(tables: Tables, group: Group, small: set[int]) -> tuple[set[int], set[Need]]:
    """Return the cells to withhold in a large group of tables, and the needs that nothing can meet.

    Block by block, first in one way and then in the next; at last over the whole what no block could meet by itself.
    """
    counts = [tables.counts[count] for count in group.counts]
    showing = {count.cell for count in counts if count.cell is not None}
    totals = {count.cell for count in counts if count.cell is not None and _block(count, 0) is None}
    # Totals are no block's; those that are as they were are published as they were, if that still serves.
    found = (small & showing) | {cell for cell in totals if tables.settled.get(cell, False)}
    waiting = group.needs
    for way in range(max(len(count.blocks) for count in counts)):
        met: set[Need] = set()
        for part in blocks(tables, Group(group.counts, group.equations, waiting), way, found):
            hidden, lost = _of_group(tables, part, found)
            found |= hidden
            met |= set(part.needs) - lost
        waiting = [need for need in waiting if need not in met]
    if not waiting:
        return found, set()
    hidden, lost = _of_group(tables, Group(group.counts, group.equations, waiting), found)
    return found | hidden, lost


def _of_group(tables: Tables, group: Group, small: set[int]) -> tuple[set[int], set[Need]]:
    """Return the cells to withhold in one group of tables, and the needs that nothing can meet."""
    reader, planner = Reader(tables, group), Planner(tables, group)
    fixed = reader.showing & small
    own = [count for count in group.counts if count not in group.shared]
    shown = {cell for count in own if (cell := tables.counts[count].cell) is not None}
    if shown <= tables.settled.keys() and tables.passed.isdisjoint(own):
        # The same people are published as they were, unless that has come to tell more than it did.
        as_before = (fixed - shown) | {cell for cell in shown if tables.settled[cell]}
        reader.withhold(as_before)
        if fixed <= as_before and not reader.caught(group.needs):
            return as_before, set()
    best, lost = planner.enough(reader, group.needs, fixed)
    if not best - fixed or len(reader.showing - fixed) > PROVED_CELLS:
        return best, lost
    needs = [need for need in group.needs if need not in lost]
    choice = Choice(tables.costs, fixed)
    for _ in range(ROUNDS):
        hidden, least = choice.fewest()
        if least >= choice.cost(best) - TOLERANCE:
            return best, lost
        reader.withhold(hidden)
        learnt = [reader.lacking(need) for need in reader.caught(needs)]
        if not learnt:
            return hidden, lost
        choice.learn(learnt)
    return best, lost


# ---- programs ---------------------------------------------------------------------------------------------------


class Reader:
    """Somebody who works out what the withheld cells of one group of tables can be.

    The program is about how far each count could be from what it is, so that everything adds up to nothing and standing
    still is always an answer.
    """

    def __init__(self, tables: Tables, group: Group) -> None:
        counts = [tables.counts[place] for place in group.counts]
        self.place = {count: column for column, count in enumerate(group.counts)}
        self.cells = [count.cell for count in counts]
        self.showing = {cell for cell in self.cells if cell is not None}
        self._down = np.array([float(count.people - count.least) for count in counts])
        self._known = np.array([count.known for count in counts])
        self._never_shown = np.array([count.cell is None for count in counts])
        rows = [[(self.place[count], value) for count, value in equation] for equation in group.equations]
        self._solver = _solver(np.zeros(len(counts)), np.zeros(len(counts)), np.zeros(len(counts)), rows)
        self._target = 0
        self.withhold(set())

    def withhold(self, cells: set[int]) -> None:
        """Take those cells, and no others, as withheld."""
        self._free = (self._never_shown | np.array([cell in cells for cell in self.cells])) & ~self._known
        self._lower = np.where(self._free, -self._down, 0.0)
        self._upper = np.where(self._free, highspy.kHighsInf, 0.0)
        every = np.arange(len(self.cells), dtype=np.int32)
        self._solver.changeColsBounds(len(every), every, self._lower, self._upper)

    def caught(self, needs: Sequence[Need]) -> list[Need]:
        """Return the needs that are not met."""
        found, waiting = [], self.doubtful(needs)
        while waiting:
            need, waiting = waiting[0], waiting[1:]
            moved, _ = self._furthest(need)
            if _meets(moved, self.place, need):
                # One answer may do for several.
                waiting = [other for other in waiting if not _meets(moved, self.place, other)]
            else:
                found.append(need)
        return found

    def doubtful(self, needs: Sequence[Need]) -> list[Need]:
        """Return the needs that are not seen to be met when all are tried at once, and again, while that meets some."""
        waiting = list(needs)
        while waiting:
            moved = self._all_as_far_as_needed(waiting)
            left = [need for need in waiting if not _meets(moved, self.place, need)]
            if len(left) >= len(waiting) - 1:
                return left
            waiting = left
        return waiting

    def _all_as_far_as_needed(self, needs: Sequence[Need]) -> np.ndarray:
        """Return how far every count moves when all that are needed move as far as they can together."""
        self._forget_target()
        targets = np.array([self.place[need.count] for need in needs], dtype=np.int32)
        far = np.array([float(need.move) for need in needs])
        low, high = self._lower[targets], self._upper[targets]
        self._solver.changeColsBounds(
            len(targets), targets, np.where(far < 0, np.maximum(far, low), low), np.where(far > 0, far, high)
        )
        self._solver.changeColsCost(len(targets), targets, -np.sign(far))
        moved, _ = _answer(self._solver)
        self._solver.changeColsCost(len(targets), targets, np.zeros(len(targets)))
        self._solver.changeColsBounds(len(targets), targets, low, high)
        return moved

    def lacking(self, need: Need) -> dict[int, float]:
        """Return what a need that is not met lacks: a share for each cell; those withheld besides must come to one."""
        _, slopes = self._furthest(need)
        target = self.place[need.count]
        # A count that could be one fewer lets the target go further by its slope; one that could be more, by anything.
        gains = np.where(slopes > TOLERANCE, slopes * self._down, 0.0)
        gains[(slopes < -TOLERANCE) & ~self._free] = np.inf
        gains[target] = 0.0
        scale = 1.0 + max(0.0, slopes[target] * need.way)
        short = abs(need.move) * scale - gains[self._free].sum()
        shares: dict[int, float] = defaultdict(float)
        for place in np.flatnonzero((gains > 0) & ~self._free & ~self._known):
            cell = self.cells[place]
            if cell is not None:
                shares[cell] += min(gains[place] / short, 1.0)
        return {cell: min(share, 1.0) for cell, share in sorted(shares.items())}

    def _furthest(self, need: Need) -> tuple[np.ndarray, np.ndarray]:
        """Return how far every count moves when one moves as far as it can, and what each bound is worth to it."""
        self._forget_target()
        self._target = target = self.place[need.count]
        self._solver.changeColCost(target, -float(need.way))
        low, high = self._lower[target], self._upper[target]
        if need.move > 0:
            self._solver.changeColBounds(target, low, min(float(need.move), high))
        else:
            self._solver.changeColBounds(target, max(low, float(need.move)), high)
        return _answer(self._solver)

    def _forget_target(self) -> None:
        self._solver.changeColCost(self._target, 0.0)
        self._solver.changeColBounds(self._target, self._lower[self._target], self._upper[self._target])


class Planner:
    """Finds the cheapest way to make room for each need in turn: cells to withhold besides.

    Each count may go up or down, at the cost of the cell that shows it unless that is withheld already.
    """

    def __init__(self, tables: Tables, group: Group) -> None:
        counts = [tables.counts[place] for place in group.counts]
        self._costs = tables.costs
        self._size = len(counts)
        self._place = {count: column for column, count in enumerate(group.counts)}
        self._columns: dict[int, list[int]] = defaultdict(list)
        for column, count in enumerate(counts):
            if count.cell is not None:
                self._columns[count.cell].append(column)
        self._cells = [count.cell for count in counts]
        up = [0.0 if count.known else FAR for count in counts]
        down = [0.0 if count.known else float(count.people - count.least) for count in counts]
        self._most = np.array(up + down)
        costs = [0.0 if count.cell is None else tables.costs[count.cell] for count in counts]
        rows = [
            [(self._place[count], value) for count, value in equation]
            + [(self._place[count] + self._size, -value) for count, value in equation]
            for equation in group.equations
        ]
        self._solver = _solver(np.array(costs + costs), np.zeros(2 * self._size), self._most, rows)

    def enough(self, reader: Reader, needs: Sequence[Need], hidden: set[int]) -> tuple[set[int], set[Need]]:
        """Return the cells that are withheld with others added until every need is met that can be, and the others.

        What nothing can meet is what an earlier release has given away already.
        """
        enough, lost = set(hidden), set()
        for cell in sorted(enough):
            self._withhold(cell)
        reader.withhold(enough)
        waiting, asked = reader.doubtful(needs), True
        while waiting:
            need, waiting = waiting[0], waiting[1:]
            moved = self._cheapest(need)
            if moved is None:
                lost.add(need)
                continue
            waiting = [other for other in waiting if not _meets(moved, self._place, other)]
            moving = np.flatnonzero(np.abs(moved) > TOLERANCE)
            if more := {cell for column in moving if (cell := self._cells[column]) is not None} - enough:
                for cell in sorted(more):
                    self._withhold(cell)
                enough |= more
                asked = False
            elif not asked:
                # What others have lost met it: so it may many that wait, and the reader sees that of all at once.
                reader.withhold(enough)
                waiting, asked = reader.doubtful(waiting), True
        return enough, lost

    def _withhold(self, cell: int) -> None:
        for column in self._columns[cell]:
            self._solver.changeColCost(column, 0.0)
            self._solver.changeColCost(column + self._size, 0.0)

    def _cheapest(self, need: Need) -> np.ndarray | None:
        """Return how far every count moves when one moves as far as it must, with the least withheld besides.

        None when it cannot, whatever is withheld.
        """
        up = self._place[need.count]
        down = up + self._size
        moving, still = (up, down) if need.move > 0 else (down, up)
        far = float(abs(need.move))
        self._solver.changeColBounds(moving, far, max(far, self._most[moving]))
        self._solver.changeColBounds(still, 0.0, 0.0)
        # From standing still a few counts have to move; from the answer to another need, many have first to go back.
        self._solver.clearSolver()
        moved, _ = _answer(self._solver)
        possible = self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        self._solver.changeColBounds(moving, 0.0, self._most[moving])
        self._solver.changeColBounds(still, 0.0, self._most[still])
        return moved[: self._size] - moved[self._size :] if possible else None


class Choice:
    """The fewest cells that have all that was found lacking so far."""

    def __init__(self, costs: list[float], fixed: set[int]) -> None:
        self._costs, self._fixed = costs, fixed
        self._learnt: list[dict[int, float]] = []

    def learn(self, lacking: Iterable[dict[int, float]]) -> None:
        """Take in what a reader found lacking."""
        self._learnt += [shares for shares in lacking if shares not in self._learnt]

    def cost(self, cells: set[int]) -> float:
        """Return what some cells cost together."""
        return sum(self._costs[cell] for cell in sorted(cells))

    def fewest(self) -> tuple[set[int], float]:
        """Return the cells, with those that are withheld in any case, and what at least they must all cost."""
        cells = sorted({cell for shares in self._learnt for cell in shares})
        if not cells:
            return set(self._fixed), self.cost(self._fixed)
        place = {cell: column for column, cell in enumerate(cells)}
        rows = [[(place[cell], share) for cell, share in shares.items()] for shares in self._learnt]
        costs = np.array([self._costs[cell] for cell in cells])
        solver = _solver(costs, np.zeros(len(cells)), np.ones(len(cells)), rows, at_least=1.0 - TOLERANCE, whole=True)
        taken, _ = _answer(solver)
        found = self._fixed | {cell for cell, share in zip(cells, taken, strict=True) if share > 0.5}
        return found, self.cost(self._fixed) + solver.getInfo().mip_dual_bound


def _meets(moved: np.ndarray, place: dict[int, int], need: Need) -> bool:
    return moved[place[need.count]] * need.way >= abs(need.move) - TOLERANCE


def _solver(
    costs: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    rows: list[list[tuple[int, float]]],
    at_least: float | None = None,
    whole: bool = False,
) -> highspy.Highs:
    """Return a program that minimises the costs, with rows that come to nothing (or to at least so much)."""
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(costs), len(rows)
    program.col_cost_, program.col_lower_, program.col_upper_ = costs, lower, upper
    program.row_lower_ = np.full(len(rows), at_least or 0.0)
    program.row_upper_ = np.full(len(rows), 0.0 if at_least is None else highspy.kHighsInf)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int32)
    program.a_matrix_.index_ = np.array([column for row in rows for column, _ in row], dtype=np.int32)
    program.a_matrix_.value_ = np.array([value for row in rows for _, value in row], dtype=np.float64)
    if whole:
        program.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
    solver = highspy.Highs()
    # Each answer starts from the one before, which presolving would throw away.
    options = {"output_flag": False, "threads": 1, "random_seed": 0, "mip_max_nodes": NODES}
    for option, value in (options | {"presolve": "on" if whole else "off"}).items():
        solver.setOptionValue(option, value)
    solver.passModel(program)
    return solver


def _answer(solver: highspy.Highs) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of the columns and their reduced costs."""
    solver.run()
    found, known = solver.getModelStatus(), highspy.HighsModelStatus
    if found not in (known.kOptimal, known.kSolutionLimit, known.kInfeasible):
        raise RuntimeError(f"A program over the published tables must come to an end, got: {found}")
    solution = solver.getSolution()
    return np.array(solution.col_value), np.array(solution.col_dual)
