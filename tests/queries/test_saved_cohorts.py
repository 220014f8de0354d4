"""Saved cohorts: for analysts, each its owner's, a name that is data, and nothing lost by two at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from queries import saved_cohorts as cohorts
from queries.saved_cohorts import ChangedMeanwhile, NameNotTaken
from queries.scope import NotPermitted, Viewer
from queries.store import Store, opened

ADA, BEN = Viewer.analyst("ada"), Viewer.analyst("ben")
OTHERS = [Viewer.board("cat"), Viewer.manager("S1", subject="dan"), Viewer.manager(subject="eve")]


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "builds") as found:
        yield found


def kept(store: Store, viewer: Viewer = ADA, name: str = "Young men") -> cohorts.SavedCohort:
    return cohorts.save(store, viewer, name, "a=sex%3Amale", "20110502-abc", 120)


def names(store: Store) -> list[tuple[str, str]]:
    return [(each.owner, each.name) for each in cohorts.saved(store, ADA)]


def test_what_is_saved_is_there_for_every_analyst(store):
    made = kept(store)
    assert cohorts.saved(store, BEN) == [made]
    assert cohorts.saved_as(store, BEN, made.id) == made
    assert (made.owner, made.definition, made.build, made.people) == ("ada", "a=sex%3Amale", "20110502-abc", 120)
    assert cohorts.saved_as(store, BEN, made.id + 1) is None


@pytest.mark.parametrize("viewer", OTHERS, ids=lambda viewer: viewer.subject)
def test_nobody_but_an_analyst_reads_or_writes(store, viewer):
    made = kept(store)
    for asks in (
        lambda: cohorts.saved(store, viewer),
        lambda: cohorts.saved_as(store, viewer, made.id),
        lambda: kept(store, viewer, "Mine"),
        lambda: cohorts.rename(store, viewer, made, "Mine"),
        lambda: cohorts.delete(store, viewer, made),
    ):
        with pytest.raises(NotPermitted):
            asks()
    assert names(store) == [("ada", "Young men")]


def test_only_its_owner_changes_a_cohort(store):
    made = kept(store)
    with pytest.raises(ChangedMeanwhile):
        cohorts.rename(store, BEN, made, "Ben's now")
    with pytest.raises(ChangedMeanwhile):
        cohorts.delete(store, BEN, made)
    assert names(store) == [("ada", "Young men")]
    cohorts.rename(store, ADA, made, "Men under 21")
    assert names(store) == [("ada", "Men under 21")]
    cohorts.delete(store, ADA, cohorts.saved(store, ADA)[0])
    assert names(store) == []


def test_of_two_changes_to_one_reading_the_second_is_told_and_shown_what_is_there(store):
    made = kept(store)
    cohorts.rename(store, ADA, made, "First")
    with pytest.raises(ChangedMeanwhile) as told:
        cohorts.rename(store, ADA, made, "Second")
    assert told.value.now is not None
    assert told.value.now.name == "First"
    with pytest.raises(ChangedMeanwhile):
        cohorts.delete(store, ADA, made)
    assert names(store) == [("ada", "First")]
    cohorts.delete(store, ADA, told.value.now)
    with pytest.raises(ChangedMeanwhile) as gone:
        cohorts.rename(store, ADA, told.value.now, "Third")
    assert gone.value.now is None


def test_many_saving_at_once_lose_nothing(tmp_path):
    def save(number: int) -> None:
        with opened(tmp_path / "builds") as mine:
            kept(mine, ADA if number % 2 else BEN, f"Cohort {number}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(save, range(24)))
    with opened(tmp_path / "builds") as store:
        assert len({each.id for each in cohorts.saved(store, ADA)}) == 24


def test_one_name_once_for_each_owner(store):
    made = kept(store)
    with pytest.raises(NameNotTaken, match="a cohort of that name"):
        kept(store)
    kept(store, BEN)
    other = kept(store, name="Another")
    with pytest.raises(NameNotTaken, match="a cohort of that name"):
        cohorts.rename(store, ADA, other, "Young  men")
    cohorts.rename(store, ADA, made, "Young men")
    assert sorted(names(store)) == [("ada", "Another"), ("ada", "Young men"), ("ben", "Young men")]


@pytest.mark.parametrize(
    "name", ["'); drop table saved_cohorts; --", "<b>bold</b>", "=SUM(A1)", "../../etc/passwd", "Müller’s 3–6"]
)
def test_a_name_is_data(store, name):
    assert kept(store, name=name).name == name
    assert names(store) == [("ada", name)]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Give the cohort a name"),
        ("  \n ", "Give the cohort a name"),
        ("x" * 81, "at most 80 characters; this one has 81"),
        ("a\x00b", "plain text"),
        ("ab\u202ecd", "plain text"),
        ("case 99/12345Q", "looks like one person's number"),
        ("x123456", "looks like one person's number"),
        ("near NE1 4XX", "looks like one person's number or a postcode"),
    ],
)
def test_a_name_that_cannot_be_used_says_why(store, name, said):
    with pytest.raises(NameNotTaken, match=said):
        kept(store, name=name)
    assert names(store) == []


@pytest.mark.parametrize("name", ["Women of q3 2nd review", "Q3 2nd half", "Adopted in 2010/11"])
def test_an_ordinary_name_is_not_taken_for_an_identifier(store, name):
    kept(store, name=name)
    assert names(store) == [("ada", name)]


def test_one_person_keeps_so_many_and_no_more(store, monkeypatch):
    monkeypatch.setattr(cohorts, "MOST", 2)
    kept(store, name="One")
    kept(store, name="Two")
    with pytest.raises(NameNotTaken, match="which is the most"):
        kept(store, name="Three")
    kept(store, BEN, "Three")
