"""The means of a process that makes attempts, and how one attempt is made with them."""

import asyncio
import logging
import os
import socket
import threading
import traceback
from pathlib import Path
from time import perf_counter

from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.errors import ModelFileError, ProviderError
from steepest.agents.llm.kept_replies import RepliesError
from steepest.agents.llm.redaction import redact
from steepest.errors import SteepestError
from steepest.evals.attempts import Attempt
from steepest.evals.engines.ledger import Ledger
from steepest.evals.engines.metering import Metered
from steepest.evals.engines.no_model import NoModel
from steepest.evals.engines.protocol import Finished, Job, Refusal, WorkOrder
from steepest.evals.engines.solver_pool import SolverPool, usable_cores
from steepest.evals.methods.cancellation import is_cancelled
from steepest.evals.methods.protocol import Closing, Method, Tooled, Workbench
from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox import PyomoScript, Sandbox

__all__ = ["Workshop", "open_ordered_method", "open_ordered_model"]

log = logging.getLogger(__name__)

_SHOWN = 300
"""Characters of an error that are recorded where an attempt can't be."""


class Workshop:
    """One process' model, method, solvers and sandbox, shared by all attempts that it makes.

    Args:
        order: What to set up.
        ledger: Replies and budget of the run.
        model: Asked in place of the one that the order names.
        method: Used in place of the one that the order names.
        cores: How many solves and scripts run at once; as many as there are cores, unless given.

    Raises:
        InputError: The order names a model or a method that can't be had.
    """

    def __init__(
        self,
        order: WorkOrder,
        ledger: Ledger,
        *,
        model: ChatModel | None = None,
        method: Method | None = None,
        cores: int | None = None,
    ) -> None:
        self.ledger = ledger
        self.model = open_ordered_model(order) if model is None else model
        self.method = open_ordered_method(order) if method is None else method
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._cores = cores or usable_cores()
        self._options = SolveOptions(time_limit=order.solver_seconds, threads=1, seed=order.seed)
        self._solvers = SolverPool(self._options, self._cores)
        self._sandbox: Sandbox | None = None
        self._lock = threading.Lock()
        self._warming: asyncio.Task[None] | None = None

    async def make(self, job: Job) -> Finished:
        """Make an attempt. What the method raises is a failure of the infrastructure and becomes its outcome.

        Raises:
            RepliesError: The run's replies can't be kept any more.
        """
        metered = Metered(self.model, self.ledger)
        bench = Workbench(
            model=metered,
            options=self._options,
            solve=self._solvers.solve,
            sandbox=self._opened_sandbox,
            epoch=job.epoch,
        )
        await self._warmed_up()
        begun, refusal = perf_counter(), None
        try:
            attempt = _kept(await self.method.attempt(job.question, bench))
        except (
            Exception,
            asyncio.CancelledError,
        ) as error:  # the other attempts go on, and the message says what broke
            if is_cancelled(error):
                raise
            attempt, refusal = _failed(job, error, perf_counter() - begun), _refusal(error)
        if isinstance(metered.stopped, RepliesError):
            raise metered.stopped
        # A reply that the run had already takes no time now, but it took some when it was first given.
        attempt = attempt.model_copy(update={"seconds": attempt.seconds + metered.replayed})
        return Finished(job, attempt, self.name, out_of_budget=metered.stopped is not None, refusal=refusal)

    def close(self) -> None:
        """End the processes of solvers and sandbox, and close what the method holds."""
        self._solvers.close()
        if isinstance(self.method, Closing):
            self.method.close()
        with self._lock:
            if self._sandbox is not None:
                self._sandbox.close()

    async def _warmed_up(self) -> None:
        """Wait until what the method uses has started, so that no attempt's clock counts it."""
        if self._warming is None:
            self._warming = asyncio.create_task(self._warm_up())
        await asyncio.shield(self._warming)

    async def _warm_up(self) -> None:
        tool = self.method.tool if isinstance(self.method, Tooled) else None
        try:
            if tool == "solver":
                await self._solvers.warm_up()
            elif tool == "sandbox":
                await self._opened_sandbox().run_async(PyomoScript("", self._options))
        except Exception as error:  # the first attempt meets it again, and records it
            log.info("the %s could not be started beforehand", tool, exc_info=error)

    def _opened_sandbox(self) -> Sandbox:
        with self._lock:
            if self._sandbox is None:
                self._sandbox = Sandbox(workers=self._cores)
            return self._sandbox


def open_ordered_model(order: WorkOrder) -> ChatModel:
    """The model that an order names; one that can't be asked where it names none.

    Raises:
        InputError: It can't be had.
    """
    from steepest.agents.llm.specs import open_model

    return open_model(order.model) if order.model else NoModel()


def open_ordered_method(order: WorkOrder) -> Method:
    """The method that an order names.

    Raises:
        InputError: There is none of this name, or not with these settings.
    """
    from steepest.evals.methods import open_method

    return open_method(order.method, order.method_settings, library=order.library)


def _kept(attempt: Attempt) -> Attempt:
    """The attempt, if its record can be written and read again; else one that says why it can't."""
    try:
        Attempt.model_validate_json(attempt.model_dump_json())
    except ValueError as error:  # a number that is none, half a character, an object, a nest too deep
        told = " ".join(str(error).split())[:_SHOWN]
        return Attempt(outcome="not_formulated", message=redact(f"the method's answer can't be recorded: {told}"))
    return attempt


def _refusal(error: BaseException) -> Refusal | None:
    """Whether every other attempt would fail as this one did."""
    if isinstance(error, ModelFileError):
        return "model"
    if isinstance(error, ProviderError) and not error.transient:
        return "request" if error.kind == "request" else "model"
    return None


def _failed(job: Job, error: BaseException, seconds: float) -> Attempt:
    if isinstance(error, SteepestError):
        told = str(error)
    else:  # a defect somewhere: one line in the record, all of it for whoever listens to the log
        log.info("the attempt at %s broke down", job.question.id, exc_info=error)
        told = f"{type(error).__name__}: {error} ({_place(error)})"
    return Attempt(outcome="infrastructure_error", message=redact(told), seconds=seconds)


def _place(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}"
