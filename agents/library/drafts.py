"""Reading what a model writes down in fields, the form for models that keep to no schema.

    title: a share is of what is made
    when: Applies when a part must be at least some percent of a sum.

A field begins a line and goes on until the next one, perhaps in bold or in a list; what stands before the first one is
prose. The first field of the form begins the next draft.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from steepest.agents.optimizers.replies import UnusableReply, json_object

__all__ = ["drafts", "first_error", "is_none", "read_json", "says_something", "spoken"]

Reply = TypeVar("Reply", bound=BaseModel)

_THOUGHTS = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
_FENCE = re.compile(r"^[ \t]*```.*$", re.MULTILINE)
_NONE = re.compile(r"\A\W*none\b", re.IGNORECASE)


def spoken(text: str) -> str:
    """A reply without thoughts and fences.

    Raises:
        UnusableReply: Nothing is left.
    """
    text = _FENCE.sub("", _THOUGHTS.sub("", text)).strip()
    if not text:
        raise UnusableReply("the reply is empty: answer in the form that was asked for")
    return text


def is_none(text: str) -> bool:
    """Whether a reply says that there is nothing."""
    return _NONE.match(text) is not None


def says_something(text: str) -> bool:
    """Whether anything in a text is seen; control characters and marks of no width are not."""
    return any(sign.isprintable() and not sign.isspace() for sign in text)


def drafts(text: str, words: Sequence[str]) -> Iterator[dict[str, str]]:
    """The fields of each draft.

    Args:
        text: Of the reply.
        words: Names of the fields, in the singular; the first one begins the next draft, and another one that comes
            twice goes on.
    """
    pieces = _field(tuple(words)).split(text)[1:]
    draft: dict[str, str] = {}
    for name, content in zip(pieces[::2], pieces[1::2], strict=True):
        word = name.lower()
        if word == words[0] and draft:
            yield draft
            draft = {}
        draft[word] = f"{draft[word]}\n{content.strip()}" if word in draft else content.strip()
    if draft:
        yield draft


def read_json(kind: type[Reply], text: str, key: str) -> Reply:
    """A reply of the JSON form, past a fence and prose.

    Args:
        kind: What it is to be.
        text: The reply.
        key: The object is one that has it.

    Raises:
        UnusableReply: There is none of that kind.
    """
    try:
        return kind.model_validate(json_object(text, (key,)))
    except ValidationError as error:
        raise UnusableReply(first_error(error)) from error


def first_error(error: ValidationError, words: Mapping[str, str] | None = None) -> str:
    """What is wrong first.

    Args:
        error: What pydantic says.
        words: What the form that was asked for calls the fields.
    """
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join((words or {}).get(str(part), str(part)) for part in first["loc"]) or "the reply"
    return f"{place}: {first['msg']}"


@lru_cache
def _field(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"^[ \t*#\d.-]*({'|'.join(words)})s?\**[ \t]*[:：][ \t*]*", re.IGNORECASE | re.MULTILINE)
