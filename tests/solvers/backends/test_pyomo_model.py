import pyomo.environ as pyo
import pytest

from steepest.errors import InputError
from steepest.solvers.backends.pyomo_model import to_pyomo
from steepest.solvers.backends.pyomo_solve import solve_with_pyomo
from steepest.solvers.data.binding import bind
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions

BAKERY = {
    "title": "Bakery",
    "sets": [{"name": "Product", "members": "{bread, cake}"}],
    "parameters": [
        {
            "name": "profit",
            "index": "Product",
            "values": [{"index": ["bread"], "value": 3}, {"index": ["cake"], "value": 8}],
        },
        {"name": "flour", "value": 40},
    ],
    "variables": [{"name": "bake", "index": "Product", "lower": "0", "unit": "item"}],
    "objectives": [{"sense": "maximize", "expression": "sum(profit[p] * bake[p] for p in Product)"}],
    "constraints": [
        {"name": "flour_stock", "body": "0.5 * bake[bread] + 0.8 * bake[cake] <= flour"},
        {"name": "limit", "index": "p in Product if p != bread", "body": "bake[p] <= 30"},
    ],
}


def formulation(base=None, **elements):
    return Formulation.model_validate({**(base or {}), **elements})


def model(base=None, **elements):
    form = formulation(base, **elements)
    return to_pyomo(form, bind(form))


def solve(base=None, options=None, solver="highs", **elements):
    form = formulation(base, **elements)
    return solve_with_pyomo(form, bind(form), options, solver)


def variables(**domains):
    return [{"name": name, **details} for name, details in domains.items()]


def test_the_model_has_the_names_and_labels_of_the_formulation():
    built = model(BAKERY)
    assert list(built.bake) == ["bread", "cake"]
    assert list(built.limit) == ["cake"]
    assert str(built.flour_stock.body) == "0.5*bake[bread] + 0.8*bake[cake]"
    assert built.objective.sense == pyo.maximize


def test_names_that_pyomo_or_python_have_themselves_are_kept_apart():
    built = model(
        variables=variables(display={}, display_={}, **{"lambda": {}}),
        constraints=[{"name": "name", "body": "display + display_ >= 1"}, {"name": "lambda", "body": "lambda >= 2"}],
    )
    assert {each.name for each in built.component_objects(pyo.Var)} == {"display__", "display_", "lambda"}
    assert {each.name for each in built.component_objects(pyo.Constraint)} == {"name_", "lambda_"}


def test_an_element_over_tuples_is_indexed_by_their_labels():
    built = model(
        sets=[{"name": "Arc", "members": "{(a, b), (b, c)}"}],
        variables=variables(flow={"index": "(i, j) in Arc", "lower": "0", "upper": "5"}),
        constraints=[{"name": "c", "index": "(i, j) in Arc", "body": "flow[i, j] <= 3"}],
    )
    assert built.flow["a", "b"].bounds == (0, 5)
    assert ("b", "c") in built.c


def test_bounds_may_depend_on_the_index():
    built = model(
        sets=[{"name": "T", "members": "1..3"}],
        variables=variables(x={"index": "t in T", "lower": "t", "upper": "2 * t", "domain": "integer"}),
    )
    assert [each.bounds for each in built.x.values()] == [(1, 2), (2, 4), (3, 6)]


def test_a_condition_on_data_alone_is_left_out_where_it_holds():
    built = model(BAKERY, constraints=[{"name": "c", "body": "flour >= 3"}])
    assert built.component("c") is None


def test_a_condition_on_data_alone_makes_the_model_infeasible_where_it_does_not_hold():
    fails = [{"name": "c", "body": "flour >= 300"}]
    assert solve(BAKERY, constraints=[*BAKERY["constraints"], *fails]).status == "infeasible"


def test_a_chain_with_decisions_at_its_ends_becomes_two_constraints():
    built = model(variables=variables(x={}, y={}), constraints=[{"name": "c", "body": "x <= y <= 2 * x"}])
    assert {each.name for each in built.component_objects(pyo.Constraint)} == {"c", "c_2"}


def test_a_range_is_one_constraint():
    built = model(variables=variables(x={}), constraints=[{"name": "c", "body": "5 >= 2 * x >= 1"}])
    assert (built.c.lower, built.c.upper) == (1, 5)


@pytest.mark.parametrize(
    "body",
    [
        "all_different(x, y)",
        "x < 1",
        "x != 1",
    ],
)
def test_a_term_without_an_algebraic_form_is_named(body):
    elements = {"variables": variables(x={}, y={}), "constraints": [{"name": "c", "body": body}]}
    with pytest.raises(FormulationError) as error:
        model(**elements)
    finding = error.value.diagnostics[0]
    assert finding.code == "unsupported"
    assert finding.element == "constraint c"
    solution = solve(**elements)
    assert solution.status == "unsupported"
    assert "constraint c" in solution.message


def test_logic_over_data_alone_is_no_matter():
    assert solve(BAKERY, constraints=[{"name": "c", "body": "implies(flour > 50, flour > 60)"}]).status == "unbounded"


def test_an_answer_has_values_units_and_binding_constraints():
    solution = solve(BAKERY)
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(336)
    assert solution.value("bake", "cake") == pytest.approx(30)
    assert solution.variables[0].unit == "item"
    assert {(each.name, each.index) for each in solution.binding} == {("flour_stock", ()), ("limit", ("cake",))}
    assert solution.problem_class == "LP"
    assert solution.size == (2, 2, 3)
    assert solution.solver.startswith("pyomo/highs 1.")


def test_integers_come_back_whole():
    solution = solve(BAKERY, variables=variables(bake={"index": "Product", "lower": "0", "domain": "integer"}))
    assert solution.problem_class == "MIP"
    assert all(each.value == int(each.value) for each in solution.variables)


@pytest.mark.parametrize(
    ("expression", "body", "status"),
    [
        ("x", "x >= 1", "optimal"),
        ("x", "x <= 1", "unbounded"),
        ("n", "n <= 1", "unbounded"),
        ("x", "1 <= n - n * 1 + 0.2", "infeasible"),
        ("n", "0.2 <= n <= 0.8", "infeasible"),
    ],
)
def test_status_words_are_those_of_every_back_end(expression, body, status):
    solution = solve(
        variables=variables(x={}, n={"domain": "integer"}),
        objectives=[{"sense": "minimize", "expression": expression}],
        constraints=[{"name": "c", "body": body}],
    )
    assert solution.status == status


def test_a_formulation_without_an_objective_asks_for_any_answer():
    solution = solve(variables=variables(x={"lower": "2"}), constraints=[{"name": "c", "body": "x + 1 <= 5"}])
    assert solution.status == "optimal"
    assert 2 <= solution.value("x") <= 4


def test_a_formulation_without_any_decision_in_it_needs_no_solver():
    assert solve(variables=variables(x={"lower": "2"})).value("x") == 2
    assert solve(constraints=[{"name": "c", "body": "1 >= 2"}]).status == "infeasible"


def test_a_variable_that_nothing_mentions_is_as_near_to_zero_as_it_may_be():
    solution = solve(BAKERY, variables=[*BAKERY["variables"], {"name": "spare", "lower": "-5", "upper": "-2"}])
    assert solution.value("spare") == -2


@pytest.mark.parametrize(
    ("expression", "names", "expected"),
    [
        ("x - 3", "x", "LP"),
        ("x + n", "xn", "MIP"),
        ("(x - 3) ** 2", "x", "QP"),
        ("x * n", "xn", "MIQP"),
        ("sin(x)", "x", "NLP"),
        ("abs(n) + sqrt(x)", "xn", "MINLP"),
    ],
)
def test_the_class_is_told_by_degrees(expression, names, expected):
    known = {"x": {"lower": "0", "upper": "9"}, "n": {"domain": "integer", "lower": "0", "upper": "9"}}
    solution = solve(
        variables=variables(**{name: known[name] for name in names}),
        objectives=[{"sense": "minimize", "expression": expression}],
    )
    assert solution.problem_class == expected
    assert solution.is_solved == (expected in ("LP", "MIP", "QP"))


def test_a_convex_quadratic_objective_is_solved_and_another_refused():
    convex = {"sense": "minimize", "expression": "(x - 3) ** 2"}
    assert solve(variables=variables(x={}), objectives=[convex]).value("x") == pytest.approx(3, abs=1e-4)
    solution = solve(variables=variables(x={"upper": "1"}), objectives=[{**convex, "sense": "maximize"}])
    assert solution.status == "unsupported"
    assert "not convex" in solution.message


def test_a_product_of_decisions_in_a_constraint_is_refused_by_highs():
    solution = solve(variables=variables(x={}, y={}), constraints=[{"name": "c", "body": "x * y >= 1"}])
    assert (solution.status, solution.problem_class) == ("unsupported", "QCP")


def test_a_semicontinuous_variable_is_zero_or_between_its_bounds():
    elements = {
        "variables": variables(x={"domain": "semicontinuous", "lower": "3", "upper": "8"}),
        "objectives": [{"sense": "minimize", "expression": "x"}],
    }
    assert solve(**elements).value("x") == 0
    assert solve(**elements, constraints=[{"name": "c", "body": "x >= 1"}]).value("x") == pytest.approx(3)


def test_a_semicontinuous_variable_needs_an_upper_bound():
    with pytest.raises(FormulationError) as error:
        model(variables=variables(x={"domain": "semicontinuous", "lower": "3"}))
    assert error.value.diagnostics[0].code == "missing-bound"


def test_of_objectives_that_are_ranked_the_first_is_active():
    built = model(
        variables=variables(x={"lower": "0", "upper": "5"}, y={"lower": "0", "upper": "5"}),
        objectives=[
            {"sense": "minimize", "expression": "y", "priority": 2},
            {"sense": "maximize", "expression": "x + y", "priority": 1},
        ],
    )
    (active,) = built.component_data_objects(pyo.Objective, active=True)
    assert (str(active.expr), active.sense) == ("x + y", pyo.maximize)


def test_objectives_are_weighted():
    solution = solve(
        variables=variables(x={"lower": "0", "upper": "5"}),
        objectives=[
            {"sense": "minimize", "expression": "x", "weight": 1},
            {"sense": "maximize", "expression": "x", "weight": 3},
        ],
    )
    assert (solution.value("x"), solution.objective) == (5, -10)


def test_several_objectives_without_an_order_are_refused():
    objective = {"sense": "minimize", "expression": "x"}
    with pytest.raises(FormulationError) as error:
        model(variables=variables(x={}), objectives=[objective, objective])
    assert error.value.diagnostics[0].code == "unranked-objectives"


def test_options_reach_the_solver():
    options = SolveOptions(time_limit=10, gap=0.1, threads=1, seed=3)
    assert solve(BAKERY, options).status == "optimal"


def test_a_solver_that_is_not_there_is_named():
    with pytest.raises(InputError, match="no solver 'nowhere'"):
        solve(BAKERY, solver="nowhere")


def test_an_answer_that_breaks_a_constraint_is_not_believed(monkeypatch):
    from pyomo.contrib.solver.common.solution_loader import SolutionLoader
    from pyomo.contrib.solver.solvers.highs import Highs

    solved = Highs.solve

    def wrong(self, built, **options):
        results = solved(self, built, **options)
        values = results.solution_loader.get_vars()
        for component in values:
            values[component] += 100

        class Loader(SolutionLoader):
            def get_vars(self, *arguments, **details):
                return values

        results.solution_loader = Loader()
        return results

    monkeypatch.setattr(Highs, "solve", wrong)
    solution = solve(BAKERY)
    assert solution.status == "failed"
    assert "constraint flour_stock" in solution.message
    assert solution.objective is None


def test_a_flow_with_lags_filters_and_named_expressions():
    solution = solve(
        sets=[{"name": "Month", "members": "{Jan, Feb, Mar}"}],
        parameters=[
            {
                "name": "demand",
                "index": "Month",
                "values": [{"index": [m], "value": v} for m, v in (("Jan", 3), ("Feb", 9), ("Mar", 4))],
            }
        ],
        variables=variables(
            make={"index": "Month", "lower": "0", "upper": "6"}, stock={"index": "Month", "lower": "0"}
        ),
        lets=[
            {"name": "carried", "index": "t in Month", "expression": "stock[t - 1] if t > first(Month) else 0"},
        ],
        objectives=[{"sense": "minimize", "expression": "sum(stock[t] for t in Month) + sum(make[t] for t in Month)"}],
        constraints=[
            {"name": "balance", "index": "t in Month", "body": "stock[t] == carried[t] + make[t] - demand[t]"}
        ],
    )
    assert solution.objective == pytest.approx(16 + 3)


@pytest.mark.parametrize(
    ("body", "objective"),
    [
        ("implies(x > 4, y <= 2)", 13),
        ("x <= 1 or y <= 3", 12),
        ("not (x > 2 and y > 2)", 11),
        ("exactly(1, x <= 2, y <= 3)", 12),
        ("at_most(1, x > 2, y > 2) and not x >= 5", 11),
        ("not exactly(0, x <= 2, y <= 3)", 12),
        ("max(x, y, 3) <= 4", 8),
        ("min(x, y) <= 1", 10),
        ("piecewise(x, (0, 0), (5, 5), (9, 1)) <= 2 and x <= y", 18),
    ],
)
def test_logic_and_extremes_within_bounds_are_a_mip_for_pyomo(body, objective):
    elements = {
        "variables": variables(x={"domain": "integer", "lower": 0, "upper": 9}, y={"lower": 0, "upper": 9}),
        "objectives": [{"sense": "maximize", "expression": "x + y"}],
        "constraints": [{"name": "c", "body": body}],
    }
    solution = solve(**elements)
    assert (solution.status, solution.problem_class) == ("optimal", "MIP")
    assert solution.objective == pytest.approx(objective, abs=1e-4)
