"""What the definition of a set, parameter or named expression mentions, and an order in which all can be resolved."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

from steepest.solvers.diagnostics import FormulationError, problem
from steepest.solvers.formulation import (
    Constraint,
    Formulation,
    NamedExpression,
    Objective,
    Parameter,
    Set,
    Variable,
)
from steepest.solvers.language.expressions import Expression, Head, Index, Name, Reduction, SetComprehension, walk

Definition: TypeAlias = Set | Parameter | NamedExpression
"""What other elements are defined by."""


def definition_order(formulation: Formulation) -> list[str]:
    """The names of sets, parameters and named expressions, each after those that it is defined by.

    Raises:
        FormulationError: Definitions go in a circle; the message names it.
    """
    elements = _definitions(formulation)
    names = {each.name for each in elements}
    graph = {each.name: [name for name in names_in(each) if name in names] for each in elements}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        message = f"the definitions go in a circle: {circle}"
        raise problem("cycle", message, repair="define one of them without the others") from error


def deepest_chain(formulation: Formulation) -> tuple[int, str]:
    """How many definitions stand on one another at most, and the name at the top; (0, "") where there are none."""
    elements = {each.name: each for each in _definitions(formulation)}
    depths: dict[str, int] = {}
    for name in acyclic_order(formulation):
        depths[name] = 1 + max((depths.get(used, 0) for used in names_in(elements[name])), default=0)
    return max(((depth, name) for name, depth in depths.items()), default=(0, ""))


def acyclic_order(formulation: Formulation) -> list[str]:
    """`definition_order`, or the order of declaration where definitions go in a circle."""
    try:
        return definition_order(formulation)
    except FormulationError:
        return [each.name for each in _definitions(formulation)]


def names_in(element: Definition | Variable | Constraint | Objective) -> list[str]:
    """The names that the definition of an element mentions, each once, index names left out."""
    found: dict[str, None] = {}
    for expression in expressions_of(element):
        nodes = list(walk(expression))
        inner = {
            name
            for node in nodes
            if isinstance(node, Reduction | SetComprehension)
            for generator in node.generators
            for name in generator.names
        }
        head: Head | None = getattr(element, "index", None)
        bound = inner | set(head.names if head is not None else ())
        found.update(dict.fromkeys(node.name for node in nodes if isinstance(node, Index)))
        found.update(dict.fromkeys(node.name for node in nodes if isinstance(node, Name) and node.name not in bound))
    return list(found)


def expressions_of(element: Definition | Variable | Constraint | Objective) -> Iterator[Expression]:
    """Every expression of an element, those in its head too."""
    head: Head | None = getattr(element, "index", None)
    for generator in head.generators if head is not None else ():
        yield generator.source
        if generator.condition is not None:
            yield generator.condition
    for field in ("members", "expression", "body", "lower", "upper"):
        expression = getattr(element, field, None)
        if expression is not None:
            yield expression
    if isinstance(element, Set):
        yield from (family.members for family in element.families)


def decisions(formulation: Formulation) -> frozenset[str]:
    """The names that stand for decisions: variables, and named expressions in which a variable occurs."""
    found = {variable.name for variable in formulation.variables}
    lets = {let.name: set(names_in(let)) for let in formulation.lets}
    while new := {name for name, mentioned in lets.items() if name not in found and mentioned & found}:
        found |= new
    return frozenset(found)


def _definitions(formulation: Formulation) -> list[Definition]:
    return [*formulation.sets, *formulation.parameters, *formulation.lets]


def needed_definitions(formulation: Formulation) -> list[str]:
    """The names that objectives, constraints and variables need, directly or not, in the order of `definition_order`.

    Resolved in this order, no definition waits for another one, so that a long chain of them is no deep recursion.

    Raises:
        FormulationError: Definitions go in a circle.
    """
    elements = {each.name: each for each in _definitions(formulation)}
    needed: set[str] = set()
    users: list[Definition | Variable | Constraint | Objective] = [
        *formulation.variables,
        *formulation.objectives,
        *formulation.constraints,
    ]
    while users:
        for name in names_in(users.pop()):
            if name in elements and name not in needed:
                needed.add(name)
                users.append(elements[name])
    return [name for name in definition_order(formulation) if name in needed]
