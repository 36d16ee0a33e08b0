"""What the tools answer: small typed values, which clients get with their schema."""

from typing import Literal

from pydantic import BaseModel, Field

from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.sampling.agreement import Agreement
from steepest.solvers.alternatives.report import Alternatives
from steepest.solvers.battery.report import BatteryReport
from steepest.solvers.changes.scenarios import ScenarioAnswer
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.display import named
from steepest.solvers.sensitivity.report import Sensitivity
from steepest.solvers.sensitivity.words import told
from steepest.solvers.solution import Solution

__all__ = [
    "CheckResult",
    "Confidence",
    "ExplainResult",
    "Finding",
    "Others",
    "RunResult",
    "ScenarioResult",
    "SensitivityResult",
    "SolveResult",
    "TestResult",
    "Value",
    "WhatIfResult",
]

MOST_VALUES = 1_000
"""Decisions that a result holds: an assistant's context is small. Those that are not zero come first."""


class Value(BaseModel):
    """A decision."""

    name: str = Field(description="such as bake[bread]")
    value: float
    unit: str | None = None


class Finding(BaseModel):
    """What was found about a formulation."""

    severity: str
    code: str
    message: str
    element: str | None = None
    line: int | None = None
    repair: str | None = None


class CheckResult(BaseModel):
    """Whether a formulation can be used."""

    usable: bool
    findings: list[Finding]


class RunResult(BaseModel):
    """What solving a formulation came to."""

    status: str = Field(description="optimal, infeasible, unbounded, time_limit, unsupported, ...")
    message: str = ""
    objective: float | None = None
    bound: float | None = Field(None, description="what no answer can be better than")
    values: list[Value] = Field(default_factory=list)
    hidden_values: int = Field(0, description="decisions that were left out for want of room; zeros go first")
    binding: list[str] = Field(default_factory=list, description="constraints that limit the answer")
    explanation: list[str] = Field(default_factory=list, description="why there is no answer, and the smallest repair")
    solver: str = ""
    seconds: float = 0.0


class Confidence(BaseModel):
    """How far several formulations agree on the answer."""

    confidence: float = Field(description="chance that the answer is right, calibrated on synthetic problems")
    is_sure: bool
    agreeing: int = Field(description="how many formulations came to the answer")
    drawn: int = Field(description="how many were drawn until the vote was clear")
    doubts: list[str] = Field(description="what speaks against the answer")


class SolveResult(BaseModel):
    """What became of a problem told in words."""

    outcome: str = Field(description="solved, infeasible, unbounded, missing_data, not_a_problem, ...")
    explanation: str
    formulation: str = Field("", description="the five-element text, for run, what_if and the others")
    answer: RunResult | None = None
    agreement: Confidence | None = Field(None, description="of a vote: where several samples were asked for")
    assumptions: list[str] = Field(default_factory=list)
    missing: list[str] = Field(default_factory=list)
    findings: list[Finding] = Field(default_factory=list)


class ScenarioResult(BaseModel):
    """A scenario beside the formulation as it is."""

    scenario: str
    answer: RunResult | None = None
    error: str = Field("", description="why this scenario has no answer; the others have theirs")
    objective_change: float | None = None
    newly_binding: list[str] = Field(default_factory=list)
    no_longer_binding: list[str] = Field(default_factory=list)


class WhatIfResult(BaseModel):
    """Scenarios side by side."""

    as_it_is: RunResult
    scenarios: list[ScenarioResult]


class ExplainResult(BaseModel):
    """Why there is no answer."""

    status: str
    conflict: list[str] = Field(description="requirements that can't all be met, as sentences")
    is_smallest: bool = Field(description="whether each of them was proven to be needed")
    repairs: list[str] = Field(description="smallest changes that make an answer possible")
    ray: list[str] = Field(description="what grows without end, where the objective is unbounded")


class SensitivityResult(BaseModel):
    """What one more of each limit is worth."""

    status: str
    sentences: list[str]
    notes: list[str]


class Others(BaseModel):
    """Other answers that are as good."""

    verdict: Literal["found", "none", "unknown"]
    message: str
    answers: list[list[Value]] = Field(description="each with the decisions that it takes otherwise")


class TestResult(BaseModel):
    """What tests of a formulation and its answer found."""

    __test__ = False  # pytest takes it for tests

    findings: list[str]
    passed: list[str]
    not_applicable: list[str]


def finding(item: Diagnostic) -> Finding:
    """A diagnostic as a result holds it."""
    return Finding(
        severity=item.severity,
        code=item.code,
        message=item.message,
        element=item.element,
        line=item.place.line if item.place is not None else None,
        repair=item.repair,
    )


def run_result(solution: Solution) -> RunResult:
    """A solution as a result holds it."""
    ordered = sorted(solution.variables, key=lambda each: each.value == 0)[:MOST_VALUES]
    return RunResult(
        status=solution.status,
        message=solution.message,
        objective=solution.objective,
        bound=solution.bound,
        values=[Value(name=named(each.name, each.index), value=each.value, unit=each.unit) for each in ordered],
        hidden_values=len(solution.variables) - len(ordered),
        binding=[named(each.name, each.index) for each in solution.binding[:MOST_VALUES]],
        explanation=list(solution.explanation.lines) if solution.explanation is not None else [],
        solver=solution.solver,
        seconds=solution.seconds,
    )


def solve_result(answer: Answer) -> SolveResult:
    """An answer as a result holds it."""
    return SolveResult(
        outcome=answer.outcome,
        explanation=answer.explanation,
        formulation=answer.formulation.to_text() if answer.formulation is not None else "",
        answer=run_result(answer.solution) if answer.solution is not None else None,
        agreement=_confidence(answer.agreement) if answer.agreement is not None else None,
        assumptions=answer.assumptions,
        missing=answer.missing,
        findings=[finding(each) for each in answer.diagnostics],
    )


def _confidence(agreement: Agreement) -> Confidence:
    return Confidence(
        confidence=agreement.confidence,
        is_sure=agreement.is_sure,
        agreeing=agreement.agreeing,
        drawn=agreement.drawn,
        doubts=agreement.doubts,
    )


def scenario_result(answer: ScenarioAnswer) -> ScenarioResult:
    """A scenario as a result holds it."""
    return ScenarioResult(
        scenario=answer.scenario.name,
        answer=run_result(answer.solution),
        error=answer.solution.message if answer.solution.status == "failed" else "",
        objective_change=answer.objective_change,
        newly_binding=[named(*row) for row in answer.newly_binding],
        no_longer_binding=[named(*row) for row in answer.no_longer_binding],
    )


def explain_result(solution: Solution) -> ExplainResult:
    """Why there is no answer, as a result holds it."""
    known = solution.explanation
    conflict = known.conflict if known is not None else None
    return ExplainResult(
        status=solution.status,
        conflict=list(conflict.sentences) if conflict is not None else [],
        is_smallest=conflict.is_minimal if conflict is not None else False,
        repairs=[str(each) for each in known.repairs] if known is not None else [],
        ray=list(known.ray.sentences) if known is not None and known.ray is not None else [],
    )


def sensitivity_result(found: Sensitivity) -> SensitivityResult:
    """A sensitivity analysis as a result holds it."""
    return SensitivityResult(status=found.status, sentences=told(found)[:MOST_VALUES], notes=list(found.notes))


def others_result(found: Alternatives) -> Others:
    """Other answers as a result holds them."""
    first = {(each.name, each.index): each.value for each in found.solutions[0].variables} if found.solutions else {}
    return Others(
        verdict=found.verdict,
        message=found.message,
        answers=[
            [
                Value(name=named(each.name, each.index), value=each.value, unit=each.unit)
                for each in solution.variables
                if abs(each.value - first[each.name, each.index]) > found.tolerance
            ][:MOST_VALUES]
            for solution in found.solutions[1:]
        ],
    )


def result_of_tests(report: BatteryReport) -> TestResult:
    """Tests as a result holds them."""
    return TestResult(
        findings=[str(each) for each in report.findings],
        passed=[each.test for each in report.tests if each.outcome == "passed"],
        not_applicable=[f"{each.test}: {each.reason}" for each in report.tests if each.outcome == "not_applicable"],
    )
