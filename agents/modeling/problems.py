"""A problem told in words, from the text to the answer."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from steepest.agents.llm.chat import ChatModel, run_sync
from steepest.agents.llm.transcripts import Transcript
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.conclude import answer_from
from steepest.agents.modeling.graph import run
from steepest.agents.modeling.intake import accept_problem
from steepest.agents.modeling.tables import describe_tables
from steepest.agents.modeling.task import Apart, Recalls, State, Task, solver_for
from steepest.errors import InputError, SteepestError
from steepest.prompts import Prompt, PromptError, load_prompt, shipped_prompts
from steepest.solvers.control import SolveControl
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution


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
        apart: Has a solve done elsewhere, such as in another thread, so that the event loop goes on; None is to solve
            in this one.

    Raises:
        InputError: The text can't be a problem told in words, or an argument is out of its range.
        FormulationError: A table can't be read.
        LLMError: The model could not be asked at all.
    """
    if max_repairs < 0:
        raise InputError(f"max_repairs is {max_repairs}; give 0 or more.")
    say = on_progress or (lambda line: None)
    given = dict(tables or {})
    base = Path(folder) if folder is not None else None
    solve = solver_for(given, base, options, say, control, start)
    task = Task(
        problem=accept_problem(text),
        model=model,
        solve=solve if apart is None else lambda formulation: apart(partial(solve, formulation)),
        tables=given,
        table_lines=describe_tables(given),
        max_repairs=max_repairs,
        prompts=_fitting(prompts or {}),
        transcript=transcript if transcript is not None else Transcript(),
        recaller=recaller,
        say=say,
    )
    known = State()
    try:
        await run(task, known)
    except SteepestError as error:
        if "reply" not in known:
            raise
        return answer_from(known, task, stopped=str(error))
    return known["answer"]


def solve_problem(
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
) -> Answer:
    """`answer_problem` for synchronous code, inside a running event loop (a notebook) too."""
    return run_sync(
        answer_problem(
            text,
            model,
            tables=tables,
            folder=folder,
            options=options,
            max_repairs=max_repairs,
            prompts=prompts,
            on_progress=on_progress,
            control=control,
            start=start,
            transcript=transcript,
            recaller=recaller,
        )
    )


def _fitting(prompts: Mapping[str, Prompt]) -> Mapping[str, Prompt]:
    """The prompts, if each takes the place of one that there is.

    Raises:
        PromptError: One does not, or declares other variables than the one whose place it takes.
    """
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
