"""The vectorized compiler: what a formulation becomes as rows, columns and coefficients."""

import numpy as np
import pytest

from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Data, Members
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation

SETS = """
sets:
  Month = 1..4
  Day = cyclic {Mon, Tue, Wed}
  Size = {small, medium, large}
  Arc = {(i, j) for i in Month for j in Month if i < j}
parameters:
  height[Size] = {small: 1, medium: 2, large: 3}
  weight[(i, j) in Arc] = j - i
variables:
  x[Month]: real >= 0
  y[Arc]: real >= 0
  s[Day]: real >= 0
  z[Size]: real >= 0
  q: real
"""


def compiled(constraints: str, more: str = "") -> CompiledModel:
    formulation = Formulation.from_text(f"{SETS}{more}\nminimize: q\nconstraints:\n{constraints}")
    return compile_formulation(formulation, bind(formulation))


def rows(model: CompiledModel) -> dict[tuple[object, ...], dict[str, float]]:
    """Each row as {variable text: coefficient}, by constraint name and index."""
    names = {}
    for block in model.variables:
        for k in range(block.size):
            index = model.variable_index(block, k)
            names[block.start + k] = f"{block.name}{list(index)}" if index else block.name
    found: dict[tuple[object, ...], dict[str, float]] = {}
    first = 0
    for block in model.blocks:
        for k in range(len(block)):
            low, high = model.row_starts[first + k], model.row_starts[first + k + 1]
            terms = zip(model.row_columns[low:high], model.row_coefficients[low:high], strict=True)
            found[(block.name, *model.row_index(block, k))] = {names[c]: v for c, v in terms}
        first += len(block)
    return found


def test_a_family_has_a_row_for_every_index_that_its_filter_keeps() -> None:
    found = rows(compiled("  grow[t in Month if t > first(Month)]: x[t] >= x[t - 1]"))
    assert found == {
        ("grow", 2): {"x[1]": -1, "x[2]": 1},
        ("grow", 3): {"x[2]": -1, "x[3]": 1},
        ("grow", 4): {"x[3]": -1, "x[4]": 1},
    }


def test_a_lag_on_a_cyclic_set_wraps_around() -> None:
    found = rows(compiled("  cover[d in Day]: s[d] + s[d - 1] >= 4"))
    assert found[("cover", "Mon")] == {"s['Mon']": 1, "s['Wed']": 1}


def test_a_lag_on_words_moves_along_the_set() -> None:
    found = rows(compiled("  step[k in Size if k != first(Size)]: z[k] >= z[k - 1]"))
    assert found[("step", "large")] == {"z['medium']": -1, "z['large']": 1}


def test_a_lag_that_leaves_its_set_is_an_error_that_names_the_index() -> None:
    with pytest.raises(FormulationError, match=r"leaves the index set of `x` at t = 1"):
        compiled("  grow[t in Month]: x[t] >= x[t - 1]")


def test_a_sum_over_a_set_of_tuples_joins_on_the_index_in_scope() -> None:
    found = rows(compiled("  into[t in Month]: sum(weight[i, j] * y[i, j] for (i, j) in Arc if j == t) <= 1"))
    assert found[("into", 1)] == {}
    assert found[("into", 3)] == {"y[1, 3]": 2, "y[2, 3]": 1}


def test_the_same_variable_twice_in_a_row_is_added_up() -> None:
    found = rows(compiled("  twice: sum(x[t] for t in Month) + 2 * x[1] - x[2] <= x[3]"))
    assert found[("twice",)] == {"x[1]": 3, "x[4]": 1}


def test_terms_that_cancel_leave_no_coefficient() -> None:
    assert rows(compiled("  none: x[1] - x[1] + q <= 1"))[("none",)] == {"q": 1}


def test_constants_move_into_the_bounds_of_the_row() -> None:
    model = compiled("  c: q + 3 <= 10 - q\n  d: 2 <= q + 1 <= 5")
    assert model.row_upper.tolist() == [7, 4]
    assert model.row_lower.tolist() == [-np.inf, 1]


def test_a_two_sided_comparison_with_variables_at_an_end_becomes_two_rows() -> None:
    found = compiled("  c: x[1] <= q <= x[2]")
    assert (found.rows, found.nonzeros) == (2, 4)


def test_a_named_expression_is_compiled_once_and_picked_by_row() -> None:
    more = "let:\n  inflow[t in Month] = sum(y[i, j] for (i, j) in Arc if j == t)\n"
    found = rows(compiled("  c[t in Month if t >= 3]: inflow[t] <= inflow[t - 1] + 1", more))
    assert found[("c", 3)] == {"y[1, 3]": 1, "y[2, 3]": 1, "y[1, 2]": -1}


def test_a_conditional_picks_a_branch_by_row_and_never_looks_at_the_other() -> None:
    found = rows(compiled("  c[t in Month]: q >= (0 if t == 1 else x[t - 1])"))
    assert found[("c", 1)] == {"q": 1}
    assert found[("c", 2)] == {"q": 1, "x[1]": -1}


def test_a_filter_guards_what_comes_after_it() -> None:
    found = rows(compiled("  c: sum(x[t - 1] for t in Month if t > 1) <= 1"))
    assert found[("c",)] == {"x[1]": 1, "x[2]": 1, "x[3]": 1}


def test_a_family_of_sets_gives_each_row_its_own_members() -> None:
    more = "sets:\n  Can[Size] = {small: {1, 2}, medium: {3}, large: {1, 4}}\n"
    found = rows(compiled("  c[k in Size]: sum(x[t] for t in Can[k]) <= height[k]", more))
    assert found[("c", "large")] == {"x[1]": 1, "x[4]": 1}
    assert found[("c", "medium")] == {"x[3]": 1}


def test_a_range_may_depend_on_the_index() -> None:
    found = rows(compiled("  c[t in Month]: sum(x[k] for k in 1..t) <= 1"))
    assert found[("c", 3)] == {"x[1]": 1, "x[2]": 1, "x[3]": 1}


def test_bounds_that_cross_are_an_error_with_both_values() -> None:
    formulation = Formulation.from_text(
        "parameters:\n  cap = 3\n  least = 5\nvariables:\n  x: real in least..cap\nminimize: x"
    )
    with pytest.raises(FormulationError, match="lower bound 5 is above the upper bound 3"):
        compile_formulation(formulation, bind(formulation))


@pytest.mark.parametrize(
    ("constraint", "term"),
    [
        ("x[1] / q <= 1", "x[1] / q"),
        ("x[1] * x[2] <= 1", "a product of variables in a constraint"),
        ("x[1] * x[2] * q <= 1", "more than two variables"),
        ("abs(q) >= 1", "abs(q)"),
        ("max(x[t] for t in Month) >= 1", "variable `x[1]` (line 11, column 3) has no upper bound"),
        ("sqrt(q) <= 1", "sqrt(q)"),
        ("2**q <= 1", "2**q"),
        ("implies(q >= 1, x[1] <= 0)", "variable `x[1]` (line 11, column 3) has no upper bound"),
    ],
)
def test_what_is_not_linear_is_unsupported_with_the_term(constraint: str, term: str) -> None:
    with pytest.raises(UnsupportedProblemError) as caught:
        compiled(f"  c: {constraint}")
    assert term in str(caught.value)


def test_a_division_by_zero_in_the_data_is_an_error() -> None:
    with pytest.raises(FormulationError, match="divides by zero"):
        compiled("  c[t in Month]: q / (t - 1) <= 1")


def test_a_conditional_constraint_gives_each_index_its_own_comparison() -> None:
    model = compiled("  c[t in Month]: x[t] >= 1 if t < last(Month) else x[t] <= 0")
    assert rows(model)[("c", 4)] == {"x[4]": 1}
    assert model.row_lower.tolist() == [1, 1, 1, -np.inf]


def test_a_family_has_no_set_for_a_key_that_it_does_not_list() -> None:
    more = "sets:\n  Can[Size] = {small: {1, 2}, medium: {3}}\n"
    with pytest.raises(FormulationError, match="k = 'large'"):
        compiled("  c[k in Size]: sum(x[t] for t in Can[k]) <= 1", more)


def test_a_family_may_hold_empty_sets() -> None:
    more = "sets:\n  Can[k in Size] = {t for t in Month if t > height[k] + 1}\n"
    found = rows(compiled("  c[k in Size]: q + sum(x[t] for t in Can[k]) <= 1", more))
    assert found[("c", "large")] == {"q": 1}


def test_data_for_indices_that_the_head_leaves_out_are_ignored() -> None:
    formulation = Formulation.from_text(
        "sets:\n  A = {a, b}\nparameters:\n  d[i in A, j in A if i != j] = missing\nvariables:\n  x[A]: real >= 0\n"
        "minimize: sum(d[i, j] * x[j] for i in A for j in A if i != j)"
    )
    as_array = compile_formulation(formulation, bind(formulation, {"d": np.array([[0.0, 5.0], [7.0, 0.0]])}))
    assert as_array.cost.tolist() == [7, 5]
    as_mapping = bind(formulation, {"d": {("a", "a"): 9.0, ("a", "b"): 5.0, ("b", "a"): 7.0}})
    assert compile_formulation(formulation, as_mapping).cost.tolist() == [7, 5]


def test_an_order_between_labels_is_that_of_a_set_which_has_both() -> None:
    more = "sets:\n  Sub = {small, medium}\n"
    found = rows(compiled("  c[k in Sub if k < last(Size)]: z[k] <= 1", more))
    assert set(found) == {("c", "small"), ("c", "medium")}


def test_labels_without_a_common_set_have_no_order() -> None:
    with pytest.raises(FormulationError, match="stands in no ordered set with it"):
        compiled("  c[k in Size, d in Day if k < d]: z[k] <= 1")


def test_an_equality_filter_means_the_number_and_no_step_along_the_set() -> None:
    more = "sets:\n  Turn = cyclic 1..4\nvariables:\n  w[Turn]: real >= 0\n"
    found = rows(compiled("  c[t in Turn]: q + sum(w[u] for u in Turn if u == t - 1) <= 1", more))
    assert found[("c", 1)] == {"q": 1}
    assert found[("c", 2)] == {"q": 1, "w[1]": 1}


def test_an_index_hides_a_variable_of_its_name() -> None:
    found = compiled("  c[q in Month]: x[q] <= q")
    assert found.row_upper.tolist() == [1, 2, 3, 4]


def test_a_parameter_may_be_called_pi() -> None:
    assert rows(compiled("  c: pi * q <= 1", "parameters:\n  pi = 5\n"))[("c",)] == {"q": 5}
    assert rows(compiled("  c: pi * q <= 1"))[("c",)] == {"q": pytest.approx(np.pi)}


def test_a_step_by_a_fraction_of_a_place_is_an_error() -> None:
    with pytest.raises(FormulationError, match="a fraction of a place"):
        compiled("  c[d in Day]: s[d - 1.5] <= 1")


def test_numbers_step_by_value_and_words_by_place_in_one_set() -> None:
    more = "sets:\n  Mixed = {1, 2, end}\nvariables:\n  w[Mixed]: real >= 0\n"
    found = rows(compiled("  c[k in Mixed if k != 1]: w[k - 1] <= 1", more))
    assert (found[("c", 2)], found[("c", "end")]) == ({"w[1]": 1}, {"w[2]": 1})


def test_computed_members_are_told_apart() -> None:
    assert rows(compiled("  c[t in Month]: len({t + 10, t + 20}) * x[t] <= 1"))[("c", 1)] == {"x[1]": 2}


def test_named_data_can_be_used_wherever_data_can() -> None:
    more = "let:\n  share[k in Size] = height[k] / 6\n  total = sum(height[k] for k in Size)\n"
    constraints = "  c[k in Size if share[k] > 0.4]: z[k] <= 1\n  d[k in Size]: z[k] <= (4 if total > 3 else 2)"
    model = compiled(constraints, more)
    assert model.row_upper.tolist() == [1, 4, 4, 4]


def test_nothing_is_judged_that_a_guard_leaves_out() -> None:
    assert compiled("  c[t in Month if none > 0]: x[t] / none <= 1", "parameters:\n  none = 0\n").rows == 0


def test_tuples_are_compared_label_by_label() -> None:
    assert compiled("  c[i in Month, j in Month if (i, j) != (1, 2)]: x[i] <= x[j] + 1").rows == 15


def test_a_set_may_be_chosen_by_a_condition_on_data() -> None:
    found = rows(compiled("  c[t in Month]: sum(x[k] for k in (1..2 if t < 3 else 3..4)) <= 1"))
    assert found[("c", 1)] == {"x[1]": 1, "x[2]": 1}
    assert found[("c", 4)] == {"x[3]": 1, "x[4]": 1}


def test_a_product_with_a_zero_is_no_product() -> None:
    assert rows(compiled("  c: none * x[1] * q + q <= 1", "parameters:\n  none = 0\n"))[("c",)] == {"q": 1}


def test_a_square_of_many_terms_is_refused_before_it_fills_the_memory() -> None:
    text = "variables:\n  x[i in 1..40000]: real\nminimize: sum(x[i] for i in 1..40000)**2"
    formulation = Formulation.from_text(text)
    with pytest.raises(FormulationError, match="1,600,000,000 terms"):
        compile_formulation(formulation, bind(formulation))


def test_what_overflows_is_refused_by_name() -> None:
    with pytest.raises(FormulationError, match=r"`big \* big` has no finite value"):
        compiled("  c: big * big * q <= 1", "parameters:\n  big = 1e200\n")


def test_a_chain_of_named_expressions_is_followed() -> None:
    chain = "let:\n  y0 = q\n" + "".join(f"  y{k} = y{k - 1} + y{k - 1}\n" for k in range(1, 60))
    assert rows(compiled("  c: y59 <= 1", chain))[("c",)] == {"q": 2.0**59}


def test_terms_that_cancel_but_for_rounding_leave_no_coefficient() -> None:
    assert rows(compiled("  c: 0.1 * q + 0.2 * q - 0.3 * q + x[1] <= 5"))[("c",)] == {"x[1]": 1}


def test_a_bound_family_with_an_unknown_key_is_refused() -> None:
    formulation = Formulation.from_text(
        "sets:\n  T = {a, b}\n  C[T] = {a: {1}, b: {1}}\nvariables:\n  x[k in 1..2]: real in 0..1\n"
        "maximize: sum(x[k] for t in T for k in C[t])"
    )
    bound = Data(members={"C": Members((["a", "B", "b"], [1, 2, 2]))})
    with pytest.raises(FormulationError, match="'B'"):
        compile_formulation(formulation, bound)


def test_a_bound_set_stays_cyclic() -> None:
    formulation = Formulation.from_text(
        "sets:\n  D = cyclic {mon, tue}\nvariables:\n  s[D]: real\nminimize: sum(s[d] for d in D)\n"
        "constraints:\n  c[d in D]: s[d] + s[d - 1] >= 1"
    )
    model = compile_formulation(formulation, Data(members={"D": Members((["u", "v", "w"],))}))
    assert rows(model)[("c", "u")] == {"s['u']": 1, "s['w']": 1}
