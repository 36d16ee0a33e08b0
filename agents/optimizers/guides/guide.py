"""What a guide is, and what its judgement may be written as."""

import math
from collections.abc import Mapping
from decimal import Decimal
from numbers import Real
from typing import Any, Protocol

from steepest.agents.optimizers.search.rollouts import Judgement
from steepest.errors import InputError
from steepest.traces.containers import values_of
from steepest.traces.previews import preview

__all__ = ["Guide", "GuideError", "judgement_of"]

_FORMS = "a guide returns a number, True or False, (score, words), {'score': ..., 'feedback': ...} or a Judgement"
_WORDS = ("words", "feedback")
_KEYS = frozenset({"score", "objectives", *_WORDS})


class GuideError(InputError):
    """A guide can't judge: it is broken, or what it returns is no judgement. The search would learn nothing from it."""


class Guide(Protocol):
    """Judges outputs."""

    def __call__(self, example: Any, output: Any) -> Judgement:
        """What is to be said of an output; called from several threads at once.

        Args:
            example: The example's data.
            output: What the workflow gave for it.

        Raises:
            GuideError: The guide is broken, whatever the output.
        """


def judgement_of(value: Any) -> Judgement:
    """What a guide returned, as a judgement.

    Args:
        value: A finite number (True is 1, False 0), a pair of it and words, a mapping or an object with `score`, and
            with `words` or `feedback` if there are any, and `objectives` by name; or a `Judgement`; or a traced node
            of any of these.

    Raises:
        GuideError: It is none of these.
    """
    value = values_of(value)
    if isinstance(value, Judgement):
        return Judgement(_number(value.score), _words(value.words), _objectives(value.objectives))
    if isinstance(value, (str, bytes)) or value is None:
        raise GuideError(_refusal(value))
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise GuideError(_refusal(value))
        return Judgement(_number(value[0]), _words(value[1]))
    if isinstance(value, Mapping):
        return _of_mapping(value)
    if hasattr(value, "score"):
        return _of_object(value)
    return Judgement(_number(value))


def _of_mapping(value: Mapping[str, Any]) -> Judgement:
    if "score" not in value:
        raise GuideError(f"a guide returned {preview(value, 200)}, which has no 'score': {_FORMS}")
    if unknown := sorted(str(key) for key in value.keys() - _KEYS):
        raise GuideError(
            f"a guide returned {preview(value, 200)}, in which {', '.join(unknown)} means nothing: keys are 'score', "
            "'words' (or 'feedback') and 'objectives'"
        )
    said = next((value[name] for name in _WORDS if name in value), "")
    return Judgement(_number(value["score"]), _words(said), _objectives(value.get("objectives")))


def _of_object(value: Any) -> Judgement:
    """DSPy's `ScoreWithFeedback`, its `Prediction(score=..., feedback=...)`, and what looks like them."""
    said = next((getattr(value, name) for name in _WORDS if getattr(value, name, None) is not None), "")
    return Judgement(_number(value.score), _words(said), _objectives(getattr(value, "objectives", None)))


def _number(value: Any) -> float:
    value = _plain(value)
    if not isinstance(value, (Real, Decimal)):
        raise GuideError(_refusal(value))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise GuideError(
            f"a guide gave the score {value}, which can't be compared with others: give failures a low finite score, "
            "such as 0"
        )
    return number


def _plain(value: Any) -> Any:
    """The one number of an array or tensor without dimensions (NumPy's truth values are no numbers of Python's)."""
    is_single = getattr(value, "shape", None) == () or type(value).__name__ in ("bool_", "bool")
    return value.item() if is_single and hasattr(value, "item") else value


def _words(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise GuideError(f"a guide's words are a text, not {preview(value, 200)} ({type(value).__name__}): {_FORMS}")
    return value


def _objectives(value: Any) -> dict[str, float]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise GuideError(f"a guide's objectives are numbers by name, not {preview(value, 200)}")
    return {str(name): _number(each) for name, each in value.items()}


def _refusal(value: Any) -> str:
    told = "nothing (None)" if value is None else f"{preview(value, 200)} ({type(value).__name__})"
    hint = " Convert it: float(...)." if isinstance(value, str) and _is_number(value) else ""
    return f"a guide returned {told}, and that is no score: {_FORMS}.{hint}"


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
