"""Why constraint programming does not take a formulation."""

from collections.abc import Iterator
from contextlib import contextmanager

from steepest.errors import SteepestError
from steepest.solvers.language.expressions import Expression
from steepest.solvers.language.spelling import spell
from steepest.solvers.vectorized.algebra import UnsupportedProblemError


class NotWholeError(SteepestError):
    """A term has no exact form over whole numbers; whoever reads the expression names it."""


@contextmanager
def naming(node: Expression) -> Iterator[None]:
    """Name the expression in which a term is refused.

    Raises:
        UnsupportedProblemError: In place of `NotWholeError`.
    """
    try:
        yield
    except NotWholeError as error:
        raise UnsupportedProblemError(spell(node), str(error), node.place) from error
