"""A problem told in words, from the text to the answer."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from steepest.agents.llm.chat import ChatModel, run_sync
from steepest.agents.llm.transcripts import Transcript
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.checkpoints.identity import identity_of
from steepest.agents.modeling.checkpoints.places import Checkpoints, kept
from steepest.agents.modeling.checkpoints.sources import digests_for
from steepest.agents.modeling.conclude import answer_from
from steepest.agents.modeling.data.catalogue import Catalogue
from steepest.agents.modeling.graph import run
from steepest.agents.modeling.intake import accept_problem
from steepest.agents.modeling.prompt_parameters import PromptParameters
from steepest.agents.modeling.sampling.confidence import SURE
from steepest.agents.modeling.sampling.drawing import answer_by_vote
from steepest.agents.modeling.steps import Step
from steepest.agents.modeling.tables import describe_tables
from steepest.agents.modeling.task import (
    Apart,
    LooksForReadings,
    Recalls,
    State,
    Task,
    battery_for,
    solver_for,
    whole_for,
)
from steepest.errors import InputError, SteepestError
from steepest.prompts import Prompt, PromptError, load_prompt, shipped_prompts
from steepest.solvers.battery.report import BatteryBudget
from steepest.solvers.control import SolveControl
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution

P = ParamSpec("P")
T = TypeVar("T")

TESTS = BatteryBudget(solves=40, seconds=5.0)
"""What testing an answer may take unless somebody says otherwise."""


async def answer_problem(
    text: str,
    model: ChatModel,
    *,
    tables: Tables | None = None,
    folder: Path | str | None = None,
    options: SolveOptions | None = None,
    max_repairs: int = 3,
    prompts: Mapping[str, Prompt] | None = None,
    on_progress: Callable[[str], None] | None = None,
    control: SolveControl | None = None,
    start: Solution | None = None,
    transcript: Transcript | None = None,
    recaller: Recalls | None = None,
    apart: Apart | None = None,
    max_examinations: int = 2,
    tests: BatteryBudget | None = TESTS,
    readings: LooksForReadings = "never",
    checkpoints: Checkpoints | None = None,
    on_step: Callable[[Step], None] | None = None,
    sample: int = 0,
    temperature: float | None = None,
    catalogue: Catalogue | None = None,
    samples: int = 1,
    sure_at: float = SURE,
) -> Answer:
    """Formulate a problem told in words, solve it and answer.

    When the model or the solver fails in the middle (a budget, a dead connection), the answer has the outcome
    `stopped` and holds what there was by then. The solve runs in this thread, where Ctrl-C stops it with its best
    answer so far.

    Args:
        text: The problem, as a person tells it.
        model: Whom to ask; `model.structured` decides between JSON and the five-element text.
        tables: Data by the name of the set or parameter that they fill.
        folder: The problem's folder: of its files, those that the text names may be read; None is the current one.
        options: Limits of the solver.
        max_repairs: How often the model is asked to repair its formulation.
        prompts: In the place of the shipped ones of these names (`steepest.prompts`).
        on_progress: Told what is being done, a line at a time.
        control: Told how far the solver is, and may end it.
        start: An answer for the solver to begin with, as far as its variables are those of the formulation.
        transcript: Where calls are recorded as they end; one's own is there whatever ends the run.
        recaller: Finds what an experience library has for the problem; None is to work without one.
        apart: Has solves and tests done elsewhere, such as in another thread, so that the event loop goes on; None is
            to do them in this one.
        max_examinations: How often the model is asked whether an infeasible or unbounded formulation misreads the
            problem: again where what it proposed was no better than what it had.
        tests: What testing an optimal answer may take; None is not to test it.
        readings: When the model is asked how else the problem could be read, each reading being solved: a further call.
        checkpoints: Where the run is kept after every step, so that the same call goes on with it; None is nowhere.
        on_step: Told each step when it has ended and, with `checkpoints`, is kept.
        sample: Tells apart several answers to the same question in caches (`ChatRequest.sample`).
        temperature: Of each request; None leaves it to the provider.
        catalogue: A folder of tables or a database (`data.places.open_catalogue`): the model is told names, columns and
            a few rows, and the formulation names what it takes.
        samples: The most formulations that vote on the answer (`sampling.drawing.answer_by_vote`), each with a `sample`
            and `temperature` of its own; 1 is to have one, without a vote.
        sure_at: The confidence below which an answer that was voted on says that it is not sure.

    Raises:
        InputError: The text can't be a problem told in words, or an argument is out of its range.
        FormulationError: A table can't be read.
        LLMError: The model could not be asked at all.
    """
    if max_repairs < 0 or max_examinations < 0:
        raise InputError(f"max_repairs is {max_repairs}, max_examinations {max_examinations}; give 0 or more.")
    say = on_progress or (lambda line: None)
    given = dict(tables or {})
    base = Path(folder) if folder is not None else None
    test = battery_for(given, base, options, tests, control, catalogue) if tests is not None else None
    task = Task(
        problem=accept_problem(text),
        model=model,
        solve=_done(apart, solver_for(given, base, options, say, control, start, catalogue)),
        whole=_done(apart, whole_for(given, base, catalogue)),
        solve_whole=_done(apart, solver_for({}, base, options, say, control, start)),
        tables=given,
        table_lines=(*describe_tables(given), *(catalogue.lines if catalogue is not None else ())),
        catalogue=catalogue,
        max_repairs=max_repairs,
        max_examinations=max_examinations,
        test=_done(apart, test) if test is not None else None,
        readings=readings,
        preface=_preface(model, catalogue),
        prompts=_fitting(prompts or {}),
        transcript=transcript if transcript is not None else Transcript(),
        recaller=recaller,
        digests=_done(apart, digests_for(given, base, catalogue)) if checkpoints is not None else None,
        say=say,
        on_step=on_step or (lambda step: None),
        sample=sample,
        temperature=temperature,
    )
    if samples == 1:
        return await _answered(task, checkpoints, options)

    async def ask(*, sample: int, temperature: float | None) -> Answer:
        drawn = replace(task, sample=sample, temperature=temperature, calls=Transcript(), steps=[], sources={})
        return await _answered(drawn, checkpoints, options)

    return await answer_by_vote(ask, samples, structured=model.structured, sure_at=sure_at)


def _synchronous(ask: Callable[P, Coroutine[Any, Any, Answer]], name: str) -> Callable[P, Answer]:
    """The same function with the same arguments for synchronous code, which is found by its name."""

    @wraps(ask)
    def answered(*args: P.args, **options: P.kwargs) -> Answer:
        return run_sync(ask(*args, **options))

    answered.__name__ = answered.__qualname__ = name
    return answered


solve_problem = _synchronous(answer_problem, "solve_problem")
"""`answer_problem` for synchronous code, inside a running event loop (a notebook) too."""


async def _answered(task: Task, checkpoints: Checkpoints | None, options: SolveOptions | None) -> Answer:
    known = State()
    try:
        if checkpoints is None:
            await run(task, known)
        else:
            limits = options if not checkpoints.group else None
            thread = checkpoints.named(identity_of(task, checkpoints.run, limits))
            async with kept(checkpoints, thread) as saver:
                await run(task, known, saver, thread)
    except SteepestError as error:
        if "reply" not in known:
            raise
        return answer_from(known, task, stopped=str(error))
    return known["answer"]


def _done(apart: Apart | None, work: Callable[P, T]) -> Callable[P, T | Awaitable[T]]:
    """The work, done elsewhere if there is such a place."""
    if apart is None:
        return work
    return lambda *args, **options: apart(partial(work, *args, **options))


def _preface(model: ChatModel, catalogue: Catalogue | None) -> str:
    """How a formulation takes columns of tables; a problem without such data is told as ever."""
    if catalogue is None:
        return ""
    return load_prompt("data_json" if model.structured else "data_text").render().user


def _fitting(prompts: Mapping[str, Prompt]) -> Mapping[str, Prompt]:
    """The prompts, if each takes the place of one that there is.

    Raises:
        PromptError: One does not, or declares other variables than the one whose place it takes.
    """
    if isinstance(prompts, PromptParameters):  # they were looked at when they got their values
        return prompts
    for name, given in prompts.items():
        if name not in shipped_prompts():
            raise PromptError(f"no prompt {name!r} is used: there are {', '.join(shipped_prompts())}")
        wanted = load_prompt(name).header.variables
        if given.header.variables != wanted:
            raise PromptError(
                f"the prompt given for {name} has the variables {', '.join(given.header.variables) or 'none'}, and the "
                f"agent fills in {', '.join(wanted) or 'none'}"
            )
    return prompts
