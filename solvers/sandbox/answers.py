"""The answer of a solver's process, as it is sent and as the supervisor reads it.

A line of JSON, then the values as raw little-endian numbers, then their names: never longer than the model that it is
for, which has a name, a cost and two bounds for each value.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from steepest.solvers.backends.array_model import ProblemClass
from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox.outcomes import Failure, ScriptAnswer
from steepest.solvers.sandbox.scrubbing import scrubbed
from steepest.solvers.solution import Status
from steepest.solvers.vectorized.scatter import Numbers

_SEPARATOR = "\0"
_LONGEST_LINE = 1 << 18
_VALUE = np.dtype("<f8")

Number = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
Word = Annotated[str, Field(max_length=100)]


class AnswerDocument(BaseModel):
    """What a solver's process sends: `ScriptAnswer` without the options, which the supervisor knows."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, ser_json_inf_nan="null")

    status: Status
    message: Annotated[str, Field(max_length=20_000)]
    objective: Number | None
    values: Count
    """How many follow."""
    bound: Number | None
    gap: Number | None
    problem_class: ProblemClass
    sense: Literal["minimize", "maximize"]
    size: tuple[Count, Count, Count]
    solver: Word
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Refusal(BaseModel):
    """What a solver's process sends for a packet that is no model."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    refused: Annotated[str, Field(max_length=20_000)]


_DOCUMENT: TypeAdapter[AnswerDocument | Refusal] = TypeAdapter(AnswerDocument | Refusal)


def pack_answer(document: AnswerDocument, values: Numbers, names: Sequence[str]) -> bytes:
    """An answer as it is sent.

    Args:
        document: All but the values themselves.
        values: Of the author's own variables; none without an answer or incumbent.
        names: One a value, none of them with the character of code 0.
    """
    text = _SEPARATOR.join(names).encode(errors="replace")
    return b"".join([document.model_dump_json().encode(), b"\n", values.astype(_VALUE).tobytes(), text])


def parse_answer(packet: bytes, options: SolveOptions) -> ScriptAnswer | Failure:
    """The answer that a solver's process has sent, or why there is none.

    Args:
        packet: Every part of it is checked, a number that is not finite refused.
        options: What the solve was asked for.
    """
    end = packet.find(b"\n", 0, _LONGEST_LINE)
    try:
        sent = _DOCUMENT.validate_json(packet[: max(end, 0)])
        if isinstance(sent, Refusal):
            return Failure("exception", scrubbed(sent.refused))
        values = _values(packet, end + 1, sent.values)
    except ValueError:  # such as a ValidationError
        return Failure("crash", "the solver's process ended without an answer that can be read")
    fields = sent.model_dump() | {"message": scrubbed(sent.message), "values": values}
    return ScriptAnswer(**fields, options=options)


def _values(packet: bytes, begin: int, count: int) -> dict[str, float]:
    """The values by their names; a ValueError if they are not as many, or no numbers."""
    values = np.frombuffer(packet, _VALUE, count, begin) if count else np.empty(0)
    names = _names(packet[begin + values.nbytes :], count)
    if not np.isfinite(values).all() or len(set(names)) != count:
        raise ValueError
    return dict(zip(names, values.tolist(), strict=True))


def _names(content: bytes, count: int) -> list[str]:
    """The names, fit to be shown: they are words of whoever wrote the model."""
    text = content.decode()
    names = text.split(_SEPARATOR) if count else []
    if not count and text:
        raise ValueError
    return names if text.replace(_SEPARATOR, "").isprintable() else list(map(scrubbed, names))
