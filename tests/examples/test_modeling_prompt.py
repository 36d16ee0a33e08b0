"""The example that trains the modeling agent's prompt finds the rules that matter."""

import subprocess
import sys
from pathlib import Path

from examples.modeling_prompt.__main__ import MOST_CHARACTERS, fits, verdict

ROOT = Path(__file__).parent.parent.parent


def test_the_search_finds_what_the_student_has_to_be_told(tmp_path: Path) -> None:
    picture = tmp_path / "scores.svg"
    command = [sys.executable, "-m", "examples.modeling_prompt", "--picture", str(picture)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "integer for things that are counted" in done.stdout
    assert picture.read_text().startswith("<svg")


def test_the_verdict_never_tells_the_right_answer() -> None:
    problem = {"answer": 4711}
    found = {"outcome": "solved", "objective": 12.0, "status": "optimal", "errors": []}
    score, words = verdict(problem, found)
    assert score == 0
    assert "4711" not in words
    assert verdict(problem, found | {"objective": 4711.0})[0] == 1


def test_rules_that_the_prompt_can_not_have_are_refused() -> None:
    assert fits("Use integer for what is counted.")
    assert not fits("x" * (MOST_CHARACTERS + 1))
    assert not fits("write {{problem}}")
    assert not fits("  ")
