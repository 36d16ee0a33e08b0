"""One instance of a formulation as Python dictionaries: sets, parameters and index domains, in dependency order.

The scalar reading of the language. It is slow and plain on purpose: the vectorized compiler is checked against it, and
the Pyomo model and the exported script are built on it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import TypeAlias

from steepest.solvers.data.instance_data import Cells, Data, Dense, Members
from steepest.solvers.definitions import Definition, definition_order
from steepest.solvers.diagnostics import Diagnostics, problem
from steepest.solvers.formulation import Constraint, Formulation, NamedExpression, Parameter, Set, Variable
from steepest.solvers.language.expressions import (
    Expression,
    Generator,
    Head,
    Label,
)
from steepest.solvers.language.labels import normalize_label
from steepest.solvers.scalar.evaluator import ScalarEvaluator
from steepest.solvers.scalar.ordered_sets import Key, Member, OrderedSet, flat, spell_key
from steepest.solvers.scalar.scope import Environment, Table

Domain: TypeAlias = Mapping[Key, Environment]
"""Every index tuple at which an element exists, and what its index names stand for there."""


class ScalarInstance:
    """A formulation with its data: what every set contains, every parameter is worth, and where all else exists."""

    def __init__(self, formulation: Formulation, data: Data) -> None:
        """Resolve the sets, the parameters and the domains.

        Raises:
            FormulationError: A parameter is missing, a definition goes in a circle, or data and sets do not agree.
        """
        self.formulation = formulation
        self.data = data
        self.sets: dict[str, OrderedSet] = {}
        self.families: dict[str, dict[Key, OrderedSet]] = {}
        self.parameters: dict[str, Table] = {}
        self.lets: dict[str, tuple[Expression, Domain]] = {}
        self.domains: dict[str, Domain] = {}
        self.variables: dict[str, frozenset[Key]] = {}
        _refuse_missing(formulation, data)
        definitions: list[Definition] = [*formulation.sets, *formulation.parameters, *formulation.lets]
        elements = {each.name: each for each in definitions}
        for name in definition_order(formulation):
            self._define(elements[name])
        for variable in formulation.variables:
            self.domains[variable.name] = self.domain(variable.index, f"variable {variable.name}")
            self.variables[variable.name] = frozenset(self.domains[variable.name])

    def domain(self, head: Head | None, element: str | None = None) -> Domain:
        """The index tuples of a head in order, each with its index names."""
        if head is None:
            return {(): {}}
        return dict(ScalarEvaluator(self, element=element).sets.bindings(head.generators, {}))

    def bounds(self, variable: Variable) -> Iterator[tuple[Key, float | None, float | None]]:
        """The bounds of a variable at every index tuple, as they are written; null is unbounded."""
        evaluator = ScalarEvaluator(self, element=f"variable {variable.name}")
        for key, env in self.domains[variable.name].items():
            lower, upper = (
                None if bound is None else evaluator.number(bound, env) for bound in (variable.lower, variable.upper)
            )
            yield key, lower, upper

    def constraint_domain(self, constraint: Constraint) -> Domain:
        """The index tuples of a constraint."""
        return self.domain(constraint.index, f"constraint {constraint.name}")

    # Definitions, in the order in which they depend on each other

    def _define(self, element: Definition) -> None:
        match element:
            case Set():
                self._define_set(element)
            case Parameter():
                self.parameters[element.name] = self._table(element)
            case NamedExpression():
                domain = self.domain(element.index, f"let {element.name}")
                self.lets[element.name] = (element.expression, domain)

    def _define_set(self, element: Set) -> None:
        name, where = element.name, f"set {element.name}"
        evaluator = ScalarEvaluator(self, element=where)
        bound = self.data.members.get(name)
        if element.families or element.index is not None:
            self.families[name] = self._family(element, bound, evaluator)
        elif bound is not None:
            self.sets[name] = OrderedSet(_unique(_tuples(bound), where), name)
        elif element.members is not None:
            members = evaluator.sets.members(element.members, {})
            self.sets[name] = replace(members, name=name)
        else:
            raise problem(
                "missing-data", f"the set {name} is to be read from a table that was not bound", element=where
            )

    def _family(self, element: Set, bound: Members | None, evaluator: ScalarEvaluator) -> dict[Key, OrderedSet]:
        name = element.name
        if bound is not None:
            return _grouped(name, bound, _head_width(self, element))
        if element.members is not None:
            found = {
                key: evaluator.sets.members(element.members, env)
                for key, env in self.domain(element.index, f"set {name}").items()
            }
        else:
            found = {tuple(each.index): evaluator.sets.members(each.members, {}) for each in element.families}
        return {key: replace(each, name=f"{name}{spell_key(key)}") for key, each in found.items()}

    def _table(self, element: Parameter) -> Table:
        name, where = element.name, f"parameter {element.name}"
        domain = self.domain(element.index, where)
        if name in self.data.cells:
            cells = self.data.cells[name]
            given = self._dense(element, cells) if isinstance(cells, Dense) else self._sparse(element, cells)
            if element.default is not None:
                given = {key: given.get(key, element.default) for key in domain}
            values = {key: value for key, value in given.items() if key in domain}
        elif name in self.data.scalars:
            values = dict.fromkeys(domain, self.data.scalars[name])
        elif element.expression is not None:
            evaluator = ScalarEvaluator(self, element=where)
            values = {key: _datum(evaluator, element.expression, env, name) for key, env in domain.items()}
        else:
            raise problem(
                "missing-data", f"the parameter {name} is to be read from a table that was not bound", element=where
            )
        return Table(values, frozenset(domain))

    def _sparse(self, element: Parameter, cells: Cells) -> dict[Key, Label]:
        values = cells.values if isinstance(cells.values, list | tuple) else list(cells.values)
        given = {
            key: _plain(value)
            for key, value in zip(_keys(cells.keys), values, strict=True)
            if not (isinstance(value, float) and math.isnan(value))
        }
        self._refuse_unknown(element, given)
        return given

    def _refuse_unknown(self, element: Parameter, given: Iterable[Key]) -> None:
        """Labels that are in no index set; a cell that only the condition of the head leaves out is no error."""
        if element.index is None:
            return
        anywhere = self.domain(_without_conditions(element.index), f"parameter {element.name}")
        for key in given:
            if key not in anywhere:
                message = f"the parameter {element.name} has a value at {spell_key(key)}, which its index does not have"
                raise problem("unknown-label", message, element=f"parameter {element.name}")

    def _dense(self, element: Parameter, cells: Dense) -> dict[Key, Label]:
        where = f"parameter {element.name}"
        generators = element.index.generators if element.index is not None else ()
        evaluator = ScalarEvaluator(self, element=where)
        axes = [evaluator.sets.members(generator.source, {}).members for generator in generators]
        if cells.values.shape != tuple(len(axis) for axis in axes):
            wanted = " x ".join(str(len(axis)) for axis in axes)
            given = " x ".join(str(length) for length in cells.values.shape)
            raise problem(
                "array-shape", f"{given or 'a single'} values for an index of {wanted} elements", element=where
            )
        keys = (tuple(label for member in members for label in flat(member)) for members in product(*axes))
        values = cells.values.ravel().tolist()
        return {key: value for key, value in zip(keys, values, strict=True) if not math.isnan(value)}


def _refuse_missing(formulation: Formulation, data: Data) -> None:
    """Say at once everything that the text does not give and no table gives either."""
    findings = Diagnostics()
    for parameter in formulation.parameters:
        if parameter.missing and parameter.name not in data.cells and parameter.name not in data.scalars:
            findings.add(
                "error",
                "missing-data",
                f"the parameter {parameter.name} is missing",
                element=f"parameter {parameter.name}",
                place=parameter.place,
                repair="give its value, or bind it to a table",
            )
    findings.raise_errors()


def _datum(evaluator: ScalarEvaluator, expression: Expression, env: Environment, name: str) -> Label:
    value = evaluator.value(expression, env)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        message = f"the parameter {name} is defined by `{expression}`, which is neither a number nor a label"
        evaluator.fail("not-a-value", message, expression)
    return normalize_label(value) if isinstance(value, str) else value


def _plain(value: object) -> Label:
    """A value of a column as Python's own number, or the word that it is."""
    return normalize_label(value) if isinstance(value, str) else float(value)  # type: ignore[arg-type]  # a number


def _keys(columns: tuple[Iterable[Label], ...]) -> Iterator[Key]:
    return zip(*(_labels(column) for column in columns), strict=True)


def _labels(column: Iterable[Label]) -> Iterator[Label]:
    tolist = getattr(column, "tolist", None)
    return (normalize_label(label) for label in (tolist() if tolist is not None else column))


def _tuples(members: Members) -> Iterator[Member]:
    keys = _keys(members.columns)
    return (key[0] if len(key) == 1 else key for key in keys)


def _unique(members: Iterator[Member], where: str) -> tuple[Member, ...]:
    found: dict[Member, None] = {}
    for member in members:
        if member in found:
            raise problem("duplicate-label", f"{member!r} stands twice in the data", element=where)
        found[member] = None
    return tuple(found)


def _grouped(name: str, members: Members, width: int) -> dict[Key, OrderedSet]:
    """A family of sets from rows of index columns and member columns."""
    groups: dict[Key, list[Member]] = {}
    for row in _keys(members.columns):
        member = row[width:]
        groups.setdefault(row[:width], []).append(member[0] if len(member) == 1 else member)
    return {
        key: OrderedSet(_unique(iter(found), f"set {name}{spell_key(key)}"), f"{name}{spell_key(key)}")
        for key, found in groups.items()
    }


def _head_width(instance: ScalarInstance, element: Set) -> int:
    """How many labels an index tuple of a family has."""
    if element.index is None:
        return 1
    evaluator = ScalarEvaluator(instance, element=f"set {element.name}")
    width = 0
    for generator in element.index.generators:
        source = evaluator.sets.members(generator.source, {})
        width += len(flat(source.members[0])) if len(source) else max(1, len(generator.names))
    return width


def _without_conditions(head: Head) -> Head:
    return Head(tuple(Generator(generator.pattern, generator.source) for generator in head.generators))
