"""A graph's state as a node of it gets it: a dict that notes which of its entries are read."""

from collections.abc import Callable, ItemsView, Iterator, KeysView, ValuesView
from typing import Any


class StateView(dict[str, Any]):
    """A dict that tells which entries are looked at; whatever looks at it as a whole looks at all of them.

    Code in C that takes a dict apart by itself, such as a validation by pydantic, is not noticed.
    """

    def __init__(self, state: dict[str, Any], note: Callable[[str], None]) -> None:
        super().__init__(state)
        self._note = note
        self._keys = frozenset(state)
        """Those that came from the state; what the node adds is its own."""
        self.is_read = False

    def note(self, key: object) -> None:
        """Say that an entry is read; also one that is not there, since that says something as well."""
        self.is_read = True
        if isinstance(key, str) and key in self._keys:
            self._note(key)

    def note_all(self) -> None:
        """Say that all entries are read."""
        self.is_read = True
        for key in sorted(self._keys):
            self._note(key)

    def __getitem__(self, key: str) -> Any:
        self.note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.note(key)
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:  # with it, `{**state}` and `dict(state)` go by keys and items
        self.is_read = True
        return super().__iter__()

    def __eq__(self, other: object) -> bool:
        self.note_all()
        return super().__eq__(other)

    __hash__ = None

    def __or__(self, other: Any) -> Any:
        self.note_all()
        return super().__or__(other)

    def __ror__(self, other: Any) -> Any:
        self.note_all()
        return super().__ror__(other)

    def __repr__(self) -> str:
        self.note_all()
        return super().__repr__()

    def get(self, key: str, default: Any = None) -> Any:
        """As of a dict."""
        self.note(key)
        return super().get(key, default)

    def pop(self, key: str, *default: Any) -> Any:
        """As of a dict."""
        self.note(key)
        return super().pop(key, *default)

    def popitem(self) -> tuple[str, Any]:
        """As of a dict."""
        self.note_all()
        return super().popitem()

    def setdefault(self, key: str, default: Any = None) -> Any:
        """As of a dict."""
        self.note(key)
        return super().setdefault(key, default)

    def keys(self) -> KeysView[str]:  # type: ignore[override]  # typing's name for what a dict returns
        """As of a dict."""
        self.is_read = True
        return super().keys()

    def values(self) -> ValuesView[Any]:  # type: ignore[override]
        """As of a dict."""
        self.note_all()
        return super().values()

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        """As of a dict."""
        self.note_all()
        return super().items()

    def copy(self) -> dict[str, Any]:
        """As of a dict."""
        self.note_all()
        return super().copy()
