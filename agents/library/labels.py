"""Labels of insights: track, level 1, level 2; and the dictionary that says what each means.

AlphaOPT (arXiv 2510.18428, section 3.1) lets a language model add labels freely, and its shipped dictionary has
drifted: one thing under two names, names of level 2 at level 1. Here a label can have other names, two can be merged,
and a new one is offered to models only when two tasks asked for it.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from steepest.errors import InputError

__all__ = ["Definition", "Label", "LabelText", "Taxonomy"]

_BETWEEN = " > "
_ENOUGH_TASKS = 2
"""Of evidence, before a label that a model made up is offered to models."""


class Label(NamedTuple):
    """Where an insight belongs, from the general to the special."""

    track: str
    level1: str
    level2: str

    @classmethod
    def parse(cls, text: str) -> "Label":
        """Read `track > level 1 > level 2`.

        Raises:
            InputError: It has not three parts.
        """
        parts = [" ".join(part.replace("\0", " ").split()) for part in text.split(">")]
        if len(parts) != 3 or not all(parts):
            raise InputError(f"{text!r} is no label: write it as 'track > level 1 > level 2'.")
        return cls(*parts)

    def __str__(self) -> str:
        return _BETWEEN.join(self)

    @property
    def key(self) -> str:
        """The label as it is compared: without regard to case and spaces."""
        return _BETWEEN.join(" ".join(part.split()).casefold() for part in self)


def _to_label(value: object) -> Label:
    if isinstance(value, Label):
        return value
    if isinstance(value, str):
        try:
            return Label.parse(value)
        except InputError as error:
            raise ValueError(str(error)) from error
    raise ValueError("a label is a text such as 'Domain Modeling > Network Flow > Flow Conservation'")


LabelText = Annotated[
    Label,
    BeforeValidator(_to_label),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "description": "track > level 1 > level 2"}),
]
"""A label that is written as one text in JSON."""


class Definition(BaseModel):
    """What a label means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: LabelText
    definition: str = ""
    condition: str = ""
    """When it applies, as AlphaOPT's dictionary has it beside the definition."""
    aliases: tuple[LabelText, ...] = ()
    """Other names of the same thing; an insight under one of them is found under this label."""
    tasks: tuple[str, ...] = ()
    """The tasks that asked for a label that a model made up."""
    is_given: bool = False
    """Whether people gave it rather than a model."""
    foreign: dict[str, object] = Field(default_factory=dict)
    """What another system's file says of it besides, kept so that an export gives back what was read."""

    @property
    def is_offered(self) -> bool:
        """Whether models may choose it."""
        return self.is_given or len(self.tasks) >= _ENOUGH_TASKS


class Taxonomy:
    """All labels that a library knows, by any of their names.

    Args:
        definitions: What is known; of two for one label the later stands.
    """

    def __init__(self, definitions: Iterable[Definition] = ()) -> None:
        self._definitions: dict[str, Definition] = {}
        self._names: dict[str, str] = {}
        for definition in definitions:
            self._definitions[definition.label.key] = definition
        for key, definition in self._definitions.items():
            self._names.update({alias.key: key for alias in definition.aliases})

    def __len__(self) -> int:
        return len(self._definitions)

    @property
    def definitions(self) -> Mapping[str, Definition]:
        """Definitions by the key of their label."""
        return self._definitions

    @property
    def offered(self) -> list[Definition]:
        """What models may choose from, in the order of tracks, level 1, level 2."""
        return sorted((each for each in self._definitions.values() if each.is_offered), key=lambda each: each.label.key)

    def find(self, label: Label) -> Definition | None:
        """What is known of a label by this or another of its names."""
        key = label.key
        return self._definitions.get(key) or self._definitions.get(self._names.get(key, ""))

    def settled(self, label: Label) -> Label:
        """The label in the spelling of the dictionary, or as it is where it is not known."""
        found = self.find(label)
        return found.label if found else label
