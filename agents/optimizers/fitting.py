"""From what was said to the value that a component can have: 'False' is False, '3' is 3, '[3, 4]' is a list.

Nothing is rounded, cut or clamped: what does not fit is refused with what would.
"""

import json
import math
import re
from collections.abc import Callable
from typing import Any

from steepest.agents.optimizers.code.evolve_blocks import require_inside
from steepest.agents.optimizers.search.values import Component, Kind, Value, digest_of
from steepest.errors import InputError
from steepest.traces.previews import preview

__all__ = ["fit", "fit_change", "wanted"]

LONGEST = 200_000
"""Characters of a text or of code."""
_LONGEST_NUMBER = 300
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_FENCED = re.compile(r"\A\s*```[\w+-]*[ \t]*\n(.*)\n[ \t]*```\s*\Z", re.DOTALL)
_QUOTED = re.compile(r"\A(['\"`])(.*)\1\Z", re.DOTALL)


def fit(component: Component, said: Any) -> Value:
    """The value of a component that somebody said, as text or as JSON.

    Raises:
        SteepestError: The component can't have it; the message says what it can have.
    """
    value = _READERS[component.kind](component, said)
    fitting = component.judge(value) if component.judge is not None else value
    digest_of({component.name: fitting})  # whatever a judge lets through, JSON has to say it
    return fitting


def fit_change(component: Component, present: Value, said: Any) -> Value:
    """The value that somebody said in place of a present one; where that has blocks that may change, no other line may.

    Raises:
        SteepestError: The component can't have it, or something outside of the blocks was changed.
    """
    fitting = fit(component, said)
    if component.kind == "code" and isinstance(present, str):
        require_inside(present, fitting)
    return fitting


def wanted(component: Component) -> str:
    """What a component's values are, in words: `a whole number from 1 to 10`."""
    words = _WORDS[component.kind]
    if component.kind == "choice":
        words += ": " + ", ".join(json.dumps(each, ensure_ascii=False) for each in component.choices)
    if component.low is not None and component.high is not None:
        words += f" from {_figure(component.low)} to {_figure(component.high)}"
    elif component.low is not None:
        words += f", {_figure(component.low)} or more"
    elif component.high is not None:
        words += f", {_figure(component.high)} or less"
    return words


_WORDS: dict[Kind, str] = {
    "text": "a text",
    "code": "Python source",
    "integer": "a whole number",
    "float": "a number",
    "boolean": "true or false",
    "choice": "one of these",
    "json": "a value written as JSON",
}


def _figure(bound: float) -> str:
    return f"{int(bound)}" if float(bound).is_integer() and abs(bound) < 1e15 else f"{bound:g}"


def _misfit(component: Component, said: Any) -> InputError:
    return InputError(f"{component.name} can't be {preview(said, 120)}: it has to be {wanted(component)}")


def _text(component: Component, said: Any) -> str:
    if not isinstance(said, str):
        raise _misfit(component, said)
    if len(said) > LONGEST:
        raise InputError(f"{component.name} can't have {len(said):,} characters: write at most {LONGEST:,}")
    return said


def _code(component: Component, said: Any) -> str:
    """Source without the one fence that may be around all of it."""
    text = _text(component, said)
    fenced = _FENCED.match(text)
    source = fenced[1] if fenced else text
    if not source.strip():
        raise InputError(f"{component.name} can't be empty: write the whole source")
    return source


def _integer(component: Component, said: Any) -> int:
    number = _number(component, said)
    if isinstance(number, float) and not number.is_integer():
        raise _misfit(component, said)
    return int(_bounded(component, number, said))


def _float(component: Component, said: Any) -> float:
    try:
        return float(_bounded(component, _number(component, said), said))
    except OverflowError as error:
        raise _misfit(component, said) from error


def _number(component: Component, said: Any) -> int | float:
    """A finite number; a whole one stays exact."""
    number: Any = said
    if isinstance(said, str):
        text = _bare(said)
        if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
            raise _misfit(component, said)
        number = int(text) if text.lstrip("+-").isdigit() else float(text)
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise _misfit(component, said)
    if isinstance(number, float) and not math.isfinite(number):
        raise _misfit(component, said)
    return number


def _bounded(component: Component, number: int | float, said: Any) -> int | float:
    is_below = component.low is not None and number < component.low
    if is_below or (component.high is not None and number > component.high):
        raise _misfit(component, said)
    return number


def _boolean(component: Component, said: Any) -> bool:
    word = _bare(said).lower() if isinstance(said, str) else said
    if word is True or word in _YES:
        return True
    if word is False or word in _NO:
        return False
    raise _misfit(component, said)


def _choice(component: Component, said: Any) -> Value:
    """The choice itself, of its own type: the one that is equal, is written so, or is the only one that reads so."""
    for each in component.choices:
        if type(each) is type(said) and each == said:
            return each
    if isinstance(said, str):
        word = _bare(said)
        spellings: list[Callable[[Any], str]] = [_spelled, str, lambda each: str(each).lower()]
        for spell in spellings:
            meant = [each for each in component.choices if spell(each) in (word, word.lower())]
            if len(meant) == 1:
                return meant[0]
    else:
        meant = [each for each in component.choices if not isinstance(each, bool) and each == said]
        if len(meant) == 1 and not isinstance(said, bool):
            return meant[0]
    raise _misfit(component, said)


def _spelled(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json(component: Component, said: Any) -> Value:
    """A value that JSON can say; of a text, the value that it spells."""
    if not isinstance(said, str):
        return said
    fenced = _FENCED.match(said)
    text = fenced[1] if fenced else said
    if len(text) > LONGEST:
        raise InputError(f"{component.name} can't have {len(text):,} characters: write at most {LONGEST:,}")
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise InputError(f"{component.name} can't be nested so deeply") from error
    except ValueError as error:
        raise InputError(
            f"{component.name} can't be {preview(said, 120)}: it has to be written as JSON, a text in double quotes, "
            f"yes and no as true and false ({error})"
        ) from error


def _refuse(word: str) -> Any:
    raise ValueError(f"JSON has no {word}")


def _bare(text: str) -> str:
    """A word or number without white space, a fence, or quotes around it."""
    text = text.strip()
    fenced = _FENCED.match(text)
    text = fenced[1].strip() if fenced else text
    quoted = _QUOTED.match(text)
    return quoted[2].strip() if quoted else text


_READERS: dict[Kind, Callable[[Component, Any], Value]] = {
    "text": _text,
    "code": _code,
    "integer": _integer,
    "float": _float,
    "boolean": _boolean,
    "choice": _choice,
    "json": _json,
}
