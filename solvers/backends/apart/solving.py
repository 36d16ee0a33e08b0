"""A solve in a process of its own: told how far it is, asked to stop, and killed if it goes on regardless."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from math import inf
from time import perf_counter
from typing import Literal

from steepest.solvers.backends.apart.idle import IdleWorkers
from steepest.solvers.backends.apart.messages import Message
from steepest.solvers.backends.apart.requests import answer_of, progress_of, request
from steepest.solvers.backends.apart.worker import Worker, WorkerEndedError
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.expression_model import ExpressionModel
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.control import SolveControl, SolveProgress
from steepest.solvers.diagnostics import Diagnostic, FormulationError
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Status
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.scatter import Numbers

BackEnd = Literal["highs", "scip"]

_POLL_SECONDS = 0.05
_AFTER_CANCEL = 0.5
"""Seconds in which a solver that was told to stop may do so by itself."""
_SILENT_SECONDS = 1.0
_GRACE_SECONDS, _GRACE_SHARE = 2.0, 0.1
"""Past the time limit, which a solver may overrun while it finishes what it is at."""
_LARGE = 1 << 26
"""Bytes of a request whose process is not kept: it keeps the memory that it once had."""
_NAMES = {"highs": "HiGHS", "scip": "SCIP"}

idle_workers = IdleWorkers()
_is_killable: ContextVar[bool] = ContextVar("is_killable", default=False)


@contextmanager
def killable_here() -> Iterator[None]:
    """Solve in this process while the block runs: somebody else kills it if it takes too long."""
    token = _is_killable.set(True)
    try:
        yield
    finally:
        _is_killable.reset(token)


def is_killable() -> bool:
    """Whether this process is itself one that gets killed, and solves what it has to solve."""
    return _is_killable.get()


def run_apart(
    back_end: BackEnd,
    model: ArrayModel | ExpressionModel,
    options: SolveOptions,
    control: SolveControl,
    start: Numbers | None,
) -> RawAnswer:
    """Solve in another process, by what `run_highs` or `run_scip` do in this one.

    It is killed if it goes on half a second after a cancel, or well past its time limit; the best answer that it had
    sent by then is what it came to.

    Raises:
        SolverError: The solver broke down, or its process did.
        UnsupportedProblemError: A term is one that SCIP has no exact form of.
    """
    return solve_apart(request(back_end, model, options, start), options, control, _NAMES[back_end], idle_workers)


def solve_apart(
    message: Message, options: SolveOptions, control: SolveControl, name: str, workers: IdleWorkers
) -> RawAnswer:
    """Have a request answered in another process, which is killed as `run_apart` says.

    Args:
        message: What is asked.
        options: Of the solve.
        control: Told of the progress, and may end it.
        name: What messages call the solver.
        workers: The processes to ask.

    Raises:
        SolverError: The solver broke down, or its process did.
        UnsupportedProblemError: A term is one that the solver has no exact form of.
    """
    reply = ask_apart(message, options, control, name, workers)
    return reply if isinstance(reply, RawAnswer) else answer_of(reply)


def ask_apart(
    message: Message,
    options: SolveOptions,
    control: SolveControl,
    name: str,
    workers: IdleWorkers,
    patience: float = _AFTER_CANCEL,
) -> Message | RawAnswer:
    """As `solve_apart`, for back ends with answers of their own.

    Args:
        message: What is asked.
        options: Of the solve.
        control: Told of the progress, and may end it.
        name: What messages call the solver.
        workers: The processes to ask.
        patience: Seconds that a solver may go on after a cancel, beside those that it took to begin.

    Returns:
        What the process answers; what is known of the solve, if it was killed.

    Raises:
        FormulationError: The data do not fit.
        SolverError: The solver broke down, or its process did.
        UnsupportedProblemError: A term is one that the solver has no exact form of.
    """
    solve = _Solve(message, options, control, name, workers, patience)
    while not control.cancelled:
        worker = workers.take()
        was_fresh, worker.is_fresh = worker.is_fresh, False
        try:
            return solve.by(worker)
        except WorkerEndedError as error:
            if was_fresh or solve.has_begun:
                raise SolverError(
                    f"{name} crashed: its process ended without an answer; the model may be too large for the memory, "
                    "or have numbers of too different size"
                ) from error
    return solve.stopped("interrupted")


@dataclass(eq=False)
class _Solve:
    """One solve, and what is known of it so far."""

    message: Message
    options: SolveOptions
    control: SolveControl
    name: str
    idle: IdleWorkers
    patience: float
    progress: SolveProgress | None = None
    incumbent: Numbers | None = None
    begin: float = field(default_factory=perf_counter)
    begun: float = inf
    """When the solver was heard of first: reading its answer takes no longer than writing the model did."""
    told: float = 0.0
    """When progress was told last."""
    end: float = inf
    """When it is killed."""
    status: Status = "time_limit"
    """What it ends with if it is."""

    @property
    def has_begun(self) -> bool:
        """Whether the solver has said anything."""
        return self.progress is not None

    def by(self, worker: Worker) -> Message | RawAnswer:
        """Have a process solve it; afterwards it is ended, or waits for another solve.

        Raises:
            WorkerEndedError: The process is gone.
        """
        answer = None
        try:
            worker.send(self.message)
            answer = self._answer(worker)
        except KeyboardInterrupt:
            self.control.cancel()
        finally:
            if answer is None:
                worker.kill()
        if answer is None:
            return self.stopped(self.status if not self.control.cancelled else "interrupted")
        if self.message.size < _LARGE:
            self.idle.give(worker)
        else:
            worker.end()
        return _accepted(answer)

    def _answer(self, worker: Worker) -> Message | None:
        """The answer of the process; None if there was none in time."""
        was_told = False
        while perf_counter() < self.end:
            if self.control.cancelled and not was_told:
                worker.send(Message("cancel"))
                patience = self.patience + self.begun - self.begin if self.has_begun else 0.0
                self.end, self.status, was_told = perf_counter() + patience, "interrupted", True
            message = self._heard(worker)
            if message is not None:
                return message
        return None

    def _heard(self, worker: Worker) -> Message | None:
        """The answer, if it has come; anything else that comes is taken in."""
        try:
            message = worker.receive(_POLL_SECONDS)
        except KeyboardInterrupt:
            if self.control.cancelled:  # a second one
                self.end = 0.0
            self.control.cancel()
            return None
        match message:
            case None:
                self._tell_seconds()
            case Message("progress"):
                self._take_in(progress_of(message))
            case Message("incumbent"):
                self.incumbent = message.arrays["values"]  # type: ignore[assignment]  # numbers, as they were sent
            case _:
                return message
        return None

    def _take_in(self, progress: SolveProgress) -> None:
        if not self.has_begun:
            self.begun = perf_counter()
            if self.options.time_limit is not None:
                limit = self.options.time_limit * (1 + _GRACE_SHARE) + _GRACE_SECONDS
                self.end = min(self.end, self.begun + limit + self.begun - self.begin)
        self.progress, self.told = progress, perf_counter()
        self.control.report(progress)

    def _tell_seconds(self) -> None:
        """Tell that a solver which says nothing goes on."""
        if self.progress is not None and perf_counter() - self.told > _SILENT_SECONDS:
            self._take_in(replace(self.progress, seconds=self.progress.seconds + perf_counter() - self.told))

    def stopped(self, status: Status) -> RawAnswer:
        """What a solve that was killed came to."""
        last = self.progress or SolveProgress(0.0, None, None, None, None, self.name)
        seconds = perf_counter() - self.begin
        return RawAnswer(status, self.incumbent, None, last.bound, last.gap, seconds, last.solver)


def _accepted(message: Message) -> Message:
    """The answer of a process, or what it says that went wrong, raised."""
    if message.kind == "unsupported":
        raise UnsupportedProblemError(**message.fields)
    if message.kind == "broke":
        raise SolverError(message.fields["text"])
    if message.kind == "misfit":
        raise FormulationError(Diagnostic.model_validate(each) for each in message.fields["diagnostics"])
    return message
