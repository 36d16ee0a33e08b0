"""Functions as guides: one's own metric, or one that was written for DSPy or GEPA."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from steepest.agents.llm.chat import run_sync
from steepest.agents.llm.errors import LLMError
from steepest.agents.optimizers.guides.fields import as_fields
from steepest.agents.optimizers.guides.guide import Guide, GuideError, judgement_of
from steepest.agents.optimizers.search.rollouts import Judgement

__all__ = ["FunctionGuide", "guide_of"]

_OUTPUTS = frozenset(
    {"output", "outputs", "pred", "preds", "prediction", "predictions", "predicted", "y_pred", "y_hat", "completion"}
)
_ANSWERS = frozenset({"answer", "result", "response", "reply"})
"""Names of outputs beside an example, and of what is right beside an output."""
_INPUTS = frozenset({"example", "data", "input", "inputs", "item", "case", "row", "problem", "question"})
_RIGHT = frozenset({"gold", "reference", "expected", "label", "labels", "target", "targets", "truth", "y_true"})
_EXAMPLES = _INPUTS | _RIGHT
_UNUSED = frozenset({"trace", "pred_name", "pred_trace"})
"""What DSPy and GEPA give beside the two."""


class FunctionGuide:
    """A function that judges.

    Args:
        function: Takes the output; or the example's data and the output, in this order unless a name (`pred` first,
            `gold` second, ...) says the other; or more, as DSPy's metrics `(gold, pred, trace, pred_name, pred_trace)`,
            which get None for the rest, and mappings as objects with attributes (`gold.answer`). A setting of its own,
            with a default that is not None, keeps it. Returns what `judgement_of` reads; may be async.

    Raises:
        GuideError: It takes no arguments, or nobody can tell what an argument that may be left out is for.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self._places = _places(function)
        self._is_of_dspy = _is_of_dspy(function)

    def __repr__(self) -> str:
        return f"FunctionGuide({name_of(self.function)})"

    def __call__(self, example: Any, output: Any) -> Judgement:
        """What is to be said of an output.

        Raises:
            GuideError: The function raised, or what it returned is no judgement.
        """
        given = {"example": example, "output": output, "rest": None}
        if self._is_of_dspy:
            given |= {"example": as_fields(example, "Example"), "output": as_fields(output, "Prediction")}
        try:
            said = self.function(*(given[place] for place in self._places))
            said = run_sync(_awaited(said)) if inspect.isawaitable(said) else said
        except (LLMError, GuideError):
            raise
        except Exception as error:
            raise GuideError(
                f"the guide {name_of(self.function)} raised {type(error).__name__}: {error}{_line_of(error)}. A guide "
                "judges failures, too: give what can't be judged a low score and say why."
            ) from error
        try:
            return judgement_of(said)
        except GuideError as error:
            raise GuideError(f"{name_of(self.function)}: {error}") from error


def guide_of(guide: Guide | Callable[..., Any]) -> Guide:
    """A guide as it is, a function as a guide.

    Raises:
        GuideError: It can't be called, or takes no arguments.
    """
    if not callable(guide):
        raise GuideError(f"a guide is a function (example, output) or a Guide, not {type(guide).__name__}")
    return guide if _is_guide(guide) else FunctionGuide(guide)


def name_of(function: Callable[..., Any]) -> str:
    """What a function is called in messages."""
    return getattr(function, "__qualname__", None) or type(function).__qualname__


def _is_guide(guide: Callable[..., Any]) -> bool:
    """Whether it says so itself: an object whose call is annotated as a guide's."""
    if inspect.isroutine(guide) or inspect.isclass(guide):
        return False
    call = type(guide).__call__
    return getattr(call, "__annotations__", {}).get("return") in (Judgement, "Judgement")


def _places(function: Callable[..., Any]) -> tuple[str, ...]:
    """For each positional argument what it gets: the example, the output, or nothing of ours."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # a builtin does not tell
        return "example", "output"
    names = _positional(signature.parameters, name_of(function))
    if not names:
        raise GuideError(f"the guide {name_of(function)} takes no arguments: write it as (example, output)")
    if len(names) == 1:
        return ("output",)
    pair = ("output", "example") if _begins_with_output(names[0], names[1]) else ("example", "output")
    return *pair, *("rest",) * (len(names) - 2)


def _is_of_dspy(function: Callable[..., Any]) -> bool:
    """Whether it takes what DSPy and GEPA give beside the two, or calls them `gold` and `pred`."""
    try:
        names = set(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # a builtin does not tell
        return False
    return bool(names & _UNUSED) or {"gold", "pred"} <= names


def _begins_with_output(first: str, second: str) -> bool:
    """Whether names say that the output comes before the example; where they don't, the example does."""
    if first in _OUTPUTS or first in _EXAMPLES:
        return first in _OUTPUTS
    if second in _OUTPUTS:
        return False
    return first in _ANSWERS or second in _EXAMPLES


def _positional(parameters: Mapping[str, inspect.Parameter], name: str) -> list[str]:
    """The names of the arguments that are given by place: what is required, and of example and output both."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    for each in parameters.values():
        if each.kind is each.KEYWORD_ONLY and each.default is each.empty:
            raise GuideError(f"the guide {name} requires {each.name}=, which nobody gives: take (example, output)")
    placed = [each for each in parameters.values() if each.kind in kinds]
    names = [each.name for each in placed]
    required = sum(each.default is each.empty for each in placed)
    if any(each.kind is each.VAR_POSITIONAL for each in parameters.values()):
        return [*names, "example", "output"][: max(2, required)]
    return names[: required if required > 1 or not names else _optional_pair(placed, name)]


def _optional_pair(placed: Sequence[inspect.Parameter], name: str) -> int:
    """How many of the first two arguments are given, where at least the second may be left out."""
    first, *rest = (each.name for each in placed)
    if not rest or rest[0] in _UNUSED:
        return 1
    if rest[0] in _OUTPUTS | _ANSWERS | _EXAMPLES or first in _EXAMPLES:
        return 2
    if placed[1].default is not None:  # a setting of its own
        return 1
    if first in _OUTPUTS | _ANSWERS:
        return 2
    raise GuideError(
        f"the guide {name} takes ({first}, {rest[0]}=None), and nobody can tell which is the output: name them "
        "(example, output) or (output, example), or pass lambda example, output: ... that calls it"
    )


async def _awaited(said: Any) -> Any:
    return await said


def _line_of(error: Exception) -> str:
    """Where in the guide it was raised."""
    traceback = error.__traceback__
    last = None
    while traceback is not None:
        last, traceback = traceback, traceback.tb_next
    return "" if last is None else f" ({last.tb_frame.f_code.co_filename}, line {last.tb_lineno})"
