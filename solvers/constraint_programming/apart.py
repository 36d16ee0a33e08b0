"""CP-SAT as a back end: asked for in a process of its own, since it can't be loaded where HiGHS is."""

from importlib.util import find_spec

from steepest.solvers.backends.apart.idle import IdleWorkers
from steepest.solvers.backends.apart.messages import Message
from steepest.solvers.backends.apart.solving import solve_apart
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.constraint_programming.model import WholeModel
from steepest.solvers.control import SolveControl
from steepest.solvers.options import SolveOptions

idle_workers = IdleWorkers()
"""Of CP-SAT alone."""


def is_installed() -> bool:
    """Whether CP-SAT can be used here."""
    return find_spec("ortools") is not None


def run_cp_sat_apart(model: WholeModel, options: SolveOptions, control: SolveControl) -> RawAnswer:
    """Solve a problem over whole numbers.

    Raises:
        SolverError: CP-SAT does not take the model, or its process broke down.
    """
    fields = {"backend": "cp-sat", "model": model.document(), "options": options.model_dump()}
    return solve_apart(Message("solve", fields), options, control, "CP-SAT", idle_workers)
