"""Mistakes that models make, each made at one place of a right formulation."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Constraint, Formulation, Objective
from steepest.solvers.language.expressions import (
    Arithmetic,
    Comparison,
    Expression,
    Generator,
    Head,
    Index,
    LabelRef,
    Name,
    Number,
    Reduction,
    SetLiteral,
    Sum,
    map_children,
    walk,
)

_TURNED = {"<=": ">=", ">=": "<="}
Part = Constraint | Objective


def _expression(part: Part) -> Expression:
    return part.body if isinstance(part, Constraint) else part.expression


def _parts(formulation: Formulation) -> list[Part]:
    return [*formulation.constraints, *formulation.objectives]


def _with(formulation: Formulation, part: Part, expression: Expression) -> Formulation:
    field = "body" if isinstance(part, Constraint) else "expression"
    new = part.model_copy(update={field: expression})
    return formulation.model_copy(
        update={
            "constraints": [new if each is part else each for each in formulation.constraints],
            "objectives": [new if each is part else each for each in formulation.objectives],
        }
    )


def _replaced(node: Expression, old: Expression, new: Expression) -> Expression:
    """The tree with one node, told by identity, in place of another."""
    return new if node is old else map_children(node, lambda child: _replaced(child, old, new))


def flipped_comparison(formulation: Formulation) -> Iterator[Formulation]:
    for part in formulation.constraints:
        body = part.body
        if isinstance(body, Comparison) and len(body.operators) == 1 and body.operators[0] in _TURNED:
            yield _with(formulation, part, replace(body, operators=(_TURNED[body.operators[0]],)))  # type: ignore[arg-type]


def omitted_constraint(formulation: Formulation) -> Iterator[Formulation]:
    for part in formulation.constraints:
        others = [each for each in formulation.constraints if each is not part]
        yield formulation.model_copy(update={"constraints": others})


def swapped_sides(formulation: Formulation) -> Iterator[Formulation]:
    """The right-hand sides of two constraints over the same index in each other's place."""
    parts = [each for each in formulation.constraints if _side(each) is not None]
    for place, one in enumerate(parts):
        for other in parts[place + 1 :]:
            a, b = _side(one), _side(other)
            if a is None or b is None or a == b or _kind(formulation, a) != _kind(formulation, b):
                continue
            once = _with(formulation, one, _replaced(one.body, a, b))
            yield _with(once, other, _replaced(other.body, b, a))


def _side(part: Constraint) -> Name | Index | None:
    right = part.body.operands[-1] if isinstance(part.body, Comparison) else None
    return right if isinstance(right, Name | Index) else None


def _kind(formulation: Formulation, node: Name | Index) -> object:
    """What a parameter is indexed by; None for what is no parameter."""
    found = next((each for each in formulation.parameters if each.name == node.name), None)
    return None if found is None else (str(found.index), str(getattr(node, "indices", ())))


def dropped_term(formulation: Formulation) -> Iterator[Formulation]:
    for part in _parts(formulation):
        for node in walk(_expression(part)):
            if isinstance(node, Sum) and not any(isinstance(each, Number) for each in node.terms):
                for place in range(len(node.terms)):
                    yield _with(formulation, part, _replaced(_expression(part), node, _without(node, place)))


def _without(node: Sum, place: int) -> Expression:
    terms = node.terms[:place] + node.terms[place + 1 :]
    signs = node.signs[:place] + node.signs[place + 1 :]
    if len(terms) == 1 and signs[0] > 0:
        return terms[0]
    return Sum((Number(0), *terms), (1, *signs)) if signs[0] < 0 else Sum(terms, signs)


def wrong_entity(formulation: Formulation) -> Iterator[Formulation]:
    """A number of another entity: a fixed label in place of an index, or the like-named number of the other thing."""
    labels = {
        each.name: [node.value for node in walk(each.members) if isinstance(node, LabelRef)]
        for each in formulation.sets
        if isinstance(each.members, SetLiteral)
    }
    parameters = {each.name: each for each in formulation.parameters}
    for part in _parts(formulation):
        for node in walk(_expression(part)):
            if isinstance(node, Index) and node.name in parameters:
                yield from _fixed_labels(formulation, part, node, labels)
            elif isinstance(node, Name) and node.name in parameters:
                stem = node.name.rpartition("_")[0]
                twins = [each for each in parameters if stem and each.rpartition("_")[0] == stem and each != node.name]
                twins = [each for each in twins if parameters[each].unit == parameters[node.name].unit]
                for twin in twins[:1]:
                    yield _with(formulation, part, _replaced(_expression(part), node, Name(twin)))


def _fixed_labels(
    formulation: Formulation, part: Part, node: Index, labels: Mapping[str, list[str]]
) -> Iterator[Formulation]:
    head = next(each.index for each in formulation.parameters if each.name == node.name)
    for place, generator in enumerate(head.generators if head is not None else ()):
        found = labels.get(generator.source.name, []) if isinstance(generator.source, Name) else []
        if found and isinstance(node.indices[place], Name):
            indices = (*node.indices[:place], LabelRef(found[0]), *node.indices[place + 1 :])
            yield _with(formulation, part, _replaced(_expression(part), node, Index(node.name, indices)))


def wrong_parameter(formulation: Formulation) -> Iterator[Formulation]:
    """Another parameter with the same index."""
    parameters = {each.name: each for each in formulation.parameters}
    for part in _parts(formulation):
        for node in walk(_expression(part)):
            if not isinstance(node, Name | Index) or node.name not in parameters:
                continue
            like = str(parameters[node.name].index)
            others = [
                each.name for each in formulation.parameters if str(each.index) == like and each.name != node.name
            ]
            for other in others[:2]:
                yield _with(formulation, part, _replaced(_expression(part), node, replace(node, name=other)))


def hard_coded(formulation: Formulation) -> Iterator[Formulation]:
    values = bind(formulation).scalars
    for part in _parts(formulation):
        for node in walk(_expression(part)):
            if isinstance(node, Name) and isinstance(values.get(node.name), int | float):
                yield _with(formulation, part, _replaced(_expression(part), node, Number(float(values[node.name]))))


def turned_objective(formulation: Formulation) -> Iterator[Formulation]:
    objective = formulation.objectives[0]
    sense = "minimize" if objective.sense == "maximize" else "maximize"
    yield formulation.model_copy(update={"objectives": [objective.model_copy(update={"sense": sense})]})


def real_decisions(formulation: Formulation) -> Iterator[Formulation]:
    for variable in formulation.variables:
        if variable.domain in ("integer", "binary"):
            update: dict[str, object] = {"domain": "real"}
            if variable.domain == "binary":
                update |= {"lower": Number(0), "upper": Number(1)}
            others = [each.model_copy(update=update) if each is variable else each for each in formulation.variables]
            yield formulation.model_copy(update={"variables": others})


def wrong_aggregation(formulation: Formulation) -> Iterator[Formulation]:
    """A constraint for each term of a sum in place of one for the sum; an objective that takes the largest term."""
    for part in formulation.constraints:
        body = part.body
        sums = [each for each in walk(body) if isinstance(each, Reduction) and each.function == "sum"]
        if len(sums) == 1 and isinstance(body, Comparison) and sums[0] is body.operands[0]:
            generators: tuple[Generator, ...] = sums[0].generators
            head = Head((*(part.index.generators if part.index is not None else ()), *generators))
            new = part.model_copy(update={"index": head, "body": _replaced(body, sums[0], sums[0].body)})
            others = [new if each is part else each for each in formulation.constraints]
            yield formulation.model_copy(update={"constraints": others})
    objective = formulation.objectives[0]
    if isinstance(objective.expression, Reduction) and objective.sense == "minimize":
        yield _with(formulation, objective, replace(objective.expression, function="max"))


def scaled_objective(formulation: Formulation) -> Iterator[Formulation]:
    objective = formulation.objectives[0]
    yield _with(formulation, objective, Arithmetic("*", Number(10), objective.expression))


def wrong_number(formulation: Formulation) -> Iterator[Formulation]:
    """A number that is ten times what the text says."""
    for parameter in formulation.parameters:
        if isinstance(parameter.value, int | float):
            new = parameter.model_copy(update={"value": 10 * parameter.value})
            others = [new if each is parameter else each for each in formulation.parameters]
            yield formulation.model_copy(update={"parameters": others})


MUTATIONS: Mapping[str, Callable[[Formulation], Iterator[Formulation]]] = {
    "comparison flipped": flipped_comparison,
    "constraint omitted": omitted_constraint,
    "two sides swapped": swapped_sides,
    "term dropped": dropped_term,
    "number of another entity": wrong_entity,
    "another parameter": wrong_parameter,
    "number hard-coded": hard_coded,
    "min and max exchanged": turned_objective,
    "integer made real": real_decisions,
    "wrong aggregation": wrong_aggregation,
    "objective times 10": scaled_objective,
    "number times 10": wrong_number,
}


def mutants(formulation: Formulation, mutation: str, most: int, draw: random.Random) -> list[Formulation]:
    """Some of the mutants of one kind, chosen by the draw."""
    found = list(MUTATIONS[mutation](formulation))
    return found if len(found) <= most else draw.sample(found, most)
