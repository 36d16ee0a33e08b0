"""One record on its way to a problem: fields taken out of it with their kinds checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from steepest.evals.datasets.findings import BadRecord
from steepest.evals.datasets.json_rows import NumberText, RepeatedKeys
from steepest.evals.datasets.labels import Label, read_number
from steepest.evals.problems import Problem

__all__ = ["Entry", "named_numbers", "problem_of"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A record, and what it is called where it says nothing itself."""

    value: Mapping[str, Any]
    number: str
    """Its position, key or folder."""
    dataset: str

    def text(self, key: str) -> str:
        """A text that has to be there.

        Raises:
            BadRecord: It is missing, empty or no text.
        """
        found = self.value.get(key)
        if not isinstance(found, str) or isinstance(found, NumberText):
            raise BadRecord(f'has no text "{key}"' if found is None else f'"{key}" is no text')
        if not found.strip():
            raise BadRecord(f'"{key}" is empty')
        return whole(found, key)

    def word(self, key: str) -> str | None:
        """A short text or number that may be missing.

        Raises:
            BadRecord: It is a list, an object or a truth value.
        """
        found = self.value.get(key)
        if found is None:
            return None
        if not isinstance(found, str):
            raise BadRecord(f'"{key}" is no text')
        return whole(found.strip(), key) or None

    def own_id(self, key: str) -> str:
        """The id of a native record: the data set's name with the record's own number, or with its position.

        Raises:
            BadRecord: The number is a list or an object.
        """
        return f"{self.dataset}/{self.word(key) or self.number}"


def problem_of(entry: Entry, *, id: str, question: str, label: Label, **known: Any) -> Problem:
    """Put a problem together.

    Raises:
        BadRecord: A field is not what a problem holds.
    """
    if not id.isprintable():
        raise BadRecord("the id has characters that can't be printed")
    notes = "; ".join(note for note in (known.pop("notes", None), label.note) if note) or None
    known.setdefault("dataset", entry.dataset)
    try:
        return Problem(
            id=id,
            question=question.strip(),
            answer=label.answer,
            status=label.status,
            label_text=label.text,
            notes=notes,
            **known,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise BadRecord(f'"{".".join(map(str, first["loc"]))}": {first["msg"]}') from error


def named_numbers(value: object, key: str) -> dict[str, float] | None:
    """The named values of a label, numbers or numbers as strings; None if there are none.

    Raises:
        BadRecord: It is no object, a name stands twice, or a value is no number.
    """
    if value is None or value == {}:
        return None
    if not isinstance(value, dict):
        raise BadRecord(f'"{key}" is no object of named numbers')
    if isinstance(value, RepeatedKeys):
        raise BadRecord(f'"{key}" has the name "{value.repeated[0]}" more than once')
    return {whole(name, key): read_number(item, f'the value of "{name}"') for name, item in value.items()}


def whole(text: str, key: str) -> str:
    """The text itself, if it can be written as UTF-8.

    Raises:
        BadRecord: It has half of a surrogate pair, as a text that was cut has.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadRecord(f'"{key}" has half a character at position {error.start + 1} (a lone surrogate)') from error
    return text
