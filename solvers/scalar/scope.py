"""What the scalar reading knows of a formulation: its names, what they contain, and the index names at a place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, TypeAlias

from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import Expression, Label
from steepest.solvers.scalar.ordered_sets import Bound, Key, OrderedSet, spell_key

Environment: TypeAlias = Mapping[str, Bound]
"""The index names in scope and what each stands for."""

VariableLookup: TypeAlias = Callable[[str, Key], Any]
"""What a variable is at an index tuple."""


@dataclass(frozen=True, slots=True)
class Table:
    """A parameter's values; `domain` holds every index tuple it may be asked at, those without a value too."""

    values: Mapping[Key, Label]
    domain: frozenset[Key]


class Scope(Protocol):
    """The names of a formulation and what they contain, as far as they are known yet."""

    @property
    def sets(self) -> Mapping[str, OrderedSet]:
        """Sets by name."""

    @property
    def families(self) -> Mapping[str, Mapping[Key, OrderedSet]]:
        """Indexed sets by name."""

    @property
    def parameters(self) -> Mapping[str, Table]:
        """Parameters by name; a scalar has the empty index tuple."""

    @property
    def variables(self) -> Mapping[str, frozenset[Key]]:
        """Where each variable exists."""

    @property
    def lets(self) -> Mapping[str, tuple[Expression, Mapping[Key, Environment]]]:
        """Named expressions, and the index names of each at every index tuple."""


def data_only(name: str, key: Key) -> NoReturn:
    """The variable lookup where only data may stand.

    Raises:
        FormulationError: Always.
    """
    raise problem("variable-in-data", f"the variable {name}{spell_key(key)} stands where only data can")
