"""What HiGHS writes to its log while it solves an LP or QP, and tells in no other way: where its method stands."""

import re
from dataclasses import dataclass
from math import isfinite

_STEP = re.compile(r"^\s*(\d+)\s+(-?[\d.]+(?:e[+-]?\d+)?)\s+(.*)$", re.IGNORECASE)
"""`25184  5.9959026188e+05 Pr: 0(0) 2.3s` of the simplex method, `100  -212.395  25  0.08s` of that of QPs."""
_MISSED = re.compile(r"(?:Pr|Ph1): \d+\(([^)]+)\)")


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the log of a method."""

    iterations: int
    objective: float
    infeasibility: float | None
    """The sum of what is missed; None where the method tells none."""


def read_step(line: str) -> Step | None:
    """The step that a line of HiGHS's log tells of; None of any other line."""
    found = _STEP.match(line)
    if found is None or not line.rstrip().endswith("s"):
        return None
    iterations, objective, rest = found.groups()
    missed = _MISSED.search(rest)
    return Step(int(iterations), float(objective), _number(missed.group(1)) if missed else None)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None
