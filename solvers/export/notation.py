"""What mathematics is written by, in LaTeX and in MathML: how strongly forms bind, and the names of indices."""

from collections.abc import Sequence

from steepest.solvers.language.expressions import Generator

__all__ = ["ATOM", "COMPARISON", "CONDITION", "NOT", "PRODUCT", "SUM", "UNION", "index_names"]

# A weaker form inside a stronger one is put in parentheses.
CONDITION, NOT, COMPARISON, UNION, SUM, PRODUCT, ATOM = range(7)


def index_names(generators: Sequence[Generator]) -> list[tuple[str, ...]]:
    """The index names of generators; those that are left out (`ship[Plant, Store]`) are i, j, k in turn."""
    taken = {name for generator in generators for name in generator.names}
    free = (letter for letter in "ijklmnopqrstuvwxyz" if letter not in taken)
    return [generator.names or (next(free, "i"),) for generator in generators]
