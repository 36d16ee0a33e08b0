"""Bundles in pickles: by the name that they are imported under, as functions are, with the source they have learned.

Nothing of a function is in the pickle itself, so another process has to be able to import it.
"""

import importlib
import pickle
from copy import deepcopy
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steepest.traces.bundle import Bundle


def reference_to(bundle: "Bundle[Any]") -> tuple[str, str, str | None]:
    """The module and the name of a bundle, and its source if it has learned another one than it was written with.

    Raises:
        pickle.PicklingError: It can't be imported under its name.
    """
    module, name = bundle.function.__module__, bundle.function.__qualname__
    try:
        found = attrgetter(name)(importlib.import_module(module))
    except (ImportError, AttributeError):
        found = None
    if not isinstance(found, type(bundle)) or found.function is not bundle.function:
        raise pickle.PicklingError(
            f"{bundle!r} can't be pickled: it is not what {module}.{name} is; define it at the top of a module"
        )
    if bundle.code is None or bundle.code.node._value == bundle.code.original.source:
        return module, name, None
    return module, name, bundle.code.node._value


def recalled(module: str, name: str, source: str | None) -> "Bundle[Any]":
    """The bundle that was pickled: the one of this process, if that has the same source, or a copy that has it.

    Raises:
        TraceError: The source is none that the function can have here.
    """
    found: Bundle[Any] = attrgetter(name)(importlib.import_module(module))
    if found.code is None or (source or found.code.original.source) == found.code.node._value:
        return found
    made = deepcopy(found)
    if made.code is not None:
        made.code.restore(source or made.code.original.source)
    return made
