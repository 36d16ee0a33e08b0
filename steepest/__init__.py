"""LLMs that optimize: a decision problem told in words becomes a checked formulation, is solved, and answered.

`solve` does all of it. `Formulation` is the five-element model in between, which a person can read, write, check and
solve without any language model. `optimize` makes a Python workflow better by feedback. The names below are the public ones; each is loaded when it is first used, so that
`import steepest` costs next to nothing.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steepest.agents.llm import open_model
    from steepest.agents.modeling import Answer
    from steepest.agents.optimizers.optimize import optimize
    from steepest.agents.optimizers.outcome import Optimized
    from steepest.errors import InputError, SteepestError
    from steepest.solvers.diagnostics import Diagnostic, FormulationError
    from steepest.solvers.formulation import Formulation
    from steepest.solvers.solution import Solution
    from steepest.solving import solve

    __version__: str

__all__ = [
    "Answer",
    "Diagnostic",
    "Formulation",
    "FormulationError",
    "InputError",
    "Optimized",
    "Solution",
    "SteepestError",
    "__version__",
    "open_model",
    "optimize",
    "solve",
]

_HOMES = {
    "Answer": "steepest.agents.modeling",
    "Diagnostic": "steepest.solvers.diagnostics",
    "Formulation": "steepest.solvers.formulation",
    "FormulationError": "steepest.solvers.diagnostics",
    "InputError": "steepest.errors",
    "Optimized": "steepest.agents.optimizers.outcome",
    "Solution": "steepest.solvers.solution",
    "SteepestError": "steepest.errors",
    "open_model": "steepest.agents.llm",
    "optimize": "steepest.agents.optimizers.optimize",
    "solve": "steepest.solving",
}


def __getattr__(name: str) -> object:
    """Load a public name from its home (PEP 562) and keep it, so that the next use finds it at once."""
    if name == "__version__":
        from importlib.metadata import version

        value: object = version("steepest")
    elif name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
