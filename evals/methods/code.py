"""The methods `code` and `code+repair`: a script that builds a Pyomo model, run in the sandbox."""

from dataclasses import dataclass, field
from typing import Any

from steepest.agents.llm.chat import ChatMessage, ChatReply
from steepest.agents.llm.errors import ContextOverflow, InvalidReply
from steepest.agents.llm.replies import finished_text
from steepest.agents.modeling.classic.scripts import script_in
from steepest.agents.modeling.conversation import MAX_REPLY, as_data
from steepest.evals.attempts import Attempt, AttemptOutcome
from steepest.evals.methods.named_values import MOST_VALUES, values_of_script
from steepest.evals.methods.outcomes import OF_FAILURE, OF_STATUS
from steepest.evals.methods.protocol import Tool, Workbench
from steepest.evals.methods.settings import Asking
from steepest.evals.methods.worksheets import Worksheet, opening
from steepest.evals.problems import Question
from steepest.prompts import RenderedPrompt, load_prompt
from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox import Failed, PyomoScript, Sandbox, ScriptAnswer

__all__ = ["PyomoCode"]

_NO_SCRIPT = "there is no Python code in the reply"
_REPAIRED: frozenset[AttemptOutcome] = frozenset({"compile_error", "not_formulated", "llm_error"})
_EXAMINED: frozenset[AttemptOutcome] = frozenset({"infeasible", "unbounded"})


@dataclass(frozen=True)
class Trial:
    """A reply that was tried, and what came of it."""

    reply: str
    outcome: AttemptOutcome
    script: str = ""
    message: str = ""
    """Why there is no answer."""
    finding: str = ""
    """The same as the model is told, with the line of its script that is at fault."""
    answer: ScriptAnswer | None = None


@dataclass(frozen=True)
class PyomoCode:
    """A Pyomo script.

    Without repairs the model is asked once. With them it is shown why its script failed, and may look once again at a
    model that is infeasible or unbounded; that verdict stands unless the next script has an answer.
    """

    name: str
    asking: Asking
    repairs: int = 0
    varied: bool = False
    """Whether several answers to the same question are to differ."""
    tool: Tool | None = field(default="sandbox", init=False)

    @property
    def prompts(self) -> tuple[str, ...]:
        """In text alone: code inside of JSON is worse code."""
        names = ("code_text", "code_repair_text", "code_examine_text") if self.repairs else ("code_text",)
        return tuple(load_prompt(name).identity for name in names)

    async def attempt(self, question: Question, bench: Workbench) -> Attempt:
        """Ask for the script, run it, and ask again while it fails and repairs are left."""
        sheet = Worksheet(bench, self.asking.temperature_for(bench.model, varied=self.varied))
        prompt = load_prompt("code_text").render(problem=as_data(question.text))
        trial: Trial | None = None
        try:
            trial = await self._try(sheet, "code", prompt, opening(prompt))
            for _ in range(self.repairs):
                if trial.outcome in _EXAMINED:
                    second = await self._try_again(sheet, "examine", prompt, trial)
                    trial = second if second.outcome == "answered" else trial
                    break
                if trial.outcome not in _REPAIRED:
                    break
                last, trial = trial, await self._try_again(sheet, "repair", prompt, trial)
                if trial.reply == last.reply:  # the next request would be this one again, word for word
                    break
        except (ContextOverflow, InvalidReply) as error:
            if trial is None or trial.outcome not in _EXAMINED:
                return sheet.attempt("llm_error", message=str(error), rounds=max(len(sheet.transcript) - 1, 0))
        return _attempt(trial, sheet)

    async def _try_again(self, sheet: Worksheet, step: str, prompt: RenderedPrompt, last: Trial) -> Trial:
        """Go on from the question and the last reply alone, which keeps the conversation short."""
        sheet.bench.say(f"{step.capitalize()}: {last.message}")
        finding = as_data(last.finding or last.message)
        told = {"finding": finding} if step == "repair" else {"finding": finding, "status": last.outcome}
        turn = load_prompt(f"code_{step}_text").render(**told)
        messages = (
            *opening(prompt),
            ChatMessage(role="assistant", content=last.reply[:MAX_REPLY].strip() or "(no answer)"),
            ChatMessage(role="user", content=turn.user),
        )
        return await self._try(sheet, step, prompt, messages)

    async def _try(
        self, sheet: Worksheet, step: str, prompt: RenderedPrompt, messages: tuple[ChatMessage, ...]
    ) -> Trial:
        reply = await sheet.ask(step, prompt, messages, max_tokens=self.asking.tokens_for(sheet.bench.model))
        return await _tried(reply, sheet.bench.sandbox(), sheet.bench.options)


async def _tried(reply: ChatReply, sandbox: Sandbox, options: SolveOptions) -> Trial:
    """Run the script of a reply."""
    try:
        script = script_in(finished_text(reply))
    except InvalidReply as error:
        return Trial(reply.text, "llm_error", message=str(error))
    if script is None:
        return Trial(reply.text, "not_formulated", message=_NO_SCRIPT)
    came = await sandbox.run_async(PyomoScript(script, options))
    if isinstance(came, Failed):
        failure = came.failure
        return Trial(reply.text, OF_FAILURE[failure.kind], script, failure.message, str(failure))
    answer = came.value
    return Trial(reply.text, OF_STATUS[answer.status], script, answer.message, answer=answer)


def _attempt(trial: Trial, sheet: Worksheet) -> Attempt:
    content: dict[str, Any] = {
        "message": "" if trial.outcome == "answered" else trial.message,
        "code": trial.script,
        "diagnostics": (trial.finding,) if trial.finding else (),
        "rounds": len(sheet.transcript) - 1,
    }
    if trial.answer is not None:
        content |= _found(trial.answer, trial.script)
    return sheet.attempt(trial.outcome, **content)


def _found(answer: ScriptAnswer, script: str) -> dict[str, Any]:
    kept = f"{MOST_VALUES:,} of {len(answer.values):,} values are kept in this record"
    return {
        "objective": answer.objective,
        "values": values_of_script(script, answer.values),
        "diagnostics": (kept,) if len(answer.values) > MOST_VALUES else (),
        "sense": answer.sense,
        "solver": answer.solver,
        "problem_class": answer.problem_class,
        "solve_seconds": answer.seconds,
    }
