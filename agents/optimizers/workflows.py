"""A traced workflow and a guide as the program of a search."""

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

from steepest.agents.llm.chat import run_sync
from steepest.agents.llm.errors import ContextOverflow, InvalidReply, LLMError, ProviderError
from steepest.agents.optimizers.accounts import account_of
from steepest.agents.optimizers.calling import call_plan
from steepest.agents.optimizers.components import component_of, encoded_value
from steepest.agents.optimizers.guides.guide import Guide
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.values import Component, Values
from steepest.agents.optimizers.stages import Staged, place_all, stage_of
from steepest.errors import InputError
from steepest.traces.containers import values_of
from steepest.traces.failures import CodeNotRunError, ExecutionError, told
from steepest.traces.feedback import Feedback, cut_out, ends_of
from steepest.traces.graph import Node
from steepest.traces.holders import unwrapped
from steepest.traces.previews import preview
from steepest.traces.scope import metered

__all__ = ["TracedProgram"]

MOST_SHOWN = 2_000
"""Characters of an example and of an output that a rollout keeps."""


class TracedProgram:
    """A workflow whose parameters are what candidates differ in.

    Args:
        workflow: A function, a bundle, or a module; may be async. It is called with an example's data (`calling`).
        parameters: Trainable nodes by the names of the components.
        guide: Judges what the workflow gives.

    Raises:
        InputError: There are no parameters, or they are none.
    """

    def __init__(self, workflow: Callable[..., Any], parameters: Mapping[str, Node[Any]], guide: Guide) -> None:
        if not parameters:
            raise InputError(
                "there is nothing to optimize: mark values with node(..., trainable=True) or functions with "
                "bundle(trainable=True), or pass parameters="
            )
        self._workflow = workflow
        self._parameters = dict(parameters)
        self._guide = guide
        self.components: Sequence[Component] = [component_of(name, each) for name, each in parameters.items()]
        self._found = {name: encoded_value(each) for name, each in parameters.items()}
        self._seed = self._found
        self._prepare()

    def _prepare(self) -> None:
        self._plan = call_plan(self._workflow)
        self._stage: Staged = stage_of(self._workflow, self._parameters)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("_plan", "_stage", "components")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.components = [component_of(name, each) for name, each in self._parameters.items()]
        self._prepare()

    def seed(self) -> Values:
        """The values to begin with: those that the parameters had when this was made, unless told otherwise."""
        return dict(self._seed)

    def begin_with(self, values: Values) -> None:
        """Begin with other values than the parameters have: those that the search began with in an earlier session."""
        self._seed = dict(values)

    def restore(self) -> None:
        """Give the parameters the values that they had when this was made, and let no run change them any more."""
        self._stage.close()
        place_all(self._parameters, self._found)

    def run(self, values: Values, example: Example, *, traced: bool) -> Rollout:
        """Run the workflow on one example with a candidate's values, and judge its output.

        Raises:
            InputError: The example does not fit the workflow, or the guide is broken.
            CodeNotRunError: Proposed code can't be run here at all.
            LLMError: A model in the workflow can't be asked, whatever the candidate: no key, no answer, no budget.
        """
        begin = perf_counter()
        arguments = self._plan(example.data)
        with metered() as charges, self._stage.using(values) as (workflow, parameters):
            try:
                output = _called(workflow, *arguments)
            except CodeNotRunError:
                raise
            except (Exception, SystemExit) as error:
                if (outage := _outage(error)) is not None:
                    raise outage from error
                made = _failed(example, error, parameters, traced=traced)
            else:
                made = self._judged(example, output, parameters, traced=traced)
        return replace(
            made,
            tokens=sum(tokens for tokens, _ in charges),
            money=math.fsum(money or 0.0 for _, money in charges),
            unpriced=sum(money is None for _, money in charges),
            seconds=perf_counter() - begin,
        )

    def _judged(self, example: Example, output: Any, parameters: Mapping[str, Node[Any]], *, traced: bool) -> Rollout:
        plain = values_of(output)
        judged = self._guide(example.data, plain)
        words = judged.words or f"score {judged.score:g}"
        return Rollout(
            example.key,
            judged.score,
            judged.words,
            judged.objectives,
            preview(example.data, MOST_SHOWN),
            preview(plain, MOST_SHOWN),
            account=_account(parameters, _nodes_of(output), words, judged.score) if traced else None,
        )


def _called(workflow: Callable[..., Any], positional: tuple[Any, ...], named: dict[str, Any]) -> Any:
    result = workflow(*positional, **named)
    return run_sync(_awaited(result)) if inspect.isawaitable(result) else result


async def _awaited(result: Any) -> Any:
    return await result


def _outage(error: BaseException) -> LLMError | None:
    """The error of a model that could not be asked, for reasons which lie in no candidate, if it is behind an error."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        is_the_candidates = isinstance(each, ContextOverflow | InvalidReply) or (
            isinstance(each, ProviderError) and each.kind == "request"
        )
        if isinstance(each, LLMError) and not isinstance(each, ExecutionError):
            return None if is_the_candidates else each
        each = each.__cause__ or each.__context__
    return None


def _failed(example: Example, error: BaseException, parameters: Mapping[str, Node[Any]], *, traced: bool) -> Rollout:
    words = str(error) if isinstance(error, ExecutionError) else told(error)
    nodes = list(ends_of(error)) if isinstance(error, ExecutionError) else []
    return Rollout(
        example.key,
        0.0,
        inputs=preview(example.data, MOST_SHOWN),
        error=words[:MOST_SHOWN] or type(error).__name__,
        account=_account(parameters, nodes, words, None) if traced else None,
    )


def _nodes_of(output: Any) -> list[Node[Any]]:
    """The nodes that an output is, or holds."""
    if isinstance(output, Node):
        return [output]
    found: list[Node[Any]] = []
    unwrapped(output, found)
    return [each for each in found if each.order]


def _account(
    parameters: Mapping[str, Node[Any]], nodes: Sequence[Node[Any]], words: str, score: float | None
) -> Mapping[str, Any] | None:
    """What led from the parameters to the output; None if nothing that was traced did."""
    if not nodes:
        return None
    cut = cut_out(parameters.values(), [Feedback(tuple(ends_of(nodes)), words, score)])
    return account_of(cut, parameters) if cut.nodes else None
