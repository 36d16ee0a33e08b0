"""The class of a problem, and the terms that make it what it is."""

from collections.abc import Callable

import pytest

from steepest.solvers.checks.degree import Term, classify, degree_of
from steepest.solvers.checks.symbols import Symbols
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.parser import parse_expression

Build = Callable[..., Formulation]

REAL = {"x": "real", "y": "real"}
WHOLE = {"x": "integer", "y": "real"}


def problem(build: Build, variables: dict[str, str], objective: str, body: str, **lets: str) -> Formulation:
    return build(
        sets={"A": "{a, b}"},
        parameters={"k": 2, "two": "=k", "cost[A]": 3},
        variables=variables | {"z[A]": "real"},
        lets=lets,
        minimize=objective,
        constraints={"c": body},
    )


@pytest.mark.parametrize(
    ("variables", "objective", "body", "name"),
    [
        (REAL, "x + y", "k * x + y / k <= 3", "LP"),
        (WHOLE, "x + y", "x <= 3", "MIP"),
        ({"x": "semicontinuous in 1..2", "y": "real"}, "x", "x + y <= 3", "MIP"),
        (REAL, "x**2 + x * y", "x <= 3", "QP"),
        (WHOLE, "x**two", "x <= 3", "MIQP"),
        (REAL, "x", "x * y <= 3", "QCP"),
        (REAL, "x", "norm2(x, y) <= 3", "QCP"),
        (REAL, "norm2(x, y)", "x <= 3", "NLP"),
        (WHOLE, "x", "x**2 + y**2 <= 3", "MIQCP"),
        (REAL, "x / y", "x <= 3", "NLP"),
        (REAL, "x * y * x", "x <= 3", "NLP"),
        (REAL, "x", "sqrt(x) <= 3", "NLP"),
        (WHOLE, "abs(x - y)", "x <= 3", "MINLP"),
        (REAL, "x", "implies(x > 0, y >= 1)", "CP"),
        (REAL, "x", "all_different(z[i] for i in A)", "CP"),
        (REAL, "x", "x <= (3 if k > 1 else 4) and 1 <= y <= 2", "LP"),
        (REAL, "x", "y <= 1 if k > 1 else x * y <= 2", "QCP"),
        (REAL, "x", "sum(z[i]**1 + k**2 + sqrt(k) for i in A if cost[i] != 2) <= 3", "LP"),
    ],
)
def test_the_class_of_a_problem(build: Build, variables: dict[str, str], objective: str, body: str, name: str) -> None:
    assert classify(problem(build, variables, objective, body)).name == name


def test_a_linear_program_has_no_offending_terms(build: Build) -> None:
    assert classify(problem(build, REAL, "x**2", "x <= 3")).offending == ()


def test_a_term_is_named_where_it_is_written(build: Build) -> None:
    formulation = problem(build, REAL, "burn", "x <= 3", burn="hours * y", hours="k / x")
    assert classify(formulation).offending == (
        Term("let hours", "k / x", "division-by-variable"),
        Term("let burn", "hours * y", "product-of-variables"),
    )


def test_a_named_expression_that_nobody_uses_does_not_count(build: Build) -> None:
    assert classify(problem(build, REAL, "x", "x <= 3", burn="x * y")).name == "LP"


def test_an_integer_objective_names_its_products(build: Build) -> None:
    assert classify(problem(build, WHOLE, "x * y", "x <= 3")).offending == (
        Term("objective", "x * y", "product-of-variables"),
    )


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("k * 2", "constant"),
        ("x", "linear"),
        ("0 * x", "linear"),
        ("x * x", "quadratic"),
        ("x**0", "constant"),
        ("x**k", "quadratic"),
        ("x**0.5", "nonlinear"),
        ("2**x", "nonlinear"),
        ("(x > 0) + 1", "nonlinear"),
        ("sum(x for x in A)", "constant"),
    ],
)
def test_the_degree_of_an_expression(build: Build, text: str, degree: str) -> None:
    symbols = Symbols(problem(build, REAL, "x", "x <= 3"))
    assert degree_of(parse_expression(text), symbols) == degree
