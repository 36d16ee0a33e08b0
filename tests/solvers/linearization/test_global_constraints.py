"""Global constraints as a user meets them."""

import pytest

from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation


def solved(text: str) -> Solution:
    return solve_formulation(Formulation.from_text(text), options=SolveOptions(solver="highs"))


TOUR = """
sets:
  Town = {a, b, c, d, e}
  Day = {mon, tue}
parameters:
  place[Town] = [0, 1, 2, 10, 11]
variables:
  go[k in Day, i in Town, j in Town if i != j]: binary
minimize: sum(abs(place[i] - place[j]) * go[k, i, j] for k in Day for i in Town for j in Town if i != j)
constraints:
  tour[k in Day]: circuit(go[k, i, j] for i in Town for j in Town if i != j)
  once[i in Town, j in Town if i != j]: sum(go[k, i, j] for k in Day) <= 1
"""


def test_each_row_of_a_head_has_its_own_circuit() -> None:
    solution = solved(TOUR)
    assert solution.objective == pytest.approx(44)
    for day in ("mon", "tue"):
        follower = {i: j for i in "abcde" for j in "abcde" if i != j and solution.value("go", day, i, j) > 0.5}
        node, seen = "a", []
        while node not in seen:
            seen.append(node)
            node = follower[node]
        assert sorted(seen) == list("abcde")
        assert node == "a"


def test_an_arc_from_a_node_to_itself_is_no_way_out() -> None:
    text = "sets:\n  A = {(1, 1), (1, 2), (2, 1), (2, 2)}\nvariables:\n  go[A]: binary\nminimize: go[1, 2] + go[2, 1]\n"
    solution = solved(text + "constraints:\n  c: circuit(go[i, j] for (i, j) in A)")
    assert (solution.objective, solution.value("go", 1, 1)) == (2, 0)


def test_a_node_by_itself_goes_round_by_staying() -> None:
    text = "sets:\n  N = 1..1\nvariables:\n  go[N, N]: binary\nminimize: go[1, 1]\nconstraints:\n"
    assert solved(f"{text}  tour: circuit(go[i, j] for i in N for j in N)").value("go", 1, 1) == 1


def test_machines_do_one_job_at_a_time() -> None:
    text = """
sets:
  Job = 1..3
  Step = 1..2
parameters:
  takes[Job, Step] = {1: {1: 3, 2: 2}, 2: {1: 2, 2: 1}, 3: {1: 1, 2: 4}}
variables:
  start[Job, Step]: real in 0..50
minimize: max(start[j, s] + takes[j, s] for j in Job for s in Step)
constraints:
  order[j in Job]: start[j, 2] >= start[j, 1] + takes[j, 1]
  machine[s in Step]: no_overlap(start[j, s], takes[j, s] for j in Job)
"""
    assert solved(text).objective == pytest.approx(8, abs=1e-6)


def test_tasks_share_a_capacity() -> None:
    text = """
sets:
  Task = 1..4
parameters:
  takes[Task] = [3, 2, 4, 1]
  crew[Task] = [2, 1, 2, 3]
variables:
  start[Task]: integer in 0..12
  end: integer in 0..12
minimize: end
constraints:
  done[t in Task]: start[t] + takes[t] <= end
  people: cumulative(3, start[t], takes[t], crew[t] for t in Task)
"""
    assert solved(text).objective == 8


def test_queens_stand_in_different_columns_and_diagonals() -> None:
    text = """
sets:
  Row = 1..6
variables:
  column[Row]: integer in 1..6
minimize: column[1]
constraints:
  columns: all_different(column[r] for r in Row)
  rising: all_different(column[r] + r for r in Row)
  falling: all_different(column[r] - r for r in Row)
"""
    assert [solved(text).value("column", r) for r in range(1, 7)] == [2, 4, 6, 1, 3, 5]


@pytest.mark.parametrize(
    ("constraint", "reason"),
    [
        ("all_different(q[i] for i in A)", "make the variables integer"),
        ("circuit(q[i] * 1 for i in A)", "`circuit(go[i, j] for (i, j) in Arc)`"),
        ("no_overlap(q[i] for i in A)", "`no_overlap(start[i], duration[i] for i in S)`"),
        ("cumulative(2, q[i], 1, 1 for i in A)", "have to be whole numbers"),
        ("cumulative(2, n[i], 1, q[i] for i in A)", "has to be data"),
        ("cumulative(1, n[i], 2, (2 if i == 1 else -1) for i in A)", "can't be below 0"),
        ("piecewise(q[1], (0, 0), (0, 1)) <= 1", "from left to right"),
        ("piecewise(q[1], 3) <= 1", "has no points"),
        ("all_different(n[i] for i in A)", "variable `n[1]`"),
    ],
)
def test_a_constraint_that_is_not_taken_says_why(constraint: str, reason: str) -> None:
    text = "sets:\n  A = 1..2\nvariables:\n  q[A]: real in 0..9\n  n[A]: integer\nminimize: q[1]\nconstraints:\n"
    try:
        solution = solved(f"{text}  c: {constraint}")
    except FormulationError as error:
        assert reason in str(error)  # noqa: PT017  # the other way to be told is a status
    else:
        assert solution.status == "unsupported"
        assert reason in solution.message
