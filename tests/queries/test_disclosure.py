"""Withholding, worked by hand on sums small enough to check by eye."""

import os
from dataclasses import replace
from itertools import combinations

import pytest

from queries import withholding
from queries.disclosure import is_small
from queries.withholding import Count, Need, Tables, exposed, withheld


@pytest.mark.parametrize(("people", "small"), [(0, False), (1, True), (4, True), (5, False), (None, False)])
def test_one_to_four_people_are_few(people, small):
    assert is_small(people) is small


def table(people: dict[str, int], *sums: str, least: int = 1) -> tuple[Tables, list[str], set[int]]:
    """Return tables of single counts and sums (the last letter of each is the total), their names, what is small."""
    names = list(people)
    place = names.index
    tables = Tables(
        costs=[1 + people[name] / 1000 for name in names],
        counts=[Count(place(name), people[name], min(least, people[name])) for name in names],
        equations=[tuple((place(name), -1.0 if name == one[-1] else 1.0) for name in sorted(one)) for one in sums],
        needs=[Need(place(name), 5 - people[name]) for name in names if is_small(people[name])],
    )
    return tables, names, {place(name) for name in names if is_small(people[name])}


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ({"a": 3, "b": 20, "c": 9, "t": 32}, "ac"),  # the smallest of the others goes along
        ({"a": 3, "b": 4, "c": 9, "t": 16}, "ab"),  # seven between the two: either may be five or more
        ({"a": 3, "b": 2, "c": 9, "t": 14}, "abc"),  # five between the two, and each somebody: neither can be five
        ({"a": 3, "b": 0, "c": 9, "t": 12}, "ac"),  # an empty cell cannot be fewer than it is
        ({"a": 3, "t": 3}, "at"),  # one part alone is its total
        ({"a": 8, "b": 9, "c": 9, "t": 26}, ""),
    ],
)
def test_what_goes_along_with_a_small_cell(people, expected):
    tables, names, small = table(people, "".join(people))
    assert {names[cell] for cell in withheld(tables, small)} == set(expected)


def with_blocks(tables: Tables, names: list[str], blocks: dict[str, tuple[int | None, ...]]) -> None:
    tables.counts = [
        replace(count, blocks=blocks.get(name, ())) for count, name in zip(tables.counts, names, strict=True)
    ]


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ({"a": (0,), "b": (0,), "c": (1,), "d": (1,)}, "ab"),  # of its own block, though c is smaller
        ({"a": (0,), "b": (1,), "c": (1,), "d": (1,)}, "ac"),  # alone in its block: the smallest of all goes along
        (
            {"a": (0, 0), "b": (1, 0), "c": (1, 1), "d": (1, 1)},
            "ab",
        ),  # alone the first way, not the second
        ({"a": (0, 0), "b": (1, 1), "c": (1, 1), "d": (1, 1)}, "ac"),  # alone in both
        ({"a": (0,), "b": (None,), "c": (None,), "d": (1,)}, "ac"),  # what is of no block moves with the whole alone
    ],
)
def test_large_groups_are_protected_block_by_block(monkeypatch, blocks, expected):
    tables, names, small = table({"a": 3, "b": 20, "c": 9, "d": 30, "t": 62}, "abcdt")
    with_blocks(tables, names, blocks)
    assert {names[cell] for cell in withheld(tables, small)} == set("ac")  # a small group is taken as a whole
    monkeypatch.setattr(withholding, "LARGE", 4)
    assert {names[cell] for cell in withheld(tables, small)} == set(expected)


def test_a_total_that_is_withheld_may_move_with_each_block(monkeypatch):
    """a and c are of one block: t, which they share, may be two more, and c two fewer. b is the smaller, elsewhere."""
    tables, names, small = table({"a": 3, "b": 20, "c": 40, "t": 23, "w": 63}, "abt", "ctw")
    with_blocks(tables, names, {"a": (0,), "b": (1,), "c": (0,)})
    small.add(names.index("t"))
    assert {names[cell] for cell in withheld(tables, small)} == set("abt")
    monkeypatch.setattr(withholding, "LARGE", 4)
    assert {names[cell] for cell in withheld(tables, small)} == set("act")


def test_withholding_goes_on_from_sum_to_sum():
    """a hides b, which another sum shows: the four corners of the smallest square go, a b over d e."""
    people = {"a": 2, "b": 10, "c": 30, "d": 12, "e": 40, "f": 50}
    people |= {"x": 42, "y": 102, "u": 14, "v": 50, "w": 80, "g": 144}
    tables, names, small = table(people, "abcx", "defy", "adu", "bev", "cfw", "xyg", "uvwg")
    assert {names[cell] for cell in withheld(tables, small)} == set("abde")
    assert exposed(tables, small)
    assert exposed(tables, {names.index(one) for one in "abd"})
    assert not exposed(tables, {names.index(one) for one in "abde"})


def test_nothing_cheaper_would_do():
    """Every set of cells of a small table is tried: the one chosen is the cheapest that is safe."""
    people = {"a": 2, "b": 6, "c": 11, "d": 7, "e": 3, "f": 20, "g": 9, "h": 14, "i": 30}
    people |= {"x": 19, "y": 30, "z": 53, "u": 18, "v": 23, "w": 61}
    tables, names, small = table(people, "abcx", "defy", "ghiz", "adgu", "behv", "cfiw")
    optional = [cell for cell in range(len(names)) if cell not in small]
    cost = lambda cells: sum(tables.costs[cell] for cell in cells)  # noqa: E731
    safe = [
        cost(small | set(some))
        for number in range(5)
        for some in combinations(optional, number)
        if not exposed(tables, small | set(some))
    ]
    assert cost(withheld(tables, small)) == pytest.approx(min(safe))


def test_the_same_input_loses_the_same_cells():
    """Nine cells would do as well as each other: it is always the same one."""
    people = {f"c{n}": 6 for n in range(9)} | {"small": 1, "total": 55}
    tables = Tables(
        costs=[1.0] * 11,
        counts=[Count(place, number, 1) for place, number in enumerate(people.values())],
        equations=[tuple((place, -1.0 if place == 10 else 1.0) for place in range(11))],
        needs=[Need(9, 4)],
    )
    expected = withheld(tables, {9})
    assert len(expected) == 2
    assert all(withheld(tables, {9}) == expected for _ in range(5))


def published(crowded, measure: str, breakdown: str) -> dict:
    rows = crowded.query(
        "select * from release where measure = $measure and breakdown = $breakdown",
        {"measure": measure, "breakdown": breakdown},
    )
    return {(r["scheme"], r["time"], r["label"], r["row"], r["column"]): r for r in rows.iter_rows(named=True)}


def test_ages_of_the_caseload_cannot_be_subtracted_from_the_profiles_columns(crowded):
    """Of 10-14 and 15-17, one alone is never withheld while the profile shows how many young people there are."""
    ages, profile = published(crowded, "caseload", "age_band"), published(crowded, "scheme_profile", "")
    met = 0
    for (scheme, time, _, row, column), total in profile.items():
        if row != "total" or column == "all" or total["status"] == "confidential":
            continue
        young = column == "young_people"
        hidden = sum(
            band["status"] == "confidential"
            for (s, t, label, _, _), band in ages.items()
            if (s, t) == (scheme, time) and label != "not_known" and (label in ("10-14", "15-17")) is young
        )
        met += hidden > 0
        assert hidden != 1, (scheme, time, column)
    assert met


def test_the_caseload_and_the_profiles_total_are_withheld_together(crowded):
    caseload, profile = published(crowded, "caseload", ""), published(crowded, "scheme_profile", "")
    assert caseload
    for (scheme, time, *_), row in caseload.items():
        total = profile[scheme, time, "", "total", "all"]
        assert (row["status"] == "confidential") == (total["status"] == "confidential")


def test_the_custody_share_is_withheld_where_its_counts_are(crowded):
    share, profile = published(crowded, "custody_share", ""), published(crowded, "scheme_profile", "")
    withheld = 0
    for (scheme, time, *_), row in share.items():
        counts = [profile[scheme, time, "", place, "all"]["status"] for place in ("in_custody", "in_community")]
        if "confidential" in counts:
            withheld += 1
            assert row["status"] == "confidential"
    assert withheld


def test_groups_that_are_shared_out_to_processes_lose_the_same_cells(monkeypatch):
    """Four groups that hang together with no other, of which each loses other cells, the second none."""
    one = table({"a": 3, "b": 20, "c": 9, "t": 32}, "abct")
    two = table({"d": 8, "e": 9, "u": 17}, "deu")
    three = table({"f": 3, "g": 2, "h": 9, "v": 14}, "fghv")
    four = table({"i": 3, "w": 3}, "iw")
    tables, small, names = Tables(), set(), ""
    for part, called, of in (one, two, three, four):
        counts, cells = len(tables.counts), len(tables.costs)
        tables.costs += part.costs
        tables.counts += [
            replace(count, cell=None if count.cell is None else count.cell + cells) for count in part.counts
        ]
        tables.equations += [tuple((place + counts, sign) for place, sign in each) for each in part.equations]
        tables.needs += [Need(need.count + counts, need.move) for need in part.needs]
        small |= {cell + cells for cell in of}
        names += "".join(called)
    here = withheld(tables, small)
    assert {names[cell] for cell in here} == set("acfghiw")
    monkeypatch.setattr(withholding, "SHARED_OUT", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert withheld(tables, small) == here
