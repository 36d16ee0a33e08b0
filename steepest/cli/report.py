"""What a command has to tell, whether a model wrote the formulation or a person; its neighbours render it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from steepest.cli.exit_codes import BY_OUTCOME, ExitCode

if TYPE_CHECKING:
    from steepest.agents.modeling.answer import UsedInsight
    from steepest.agents.modeling.classic.comparison import ScriptCheck
    from steepest.agents.modeling.reading.coverage import Reading
    from steepest.agents.modeling.readings.records import Ambiguity
    from steepest.agents.modeling.sampling.agreement import Agreement
    from steepest.cli.further import Further
    from steepest.solvers.battery.report import BatteryReport
    from steepest.solvers.diagnostics import Diagnostic
    from steepest.solvers.formulation import Formulation
    from steepest.solvers.pareto.front import ParetoFront
    from steepest.solvers.solution import Solution

BY_STATUS = {
    "optimal": "solved",
    "locally_optimal": "locally_optimal",
    "infeasible": "infeasible",
    "unbounded": "unbounded",
    "infeasible_or_unbounded": "stopped",  # not known to have no answer
    "time_limit": "stopped",
    "interrupted": "interrupted",
    "unsupported": "unsupported",
    "failed": "failed",
}
"""What a solver's status means for the command."""


def outcome_of(solution: "Solution") -> str:
    """The outcome of a command whose solver ended so; one that was stopped before the reason was known is no end."""
    why = solution.explanation
    return "interrupted" if why is not None and why.is_interrupted else BY_STATUS[solution.status]


@dataclass(frozen=True, slots=True)
class Cost:
    """What the model calls of a run took."""

    model: str
    calls: int = 0
    input_tokens: int | None = 0
    """None where a provider did not count them."""
    output_tokens: int | None = 0
    money: Decimal | None = None
    """US dollars; None is unknown, 0 is free."""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole result of one command."""

    outcome: str
    """A key of `exit_codes.BY_OUTCOME`."""
    formulation: "Formulation | None" = None
    solution: "Solution | None" = None
    diagnostics: Sequence["Diagnostic"] = ()
    assumptions: Sequence[str] = ()
    missing: Sequence[str] = ()
    """Data that the text does not give and the solve waits for."""
    reading: "Reading | None" = None
    """Where the formulation's numbers come from in `problem`; None where no text was read."""
    problem: str = ""
    """The text that was read."""
    insights: Sequence["UsedInsight"] = ()
    """What an experience library gave to the model."""
    ambiguity: "Ambiguity | None" = None
    """How else the problem could be read, and what the answer is then; None where that was not asked."""
    battery: "BatteryReport | None" = None
    """What tests of a model's answer found; None where it was not tested."""
    agreement: "Agreement | None" = None
    """How far several formulations agree; None where one was made."""
    script: "ScriptCheck | None" = None
    """What a script by the model itself came to; None where none was asked for, or nothing was solved."""
    explanation: str = ""
    source: str = ""
    """The file that the places in the diagnostics are in; empty if a model wrote the formulation."""
    cost: Cost | None = None
    """None where no model was asked."""
    further: "Further | None" = None
    """Answers to questions about the answer; None where nothing was asked."""
    asked_solver: str | None = None
    """The solver that `--solver` named; None where it was left to the class of the problem."""
    front: "ParetoFront | None" = None
    """The front of several objectives in place of one answer; None where it was not asked for."""
    seconds: float = 0.0
    faces: dict[str, str] = field(default_factory=dict)
    """Other forms of the model that `--show` asked for, by name."""

    @property
    def exit_code(self) -> ExitCode:
        """The exit code that says the same; that of a failure where only a scenario failed."""
        code = BY_OUTCOME[self.outcome]
        has_failed = self.further is not None and self.further.has_failed
        return ExitCode.FAILED if code is ExitCode.SOLVED and has_failed else code
