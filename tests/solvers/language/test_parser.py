"""The parser of expressions: how strongly operators bind, where nodes stand, and what it says about nonsense."""

import pytest

from steepest.solvers.diagnostics import Diagnostic, Diagnostics, FormulationError, Place
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Connective,
    Generator,
    Index,
    LabelRef,
    Name,
    Negation,
    Not,
    Number,
    Range,
    Reduction,
    SetComprehension,
    SetLiteral,
    Sum,
    TupleOf,
    walk,
)
from steepest.solvers.language.parser import MAX_DEPTH, parse_body, parse_expression, parse_head

A, B, C, D = (Name(each) for each in "abcd")
I_IN_S = (Generator("i", Name("S")),)


def error_of(text: str) -> Diagnostic:
    with pytest.raises(FormulationError) as caught:
        parse_expression(text, start=Place(line=3, column=5), element="constraint c")
    (found,) = caught.value.diagnostics
    return found


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c", Sum((A, Arithmetic("*", B, C)), (1, 1))),
        ("a - b - c", Sum((A, B, C), (1, -1, -1))),
        ("a - (b - c)", Sum((A, Sum((B, C), (1, -1))), (1, -1))),
        ("a * b / c", Arithmetic("/", Arithmetic("*", A, B), C)),
        ("a / b / c", Arithmetic("/", Arithmetic("/", A, B), C)),
        ("-a**b", Negation(Arithmetic("**", A, B))),
        ("(-a)**b", Arithmetic("**", Negation(A), B)),
        ("a**b**c", Arithmetic("**", A, Arithmetic("**", B, C))),
        ("a**-b", Arithmetic("**", A, Negation(B))),
        ("-a * b", Arithmetic("*", Negation(A), B)),
        ("- -a", Negation(Negation(A))),
        ("+a", A),
        ("-3", Number(-3)),
        ("2**-3", Arithmetic("**", Number(2), Number(-3))),
        ("a <= b + c", Comparison((A, Sum((B, C), (1, 1))), ("<=",))),
        ("a <= b <= c", Comparison((A, B, C), ("<=", "<="))),
        ("not a == b", Not(Comparison((A, B), ("==",)))),
        ("a and b or c and d", Connective("or", (Connective("and", (A, B)), Connective("and", (C, D))))),
        ("a and (b or c)", Connective("and", (A, Connective("or", (B, C))))),
        ("not a and b", Connective("and", (Not(A), B))),
        ("a if b else c if d else a", Conditional(A, B, Conditional(C, D, A))),
        ("a + b if c else d", Conditional(Sum((A, B), (1, 1)), C, D)),
        ("a | b & c", Arithmetic("|", A, Arithmetic("&", B, C))),
        ("a & 1..3", Arithmetic("&", A, Range(Number(1), Number(3)))),
        ("1..a + 1", Range(Number(1), Sum((A, Number(1)), (1, 1)))),
        ("a in b | c", Comparison((A, Arithmetic("|", B, C)), ("in",))),
        ("(a, b) not in c", Comparison((TupleOf((A, B)), C), ("not in",))),
    ],
)
def test_operators_bind_as_in_python_and_ranges_between_sets_and_sums(text: str, tree: object) -> None:
    assert parse_expression(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("12", Number(12)),
        ("1_000", Number(1000)),
        (".5", Number(0.5)),
        ("1e3", Number(1000.0)),
        ("25%", Number(0.25)),
        ("0.1%", Number(0.001)),
        ('"Store 1"', LabelRef("Store 1")),
        ("'it\\'s'", LabelRef("it's")),
        ('"12"', Number(12)),
        ('"007"', LabelRef("007")),
        ("lambda", Name("lambda")),
        ("a[b, c + 1]", Index("a", (B, Sum((C, Number(1)), (1, 1))))),
        ("a[(b, c)]", Index("a", (B, C))),
        ("min(a, b)", Call("min", (A, B))),
        ("sum(a[i] for i in S)", Reduction("sum", Index("a", (Name("i"),)), I_IN_S)),
        ("circuit((a, b) for i in S)", Reduction("circuit", TupleOf((A, B)), I_IN_S)),
        ("{a, b}", SetLiteral((A, B))),
        ("{}", SetLiteral(())),
        ("cyclic {a, b}", SetLiteral((A, B), cyclic=True)),
        ("cyclic 1..7", Range(Number(1), Number(7), cyclic=True)),
        ("cyclic + 1", Sum((Name("cyclic"), Number(1)), (1, 1))),
        ("{i for i in S}", SetComprehension(Name("i"), I_IN_S)),
        ("{i in S}", SetComprehension(Name("i"), I_IN_S)),
        ("(a)", A),
        ("(a,)", TupleOf((A,))),
        ("norm2(a, b)", Call("norm2", (A, B))),
    ],
)
def test_an_atom_is_read(text: str, tree: object) -> None:
    assert parse_expression(text) == tree


def test_filters_belong_to_the_generator_before_them() -> None:
    found = parse_expression("sum(a for i in S if i > 1 for (j, k) in T if j != i and k == 2)")
    assert isinstance(found, Reduction)
    first, second = found.generators
    assert (first.names, str(first.condition)) == (("i",), "i > 1")
    assert (second.names, str(second.condition)) == (("j", "k"), "j != i and k == 2")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a = b", "a == b"),
        ("a => b", "a >= b"),
        ("a =< b", "a <= b"),
        ("a <> b", "a != b"),
        ("a ≠ b", "a != b"),
        ("a ^ b", "a**b"),
        ("a − b × c · d", "a - b * c * d"),
        ("a && b || !c", "a and b or not c"),
        ("0.8a", "0.8 * a"),
        ("2a^2", "2 * a**2"),
        ("2(a + b)", "2 * (a + b)"),
        ("x[a][b]", "x[a, b]"),
        ("∑(x[i] for i ∈ S)", "sum(x[i] for i in S)"),
        ("sum{x[i] for i in S}", "sum(x[i] for i in S)"),
        ("sum{i in S, j in T} x[i, j]", "sum(x[i, j] for i in S for j in T)"),
        ("sum(x[i, j] for i in S, j in T)", "sum(x[i, j] for i in S for j in T)"),
        ("sum(x[i, j] for i, j in T)", "sum(x[i, j] for (i, j) in T)"),
        ("sum(x[i] for all i in S)", "sum(x[i] for i in S)"),
        ("sum(a, b, c)", "a + b + c"),
        ("ln(a)", "log(a)"),
        ("card(S)", "len(S)"),
        ("if a then b", "implies(a, b)"),
        ("a implies b", "implies(a, b)"),
    ],
)
def test_other_notations_mean_the_same_and_are_noted(text: str, canonical: str) -> None:
    notes = Diagnostics()
    assert parse_expression(text, diagnostics=notes) == parse_expression(canonical)
    assert {(note.code, note.severity) for note in notes} == {("spelling", "note")}


def test_a_comma_before_for_is_read_over() -> None:
    assert parse_expression("sum(x[i], for i in S)") == parse_expression("sum(x[i] for i in S)")
    assert parse_expression('min(a, "for")') == Call("min", (A, LabelRef("for")))


@pytest.mark.parametrize("text", ["2**3", "a[i + 1]", "x != y", "25% * a", "implies(a, b)", "sum(x[i] for i in S)"])
def test_the_language_itself_leaves_no_note(text: str) -> None:
    notes = Diagnostics()
    parse_expression(text, diagnostics=notes)
    assert list(notes) == []


def test_nodes_know_where_they_stand() -> None:
    text = "a +\n  x[i, 7]"
    tree = parse_expression(text, start=Place(line=3, column=5))
    places = {str(node): node.place for node in walk(tree)}
    assert places["a"] == Place(line=3, column=5, end_column=6)
    assert places["x[i, 7]"] == Place(line=4, column=3, end_column=10)
    assert places["7"] == Place(line=4, column=8, end_column=9)


def test_a_place_takes_no_part_in_equality() -> None:
    assert parse_expression("a + b", start=Place(line=9)) == parse_expression("a+b")
    assert parse_expression("a").place is None


@pytest.mark.parametrize(
    ("text", "column", "message", "repair"),
    [
        ("a +", 8, "a value was expected, but the end stands here", None),
        ("a + * b", 9, "`*` stands here", None),
        ("(a", 7, "to close the parenthesis", None),
        ("x[a", 8, "to close the index", None),
        ("{a, b", 10, "to close the set", None),
        ("sum(a for i in S", 21, "to close `sum(`", None),
        ("a)", 6, "the end of the expression was expected", None),
        ("a b", 7, "`b` stands here", '"a b"'),
        ("a ? b", 7, "'?' has no meaning", None),
        ('"abc', 5, "a quotation mark that nothing closes", '"label"'),
        ("a if b", 7, "an `if` without an `else`", "implies(condition, constraint)"),
        ("x[]", 5, "an index is missing", None),
        ("()", 5, "a value is missing between the parentheses", None),
        ("for", 5, "`for` stands here", None),
        ("1..2..3", 9, "`..` stands here", None),
        ("a <= 1,000", 11, "`,` stands here", "1000"),
        ("max(a, 12,000,500)", 14, "a number without commas", "12000500"),
        ("{a, ...}", 9, "`...` stands here", "`missing`"),
        ("sum(x[i] for 3 in S)", 18, "the name of an index was expected", None),
        ("1e999", 5, "too large for a number", None),
    ],
)
def test_nonsense_is_refused_where_it_begins(text: str, column: int, message: str, repair: str | None) -> None:
    found = error_of(text)
    assert (found.code, found.element) == ("syntax", "constraint c")
    assert found.place is not None
    assert (found.place.line, found.place.column) == (3, column)
    assert message in found.message
    assert (repair or "") in (found.repair or "")


def test_a_function_that_does_not_exist_is_told_with_those_that_do() -> None:
    found = error_of("1 + cost(i)")
    assert (found.code, found.place) == ("unknown-function", Place(line=3, column=9, end_column=13))
    assert "`cost[i]`" in (found.repair or "")
    assert "piecewise" in (found.repair or "")


def test_two_small_numbers_are_no_thousands() -> None:
    assert parse_expression("x[1,100]") == Index("x", (Number(1), Number(100)))
    assert parse_expression("max(1, 000)") == Call("max", (Number(1), Number(0)))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "(" * 200 + "a" + ")" * 200,
        "x[" * 10_000,
        "{" * 10_000,
        "-" * 10_000 + "a",
        "not " * 10_000 + "a",
        "**".join("a" * 10_000),
        "*".join("a" * 10_000),
        "min(" * 10_000,
        " if a else ".join("a" * 10_000),
    ],
    ids=lambda text: text[:8],
)
def test_what_is_nested_too_deep_is_a_finding_and_no_crash(text: str) -> None:
    found = error_of(text)
    assert (found.code, found.element) == ("too-deep", "constraint c")
    assert found.place is not None


def test_what_is_nested_as_deep_as_models_go_is_read() -> None:
    depth = MAX_DEPTH // 2
    assert parse_expression("(" * depth + "a" + ")" * depth) == A


def test_a_long_sum_is_not_deep() -> None:
    found = parse_expression("+".join("a" * 5000))
    assert isinstance(found, Sum)
    assert len(found.terms) == 5000


def test_a_formulation_from_json_tells_what_is_nested_too_deep() -> None:
    objective = {"sense": "minimize", "expression": "(" * 500 + "x" + ")" * 500}
    with pytest.raises(ValueError, match="too deep"):
        Formulation.model_validate({"objectives": [objective]})


def test_an_expression_longer_than_any_model_needs_is_refused() -> None:
    assert error_of("a" * 200_001).code == "too-long"


def test_a_body_may_carry_its_quantifiers_behind_it() -> None:
    body, generators = parse_body("x[i] <= 3 for i in S if i > 1")
    assert str(body) == "x[i] <= 3"
    assert [(each.names, str(each.condition)) for each in generators] == [(("i",), "i > 1")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A", ()),
        ("A, B", ()),
        ("i in A", ("i",)),
        ("i in A, j in B", ("i", "j")),
        ("(i, j) in L", ("i", "j")),
        ("(i, j) in L, t in 1..3 if t > 1", ("i", "j", "t")),
        ("A, t in B", ("t",)),
    ],
)
def test_a_head_binds_index_names_and_prints_as_itself(text: str, names: tuple[str, ...]) -> None:
    head = parse_head(text)
    assert (str(head), head.names) == (text, names)


def test_the_condition_of_a_head_is_on_its_last_generator() -> None:
    first, last = parse_head("i in A, j in B if i != j").generators
    assert (first.condition, str(last.condition)) == (None, "i != j")


@pytest.mark.parametrize("text", ["", "i in", "(i, j in L", "i in A,", "i in A if"])
def test_half_a_head_is_refused(text: str) -> None:
    with pytest.raises(FormulationError):
        parse_head(text)
