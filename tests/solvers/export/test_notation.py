"""Mathematics in both notations: what is written is worth what the expression is."""

from collections.abc import Callable, Iterator
from itertools import chain

import pytest
from hypothesis import given

from steepest.solvers.language.expressions import Expression, Number
from steepest.solvers.language.parser import parse_expression
from steepest.solvers.language.spelling import spell
from tests.solvers.export import drawn_latex, drawn_mathml
from tests.solvers.export.mathematics import numeric, worth
from tests.solvers.export.reader import Item, Reader

NUMBERS = (
    "2", "0.5", "1e20", "a", "b2", "_1", "x[1]", "-a", "-(2 * a)", "a + 2", "2 - a", "2 * a", "a * 2", "2 / a", "a / 2",
    "a**2", "2**a", "sqrt(a)", "abs(a)", "norm2(a, 2)", "max(a, 2)", "len(I | J)", "sum(x[i] for i in I)",
    "sum(2 for i in I)", "sum(x[a] for a in I)", "min(x[i] for i in I)", "(a if a <= 2 else b2)",
)  # fmt: skip
PLACES = (
    "({0}) * a", "2 * ({0})", "a * ({0})", "({0}) * 2", "({0}) / a", "2 / ({0})", "({0})**2", "a**({0})", "2**({0})",
    "-({0})", "({0}) + a", "a - ({0})", "2 + ({0}) - 2", "sqrt({0})", "max(a, {0})", "sum(({0}) for i in I)",
    "sum(x[i] for i in I if ({0}) <= i)", "min(({0}) for i in I)", "(({0}) if a <= 2 else 2)",
    "(a if ({0}) <= 2 else 2)", "(a if a <= 2 else ({0}))", "x[{0}]",
)  # fmt: skip
FACTORS = ("({0}) * a", "2 * ({0})", "({0}) * 2", "-({0})", "a - ({0})", "({0})**2", "({0}) / a")
SETS = ("I", "{{2, 5}}", "1..2", "{{i for i in I if i >= 2}}", "I | J", "I & J", "I + J", "I - J", "I | J | Kind")
UNIONS = ("({0}) | J", "J | ({0})", "({0}) & J", "J & ({0})", "({0}) - J", "J - ({0})", "({0}) + J", "J + ({0})")
CONDITIONS = ("a <= 2", "1 <= a < 2", "1 in I", "1 not in I | J", "not a <= 2", "a <= 2 and b2 <= 2",
              "a <= 2 or b2 <= 2", "implies(a <= 2, b2 <= 2)")  # fmt: skip
TESTS = ("not ({0})", "({0}) and a >= 1", "a >= 1 and ({0})", "({0}) or a >= 1", "a >= 1 or ({0})",
         "implies({0}, a >= 1)", "implies(a >= 1, {0})")  # fmt: skip

Drawn = Callable[[Expression], tuple[Item, ...]]
both = pytest.mark.parametrize("drawn", [drawn_latex.drawn, drawn_mathml.drawn], ids=["LaTeX", "MathML"])


def misread(drawn: Drawn, texts: Iterator[str]) -> list[str]:
    """The expressions that are worth something else when they are read as they are written."""
    return [text for text in texts if not is_read(drawn, parse_expression(text))]


def is_read(drawn: Drawn, expression: Expression) -> bool:
    try:
        return Reader(drawn(expression), {}).whole() == worth(expression, {})
    except AssertionError:
        return False


def inside(places: tuple[str, ...], forms: tuple[str, ...]) -> Iterator[str]:
    return (place.format(form) for place in places for form in forms)


@both
@given(expression=numeric())
def test_what_is_written_is_worth_what_the_expression_is(drawn: Drawn, expression: Expression) -> None:
    assert Reader(drawn(expression), {}).whole() == worth(expression, {}), spell(expression)


@both
def test_every_form_is_read_inside_every_other(drawn: Drawn) -> None:
    twice = inside(FACTORS, tuple(inside(FACTORS, NUMBERS)))
    assert misread(drawn, chain(inside(PLACES, NUMBERS), twice)) == []


@both
def test_every_set_is_read_inside_every_other(drawn: Drawn) -> None:
    unions = tuple(each.format() for each in SETS)
    texts = inside(("len({0})", "sum(x[i] for i in {0} if i >= 1)"), (*inside(UNIONS, unions), *unions))
    assert misread(drawn, texts) == []


@both
def test_every_condition_is_read_inside_every_other(drawn: Drawn) -> None:
    nested = tuple(inside(TESTS, CONDITIONS))
    assert misread(drawn, inside(("(2 if {0} else 3)", "sum(2 for i in I if {0})"), (*CONDITIONS, *nested))) == []


def latex(text: str) -> str:
    return drawn_latex.written(parse_expression(text))


def test_numbers_beside_one_another_are_kept_apart() -> None:
    assert latex("2 * (3 * y)") == r"2 \cdot 3 \, y"
    assert latex("3 * 10**2") == r"3 \cdot {10}^{2}"
    assert latex("5 * (2 / 3)") == r"5 \cdot \frac{2}{3}"
    assert latex("5 * (y / 3)") == r"5 \, \frac{y}{3}"


def test_a_number_with_a_power_of_ten_is_a_product() -> None:
    assert latex("1e20**2") == r"{\left(1 \cdot 10^{20}\right)}^{2}"
    assert latex("1e20 * y") == r"1 \cdot 10^{20} \, y"


def test_unions_and_intersections_need_no_order_to_be_read() -> None:
    assert latex("len((A | B) & C)") == r"\left|\left(A \cup B\right) \cap C\right|"
    assert latex("len(A | B | C)") == r"\left|A \cup B \cup C\right|"
    assert latex("len(A - B | C)") == r"\left|\left(A - B\right) \cup C\right|"


def test_a_sum_does_not_take_in_a_name_behind_it_that_its_index_hides() -> None:
    assert latex("sum(x[a] for a in I) * a") == r"\left(\sum_{a \in I} x_{a}\right) \, a"
    assert latex("sum(x[i] for i in I) * a") == r"\sum_{i \in I} x_{i} \, a"


def test_the_reader_of_these_tests_refuses_what_could_be_read_in_two_ways() -> None:
    number = Item("number", "2")
    for signs in ((Item("sign", "thin"), number), (number,)):
        with pytest.raises(AssertionError):
            Reader((number, *signs), {}).whole()
    assert worth(Number(2), {}) == Reader((number,), {}).whole()
