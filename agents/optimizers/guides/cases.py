"""Cases: calls of a function and what they have to give."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from steepest.traces.previews import preview

__all__ = ["Case", "difference"]


@dataclass(frozen=True, slots=True)
class Case:
    """A call of the tested function, and what it has to give; all of it JSON."""

    args: Sequence[Any]
    expected: Any
    """Lists and tuples are the same; numbers are if they differ by at most 1e-9 of the larger."""
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The call as one would write it."""
        named = [f"{name}={value!r}" for name, value in self.kwargs.items()]
        return preview(f"f({', '.join([*map(repr, self.args), *named])})", 200).strip("'\"")


def difference(case: Case, value: Any) -> str:
    """What is wrong with a value that a case's call gave, in words; empty if nothing is."""
    return "" if _equal(value, case.expected) else f"gave {preview(value, 200)}, not {preview(case.expected, 200)}"


def _equal(value: Any, expected: Any) -> bool:
    if isinstance(value, bool) or isinstance(expected, bool):
        return value is expected
    if isinstance(value, (int, float)) and isinstance(expected, (int, float)):
        return math.isclose(value, expected, rel_tol=1e-9, abs_tol=1e-12) or value == expected
    if isinstance(value, (list, tuple)) and isinstance(expected, (list, tuple)):
        return len(value) == len(expected) and all(map(_equal, value, expected))
    if isinstance(value, Mapping) and isinstance(expected, Mapping):
        return value.keys() == expected.keys() and all(_equal(value[key], expected[key]) for key in value)
    return bool(value == expected)
