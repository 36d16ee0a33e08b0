"""What runs in a solver's process: one model after another, until nobody asks any more."""

import os
from io import RawIOBase
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any

from steepest.solvers.backends.apart.groups import end_group
from steepest.solvers.backends.apart.messages import Message, read_message, write_message
from steepest.solvers.backends.apart.requests import answered, reported, requested_model, requested_start
from steepest.solvers.backends.expression_model import ExpressionModel
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.constraint_programming.model import WholeModel
from steepest.solvers.control import SolveControl
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.options import SolveOptions
from steepest.solvers.vectorized.algebra import UnsupportedProblemError

IDLE_SECONDS = 60.0
"""A process that has had nothing to do for so long ends."""

Inbox = SimpleQueue[tuple[Message, SolveControl]]


def main(_: dict[str, Any]) -> None:
    """Answer requests from standard input until it ends or none comes."""
    incoming, outgoing = os.fdopen(_taken_over(0), "rb", buffering=0), os.fdopen(_taken_over(1), "wb")
    inbox: Inbox = SimpleQueue()
    Thread(target=_listen, args=(incoming, outgoing, inbox), daemon=True).start()
    while True:
        try:
            request, control = inbox.get(timeout=IDLE_SECONDS)
        except Empty:
            return
        write_message(outgoing, _answer(request, control))


def _taken_over(descriptor: int) -> int:
    """A pipe under another number than the one that solvers print to, which leads nowhere from now on."""
    taken = os.dup(descriptor)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return taken


def _listen(incoming: RawIOBase, outgoing: IO[bytes], inbox: Inbox) -> None:
    """Take in requests and cancels; whoever asked may be gone any time, and the solve with him."""
    control = SolveControl()
    while (message := read_message(incoming)) is not None:
        if message.kind == "cancel":
            control.cancel()
            continue
        control = SolveControl(
            lambda progress: write_message(outgoing, reported(progress)),
            lambda values: write_message(outgoing, Message("incumbent", arrays={"values": values})),
        )
        inbox.put((message, control))
    end_group()
    os._exit(0)


def _answer(request: Message, control: SolveControl) -> Message:
    try:
        if request.fields["backend"] == "pyomo":
            from steepest.solvers.named_running import solve_named

            return solve_named(request, control)
        return answered(_solved(request, control))
    except FormulationError as error:
        return Message("misfit", {"diagnostics": [each.model_dump(mode="json") for each in error.diagnostics]})
    except UnsupportedProblemError as error:
        return Message("unsupported", {"term": error.term, "reason": error.reason})
    except SolverError as error:
        return Message("broke", {"text": str(error)})
    except Exception as error:  # it is raised again by whoever asked
        return Message("broke", {"text": f"{type(error).__name__}: {error}"})


def _solved(request: Message, control: SolveControl) -> RawAnswer:
    options = SolveOptions.model_validate(request.fields["options"])
    if request.fields["backend"] == "cp-sat":
        from steepest.solvers.constraint_programming.running import run_cp_sat

        return run_cp_sat(WholeModel.of_document(request.fields["model"]), options, control)
    model, start = requested_model(request), requested_start(request)
    if isinstance(model, ExpressionModel):
        from steepest.solvers.backends.scip_running import run_scip

        return run_scip(model, options, control, start)
    from steepest.solvers.backends.highs import run_highs

    return run_highs(model, options, control, start)
