"""Small random formulations of scalar variables, many of them infeasible, and an exact test for the linear ones."""

import random
from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from steepest.solvers.formulation import Constraint, Domain, Formulation, Objective, Variable
from steepest.solvers.infeasibility.records import ConflictMember
from steepest.solvers.infeasibility.requirements import Requirement

Inequality = tuple[tuple[Fraction, ...], Fraction]
"""Coefficients and right-hand side of `a x <= b`."""


def random_formulation(seed: int, *, integer: bool) -> Formulation:
    """A few variables, most of them bounded, and a few rows of small whole numbers."""
    draw = random.Random(seed)
    count = draw.randint(1, 3)
    variables = [_variable(draw, f"x{place}", integer) for place in range(count)]
    rows = [Constraint(name=f"c{place}", body=_row(draw, count)) for place in range(draw.randint(1, 6))]
    objective = Objective(sense="minimize", expression="x0")
    return Formulation(variables=variables, constraints=rows, objectives=[objective])


def _variable(draw: random.Random, name: str, integer: bool) -> Variable:
    domain: Domain = draw.choice(["integer", "integer", "binary", "real"]) if integer else "real"
    if domain == "binary":
        return Variable(name=name, domain=domain)
    lower = draw.choice([None, "0", "0", str(draw.randint(-2, 2))])
    upper = draw.choice([None, str(draw.randint(2, 5))])
    return Variable(name=name, domain=domain, lower=lower, upper=upper)


def _row(draw: random.Random, count: int) -> str:
    terms = [f"{draw.randint(-3, 3)}*x{place}" for place in range(count)]
    terms[0] = f"{draw.choice([-2, -1, 1, 2])}*x0"
    return f"{' + '.join(terms)} {draw.choice(['<=', '>=', '=='])} {draw.randint(-6, 6)}"


def requirements_of(members: Iterable[ConflictMember]) -> list[Requirement]:
    """The members as elements of a formulation whose variables are scalars."""
    return [Requirement(member.kind, member.name, np.zeros(1, np.int64)) for member in members]


def is_feasible_exactly(inequalities: list[Inequality]) -> bool:
    """Fourier-Motzkin elimination in rational numbers: exact, and far too slow for more than a few variables."""
    while inequalities and inequalities[0][0]:
        without = [(a[1:], b) for a, b in inequalities if a[0] == 0]
        above = [(a, b) for a, b in inequalities if a[0] > 0]
        below = [(a, b) for a, b in inequalities if a[0] < 0]
        combined = {
            (tuple(p / a[0] - q / c[0] for p, q in zip(a[1:], c[1:], strict=True)), b / a[0] - d / c[0])
            for a, b in above
            for c, d in below
        }
        inequalities = list(dict.fromkeys([*without, *sorted(combined)]))
    return all(b >= 0 for _, b in inequalities)


def inequalities_of(formulation: Formulation, members: Iterable[Requirement]) -> list[Inequality]:
    """The requirements of a formulation made by `random_formulation`, read from their own texts."""
    names = [variable.name for variable in formulation.variables]
    bodies = {each.name: str(each.model_dump()["body"]) for each in formulation.constraints}
    found: list[Inequality] = []
    for member in members:
        if member.kind == "constraint":
            found += _of_row(bodies[member.name], names)
        elif member.kind != "domain":
            found.append(_of_bound(formulation, member, names))
    return found


def _of_bound(formulation: Formulation, member: Requirement, names: list[str]) -> Inequality:
    variable = next(each for each in formulation.variables if each.name == member.name).model_dump()
    sign = 1 if member.kind == "upper bound" else -1
    value = variable["upper" if sign == 1 else "lower"]
    return tuple(Fraction(sign * (name == member.name)) for name in names), sign * Fraction(value)


def _of_row(body: str, names: list[str]) -> list[Inequality]:
    operator = next(each for each in ("<=", ">=", "==") if each in body)
    left, right = body.split(operator)
    coefficients = dict.fromkeys(names, Fraction(0))
    for term in left.replace("- ", "+ -").split("+"):
        factor, _, name = term.replace(" ", "").partition("*")
        if not name:
            factor, name = ("-1", factor[1:]) if factor.startswith("-") else ("1", factor)
        coefficients[name] += Fraction(factor)
    row, limit = tuple(coefficients.values()), Fraction(right.strip())
    turned = tuple(-each for each in row), -limit
    return {"<=": [(row, limit)], ">=": [turned], "==": [(row, limit), turned]}[operator]
