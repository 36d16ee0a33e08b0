"""What a turn of a conversation can want."""

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

__all__ = [
    "Alternatives",
    "Attach",
    "Change",
    "Compare",
    "Discuss",
    "Export",
    "GoTo",
    "Help",
    "Intent",
    "Limits",
    "Name",
    "Problem",
    "Redo",
    "Reply",
    "Revise",
    "Rewrite",
    "Show",
    "Test",
    "Undo",
    "Upload",
    "Why",
]

ShownFace: TypeAlias = Literal["model", "math", "answer", "versions", "data"]


class _Intent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(_Intent):
    """A problem is stated."""

    text: str


class Reply(_Intent):
    """The agent's question is answered."""

    text: str


class Change(_Intent):
    """The formulation is changed, in the language of `steepest.solvers.changes`."""

    changes: str


class Revise(_Intent):
    """The problem is told differently, in a way that no list of changes can say."""

    text: str


class Rewrite(_Intent):
    """The formulation, edited as a text by hand."""

    text: str


class Why(_Intent):
    """Why the answer is what it is, or why there is none."""

    name: str = ""
    """A constraint, parameter or decision; empty is about the whole answer."""


class Limits(_Intent):
    """What one more of each limit is worth."""


class Alternatives(_Intent):
    """Other answers that are as good."""

    count: int = 1


class Test(_Intent):
    """The model and its answer are tested."""


class Undo(_Intent):
    """Back to the version before."""


class Redo(_Intent):
    """Forward again to the version that undo left."""


class GoTo(_Intent):
    """To a version."""

    name: str


class Name(_Intent):
    """The current version gets a name."""

    name: str


class Compare(_Intent):
    """Versions side by side; none named are all that have names, or else the current one and the one next to it."""

    names: tuple[str, ...] = ()


class Export(_Intent):
    """A file is made."""

    format: str
    path: str = ""


class Attach(_Intent):
    """Data from a file."""

    path: str
    name: str = ""


class Upload(_Intent):
    """Data in a file that a page has put into the session's folder; a person can't say this in words."""

    file: str
    """Its name there."""
    name: str = ""


class Show(_Intent):
    """Something that is there is shown."""

    face: ShownFace


class Discuss(_Intent):
    """Words of the model, where nothing is to be done."""

    text: str


class Help(_Intent):
    """What can be said."""


Intent: TypeAlias = (
    Problem
    | Reply
    | Change
    | Revise
    | Rewrite
    | Why
    | Limits
    | Alternatives
    | Test
    | Undo
    | Redo
    | GoTo
    | Name
    | Compare
    | Export
    | Attach
    | Upload
    | Show
    | Discuss
    | Help
)
