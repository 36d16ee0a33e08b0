"""Which insights go."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.agents.library.events import Outcome
from steepest.agents.library.evolution.decline import evicted, harmful, quarantining, retiring, worth
from steepest.agents.library.insights import Provenance, Usage
from steepest.agents.library.learning.effects import write
from steepest.agents.library.library import Library
from steepest.agents.library.stores.protocol import Entry
from tests.agents.library.insights import insight


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library.db", author="learn", run="r") as opened:
        opened.add([insight("x"), insight("y")])
        yield opened


def count(library: Library, *, helped: int = 0, hurt: int = 0) -> None:
    for number in range(helped + hurt):
        kind = "helped" if number < helped else "hurt"
        library.record(Outcome(task=f"t{number}", used=("x", "y"), **{kind: ("x",)}))


def found(library: Library) -> list[tuple[str, int, int]]:
    listed = harmful(library, least_hurt=2, threshold=0.35)
    return [(entry.insight.id, counted.helped, counted.hurt) for entry, counted in listed]


@pytest.mark.parametrize(
    ("helped", "hurt", "is_harmful"), [(0, 1, False), (0, 2, True), (1, 2, False), (1, 3, True), (5, 5, False)]
)
def test_an_insight_is_harmful_when_it_hurt_again_and_again(library, helped, hurt, is_harmful):
    count(library, helped=helped, hurt=hurt)
    assert found(library) == ([("x", helped, hurt)] if is_harmful else [])


def test_what_it_did_before_its_words_were_changed_does_not_count_against_it(library):
    count(library, hurt=3)
    entry = library.entry("x")
    library.change(entry, entry.insight.model_copy(update={"condition": "another"}), kind="refine")
    assert found(library) == []
    count(library, hurt=2)
    assert found(library) == [("x", 0, 2)]


def test_what_is_set_aside_is_not_found_any_more_and_can_be_brought_back(library):
    write(quarantining(library.entry("x"), "it hurt"), library)
    assert library.entry("x").insight.status == "quarantined"
    assert library.history("x")[-1].body.kind == "quarantine"
    library.undo(library.store.number())
    assert library.entry("x").insight.status == "active"


def test_what_is_retired_stays_for_the_record(library):
    write(retiring(library.entries(), "too many"), library)
    assert {each.insight.status for each in library.entries()} == {"retired"}
    [event] = [each for each in library.history() if each.body.kind == "retire"]
    assert set(event.body.insights) == {"x", "y"}


def entry(name: str, *, words: int = 1, tasks: int = 1, helped: int = 0, hurt: int = 0) -> Entry:
    provenance = Provenance(tasks=tuple(f"t{number}" for number in range(tasks)))
    text = insight(name, explanation="word " * words, provenance=provenance)
    return Entry(text, 1, Usage(helped=helped, hurt=hurt))


def test_beyond_a_size_those_go_that_are_worth_least_a_token():
    entries = [
        entry("long", words=200),
        entry("plain"),
        entry("helpful", helped=3),
        entry("harmful", hurt=3),
        entry("many", tasks=4),
    ]
    assert [each.insight.id for each in evicted(entries, 3)] == ["harmful", "long"]
    assert evicted(entries, 5) == []


def test_of_equals_the_first_id_stays():
    assert [each.insight.id for each in evicted([entry("b"), entry("a"), entry("c")], 1)] == ["b", "c"]


def test_worth_rises_with_help_and_falls_with_harm_and_length():
    assert worth(entry("x", helped=1)) > worth(entry("x")) > worth(entry("x", hurt=1)) > 0
    assert worth(entry("x", words=50)) < worth(entry("x"))
