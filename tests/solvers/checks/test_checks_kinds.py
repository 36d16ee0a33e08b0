"""Numbers, labels, sets, conditions and decisions are told apart, wherever one stands for the other."""

from collections.abc import Callable

import pytest

from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.formulation import Formulation

Build = Callable[..., Formulation]

MODEL = {
    "sets": {"A": "{a, b}", "N": "1..4", "Pair": "{(1, 2), (3, 4)}"},
    "parameters": {"word[A]": {"a": "u", "b": "v"}, "mixed[A]": {"a": "n/a", "b": 3}, "k": 2, "cost[A]": 1},
    "variables": {"x[A]": "real >= 0", "y": "integer >= 0", "open[A]": "binary"},
    "lets": {"twice": "y + y"},
}


def errors(build: Build, **changes: object) -> list[tuple[str, str | None]]:
    model = MODEL | {"minimize": "y"} | changes
    return [(item.code, item.element) for item in check_formulation(build(**model)).errors]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("y <= A", "set-as-number"),
        ("y <= N + 1", "set-as-number"),
        ("y <= k * N", "set-as-number"),
        ("y <= max(A)", "set-as-number"),
        ("y <= sum(x[i] for i in k)", "number-as-set"),
        ("y <= len(k)", "number-as-set"),
        ("y <= sum(i for i in A)", "label-as-number"),
        ("y <= sum(word[i] * x[i] for i in A)", "label-as-number"),
        ('y <= "a" + 1', "label-as-number"),
        ("y + (y >= 1) <= k", "condition-as-number"),
        ("sum((y, 1) for i in A) <= k", "tuple-as-number"),
        ("sum(x[A]) <= k", "set-as-index"),
        ("x[y] <= k", "variable-in-data"),
        ("sum(x[i] for i in A if x[i] > 0) <= k", "variable-in-data"),
        ("sum(k for i in 1..y) <= k", "variable-in-data"),
        ("sum(x[i] for i in A if twice > 0) <= k", "variable-in-data"),
        ("y <= (k if y > 2 else 0)", "variable-in-data"),
        ("sqrt(y, k) <= k", "wrong-arguments"),
        ("implies(y > 1) ", "wrong-arguments"),
        ("sqrt(x[i] for i in A) <= k", "wrong-arguments"),
    ],
)
def test_what_stands_where_it_has_no_meaning(build: Build, body: str, code: str) -> None:
    found = [each for each, element in errors(build, constraints={"c": body}) if element == "constraint c"]
    assert code in found


def test_data_that_depend_on_decisions_are_named_expressions(build: Build) -> None:
    parameters = MODEL["parameters"] | {"p": "=y + 1"}
    assert errors(build, parameters=parameters) == [("variable-in-data", "parameter p")]


def test_a_bound_by_another_variable_is_a_constraint(build: Build) -> None:
    formulation = build(**(MODEL | {"variables": {"y": "real", "z": "real <= y"}, "lets": {}, "minimize": "y"}))
    (found,) = [item for item in formulation.check() if item.severity == "error"]
    assert found.code == "variable-in-data"
    assert found.repair == "write a constraint instead: `z <= y`"


def test_a_set_of_decisions_is_not_known_before_the_solve(build: Build) -> None:
    sets = MODEL["sets"] | {"Open": "{i for i in A if open[i] == 1}"}
    assert errors(build, sets=sets) == [("variable-in-data", "set Open")]


def test_a_lag_on_words_is_no_arithmetic(build: Build) -> None:
    constraints = {"c[i in A if i > first(A)]": "x[i - 1] <= x[i]"}
    assert errors(build, constraints=constraints) == []


def test_a_filter_may_ask_for_positions_and_membership(build: Build) -> None:
    sets = MODEL["sets"] | {"Next": "{(i, i + 1) for i in A if i < last(A)}"}
    constraints = {"c[i in A]": "sum(x[j] for (i2, j) in Next if i2 == i and j in A and (i2, j) in Next) <= k"}
    assert errors(build, sets=sets, constraints=constraints) == []


def test_a_word_among_numbers_is_told_where_it_is_calculated_with(build: Build) -> None:
    assert errors(build, constraints={"c": "mixed[b] * y <= k"}) == []
    assert errors(build, constraints={"c": "sum(mixed[i] * y for i in A) <= k"}) == [
        ("label-as-number", "constraint c")
    ]
