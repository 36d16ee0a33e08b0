"""The labels of examples/evaluation are right, and docs/evaluation.md does what it says."""

import importlib.util
import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import permutations, product
from pathlib import Path
from types import ModuleType

import pytest

from steepest.cli import main
from steepest.evals.reports import COLUMNS
from steepest.solvers.formulation import Formulation
from steepest.solvers.solve import solve_formulation

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "evaluation"
GUIDE = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
PROBLEMS = {
    each["id"].partition("/")[2]: each
    for each in map(json.loads, (EXAMPLE / "problems.jsonl").read_text(encoding="utf-8").splitlines())
}
REPLIES = tomllib.loads((EXAMPLE / "replies.toml").read_text(encoding="utf-8"))


@pytest.fixture
def in_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that has the examples as a checkout has them."""
    (tmp_path / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", sorted(set(PROBLEMS) - {"signs"}))
def test_the_formulation_that_was_written_for_a_problem_has_its_optimum(name: str) -> None:
    texts = [text for text in REPLIES[name]["five"] if not text.strip().startswith("REALLY")]
    solution = solve_formulation(Formulation.from_text(texts[-1]))
    assert solution.status == PROBLEMS[name]["status"]
    if solution.status == "optimal":
        assert solution.objective == pytest.approx(PROBLEMS[name]["answer"], rel=1e-6)


def test_the_optima_of_whole_numbers_are_those_of_trying_everything() -> None:
    for name, values in _all_answers().items():
        best = max if name == "festivals" else min
        assert best(values) == PROBLEMS[name]["answer"], name


def _all_answers() -> dict[str, Iterator[float]]:
    """Objective values of all answers that a problem allows."""
    festivals = [(4, 320, 900), (3, 260, 640), (5, 400, 1150), (2, 150, 380), (3, 210, 610)]
    hours = ((5, 9, 7), (6, 4, 8), (7, 6, 3))
    return {
        "ferry": (
            700 * a + 1500 * b
            for a, b in product(range(20), repeat=2)
            if 12 * a + 30 * b >= 200 and 3 * a + 5 * b <= 40
        ),
        "festivals": (
            earned
            for chosen in product((0, 1), repeat=5)
            for days, cost, earned in [tuple(map(sum, zip(*_taken(festivals, chosen), strict=True)))]
            if days <= 10 and cost <= 800
        ),
        "presses": (sum(hours[job][press] for job, press in enumerate(order)) for order in permutations(range(3))),
        "rota": (
            sum(begin)
            for begin in product(range(9), repeat=4)
            if all(begin[at] + begin[at - 1] >= need for at, need in enumerate((5, 8, 6, 4)))
        ),
        "signs": (
            300 * (a > 0) + 4 * a + 120 * (b > 0) + 6 * b + 11 * (100 - a - b)
            for a, b in product(range(81), range(61))
            if 0 <= 100 - a - b <= 30
        ),
    }


def _taken(rows: list[tuple[int, int, int]], chosen: tuple[int, ...]) -> list[tuple[int, int, int]]:
    return [(0, 0, 0), *(row for row, is_chosen in zip(rows, chosen, strict=True) if is_chosen)]


def test_the_cassette_is_what_record_makes_of_the_replies(tmp_path: Path) -> None:
    """When this fails after a prompt was changed: python examples/evaluation/record.py."""
    _record().main(tmp_path / "recorded.json")
    assert (tmp_path / "recorded.json").read_text() == (EXAMPLE / "recorded.json").read_text()


def _record() -> ModuleType:
    spec = importlib.util.spec_from_file_location("record", EXAMPLE / "record.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commands(markdown: str) -> list[list[str]]:
    """The commands of the blocks that can be tried without a model."""
    lines = re.findall(r"^ {4}steepest (eval .*)$", markdown, re.MULTILINE)
    assert lines
    return [shlex.split(line, comments=True) for line in lines]


def test_the_commands_of_the_guide_do_what_it_says(in_a_copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands(GUIDE.partition("## Try it")[2].partition("## A run")[0]):
        assert main(command) == 0, command
    out = capsys.readouterr().out
    assert "+41.7 points" in out
    assert "5 gained, 0 lost, p 0.0625" in out
    written = {path.name for path in (in_a_copy / "runs").iterdir() if path.is_file()}
    assert written == {"five.html", "comparison.html", "five.csv"}


def test_the_commands_of_the_readme_work(in_a_copy: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in commands(readme.partition("## Measuring it")[2].partition("\n## ")[0]):
        assert main(command) == 0, command


def test_the_programs_of_the_guide_run(in_a_copy: Path) -> None:
    programs = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    assert programs
    for program in programs:
        (in_a_copy / "program.py").write_text(program)
        done = subprocess.run([sys.executable, "program.py"], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr


def test_the_guide_lists_every_column_of_the_csv() -> None:
    assert re.findall(r"^\| `(\w+)` \| (.*) \|$", GUIDE.partition("### Columns of the CSV")[2], re.MULTILINE) == list(
        COLUMNS.items()
    )
