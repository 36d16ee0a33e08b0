from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from steepest.errors import SteepestError
from steepest.evals.grading.alternative_optima import holds_as_optimum
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

MODEL = """
sets:
  Boat = {"long boat", raft, 7}
variables:
  trips[Boat]: integer in 0..10
minimize: sum(trips[b] for b in Boat)
constraints:
  people: sum(4 * trips[b] for b in Boat) >= 18
"""


def test_the_labels_values_may_be_another_optimum_of_the_model() -> None:
    assert holds_as_optimum(MODEL, {"trips[long boat]": 2, "trips[raft]": 3, "trips[7]": 0}, 5.0) == "yes"


def test_values_that_break_a_constraint_or_cost_more_are_none() -> None:
    assert holds_as_optimum(MODEL, {"trips[raft]": 11}, 5.0) == "no"
    assert holds_as_optimum(MODEL, {"trips[raft]": 6}, 5.0) == "no"


def test_rounded_values_are_held_within_their_rounding() -> None:
    model = "variables:\n  x >= 0\n  y >= 0\nmaximize: x + y\nconstraints:\n  a: 3 * x <= 10\n  b: x + y <= 5\n"
    assert holds_as_optimum(model, {"x": 3.33, "y": 1.67}, 5.0) == "yes"
    assert holds_as_optimum(model, {"x": 3.36}, 5.0) == "no"


@pytest.mark.parametrize("text", ["", "x + y", "variables:\n  x >= 0\nmaximize: x\n"])
def test_where_there_is_no_model_or_no_answer_nothing_is_claimed(text: str) -> None:
    assert holds_as_optimum(text, {"x": 1.0}, 1.0) in ("unchecked", "yes")
    assert holds_as_optimum(text, {"x": 1.0}, 7.0) != "yes"


@pytest.mark.parametrize("name", ["no such thing", "trips[kite]", "trips", "trips[raft, raft]"])
def test_a_value_that_is_no_variable_of_the_model_is_unchecked(name: str) -> None:
    assert holds_as_optimum(MODEL, {name: 1.0}, 5.0) == "unchecked"


def test_a_formulation_that_names_a_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "need.csv").write_text("b,need\nraft,3\n")
    model = 'sets:\n  B = {raft}\nparameters:\n  table need[B] from "need.csv" (b, need)\n'
    model += "variables:\n  x[B] >= 0\nminimize: sum(x[b] for b in B)\nconstraints:\n  n[b in B]: x[b] >= need[b]\n"
    assert Formulation.from_text(model).solve().objective == 3
    assert holds_as_optimum(model, {"x[raft]": 3}, 3.0) == "unchecked"


def test_a_solver_that_stops_or_breaks_leaves_it_unchecked() -> None:
    def broken(formulation: Formulation) -> Solution:
        raise SteepestError("the solver broke down")

    assert holds_as_optimum(MODEL, {"trips[raft]": 2}, 5.0, broken) == "unchecked"
    assert holds_as_optimum(MODEL, {"trips[raft]": 2}, 5.0, lambda _: Solution(status="time_limit")) == "unchecked"


def test_threads_may_ask_at_the_same_time() -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda raft: holds_as_optimum(MODEL, {"trips[raft]": raft}, 5.0), [2, 11, 3, 6] * 3))
    assert found == ["yes", "no", "yes", "no"] * 3
