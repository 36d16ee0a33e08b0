"""`optimize`: a workflow, examples, a guide and a budget go in; the best values that were found come out."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from steepest.agents.default_model import default_model
from steepest.agents.llm.chat import ChatModel, Usage, run_sync
from steepest.agents.llm.errors import PriceUnknown
from steepest.agents.llm.kept_replies import KeptModel, ReplyFile
from steepest.agents.llm.policies import with_policies
from steepest.agents.llm.prices import price_of_model
from steepest.agents.llm.specs import open_model
from steepest.agents.optimizers.catalogue import asks_a_model, own_copy, strategy_named
from steepest.agents.optimizers.components import named_nodes, value_of
from steepest.agents.optimizers.discovery import parameters_of_workflow
from steepest.agents.optimizers.engines.choice import executor_named
from steepest.agents.optimizers.examples import Data, digest_of_examples, examples_of
from steepest.agents.optimizers.guides.functions import guide_of
from steepest.agents.optimizers.guides.guide import Guide
from steepest.agents.optimizers.identities import digest_of_program
from steepest.agents.optimizers.model_bandit import ModelBandit
from steepest.agents.optimizers.outcome import Optimized, Spent
from steepest.agents.optimizers.reports.result import keep_result
from steepest.agents.optimizers.run_folder import ComponentEntry, RunEntry, RunFolder
from steepest.agents.optimizers.sealed import calls_for_the_test, sealed_test
from steepest.agents.optimizers.search.evaluations import Evaluations
from steepest.agents.optimizers.search.executors import Executor
from steepest.agents.optimizers.search.journal import Journal
from steepest.agents.optimizers.search.limits import BudgetSpent, SearchLimits, Spending
from steepest.agents.optimizers.search.loop import carry_out
from steepest.agents.optimizers.search.models import Models
from steepest.agents.optimizers.search.protocols import Program, Stopper, Strategy
from steepest.agents.optimizers.search.rollouts import Example, Split
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.settings import settings_of
from steepest.agents.optimizers.workflows import TracedProgram
from steepest.errors import InputError
from steepest.traces.graph import Node
from steepest.traces.parameters import update
from steepest.traces.previews import preview

__all__ = ["optimize"]

DEFAULT_METRIC_CALLS = 20
"""Metric calls for each ranking example, where no budget is given and no number of steps."""


def optimize(
    workflow: Callable[..., Any] | Program,
    data: Data | None = None,
    *,
    guide: Guide | Callable[..., Any] | None = None,
    strategy: str | Strategy = "auto",
    budget: int | SearchLimits | None = None,
    steps: int | None = None,
    llm: str | ChatModel | Sequence[str | ChatModel] | None = None,
    validation: Data | None = None,
    test: Data | None = None,
    parameters: Mapping[str, Node[Any]] | Sequence[Node[Any]] | None = None,
    out: str | Path | None = None,
    engine: str | Executor = "threads",
    workers: int | None = None,
    seed: int = 0,
    goal: str = "",
    failure_score: float | None = None,
    stoppers: Sequence[Stopper] = (),
    watch: Callable[[Search], None] | None = None,
) -> Optimized:
    """Find better values for a workflow's parameters, and set them.

    Args:
        workflow: A function, a bundle or a module with trainable parameters, or a `Program` of one's own. It is called
            with each example: by names, if that is a mapping with the names of its parameters.
        data: Examples to learn from, or a JSONL file of them; None for a workflow without arguments.
        guide: Judges an output: a function of the example and the output that returns a score, larger is better, or a
            score and words; or any guide of `steepest.agents.optimizers.guides`.
        strategy: How to search, by name (`steepest.agents.optimizers.STRATEGIES`) or an object. "auto" takes Optuna's
            TPE if all parameters are numbers and choices and no model is given (LLAMBO with one), islands if they are
            code, else Pareto.
        budget: The most metric calls, or limits of several kinds. Where it limits neither metric calls nor seconds, and
            there are no `steps`, 20 metric calls for each example of the ranking split.
        steps: The most steps.
        llm: Who proposes, a chat model or its name (`open_model`); of several, a bandit chooses by gain for the money.
            None means the default model, where the strategy needs one.
        validation: Examples whose scores rank candidates; those of `data` unless given.
        test: Examples that no choice sees; the seed and the best are run on them at the end. What that takes is set
            aside from the budget.
        parameters: What may change: nodes, by name if in a mapping. Unless given, those in the workflow and those that
            its functions name (`discovery`).
        out: A folder for all that is found; the same call with the same folder goes on where it was stopped.
        engine: Where the workflow runs: "threads", "processes", "ray", or an executor of one's own.
        workers: How many runs go on at once.
        seed: Of all random choices.
        goal: What you want, in words, for whoever proposes.
        failure_score: What a run that raises counts as. Unless given: 0 if the seed's scores are not negative, else
            less than all of them.
        stoppers: What may end the search before the budget does.
        watch: Called with the search whenever there is something new.

    Returns:
        What was found. The workflow's parameters have the best values, unless it is a `Program`.

    Raises:
        InputError: Something of this can't be used; the message says what.
        BudgetSpent: The budget does not even allow for the seed's evaluation.
        LLMError: A model can't be asked, for good; with `out`, what was done until then is kept.
    """
    examples = _splits(data, validation, test)
    program, nodes = _program_of(workflow, guide, parameters)
    chosen = own_copy(strategy_named(strategy, program.components, has_model=llm is not None))
    models = _opened(llm if llm is not None else default_model() if asks_a_model(chosen) else ())
    limits = _limits(budget, steps, examples)
    with ExitStack() as stack:
        folder = RunFolder(out) if out is not None else None
        if folder is not None:
            stack.enter_context(folder.locked())
            entry = _entry(workflow, guide, program, chosen, models, examples, seed, goal)
            seeded = folder.require(entry.model_copy(update={"limits": _limits_entry(limits, steps)}))
            if isinstance(program, TracedProgram):
                program.begin_with(seeded)
        evaluations = stack.enter_context(closing(Evaluations(folder.evaluations if folder is not None else None)))
        spending = _spending(limits, evaluations)
        spending.set_aside = calls_for_the_test(evaluations, program.seed(), examples.get("test", ()))
        _require_enough(limits, spending, examples, models)
        search = Search(
            program,
            examples,
            spending,
            models=_models(models, spending, folder, stack),
            evaluations=evaluations,
            executor=stack.enter_context(closing(executor_named(engine, workers))),
            seed=seed,
            goal=goal,
            failure_score=failure_score,
            watch=watch,
        )
        if isinstance(program, TracedProgram):
            stack.callback(program.restore)
        found = run_sync(_found(search, chosen, folder, stoppers, steps))
        if folder is not None:
            keep_result(found, folder.path)
    for name, parameter in nodes.items():
        update(parameter, value_of(parameter, found.values[name]))
    return found


async def _found(
    search: Search, strategy: Strategy, folder: RunFolder | None, stoppers: Sequence[Stopper], steps: int | None
) -> Optimized:
    journal = Journal(folder.steps if folder is not None else None)
    ended = await carry_out(search, strategy, stoppers=stoppers, steps=steps, journal=journal)
    best, reason = search.best, ended.reason
    test = None
    try:
        test = await sealed_test(search, best)
    except BudgetSpent as error:  # metric calls are set aside for it; time and money may be over
        reason = f"{reason}; the sealed test was not made: {error}"
    spending = search.spending
    return Optimized(
        best=best,
        score=search.score(best),
        seed_score=search.score(search.pool[0]),
        test=test,
        reason=reason,
        pool=search.pool,
        ranking=search.ranking,
        records=journal.read(ended.recorded),
        spent=Spent(spending.metric_calls, spending.tokens, spending.money, spending.seconds, spending.unpriced),
        folder=folder.path if folder is not None else None,
    )


def _opened(llm: str | ChatModel | Sequence[str | ChatModel]) -> list[ChatModel]:
    several = [llm] if isinstance(llm, (str, ChatModel)) else llm
    if not isinstance(several, Sequence) or not all(isinstance(each, (str, ChatModel)) for each in several):
        raise InputError(
            f"llm is {preview(llm, 80)}: pass the name of a model, a chat model, or a list of these; around a function "
            "of your own put FunctionModel (steepest.agents.llm)"
        )
    return [open_model(each) if isinstance(each, str) else each for each in several]


def _splits(data: Data | None, validation: Data | None, test: Data | None) -> dict[Split, list[Example]]:
    examples: dict[Split, list[Example]] = {"train": examples_of(data, "data")}
    if validation is not None:
        examples["validation"] = examples_of(validation, "validation")
    if test is not None:
        examples["test"] = examples_of(test, "test")
    return examples


def _program_of(workflow: Any, guide: Any, parameters: Any) -> tuple[Program, Mapping[str, Node[Any]]]:
    """What is searched, and the nodes that get the best values."""
    if isinstance(workflow, Program):
        if guide is not None or parameters is not None:
            raise InputError("a Program judges its runs and names its components itself: leave out guide, parameters")
        return workflow, {}
    if not callable(workflow):
        raise InputError(f"the workflow has to be something to call, not a {type(workflow).__name__}")
    if guide is None:
        raise InputError("pass guide=: a function of the example and the output that returns a score, larger is better")
    nodes = named_nodes(parameters) if parameters is not None else parameters_of_workflow(workflow)
    return TracedProgram(workflow, nodes, guide_of(guide)), nodes


def _limits(budget: Any, steps: int | None, examples: Mapping[Split, Sequence[Example]]) -> SearchLimits:
    given = budget if isinstance(budget, SearchLimits) else SearchLimits(metric_calls=budget)
    if given.metric_calls is not None or given.seconds is not None or steps is not None:
        return given
    ranking = examples.get("validation") or examples["train"]
    usual = DEFAULT_METRIC_CALLS * len(ranking) + 2 * len(examples.get("test", ()))
    return replace(given, metric_calls=usual)  # tokens and money end no search that asks no model


def _require_enough(
    limits: SearchLimits,
    spending: Spending,
    examples: Mapping[Split, Sequence[Example]],
    models: Sequence[ChatModel],
) -> None:
    """Make sure, before anything is paid for, that the search can begin.

    Raises:
        BudgetSpent: The budget does not allow for the seed and the test.
        PriceUnknown: Money is limited, and nobody knows what a model costs.
    """
    seed = len(examples.get("validation") or examples["train"])
    if (
        limits.metric_calls is not None
        and not spending.metric_calls
        and limits.metric_calls < seed + spending.set_aside
    ):
        test = f", the test at the end {spending.set_aside:,}" if spending.set_aside else ""
        raise BudgetSpent(
            f"{limits.metric_calls:,} metric calls are too few: the values to begin with take {seed:,}{test}, and each "
            "step takes more"
        )
    if limits.money is None:
        return
    for each in models:
        if price_of_model(each, Usage(input_tokens=1, output_tokens=1)) is None:
            raise PriceUnknown(
                f"money is limited to {limits.money} $, and the price of {each.name} is not known: limit tokens instead"
            )


def _spending(limits: SearchLimits, evaluations: Evaluations) -> Spending:
    """What may still be spent; a search that goes on has spent what its evaluations took."""
    calls, tokens, money = evaluations.totals()
    return Spending(limits, metric_calls=calls, tokens=tokens, money=money)


def _models(models: Sequence[ChatModel], spending: Spending, folder: RunFolder | None, stack: ExitStack) -> Models:
    """The models behind the budget, their answers kept where there is a folder."""
    behind: list[ChatModel] = [with_policies(each, budget=spending.budget) for each in models]
    if folder is not None and behind:
        replies = stack.enter_context(closing(ReplyFile(folder.replies)))
        paid = replies.paid()
        spending.budget.charge(paid.money, paid.tokens)
        behind = [KeptModel(each, replies) for each in behind]
    return Models(behind, ModelBandit() if len(behind) > 1 else None)


def _entry(
    workflow: Any,
    guide: Any,
    program: Program,
    strategy: Strategy,
    models: Sequence[ChatModel],
    examples: Mapping[Split, Sequence[Example]],
    seed: int,
    goal: str,
) -> RunEntry:
    return RunEntry(
        workflow=_name_of(workflow),
        identities=_identities(workflow, guide),
        components=tuple(
            ComponentEntry(name=each.name, kind=each.kind, description=each.description, constraint=each.constraint)
            for each in program.components
        ),
        seed_values=dict(program.seed()),
        strategy=settings_of(strategy),
        models=tuple(each.name for each in models),
        guide=_name_of(guide) if guide is not None else "",
        goal=goal,
        sizes={split: len(given) for split, given in examples.items()},
        digests={split: digest_of_examples(given, split) for split, given in examples.items()},
        seed=seed,
    )


def _identities(workflow: Any, guide: Any) -> dict[str, str]:
    if guide is None:
        return {"program": digest_of_program(workflow)}
    return {"workflow": digest_of_program(workflow), "guide": digest_of_program(guide)}


def _limits_entry(limits: SearchLimits, steps: int | None) -> dict[str, int | float | None]:
    money = None if limits.money is None else float(limits.money)
    return {**asdict(limits), "money": money, "steps": steps}


def _name_of(thing: Any) -> str:
    """What a function or an object is called, without an address that changes from process to process."""
    while isinstance(thing, partial):
        thing = thing.func
    return str(getattr(thing, "__qualname__", type(thing).__qualname__))
