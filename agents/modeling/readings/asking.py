"""Asks the model, once, how else the problem could be read, and reads its reply."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.agents.llm.chat import ChatReply
from steepest.agents.modeling.reply import json_in

__all__ = ["MOST_READINGS", "ReadingsReply", "Told", "read_readings"]

MOST_READINGS = 2
"""Other readings that are solved; a passage that can be taken in more ways is rare."""

_LINE = re.compile(r"^\W*(QUESTION|ASSUMED|READING|CHANGES)\W*:[\s*]*(.*)$", re.MULTILINE)


class _OtherWay(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reading: str = Field(description="how the passage is taken, in a few words")
    changes: list[str] = Field(description="what has to change in the formulation, in the forms of the list")


class ReadingsReply(BaseModel):
    """The JSON that a model answers with when asked how else the problem could be read."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(default="", description="one short question to the person; empty for one reading only")
    assumed: str = Field(default="", description="how the formulation takes the passage, in a few words")
    readings: list[_OtherWay] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """What the model says: a question, how it took the passage, and other ways with their changes."""

    question: str = ""
    assumed: str = ""
    others: tuple[tuple[str, str], ...] = ()
    """Words and changes of each."""


def read_readings(reply: ChatReply, *, structured: bool) -> Told:
    """Read a reply; one that can't be used says of no other reading.

    Args:
        reply: The reply.
        structured: Whether JSON was asked for.
    """
    if reply.stop != "end":
        return Told()
    told = _read_json(reply.text) if structured else _read_text(reply.text)
    others = tuple((words, changes) for words, changes in told.others[:MOST_READINGS] if words and changes)
    return Told(told.question, told.assumed, others) if told.question and others else Told()


def _read_json(text: str) -> Told:
    try:
        read = ReadingsReply.model_validate(json_in(text))
    except (ValueError, ValidationError):
        return Told()
    others = tuple((each.reading.strip(), "; ".join(each.changes).strip()) for each in read.readings)
    return Told(read.question.strip(), read.assumed.strip(), others)


def _read_text(text: str) -> Told:
    """Lines `QUESTION:` and `ASSUMED:`, then `READING:` and `CHANGES:` for each other way."""
    lines = [(match[1], match[2].strip()) for match in _LINE.finditer(text)]
    first = dict(reversed([line for line in lines if line[0] in ("QUESTION", "ASSUMED")]))
    return Told(first.get("QUESTION", ""), first.get("ASSUMED", ""), tuple(_others(lines)))


def _others(lines: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    words = ""
    for name, content in lines:
        if name == "READING":
            words = content
        elif name == "CHANGES" and words:
            yield words, content.strip("`")
            words = ""
