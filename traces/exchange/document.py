"""The schema of a trace as JSON, version 2; docs/trace-format.md says it in words."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict  # pydantic's own dependency; it needs this one before Python 3.12

Index = Annotated[int, Field(ge=0)]
FORMAT: Literal["steepest-trace"] = "steepest-trace"
VERSION: Literal[2] = 2
READABLE = (1, 2)
"""Versions that are read. Since 2, values have `encoded`; everything else is as it was in 1."""
TypeName = Annotated[str, Field(pattern=r"^[^\W\d]\w{0,99}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@with_config(ConfigDict(extra="forbid", strict=True))
class Value(TypedDict, total=False):
    """A value: whole as `json` or `encoded`, or a `preview` of one that can't be read back.

    `json` is the value; with `type` tuple, set or frozenset it is a list of the items, and with `float` it is "nan",
    "inf" or "-inf". In `encoded` an object with a single key that begins with `$` is what JSON has no word for:
    `{"$tuple": [1, 2]}`, `$set`, `$frozenset`, `$float`, `$complex` (two numbers), `$bytes` (base64), `$dict` (pairs),
    `$array` (`type` of numpy, `shape`, `bytes`), `$record` (name and fields of a dataclass). `preview` is how Python
    writes the value, cut where it is long; `digest` is the SHA-256 of its content where that can be seen, else of the
    preview.
    """

    json: Any
    encoded: Any
    type: TypeName
    preview: str
    digest: str


class OperationEntry(_Part):
    """What makes nodes; written once for all the nodes that it makes."""

    name: str
    template: Annotated[str, Field(pattern=r"^([^{}]|\{\{|\}\}|\{\})*$")] = ""
    """How a call is written, with `{}` for each input; empty for `name(...)`."""
    documentation: str = ""
    code: str = ""
    position: str = ""
    """Where the code stands, `file.py:12`."""


class RecordEntry(_Part):
    """What is kept of the call of a bundle."""

    names: list[str]
    """The parameter that each input went to."""
    seconds: Annotated[float, Field(ge=0)] = 0.0
    externals: Index = 0
    """How many of the inputs, after those that were passed, were read inside."""
    tokens: Index = 0
    money: float = 0.0
    """US dollars."""
    exception: str = ""
    position: str = ""
    """Where the call stands, `file.py:12`."""


class UpdateEntry(_Part):
    """A value that a parameter was to have."""

    value: Value
    outcome: Literal["committed", "rejected", "rolled back"]
    reason: str = ""


class ConstraintEntry(_Part):
    """What a parameter's values have to meet: words, or the allowed values."""

    words: str | None = None
    """Also of a function that checks, by its docstring or name; the function itself does not go along."""
    values: list[Value] | None = None


class ParameterEntry(_Part):
    """What makes a node a parameter."""

    description: str = ""
    constraint: ConstraintEntry | None = None
    history: list[UpdateEntry] = []
    feedback: list[Index] = []
    """Places in the document's `feedback`."""


class NodeEntry(_Part):
    """A value, what made it and from what. Inputs are places of nodes before it."""

    name: str = ""
    """Unique in the trace; for readers, derived again when the document is read."""
    label: str | None = None
    """The name that it was given."""
    value: Value
    before: str | None = None
    """Preview of what the value was when the node was made, if it was changed in place since."""
    operation: Index | None = None
    """Place in the document's `operations`; absent for a leaf."""
    inputs: list[Index | None] = []
    """Null for one that is outside of the trace."""
    record: RecordEntry | None = None
    parameter: ParameterEntry | None = None


class FeedbackEntry(_Part):
    """What was said about outputs."""

    outputs: list[Index] = []
    text: str
    score: float | None = None
    """Larger is better."""


class Document(_Part):
    """A trace: nodes in the order of their creation, so that inputs come before what was made from them."""

    format: Literal["steepest-trace"]
    version: Literal[1, 2]
    operations: list[OperationEntry] = []
    nodes: list[NodeEntry]
    outputs: list[Index]
    feedback: list[FeedbackEntry] = []
