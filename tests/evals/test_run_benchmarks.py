"""The benchmarks that read finished runs tell the figures of such a run."""

import subprocess
import sys
from pathlib import Path

import pytest

from steepest.agents.llm import FunctionModel
from steepest.evals.runs import run
from tests.evals.runs_for_tests import problem

ROOT = Path(__file__).parents[2]
TEXT = "A kiosk earns $3 a tea and $2 a coffee. At most 20 cups fit, and 7 people queue. How many of each?"
FORMULATION = """
sets:
  Drink = {tea, coffee}
parameters:
  profit[Drink] = {tea: 3, coffee: 2}
  cups = 20
variables:
  sold[Drink]: integer >= 0
maximize: sum(profit[d] * sold[d] for d in Drink)
constraints:
  fits: sum(sold[d] for d in Drink) <= cups
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("runs") / "kiosks"
    crowded = FORMULATION.replace("<= cups", "<= cups\n  all_served: sum(sold[d] for d in Drink) >= cups + 7")
    replies = iter((FORMULATION, crowded, "REALLY: more people come than cups fit."))
    model = FunctionModel(lambda request: next(replies), name="seller", structured=False)
    asked = [problem("kiosks/0", TEXT, answer=60), problem("kiosks/1", f"{TEXT} It rains.", answer=60)]
    run(asked, "five+repair", model=model, out=place, concurrency=1)
    return place


def table_of(benchmark: str, place: Path) -> list[list[str]]:
    """The cells of the rows that a benchmark prints."""
    command = [sys.executable, str(ROOT / "benchmarks" / benchmark), str(place)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("|")]


def test_provenance_tells_what_right_answers_leave_out(finished: Path) -> None:
    rows = table_of("provenance.py", finished)
    assert rows[2] == ["right", "1", "4", "25.0 %", "100.0 %", "0.0 %"]
    assert rows[8][:3] == ["right", "3", "100.0 %"]


def test_step_times_tell_calls_and_attempts(finished: Path) -> None:
    rows = table_of("step_times.py", finished)
    assert [row[:2] for row in rows[2:]] == [
        ["a call: formulate", "2"],
        ["a call: examine", "1"],
        ["the solver", "2"],
        ["an attempt, end to end", "2"],
    ]


def test_examinations_tell_whether_the_verdict_stands(finished: Path) -> None:
    [row] = table_of("examinations.py", finished)[2:]
    assert row[1:] == ["2", "1", "0", "0", "0", "1", "0"]


def test_a_place_without_a_run_is_told(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "provenance.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
