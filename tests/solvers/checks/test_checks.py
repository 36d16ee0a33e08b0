"""The checks as a whole: they end whatever they are given, and say what they know in order."""

from collections.abc import Callable

from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from steepest.solvers.checks.degree import classify
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import (
    CALLABLE,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Generator,
    Head,
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
)

WORDS = ["A", "B", "p", "q", "x", "y", "t", "i", "j", "north", "pi"]

words = st.sampled_from(WORDS)
data = st.one_of(st.integers(-3, 12), st.floats(allow_nan=False, allow_infinity=False))
numbers = st.one_of(data, st.floats(), st.just(10**300))
labels = st.one_of(words, st.integers(-1, 4))
patterns = st.one_of(words, st.lists(words, min_size=1, max_size=3).map(tuple))


def tuples(
    items: st.SearchStrategy[Expression], least: int = 1, most: int = 3
) -> st.SearchStrategy[tuple[Expression, ...]]:
    return st.lists(items, min_size=least, max_size=most).map(tuple)


def larger(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    signs = st.sampled_from([1, -1])
    generators = st.lists(st.builds(Generator, patterns, parts, st.none() | parts), min_size=1, max_size=2).map(tuple)
    chain = tuples(parts, 2).flatmap(
        lambda operands: st.builds(
            Comparison,
            st.just(operands),
            st.tuples(*[st.sampled_from(["<=", ">=", "==", "!=", "<", "in", "not in"])] * (len(operands) - 1)),
        )
    )
    total = tuples(parts, 2).flatmap(
        lambda terms: st.builds(Sum, st.just(terms), st.tuples(st.just(1), *[signs] * (len(terms) - 1)))
    )
    return st.one_of(
        st.builds(Index, words, tuples(parts)),
        st.builds(Negation, parts),
        total,
        st.builds(Arithmetic, st.sampled_from(["*", "/", "**", "|", "&"]), parts, parts),
        chain,
        st.builds(Not, parts),
        st.builds(Connective, st.sampled_from(["and", "or"]), tuples(parts, 2)),
        st.builds(Conditional, parts, parts, parts),
        st.builds(TupleOf, tuples(parts)),
        st.builds(Call, st.sampled_from(sorted(CALLABLE)), tuples(parts, 0)),
        st.builds(Reduction, st.sampled_from(sorted(CALLABLE)), parts, generators),
        st.builds(SetLiteral, tuples(parts, 0), st.booleans()),
        st.builds(Range, parts, parts, st.booleans()),
        st.builds(SetComprehension, parts, generators),
    )


leaves = st.one_of(st.builds(Number, numbers), st.builds(LabelRef, words), st.builds(Name, words))
expressions = st.recursive(leaves, larger, max_leaves=12)
heads = st.none() | st.lists(
    st.builds(Generator, st.none() | patterns, expressions, st.none() | expressions), min_size=1, max_size=2
).map(lambda generators: Head(tuple(generators)))
cells = st.lists(
    st.fixed_dictionaries({"index": st.lists(labels, min_size=1, max_size=2), "value": st.none() | labels | data}),
    min_size=1,
    max_size=3,
)
named = {"name": words, "index": heads}
families = st.lists(
    st.fixed_dictionaries({"index": st.lists(labels, min_size=1, max_size=2), "members": expressions}),
    min_size=1,
    max_size=2,
)
sets = st.one_of(
    st.fixed_dictionaries(named | {"members": expressions}), st.fixed_dictionaries(named | {"families": families})
)
parameters = st.one_of(
    st.fixed_dictionaries(named | {"value": labels | data}),
    st.fixed_dictionaries(named | {"values": cells, "default": st.none() | data}),
    st.fixed_dictionaries(named | {"expression": expressions}),
    st.fixed_dictionaries(named | {"missing": st.just(True)}),
)
domains = st.sampled_from(["real", "integer", "binary", "semicontinuous"])
bounds = st.none() | expressions
contents = st.fixed_dictionaries(
    {
        "sets": st.lists(sets, max_size=3),
        "parameters": st.lists(parameters, max_size=3),
        "variables": st.lists(
            st.fixed_dictionaries(named | {"domain": domains, "lower": bounds, "upper": bounds}), max_size=3
        ),
        "lets": st.lists(st.fixed_dictionaries(named | {"expression": expressions}), max_size=2),
        "objectives": st.lists(
            st.fixed_dictionaries({"sense": st.sampled_from(["minimize", "maximize"]), "expression": expressions}),
            max_size=2,
        ),
        "constraints": st.lists(st.fixed_dictionaries(named | {"body": expressions}), max_size=3),
    }
)


@st.composite
def formulations(draw: st.DrawFn) -> Formulation:
    """Whatever the model itself accepts: what it refuses never reaches the checks."""
    try:
        return Formulation.model_validate(draw(contents))
    except ValidationError:
        reject()


@settings(max_examples=40)
@given(formulations(), st.frozensets(words, max_size=3))
def test_any_formulation_is_checked_to_the_end(formulation: Formulation, bound: frozenset[str]) -> None:
    for item in check_formulation(formulation, bound):
        assert item.message
    assert classify(formulation).name


def test_a_large_model_is_checked_to_its_end(build: Callable[..., Formulation]) -> None:
    count = 20_000
    formulation = build(
        sets={"Item": f"1..{count}", "Name": "{" + ", ".join(f"n{i}" for i in range(2_000)) + "}"},
        parameters={
            "cost[Item]": {i: i for i in range(1, count + 1)},
            "load[Name]": {f"n{i}": i for i in range(2_000)},
        },
        variables={"x[Item]": "real >= 0", "y[Name]": "binary"},
        minimize="sum(cost[i] * x[i] for i in Item)",
        constraints={
            "c": " + ".join(f"{i + 2} * y[n{i}]" for i in range(2_000)) + " <= 1",
            "d[n in Name]": "load[n] * y[n] <= x[1]",
        },
    )
    assert check_formulation(formulation).errors == []


def test_the_method_gives_the_same_findings(build: Callable[..., Formulation]) -> None:
    formulation = build(variables={"x": "real"}, minimize="x + y", constraints={"c": "x >= z"})
    assert formulation.check() == list(check_formulation(formulation))
    assert [item.code for item in formulation.check()] == ["unknown-name", "unknown-name"]


def test_what_makes_a_problem_nonlinear_is_a_note(build: Callable[..., Formulation]) -> None:
    formulation = build(variables={"x": "real", "y": "real"}, minimize="x", constraints={"c": "1 / x + y <= 1"})
    (note,) = check_formulation(formulation)
    assert (note.code, note.severity, note.element) == ("division-by-variable", "note", "constraint c")
    assert "1 / x" in note.message
