"""Names, indices and labels that stand for nothing are told with what was likely meant."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation

Build = Callable[..., Formulation]

MODEL: dict[str, Any] = {
    "sets": {"Product": "{bread, cake}", "Month": "1..6", "Lane": '{("A", 1), ("B", 2)}', "Sub[Product]": "{bread}"},
    "parameters": {
        "cost[Product, Month]": 1,
        "budget": 10,
        "start": "A",
        "press[Press]": {"four-color": 1, "two-color": 2},
    },
    "variables": {"bake[Product]": "integer >= 0", "stock[Month]": "real >= 0", "ship[Lane]": "real >= 0"},
}


def findings(
    build: Build, constraints: Mapping[str, str], severity: str = "error", **changes: object
) -> list[Diagnostic]:
    """What is found in a model that is right but for the given constraints."""
    sets = MODEL["sets"] | {"Press": '{"four-color", "two-color"}'} | changes.pop("sets", {})  # type: ignore[operator]
    model = MODEL | {"sets": sets, "minimize": "sum(bake[p] for p in Product)"} | changes
    found = check_formulation(build(**model, constraints=constraints))
    return [item for item in found if item.severity == severity]


def codes(found: list[Diagnostic]) -> list[str]:
    return [item.code for item in found]


@pytest.mark.parametrize(
    ("head", "body", "code", "repair"),
    [
        ("", "bake[cake] <= budgt", "unknown-name", "did you mean `budget`?"),
        ("", "bke[cake] <= budget", "unknown-name", "did you mean `bake`?"),
        ("p in Product", "bake[p] <= (1 if p == caek else 0)", "unknown-name", 'the label "cake"? quote it'),
        ("", "sum(bake[p] for p in Prodct) <= 1", "unknown-set", "did you mean `Product`?"),
        ("p in Prodct", "bake[p] <= budget", "unknown-set", "did you mean `Product`?"),
        ("i, j in Product", "bake[j] <= budget", "head-pattern", "`(i, j) in Product` if Product contains pairs"),
        ("p in Product", "cost[p] * bake[p] <= budget", "wrong-arity", "cost[Product, Month]"),
        ("p in Product", "budget[p] <= bake[p]", "not-indexed", "write `budget`"),
        ("", "sum(bake) <= budget", "missing-index", "sum(bake[p] for p in Product)"),
        ("", "bake <= budget", "missing-index", "write `bake[p]`"),
        ("s in Sub", "bake[s] <= budget", "missing-index", "Sub[p]"),
        ("", "bake[corn] <= budget", "label-not-in-set", 'contains "bread", "cake"'),
        ("", "bake[cakes] <= budget", "label-not-in-set", 'did you mean "cake"?'),
        ("", "stock[7] <= budget", "label-not-in-set", "contains 1, 2, 3, 4, 5 and 1 more"),
        ("", 'ship["C", 1] <= budget', "label-not-in-set", "contains"),
        ("", "bake[p] <= budget", "free-index", "add `p in Product` to the head"),
        ("", "sum(bake[p] for p in Product) <= cost[cake, m] + m", "free-index", None),
        ("p in Product", "sum(bake[p] for p in Product) <= budget", "index-rebound", "such as `p2`"),
        ("m in Month", "sum(ship[k, m] for (k, m) in Lane) <= budget", "index-rebound", "if m2 == m"),
        ("", "sum(ship[start, m] for (start, m) in Lane) <= budget", "index-is-label", "if start2 == start"),
        ("(a, b, c) in Lane", "ship[a, b] <= budget", "wrong-arity", None),
        ("(a, b) in Month", "stock[a] <= budget", "wrong-arity", "`a in Month`, `b in Month`"),
        ("m in Month", "stock[m - 1] <= budget", "lag-leaves-set", "if m > first(Month)"),
        ("m in Month", "stock[m + 2] <= budget", "lag-leaves-set", "if m < last(Month)"),
        ("p in Product", "bake[p + 1] <= budget", "lag-leaves-set", "if p < last(Product)"),
        ("", "sum(stock[a] for a in 1..b for b in Month) <= 1", "index-order", "bind `b` in an earlier generator"),
    ],
)
def test_a_slip_is_named_with_its_repair(build: Build, head: str, body: str, code: str, repair: str | None) -> None:
    found = findings(build, {f"c[{head}]" if head else "c": body, "other[m in Month]": "stock[m] >= 0"})
    matching = [item for item in found if item.code == code]
    assert matching, [str(item) for item in found]
    assert matching[0].element == "constraint c"
    assert repair is None or repair in (matching[0].repair or "")


def test_a_label_with_a_hyphen_is_asked_to_be_quoted_and_nothing_else_is_said(build: Build) -> None:
    constraints = {"c": "press[four-color] * bake[cake] <= budget"}
    (only,) = findings(build, constraints)
    assert only.code == "label-needs-quotes"
    assert only.repair == 'quote the label: "four-color"'


def test_an_unknown_hyphenated_word_is_no_subtraction_either(build: Build) -> None:
    assert codes(findings(build, {"c": "press[five-color] * bake[cake] <= budget"})) == ["label-needs-quotes"]


def test_the_same_slip_in_an_element_is_told_once(build: Build) -> None:
    assert len(findings(build, {"c": "nobody * bake[cake] + nobody * bake[bread] <= nobody"})) == 1


def test_a_place_in_the_text_goes_with_the_finding(build: Build) -> None:
    formulation = build(**MODEL, constraints={"c": "bake[cake] <= nobody"})
    from steepest.solvers.diagnostics import Place

    formulation.constraints[0].place = Place(line=7)
    (found,) = [item for item in formulation.check() if item.code == "unknown-name"]
    assert found.place == Place(line=7)


def test_labels_of_sets_from_tables_are_left_to_the_data(build: Build) -> None:
    model = MODEL | {"sets": {"Product": "table", "Month": "1..6", "Lane": "table"}, "parameters": {"budget": 3}}
    constraints = {"c": 'bake["rye bread"] <= budget', "d[(i, j, k) in Lane]": "ship[i, j, k] >= 0"}
    found = check_formulation(build(**model, minimize="bake[cake]", constraints=constraints))
    assert found.errors == []


def test_labels_of_a_set_that_is_bound_are_left_to_the_data(build: Build) -> None:
    formulation = build(**MODEL, minimize="bake[cake]", constraints={"c": "bake[rye] <= budget"})
    assert "label-not-in-set" in codes(check_formulation(formulation).errors)
    bound = check_formulation(formulation, bound=["Product"])
    assert "label-not-in-set" not in codes(bound.errors)


def test_an_index_that_hides_a_parameter_is_a_warning(build: Build) -> None:
    found = findings(build, {"c[budget in Product]": "bake[budget] >= 0"}, "warning")
    assert codes(found) == ["index-shadows"]


def test_comparing_with_a_label_that_no_element_has_is_a_warning(build: Build) -> None:
    constraints = {"c[p in Product]": 'bake[p] <= (1 if p == "caek" else 0)'}
    assert codes(findings(build, constraints, "warning")) == ["label-not-in-set"]


def test_a_lag_in_a_cycle_wraps_around(build: Build) -> None:
    constraints = {"c[m in Month]": "stock[m - 1] >= 0"}
    assert findings(build, constraints, sets={"Month": "cyclic 1..6"}) == []


def test_a_lag_behind_a_condition_is_not_judged(build: Build) -> None:
    assert findings(build, {"c[m in Month]": "(stock[m - 1] if m > 1 else 0) >= stock[m]"}) == []
