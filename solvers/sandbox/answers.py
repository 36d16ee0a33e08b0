"""The answer of a solver's process, as it is sent and as the supervisor reads it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from steepest.solvers.backends.array_model import ProblemClass
from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox.outcomes import Failure, ScriptAnswer
from steepest.solvers.sandbox.scrubbing import scrubbed
from steepest.solvers.solution import Status

Number = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
Word = Annotated[str, Field(max_length=100)]


class AnswerDocument(BaseModel):
    """What a solver's process sends: the fields of `ScriptAnswer` without the options, which the supervisor knows."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, ser_json_inf_nan="null")

    status: Status
    message: Annotated[str, Field(max_length=20_000)]
    objective: Number | None
    values: dict[str, Number]
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


def parse_answer(document: bytes, options: SolveOptions) -> ScriptAnswer | Failure:
    """The answer in a solver's document, or why there is none.

    Args:
        document: One JSON object; every field is checked, a number that is not finite refused.
        options: What the solve was asked for.
    """
    try:
        sent = _DOCUMENT.validate_json(document)
    except ValidationError:
        return Failure("crash", "the solver's process ended without an answer that can be read")
    if isinstance(sent, Refusal):
        return Failure("exception", scrubbed(sent.refused))
    fields = {name: getattr(sent, name) for name in AnswerDocument.model_fields}
    return ScriptAnswer(**fields | {"message": scrubbed(sent.message)}, options=options)
