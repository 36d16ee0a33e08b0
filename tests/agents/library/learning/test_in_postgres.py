"""Learning into a library in PostgreSQL: what comes of it, and what others see of it at once."""

from collections.abc import Callable
from pathlib import Path

from steepest.agents.library.learning.journal import Journal
from steepest.agents.library.library import Library
from steepest.agents.llm.chat import run_sync
from tests.agents.library.insights import ids, insight
from tests.agents.library.learning.kiosks import kiosk, learning


def told(library: Library) -> list[tuple[str, object]]:
    """All insights with their counts, without the moment of their last proof."""
    return [(e.insight.model_dump_json(), e.usage.model_copy(update={"verified": None})) for e in library.entries()]


def test_a_run_comes_to_the_same_library_in_either_database(postgres: str, tmp_path: Path) -> None:
    found = []
    for place in (f"{postgres}#learned_alike", str(tmp_path / "library.db")):
        with Library.open(place, author="learn", run="r") as library:
            records = run_sync(learning(library).learn([kiosk("Anna's"), kiosk("Ben's", 90)]))
            events = [event.body.model_dump_json() for event in library.history()]
            found.append(([record.solved for record in records], told(library), events))

    assert found[0] == found[1]
    assert found[0][0] == [False, True]


def test_a_run_that_stopped_after_a_task_goes_on_where_it_was(postgres: str, tmp_path: Path) -> None:
    place = f"{postgres}#learned_on"
    with Library.open(place, author="learn", run="r") as library:
        run_sync(learning(library, tmp_path).learn([kiosk("Anna's")]))
        number = library.store.number()
    with Library.open(place, author="learn", run="r") as library:
        again = learning(library, journal=Journal(tmp_path / "journal.jsonl"))
        records = run_sync(again.learn([kiosk("Anna's"), kiosk("Ben's", 90)]))

        assert [record.solved for record in records][-1]
        assert len([event for event in library.history() if event.body.type == "change"]) == 1
        assert library.store.number() == number + 1


def test_what_another_connection_adds_in_between_is_found(open_library: Callable[..., Library]) -> None:
    library, other = open_library(author="learn", run="r"), open_library(author="ann")
    run = learning(library)
    run_sync(run.learn([kiosk("Anna's")]))
    other.add([insight("minutes", condition="when drinks take minutes", explanation="add up the minutes")])
    record = run_sync(run.learn([kiosk("Anna's"), kiosk("Ben's", 90)]))[-1]

    assert "minutes" in record.used
    assert "minutes" in ids(library)
