"""Public names that are loaded when they are first used (PEP 562): importing a package costs next to nothing."""

import importlib
import sys
from collections.abc import Callable, Mapping

__all__ = ["lazy_names"]


def lazy_names(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """A package's `__getattr__` and `__dir__`.

    Args:
        package: Its `__name__`.
        homes: For each name the module that defines it, without the package's own name in front.
    """

    def load(name: str) -> object:
        """Load a public name from its home and keep it, so that the next use finds it at once."""
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(importlib.import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        """What is there, loaded or not."""
        return sorted({*vars(sys.modules[package]), *homes})

    return load, names
