"""What runs in the processes of a `SolverPool`: one solve after another, each answer sent back as plain data."""

import sys
from dataclasses import dataclass
from pathlib import Path

from steepest.errors import SteepestError
from steepest.solvers.diagnostics import Diagnostic, FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution

__all__ = ["Solved", "prepare", "ready", "solve"]


@dataclass(frozen=True)
class Solved:
    """How a solve ended: with a solution, with what is wrong in the formulation, or with the solver's breakdown."""

    solution: Solution | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    breakdown: str = ""


_EXPLANATION_SECONDS = 4.0
"""For the reason of an infeasible or unbounded model, which an LLM is shown: within the grace period of a solve."""


def prepare(memory_mib: int) -> None:
    """Load the solver before the first solve, whose time limit it would else take from, and limit the memory."""
    import highspy  # noqa: F401

    import steepest.solvers.solve  # noqa: F401

    if sys.platform != "win32":
        import resource

        most = memory_mib << 20
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def ready() -> None:
    """Done as soon as a process can do anything: its solver is loaded by then."""


def solve(formulation: Formulation, options: SolveOptions, folder: str) -> Solved:
    """Solve a formulation; files that it names are looked for in `folder` alone."""
    from steepest.solvers.infeasibility.explanations import with_explanation
    from steepest.solvers.solve import solve_formulation

    base = Path(folder)
    try:
        solution = solve_formulation(formulation, folder=base, options=options)
        limit = min(_EXPLANATION_SECONDS, options.time_limit or _EXPLANATION_SECONDS)
        return Solved(with_explanation(solution, formulation, folder=base, time_limit=limit))
    except FormulationError as error:
        return Solved(diagnostics=tuple(error.diagnostics))
    except SteepestError as error:
        return Solved(breakdown=str(error))
    except MemoryError:
        return Solved(breakdown="The model takes more memory than a solve may have.")
