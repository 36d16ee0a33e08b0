"""The tree of expressions: its spelling reads back as the same tree, and it can be walked and changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.diagnostics import Diagnostics
from steepest.solvers.language.expressions import (
    Arithmetic,
    Conditional,
    Expression,
    Generator,
    Head,
    LabelRef,
    Name,
    Negation,
    Number,
    Reduction,
    Sum,
    children,
    map_children,
    walk,
)
from steepest.solvers.language.parser import parse_expression, parse_head
from steepest.solvers.language.spelling import (
    is_identifier,
    spell,
    spell_head,
    spell_label,
    spell_number,
    spell_operand,
)
from tests.solvers.strategies import conditions, expressions, heads, members

KNOWN = ("cost", "Item", "x")


@given(st.one_of(expressions(KNOWN), conditions(KNOWN), members(KNOWN)))
def test_what_is_spelled_reads_back_as_the_same_tree(tree: Expression) -> None:
    notes = Diagnostics()
    assert parse_expression(spell(tree), diagnostics=notes) == tree
    assert list(notes) == []


@given(expressions(KNOWN))
def test_the_spelling_of_what_was_read_is_the_same_text(tree: Expression) -> None:
    text = spell(tree)
    assert spell(parse_expression(text)) == text == str(tree)


@given(heads(KNOWN))
def test_a_head_reads_back_as_the_same_head(head: Head) -> None:
    assert parse_head(spell_head(head)) == head


@given(expressions(KNOWN))
def test_a_spelling_may_stand_beside_a_comparison(tree: Expression) -> None:
    comparison = parse_expression(f"{spell_operand(tree)} <= bound")
    assert next(children(comparison)) == tree


@given(st.one_of(expressions(KNOWN), members(KNOWN)))
def test_a_tree_whose_children_stay_is_equal(tree: Expression) -> None:
    assert map_children(tree, lambda child: child) == tree


@given(expressions(KNOWN))
def test_a_walk_meets_a_node_before_what_is_below_it(tree: Expression) -> None:
    def recursive(node: Expression) -> list[Expression]:
        return [node, *(each for child in children(node) for each in recursive(child))]

    assert list(walk(tree)) == recursive(tree)


def test_a_walk_goes_into_the_generators() -> None:
    tree = parse_expression("sum(cost[i] * x[i, j] for i in Item if i != k for j in Near[i])")
    assert [node.name for node in walk(tree) if isinstance(node, Name)] == [
        "i", "i", "j", "Item", "i", "k", "i",
    ]  # fmt: skip


def test_a_walk_follows_a_tree_that_is_deeper_than_python_recurses() -> None:
    tree: Expression = Name("x")
    for _ in range(5000):
        tree = Negation(tree)
    assert sum(1 for _ in walk(tree)) == 5001


def test_children_are_changed_in_sources_and_conditions_too() -> None:
    def renamed(node: Expression) -> Expression:
        return Name("q") if node == Name("k") else map_children(node, renamed)

    tree = parse_expression("sum(x[k] for i in A | k if i != k) + k")
    assert str(renamed(tree)) == "sum(x[q] for i in A | q if i != q) + q"
    assert str(tree) == "sum(x[k] for i in A | k if i != k) + k"


def test_a_leaf_has_no_children() -> None:
    for leaf in (Number(3), Name("x"), LabelRef("a")):
        assert list(children(leaf)) == []
        assert map_children(leaf, lambda _: Name("changed")) is leaf


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (Arithmetic("**", Number(-2), Number(2)), "(-2)**2"),
        (Negation(Number(-2)), "--2"),
        (Sum((Name("a"), Number(-2)), (1, -1)), "a - -2"),
        (
            Conditional(Conditional(Name("a"), Name("b"), Name("c")), Name("d"), Name("e")),
            "(a if b else c) if d else e",
        ),
        (
            Reduction("sum", Name("a"), (Generator("i", Conditional(Name("A"), Name("b"), Name("B"))),)),
            "sum(a for i in (A if b else B))",
        ),
    ],
)
def test_parentheses_stand_where_reading_back_needs_them(tree: Expression, text: str) -> None:
    assert spell(tree) == text
    assert parse_expression(text) == tree


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("a", "a"),
        ("Store 1", '"Store 1"'),
        ("for", '"for"'),
        ('a"b', '"a\\"b"'),
        (7, "7"),
        ("007", '"007"'),
        ("é", "é"),
    ],
)
def test_a_label_is_quoted_only_where_it_must_be(label: str | int, text: str) -> None:
    assert spell_label(label, lambda _: True) == text


def test_a_label_is_quoted_where_nothing_says_that_it_may_be_bare() -> None:
    assert spell_label("a") == spell_label("a", lambda _: False) == '"a"'


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)).map(abs))
def test_a_number_reads_back_as_the_same_number(value: float) -> None:
    try:
        as_float = float(value)
    except OverflowError:
        return
    assert parse_expression(spell_number(as_float)) == Number(as_float)


@pytest.mark.parametrize("text", ["x", "_x1", "é", "class", "sum", "lambda"])
def test_a_word_is_a_name(text: str) -> None:
    assert is_identifier(text)


@pytest.mark.parametrize("text", ["", "1x", "a b", "a-b", "for", "in", "not", "a\n"])
def test_what_is_no_word_or_has_a_meaning_is_no_name(text: str) -> None:
    assert not is_identifier(text)
