"""A traced workflow and a guide as the program of a search."""

import inspect
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from steepest.agents.llm.chat import run_sync
from steepest.agents.optimizers.accounts import account_of
from steepest.agents.optimizers.calling import call_plan
from steepest.agents.optimizers.components import component_of, encoded_value
from steepest.agents.optimizers.guides.guide import Guide
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.values import Component, Values
from steepest.agents.optimizers.stages import Staged, place_all, stage_of
from steepest.errors import InputError
from steepest.traces.containers import values_of
from steepest.traces.failures import CodeNotRunError, ExecutionError
from steepest.traces.feedback import Feedback, cut_out, ends_of
from steepest.traces.graph import Node, ancestors
from steepest.traces.holders import unwrapped
from steepest.traces.modules.members import named_parameters
from steepest.traces.previews import preview
from steepest.traces.scope import Call, enter, leave

__all__ = ["TracedProgram", "parameters_behind"]

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
        self._loop = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {
            name: value for name, value in vars(self).items() if name not in ("_plan", "_stage", "_loop", "components")
        }

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
        """Give the parameters the values that they had when this was made."""
        place_all(self._parameters, self._found)

    def run(self, values: Values, example: Example, *, traced: bool) -> Rollout:
        """Run the workflow on one example with a candidate's values, and judge its output."""
        begin = perf_counter()
        with self._stage.using(values) as (workflow, parameters):
            try:
                output = _called(workflow, *self._plan(example.data))
            except (CodeNotRunError, InputError):
                raise
            except Exception as error:
                return _failed(example, error, parameters, traced=traced, seconds=perf_counter() - begin)
            plain = values_of(output)
            judging = Call(is_opaque=True)
            with _inside(judging):
                judged = self._guide(example.data, plain)
            nodes = _nodes_of(output)
            tokens, money = _spent(nodes, judging)
            return Rollout(
                example.key,
                judged.score,
                judged.words,
                judged.objectives,
                preview(example.data, MOST_SHOWN),
                preview(plain, MOST_SHOWN),
                "",
                _account(parameters, nodes, judged.words or f"score {judged.score:g}", judged.score)
                if traced
                else None,
                tokens,
                money,
                perf_counter() - begin,
            )


def parameters_behind(workflow: Any, example: Example) -> dict[str, Node[Any]]:
    """The parameters of a workflow: those in it, or, of a function, those that a run on an example is made from.

    Raises:
        InputError: There are none, or the run fails before it has met one.
    """
    found = named_parameters(workflow)
    if not inspect.isclass(workflow) and not isinstance(workflow, (list, dict)):
        for each in _met(workflow, example):
            if all(each is not known for known in found.values()):
                found[_free(each.label or "parameter", found)] = each
    if not found:
        raise InputError(
            "there is nothing to optimize: no parameter is in the workflow, and what it gives for the first example is "
            "made from none; mark values with node(..., trainable=True) or functions with bundle(trainable=True), or "
            "pass parameters="
        )
    return found


def _met(workflow: Any, example: Example) -> list[Node[Any]]:
    try:
        output = _called(workflow, *call_plan(workflow)(example.data))
    except ExecutionError as error:
        ends = list(ends_of(error))
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"the workflow fails on its first example, outside of what is traced: {type(error).__name__}: {error}"
        ) from error
    else:
        ends = _nodes_of(output)
    return [each for each in ancestors(ends) if each.trainable is not None]


def _free(name: str, taken: Mapping[str, object]) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _called(workflow: Callable[..., Any], positional: tuple[Any, ...], named: dict[str, Any]) -> Any:
    result = workflow(*positional, **named)
    return run_sync(_awaited(result)) if inspect.isawaitable(result) else result


async def _awaited(result: Any) -> Any:
    return await result


def _failed(
    example: Example, error: Exception, parameters: Mapping[str, Node[Any]], *, traced: bool, seconds: float
) -> Rollout:
    is_told = isinstance(error, ExecutionError)
    words = str(error) if is_told else f"{type(error).__name__}: {error}"
    nodes = list(ends_of(error)) if isinstance(error, ExecutionError) else []
    tokens, money = _spent(nodes)
    return Rollout(
        example.key,
        0.0,
        inputs=preview(example.data, MOST_SHOWN),
        error=words[:MOST_SHOWN] or type(error).__name__,
        account=_account(parameters, nodes, words, None) if traced else None,
        tokens=tokens,
        money=money,
        seconds=seconds,
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


@contextmanager
def _inside(call: Call) -> Iterator[None]:
    """Have model calls charged to a call."""
    token = enter(call)
    try:
        yield
    finally:
        leave(token)


def _spent(nodes: Sequence[Node[Any]], judging: Call | None = None) -> tuple[int, float]:
    """Tokens and US dollars of the model calls behind an output, and of those that judged it."""
    charges = [(each.record.tokens, each.record.money) for each in ancestors(nodes) if each.record is not None]
    charges += judging.charges if judging is not None else []
    return sum(tokens for tokens, _ in charges), math.fsum(money for _, money in charges)
