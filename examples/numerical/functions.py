"""Random functions of two numbers, and numbers that know their derivatives."""

import operator
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LOW, HIGH = -3.0, 3.0
"""Between which the inputs are sought."""
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


@dataclass(frozen=True)
class Function:
    """A few operations, each on the last result and on something before it, or on a constant."""

    steps: tuple[tuple[str, int | float], ...]
    """The operator, and the place of an earlier value (the inputs are the first two), or a constant."""
    target: float
    """The output that is wanted; there are inputs that have it."""
    start: tuple[float, float]

    def __call__(self, first: Any, second: Any) -> Any:
        """The output of numbers, of nodes, or of numbers with derivatives."""
        values = [first, second]
        for symbol, other in self.steps:
            values.append(OPERATORS[symbol](values[-1], values[other] if isinstance(other, int) else other))
        return values[-1]


def function(seed: int, operations: int = 5) -> Function:
    """A function made from a seed; at its start the output is not what is wanted."""
    source = random.Random(f"function/{seed}")
    while True:
        steps: list[tuple[str, int | float]] = [(source.choice("+-*"), 0)]
        for place in range(3, operations + 2):
            other = source.randrange(place - 1) if source.random() < 0.7 else round(source.uniform(-2, 2), 2)
            steps.append((source.choice("+-*"), other))
        start = round(source.uniform(-1, 1), 2), round(source.uniform(-1, 1), 2)
        made = Function(tuple(steps), 0.0, start)
        target = round(made(source.uniform(-2, 2), source.uniform(-2, 2)), 3)
        if 1 < abs(made(*start) - target) < 50:
            return Function(made.steps, target, start)


@dataclass(frozen=True)
class Dual:
    """A number and its derivatives (forward differentiation: Wengert 1964)."""

    value: float
    slopes: tuple[float, float] = (0.0, 0.0)

    def __add__(self, other: "Dual | float") -> "Dual":
        other = _dual(other)
        return Dual(self.value + other.value, (self.slopes[0] + other.slopes[0], self.slopes[1] + other.slopes[1]))

    def __sub__(self, other: "Dual | float") -> "Dual":
        return self + _dual(other) * Dual(-1.0)

    def __mul__(self, other: "Dual | float") -> "Dual":
        other = _dual(other)
        first, second = (
            mine * other.value + self.value * its for mine, its in zip(self.slopes, other.slopes, strict=True)
        )
        return Dual(self.value * other.value, (first, second))


def _dual(number: "Dual | float") -> Dual:
    return number if isinstance(number, Dual) else Dual(float(number))


def with_slopes(of: Callable[[Any, Any], Any], first: float, second: float) -> Dual:
    """An output and its derivatives by both inputs."""
    return _dual(of(Dual(first, (1.0, 0.0)), Dual(second, (0.0, 1.0))))
