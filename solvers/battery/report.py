"""What the battery came to: every test with its outcome, and every finding as a sentence."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from steepest.solvers.formulation import Sense
from steepest.solvers.solution import Status

TestName = Literal[
    "sense",
    "limits",
    "coefficients",
    "unused",
    "pairing",
    "whole numbers",
    "exchange",
    "idle decisions",
    "annihilation",
    "prohibitive",
    "crush",
    "relaxation",
    "row removal",
    "homogeneity",
    "curvature",
    "duality",
]
"""The first eight compare the model with the words of whoever wrote it or with itself; the others compare answers."""

ALL_TESTS: tuple[TestName, ...] = get_args(TestName)

Outcome = Literal["passed", "failed", "worth_a_look", "not_applicable", "undecided"]
"""`failed`: there is a contradiction; `worth_a_look`: there are findings, all of words."""

Basis = Literal["arrays", "words"]
"""What a finding rests on.

`arrays`: the model, or its answer, contradicts itself or what the caller asserted. `words`: the model does other than
what the names, quotes and declarations of its elements suggest, which a right model may do.
"""
Role = Literal["upper limit", "lower limit", "cost", "reward"]
"""What words can say of a number: more of an upper limit or of a reward never hurts, of the others never helps."""


class BatteryBudget(BaseModel):
    """How much the battery may take; what it has no room for is undecided."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    solves: int = Field(default=80, ge=0)
    seconds: float = Field(default=30.0, gt=0)


class Asserted(BaseModel):
    """What a caller knows of the problem, over what the formulation's own words say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sense: Sense | None = None
    """Whether the text asks for the least or the most."""
    roles: dict[str, Role] = Field(default_factory=dict)
    """What parameters are, by name."""
    crushed: tuple[str, ...] = ()
    """Parameters without which there is no answer: at 0 the problem is infeasible."""


class Finding(BaseModel):
    """A contradiction, or something that is seldom so in a right model; `basis` tells which."""

    model_config = ConfigDict(frozen=True)

    test: TestName
    basis: Basis
    elements: tuple[str, ...]
    """The parameters, variables and constraints that it is about."""
    quotes: tuple[str, ...] = ()
    """The user's words that these come from."""
    changed: str
    """What was changed, or looked at where nothing was."""
    happened: str
    must_hold: str
    """In any case by arrays; by words, if they mean what they say."""
    confirmed: bool = True
    """Whether a solve showed it; otherwise the structure of the model alone does."""

    @property
    def sentence(self) -> str:
        """The finding in words."""
        quotes = ", ".join(f'"{quote}"' for quote in self.quotes)
        told = f" ({quotes})" if quotes else ""
        names = ", ".join(f"`{name}`" for name in self.elements)
        return f"{names}{told}: {self.changed}, {self.happened}; {self.must_hold}"

    def __str__(self) -> str:
        return f"{'contradiction' if self.basis == 'arrays' else 'worth a look'}: {self.sentence}"


class BatteryResult(BaseModel):
    """What came of one test."""

    model_config = ConfigDict(frozen=True)

    test: TestName
    outcome: Outcome
    reason: str = ""
    """Why it does not apply, or what left it undecided."""
    checks: int = 0
    """How many parameters, rows or pairs it was carried out for."""


class BatteryReport(BaseModel):
    """The findings, and what became of each test."""

    status: Status
    """Of the answer that was tested."""
    objective: float | None = None
    findings: list[Finding] = Field(default_factory=list)
    tests: list[BatteryResult] = Field(default_factory=list)
    solves: int = 0
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether there is no finding at all, of arrays or of words."""
        return not self.findings

    @property
    def contradictions(self) -> list[Finding]:
        """The findings of arrays: what can't be so if the model and its answer are right."""
        return [each for each in self.findings if each.basis == "arrays"]

    def result(self, test: TestName) -> BatteryResult | None:
        """What came of a test; None if it was not asked for."""
        return next((each for each in self.tests if each.test == test), None)

    def __str__(self) -> str:
        counts = [(name, sum(each.outcome == name for each in self.tests)) for name in get_args(Outcome)]
        head = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts if count)
        return "\n".join([f"battery: {head or 'no tests'}", *(f"  - {each}" for each in self.findings)])
