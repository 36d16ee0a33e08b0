"""The tools of the server; each takes a text or a formulation, and nothing of the machine that it runs on but time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.redaction import redact
from steepest.agents.modeling.problems import answer_problem
from steepest.agents.modeling.sampling.confidence import SURE
from steepest.agents.modeling.task import Recalls
from steepest.errors import SteepestError
from steepest.mcp.apart import Apart
from steepest.mcp.places import in_all_words, in_client_words, without_folder
from steepest.mcp.results import (
    CheckResult,
    ExplainResult,
    Others,
    RunResult,
    SensitivityResult,
    SolveResult,
    TestResult,
    WhatIfResult,
    explain_result,
    finding,
    others_result,
    result_of_tests,
    run_result,
    sensitivity_result,
    solve_result,
)
from steepest.mcp.scenarios import side_by_side
from steepest.solvers.alternatives.search import alternative_optima
from steepest.solvers.analysis_limits import AnalysisLimits
from steepest.solvers.battery.battery import run_battery
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.explanations import with_explanation
from steepest.solvers.options import SolveOptions
from steepest.solvers.sensitivity.analysis import sensitivity as sensitivity_of
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation

__all__ = ["Offered", "make_server"]

T = TypeVar("T", bound=BaseModel)

_LONGEST = 1_000_000
"""Characters of a text: the protocol's messages are small."""
_MOST_SCENARIOS = 20
_MOST_SAMPLES = 20
_INSTRUCTIONS = (
    "Decision problems: `solve` turns a problem told in words into a five-element formulation, solves it and explains "
    "the answer. Work on with that formulation: `what_if` for other numbers, `explain_infeasible` where there is no "
    "answer, `sensitivity` for what limits are worth. `check` and `run` take a formulation that somebody wrote."
)

Text = Annotated[str, Field(max_length=_LONGEST)]
FormulationText = Annotated[str, Field(max_length=_LONGEST, description="a formulation in the five-element text")]
Samples = Annotated[
    int,
    Field(ge=1, le=_MOST_SAMPLES, description="the most formulations that vote on the answer; 1 is to have no vote"),
]
Share = Annotated[
    float, Field(ge=0, le=1, description="the confidence below which the answer of a vote says that it is not sure")
]


@dataclass(frozen=True)
class Offered:
    """What the server works with.

    Args:
        model: Whom `solve` asks.
        folder: Whose tables a formulation may name; in an empty one it may name none.
        options: Limits of each solve.
        repairs: How often a formulation is repaired.
        recaller: Finds what an experience library has for a problem.
        at_once: Solves at the same time; others wait.
    """

    model: ChatModel
    folder: Path
    options: SolveOptions = field(default_factory=SolveOptions)
    repairs: int = 3
    recaller: Recalls | None = None
    at_once: int = 2


def make_server(offered: Offered, *, version: str = "") -> MCPServer[Any]:
    """The server with its tools.

    Args:
        offered: What it works with.
        version: Of steepest, told to clients.
    """
    server: MCPServer[Any] = MCPServer("steepest", instructions=_INSTRUCTIONS, version=version, log_level="WARNING")
    tools = _Tools(replace(offered, folder=offered.folder.resolve()))  # errors name files by their whole path
    for tool in (
        tools.solve,
        tools.check,
        tools.run,
        tools.what_if,
        tools.explain_infeasible,
        tools.sensitivity,
        tools.alternatives,
        tools.test,
    ):
        server.add_tool(tool, structured_output=True)
    return server


class _Tools:
    """The tools; their names, arguments and docstrings are what clients see."""

    def __init__(self, offered: Offered) -> None:
        self._offered = offered
        self._room = asyncio.Semaphore(offered.at_once)

    async def solve(
        self, problem: Text, context: Context[Any], samples: Samples = 1, sure_at: Share = SURE
    ) -> SolveResult:
        """Solve a decision problem told in words: formulate it, solve it, explain the answer."""

        async def answered(apart: Apart) -> SolveResult:
            answer = await answer_problem(
                problem,
                self._offered.model,
                max_repairs=self._offered.repairs,
                recaller=self._offered.recaller,
                apart=apart.done,
                samples=samples,
                sure_at=sure_at,
                **self._limits(apart),
            )
            return solve_result(answer)

        return await self._worked(answered, context)

    async def check(self, formulation: FormulationText) -> CheckResult:
        """Check a formulation: names, indices, units, data, degree; nothing is solved."""
        try:
            read = Formulation.from_text(formulation)
        except FormulationError as error:
            return CheckResult(usable=False, findings=[finding(each) for each in error.diagnostics])
        found = await asyncio.to_thread(check_formulation, read)
        findings = [finding(each) for each in found]
        return CheckResult(usable=all(each.severity != "error" for each in findings), findings=findings)

    async def run(self, formulation: FormulationText, context: Context[Any]) -> RunResult:
        """Solve a formulation; where there is no answer, say why."""
        return await self._on(formulation, context, lambda read, limits: run_result(_solved(read, limits)))

    async def what_if(
        self,
        formulation: FormulationText,
        scenarios: Annotated[
            list[str],
            Field(
                min_length=1,
                max_length=_MOST_SCENARIOS,
                description="changes such as 'flour = 50; profit[cake] += 10%; drop enough_cakes', one text a scenario",
            ),
        ],
        context: Context[Any],
    ) -> WhatIfResult:
        """Solve a formulation as it is and with each scenario's changes, side by side."""
        return await self._on(
            formulation,
            context,
            lambda read, limits: side_by_side(read, scenarios, **limits),
        )

    async def explain_infeasible(self, formulation: FormulationText, context: Context[Any]) -> ExplainResult:
        """Why a formulation has no answer: the smallest conflict, the smallest repair, or what grows without end."""
        return await self._on(formulation, context, lambda read, limits: explain_result(_solved(read, limits)))

    async def sensitivity(self, formulation: FormulationText, context: Context[Any]) -> SensitivityResult:
        """What one more of each limit is worth, and how far coefficients may move."""
        return await self._on(
            formulation,
            context,
            lambda read, limits: sensitivity_result(sensitivity_of(read, **limits)),
        )

    async def alternatives(
        self, formulation: FormulationText, context: Context[Any], count: Annotated[int, Field(ge=1, le=20)] = 3
    ) -> Others:
        """Other answers that are as good, or the proof that there is none."""
        return await self._on(
            formulation,
            context,
            lambda read, limits: others_result(alternative_optima(read, count, **limits)),
        )

    async def test(self, formulation: FormulationText, context: Context[Any]) -> TestResult:
        """Test a formulation and its answer for contradictions, by solving changed copies of it."""
        return await self._on(
            formulation,
            context,
            lambda read, limits: result_of_tests(run_battery(read, **limits)),
        )

    async def _on(self, formulation: str, context: Context[Any], work: Callable[[Formulation, AnalysisLimits], T]) -> T:
        """Do something with a formulation in another thread."""

        async def done(apart: Apart) -> T:
            read = Formulation.from_text(formulation)
            return await apart.done(lambda: work(read, self._limits(apart)))

        return await self._worked(done, context)

    def _limits(self, apart: Apart) -> AnalysisLimits:
        offered = self._offered
        return {
            "folder": offered.folder,
            "options": offered.options,
            "on_progress": apart.say,
            "control": apart.control,
        }

    async def _worked(self, work: Callable[[Apart], Awaitable[T]], context: Context[Any]) -> T:
        """Work when there is room for it, and tell what can't be done as the tool's error."""
        apart, told = Apart(context), without_folder(self._offered.folder)
        try:
            async with self._room:
                return in_all_words(await work(apart), told)
        except asyncio.CancelledError:
            apart.control.cancel()
            raise
        except SteepestError as error:
            raise ToolError(told(redact(in_client_words(error, self._offered.folder)))) from error


def _solved(formulation: Formulation, limits: AnalysisLimits) -> Solution:
    """The solution and, where there is no answer, why."""
    solution = solve_formulation(formulation, **limits)
    options, control = limits["options"], limits["control"]
    return with_explanation(
        solution, formulation, folder=limits["folder"], time_limit=options.time_limit, control=control
    )
