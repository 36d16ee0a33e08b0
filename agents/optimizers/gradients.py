"""Textual gradients: what was said about an output goes back through the account of a run, step by step, to the
parameters (TextGrad, arXiv 2406.07496).

A step is asked about once and tells all of its inputs at once. A value that is used in several places gathers what each
tells it, and hands on none of what that came from, so calls and texts are linear in the account. A plain operator with
one input to blame, and a fold of repeated steps, hand on what they are told without a call.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.schemas import strict_schema
from steepest.agents.optimizers.accounts import Account
from steepest.agents.optimizers.asking import ask, form_of
from steepest.agents.optimizers.evidence import inert
from steepest.agents.optimizers.replies import UnusableReply, json_object
from steepest.agents.optimizers.search.values import Rejection
from steepest.prompts import RenderedPrompt, load_prompt
from steepest.traces.previews import cut

__all__ = ["Gradients", "gradients_of"]

LONGEST_WORDS = 800
"""Characters that a step tells an input; what is longer loses its middle."""
_LONGEST_STEP = 3000
_LINE = re.compile(r"^[\s*`-]*(?P<name>.+?)[\s*`]*:[\s*]*(?P<words>.*?)\s*$", re.MULTILINE)

Messages = dict[str, None]
"""What was said, each text once, in order."""


@dataclass(frozen=True, slots=True)
class Gradients:
    """What a run tells its parameters."""

    said: Mapping[str, Sequence[str]]
    """By the parameter's name; who is told nothing is left out."""
    rejections: tuple[Rejection, ...] = ()
    """Replies that could not be used; what their steps were told was handed on as it was."""


@dataclass(slots=True)
class _Sweep:
    """The lines of an account, and what each has been told so far."""

    account: Account
    is_relevant: list[bool]
    told: list[Messages]
    rejections: list[Rejection] = field(default_factory=list)

    def sources(self, place: int) -> list[int]:
        """The inputs of a line that parameters stand behind."""
        return [each for each in self.account["lines"][place]["places"] if self.is_relevant[each]]

    def tell(self, place: int, messages: Iterable[str]) -> None:
        """Add to what a line has been told."""
        self.told[place].update(dict.fromkeys(messages))


async def gradients_of(account: Account, names: Iterable[str], model: ChatModel, sample: int) -> Gradients:
    """What a run tells some of its parameters; at most one call for each step between these and the output.

    Args:
        account: Of the run.
        names: Of the parameters.
        model: Whom to ask.
        sample: Of the requests (`ChatRequest.sample`).

    Raises:
        LLMError: The model can't be asked, for good.
    """
    wanted = set(names)
    sweep = _begun(account, wanted)
    lines = account["lines"]
    for place in reversed(range(len(lines))):
        sources = sweep.sources(place)
        if not sweep.told[place] or not sources:
            continue
        if len(sources) == 1 and not lines[place]["operation"]:
            sweep.tell(sources[0], sweep.told[place])
        else:
            await _ask_back(sweep, place, sources, model, sample)
    said = {
        line["name"]: list(told)
        for line, told in zip(lines, sweep.told, strict=True)
        if told and _is_wanted(line, wanted)
    }
    return Gradients(said, tuple(sweep.rejections))


def _is_wanted(line: Mapping[str, Any], wanted: set[str]) -> bool:
    return line["kind"] == "parameter" and line["name"] in wanted


def _begun(account: Account, wanted: set[str]) -> _Sweep:
    """A sweep in which the outputs have been told what was said about them."""
    lines = account["lines"]
    is_relevant: list[bool] = []
    for line in lines:  # a line comes after those that it was made from
        is_relevant.append(_is_wanted(line, wanted) or any(is_relevant[each] for each in line["places"]))
    sweep = _Sweep(account, is_relevant, [{} for _ in lines])
    for said in account["feedback"]:
        score = "" if said["score"] is None else f"(score {said['score']:g}) "
        for place, line in enumerate(lines):
            if line["name"] in said["outputs"]:
                sweep.tell(place, [f"{score}{said['text']}"])
    return sweep


async def _ask_back(sweep: _Sweep, place: int, sources: Sequence[int], model: ChatModel, sample: int) -> None:
    """Ask what a line's feedback means for its inputs, and tell them."""
    called = {_called(sweep.account, each): each for each in sources}
    form = form_of(model)
    asked = await ask(
        model,
        _question(sweep, place, called, f"textgrad_backward_{form}"),
        partial(_read_json if form == "json" else _read_text, list(called)),
        sample=sample,
        schema=_SCHEMA if form == "json" else None,
    )
    sweep.rejections += asked.rejections
    if asked.value is None:
        for each in sources:
            sweep.tell(each, sweep.told[place])
        return
    for name, words in asked.value.items():
        if words:
            sweep.tell(called[name], [cut(words, LONGEST_WORDS)])


def _called(account: Account, place: int) -> str:
    """How a question names a line."""
    return account["lines"][place]["name"] or f"steps_{place}"


def _question(sweep: _Sweep, place: int, called: Mapping[str, int], prompt: str) -> RenderedPrompt:
    lines, line = sweep.account["lines"], sweep.account["lines"][place]
    values = {each["name"]: each["value"] for each in lines if each["name"]}
    values |= {each["name"]: each["value"] for each in sweep.account["parameters"]}
    folds = {name: lines[each]["expression"] for name, each in called.items() if not lines[each]["name"]}
    inputs = [f"{name} = {values.get(name, '(not shown)')}" for name in dict.fromkeys([*line["inputs"], *called])]
    inputs += [f"{name} stands for {summary}" for name, summary in folds.items()]
    return load_prompt(prompt).render(
        operation=inert(cut(_step(sweep.account, line), _LONGEST_STEP)),
        inputs=inert("\n".join(inputs)),
        output=inert(line["value"] or "(not shown)"),
        feedback=[inert(each) for each in sweep.told[place]],
        names=", ".join(called),
    )


def _step(account: Account, line: Mapping[str, Any]) -> str:
    """How a line was made, and what is known of its operation."""
    written = f"{line['name']} = {line['expression']}" if line["name"] else str(line["expression"])
    known = [each for each in account["operations"] if each["name"] == line["operation"]]
    parts = [text for each in known[:1] for text in (each["documentation"], each["code"]) if text]
    return "\n\n".join([written, *parts])


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    words: str


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    feedback: list[_Told]


_SCHEMA = strict_schema(_Reply.model_json_schema())


def _read_json(names: Sequence[str], text: str) -> dict[str, str]:
    try:
        reply = _Reply.model_validate(json_object(text, keys=("feedback",)))
    except ValidationError as error:
        raise UnusableReply('`feedback` has to be a list of {"name": ..., "words": ...}, both of them texts') from error
    return _complete(names, {each.name: each.words for each in reply.feedback})


def _read_text(names: Sequence[str], text: str) -> dict[str, str]:
    return _complete(names, {each["name"]: each["words"] for each in _LINE.finditer(text) if each["name"] in names})


def _complete(names: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    missing = [each for each in names if each not in said]
    if missing:
        raise UnusableReply(f"nothing is said about {', '.join(missing)}: each input has to have its feedback, or none")
    words = {name: " ".join(said[name].split()) for name in names}
    return {name: "" if each.lower().rstrip(".") == "none" else each for name, each in words.items()}
