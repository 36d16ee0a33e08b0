"""The folder of a run of learning."""

from pathlib import Path

import pytest

from steepest.agents.library.learning.run_folder import LearningEntry, LearningFolder, read_entry
from steepest.agents.library.learning.starting import begin_labels, starting_labels
from steepest.agents.library.library import Library
from steepest.errors import InputError

ENTRY = LearningEntry(library="lib.db", model="small", teacher="small", settings={"proofs": 2}, tasks={"a": "1"})


def test_the_run_keeps_its_name_and_may_grow(tmp_path: Path):
    begun = LearningFolder(tmp_path / "run").require(ENTRY)
    more = ENTRY.model_copy(update={"run": "another", "iterations": 3, "tasks": {"a": "1", "b": "2"}})
    found = LearningFolder(tmp_path / "run").require(more)
    assert found.run == begun.run == ENTRY.run
    assert read_entry(tmp_path / "run").tasks == {"a": "1", "b": "2"}


def test_fewer_tasks_do_not_forget_the_others(tmp_path: Path):
    LearningFolder(tmp_path).require(ENTRY.model_copy(update={"tasks": {"a": "1", "b": "2"}}))
    LearningFolder(tmp_path).require(ENTRY)
    with pytest.raises(InputError, match="the task b has another text"):
        LearningFolder(tmp_path).require(ENTRY.model_copy(update={"tasks": {"b": "3"}}))


@pytest.mark.parametrize("change", [{"library": "x"}, {"model": "x"}, {"settings": {"proofs": 3}}, {"seed": 1}])
def test_another_run_is_refused_with_what_differs(tmp_path: Path, change: dict):
    LearningFolder(tmp_path).require(ENTRY)
    differing = next(iter(change)).replace("settings", "proofs")
    with pytest.raises(InputError, match=f"{differing}: .* there, .* now"):
        LearningFolder(tmp_path).require(ENTRY.model_copy(update=change))


def test_a_run_of_an_older_version_takes_the_settings_that_it_did_not_know(tmp_path: Path):
    LearningFolder(tmp_path).require(ENTRY)
    newer = ENTRY.model_copy(update={"settings": {"proofs": 2, "most": 40}})
    assert LearningFolder(tmp_path).require(newer).settings["most"] == 40
    with pytest.raises(InputError, match="most: 40 there, 50 now"):
        LearningFolder(tmp_path).require(ENTRY.model_copy(update={"settings": {"proofs": 2, "most": 50}}))


def test_one_process_works_in_it(tmp_path: Path):
    first, second = LearningFolder(tmp_path), LearningFolder(tmp_path)
    with first.locked(), pytest.raises(InputError, match="another process"), second.locked():
        pass


def test_a_folder_without_a_run_is_told(tmp_path: Path):
    with pytest.raises(InputError, match=r"no run\.json"):
        read_entry(tmp_path)


def test_a_library_without_labels_begins_with_some_and_one_with_labels_keeps_its_own(tmp_path: Path):
    with Library.open(tmp_path / "lib.db") as library:
        begin_labels(library)
        begin_labels(library)
        assert library.store.number() == 1
        assert len(library.taxonomy().offered) == len(starting_labels()) == 30
    with Library.open(tmp_path / "own.db") as library:
        library.define(starting_labels()[:1])
        begin_labels(library)
        assert len(library.taxonomy()) == 1
