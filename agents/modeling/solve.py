"""Solves the formulation; data or terms that can't be used become diagnostics for a repair."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from steepest.agents.modeling.checkpoints.sources import note_sources
from steepest.agents.modeling.steps import timed
from steepest.agents.modeling.task import Solve, State, Task, settled
from steepest.errors import SteepestError
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution


async def solve(state: State, task: Task) -> State:
    """Solve the formulation, which has passed the checks."""
    formulation = state["formulation"]
    if formulation is None:
        raise ValueError("only a formulation that was read and checked is solved")
    task.say("Solving")
    with timed(task.steps, "solve") as step:
        try:
            solution = await solved(formulation, task)
        except FormulationError as error:
            step.finding = "the formulation can't be compiled with its data"
            return State(solution=None, diagnostics=(*state["diagnostics"], *error.diagnostics))
        except SteepestError as error:  # the solver broke down: what was asked and formulated is kept
            solution = Solution(status="failed", message=str(error))
        step.finding = solution.status
    return State(solution=solution)


async def solved(formulation: Formulation, task: Task) -> Solution:
    """What the solver makes of a formulation, here or elsewhere.

    Raises:
        FormulationError: Its data or terms can't be used.
        SteepestError: The solver broke down.
    """
    await note_sources(formulation, task)
    return await _made_by(task.solve, formulation)


async def solved_whole(formulation: Formulation, task: Task) -> Solution:
    """What the solver makes of a formulation that has its data in it; raises like `solved`."""
    return await _made_by(task.solve_whole or task.solve, formulation)


async def _made_by(solve: Solve, formulation: Formulation) -> Solution:
    with interrupting_the_solver():
        begun = solve(formulation)
    return await settled(begun)


@contextmanager
def interrupting_the_solver() -> Iterator[None]:
    """Have Ctrl-C reach the solver, which then stops with its incumbent; asyncio's own handler waits for the loop."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
