"""What a candidate is made of: values that JSON can say, each for a component with rules of its own."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from steepest.traces.previews import preview

__all__ = ["Component", "Kind", "Rejection", "Value", "Values", "are_same", "digest_of"]

Value: TypeAlias = Any
"""What JSON can say: None, bool, int, float (finite), str, lists and dicts of these."""
Values: TypeAlias = Mapping[str, Value]
"""A value for each component, by its name."""
Kind: TypeAlias = Literal["text", "code", "integer", "float", "boolean", "choice", "json"]
"""What a component's values are: a text; Python source; a whole number; a number; yes or no; one of `choices`; any
other value that JSON can say."""


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that candidates differ in: a prompt, a number, a piece of code."""

    name: str
    kind: Kind
    description: str = ""
    """What it is for, in words for whoever proposes values."""
    constraint: str = ""
    """What its values have to meet, in words."""
    choices: tuple[Value, ...] = ()
    """All values that it can have, for a `choice`."""
    low: float | None = None
    high: float | None = None
    """Bounds of a number, both included."""
    log: bool = False
    """Whether a number's magnitudes matter more than its differences: search on a logarithmic scale."""
    judge: Callable[[Value], Value] | None = None
    """Gives the value as the component would have it, or raises `SteepestError` with the reason."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A proposal that was not used, and why; it is kept and shown to whoever proposes next."""

    reason: str
    component: str = ""
    """Empty if the reply as a whole could not be used."""
    value: str = ""
    """What was proposed, shortened."""


def digest_of(values: Values) -> str:
    """Sixteen digits of the SHA-256 of a candidate's values: candidates of equal values are one."""
    written = json.dumps(values, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def are_same(one: Value, other: Value) -> bool:
    """Whether two values are one in JSON, where 1, 1.0 and True are three, and 0.0 and -0.0 two."""
    return one is other or digest_of({"": one}) == digest_of({"": other})


def short(value: Value) -> str:
    """A value as rejections tell of it."""
    return preview(value, 200)
