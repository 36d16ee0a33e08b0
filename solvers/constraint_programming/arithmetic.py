"""How the scalar reading computes with decisions: which functions they have, and comparisons as differences."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from steepest.solvers.constraint_programming.linear_sums import LinearSum
from steepest.solvers.constraint_programming.refusals import NotWholeError
from steepest.solvers.language.expressions import Expression
from steepest.solvers.scalar.evaluator import MATH, ScalarEvaluator
from steepest.solvers.scalar.scope import Environment


class Sizes(Protocol):
    """Whoever makes a column of the size of a value."""

    def absolute(self, value: LinearSum) -> LinearSum:
        """The value without its sign."""


def functions_of(sizes: Sizes) -> dict[str, Callable[[Any], Any]]:
    """The functions of one number, of which decisions have only `abs`."""

    def of_data(name: str) -> Callable[[Any], Any]:
        def function(argument: Any) -> Any:
            if isinstance(argument, LinearSum):
                raise NotWholeError(f"`{name}` of a decision need not be whole")
            return MATH[name](argument)

        return function

    def absolute(argument: Any) -> Any:
        return sizes.absolute(argument) if isinstance(argument, LinearSum) else abs(argument)

    return {name: of_data(name) for name in MATH} | {"abs": absolute}


def differences(
    evaluator: ScalarEvaluator, operands: Sequence[Expression], operators: Sequence[str], env: Environment
) -> Iterator[tuple[Any, str]]:
    """Each comparison of a chain as a difference, a number or a sum, that is compared with 0."""
    values = [evaluator.number(operand, env) for operand in operands]
    for left, sign, right in zip(values, operators, values[1:], strict=False):
        yield left - right, sign
