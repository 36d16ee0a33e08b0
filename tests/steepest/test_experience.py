"""Solving with an experience library: what it gives, what it is told, and that it stands in nobody's way."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

import steepest
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.stores.protocol import LibraryError
from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.experience import consulted
from tests.agents.library.insights import insight

PROBLEM = "A farmer earns $100 an acre of wheat and has 45 acres of land. How much should be planted?"
REPLY = """\
variables:
  acre: real >= 0   # [acre] acres of wheat
maximize: 100 * acre   # "$100 an acre"
constraints:
  land: acre <= 45   # "45 acres of land"
# insights: land
"""


class Farmer(FunctionModel):
    """Finds every insight good and answers."""

    def __init__(self) -> None:
        super().__init__(self.say)
        self.asked: list[str] = []

    def say(self, request: ChatRequest) -> str:
        self.asked.append(request.messages[-1].content)
        return "land: acres\nfree: wheat" if "Which of it applies" in self.asked[-1] else REPLY


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with Library.open(tmp_path / "library.db") as library:
        wheat = insight("free", condition="when wheat is planted")
        library.add([insight("land", title="Land is scarce"), wheat, insight("asleep", status="retired")])
    return tmp_path / "library.db"


def solved(**options: Any) -> steepest.Answer:
    return steepest.solve(PROBLEM, model=Farmer(), **options)


def test_the_answer_names_what_the_library_gave_and_the_library_counts_it(place: Path) -> None:
    answer = solved(library=place)

    assert answer.outcome == "solved"
    assert [(each.id, each.cited) for each in answer.insights] == [("land", True), ("free", False)]
    with Library.open(place) as library:
        land, asleep = library.entry("land").usage, library.entry("asleep").usage
        event = library.history()[-1].body
    assert (land.retrieved, land.used, land.helped, asleep.retrieved) == (1, 1, 0, 0)
    assert land.tokens > 0
    assert event.author == "solve"
    assert event.task.startswith("solve-")


def test_an_open_library_stays_open(place: Path) -> None:
    with Library.open(place) as library:
        solved(library=library)
        solved(library=library)

        assert library.entry("land").usage.used == 2


def test_problems_that_are_asked_at_once_are_each_counted_with_what_was_found_for_them(place: Path) -> None:
    both_asked = asyncio.Barrier(2)

    async def one_of_them(request: ChatRequest) -> str:
        await both_asked.wait()
        return "land: acres" if "acres" in request.messages[-1].content.partition("<problem>")[2] else "free: wheat"

    async def asked(library: Library) -> list[tuple[str, ...]]:
        with consulted(library, lambda line: None) as experience:
            assert experience is not None
            queries = (Query("How many acres of land?"), Query("How much wheat?"))
            found = await asyncio.gather(*(experience.recall(each, FunctionModel(one_of_them)) for each in queries))
        return [tuple(each.insight.id for each in one.insights) for one in found]

    with Library.open(place) as library:
        assert asyncio.run(asked(library)) == [("land",), ("free",)]
        counted = [each.body for each in library.history()[-2:]]
    assert sorted(each.used for each in counted) == [("free",), ("land",)]
    assert len({each.task for each in counted}) == 2


def test_no_more_insights_than_are_asked_for(place: Path) -> None:
    assert [each.id for each in solved(library=place, insights=1).insights] == ["land"]


def test_an_empty_library_is_no_hindrance_and_is_told_nothing(tmp_path: Path) -> None:
    Library.open(tmp_path / "library.db").close()
    answer = solved(library=str(tmp_path / "library.db"))

    assert answer.outcome == "solved"
    assert answer.insights == []
    with Library.open(tmp_path / "library.db") as library:
        assert library.history() == []


def test_a_library_that_is_not_there_is_an_error_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"missing\.db"):
        solved(library=tmp_path / "missing.db")
    assert not (tmp_path / "missing.db").exists()


@pytest.mark.parametrize("insights", [0, -3])
def test_fewer_insights_than_one_are_refused(place: Path, insights: int) -> None:
    with pytest.raises(steepest.InputError, match="give 1 or more"):
        solved(library=place, insights=insights)


def test_a_number_of_insights_without_a_library_is_refused() -> None:
    with pytest.raises(steepest.InputError, match="needs a library"):
        solved(insights=3)


def test_a_library_that_can_not_be_written_is_warned_of_and_the_answer_is_there(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LibraryError("library.db: SQLite says: database or disk is full.")

    monkeypatch.setattr("steepest.agents.library.stores.sql_store.SqlStore.write", full)
    monkeypatch.setattr("steepest.agents.library.stores.sql_store.SqlStore.keep_vectors", full)

    with pytest.warns(UserWarning, match="not told what was used: .* disk is full") as warned:
        answer = solved(library=place)
    assert answer.outcome == "solved"
    assert [each.id for each in answer.insights] == ["land", "free"]
    assert warned[0].filename == __file__
