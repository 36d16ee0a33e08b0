import json
import re

import pytest

from steepest.agents.library.exchange.alphaopt import library_json, read_library, read_taxonomy, taxonomy_json
from steepest.agents.library.exchange.files import read_parcel
from steepest.agents.library.exchange.parcels import bring_in
from steepest.agents.library.labels import Label
from steepest.errors import InputError
from tests.agents.library.insights import insight


@pytest.fixture
def imported(library, alphaopt_library, alphaopt_taxonomy):
    parcels = [read_library(alphaopt_library, "library.json"), read_taxonomy(alphaopt_taxonomy, "taxonomy.json")]
    bring_in(library, parcels)
    return library


def test_a_library_is_written_back_as_it_was_read(imported, alphaopt_library):
    assert library_json(imported.entries()) == alphaopt_library


def test_a_dictionary_is_written_back_as_it_was_read(imported, alphaopt_taxonomy):
    assert taxonomy_json(imported.store.definitions()) == alphaopt_taxonomy


def test_all_of_it_is_one_event_that_can_be_undone(imported):
    assert imported.store.number() == 1
    imported.undo(1)
    assert not imported.entries()
    assert not imported.store.definitions()


def test_an_insight_of_alphaopt_is_one_of_ours(imported):
    entry = imported.entry("alphaopt-33")
    assert entry.insight.labels == (
        Label("Domain Modeling", "Packaging", "Knapsack Constraints"),
        Label("Domain Modeling", "Selection", "Binary Selection"),
    )
    assert entry.insight.status == "active"
    assert entry.insight.provenance.tasks == ("E021",)
    assert (entry.usage.retrieved, entry.usage.helped, entry.usage.hurt) == (4, 2, 1)
    assert imported.entry("alphaopt-6").insight.provenance.tasks == ("E017", "E019")
    assert imported.entry("alphaopt-6").insight.provenance.merged == ("alphaopt-3", "alphaopt-4")


def test_labels_of_a_dictionary_are_offered_to_models(imported):
    offered = {str(each.label): each for each in imported.taxonomy().offered}
    known = offered["Domain Modeling > Packaging > Knapsack Constraints"]
    assert (known.definition, known.condition) == ("capacity \u2211 w x \u2264 C", "Applies when ...")
    assert not imported.taxonomy().find(Label("General Formulation", "Explicit Bounds", "general")).is_given


def test_what_was_changed_is_written_as_it_is_now(imported, alphaopt_library):
    entry = imported.entry("alphaopt-33")
    labels = (Label("Domain Modeling", "Packaging", "Bins"),)
    imported.change(entry, entry.insight.model_copy(update={"explanation": "better", "labels": labels}))
    record = library_json(imported.entries())[0]
    expected = {
        **alphaopt_library[0],
        "explanation": "better",
        "taxonomy": {"Domain Modeling": {"Packaging": ["Bins"]}},
    }
    assert record == expected


def test_an_insight_of_ours_becomes_one_of_alphaopt(imported):
    imported.add([insight("mine")])
    record = library_json(imported.entries())[-1]
    assert record["insight_id"] == 34
    assert record["taxonomy"] == {"Domain Modeling": {"Network Flow": ["Flow Conservation"]}}
    assert record["task_id"] == ["task-mine"]
    assert read_library([record], "x").insights["alphaopt-34"].condition == insight("mine").condition


def test_importing_twice_writes_nothing(imported, alphaopt_library):
    again = bring_in(imported, [read_library(alphaopt_library, "library.json")])
    assert again.event is None
    assert len(again.same) == 3


def test_two_libraries_of_alphaopt_live_side_by_side_under_prefixes(imported, alphaopt_library):
    bring_in(imported, [read_library(alphaopt_library, "library.json", prefix="second")])
    assert len(imported.entries()) == 6


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"condition": " "}, "insight 1 (insight_id 33): condition: Value error, it is empty"),
        ({"condition": "x" * 5000}, "insight 1 (insight_id 33): condition: String should have at most 4000"),
        ({"insight_id": "no id?"}, "insight 1 (insight_id no id?): id: String should match"),
        ({"insight_id": 6}, "insight 2: there are two of insight_id 6"),
    ],
)
def test_a_mistake_is_told_with_its_insight(alphaopt_library, broken, told):
    alphaopt_library[0].update(broken)
    with pytest.raises(InputError, match=re.escape(f"library.json, {told}")):
        read_library(alphaopt_library, "library.json")


@pytest.mark.parametrize("text", ["{}", "3", '"a"', '{"a": 1}', "[1]", '[{"id": 3}]', "{", ""])
def test_other_files_are_told(text):
    with pytest.raises(InputError, match=r"file.json"):
        read_parcel(text, "file.json")


def test_a_file_is_known_by_what_it_holds(alphaopt_library, alphaopt_taxonomy):
    assert len(read_parcel(json.dumps(alphaopt_library), "a.json").insights) == 3
    assert len(read_parcel(json.dumps(alphaopt_taxonomy), "b.json").definitions) == 7
