import json
from decimal import Decimal

from steepest.cli.exit_codes import BY_OUTCOME
from steepest.cli.json_output import document
from steepest.cli.report import Cost, Report
from steepest.solvers.formulation import Formulation, Objective, Variable
from steepest.solvers.solution import BindingConstraint, Solution, VariableValue

KEYS = [
    "outcome",
    "status",
    "message",
    "note",
    "objective",
    "objectives",
    "variables",
    "binding",
    "conflict",
    "repairs",
    "ray",
    "sensitivity",
    "what_if",
    "alternatives",
    "battery",
    "front",
    "assumptions",
    "missing",
    "reading",
    "insights",
    "readings",
    "tests",
    "agreement",
    "script",
    "explanation",
    "formulation",
    "text",
    "diagnostics",
    "solver",
    "cost",
    "seconds",
    "faces",
]


def test_every_outcome_has_the_same_keys() -> None:
    for outcome in BY_OUTCOME:
        assert list(document(Report(outcome))) == KEYS


def test_a_solved_problem_is_all_there_and_is_json() -> None:
    formulation = Formulation(
        variables=[Variable(name="bake", note="loaves baked")],
        objectives=[Objective(sense="maximize", expression="3 * bake", unit="$")],
    )
    solution = Solution(
        status="optimal",
        objective=240.0,
        bound=240.0,
        variables=[VariableValue("bake", ("rye", 1), 80.0, "loaf")],
        binding=[BindingConstraint("stock", (), 40.0, None, 40.0, 6.0)],
        problem_class="LP",
        solver="HiGHS",
        size=(1, 1, 1),
    )
    cost = Cost("local", 1, 10, None, Decimal("0.25"))

    read = json.loads(json.dumps(document(Report("solved", formulation, solution, cost=cost)), allow_nan=False))

    assert read["objective"] == {"value": 240.0, "sense": "maximize", "unit": "$", "bound": 240.0, "gap": None}
    assert read["variables"] == [
        {"name": "bake", "index": ["rye", 1], "value": 80.0, "unit": "loaf", "meaning": "loaves baked"}
    ]
    assert read["binding"][0]["dual"] == 6.0
    assert read["solver"]["class"] == "LP"
    assert read["cost"] == {"model": "local", "calls": 1, "input_tokens": 10, "output_tokens": None, "dollars": 0.25}
    assert Formulation.model_validate(read["formulation"]) == formulation


def test_an_infinite_bound_is_null() -> None:
    solution = Solution(status="time_limit", objective=1.0, bound=float("-inf"), gap=float("inf"))

    objective = document(Report("stopped", None, solution))["objective"]

    assert objective["bound"] is None
    assert objective["gap"] is None
