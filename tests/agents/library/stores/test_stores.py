"""What both kinds of store do alike: find words and vectors, and keep what belongs to an insight as it is."""

import threading

import numpy as np
import pytest

from steepest.agents.library.insights import Usage
from steepest.agents.library.labels import Label
from steepest.agents.library.library import Library
from steepest.agents.library.stores.protocol import ConflictError, LibraryError
from steepest.agents.library.words import stems
from tests.agents.library.insights import insight

TEXTS = {
    "ship": "ships carry goods between harbours; every harbour balances what arrives",
    "shift": "nurses work shifts, and no nurse works two shifts in a row",
    "pack": "boxes hold goods up to a weight, the weight of goods is known",
    "cut": "rolls are cut into widths with little waste",
}


@pytest.fixture
def filled(library):
    library.add([insight(name, condition=text, explanation="see above") for name, text in TEXTS.items()])
    return library


def found(library, words, limit=10):
    return [name for name, _ in library.store.matching(stems(words), limit)]


def test_words_find_insights_by_their_stems(filled):
    assert found(filled, "nurse shift") == ["shift"]
    assert found(filled, "a harbour's balancing") == ["ship"]


def test_what_has_more_of_the_rarer_words_comes_first(filled):
    assert found(filled, "weight of goods") == ["pack", "ship"]
    assert found(filled, "weight of goods", limit=1) == ["pack"]


def test_scores_are_those_of_bm25_in_either_store(filled, tmp_path):
    with Library.open(tmp_path / "beside.db") as beside:
        beside.add([insight(name, condition=text, explanation="see above") for name, text in TEXTS.items()])
        for words in ("weight goods", "shifts nurse harbour", "above", "flow conserv goods"):
            here, there = (store.matching(stems(words), 10) for store in (filled.store, beside.store))
            assert [name for name, _ in here] == [name for name, _ in there]
            assert [score for _, score in here] == pytest.approx([score for _, score in there], rel=1e-6)


@pytest.mark.parametrize("words", ["", "zebra", '"quoted" AND (NEAR', "the and of", "12 345"])
def test_words_that_nobody_has_find_nothing(filled, words):
    assert found(filled, words) == []


def test_words_with_accents_are_found(library):
    library.add([insight("a", condition="the naïve Größe of a café")])
    assert found(library, "Größe") == found(library, "cafés naïve") == ["a"]


@pytest.mark.parametrize("status", ["candidate", "quarantined", "retired"])
def test_only_active_insights_are_found(filled, status):
    filled.put_status(filled.entry("shift"), status)
    assert found(filled, "nurse") == []
    filled.put_status(filled.entry("shift"), "active")
    assert found(filled, "nurse") == ["shift"]


def test_a_new_text_is_found_by_its_words_alone(filled):
    entry = filled.entry("shift")
    filled.change(entry, entry.insight.model_copy(update={"condition": "drivers take turns"}))
    assert found(filled, "nurse") == []
    assert found(filled, "driver") == ["shift"]


def vectors(**of):
    return {name: (version, np.array(vector, np.float32)) for name, (version, vector) in of.items()}


def test_vectors_come_back_exactly(filled):
    third = np.float32(1) / np.float32(3)
    filled.store.keep_vectors("one", vectors(ship=(1, [third, 1e-30]), cut=(1, [-0.5, 3e7])))
    names, rows = filled.store.vectors("one")
    assert names == ["cut", "ship"]
    assert rows.dtype == np.float32
    assert rows.tolist() == np.array([[-0.5, 3e7], [third, 1e-30]], np.float32).tolist()
    assert filled.store.vectors("other") == ([], pytest.approx(np.empty((0, 0))))


def test_vectors_of_an_older_version_do_not_count(filled):
    filled.store.keep_vectors("one", vectors(ship=(1, [1, 0]), cut=(1, [0, 1])))
    event = filled.put_status(filled.entry("ship"), "retired")
    assert filled.store.vectors("one")[0] == ["cut"]
    filled.store.keep_vectors("one", vectors(ship=(event.number, [0.5, 0.5])))
    names, rows = filled.store.vectors("one")
    assert (names, rows[1].tolist()) == (["cut", "ship"], [0.5, 0.5])


def test_the_nearest_vectors_are_found(filled):
    given = vectors(ship=(1, [1, 0]), cut=(1, [1, 1]), pack=(1, [-1, 0]), shift=(1, [0, 0]))
    filled.store.keep_vectors("one", given)
    near = filled.store.nearest("one", np.array([2, 0], np.float32), 10)
    assert [name for name, _ in near] == ["ship", "cut"]
    assert [cosine for _, cosine in near] == pytest.approx([1, 0.5**0.5])
    filled.put_status(filled.entry("ship"), "retired")
    assert [name for name, _ in filled.store.nearest("one", np.array([2, 0], np.float32), 1)] == ["cut"]


def test_entries_come_in_the_order_asked_for_or_of_their_ids(library):
    library.add([insight(name) for name in ("b", "B", "a.1", "a-1", "a_1", "A")])
    assert [each.insight.id for each in library.entries()] == sorted(["b", "B", "a.1", "a-1", "a_1", "A"])
    asked = library.store.entries(["b", "nobody", "A", "b"])
    assert [each.insight.id for each in asked] == ["b", "A", "b"]


def test_more_than_one_statement_takes_are_read(library):
    names = [f"i{number:04}" for number in range(1203)]
    library.add([insight(name) for name in names])
    assert [each.insight.id for each in library.store.entries(reversed(names))] == names[::-1]
    assert len(library.store.matching(["flow"], 5000)) == 1203
    for number in range(510):
        library.store.write(library.history()[0].body.model_copy(update={"insights": {}, "definitions": {}}))
        if number > 2:
            break
    assert [event.number for event in library.store.events(after=1)] == [2, 3, 4, 5]


def test_what_raises_inside_alone_leaves_nothing(library):
    library.add([insight("a")])

    def add_and_fail():
        with library.store.alone():
            library.add([insight("b")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()
    assert library.store.number() == 1
    library.add([insight("b")])
    assert [each.insight.id for each in library.entries()] == ["a", "b"]


def test_what_others_wrote_is_seen(library, open_library):
    other = open_library(author="bob")
    other.add([insight("a")])
    assert library.entry("a").version == 1
    assert library.store.touched(0) == ["a", insight("a").labels[0].key]
    with pytest.raises(ConflictError):
        library.store.write(library.history()[0].body, {"a": 7})


def test_threads_share_a_store(library):
    threads = [
        threading.Thread(target=lambda name=name: [library.add([insight(f"{name}{number}")]) for number in range(5)])
        for name in "abcd"
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(library.entries()) == 20
    assert [event.number for event in library.history()] == list(range(1, 21))


def test_signs_of_all_kinds_survive(library):
    text = "naught \0, quotes ' \" \\, signs \u2028 \U0001f6a2 %s ? :name"
    library.add([insight("a", condition=text, labels=(Label("t ' %", "l?", 'm "'),))])
    assert library.entry("a").insight.condition == text
    assert library.history()[0].body.insights["a"].condition == text
    assert library.taxonomy().find(Label("t ' %", "l?", 'm "')) is not None


def test_counts_can_be_put(library):
    library.put({"a": insight("a")}, {"a": 0}, usage={"a": Usage(helped=3)})
    assert library.entry("a").usage == library.state().usage["a"] == Usage(helped=3)


def test_a_library_that_must_exist_is_not_made(place):
    with pytest.raises(LibraryError, match="there is no library; `steepest library start`"):
        Library.open(place, must_exist=True)
    with pytest.raises(LibraryError, match="there is no library"):
        Library.open(place, must_exist=True)


def test_a_library_of_a_later_steepest_is_not_touched(place):
    with Library.open(place) as library, library.store.alone():
        library.store._run("UPDATE steepest_library SET format = 99", ())
    with pytest.raises(LibraryError, match="later version of steepest"):
        Library.open(place)


def test_what_can_not_be_read_is_told(library):
    library.add([insight("a")])
    with library.store.alone():
        library.store._run("UPDATE steepest_insights SET body = '{}'", ())
        library.store._run("UPDATE steepest_events SET body = '{}'", ())
    with pytest.raises(LibraryError, match="the insight a can't be read"):
        library.entries()
    with pytest.raises(LibraryError, match="event 1 can't be read"):
        library.history()
