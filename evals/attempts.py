"""What a method made of a question, before anybody looks at the label."""

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Attempt", "AttemptOutcome", "NamedValue", "Spent"]

AttemptOutcome = Literal[
    "answered",
    "infeasible",
    "unbounded",
    "unsupported",
    "not_formulated",
    "compile_error",
    "solver_timeout",
    "llm_error",
    "infrastructure_error",
]
"""`answered`: there is an objective or values. `llm_error`: the model refused, was cut off or wrote nothing usable as a
reply. `infrastructure_error`: an endpoint, a budget, a machine failed, which says nothing about the method."""


class NamedValue(BaseModel):
    """One value of an answer, with what is known of its meaning, for queries that ask for it in words."""

    model_config = ConfigDict(frozen=True)

    name: str
    """Variable with index, `make[bread]`; or the words of a direct answer."""
    value: float = Field(allow_inf_nan=False)
    unit: str | None = None
    note: str | None = None
    """What the formulation says of the variable."""


class Spent(BaseModel):
    """What an attempt took of the language model; None where the provider did not say."""

    model_config = ConfigDict(frozen=True)

    calls: int = Field(default=0, ge=0)
    """Requests answered, those from the run's cache included."""
    input_tokens: int | None = 0
    output_tokens: int | None = 0
    cost: Decimal | None = Decimal(0)
    """US dollars; None when a price is unknown."""
    seconds: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """Wall clock of the calls, one after another."""


class Attempt(BaseModel):
    """One answer of a method to a question."""

    model_config = ConfigDict(frozen=True)

    outcome: AttemptOutcome
    objective: float | None = Field(default=None, allow_inf_nan=False)
    values: tuple[NamedValue, ...] = ()
    sense: Literal["minimize", "maximize"] | None = None
    message: str = ""
    """For an outcome other than `answered`: why."""
    formulation: str = ""
    """Five-element text, if the method writes one."""
    code: str = ""
    """Program, if the method writes one."""
    diagnostics: tuple[str, ...] = ()
    insights: tuple[str, ...] = ()
    """Ids of the insights of an experience library that were in the prompt, the most important first."""
    cited: tuple[str, ...] = ()
    """Of these, the ones that the model says it used."""
    rounds: int = Field(default=0, ge=0)
    """Correction rounds: how often the model was asked to repair."""
    candidates: tuple[float | None, ...] = ()
    """Objectives of all candidates, for methods that vote; None for a candidate without one."""
    confidence: float | None = Field(default=None, ge=0, le=1)
    solver: str = ""
    problem_class: str = ""
    solve_seconds: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """Wall clock of solvers alone."""
    seconds: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """Wall clock of the whole attempt."""
    spent: Spent = Spent()
    transcript: tuple[dict[str, Any], ...] = ()
    """Records of the model's calls (`steepest.agents.llm.Transcript`), secrets masked."""

    @property
    def executed(self) -> bool:
        """Whether the attempt came to a solver's verdict (the execution rate of the field)."""
        return self.outcome in ("answered", "infeasible", "unbounded")
