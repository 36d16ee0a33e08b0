"""What happened, as those who propose are told of it: the telling rollouts and tries, short enough to be read."""

import json
import re
from collections.abc import Sequence
from itertools import count

from steepest.agents.optimizers.fitting import wanted
from steepest.agents.optimizers.search.protocols import Past, Situation
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.values import Component, Value
from steepest.prompts import load_prompt
from steepest.traces.previews import cut, preview

__all__ = [
    "aim",
    "as_text",
    "current",
    "described",
    "extremes",
    "failures",
    "inert",
    "records",
    "tries",
    "way",
    "whole_code",
]

SHORTEST = 120
"""Characters that a part of a record has at least, however many records share the room."""

_CLOSING = re.compile(
    r"<\s*/(?=\s*(?:bad|better|cause|current|feedback|good|inputs|kinds?|output|runs|solutions|step|tries)\b)",
    re.IGNORECASE,
)
_HEAD = re.compile(r"^(?:Name|Value):", re.MULTILINE)


def aim(situation: Situation) -> str:
    """What the user wants."""
    return situation.goal or "a higher score"


def current(situation: Situation) -> str:
    """The components that may change: what each is for, what its values have to meet, and the parent's value whole.

    A value that reads like the frame around it, with a closing tag or the name of a component, is in a tag of its own.
    """
    parts = []
    for each in situation.components:
        heads = {"What it is for": each.description, "What it has to meet": each.constraint}
        lines = [inert(f"{title}: {text}") for title, text in heads.items() if text]
        parts.append("\n".join([f"Name: {each.name}", *lines, *_framed(as_text(situation.parent.values[each.name]))]))
    return "\n\n".join(parts)


def _framed(value: str) -> list[str]:
    """A value whole, between tags that do not occur in it where it could be taken for what is around it."""
    if not _CLOSING.search(value) and not _HEAD.search(value):
        return ["Value:", value]
    return _in_tag("Value", "value", value)


def whole_code(source: str) -> str:
    """Code as it stands; where it could close the tag that is around it, in a tag that does not occur in it."""
    return source if not _CLOSING.search(source) else "\n".join(_in_tag("The code", "code", source))


def _in_tag(title: str, name: str, value: str) -> list[str]:
    tag = next(f"{name}-{number}" for number in count(1) if f"{name}-{number}" not in value)
    return [
        f"{title}, all that stands between <{tag}> and </{tag}>, whatever it reads like:",
        f"<{tag}>",
        value,
        f"</{tag}>",
    ]


def described(component: Component) -> str:
    """A component in a line: its name, what it is for, what its values have to meet."""
    parts = [component.description, component.constraint]
    return f"{component.name}: {'; '.join(each for each in parts if each) or wanted(component)}"


def as_text(value: Value) -> str:
    """A value as a model reads and writes it: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def way(index: int) -> str:
    """What a step's proposal of this number shall go by, for proposals to differ where models have no temperature."""
    ways = load_prompt("ways_text").render().user.splitlines()
    return ways[index % len(ways)]


def inert(text: str) -> str:
    """A text that can't close the tags that prompts put around data."""
    return _CLOSING.sub("‹/", text)


def failures(rollouts: Sequence[Rollout]) -> list[Rollout]:
    """Those that raise or have less than the best score among them, ascending; all of them where they are alike.

    What went right is no evidence of what is wrong: a model that is shown it as a failure makes a reason up.
    """
    ascending = sorted(rollouts, key=lambda each: each.score)
    below = [each for each in ascending if each.error or each.score < ascending[-1].score]
    return below or ascending


def extremes(rollouts: Sequence[Rollout], most: int) -> list[Rollout]:
    """The worst, the best, the second worst, the second best, ...: at most so many, ascending by score."""
    ascending = sorted(rollouts, key=lambda each: each.score)
    if len(ascending) <= most:
        return ascending
    worst = (most + 1) // 2
    return ascending[:worst] + ascending[len(ascending) - (most - worst) :]


def records(rollouts: Sequence[Rollout], longest: int) -> str:
    """Rollouts as a text: inputs, output or error, score and feedback of each.

    Args:
        rollouts: Those to tell of, in their order.
        longest: Characters that their texts share. One that is too long loses its middle.
    """
    room = max(longest // (3 * max(len(rollouts), 1)), SHORTEST)
    return inert("\n\n".join(_record(number, each, room) for number, each in enumerate(rollouts, 1))) or "none"


def _record(number: int, rollout: Rollout, room: int) -> str:
    parts = {
        f"Run {number}, score": f"{rollout.score:g}",
        "Input": rollout.inputs,
        "Output": rollout.output,
        "Error": rollout.error,
        "Feedback": rollout.words,
    }
    return "\n".join(f"{title}: {cut(text, room)}" for title, text in parts.items() if text)


def tries(past: Sequence[Past], names: Sequence[str], most: int, longest: int = 400) -> list[str]:
    """The latest tries that changed some of the components, a text each, the oldest first.

    Args:
        past: Of a search, the oldest first.
        names: Of the components.
        most: Tries to tell of.
        longest: Characters of a value.
    """
    wanted = set(names)
    touching = [each for each in past if wanted & each.changes.keys()]
    return [_try(each, longest) for each in touching[-most:]] if most else []


def _try(past: Past, longest: int) -> str:
    values = "; ".join(f"{name} = {preview(value, longest)}" for name, value in past.changes.items())
    score = "" if past.score is None else f", score {past.score:g}"
    reason = f" ({cut(past.reason, longest)})" if past.reason else ""
    return inert(f"{past.outcome}{score}: {values}{reason}")
