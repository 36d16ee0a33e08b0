"""The insights in memory: they follow their library, and cost no new arrays where only counts changed."""

import numpy as np
import pytest

from steepest.agents.library.embeddings.hashed import HashedNgrams
from steepest.agents.library.events import Outcome
from steepest.agents.library.labels import Definition
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.candidates import candidates
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.shelf import Shelf
from steepest.agents.library.stores.protocol import Vectors
from tests.agents.library.insights import BOUNDS, FLOW, insight


class Counting(HashedNgrams):
    """Remembers the texts that it embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed(self, texts) -> Vectors:
        self.texts += texts
        return super().embed(texts)


@pytest.fixture
def shelf(sqlite_library: Library) -> Shelf:
    sqlite_library.add([insight("a"), insight("b", labels=(BOUNDS,)), insight("c", status="candidate")])
    shelf = Shelf(sqlite_library, Counting())
    shelf.refresh()
    return shelf


def test_only_active_insights_stand_on_it(shelf: Shelf) -> None:
    assert list(shelf.entries) == ["a", "b"]


def test_it_sees_what_others_add_change_and_retire(shelf: Shelf) -> None:
    library = shelf.library
    library.add([insight("d", condition="when pipes leak")])
    library.put_status(library.entry("a"), "retired")
    library.put_status(library.entry("c"), "active")
    entry = library.entry("b")
    library.change(entry, entry.insight.model_copy(update={"condition": "when a crane lifts", "labels": (FLOW,)}))
    shelf.refresh()

    assert list(shelf.entries) == ["b", "c", "d"]
    assert shelf.nearest("pipes leak", 1)[0][0] == "d"
    assert shelf.nearest("a crane lifts", 1)[0][0] == "b"
    assert shelf.labelled([FLOW]) == ["b", "c", "d"]


def test_an_outcome_changes_counts_and_embeds_nothing_anew(shelf: Shelf) -> None:
    arrays = shelf.vectors
    shelf.library.record(Outcome(task="t", retrieved=("a",), used=("a",), helped=("a",)))
    shelf.refresh()

    assert shelf.entries["a"].usage.helped == 1
    assert shelf.listed[0] is shelf.entries["a"]
    assert shelf.usefulness.tolist() == pytest.approx([2 / 3, 1 / 2])
    assert shelf.vectors is arrays


def test_an_outcome_of_an_insight_that_is_not_active_leaves_it_where_it_is(shelf: Shelf) -> None:
    shelf.library.record(Outcome(task="t", used=("c", "gone")))
    shelf.refresh()

    assert list(shelf.entries) == ["a", "b"]


def test_a_merged_label_finds_what_is_under_its_other_name(shelf: Shelf) -> None:
    shelf.library.merge_labels(FLOW, BOUNDS)
    shelf.refresh()

    assert shelf.labelled([FLOW]) == shelf.labelled([BOUNDS]) == ["a", "b"]


def test_a_definition_alone_is_seen(shelf: Shelf) -> None:
    shelf.library.define([Definition(label=FLOW, definition="what enters leaves", is_given=True)])
    shelf.refresh()

    assert [each.definition for each in shelf.taxonomy.offered] == ["what enters leaves"]


def test_what_was_embedded_before_is_read_from_the_library(shelf: Shelf) -> None:
    again = Shelf(shelf.library, Counting())
    again.refresh()

    assert again.embedder.texts == []
    assert np.array_equal(again.vectors, shelf.vectors)


def test_the_last_insight_can_go(shelf: Shelf) -> None:
    for name in ("a", "b"):
        shelf.library.put_status(shelf.library.entry(name), "retired")
    shelf.refresh()

    assert len(shelf) == 0
    assert candidates(shelf, Query("goods flow", labels=(FLOW,), fingerprint=("x",))) == []


def test_a_trial_insight_is_found_and_leaves_nothing_behind(shelf: Shelf) -> None:
    trial = insight("new", condition="when pipes leak at night", status="candidate")
    tried = Shelf(shelf.library, HashedNgrams(), trial=[trial])
    tried.refresh()

    assert candidates(tried, Query("pipes leak at night"))[0].entry.insight.id == "new"
    assert shelf.library.store.vectors(tried.embedder.space)[0] == ["a", "b"]
    assert list(shelf.entries) == ["a", "b"]


def test_a_trial_of_another_text_for_a_known_id_is_found_by_that_text_alone(shelf: Shelf) -> None:
    trial = insight("a", condition="when pipes leak at night", explanation="close the valve")
    tried = Shelf(shelf.library, HashedNgrams(), trial=[trial])
    tried.refresh()

    assert tried.nearest("pipes leak at night", 1)[0][0] == "a"
    found = candidates(tried, Query("goods"), rankings=["words"])
    assert [each.entry.insight.id for each in found] == ["b"]
