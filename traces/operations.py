"""What makes nodes: operators, functions, methods."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Operation:
    """What makes nodes; one object for all the nodes that it makes."""

    name: str
    """`add`, or the function's name."""
    template: str = ""
    """How a call is written, `{} + {}`; empty for `name(...)`."""
    documentation: str = ""
    code: str = ""
    """Source of a function of the user."""
    position: str = ""
    """Where that source stands, `file.py:12`."""
    key: Hashable = field(default=None, compare=False, repr=False)
    """What tells operations of the same name apart: the function itself."""


_MOST_KEYS = 50


def dict_operation(keys: tuple[Hashable, ...]) -> Operation:
    """What puts a dict together from the values of its keys; written out if the keys are few and simple."""
    is_simple = len(keys) <= _MOST_KEYS and all(type(key) in (str, int) for key in keys)
    return _written_dict(keys) if is_simple else Operation("dict")


@lru_cache(maxsize=256)
def _written_dict(keys: tuple[Hashable, ...]) -> Operation:
    pairs = ", ".join(f"{escaped(repr(key))}: {{}}" for key in keys)
    return Operation("dict", f"{{{{{pairs}}}}}")


def escaped(text: str) -> str:
    """A text as it stands in a template."""
    return text.replace("{", "{{").replace("}", "}}")
