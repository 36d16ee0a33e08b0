"""The answer in words says what to do, what limits it, what was assumed, and leaves nothing out silently."""

import re

from steepest.agents.modeling.answer import Answer, Outcome
from steepest.agents.modeling.explain import MOST_VALUES, explain
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution, VariableValue
from steepest.solvers.solve import solve_formulation
from steepest.solvers.text.reader import read_formulation

SHOPS = """\
# Which shops to open
sets:
  Shop = {Bern, Chur}
parameters:
  rent[Shop] = {Bern: 9, Chur: 4}   # [$] "rents of $9 and $4"
  wanted = 1   # "at least one shop"
variables:
  open[Shop]: binary
  hours[Shop]: real in 0..8   # [h] assumed: a working day
minimize: sum(rent[s] * open[s] for s in Shop)   # [$] rent of all open shops
constraints:
  enough: sum(open[s] for s in Shop) >= wanted
"""


def formulated(text: str) -> Formulation:
    formulation = read_formulation(text).formulation
    assert formulation is not None
    return formulation


def answer_to(formulation: Formulation, solution: Solution | None, outcome: Outcome = "solved") -> Answer:
    return Answer(problem="p", outcome=outcome, formulation=formulation, solution=solution, model="m")


def test_decisions_limits_and_objective_are_told_with_their_meaning() -> None:
    formulation = formulated(SHOPS)
    text = explain(answer_to(formulation, solve_formulation(formulation)))

    assert text.startswith("Which shops to open")
    assert "The least possible value is 4 $ (rent of all open shops)." in text
    assert "- open[Bern]: no" in text
    assert "- open[Chur]: yes" in text
    assert '- enough: "at least one shop"' in text  # the constraint quotes nothing, its number does


def test_every_number_told_is_one_of_the_solutions(bakery_five: str) -> None:
    formulation = formulated(bakery_five)
    text = explain(answer_to(formulation, solve_formulation(formulation)))
    told = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", re.sub(r'"[^"]*"', "", text))}

    assert told == {336, 32, 30}


def test_a_large_answer_is_cut_with_a_count() -> None:
    values = [VariableValue(name="x", index=(i,), value=float(i < 50)) for i in range(1000)]
    formulation = formulated("sets:\n  S = 0..999\nvariables:\n  x[S]: binary\nmaximize: sum(x[s] for s in S)\n")
    text = explain(answer_to(formulation, Solution(status="optimal", objective=50.0, variables=values)))

    assert text.count("\n- x[") == MOST_VALUES
    assert f"- and {50 - MOST_VALUES} more" in text
    assert "- 950 others are 0" in text


def test_an_incumbent_is_not_called_the_best_possible() -> None:
    formulation = formulated(SHOPS)
    solution = Solution(status="time_limit", objective=9.0, bound=4.0, message="the time was over")
    text = explain(answer_to(formulation, solution, "stopped"), solution.message)

    assert "stopped before its end: the time was over" in text
    assert "best value found is 9 $" in text
    assert "not proven to be the least possible (bound 4)" in text


def test_doubts_are_told() -> None:
    formulation = formulated(SHOPS)
    answer = answer_to(formulation, solve_formulation(formulation))
    answer.diagnostics.append(Diagnostic(code="c", severity="warning", message="7: not in the text", element="e"))

    assert "In doubt:\n- e: 7: not in the text" in explain(answer)
    assert "In doubt" not in explain(answer_to(formulation, solve_formulation(formulation)))


def test_a_reason_with_braces_is_told_as_it_is() -> None:
    answer = Answer(problem="p", outcome="not_a_problem", model="m")

    assert explain(answer, "a {title} of {0}") == "This is no optimization problem: a {title} of {0}"
