"""The method `direct`: the model gives the numbers, and nothing checks them."""

from dataclasses import dataclass

from steepest.agents.llm.errors import ContextOverflow, InvalidReply
from steepest.agents.modeling.conversation import as_data
from steepest.evals.attempts import Attempt, AttemptOutcome, NamedValue
from steepest.evals.methods.direct_reply import DirectReply, read_direct
from steepest.evals.methods.protocol import Workbench
from steepest.evals.methods.settings import Asking
from steepest.evals.methods.worksheets import Worksheet, opening
from steepest.evals.problems import Question
from steepest.prompts import load_prompt

__all__ = ["DirectAnswer"]


@dataclass(frozen=True)
class DirectAnswer:
    """The answer alone, without formulation or code."""

    name: str
    asking: Asking
    varied: bool = False
    """Whether several answers to the same question are to differ."""

    @property
    def prompts(self) -> tuple[str, ...]:
        """Those in text and in JSON: which is used is the model's matter."""
        return tuple(load_prompt(f"direct_{form}").identity for form in ("json", "text"))

    async def attempt(self, question: Question, bench: Workbench) -> Attempt:
        """Ask for the numbers."""
        sheet = Worksheet(bench, self.asking.temperature_for(bench.model, varied=self.varied))
        structured = bench.model.structured
        prompt = load_prompt("direct_json" if structured else "direct_text").render(problem=as_data(question.text))
        try:
            reply = await sheet.ask(
                "direct",
                prompt,
                opening(prompt),
                max_tokens=self.asking.tokens_for(bench.model),
                schema=DirectReply.model_json_schema() if structured else None,
            )
            read = read_direct(reply, structured=structured)
        except (ContextOverflow, InvalidReply) as error:
            return sheet.attempt("llm_error", message=str(error))
        return _attempt(read, sheet)


def _attempt(read: DirectReply, sheet: Worksheet) -> Attempt:
    if read.status != "optimal":
        return sheet.attempt(read.status, message="the model says so")
    outcome: AttemptOutcome = "not_formulated" if read.objective is None and not read.values else "answered"
    values = tuple(NamedValue(name=each.name, value=each.value, unit=each.unit) for each in read.values)
    message = "the model gave no numbers" if outcome == "not_formulated" else ""
    return sheet.attempt(outcome, objective=read.objective, values=values, message=message)
