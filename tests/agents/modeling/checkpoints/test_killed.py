"""Runs that are killed between steps and go on: no call is paid twice, and the answer is what it would have been."""

import subprocess
import sys
from pathlib import Path

from tests.agents.modeling.checkpoints.run_to_kill import ANSWERS, answered, told

STEPS = [
    "formulate", "check", "repair", "check", "solve", "examine", "solve", "examine", "solve", "test", "readings",
    "solve", "conclude",
]  # fmt: skip


def killed_after_every_step(place: str, folder: Path) -> str:
    """The last line of the script."""
    command = [sys.executable, "-m", "tests.agents.modeling.checkpoints.run_to_kill", place, str(folder)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stderr[-2000:]
    return finished.stdout.splitlines()[-1] + finished.stderr[-2000:]


def uninterrupted(folder: Path) -> str:
    answer = answered("", folder / "uninterrupted")
    assert [step.name for step in answer.steps] == STEPS
    return told(answer)


def test_a_run_that_is_killed_after_every_step_pays_for_no_call_twice(tmp_path: Path) -> None:
    ended = killed_after_every_step(str(tmp_path / "runs.db"), tmp_path)

    assert ended == f"enough {len(STEPS) - 1} 0"  # the solve of the other reading is part of the step before
    assert len((tmp_path / "calls").read_text().splitlines()) == len(ANSWERS)
    assert (tmp_path / "answer").read_text() == uninterrupted(tmp_path)


def test_the_same_in_postgresql(postgres_database: str, tmp_path: Path) -> None:
    ended = killed_after_every_step(postgres_database, tmp_path)

    assert ended.startswith("enough")
    assert len((tmp_path / "calls").read_text().splitlines()) == len(ANSWERS)
    assert (tmp_path / "answer").read_text() == uninterrupted(tmp_path)
