"""Ways from a question to an attempt: direct answers, Pyomo code, five-element formulations, agents of the user's own.

`catalogue` reads a method's name; each method has its own module, and what they share is in `worksheets` (calls and
clock of one attempt) and `outcomes` (one word for what came of it).

The names below are loaded when they are first used: whoever needs the protocol alone does not load the modeling agent.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steepest.evals.methods.agent_function import agent_method
    from steepest.evals.methods.catalogue import METHODS, method_settings, open_method
    from steepest.evals.methods.protocol import Method, Workbench

__all__ = ["METHODS", "Method", "Workbench", "agent_method", "method_settings", "open_method"]

_HOMES = {
    "METHODS": "catalogue",
    "Method": "protocol",
    "Workbench": "protocol",
    "agent_method": "agent_function",
    "method_settings": "catalogue",
    "open_method": "catalogue",
}


def __getattr__(name: str) -> object:
    """Load a public name from its home (PEP 562) and keep it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
