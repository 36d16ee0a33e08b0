"""The structure of a formulation as a set of features, so that problems of one shape are found by it.

After the archetypes of OptSkills (arXiv 2605.29829), which found the nearest neighbour of a problem far more often by
its structure than by its text; here the structure is read from the formulation, without a model.
"""

from collections.abc import Collection, Iterator

from steepest.solvers.checks.degree import classify
from steepest.solvers.formulation import Constraint, Formulation, Objective, Variable
from steepest.solvers.language.expressions import (
    GLOBAL_CONSTRAINTS,
    LOGICAL_FUNCTIONS,
    Arithmetic,
    Call,
    Comparison,
    Connective,
    Expression,
    Head,
    Index,
    Name,
    Number,
    Reduction,
    SetComprehension,
    Sum,
    walk,
)

__all__ = ["fingerprint", "similarity"]

_MANY = 3
"""Indices, objectives: beyond that it makes no difference to the shape."""


def fingerprint(formulation: Formulation) -> tuple[str, ...]:
    """The features of a formulation, sorted: its class, its sets, and a feature for each kind of element in it.

    Names and numbers take no part, so that a diet and a blend of alloys have the same.
    """
    variables = {variable.name: variable for variable in formulation.variables}
    features = {f"class {classify(formulation).name}"}
    features.update(f"{variable.domain} variable{_arity(variable.index)}" for variable in formulation.variables)
    features.update(f"bounded {each.domain}" for each in formulation.variables if each.upper is not None)
    features.update(_set_features(formulation))
    for objective in formulation.objectives:
        features.update(_objective_features(objective, variables))
    if len(formulation.objectives) > 1:
        features.add("several objectives")
    for constraint in formulation.constraints:
        features.update(_constraint_features(constraint, variables))
    return tuple(sorted(features))


def similarity(one: Collection[str], other: Collection[str]) -> float:
    """The Jaccard index of two fingerprints: features in both over features in any; 0 where both are empty."""
    first, second = set(one), set(other)
    union = len(first | second)
    return len(first & second) / union if union else 0.0


def _arity(head: Head | None) -> str:
    count = min(len(head.generators), _MANY) if head is not None else 0
    return f" over {count} {'set' if count == 1 else 'sets'}" if count else ""


def _set_features(formulation: Formulation) -> Iterator[str]:
    for each in formulation.sets:
        if each.index is not None or each.families:
            yield "family of sets"
        if isinstance(each.members, SetComprehension):
            yield "filtered set"
        if each.table is not None:
            yield "set from a file"


def _objective_features(objective: Objective, variables: dict[str, Variable]) -> Iterator[str]:
    yield objective.sense
    yield from (f"{kind} in the objective" for kind in _kinds(objective.expression, variables))


def _constraint_features(constraint: Constraint, variables: dict[str, Variable]) -> Iterator[str]:
    body = constraint.body
    head = "per index" if constraint.index is not None else "one"
    yield from (f"{kind} in a constraint" for kind in _kinds(body, variables))
    if not isinstance(body, Comparison):
        return
    for operator in body.operators:
        yield f"{head} {operator}"
    data_sides = [not _decisions(side, variables) for side in body.operands]
    if len(body.operands) == 2 and data_sides[1]:
        yield f"sum {body.operators[0]} data" if _has_sum(body.operands[0]) else f"term {body.operators[0]} data"
    if not any(data_sides):
        yield "switched by a binary" if _is_switched(body, variables) else "decisions on both sides"
    if body.operators == ("==",) and _has_lag(body):
        yield "balance over periods"


def _kinds(expression: Expression, variables: dict[str, Variable]) -> Iterator[str]:
    """What an expression does to decisions beyond sums of multiples."""
    for node in walk(expression):
        match node:
            case Call(function=function) if function in GLOBAL_CONSTRAINTS | LOGICAL_FUNCTIONS or _decisions(
                node, variables
            ):
                yield function
            case Connective(operator=operator):
                yield operator
            case Reduction(function="min" | "max") if _decisions(node, variables):
                yield node.function
            case Arithmetic(operator="*", left=left, right=right) if _both(left, right, variables):
                yield "product of decisions"
            case Arithmetic(operator="/", right=right) if _decisions(right, variables):
                yield "ratio"
            case Arithmetic(operator="**", left=left) if _decisions(left, variables):
                yield "power"


def _both(left: Expression, right: Expression, variables: dict[str, Variable]) -> bool:
    return bool(_decisions(left, variables) and _decisions(right, variables))


def _decisions(expression: Expression, variables: dict[str, Variable]) -> list[Variable]:
    nodes = (node.name for node in walk(expression) if isinstance(node, Name | Index))
    return [variables[name] for name in nodes if name in variables]


def _is_switched(body: Comparison, variables: dict[str, Variable]) -> bool:
    """A quantity that is held to nothing while a binary is off, as in `ship <= capacity * open`."""
    domains = [{variable.domain for variable in _decisions(side, variables)} for side in body.operands]
    return len(domains) == 2 and {"binary"} in domains and domains[0] != domains[1]


def _has_sum(expression: Expression) -> bool:
    return any(isinstance(node, Reduction) and node.function == "sum" for node in walk(expression)) or (
        isinstance(expression, Sum) and len(expression.terms) > 1
    )


def _has_lag(body: Comparison) -> bool:
    """Whether an index is shifted, as in `stock[t - 1]`."""
    shifted = (index for node in walk(body) if isinstance(node, Index) for index in node.indices)
    return any(isinstance(index, Sum) and any(isinstance(term, Number) for term in index.terms) for index in shifted)
