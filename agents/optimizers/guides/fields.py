"""Examples and outputs as metrics that were written for DSPy read them: by attribute as well as by key."""

import sys
from collections.abc import Mapping
from typing import Any, Literal

__all__ = ["Fields", "as_fields"]


class Fields(dict[str, Any]):
    """A mapping whose fields are attributes, too: `example.answer`."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            there = ", ".join(map(str, self)) or "no fields"
            raise AttributeError(f"there is no {name!r}; there are {there}") from None


def as_fields(value: Any, role: Literal["Example", "Prediction"]) -> Any:
    """A mapping as DSPy's own object, where DSPy is in use, else as `Fields`; anything else as it is."""
    if not isinstance(value, Mapping):
        return value
    made = getattr(sys.modules.get("dspy"), role, Fields)
    return made(**value) if all(isinstance(name, str) for name in value) else value
