"""The methods `five`, `+repair` and `+library`: the modeling agent writes a five-element formulation to be solved."""

from dataclasses import dataclass, field
from typing import Any

from steepest.agents.llm.errors import ContextOverflow, InvalidReply
from steepest.agents.modeling import Answer
from steepest.agents.modeling.conclude import answer_from
from steepest.agents.modeling.graph import run
from steepest.agents.modeling.intake import accept_problem
from steepest.agents.modeling.task import State, Task
from steepest.errors import InputError
from steepest.evals.attempts import Attempt
from steepest.evals.methods.experience import RecordedExperience
from steepest.evals.methods.named_values import MOST_VALUES, values_of_solution
from steepest.evals.methods.outcomes import outcome_of
from steepest.evals.methods.protocol import Tool, Workbench
from steepest.evals.methods.settings import Sampling
from steepest.evals.methods.worksheets import Worksheet
from steepest.evals.problems import Question
from steepest.prompts import load_prompt

__all__ = ["Answered", "FiveElements", "attempt_of_answer"]

_MOST_ERRORS = 3
"""Errors that a message tells; all are among the diagnostics."""


@dataclass(frozen=True)
class Answered:
    """An attempt, and the answer that it was made of."""

    attempt: Attempt
    answer: Answer


@dataclass(frozen=True)
class FiveElements:
    """A formulation in five elements.

    Without repairs the model is asked once. With them it is shown what the checks found, and may look once again at a
    formulation that is infeasible or unbounded.
    """

    name: str
    sampling: Sampling
    repairs: int = 0
    varied: bool = False
    """Whether several answers to the same question are to differ."""
    experience: RecordedExperience | None = None
    """What is asked for insights first."""
    tool: Tool | None = field(default="solver", init=False)

    @property
    def prompts(self) -> tuple[str, ...]:
        """Those in text and in JSON: which are used is the model's matter."""
        steps = ["formulate", "repair", "examine"] if self.repairs else ["formulate"]
        if self.experience is not None:
            steps += ["labels", "applies", "insights"]
        return tuple(load_prompt(f"{step}_{form}").identity for step in steps for form in ("json", "text"))

    def close(self) -> None:
        """Let go of the experience library."""
        if self.experience is not None:
            self.experience.close()

    async def attempt(self, question: Question, bench: Workbench) -> Attempt:
        """Formulate, check, solve."""
        return (await self.answered(question, bench)).attempt

    async def answered(self, question: Question, bench: Workbench) -> Answered:
        """The same, with the agent's whole answer."""
        sheet = Worksheet(bench, self.sampling.temperature_for(bench.model, varied=self.varied))
        nothing = Answer(problem=question.text, outcome="not_formulated")
        try:
            task = self._task(question, sheet)
        except InputError as error:  # a text that no model is asked about
            return Answered(sheet.attempt("not_formulated", message=str(error)), nothing)
        known = State()
        try:
            await run(task, known)
        except (ContextOverflow, InvalidReply) as error:
            if "reply" not in known:
                return Answered(sheet.attempt("llm_error", message=str(error)), nothing)
            answer = answer_from(known, task, stopped=str(error))
        else:
            answer = known["answer"]
        return Answered(attempt_of_answer(answer, sheet), answer)

    def _task(self, question: Question, sheet: Worksheet) -> Task:
        return Task(
            problem=accept_problem(question.text),
            model=sheet.bench.model,
            solve=sheet.bench.solve,
            max_repairs=self.repairs,
            examines=self.repairs > 0,
            sample=sheet.sample,
            temperature=sheet.temperature,
            transcript=sheet.transcript,
            recaller=self.experience,
            say=sheet.bench.say,
        )


def attempt_of_answer(answer: Answer, sheet: Worksheet) -> Attempt:
    """What an answer of the modeling agent comes to."""
    outcome, formulation, solution = outcome_of(answer), answer.formulation, answer.solution
    content: dict[str, Any] = {
        "message": "" if outcome == "answered" else _message(answer),
        "formulation": formulation.to_text() if formulation is not None else "",
        "sense": formulation.objectives[0].sense if formulation is not None and formulation.objectives else None,
        "diagnostics": tuple(str(item) for item in answer.diagnostics),
        "insights": tuple(each.id for each in answer.insights),
        "cited": tuple(each.id for each in answer.insights if each.cited),
        "rounds": sum(step.name in ("repair", "examine") and step.prompt is not None for step in answer.steps),
    }
    if formulation is not None and solution is not None:
        content |= {
            "objective": solution.objective,
            "values": values_of_solution(formulation, solution),
            "solver": solution.solver,
            "problem_class": solution.problem_class,
            "solve_seconds": solution.seconds,
        }
        if len(solution.variables) > MOST_VALUES:
            kept = f"{MOST_VALUES:,} of {len(solution.variables):,} values are kept in this record"
            content["diagnostics"] = (*content["diagnostics"], kept)
    return sheet.attempt(outcome, **content)


def _message(answer: Answer) -> str:
    """Why there is no answer."""
    if answer.solution is not None:
        return answer.solution.message
    if answer.outcome == "stopped":
        return answer.diagnostics[-1].message
    if answer.outcome == "missing_data":
        return f"the text does not give: {'; '.join(answer.missing)}"
    errors = [item.message for item in answer.diagnostics if item.severity == "error"]
    return "; ".join(errors[:_MOST_ERRORS]) or answer.explanation.partition("\n")[0]
