"""Ways from a question to an attempt: direct answers, Pyomo code, five-element formulations, agents of the user's own.

`catalogue` reads a method's name; each method has its own module, and what they share is in `worksheets` (calls and
clock of one attempt) and `outcomes` (one word for what came of it).

The names below are loaded when they are first used: whoever needs the protocol alone does not load the modeling agent.
"""

from typing import TYPE_CHECKING

from steepest.lazy import lazy_names

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


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
