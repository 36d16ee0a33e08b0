import json

import pytest

from steepest.agents.library.events import Outcome
from steepest.agents.library.exchange.documents import document
from steepest.agents.library.exchange.files import read_parcel
from steepest.agents.library.exchange.parcels import bring_in
from steepest.agents.library.labels import Definition
from steepest.agents.library.library import Library
from steepest.agents.library.stores.protocol import ConflictError
from steepest.errors import InputError
from tests.agents.library.insights import BOUNDS, FLOW, ids, insight


@pytest.fixture
def filled(library):
    library.add([insight("a", foreign={"x": [1]}, fingerprint=("one ==",)), insight("b", status="retired")])
    library.define([Definition(label=FLOW, definition="in is out"), Definition(label=BOUNDS, is_given=True)])
    library.record(
        Outcome(task="t", retrieved=("a", "b"), used=("a",), helped=("a",), verified=("a",), tokens={"a": 9})
    )
    return library


@pytest.fixture
def other(tmp_path):
    with Library.open(tmp_path / "other.db") as opened:
        yield opened


def exported(library):
    return document(library.entries(), library.store.definitions())


def test_a_library_goes_into_another_with_counts_and_labels(filled, other):
    brought = bring_in(other, [read_parcel(exported(filled), "lib.json")])
    assert brought.added == ("a", "b")
    assert [(each.insight, each.usage) for each in other.entries()] == [
        (each.insight, each.usage) for each in filled.entries()
    ]
    assert other.store.definitions() == filled.store.definitions()
    assert exported(other) == exported(filled)


def test_what_is_different_is_refused_by_name_unless_it_is_to_be_replaced(filled, other):
    other.add([insight("a", title="another"), insight("c")])
    parcel = read_parcel(exported(filled), "lib.json")
    with pytest.raises(ConflictError, match="has a in another form"):
        bring_in(other, [parcel])
    assert ids(other) == ["a", "c"]
    brought = bring_in(other, [parcel], replace=True)
    assert (brought.added, brought.changed) == (("b",), ("a",))
    assert other.entry("a").insight == filled.entry("a").insight
    other.undo(brought.event.number)
    assert other.entry("a").insight.title == "another"


def test_what_a_label_means_here_is_not_written_over(filled, other):
    other.define([Definition(label=FLOW, definition="mine")])
    bring_in(other, [read_parcel(exported(filled), "lib.json")])
    assert other.taxonomy().find(FLOW).definition == "mine"


def test_files_that_contradict_each_other_are_told(filled, other):
    one = read_parcel(exported(filled), "lib.json")
    filled.change(filled.entry("a"), filled.entry("a").insight.model_copy(update={"title": "later"}))
    with pytest.raises(InputError, match="two different insights of the id a"):
        bring_in(other, [one, read_parcel(exported(filled), "later.json")])


@pytest.mark.parametrize("text", ["blah", "1" * 6000, '{"insights": ' * 100_000], ids=["words", "digits", "deep"])
def test_what_can_not_be_read_as_json_is_told(text):
    with pytest.raises(InputError, match=r"^lib\.json is no JSON: "):
        read_parcel(text, "lib.json")


def test_a_mistake_is_told_with_its_place(filled):
    broken = json.loads(exported(filled))
    broken["insights"][1]["insight"]["condition"] = ""
    with pytest.raises(InputError, match=r"lib\.json: insights\.1\.insight\.condition: Value error, it is empty"):
        read_parcel(json.dumps(broken), "lib.json")
