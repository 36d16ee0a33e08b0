"""Where an element comes from: the user's words, the place in the text, the file; and of what it is made of in turn.

Rows, steps and sensitivities name the element that they belong to, so whatever was done to a formulation on its way to
a solver, its name leads back to the words.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from steepest.solvers.definitions import names_in
from steepest.solvers.diagnostics import Place
from steepest.solvers.formulation import Constraint, Formulation, NamedExpression, Objective, Parameter, Set, Variable
from steepest.solvers.language.expressions import Comparison, Expression, Index, Name, walk

MOST_QUOTED = 3
"""Passages that a sentence cites."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where one element comes from."""

    kind: str
    """`constraint`, `parameter`, `variable`, `let`, `objective` or `set`."""
    name: str
    """Empty for an objective."""
    place: Place | None = None
    """In the text that was read; None for a formulation that was not read from a text."""
    quotes: tuple[str, ...] = ()
    """Passages of the user's text."""
    note: str = ""
    table: str | None = None
    """The file that its data are read from."""

    def __str__(self) -> str:
        where = [f"line {self.place.line}"] if self.place is not None else []
        where += [f'"{quote}"' for quote in self.quotes[:MOST_QUOTED]]
        where += [f"from {self.table}"] if self.table else []
        where += [self.note] if self.note and not where else []
        name = f"{self.kind} {self.name}".strip()
        return f"{name} ({', '.join(where)})" if where else name


class Provenance:
    """The sources of one formulation's elements; what has been asked for is remembered."""

    def __init__(self, formulation: Formulation) -> None:
        self._formulation = formulation
        self._constraints = {each.name: each for each in reversed(formulation.constraints)}
        self._data = {each.name: each for each in formulation.parameters}
        self._lets = {each.name: each for each in formulation.lets}
        self._variables = {each.name: each for each in formulation.variables}
        self._found: dict[str, tuple[Source, ...]] = {}

    def of_constraint(self, name: str) -> tuple[Source, ...]:
        """A constraint's own source, then those of the parameters in it: the ones that are a whole side of it first.

        Raises:
            KeyError: There is no constraint of this name.
        """
        if name not in self._found:
            constraint = self._constraints[name]
            sides = constraint.body.operands if isinstance(constraint.body, Comparison) else ()
            limits = [side.name for side in sides if isinstance(side, Name | Index) and side.name in self._data]
            self._found[name] = (source_of(constraint), *self._of_names([*limits, *names_in(constraint)]))
        return self._found[name]

    def of_bound(self, name: str, bound: Expression | None) -> tuple[Source, ...]:
        """A variable's own source, then those of the parameters in one of its bounds.

        Raises:
            KeyError: There is no variable of this name.
        """
        nodes = walk(bound) if bound is not None else ()
        names = [node.name for node in nodes if isinstance(node, Name | Index)]
        return (source_of(self._variables[name]), *self._of_names(names))

    def of_names(self, names: Iterable[str]) -> tuple[Source, ...]:
        """The sources of parameters, variables, named expressions and constraints by name; of others there is none."""
        found: list[Source] = []
        for name in names:
            value = self._data.get(name) or self._variables.get(name) or self._lets.get(name)
            element = value or self._constraints.get(name)
            if element is not None:
                found.append(source_of(element))
        return tuple(dict.fromkeys(found))

    def _of_names(self, names: Iterable[str]) -> Iterator[Source]:
        """The sources of the parameters that names stand for, directly or by way of definitions."""
        waiting, seen = list(reversed(list(names))), set[str]()
        while waiting:
            name = waiting.pop()
            element = self._data.get(name) or self._lets.get(name)
            if element is None or name in seen:
                continue
            seen.add(name)
            if isinstance(element, Parameter):
                yield source_of(element)
            waiting.extend(reversed(names_in(element)))


def source_of(element: Set | Parameter | Variable | NamedExpression | Objective | Constraint) -> Source:
    """Where an element itself comes from."""
    table = getattr(element, "table", None)
    return Source(
        kind="let" if isinstance(element, NamedExpression) else type(element).__name__.lower(),
        name=getattr(element, "name", ""),
        place=element.place,
        quotes=tuple(element.quotes),
        note=element.note,
        table=table.path if table is not None else None,
    )


def quotes_in(sources: Iterable[Source]) -> tuple[str, ...]:
    """The passages of all sources, each once."""
    return tuple(dict.fromkeys(quote for source in sources for quote in source.quotes))


def cited(quotes: Iterable[str]) -> str:
    """The first few passages as a sentence cites them: `"40 kg of flour", "half a kilo a loaf"`.

    One that is part of another is not told twice.
    """
    first = list(quotes)[: 2 * MOST_QUOTED]
    told = [quote for quote in first if not any(quote in other for other in first if other != quote)]
    return ", ".join(f'"{quote}"' for quote in told[:MOST_QUOTED])
