"""The examples and the documentation's own formulations do what they say."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from steepest.cli import main
from steepest.solvers.formulation import Formulation
from steepest.solvers.solve import solve_formulation
from steepest.solvers.text.reader import read_formulation
from tests.solvers.sandbox.conftest import why_no_sandbox

ROOT = Path(__file__).parent.parent
BEST = {"bakery": 336, "knapsack": 180, "transport": 17075, "portfolio": 0.0099392523, "workshop": 27}


@pytest.mark.parametrize("name", sorted(BEST))
def test_an_example_has_the_optimum_that_was_worked_out_by_hand_or_another_solver(name: str) -> None:
    path = ROOT / "examples" / f"{name}.five"
    solution = solve_formulation(Formulation.from_text(path.read_text()), folder=path.parent)
    assert solution.objective == pytest.approx(BEST[name], rel=1e-6)


def test_every_formulation_among_the_examples_is_tested() -> None:
    assert {path.stem for path in (ROOT / "examples").glob("*.five")} == set(BEST)


def test_the_readme_shows_the_bakery_as_it_is() -> None:
    shown = [textwrap.dedent(block) for block in indented_blocks((ROOT / "README.md").read_text())]
    assert (ROOT / "examples" / "bakery.five").read_text().strip() in [block.strip() for block in shown]


def test_the_example_of_everything_is_read_and_solved() -> None:
    block = next(b for b in indented_blocks((ROOT / "docs" / "language.md").read_text()) if "Which centers" in b)
    reading = read_formulation(textwrap.dedent(block))
    assert reading.diagnostics.errors == []
    assert reading.formulation is not None
    tables = {"demand": {"Store 1": 100, "Store 2": 200}, "rate": 3}
    assert solve_formulation(reading.formulation, tables).objective == 151_000 + 3 * 300


def indented_blocks(markdown: str) -> list[str]:
    return re.findall(r"(?:^(?: {4}.*)?\n)+", markdown, re.MULTILINE)


def test_the_example_script_is_solved_in_the_sandbox(capsys: pytest.CaptureFixture[str]) -> None:
    if reason := why_no_sandbox():
        pytest.skip(reason)
    assert main(["sandbox", "solve", str(ROOT / "examples" / "bakery_model.py")]) == 0
    assert "336" in capsys.readouterr().out


def test_the_library_of_the_example_learns_from_one_problem_and_helps_with_the_next() -> None:
    command = [sys.executable, str(ROOT / "examples" / "learning.py")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()
    assert printed[1] == "busy: solved, the insight helped"
    assert printed[-1] == "2 of 3 solved, 1 insight in the library"
    page = (ROOT / "docs" / "library-learning.md").read_text()
    assert all(f"    {line}\n" in page for line in printed)


def test_the_traced_example_takes_a_better_rule() -> None:
    if reason := why_no_sandbox():
        pytest.skip(reason)
    command = [sys.executable, str(ROOT / "examples" / "traced_dispatch.py")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()
    assert printed[0] == "Next: B"
    assert printed[-2:] == ["committed", "Next: A"]
    assert any("has to keep its name" in line for line in printed)


def test_the_programs_in_the_pages_on_traces_and_the_sandbox_run(tmp_path: Path) -> None:
    if reason := why_no_sandbox():
        pytest.skip(reason)
    for page in ("traces.md", "parameters.md", "sandbox.md", "optimize.md"):
        for program in re.findall(r"```python\n(.*?)```", (ROOT / "docs" / page).read_text(), re.DOTALL):
            file = tmp_path / "program.py"  # trainable code has to have a source
            file.write_text(program)
            done = subprocess.run([sys.executable, file], capture_output=True, text=True, timeout=120)
            assert done.returncode == 0, done.stderr
