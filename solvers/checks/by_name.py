"""What is found out of names that stand on one another: once each, and with an end where definitions go in a circle."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class ByName(Generic[T]):
    """What is known of each name.

    Args:
        find: Finds it out, by what is known of other names.
        unknown: What a name is while it is being found out; a circle ends there, and the checks tell of it.
    """

    def __init__(self, find: Callable[[str], T], unknown: T) -> None:
        self._find = find
        self._unknown = unknown
        self._known: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._known:
            self._known[name] = self._unknown
            self._known[name] = self._find(name)
        return self._known[name]
