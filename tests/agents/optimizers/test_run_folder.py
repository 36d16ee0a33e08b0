"""A folder goes on with the search that it was begun with, and with no other."""

from pathlib import Path
from typing import Any

import pytest

from steepest.agents.optimizers.run_folder import RunEntry, RunFolder, read_entry
from steepest.agents.optimizers.search.journal import Journal
from steepest.agents.optimizers.search.records import StepRecord
from steepest.errors import InputError

BEGUN: dict[str, Any] = {
    "workflow": "write",
    "identities": {"workflow": "a", "guide": "b"},
    "components": (),
    "seed_values": {"x": 1},
    "strategy": "Pareto(proposer=Reflection(components='one', tries=8), merges=5)",
    "guide": "liking",
    "limits": {"metric_calls": 10, "steps": None},
}


def entry(**changes: Any) -> RunEntry:
    return RunEntry(**{**BEGUN, **changes})


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path / "run")
    made.require(entry())
    Journal(made.steps).write(StepRecord(step=0))
    return made


def test_a_search_that_failed_before_its_first_step_leaves_no_score_and_keeps_nobody_out(
    tmp_path: Path,
) -> None:
    failed = RunFolder(tmp_path / "run")
    failed.require(entry())
    failed.evaluations.write_text("of the guide that was broken")
    assert failed.require(entry(identities={"workflow": "a", "guide": "mended"})) == {"x": 1}
    assert not failed.evaluations.exists()
    assert read_entry(failed.path).identities["guide"] == "mended"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"identities": {"workflow": "a", "guide": "c"}}, "the guide liking has other code or settings"),
        ({"identities": {"workflow": "c", "guide": "b"}}, "the workflow write has other code or settings"),
        ({"guide": "disliking"}, "guide: liking there, disliking now"),
        ({"strategy": BEGUN["strategy"].replace("5", "6")}, r"merges=5\) there, .*merges=6\) now"),
        ({"seed_values": {"x": True}}, "seed_values"),
        ({"seed_values": {"x": 1.0}}, "seed_values"),
    ],
)
def test_another_search_is_refused_with_what_differs(folder: RunFolder, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=rf"{words}.*name another folder"):
        folder.require(entry(**changes))


def test_a_program_that_was_edited_is_named(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.require(entry(identities={"program": "a"}, workflow="Plan", guide=""))
    Journal(folder.steps).write(StepRecord(step=0))
    with pytest.raises(InputError, match="the program Plan has other code or settings"):
        folder.require(entry(identities={"program": "b"}, workflow="Plan", guide=""))


def test_the_limits_are_those_of_the_latest_call(folder: RunFolder) -> None:
    assert folder.require(entry(limits={"metric_calls": 30, "steps": 2})) == {"x": 1}
    assert read_entry(folder.path).limits == {"metric_calls": 30, "steps": 2}
