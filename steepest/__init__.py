"""LLMs that optimize: a decision problem told in words becomes a checked formulation, is solved, and answered.

`solve` does all of it. `Formulation` is the five-element model in between, which a person can read, write, check and
solve without any language model. `optimize` makes a Python workflow better by feedback. The names below are the public
ones; each is loaded when it is first used, so that `import steepest` costs next to nothing.
"""

from typing import TYPE_CHECKING

from steepest.lazy import lazy_names

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
    "Answer": "agents.modeling",
    "Diagnostic": "solvers.diagnostics",
    "Formulation": "solvers.formulation",
    "FormulationError": "solvers.diagnostics",
    "InputError": "errors",
    "Optimized": "agents.optimizers.outcome",
    "Solution": "solvers.solution",
    "SteepestError": "errors",
    "open_model": "agents.llm",
    "optimize": "agents.optimizers.optimize",
    "solve": "solving",
}


_load, __dir__ = lazy_names(__name__, _HOMES)


def __getattr__(name: str) -> object:
    """A public name; the version is read from what pip has installed."""
    if name != "__version__":
        return _load(name)
    from importlib.metadata import version

    globals()[name] = version("steepest")
    return globals()[name]
