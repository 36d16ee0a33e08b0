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

    kind: Literal["problem"] = "problem"
    text: str


class Reply(_Intent):
    """The agent's question is answered."""

    kind: Literal["reply"] = "reply"
    text: str


class Change(_Intent):
    """The formulation is changed, in the language of `steepest.solvers.changes`."""

    kind: Literal["change"] = "change"
    changes: str


class Revise(_Intent):
    """The problem is told differently, in a way that no list of changes can say."""

    kind: Literal["revise"] = "revise"
    text: str


class Rewrite(_Intent):
    """The formulation, edited as a text by hand."""

    kind: Literal["rewrite"] = "rewrite"
    text: str
    folder: str = ""
    """Where the files that the text names are, for a text that came from a file; empty is the session's folder."""


class Why(_Intent):
    """Why the answer is what it is, or why there is none."""

    kind: Literal["why"] = "why"
    name: str = ""
    """A constraint, parameter or decision; empty is about the whole answer."""


class Limits(_Intent):
    """What one more of each limit is worth."""

    kind: Literal["limits"] = "limits"


class Alternatives(_Intent):
    """Other answers that are as good."""

    kind: Literal["alternatives"] = "alternatives"
    count: int = 1


class Test(_Intent):
    """The model and its answer are tested."""

    kind: Literal["test"] = "test"


class Undo(_Intent):
    """Back to the version before."""

    kind: Literal["undo"] = "undo"


class Redo(_Intent):
    """Forward again to the version that undo left."""

    kind: Literal["redo"] = "redo"


class GoTo(_Intent):
    """To a version."""

    kind: Literal["go_to"] = "go_to"
    name: str


class Name(_Intent):
    """The current version gets a name."""

    kind: Literal["name"] = "name"
    name: str


class Compare(_Intent):
    """Versions side by side; none named are all that have names, or else the current one and the one next to it."""

    kind: Literal["compare"] = "compare"
    names: tuple[str, ...] = ()


class Export(_Intent):
    """A file is made."""

    kind: Literal["export"] = "export"
    format: str
    path: str = ""


class Attach(_Intent):
    """Data from a file."""

    kind: Literal["attach"] = "attach"
    path: str
    name: str = ""


class Upload(_Intent):
    """Data in a file that a page has put into the session's folder; a person can't say this in words."""

    kind: Literal["upload"] = "upload"
    file: str
    """Its name there."""
    name: str = ""


class Show(_Intent):
    """Something that is there is shown."""

    kind: Literal["show"] = "show"
    face: ShownFace


class Discuss(_Intent):
    """Words of the model, where nothing is to be done."""

    kind: Literal["discuss"] = "discuss"
    text: str


class Help(_Intent):
    """What can be said."""

    kind: Literal["help"] = "help"


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
