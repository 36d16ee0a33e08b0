import pytest

from steepest.solvers.display import (
    binding_row,
    format_number,
    formulation_html,
    meanings_of,
    shown_first,
    solution_html,
)
from steepest.solvers.formulation import Constraint, Formulation, Objective, Set, Variable
from steepest.solvers.solution import BindingConstraint, Solution, VariableValue

HOSTILE = "<script>alert('x')</script> & more"


@pytest.fixture
def bakery() -> Formulation:
    return Formulation(
        title="How much to bake",
        sets=[Set(name="Product", members="{bread, cake}")],
        variables=[Variable(name="bake", index="Product", domain="integer", unit="item", note=HOSTILE)],
        objectives=[Objective(sense="maximize", expression="sum(bake[p] for p in Product)")],
        constraints=[
            Constraint(name="oven", body="sum(bake[p] for p in Product) <= 40", quotes=["room for 40"]),
            Constraint(name="orders", body="bake[cake] >= 5"),
        ],
    )


@pytest.fixture
def answer() -> Solution:
    return Solution(
        status="optimal",
        objective=40.0,
        variables=[
            VariableValue("bake", ("bread",), 35.0, "item"),
            VariableValue("bake", ("<b>cake</b>",), 5.0, "item"),
        ],
        binding=[BindingConstraint("oven", (), 40.0, None, 40.0, 1.0)],
    )


def test_a_number_has_no_noise_and_no_negative_zero() -> None:
    assert format_number(29.999999999999996) == "30"
    assert format_number(-0.0) == "0"
    assert format_number(0.1 + 0.2) == "0.3"
    assert format_number(1234567.5) == "1234567.5"
    assert format_number(1e15) == "1e+15"


def test_a_formulation_at_the_prompt_is_its_title_and_counts(bakery: Formulation) -> None:
    assert repr(bakery) == ("<Formulation 'How much to bake': 1 set, 1 variable, 1 objective, 2 constraints>")
    assert repr(Formulation()) == "<Formulation '': empty>"


def test_a_solution_at_the_prompt_is_its_status_and_first_variables(answer: Solution) -> None:
    assert repr(answer) == ("<Solution optimal, objective 40>\n  bake[bread] = 35 item\n  bake[<b>cake</b>] = 5 item")
    assert str(answer) == repr(answer)


def test_a_solution_without_an_answer_says_why() -> None:
    solution = Solution(status="infeasible", message="no values meet all constraints at once")

    assert repr(solution) == "<Solution infeasible>\n  no values meet all constraints at once"


def test_a_long_answer_is_cut_with_a_count_and_what_is_not_zero_comes_first() -> None:
    variables = [VariableValue("x", (i,), float(i % 10 == 0)) for i in range(1000)]

    shown, hidden = shown_first(variables, 5)

    assert [variable.index for variable in shown] == [(0,), (10,), (20,), (30,), (40,)]
    assert hidden == "... and 995 more, of them 900 at 0"


def test_an_answer_that_fits_is_shown_whole_with_its_zeros() -> None:
    variables = [VariableValue("x", (i,), 0.0) for i in range(3)]

    assert shown_first(variables, 3) == (variables, "")


def test_a_constraint_means_its_note_or_else_its_quotes(bakery: Formulation) -> None:
    assert meanings_of(bakery) == {"bake": HOSTILE, "oven": '"room for 40"'}


@pytest.mark.parametrize(
    ("lower", "upper", "side"),
    [
        (None, 40.0, "40 <= 40"),
        (40.0, None, "40 >= 40"),
        (40.0, 40.0, "40 == 40"),
        (10.0, 40.0, "40 <= 40"),
        (40.0, 90.0, "40 >= 40"),
        (None, None, "40"),
    ],
)
def test_a_binding_constraint_shows_the_side_that_holds(lower: float | None, upper: float | None, side: str) -> None:
    assert binding_row(BindingConstraint("oven", (), 40.0, lower, upper), {})[1] == side


def test_html_of_a_formulation_is_escaped(bakery: Formulation) -> None:
    html = formulation_html(bakery)

    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<td>bake[Product]</td><td>item</td>" in html
    assert "<pre># How much to bake" in html


def test_html_of_a_solution_is_escaped(answer: Solution) -> None:
    html = solution_html(answer)

    assert "<b>cake</b>" not in html
    assert "<td>bake[&lt;b&gt;cake&lt;/b&gt;]</td><td>5</td><td>item</td>" in html
    assert "<td>oven</td><td>40 &lt;= 40</td><td>dual 1</td>" in html
    assert answer._repr_html_() == html


def test_html_of_a_long_answer_is_cut_with_counts() -> None:
    solution = Solution(
        status="optimal",
        variables=[VariableValue("x", (i,), 1.0) for i in range(100)],
        binding=[BindingConstraint("limit", (i,), 1.0, None, 1.0) for i in range(100)],
    )

    html = solution_html(solution)

    assert html.count("<td>x[") == 60
    assert "<p>... and 40 more</p>" in html
    assert "... and 40 more binding constraints" in html


def test_a_notebook_shows_a_formulation_in_mathematics(bakery: Formulation) -> None:
    assert r"\max" in bakery._repr_latex_()
