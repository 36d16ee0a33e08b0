"""Declarations, data, bounds, constraints' bodies and objectives."""

from collections.abc import Callable
from typing import Any

import pytest

from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation, Objective

Build = Callable[..., Formulation]

MODEL: dict[str, Any] = {
    "sets": {"A": "{a, b}"},
    "parameters": {"k": 2, "cost[A]": {"a": 1, "b": 2}},
    "variables": {"x[A]": "integer >= 0", "y": "real >= 0"},
    "minimize": "y + sum(cost[i] * x[i] for i in A)",
    "constraints": {"c": "y + x[a] >= k"},
}


def found(build: Build, bound: tuple[str, ...] = (), **changes: object) -> list[Diagnostic]:
    return list(check_formulation(build(**(MODEL | changes)), bound))


def told(build: Build, severity: str = "error", **changes: object) -> list[tuple[str, str | None]]:
    return [(item.code, item.element) for item in found(build, **changes) if item.severity == severity]  # type: ignore[arg-type]


def with_parameters(**parameters: object) -> dict[str, Any]:
    return {"parameters": MODEL["parameters"] | parameters}


# Data


@pytest.mark.parametrize(
    ("cells", "code", "text"),
    [
        ({"a": 1}, "no-value", '"b"'),
        ({"a": 1, "b": None}, "no-value", '"b"'),
        ({"a": 1, "b": 2, "c": 3}, "label-not-in-set", '"c"'),
        ({("a", "b"): 1}, "wrong-arity", '("a", "b") has 2 labels'),
    ],
)
def test_data_that_do_not_fit_their_set(build: Build, cells: dict[Any, object], code: str, text: str) -> None:
    matching = [item for item in found(build, **with_parameters(**{"cost[A]": cells})) if item.code == code]
    assert matching
    assert text in matching[0].message


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_names_its_cell(build: Build, value: float) -> None:
    formulation = build(**MODEL)
    formulation.parameters[1].values[1].value = value  # a program can set what no text can say
    (only,) = check_formulation(formulation).errors
    assert (only.code, only.element) == ("not-finite", "parameter cost")
    assert f'cost["b"] is {value}' in only.message


def test_a_cell_that_is_given_twice(build: Build) -> None:
    formulation = build(**MODEL)
    formulation.parameters[1].values.append(formulation.parameters[1].values[0])
    assert [item.code for item in check_formulation(formulation).errors] == ["duplicate-key"]


def test_a_default_fills_the_absent_cells(build: Build) -> None:
    formulation = build(**(MODEL | with_parameters(**{"cost[A]": {"a": 1}})))
    formulation.parameters[1].default = 0.0
    assert check_formulation(formulation).errors == []


def test_data_from_tables_are_not_looked_at(build: Build) -> None:
    changes = with_parameters(**{"cost[A]": {"c": 1}, "k": "missing"})
    assert [item.code for item in found(build, ("cost", "k"), **changes) if item.severity == "error"] == []


def test_missing_data_are_asked_for_with_their_unit(build: Build) -> None:
    formulation = build(**(MODEL | with_parameters(k="missing")))
    next(p for p in formulation.parameters if p.name == "k").unit = "h"
    (only,) = check_formulation(formulation).errors
    assert (only.code, only.element) == ("missing-data", "parameter k")
    assert "k in h" in only.message


@pytest.mark.parametrize("members", ["{a, b, a}", "{(1, 2), (1, 2)}", "{(1, 2), 3}"])
def test_a_set_whose_elements_do_not_go_together(build: Build, members: str) -> None:
    assert told(build, sets=MODEL["sets"] | {"S": members})[0][1] == "set S"


# Names and definitions


def test_one_name_for_two_things(build: Build) -> None:
    assert ("duplicate-name", "let y") in told(build, lets={"y": "k"})
    assert ("duplicate-name", "constraint k") in told(build, constraints={"k": "y >= 1"})


def test_names_that_differ_by_case(build: Build) -> None:
    assert ("names-alike", "parameter K") in told(build, "warning", **with_parameters(K=3))
    assert told(build, "warning", **with_parameters(a=3)) == []  # beside the set A


@pytest.mark.parametrize(
    "changes",
    [
        {"lets": {"p": "q + y", "q": "p"}},
        {"lets": {"p": "p + y"}},
        {"parameters": MODEL["parameters"] | {"m": "=n", "n": "=m + 1"}},
        {"sets": {"A": "{a, b}", "B": "{i for i in A if d[i] > 0}"}, "parameters": MODEL["parameters"] | {"d[B]": 1}},
    ],
)
def test_a_definition_by_itself(build: Build, changes: dict[str, object]) -> None:
    (only,) = [item for item in found(build, **changes) if item.severity == "error"]
    assert only.code == "cycle"
    assert "->" in only.message


# Variables


@pytest.mark.parametrize(
    ("variable", "code"),
    [
        ("real in 3..2", "empty-bounds"),
        ("real >= 3 <= k", "empty-bounds"),
        ("integer in 0.2..0.8", "empty-bounds"),
        ("binary in 0..2", "binary-bounds"),
        ("semicontinuous >= 3", "no-upper-bound"),
    ],
)
def test_bounds_that_leave_no_room(build: Build, variable: str, code: str) -> None:
    assert told(build, variables=MODEL["variables"] | {"z": variable}) == [(code, "variable z")]


@pytest.mark.parametrize("variable", ["binary in 0..1", "integer in 2..2", "semicontinuous in 1..5", "real in -1..k"])
def test_bounds_that_leave_room(build: Build, variable: str) -> None:
    assert told(build, variables=MODEL["variables"] | {"z": variable}) == []


def test_nothing_to_decide(build: Build) -> None:
    assert ("no-variables", None) in told(build, variables={}, minimize="k", constraints={})


# Constraints


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("y + 1", "not-a-constraint"),
        ("sum(x[i] for i in A)", "not-a-constraint"),
        ("y <= k and x[a]", "not-a-constraint"),
        ("y < k", "strict-inequality"),
        ("y != k", "not-equal"),
        ("1 <= y >= k", "mixed-comparison"),
        ("y in 1..3", "membership-constraint"),
        ("1 >= 2", "never-true"),
    ],
)
def test_a_body_that_is_no_constraint(build: Build, body: str, code: str) -> None:
    assert (code, "constraint c") in told(build, constraints={"c": body})


@pytest.mark.parametrize("body", ["k <= 3", "1 <= 2", "sum(cost[i] for i in A) == k"])
def test_a_constraint_on_data_alone_is_a_warning(build: Build, body: str) -> None:
    assert ("constant-constraint", "constraint c") in told(build, "warning", constraints={"c": body})
    assert told(build, constraints={"c": body}) == []


@pytest.mark.parametrize(
    ("body", "repair"),
    [
        ("y < k", "write `y <= k`"),
        ("x[a] < k", 'for whole numbers write `x["a"] <= k - 1`'),
        ("x[a] > 3", 'for whole numbers write `x["a"] >= 4`'),
        ("0 < y < k", "write `0 <= y <= k`"),
    ],
)
def test_a_strict_inequality_is_repaired_by_what_its_numbers_are(build: Build, body: str, repair: str) -> None:
    (only,) = [item for item in found(build, constraints={"c": body}) if item.code == "strict-inequality"]
    assert only.repair == repair


# Objectives


def test_objectives_that_say_little(build: Build) -> None:
    assert ("constant-objective", "objective") in told(build, "warning", minimize="k")
    without = {name: part for name, part in MODEL.items() if name != "minimize"}
    assert "no-objective" in [item.code for item in check_formulation(build(**without))]


def test_several_objectives_need_an_order(build: Build) -> None:
    formulation = build(**MODEL)
    formulation.objectives.append(Objective.model_validate({"sense": "maximize", "expression": "y"}))
    (only,) = check_formulation(formulation).errors
    assert (only.code, only.element) == ("unranked-objectives", "objective 1")
    for rank, objective in enumerate(formulation.objectives, 1):
        objective.priority = rank
    assert check_formulation(formulation).errors == []


# Style


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        ("y <= 7", ["7"]),
        ("y**2 + y * 100 - 1 >= 0", []),
        ("2 * pi * y + 4 / 3 * pi * y**3 >= k", []),
        ("x[b] + 2.5 * y >= sum(k for i in 1..9 if i != 5)", ["2.5"]),
    ],
)
def test_numbers_without_a_name(build: Build, body: str, numbers: list[str]) -> None:
    warned = [item.message for item in found(build, constraints={"c": body}) if item.code == "magic-number"]
    assert [message.split()[2] for message in warned] == numbers


def test_what_is_not_used_is_a_quiet_note(build: Build) -> None:
    changes = {"sets": MODEL["sets"] | {"B": "1..2"}, "variables": MODEL["variables"] | {"z": "binary"}}
    assert [pair for pair in told(build, "note", **changes)] == [("unused", "set B"), ("unused", "variable z")]


def test_a_variable_that_nothing_holds_back(build: Build) -> None:
    assert ("may-be-unbounded", "variable x") in told(
        build, "warning", minimize="k * y - sum(cost[i] * x[i] for i in A)", constraints={"c": "y >= k"}
    )
    assert told(build, "warning", minimize="k * y + sum(cost[i] * x[i] for i in A)", constraints={"c": "y >= k"}) == []
    uncertain = MODEL | {"minimize": "-sum(cost[i] * x[i] for i in A)", "constraints": {"c": "y >= k"}}
    assert "may-be-unbounded" not in [item.code for item in check_formulation(build(**uncertain), ["cost"])]


@pytest.mark.parametrize(
    ("body", "idle"),
    [
        ("sum(x[a] + x[b] for i in A) >= k", ["i"]),
        ("sum(x[i] for i in A for j in A if j != i) >= k", []),
        ("sum(x[i] for i in A for j in A) >= k", ["j"]),
        ("x[a] >= sum(1 for i in A)", []),
    ],
)
def test_a_sum_that_repeats_its_terms_is_doubted(build: Build, body: str, idle: list[str]) -> None:
    warned = [item for item in found(build, constraints={"c": body}) if item.code == "unused-index"]
    assert [item.message.split("`")[1] for item in warned] == idle
