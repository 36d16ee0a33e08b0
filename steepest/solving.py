"""Solve a problem told in words, from Python: the whole way in one call."""

import warnings
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from steepest.settings import Settings, read_settings

if TYPE_CHECKING:
    from steepest.agents.library.library import Library
    from steepest.agents.llm import ChatModel
    from steepest.agents.modeling import Answer
    from steepest.agents.modeling.checkpoints import Checkpoints
    from steepest.agents.modeling.task import LooksForReadings
    from steepest.prompts import Prompt
    from steepest.solvers.data.instance_data import Tables


def solve(
    text: str,
    *,
    model: "str | ChatModel | None" = None,
    data: "Tables | str | Path | None" = None,
    folder: Path | str | None = None,
    time_limit: float | None = None,
    gap: float | None = None,
    threads: int | None = None,
    seed: int | None = None,
    max_cost: Decimal | float | None = None,
    max_tokens: int | None = None,
    repairs: int | None = None,
    prompts: "Mapping[str, Prompt] | None" = None,
    library: "str | Path | Library | None" = None,
    insights: int | None = None,
    readings: "LooksForReadings" = "never",
    checkpoints: "Checkpoints | None" = None,
    samples: int = 1,
    sure_at: float | None = None,
) -> "Answer":
    """Formulate a problem told in words, solve it, and answer.

    An infeasible or unbounded problem, a text that is no optimization problem, or data that the text does not give are
    answers too: `Answer.outcome` says which it is.

    Args:
        text: The problem, as a person would tell it.
        model: A model or its name (`"local"`, `"openai:gpt-5.4-mini"`, see `open_model`); None means STEEPEST_MODEL,
            else the first provider whose key is set, else the local model.
        data: Tables (paths, data frames, mappings, arrays) by the name of the set or parameter that they fill; or a
            folder of tables, a SQLite file or `postgresql://...`, of which the formulation takes what it needs.
        folder: What relative paths of tables are relative to; None means the current folder.
        time_limit: Seconds for the solver; the best answer found by then is returned.
        gap: Relative gap between answer and bound at which the solver may stop.
        threads: Threads of the solver.
        seed: Seed of the solver's random choices.
        max_cost: US dollars that the model calls may cost.
        max_tokens: Tokens, read and written, that the model calls may take.
        repairs: How often the model is asked to repair its formulation.
        prompts: Prompts in the place of the shipped ones of these names (`steepest.prompts.load_prompt`).
        library: An experience library: a file, `postgresql://...`, or an open `Library`. The model is given its
            insights that apply, the answer names them, and the library counts their use; a library that can't be
            written is warned of (`UserWarning`).
        insights: The most insights that the model is given; 5 unless given.
        readings: When the model is asked how else the problem could be read, each reading being solved
            (`Answer.ambiguity`): "never", "in_doubt" (where an assumption, a warning or a part of the text that nothing
            answers to shows that there is room) or "always". It is one further call.
        checkpoints: Where the run is kept after every step (`steepest.agents.modeling.checkpoints.Checkpoints`): the
            same call goes on after a kill and pays for nothing twice; None is nowhere.
        samples: The most formulations that vote on the answer (`Answer.agreement`); fewer are drawn where the vote is
            clear before. 1 is to have one, without a vote.
        sure_at: With several samples, the confidence below which the answer says that it is not sure; 0.7 unless given.

    Raises:
        InputError: The text or an option can't be used as it is, a table can't be read, or there is no such library.
        LLMError: The model can't be asked, or its next call could pass the limit on cost or tokens.
    """
    from steepest.agents.modeling import solve_problem
    from steepest.agents.modeling.data.places import open_catalogue
    from steepest.agents.modeling.sampling.confidence import SURE
    from steepest.experience import consulted
    from steepest.solvers.options import solve_options

    settings = read_settings()
    limit = settings.time_limit if time_limit is None else time_limit
    chosen = budgeted(model or settings.model, max_cost=max_cost, max_tokens=max_tokens, settings=settings)
    with consulted(library, _warn, insights=insights) as experience:
        return solve_problem(
            text,
            chosen,
            tables=None if isinstance(data, str | Path) else data,
            catalogue=open_catalogue(data) if isinstance(data, str | Path) else None,
            folder=folder,
            options=solve_options(time_limit=limit, gap=gap, threads=threads, seed=seed),
            max_repairs=settings.repairs if repairs is None else repairs,
            prompts=prompts,
            recaller=experience,
            readings=readings,
            checkpoints=checkpoints,
            samples=samples,
            sure_at=SURE if sure_at is None else sure_at,
        )


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=5)  # at the call of `solve`


def budgeted(
    model: "str | ChatModel",
    *,
    max_cost: Decimal | float | None,
    max_tokens: int | None,
    settings: Settings,
    on_tokens: Callable[[int], None] | None = None,
) -> "ChatModel":
    """A model, opened if it is a name, behind the limits of a run on cost and tokens.

    Args:
        model: The model or its name.
        max_cost: US dollars; None means that of the settings.
        max_tokens: Tokens read and written; None means that of the settings.
        settings: The limits where none is given.
        on_tokens: Told how many tokens of a reply are written, by models that tell.

    Raises:
        InputError: There is no such model, or its key or file is missing.
    """
    from steepest.agents.llm import Budget, open_model, with_policies

    opened = open_model(model, on_progress=on_tokens) if isinstance(model, str) else model
    money = settings.max_cost if max_cost is None else Decimal(str(max_cost))
    tokens = settings.max_tokens if max_tokens is None else max_tokens
    if money is None and tokens is None:
        return opened
    return with_policies(opened, budget=Budget(money=money, tokens=tokens))
