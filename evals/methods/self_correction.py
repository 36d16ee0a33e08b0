"""The method `llmopt`: five elements, a Pyomo script from them, and the model judges both and redoes what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from steepest.agents.llm.errors import ContextOverflow, InvalidReply
from steepest.agents.llm.replies import finished_text
from steepest.agents.modeling.classic.correction import Corrected, self_corrected
from steepest.agents.modeling.classic.writing import Ran, Writer
from steepest.agents.modeling.conversation import as_data, ask_first
from steepest.agents.modeling.intake import accept_problem
from steepest.agents.modeling.reply import read_reply
from steepest.agents.modeling.task import Task
from steepest.errors import InputError
from steepest.evals.attempts import Attempt
from steepest.evals.methods.named_values import values_of_script
from steepest.evals.methods.outcomes import OF_FAILURE, OF_STATUS
from steepest.evals.methods.protocol import Tool, Workbench
from steepest.evals.methods.settings import Correcting
from steepest.evals.methods.worksheets import Worksheet
from steepest.evals.problems import Question
from steepest.prompts import load_prompt

__all__ = ["SelfCorrection"]


@dataclass(frozen=True)
class SelfCorrection:
    """LLMOPT's way (arXiv 2410.13213). A report tells its average solving times (`reports.wording`)."""

    name: str
    correcting: Correcting
    varied: bool = False
    """Whether several answers to the same question are to differ."""
    tool: Tool | None = field(default="sandbox", init=False)

    @property
    def prompts(self) -> tuple[str, ...]:
        """Elements in JSON or text, as the model can; scripts and judgements in text."""
        names = ["formulate_json", "formulate_text", "script_text"]
        if self.correcting.corrections:
            names += ["correct_text", "reformulate_text"]
        return tuple(load_prompt(name).identity for name in names)

    async def attempt(self, question: Question, bench: Workbench) -> Attempt:
        """Formulate, write, run, and correct."""
        sheet = Worksheet(bench, self.correcting.temperature_for(bench.model, varied=self.varied))
        try:
            problem = accept_problem(question.text)
        except InputError as error:  # a text that no model is asked about
            return sheet.attempt("not_formulated", message=str(error))
        writer = Writer(
            bench.model,
            bench.sandbox(),
            bench.options,
            sheet.transcript,
            sample=sheet.sample,
            temperature=sheet.temperature,
            max_tokens=self.correcting.tokens_for(bench.model),
        )

        async def formulate(analysis: str) -> str:
            return await _elements(problem, analysis, sheet)

        try:
            corrected = await self_corrected(problem, formulate, writer, self.correcting.corrections)
        except (ContextOverflow, InvalidReply) as error:
            return sheet.attempt("llm_error", message=str(error))
        return _attempt(corrected, sheet)


async def _elements(problem: str, analysis: str, sheet: Worksheet) -> str:
    """The five elements that the model writes, in their canonical text where they can be read."""
    preface = load_prompt("reformulate_text").render(analysis=as_data(analysis)).user if analysis else ""
    task = Task(
        problem=problem,
        model=sheet.bench.model,
        solve=sheet.bench.solve,
        sample=sheet.sample,
        temperature=sheet.temperature,
        preface=preface,
        transcript=sheet.transcript,
    )
    reply, _ = await ask_first(task)
    formulation = read_reply(reply, structured=sheet.bench.model.structured).formulation
    return formulation.to_text() if formulation is not None else finished_text(reply)


def _attempt(corrected: Corrected, sheet: Worksheet) -> Attempt:
    ran, rounds = corrected.ran, corrected.solves - 1
    content: dict[str, Any] = {"code": ran.script, "formulation": corrected.elements, "rounds": rounds}
    if ran.answer is None:
        outcome = OF_FAILURE[ran.failure.kind] if ran.failure is not None else "not_formulated"
        return sheet.attempt(outcome, message=ran.told, **content)
    message = "" if ran.answer.status == "optimal" else ran.answer.message
    return sheet.attempt(OF_STATUS[ran.answer.status], message=message, **content, **_found(ran))


def _found(ran: Ran) -> Mapping[str, Any]:
    answer = ran.answer
    if answer is None:
        return {}
    return {
        "objective": answer.objective,
        "values": values_of_script(ran.script, answer.values),
        "sense": answer.sense,
        "solver": answer.solver,
        "problem_class": answer.problem_class,
        "solve_seconds": answer.seconds,
    }
