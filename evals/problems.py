"""A benchmark problem, and the part of it that a method may see."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["LabelStatus", "Problem", "Question"]

LabelStatus = Literal["optimal", "infeasible", "unbounded"]


class Question(BaseModel):
    """What a method is given: the text and nothing of the label."""

    model_config = ConfigDict(frozen=True)

    id: str
    text: str


class Problem(BaseModel):
    """A problem told in words, with its label.

    The fields are those of the unified JSONL format (docs/eval-data.md); readers of native files fill what their source
    has.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    """The full text, data included."""
    answer: float | None = Field(default=None, allow_inf_nan=False)
    """Optimal objective value; None unless `status` is `optimal`, or where only `variables` are labelled."""
    status: LabelStatus = "optimal"
    variables: dict[str, float] | None = None
    """Named values that the label asks for (OptiBench's queries), the objective often among them."""
    dataset: str = ""
    type: str | None = None
    """The source's class, such as `linear-table` or `MILP`."""
    category: str | None = None
    source: str | None = None
    license: str | None = None
    group: str | None = None
    """Problems with the same group tell the same story: other words, another edition."""
    notes: str | None = None
    """What is known about the label."""
    label_text: str | None = None
    """The objective as the file writes it (`12.50`), which tells the precision that a float forgets."""

    @property
    def as_question(self) -> Question:
        """The part without the label."""
        return Question(id=self.id, text=self.question)
