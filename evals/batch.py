"""A run from what a person asks for to its end: specification, store, engine and runner put together."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.agents.spread.main_guard import require_main_guard
from steepest.errors import InputError
from steepest.evals.datasets.dataset import Dataset
from steepest.evals.datasets.selection import select
from steepest.evals.engines.choice import EngineName
from steepest.evals.engines.protocol import Engine, WorkOrder
from steepest.evals.engines.solver_pool import SolverPool
from steepest.evals.grading import grade, profiles_named
from steepest.evals.methods.protocol import Method, Tooled, needs_model
from steepest.evals.problems import Problem
from steepest.evals.progress import Listener
from steepest.evals.runner import MAX_ERRORS, RunEnd, run_batch
from steepest.evals.specification import RunSpecification, Selection
from steepest.evals.stores.protocol import RunWriter
from steepest.solvers.options import SolveOptions

if TYPE_CHECKING:
    from steepest.agents.llm.chat import ChatModel

__all__ = ["Batch", "carry_out", "method_of"]

GRADING = SolveOptions(time_limit=10, threads=1)
"""Limits of a solve that a grader asks for."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What a person asks of a run. All but the limits and the engine decide what its answers mean."""

    datasets: Sequence[Dataset]
    method: "str | Method"
    """Its name, or an object, which stays in this process."""
    model: "str | ChatModel | None" = None
    """Its name, or an object, which stays in this process; none for a method that asks none."""
    method_settings: Mapping[str, Any] = field(default_factory=dict)
    library: str | None = None
    """The experience library that `+library` asks: a file or an address."""
    profiles: Sequence[str] = ()
    """By which answers are graded besides the strict one."""
    selection: Selection = field(default_factory=Selection)
    seed: int = 0
    """Of the sample of problems that a limit takes, and of solvers."""
    solver_seconds: float = 60.0
    max_cost: Decimal | None = None
    """US dollars, those of earlier starts included."""
    max_tokens: int | None = None
    """Read and written, those of earlier starts included."""
    max_errors: int | None = MAX_ERRORS
    """Failures of the infrastructure in a row after which the run stops."""
    concurrency: int = 8
    engine: EngineName = "local"
    workers: int | None = None
    """Processes of a cluster; one a core, unless given."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Those of all data sets."""
        return tuple(problem for dataset in self.datasets for problem in dataset.problems)

    def selected(self, *, all_shards: bool = False) -> tuple[Problem, ...]:
        """The problems that are asked.

        Args:
            all_shards: Those of the other machines too.

        Raises:
            InputError: An id is unknown, or nothing is left.
        """
        chosen = self.selection.model_copy(update={"shard": None}) if all_shards else self.selection
        return select(self.problems, chosen, self.seed)


async def carry_out(batch: Batch, place: str | Path, on_event: Listener = lambda event: None) -> RunEnd:
    """Begin a run, or go on with it, to its end or to a limit.

    Args:
        batch: What is asked.
        place: A folder, or `postgresql://USER@HOST/DATABASE#RUN`.
        on_event: Told what goes on, in the event loop.

    Raises:
        InputError: Something that is asked for is not there, the place holds another run, or the run can't be kept.
    """
    from steepest.evals.libraries import library_copy
    from steepest.evals.stores.places import continue_run

    batch.selected()  # what is wrong with the selection is told first
    method = method_of(batch)
    batch = _with_its_model(batch, method)
    specification = _specification(batch, method, place)
    if isinstance(method, Tooled) and method.tool == "solver":
        require_main_guard()
    store = continue_run(place, specification, batch.selected(all_shards=True))
    try:
        with ExitStack() as kept:
            if batch.library is not None and specification.library is not None:
                copy = kept.enter_context(library_copy(batch.library, specification.library, store))
                batch = replace(batch, library=copy)
            return await _run(batch, store, specification, on_event)
    finally:
        store.close()


async def _run(batch: Batch, store: RunWriter, specification: RunSpecification, on_event: Listener) -> RunEnd:
    """Make the attempts that the run lacks."""
    engine = _engine(batch, store)
    # A grader looks for another optimum in a process that can be killed, as the attempts' solves are.
    solvers = SolverPool(GRADING, processes=1)
    try:
        return await run_batch(
            batch.selected(),
            store,
            engine,
            grade=partial(grade, profiles=specification.profiles, solve=solvers.solve_blocking),
            epochs=batch.selection.epochs,
            max_errors=batch.max_errors,
            on_event=on_event,
        )
    finally:
        await engine.close()
        solvers.close()


def method_of(batch: Batch) -> Method:
    """The method that is meant.

    Raises:
        InputError: There is none of this name, or not with these settings or this library.
    """
    from steepest.evals.methods import open_method

    if isinstance(batch.method, str):
        return open_method(batch.method, batch.method_settings, library=batch.library)
    if batch.library is not None:
        raise InputError("A library is asked by methods that are named, such as five+library; an object has its own.")
    return batch.method


def _with_its_model(batch: Batch, method: Method) -> Batch:
    """The batch with a model that can be asked, or with none where the method asks none.

    A model that can't be asked is refused while there is nothing yet that would remember it. The workers of a cluster
    have keys, files and packages of their own.
    """
    from steepest.agents.llm.specs import open_model

    if not needs_model(method):
        return replace(batch, model=None)
    if not batch.model:
        raise InputError(
            f"The method {method.name} asks a model; name one (model=..., or --model on the command line)."
        )
    if isinstance(batch.model, str) and batch.engine == "local":
        open_model(batch.model)
        if batch.model.strip().partition(":")[0] == "local" and find_spec("xllamacpp") is None:
            raise InputError(f"The model {batch.model} needs xllamacpp: pip install 'steepest[local]'.")
    return batch


def _specification(batch: Batch, method: Method, place: str | Path) -> RunSpecification:
    from steepest.evals.libraries import library_of_run
    from steepest.evals.methods import method_settings
    from steepest.evals.specifying import build_specification

    is_named = isinstance(batch.method, str)
    return build_specification(
        datasets=[dataset.reference for dataset in batch.datasets],
        method=method,
        model=_name_of(batch.model),
        method_settings=method_settings(method.name, batch.method_settings) if is_named else batch.method_settings,
        selection=batch.selection,
        profiles=tuple(profile.name for profile in profiles_named(batch.profiles)),
        seed=batch.seed,
        solver_seconds=batch.solver_seconds,
        library=library_of_run(batch.library, place) if batch.library is not None else None,
        max_cost=batch.max_cost,
    )


def _engine(batch: Batch, store: RunWriter) -> Engine:
    from steepest.evals.engines.choice import open_engine
    from steepest.evals.engines.local import LocalEngine

    order = WorkOrder(
        # With the secrets that the specification masks.
        method=batch.method if isinstance(batch.method, str) else batch.method.name,
        model=_name_of(batch.model),
        method_settings=dict(batch.method_settings),
        solver_seconds=batch.solver_seconds,
        seed=batch.seed,
        cache=store.replies,
        library=batch.library,
        max_cost=batch.max_cost,
        max_tokens=batch.max_tokens,
    )
    if isinstance(batch.method, str) and (batch.model is None or isinstance(batch.model, str)):
        return open_engine(batch.engine, order, concurrency=batch.concurrency, workers=batch.workers)
    if batch.engine != "local":
        raise InputError(f"engine {batch.engine}: method and model have to be named, for objects stay in this process.")
    return LocalEngine(
        order,
        concurrency=batch.concurrency,
        method=None if isinstance(batch.method, str) else batch.method,
        model=None if isinstance(batch.model, str) else batch.model,
    )


def _name_of(model: "str | ChatModel | None") -> str:
    if model is None:
        return ""
    return model if isinstance(model, str) else model.name
