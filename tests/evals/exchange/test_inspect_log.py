"""With the real inspect_ai, where it is installed (extra `inspect`)."""

import sys
from pathlib import Path
from typing import Any

import pytest

from steepest.errors import InputError
from steepest.evals.exchange import export
from steepest.evals.runs import Run, open_run
from tests.evals.runs_for_tests import RememberedRun, call, large_run, problem, sample


def test_without_the_package_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "inspect_ai", None)
    with pytest.raises(InputError, match=r"pip install 'steepest\[inspect\]'"):
        export(large_run(1), "inspect", tmp_path / "run.eval")


def log_of(run: RememberedRun, folder: Path) -> Any:
    log = pytest.importorskip("inspect_ai.log")
    export(run, "inspect", folder / "run.eval")
    return log.read_eval_log(folder / "run.eval")


@pytest.mark.slow
def test_a_sample_has_its_scores_its_calls_and_its_tokens(tmp_path: Path) -> None:
    spent = {"calls": 1, "input_tokens": 900, "output_tokens": 120, "cost": "0.0012"}
    made = sample("kiosks/1", transcript=[call("Be brief.", "A kiosk?")], spent=spent, seconds=2.0)
    (read,) = log_of(RememberedRun([problem("kiosks/1")], [made]), tmp_path).samples
    assert {name: (score.value, score.answer) for name, score in read.scores.items()} == {
        "strict": ("C", "12.5"),
        "orlm": ("C", "12.5"),
    }
    assert [message.text for message in read.messages] == ["Be brief.", "A kiosk?", "maximize: x"]
    assert (read.target, read.output.completion, read.total_time) == ("12.5", "maximize: x", 2.0)
    assert [(event.event, event.role, event.output.usage.total_cost) for event in read.events] == [
        ("model", "formulate", 0.0012)
    ]
    assert read.model_usage["function"].total_tokens == 1020


@pytest.mark.slow
def test_a_failure_of_the_infrastructure_is_an_error_without_scores(tmp_path: Path) -> None:
    failed = sample("kiosks/1", "infrastructure_error", message="no route to the host", objective=None)
    log = log_of(RememberedRun([problem("kiosks/1")], [failed]), tmp_path)
    assert (log.samples[0].error.message, log.samples[0].scores) == ("no route to the host", None)
    assert log.results.scores[0].metrics == {}


@pytest.mark.slow
def test_the_results_are_those_of_the_report(tmp_path: Path) -> None:
    run = large_run(40)
    strict, orlm = log_of(run, tmp_path).results.scores
    accuracy = Run(run).summary.overall.accuracy
    assert (strict.name, orlm.name) == ("strict", "orlm")
    assert strict.metrics["accuracy"].value == accuracy.rate
    assert (strict.metrics["wilson_low"].value, strict.scored_samples) == (accuracy.low, accuracy.n)


@pytest.mark.slow
def test_our_own_log_is_read_as_the_run_that_it_was(tmp_path: Path) -> None:
    pytest.importorskip("inspect_ai")
    run = large_run(40)
    export(run, "inspect", tmp_path / "run.eval")
    read = open_run(tmp_path / "run.eval")
    assert read.specification() == run.specification()
    assert sorted(read.problems(), key=lambda each: each.id) == sorted(run.problems(), key=lambda each: each.id)
    assert read.summary.overall.model_dump(exclude={"verdicts"}) == Run(run).summary.overall.model_dump(
        exclude={"verdicts"}
    )
    assert Run(run).compare(read).overall.difference == 0


@pytest.mark.slow
def test_a_run_that_is_not_complete_can_be_written(tmp_path: Path) -> None:
    log = log_of(RememberedRun([problem("a"), problem("b")], [sample("a")]), tmp_path)
    assert (log.results.total_samples, log.results.completed_samples) == (2, 1)
