"""What another solver of the user's does in a process of its own, where a signal to the process's group stops it."""

import os
import signal
from contextlib import suppress

from steepest.solvers.backends.apart.messages import Message
from steepest.solvers.backends.pyomo_solve import solve_with_pyomo
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.control import SolveControl
from steepest.solvers.data.documents import data_document, data_of
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution


def named_request(problem: BoundProblem, name: str) -> Message:
    """What is asked of the process."""
    fields = {
        "backend": "pyomo",
        "solver": name,
        "formulation": problem.formulation.model_dump_json(),
        "data": data_document(problem.data),
        "options": problem.options.model_dump(),
    }
    return Message("solve", fields)


def solve_named(request: Message, control: SolveControl) -> Message:
    """Solve what is asked for, in the main thread of a process that leads its own group.

    A cancel interrupts every program that the solver runs as, as Ctrl-C in its terminal would: CBC writes the best
    answer that it has then. A solver that is a library in this process hears nothing of it.

    Raises:
        FormulationError: The data do not fit.
        InputError: Pyomo finds no such solver here.
        SolverError: The solver broke down.
    """
    formulation = Formulation.model_validate_json(request.fields["formulation"])
    data, options = data_of(request.fields["data"]), SolveOptions.model_validate(request.fields["options"])
    signal.signal(signal.SIGINT, lambda *_: None)  # of the programs alone: ignored altogether it would be by them too
    with control.stopping(_interrupt_programs):
        solution = solve_with_pyomo(formulation, data, options, request.fields["solver"], control)
    return Message("solution", {"solution": solution.model_dump_json()})


def named_solution(reply: Message) -> Solution:
    """The solution that the process answers with."""
    return Solution.model_validate_json(reply.fields["solution"])


def _interrupt_programs() -> None:
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        with suppress(ProcessLookupError):
            os.killpg(0, signal.SIGINT)
