"""An instance: a formulation with its data, every set, parameter and named expression resolved when first asked for."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TypeVar

import numpy as np

from steepest.solvers.data.instance_data import Cells, Data, Dense, Members
from steepest.solvers.diagnostics import FormulationError, problem
from steepest.solvers.formulation import Element, Formulation, NamedExpression, Parameter, Set
from steepest.solvers.language.expressions import Expression, Generator, Head, Index, Label, Name
from steepest.solvers.vectorized.evaluation import Evaluator, free_names
from steepest.solvers.vectorized.frames import ROOT, Frame, Labels, locate
from steepest.solvers.vectorized.relations import Domain, Positions, Relation
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.vectorized.symbols import Family, ParameterArray, Value
from steepest.solvers.vectorized.universe import Ids, Universe

T = TypeVar("T")


class Instance:
    """Resolves names on demand, each once; a name that needs itself is an error that names the circle."""

    def __init__(self, formulation: Formulation, data: Data) -> None:
        self.formulation = formulation
        self.data = data
        self.universe = Universe()
        self.evaluate = Evaluator(self)
        self._resolved: dict[str, object] = {}
        self._resolving: list[str] = []

    @cached_property
    def _sets(self) -> dict[str, Set]:
        return {each.name: each for each in self.formulation.sets}

    @cached_property
    def _lets(self) -> dict[str, NamedExpression]:
        return {each.name: each for each in self.formulation.lets}

    @cached_property
    def _parameters(self) -> dict[str, Parameter]:
        return {each.name: each for each in self.formulation.parameters}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What a name was resolved to, made at the first call."""
        if name in self._resolved:
            return self._resolved[name]  # type: ignore[return-value]
        if name in self._resolving:
            circle = " -> ".join([*self._resolving[self._resolving.index(name) :], name])
            raise problem("cycle", f"the definitions go round in a circle: {circle}")
        self._resolving.append(name)
        try:
            made = make()
        finally:
            self._resolving.pop()
        self._resolved[name] = made
        return made

    def resolve(self, names: Iterable[str]) -> None:
        """Resolve sets and parameters in an order in which none waits for another."""
        for name in names:
            if name in self._sets:
                self.relation(name) if self._sets[name].index is None else self.family(name)
            elif name in self._parameters:
                element = self._parameters[name]
                self.scalar(name, Name(name)) if element.index is None else self.parameter(name, Index(name, ()))

    # Sets

    def is_set(self, name: str) -> bool:
        """Whether the name is a set or a family of sets."""
        return name in self._sets

    def relation(self, name: str) -> Relation:
        """A set's elements.

        Raises:
            FormulationError: There is no such set, or its definition has no meaning.
        """
        if name not in self._sets:
            raise problem("unknown-set", f"`{name}` is not a set")
        return self.once(name, lambda: self._relation(self._sets[name]))

    def _relation(self, element: Set) -> Relation:
        with within(element, f"set {element.name}"):
            if element.name in self.data.members:
                bound = self._bound_relation(self.data.members[element.name])
                return Relation(bound.columns, getattr(element.members, "cyclic", False))
            if element.index is not None or element.members is None:
                message = f"`{element.name}` is a family of sets and needs an index" if element.index else "has no data"
                repair = f"write `{element.name}[...]`" if element.index else f"bind a table with {element.name}=FILE"
                raise problem("set-without-members", message, repair=repair)
            return self.evaluate.sets.relation(element.members)

    def _bound_relation(self, members: Members) -> Relation:
        return Relation(tuple(self.universe.intern(column) for column in members.columns))

    def family(self, name: str) -> Family:
        """A family of sets.

        Raises:
            FormulationError: The name stands for something else, or the sets have no meaning.
        """
        if name not in self._sets or self._sets[name].index is None:
            raise problem("not-a-family", f"`{name}` is not a family of sets")
        return self.once(name, lambda: self._family(self._sets[name]))

    def _family(self, element: Set) -> Family:
        with within(element, f"set {element.name}"):
            if element.name in self.data.members:
                return self._bound_family(element, self.data.members[element.name])
            if element.members is not None:
                return self._derived_family(self.frame(element.index), element.members)
            keys = [self.universe.intern(column) for column in zip(*(f.index for f in element.families), strict=True)]
            parts = []
            for number, family in enumerate(element.families):
                relation = self.evaluate.relation(family.members)
                if len(relation):
                    of_this = [np.full(len(relation), column[number], np.int32) for column in keys]
                    parts.append([*of_this, *relation.columns])
            if len({len(part) for part in parts}) > 1:
                raise problem("mixed-tuples", "the sets hold tuples of different lengths")
            joined = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
            return Family(Relation(tuple(keys)), Relation(tuple(joined or _no_rows(len(keys) + 1))))

    def _bound_family(self, element: Set, members: Members) -> Family:
        columns = self._bound_relation(members).columns
        frame = self.frame(element.index)
        keys = Relation(tuple(labels.ids for labels in frame.columns.values()))
        unknown = keys.locate(columns[: keys.width]) < 0
        if unknown.any():
            row = int(np.argmax(unknown))
            key = ", ".join(repr(column[row]) for column in members.columns[: keys.width])
            raise problem("unknown-label", f"members are given for [{key}], which is outside of its index")
        return Family(keys, Relation(columns))

    def _derived_family(self, frame: Frame, members: Expression) -> Family:
        rows, columns = self.evaluate.sets.members(members, frame)
        keys = tuple(np.broadcast_to(label.ids, frame.size) for label in frame.columns.values())
        return Family(Relation(keys), Relation((*(key[rows] for key in keys), *(column.ids for column in columns))))

    # Heads

    def frame(self, head: Head | None) -> Frame:
        """A row for every index tuple of a head."""
        return ROOT if head is None else self.evaluate.expand(ROOT, head.generators).frame

    def domain(self, head: Head) -> Domain:
        """A head as a domain: a product of sets where nothing is filtered, otherwise one relation of what is left."""
        if all(self._is_plain(generator, head) for generator in head.generators):
            return Domain(tuple(self.evaluate.relation(generator.source) for generator in head.generators))
        columns = self.frame(head).columns.values()
        relation = Relation(tuple(column.ids for column in columns), False, tuple(column.over for column in columns))
        return Domain((relation,))

    def _is_plain(self, generator: Generator, head: Head) -> bool:
        return generator.condition is None and not (free_names(generator.source) & set(head.names))

    # Parameters

    def scalar(self, name: str, node: Name) -> Value:
        """A scalar parameter's value.

        Raises:
            FormulationError: The name stands for something else, or its value is missing.
        """
        element = self._parameters.get(name) or self._lets.get(name)
        if element is None:
            if name == "pi":
                return np.float64(np.pi)  # type: ignore[return-value]  # a 0-dimensional array in all but name
            raise problem("unknown-name", f"`{name}` is no scalar parameter or index here", place=node.place)
        if element.index is not None:
            raise problem("index-missing", f"`{name}` is indexed: write `{name}[...]`", place=node.place)
        return self.once(name, lambda: self._scalar(element))

    def _scalar(self, parameter: Parameter | NamedExpression) -> Value:
        if isinstance(parameter, NamedExpression):
            with within(parameter, f"let {parameter.name}"):
                return _single(self.evaluate.value(parameter.expression, ROOT))
        with within(parameter, f"parameter {parameter.name}"):
            if parameter.name in self.data.scalars:
                return self._constant(self.data.scalars[parameter.name])
            if parameter.expression is not None:
                return _single(self.evaluate.value(parameter.expression, ROOT))
            raise self._missing(parameter)

    def _constant(self, value: Label) -> Value:
        if isinstance(value, str):
            return Labels(given=self.universe.intern([value])[0])
        return np.float64(value)  # type: ignore[return-value]  # a 0-dimensional array in all but name

    def _missing(self, parameter: Parameter) -> FormulationError:
        unit = f" [{parameter.unit}]" if parameter.unit else ""
        message = f"the value of `{parameter.name}`{unit} is missing: {parameter.note or 'the text does not give it'}"
        repair = f"write it into the formulation, or bind it with --data {parameter.name}=..."
        return problem("missing-data", message, repair=repair)

    def parameter(self, name: str, node: Index) -> ParameterArray:
        """An indexed parameter's values.

        Raises:
            FormulationError: The name stands for something else, or its data are missing or don't fit.
        """
        element = self._parameters.get(name) or self._lets.get(name)
        if element is None:
            raise problem("unknown-name", f"`{name}` is no indexed parameter", place=node.place)
        if element.index is None:
            raise problem("not-indexed", f"`{name}` has no index", place=node.place)
        return self.once(name, lambda: self._parameter(element))

    def _parameter(self, parameter: Parameter | NamedExpression) -> ParameterArray:
        if isinstance(parameter, NamedExpression):
            with within(parameter, f"let {parameter.name}"):
                return self._derived(parameter)
        with within(parameter, f"parameter {parameter.name}"):
            assert parameter.index is not None  # noqa: S101  # the caller has looked
            domain = self.domain(parameter.index)
            if parameter.name in self.data.scalars:
                return self._everywhere(domain, self._constant(self.data.scalars[parameter.name]))
            match self.data.cells.get(parameter.name):
                case Dense(values):
                    return ParameterArray(domain, self._dense(parameter.index, domain, values))
                case Cells() as cells:
                    return self._from_cells(parameter, domain, cells)
            if parameter.expression is None:
                raise self._missing(parameter)
            return self._derived(parameter)

    def _derived(self, element: Parameter | NamedExpression) -> ParameterArray:
        assert element.index is not None  # noqa: S101  # the callers have looked
        assert element.expression is not None  # noqa: S101
        value = self.evaluate.value(element.expression, self.frame(element.index))
        return self._everywhere(self.domain(element.index), value)

    def _everywhere(self, domain: Domain, value: Value) -> ParameterArray:
        if isinstance(value, Labels):
            return ParameterArray(domain, ids=np.broadcast_to(value.ids, len(domain)))
        return ParameterArray(domain, np.broadcast_to(value, len(domain)))

    def _dense(self, head: Head, domain: Domain, values: Numbers) -> Numbers:
        """An array's values: one per element of the product of the head's sets, of which a condition may keep some."""
        product = self.domain(_without_conditions(head))
        wanted = tuple(len(factor) for factor in product.factors)
        if values.shape != wanted:
            raise problem("array-shape", f"the array has the shape {values.shape}, its sets the sizes {wanted}")
        if not np.isfinite(values).all():
            at = tuple(int(k) for k in np.argwhere(~np.isfinite(values))[0])
            raise problem("not-a-number", f"the array holds {values[at]} at {at}", repair="every value is finite")
        values = np.asarray(values, np.float64)
        if head == _without_conditions(head):
            return values.ravel()
        positions = locate(product, [Labels(given=column) for column in domain.columns()])
        return np.asarray(values.ravel()[positions], np.float64)

    def _from_cells(self, parameter: Parameter, domain: Domain, cells: Cells) -> ParameterArray:
        keys = [self.universe.find(column) for column in cells.keys]
        if len(keys) != domain.width:
            raise problem("index-count", f"its data have {len(keys)} keys, its index {domain.width}")
        positions = locate(domain, [Labels(given=key) for key in keys])
        if (positions < 0).any():
            self._require_known_keys(parameter, cells, keys, positions)
        kept = positions >= 0  # what only a condition of the head leaves out is data that nobody needs
        if isinstance(cells.values, np.ndarray):
            numbers = np.full(len(domain), np.nan if parameter.default is None else parameter.default)
            numbers[positions[kept]] = cells.values[kept]
            return ParameterArray(domain, numbers)
        ids: Ids = np.full(len(domain), -1, np.int32)
        ids[positions[kept]] = self.universe.intern(cells.values)[kept]
        return ParameterArray(domain, ids=ids)

    def _require_known_keys(self, parameter: Parameter, cells: Cells, keys: list[Ids], positions: Positions) -> None:
        """Refuse a key outside of the head's sets."""
        assert parameter.index is not None  # noqa: S101  # cells are read for indexed parameters only
        product = self.domain(_without_conditions(parameter.index))
        unknown = (positions < 0) & (locate(product, [Labels(given=key) for key in keys]) < 0)
        if unknown.any():
            row = int(np.argmax(unknown))
            key = ", ".join(repr(column[row]) for column in cells.keys)
            raise problem("unknown-label", f"a value is given at [{key}], which is outside of its index")


def _single(value: Value) -> Value:
    """The one value of the root's one row, 0-dimensional: it stands for every row of whatever frame it is used in."""
    if isinstance(value, Labels):
        return Labels(value.over, None, value.ids.reshape(()))
    return np.asarray(value, np.float64).reshape(())


def _without_conditions(head: Head) -> Head:
    return Head(tuple(Generator(each.pattern, each.source) for each in head.generators))


def _no_rows(width: int) -> list[Ids]:
    return [np.empty(0, np.int32) for _ in range(width)]


@contextmanager
def within(element: Element, name: str) -> Iterator[None]:
    """Places findings in an element where they name none of their own."""
    try:
        yield
    except FormulationError as error:
        raise error.within(name, element.place) from error
