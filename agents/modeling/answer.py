"""The answer to a problem told in words: what came of it, in words and in every form that it passed through."""

from html import escape
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, PlainSerializer

from steepest.agents.llm.transcripts import Transcript
from steepest.agents.modeling.reading.coverage import Reading
from steepest.agents.modeling.readings.records import Ambiguity
from steepest.agents.modeling.sampling.agreement import Agreement
from steepest.agents.modeling.steps import Step
from steepest.solvers.battery.report import BatteryReport
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

Outcome = Literal[
    "solved",
    "infeasible",
    "unbounded",
    "stopped",
    "unsupported",
    "not_a_problem",
    "not_formulated",
    "missing_data",
]
"""`stopped`: a limit, an interrupt or a failing model ended the run early; what there was by then is kept."""


class UsedInsight(BaseModel):
    """An insight of an experience library that the model was given."""

    id: str
    title: str
    """Its title, or else when it applies."""
    reason: str = ""
    """Why it was thought to apply, in the model's words."""
    cited: bool = False
    """Whether the model says that it used it."""


class Answer(BaseModel):
    """What came of a problem told in words."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    problem: str
    """The person's text."""
    outcome: Outcome
    formulation: Formulation | None = None
    """For `not_formulated` the last one that could be read, with the errors in `diagnostics`; never an invented one."""
    solution: Solution | None = None
    explanation: str = ""
    """The answer in words, made from the numbers of formulation and solution alone."""
    assumptions: list[str] = Field(default_factory=list)
    """What the formulation takes for granted although the text does not say it."""
    missing: list[str] = Field(default_factory=list)
    """Parameters that the text does not give and the solve waits for."""
    reading: Reading = Field(default_factory=Reading, repr=False)
    """Where in `problem` the formulation's numbers come from, and which of its numbers and demands it leaves out."""
    battery: BatteryReport | None = Field(default=None, repr=False)
    """What tests of the answer found, where it was tested; they advise, and the answer is what it is without them."""
    ambiguity: Ambiguity | None = Field(default=None, repr=False)
    """How else the problem could be read, where that was asked; the answer is that of the reading that was taken."""
    insights: list[UsedInsight] = Field(default_factory=list)
    """What an experience library gave to the model, where there is one."""
    agreement: Agreement | None = Field(default=None, repr=False)
    """How far several formulations agree on it and how sure it is, where several were asked for."""
    diagnostics: list[Diagnostic] = Field(default_factory=list)
    """What was found about the formulation, or why there is none."""
    steps: list[Step] = Field(default_factory=list)
    """What was done, and what each step took."""
    transcript: Annotated[InstanceOf[Transcript], PlainSerializer(Transcript.to_dict)] = Field(
        default_factory=Transcript, repr=False
    )
    """Every call to the model."""
    model: str = ""
    """Name of the model that formulated."""

    @property
    def is_solved(self) -> bool:
        """Whether the problem was solved to its end."""
        return self.outcome == "solved"

    def __repr__(self) -> str:
        return f"<Answer {self.outcome}>\n{self.explanation}"

    def __str__(self) -> str:
        return self.explanation

    def _repr_html_(self) -> str:
        parts = [f"<p><b>{escape(self.outcome.replace('_', ' '))}</b></p>", f"<pre>{escape(self.explanation)}</pre>"]
        shown: list[Any] = [self.formulation, self.solution]
        parts += [each._repr_html_() for each in shown if each is not None]
        return "\n".join(parts)

    def _repr_latex_(self) -> str | None:
        return self.formulation._repr_latex_() if self.formulation is not None else None
