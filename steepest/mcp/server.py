"""The tools of the server; each takes a text or a formulation, and nothing of the machine that it runs on but time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.redaction import redact
from steepest.agents.modeling.problems import answer_problem
from steepest.agents.modeling.task import Recalls
from steepest.errors import SteepestError
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
    what_if_result,
)
from steepest.solvers.alternatives.search import alternative_optima
from steepest.solvers.battery.battery import run_battery
from steepest.solvers.changes.scenarios import what_if as scenarios_of
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.control import SolveControl, SolveProgress
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.explanations import with_explanation
from steepest.solvers.options import SolveOptions
from steepest.solvers.sensitivity.analysis import sensitivity as sensitivity_of
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation

__all__ = ["Offered", "make_server"]

T = TypeVar("T")

_LONGEST = 1_000_000
"""Characters of a text: the protocol's messages are small."""
_MOST_SCENARIOS = 20
_INSTRUCTIONS = (
    "Decision problems: `solve` turns a problem told in words into a five-element formulation, solves it and explains "
    "the answer. Work on with that formulation: `what_if` for other numbers, `explain_infeasible` where there is no "
    "answer, `sensitivity` for what limits are worth. `check` and `run` take a formulation that somebody wrote."
)

Text = Annotated[str, Field(max_length=_LONGEST)]
FormulationText = Annotated[str, Field(max_length=_LONGEST, description="a formulation in the five-element text")]


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
    tools = _Tools(offered)
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

    async def solve(self, problem: Text, context: Context[Any]) -> SolveResult:
        """Solve a decision problem told in words: formulate it, solve it, explain the answer."""

        async def answered(apart: "_Apart") -> SolveResult:
            answer = await answer_problem(
                problem,
                self._offered.model,
                folder=self._offered.folder,
                options=self._offered.options,
                max_repairs=self._offered.repairs,
                on_progress=apart.say,
                control=apart.control,
                recaller=self._offered.recaller,
                apart=apart.done,
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
        return await self._on(formulation, context, lambda read, apart: run_result(self._solved(read, apart)))

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
            lambda read, apart: what_if_result(
                scenarios_of(
                    read,
                    scenarios,
                    folder=self._offered.folder,
                    options=self._offered.options,
                    on_progress=apart.say,
                    control=apart.control,
                )
            ),
        )

    async def explain_infeasible(self, formulation: FormulationText, context: Context[Any]) -> ExplainResult:
        """Why a formulation has no answer: the smallest conflict, the smallest repair, or what grows without end."""
        return await self._on(formulation, context, lambda read, apart: explain_result(self._solved(read, apart)))

    async def sensitivity(self, formulation: FormulationText, context: Context[Any]) -> SensitivityResult:
        """What one more of each limit is worth, and how far coefficients may move."""
        return await self._on(
            formulation,
            context,
            lambda read, apart: sensitivity_result(
                sensitivity_of(
                    read,
                    folder=self._offered.folder,
                    options=self._offered.options,
                    on_progress=apart.say,
                    control=apart.control,
                )
            ),
        )

    async def alternatives(
        self, formulation: FormulationText, context: Context[Any], count: Annotated[int, Field(ge=1, le=20)] = 3
    ) -> Others:
        """Other answers that are as good, or the proof that there is none."""
        return await self._on(
            formulation,
            context,
            lambda read, apart: others_result(
                alternative_optima(
                    read,
                    count,
                    folder=self._offered.folder,
                    options=self._offered.options,
                    on_progress=apart.say,
                    control=apart.control,
                )
            ),
        )

    async def test(self, formulation: FormulationText, context: Context[Any]) -> TestResult:
        """Test a formulation and its answer for contradictions, by solving changed copies of it."""
        return await self._on(
            formulation,
            context,
            lambda read, apart: result_of_tests(
                run_battery(
                    read,
                    folder=self._offered.folder,
                    options=self._offered.options,
                    on_progress=apart.say,
                    control=apart.control,
                )
            ),
        )

    def _solved(self, formulation: Formulation, apart: "_Apart") -> Solution:
        solution = solve_formulation(
            formulation,
            folder=self._offered.folder,
            options=self._offered.options,
            on_progress=apart.say,
            control=apart.control,
        )
        return with_explanation(
            solution,
            formulation,
            folder=self._offered.folder,
            time_limit=self._offered.options.time_limit,
            control=apart.control,
        )

    async def _on(self, formulation: str, context: Context[Any], work: "Callable[[Formulation, _Apart], T]") -> T:
        """Do something with a formulation in another thread."""

        async def done(apart: "_Apart") -> T:
            read = Formulation.from_text(formulation)
            return await apart.done(lambda: work(read, apart))

        return await self._worked(done, context)

    async def _worked(self, work: "Callable[[_Apart], Awaitable[T]]", context: Context[Any]) -> T:
        """Work when there is room for it, and tell what can't be done as the tool's error."""
        apart = _Apart(context)
        try:
            async with self._room:
                return await work(apart)
        except asyncio.CancelledError:
            apart.control.cancel()
            raise
        except SteepestError as error:
            raise ToolError(redact(str(error))) from error


class _Apart:
    """Solves in another thread, told to the client as they go, and ended when the client gives up."""

    def __init__(self, context: Context[Any]) -> None:
        self.control = SolveControl(self._progress)
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._told = 0
        self._telling: set[asyncio.Task[None]] = set()

    def say(self, line: str) -> None:
        """Tell the client a line; from any thread."""
        self._loop.call_soon_threadsafe(self._tell, line)

    async def done(self, work: Callable[[], T]) -> T:
        """Do it in another thread; a cancel waits for the solver to heed it."""
        doing = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            self.control.cancel()
            await asyncio.wait([doing])
            raise

    def _progress(self, progress: SolveProgress) -> None:
        best = "no answer yet" if progress.objective is None else f"best {progress.objective:g}"
        gap = f", gap {progress.gap:.2%}" if progress.gap is not None else ""
        self.say(f"{progress.solver} {progress.seconds:.0f} s: {best}{gap}")

    def _tell(self, line: str) -> None:
        self._told += 1
        task = asyncio.ensure_future(self._context.report_progress(self._told, None, line))
        self._telling.add(task)  # the loop holds tasks by weak references only
        task.add_done_callback(self._telling.discard)
