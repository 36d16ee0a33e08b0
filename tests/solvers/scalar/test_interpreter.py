import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Cells, Data, Dense, Members
from steepest.solvers.definitions import definition_order
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.parser import parse_expression
from steepest.solvers.scalar.evaluator import ScalarEvaluator
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.violations import satisfied, violations

MISSING = {"name": "p", "index": "A", "missing": True}


def instance(data=None, **elements):
    formulation = Formulation.model_validate(elements)
    return ScalarInstance(formulation, data if data is not None else bind(formulation))


def months(**elements):
    sets = [
        {"name": "Month", "members": "{Jan, Feb, Mar}"},
        {"name": "Day", "members": "cyclic {Mon, Tue, Wed}"},
        {"name": "Year", "members": "2001..2004"},
    ]
    return instance(sets=[*sets, *elements.pop("sets", [])], **elements)


def value(text, scope, env=None):
    """The value of an expression whose bare words are labels where nothing else has the name."""
    probe = Formulation.model_validate(
        {
            **scope.formulation.model_dump(),
            "lets": [*scope.formulation.model_dump()["lets"], {"name": "probe", "expression": text}],
        }
    )
    return ScalarEvaluator(scope).value(probe.lets[-1].expression, env or {})


def code(error):
    return error.value.diagnostics[0].code


def members(scope, name):
    return scope.sets[name].members


def test_a_union_keeps_the_order_of_the_left_and_then_that_of_the_right():
    scope = instance(
        sets=[
            {"name": "A", "members": "{c, a}"},
            {"name": "B", "members": "{b, a, d}"},
            {"name": "U", "members": "A | B"},
            {"name": "P", "members": "A + B"},
            {"name": "D", "members": "B - A"},
            {"name": "I", "members": "B & A"},
        ]
    )
    assert members(scope, "U") == members(scope, "P") == ("c", "a", "b", "d")
    assert members(scope, "D") == ("b", "d")
    assert members(scope, "I") == ("a",)


def test_a_range_includes_both_ends_and_may_be_empty():
    scope = instance(sets=[{"name": "A", "members": "2..4"}, {"name": "B", "members": "4..2"}])
    assert members(scope, "A") == (2, 3, 4)
    assert members(scope, "B") == ()


def test_a_label_twice_in_a_literal_is_an_error():
    with pytest.raises(FormulationError) as error:
        instance(sets=[{"name": "A", "members": "{a, b, a}"}])
    assert code(error) == "duplicate-label"


def test_a_comprehension_keeps_the_first_of_equal_elements():
    scope = instance(
        sets=[{"name": "A", "members": "1..4"}, {"name": "S", "members": "{i * j for i in A for j in A if i != j}"}]
    )
    assert members(scope, "S") == (2, 3, 4, 6, 8, 12)


def test_definitions_are_resolved_whatever_their_order():
    scope = instance(
        sets=[{"name": "Big", "members": "{i for i in A if twice[i] > 2}"}, {"name": "A", "members": "1..n"}],
        parameters=[{"name": "twice", "index": "i in A", "expression": "2 * i"}, {"name": "n", "value": 3}],
    )
    assert members(scope, "Big") == (2, 3)


def test_a_circle_of_definitions_is_named():
    with pytest.raises(FormulationError, match=r"(a -> b -> a|b -> a -> b)") as error:
        instance(parameters=[{"name": "a", "expression": "b + 1"}, {"name": "b", "expression": "a"}])
    assert code(error) == "cycle"


def test_the_definition_order_ignores_index_names_that_are_called_like_elements():
    formulation = Formulation.model_validate(
        {
            "sets": [{"name": "A", "members": "1..2"}],
            "parameters": [{"name": "p", "index": "q in A", "expression": "q"}, {"name": "q", "expression": "p[1]"}],
        }
    )
    assert definition_order(formulation).index("p") < definition_order(formulation).index("q")


def test_everything_that_is_missing_is_told_at_once():
    with pytest.raises(FormulationError) as error:
        instance(parameters=[{"name": "rate", "missing": True}, {"name": "share", "missing": True}])
    assert [each.element for each in error.value.diagnostics] == ["parameter rate", "parameter share"]


def test_a_missing_parameter_may_be_bound():
    scope = instance(Data(scalars={"rate": 2}), parameters=[{"name": "rate", "missing": True}])
    assert value("rate + 1", scope) == 3


# Labels, lags and order


def test_a_numeric_label_is_a_number_and_a_word_is_not():
    scope = months()
    assert value("sum(t for t in Year)", scope) == 8010
    with pytest.raises(FormulationError, match="'Jan'") as error:
        value("sum(t for t in Month)", scope)
    assert code(error) == "label-as-number"


@pytest.mark.parametrize(("lag", "expected"), [("t + 1", "Mon"), ("t - 1", "Tue"), ("t + 2 * 2", "Mon"), ("t", "Wed")])
def test_a_lag_in_a_cyclic_set_wraps_around(lag, expected):
    scope = months(parameters=[{"name": "name_of", "index": "d in Day", "expression": "d"}])
    assert value(f"min(len({{name_of[{lag}]}} & {{{expected}}}) for t in Day if t == Wed)", scope) == 1


def test_a_lag_in_a_set_of_words_moves_along_the_set():
    scope = months(parameters=[{"name": "before", "index": "t in Month if t > first(Month)", "expression": "Jan"}])
    assert list(scope.parameters["before"].values) == [("Feb",), ("Mar",)]
    scope = months(parameters=[{"name": "p", "index": "t in Month", "expression": "len({s for s in Month if s <= t})"}])
    assert value("sum(p[t - 1] for t in Month if t > first(Month))", scope) == 3


def test_a_lag_that_leaves_the_set_says_what_to_add():
    scope = months(parameters=[{"name": "p", "index": "Month", "value": 1}])
    with pytest.raises(FormulationError) as error:
        value("sum(p[t - 1] for t in Month)", scope)
    finding = error.value.diagnostics[0]
    assert finding.code == "lag-leaves-set"
    assert "leaves the set Month at Jan" in finding.message
    assert finding.repair == "add `if t > first(Month)`"


def test_a_lag_of_numeric_labels_is_plain_arithmetic():
    scope = months(parameters=[{"name": "p", "index": "t in Year", "expression": "t"}])
    assert value("sum(p[t - 1] for t in Year if t > 2001)", scope) == 2001 + 2002 + 2003
    with pytest.raises(FormulationError, match=r"p\[2000\]") as error:
        value("sum(p[t - 1] for t in Year)", scope)
    assert code(error) == "index-outside"


def test_a_lag_in_a_test_of_membership_just_fails_the_test():
    assert value("len({t for t in Month if (t - 1) in Month})", months()) == 2


def test_a_part_of_a_tuple_moves_in_the_set_that_it_came_from():
    pair = {"name": "Pair", "members": "{(d, t) for d in Day for t in Month}"}
    scope = months(sets=[pair], parameters=[{"name": "p", "index": "Day", "value": 1}])
    assert value("sum(p[d + 1] for (d, t) in Pair)", scope) == 9


def test_a_part_of_a_literal_tuple_has_no_order():
    arc = {"name": "Arc", "members": "{(a, b), (b, c)}"}
    with pytest.raises(FormulationError) as error:
        value("len({i for (i, j) in Arc if i < j})", months(sets=[arc]))
    assert code(error) == "no-order"


def test_words_are_compared_by_their_places_and_numbers_by_their_size():
    scope = months()
    assert value("len({t for t in Month if t < last(Month)})", scope) == 2
    assert value("len({t for t in Month if t <= Feb})", scope) == 2
    assert value("len({t for t in Year if t > 2001.5})", scope) == 3
    assert value("len({(s, t) for s in Month for t in Month if s < t})", scope) == 3


def test_labels_are_equal_only_to_themselves():
    assert value("len({t for t in Month if t != Jan})", months()) == 2
    assert value("len({t for t in Month if not (t == Jan or t == Feb)})", months()) == 1


# Parameters


def table(default=None, **given):
    return {
        "name": "p",
        "index": "i in Month",
        "default": default,
        "values": [{"index": [label], "value": number} for label, number in given.items()],
    }


def test_an_absent_cell_is_an_error_only_when_it_is_used():
    scope = months(parameters=[table(Jan=1, Feb=None)])
    assert value("p[Jan]", scope) == 1
    for absent in ("Feb", "Mar"):
        with pytest.raises(FormulationError, match=rf"p has no value at \[{absent}\]") as error:
            value(f"p[{absent}]", scope)
        assert code(error) == "absent-value"


def test_a_default_stands_for_what_is_left_out():
    scope = months(parameters=[table(default=7, Jan=1)])
    assert [value(f"p[{t}]", scope) for t in ("Jan", "Feb", "Mar")] == [1, 7, 7]


def test_a_parameter_may_hold_labels_and_index_by_them():
    home = {"name": "home", "index": "w in Year", "values": [{"index": [2001], "value": "Feb"}]}
    scope = months(parameters=[home, table(Feb=5)])
    assert value("p[home[2001]]", scope) == 5


def test_dense_data_are_in_set_order():
    data = Data(cells={"p": Dense(np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]))})
    sets = [{"name": "A", "members": "{x, y, z}"}]
    scope = instance(data, sets=sets, parameters=[{"name": "p", "index": "A, A", "missing": True}])
    assert value("p[x, z]", scope) == 3
    assert value("p[z, x]", scope) == 7


def test_dense_data_of_another_shape_are_refused():
    data = Data(cells={"p": Dense(np.zeros((2, 3)))})
    with pytest.raises(FormulationError) as error:
        instance(
            data, sets=[{"name": "A", "members": "1..3"}], parameters=[{"name": "p", "index": "A", "missing": True}]
        )
    assert code(error) == "array-shape"


def test_a_label_that_the_index_does_not_have_is_named():
    data = Data(cells={"p": Cells((["a", "q"],), np.array([1.0, 2]))})
    with pytest.raises(FormulationError, match="q") as error:
        instance(data, sets=[{"name": "A", "members": "{a, b}"}], parameters=[MISSING])
    assert code(error) == "unknown-label"


def test_a_bound_set_and_a_bound_family():
    data = Data(members={"A": Members((["b", "a"],)), "Can": Members((["b", "b", "a"], ["x", "y", "x"]))})
    scope = instance(
        data,
        sets=[
            {"name": "A", "table": {"path": "a.csv"}},
            {"name": "Can", "index": "t in A", "table": {"path": "b.csv"}},
        ],
    )
    assert members(scope, "A") == ("b", "a")
    assert scope.families["Can"]["b",].members == ("x", "y")


# Generators


def test_a_generator_may_depend_on_an_earlier_one():
    family = {"name": "Can", "families": [{"index": ["a"], "members": "{x, y}"}, {"index": ["b"], "members": "{y}"}]}
    scope = instance(sets=[{"name": "T", "members": "{a, b}"}, {**family, "index": "t in T"}])
    assert value("sum(1 for t in T for s in Can[t])", scope) == 3


def test_filters_apply_before_the_body():
    scope = months(parameters=[table(Jan=4)])
    assert value("sum(1 / p[t] for t in Month if t == Jan)", scope) == 0.25


def test_a_conditional_evaluates_one_branch():
    scope = months(parameters=[table(Jan=4)])
    assert value("sum(p[t] if t == Jan else 1 for t in Month)", scope) == 6


def test_and_and_or_stop_at_the_first_answer():
    scope = months(parameters=[table(Jan=4)])
    assert value("len({t for t in Month if t == Jan and p[t] > 3})", scope) == 1
    assert value("len({t for t in Month if t != Jan or p[t] > 3})", scope) == 3


def test_an_index_is_not_bound_twice():
    with pytest.raises(FormulationError) as error:
        value("sum(1 for t in Month for t in Month)", months())
    assert code(error) == "index-rebound"


def test_a_pattern_of_the_wrong_width_is_an_error():
    arc = {"name": "Arc", "members": "{(a, b)}"}
    with pytest.raises(FormulationError) as error:
        value("sum(1 for (i, j, k) in Arc)", months(sets=[arc]))
    assert code(error) == "pattern-width"


def test_a_whole_tuple_may_be_an_index():
    arc = {"name": "Arc", "members": "{(a, b), (b, c)}"}
    scope = months(sets=[arc], parameters=[{"name": "p", "index": "Arc", "value": 3}])
    assert value("sum(p[a1] for a1 in Arc)", scope) == 6
    assert value("sum(p[i, j] for (i, j) in Arc if (j, c) in Arc)", scope) == 3


def test_a_sum_of_nothing_is_zero_and_a_minimum_of_nothing_an_error():
    assert value("sum(t for t in Year if t > 3000)", months()) == 0
    with pytest.raises(FormulationError) as error:
        value("max(t for t in Year if t > 3000)", months())
    assert code(error) == "empty-reduction"


# Functions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sqrt(2) ** 2", 2.0),
        ("exp(log(3))", 3.0),
        ("sin(pi / 2) + cos(0)", 2.0),
        ("abs(-3) + min(1, 2) + max(1, 2, 3)", 7),
        ("-2 ** 2", -4),
        ("10 - 2 - 3", 5),
        ("len(Month) * 2", 6),
    ],
)
def test_functions_are_those_of_mathematics(text, expected):
    assert value(text, months()) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 / 0", "division-by-zero"),
        ("sqrt(-1)", "not-finite"),
        ("(-1) ** 0.5", "not-finite"),
        ("Month", "not-a-number"),
    ],
)
def test_what_has_no_value_is_an_error(text, expected):
    with pytest.raises(FormulationError) as error:
        value(text, months())
    assert code(error) == expected


@given(st.lists(st.sampled_from("abcde"), unique=True), st.lists(st.sampled_from("abcde"), unique=True))
def test_set_operators_obey_the_algebra_of_sets(left, right):
    def literal(labels):
        return "{" + ", ".join(f'"{label}"' for label in labels) + "}"

    scope = instance(sets=[{"name": "A", "members": literal(left)}, {"name": "B", "members": literal(right)}])
    evaluator = ScalarEvaluator(scope)

    def labels(text):
        return evaluator.sets.members(parse_expression(text), {}).members

    assert set(labels("A | B")) == set(left) | set(right)
    assert labels("A - B") + labels("A & B") == labels("(A - B) | (A & B)")
    assert labels("A - (A - B)") == labels("A & B")


# Variables and conditions on them


def test_a_variable_exists_only_where_its_condition_holds():
    scope = months(variables=[{"name": "x", "index": "s in Month, t in Month if s != t"}])
    assert ("Jan", "Jan") not in scope.variables["x"]
    assert len(scope.variables["x"]) == 6
    with pytest.raises(FormulationError, match=r"x\[Jan, Jan\]") as error:
        value("sum(x[t, t] for t in Month)", scope)
    assert code(error) == "index-outside"


def point(scope, number=1.0):
    return {(name, key): number for name, keys in scope.variables.items() for key in keys}


def test_a_point_that_breaks_nothing_has_no_violations():
    scope = months(
        variables=[{"name": "x", "index": "Month", "lower": "0", "upper": "1", "domain": "binary"}],
        constraints=[{"name": "c", "index": "t in Month", "body": "0 <= x[t] <= 1"}],
    )
    assert not list(violations(scope, point(scope)))


@pytest.mark.parametrize(
    ("number", "told"),
    [(0.5, "whole number"), (2.0, "2 <= 1"), (-1.0, "-1 >= 0")],
)
def test_bounds_and_domains_are_checked(number, told):
    scope = months(variables=[{"name": "x", "domain": "binary"}])
    assert any(told in str(each) for each in violations(scope, point(scope, number)))


def test_both_parts_of_a_chain_must_hold():
    scope = months(variables=[{"name": "x"}], constraints=[{"name": "c", "body": "1 <= x <= 2"}])
    assert [str(each) for each in violations(scope, point(scope, 3.0))] == ["constraint c: 1 <= x <= 2"]


@pytest.mark.parametrize(
    ("text", "x", "holds"),
    [
        ("implies(x > 0, y >= 3)", 0.0, True),
        ("implies(x > 0, y >= 3)", 1e-9, True),
        ("implies(x > 0, y >= 3)", 1.0, False),
        ("either(x >= 2, y >= 2)", 1.0, False),
        ("exactly(1, x >= 1, y >= 2)", 1.0, True),
        ("not x >= 1", 1.0, False),
        ("x == 1 + 1e-9", 1.0, True),
        ("x != 1", 1.0, False),
        ("x < 1", 1.0, False),
        ("x >= 5 or x <= 1 and y == 1", 1.0, True),
        ("x >= 5 if len(Month) > 3 else x <= 1", 1.0, True),
    ],
)
def test_logic_over_decisions_is_read_within_a_tolerance(text, x, holds):
    scope = months(variables=[{"name": "x"}, {"name": "y"}])
    values = {("x", ()): x, ("y", ()): 1.0}
    evaluator = ScalarEvaluator(scope, lambda name, key: values[name, key])
    assert satisfied(evaluator, parse_expression(text), {}) is holds


def test_a_named_expression_is_evaluated_where_it_exists():
    scope = months(
        variables=[{"name": "x", "index": "Month"}],
        lets=[{"name": "so_far", "index": "t in Month", "expression": "sum(x[s] for s in Month if s <= t)"}],
        constraints=[{"name": "c", "index": "t in Month", "body": "so_far[t] <= 2"}],
    )
    assert [each.key for each in violations(scope, point(scope))] == [("Mar",)]


def test_named_expressions_upon_each_other_without_end_are_refused():
    chain = [{"name": f"y{k}", "expression": f"y{k - 1} + 1" if k else "1"} for k in range(400)]
    with pytest.raises(FormulationError) as error:
        value("y399", months(lets=chain))
    assert code(error) == "too-deep"


def test_data_that_depend_on_a_variable_are_refused():
    with pytest.raises(FormulationError) as error:
        months(parameters=[{"name": "p", "expression": "x + 1"}], variables=[{"name": "x"}])
    assert code(error) in ("unknown-name", "variable-in-data")


def test_a_long_range_is_refused_before_it_is_made():
    with pytest.raises(FormulationError) as error:
        instance(sets=[{"name": "A", "members": "1..100000000000"}])
    assert code(error) == "too-large"


def test_values_are_finite():
    assert math.isfinite(value("exp(1)", months()))
    with pytest.raises(FormulationError) as error:
        value("exp(1000)", months())
    assert code(error) == "not-finite"
