"""The vehicle routing example: its checks are strict, its optima are proved, and learning makes a picture."""

import subprocess
import sys
from itertools import permutations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from examples.vehicle_routing.__main__ import judge, plan
from examples.vehicle_routing.fleet import generated, instances, length, shortest
from tests.solvers.sandbox.conftest import why_no_sandbox

ROOT = Path(__file__).parent.parent.parent
DISTANCES = [[0, 3, 4], [3, 0, 5], [4, 5, 0]]


def test_the_length_is_that_of_all_legs_from_and_to_the_depot() -> None:
    assert length([[1, 2]], DISTANCES, [0, 1, 1], 2) == 12
    assert length([[1], [2], []], DISTANCES, [0, 1, 1], 1) == 14


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ([[1]], "visited once"),
        ([[1, 2], [2]], "visited once"),
        ([[0, 1, 2]], "visited once"),
        ([[1, 2]], "route 0 carries 3, more than 2"),
    ],
)
def test_wrong_routes_are_refused(routes: list[list[int]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        length(routes, DISTANCES, [0, 1, 2], 2)


@pytest.mark.parametrize("output", [None, "there", 7, [7], [["a"]], [[1.5]]])
def test_whatever_a_proposed_rule_gives_is_judged(output: object) -> None:
    score, words = judge(instances("train")[0], output)
    assert score == 0
    assert "no plan" in words


@pytest.mark.parametrize("example", [*instances("train"), *instances("test")], ids=lambda each: each["name"])
def test_the_first_rule_makes_right_routes_that_no_solver_is_beaten_by(example: dict[str, Any]) -> None:
    score, words = judge(example, plan(example).value)
    assert 0.4 < score <= 1
    assert "is possible" in words


def test_the_solver_finds_what_trying_everything_does() -> None:
    small = generated("small", 5, 3)
    assert shortest(small) == pytest.approx(min(tried(small)), abs=0.05)


def tried(instance: dict[str, Any]) -> list[float]:
    """The lengths of all routes that there are: every order of the customers, cut wherever it can be."""
    lengths = []
    for order in permutations(range(1, len(instance["demands"]))):
        for cuts in range(2 ** (len(order) - 1)):
            routes: list[list[int]] = [[]]
            for place, customer in enumerate(order):
                routes[-1].append(customer)
                if cuts >> place & 1:
                    routes.append([])
            if all(sum(instance["demands"][each] for each in route) <= instance["capacity"] for route in routes):
                lengths.append(length(routes, instance["distances"], instance["demands"], instance["capacity"]))
    return lengths


def test_learning_offline_ends_in_a_rule_and_a_picture(tmp_path: Path) -> None:
    if reason := why_no_sandbox():
        pytest.skip(reason)
    picture = tmp_path / "routes.svg"
    command = [sys.executable, "-m", "examples.vehicle_routing", "--metric-calls", "120", "--picture", str(picture)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=240, cwd=ROOT).stdout
    assert "score 0.8" in printed
    assert "sealed test" in printed
    assert "score += " in printed
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")  # noqa: S314  # of our own making
