"""Which decisions two compiled formulations have in common."""

from collections.abc import Mapping
from dataclasses import dataclass

from steepest.solvers.language.expressions import Label
from steepest.solvers.vectorized.compile import CompiledModel


@dataclass(frozen=True, slots=True)
class SharedColumns:
    """The columns of two models that stand for the same decision, one of each beside the other."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    names: tuple[str, ...]
    """As the first model calls them."""

    def first_of(self) -> dict[int, int]:
        """The first model's column for each of the second."""
        return dict(zip(self.second, self.first, strict=True))

    def second_of(self) -> dict[int, int]:
        """The second model's column for each of the first."""
        return dict(zip(self.first, self.second, strict=True))


def shared_columns(first: CompiledModel, second: CompiledModel, mapping: Mapping[str, str]) -> SharedColumns:
    """The columns of decisions of the same name and index.

    Args:
        first: A compiled model.
        second: Another.
        mapping: The name in the second of a variable that is called otherwise there.
    """
    theirs = _keys(second)
    pairs = [
        (column, theirs[mapping.get(name, name), index])
        for (name, index), column in _keys(first).items()
        if (mapping.get(name, name), index) in theirs
    ]
    names = tuple(first.column_name(column) for column, _ in pairs)
    return SharedColumns(tuple(one for one, _ in pairs), tuple(other for _, other in pairs), names)


def _keys(model: CompiledModel) -> dict[tuple[str, tuple[Label, ...]], int]:
    return {
        (block.name, model.variable_index(block, position)): block.start + position
        for block in model.variables
        for position in range(block.size)
    }
