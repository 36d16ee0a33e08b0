"""The job shop example: its checks are strict, its optima are proved, and learning makes a picture."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from examples.job_shop.__main__ import judge
from examples.job_shop.rule import schedule
from examples.job_shop.shop import SHORTEST, ft06, generated, idle, instances, makespan, shortest
from tests.solvers.sandbox.conftest import why_no_sandbox

ROOT = Path(__file__).parent.parent.parent
TWO_JOBS = [[[0, 3], [1, 2]], [[0, 1], [1, 4]]]


def test_the_makespan_is_when_the_last_operation_ends() -> None:
    assert makespan([[1, 5], [0, 1]], TWO_JOBS) == 7
    assert idle([[1, 5], [0, 1]], TWO_JOBS) == {0: 0, 1: 1}


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        ([[0, 3], [0, 5]], "machine 0 has operation 0 of job 1 and operation 0 of job 0 at once"),
        ([[0, 2], [3, 5]], "operation 1 of job 0 starts at 2, before it can at 3"),
        ([[-1, 3], [4, 5]], "operation 0 of job 0 starts at -1"),
        ([[float("nan"), 3], [4, 5]], "starts at nan"),
        ([[0], [4, 5]], "a start for each operation"),
        ([[0, 3]], "a start for each operation"),
    ],
)
def test_a_wrong_schedule_is_refused(starts: list[list[float]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        makespan(starts, TWO_JOBS)


@pytest.mark.parametrize("output", [None, "soon", [[0]], [None] * 6, [["a"] * 6] * 6, 7])
def test_whatever_a_proposed_rule_gives_is_judged(output: object) -> None:
    score, words = judge({"name": "ft06", "jobs": ft06()}, output)
    assert score == 0
    assert "no schedule" in words


@pytest.mark.parametrize("example", [*instances("train"), *instances("test")], ids=lambda each: each["name"])
def test_the_first_rule_makes_right_schedules_that_no_solver_is_beaten_by(example: dict) -> None:  # type: ignore[type-arg]
    score, words = judge(example, schedule(example["jobs"]).value)
    assert 0.4 < score <= 1
    assert "is possible" in words


def test_shops_are_the_same_in_every_process_and_no_test_shop_is_one_to_learn_from() -> None:
    assert generated(2, 2, 0) == [[[0, 7], [1, 6]], [[1, 13], [0, 9]]]
    learned = [each["jobs"] for each in instances("train")]
    assert all(each["jobs"] not in learned for each in instances("test"))


def test_the_stored_optimum_of_ft06_is_the_known_one_and_the_solver_proves_it() -> None:
    assert SHORTEST["ft06"] == shortest(ft06(), 94) == 55


def test_learning_offline_ends_in_a_rule_and_a_picture(tmp_path: Path) -> None:
    if reason := why_no_sandbox():
        pytest.skip(reason)
    picture = tmp_path / "ft06.svg"
    command = [sys.executable, "-m", "examples.job_shop", "--metric-calls", "90", "--picture", str(picture)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=240, cwd=ROOT).stdout
    assert "score 0.6" in printed
    assert "sealed test" in printed
    assert "score += " in printed
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")  # noqa: S314  # of our own making
