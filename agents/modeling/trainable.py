"""The modeling agent as a module whose prompts are parameters, so that `steepest optimize` trains it end to end.

    # agent.py
    from steepest.agents.llm import open_model
    from steepest.agents.modeling.trainable import ModelingAgent

    agent = ModelingAgent(open_model("local"))

    steepest optimize agent.py:agent --data problems.jsonl --guide guide.py:right

A parameter is the part of a prompt that says what to do. It is read when a step uses its prompt, so a trace tells which
prompts had a part in an answer: a problem that was solved at once says nothing about how to repair.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Self

from steepest.agents.llm.chat import ChatModel
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.problems import solve_problem
from steepest.agents.modeling.prompt_parameters import Instructions, PromptParameters
from steepest.errors import InputError
from steepest.prompts import OutputForm, load_prompt
from steepest.solvers.options import SolveOptions
from steepest.traces import Module, Node, bundle, charge, node

__all__ = ["STEPS", "ModelingAgent"]

STEPS: Mapping[str, str] = {
    "formulate": "standing instructions of the model that writes optimization models",
    "repair": "what the model is told about errors in its optimization model",
    "examine": "what the model is asked about an optimization model that is infeasible or unbounded",
}
"""The steps whose prompts can be parameters, and what they are for."""

MOST_CHARACTERS = 12_000
"""Of a parameter."""

_MOST_ERRORS = 3


class ModelingAgent(Module):
    """A workflow from a problem in words to its answer; called with a problem it returns a node of a mapping.

    The mapping has the `outcome`, the solver's `status`, the `objective`, the formulation as text (`model`) and the
    `errors` that were left.

    Args:
        model: Who formulates; it is shared by copies of the agent.
        steps: Those of `STEPS` whose prompts are parameters.
        options: Limits of the solver.
        max_repairs: How often the model is asked to repair its formulation.
        max_examinations: How often it is asked about an infeasible or unbounded one.

    Raises:
        InputError: There is no such step.
    """

    def __init__(
        self,
        model: ChatModel,
        *,
        steps: Sequence[str] = tuple(STEPS),
        options: SolveOptions | None = None,
        max_repairs: int = 3,
        max_examinations: int = 2,
    ) -> None:
        for step in steps:
            if step not in STEPS:
                raise InputError(f"the agent has no step {step!r} with a prompt: it has {', '.join(STEPS)}")
        self._model = model
        self._form: OutputForm = "json" if model.structured else "text"
        self._options, self._repairs, self._examinations = options, max_repairs, max_examinations
        self.instructions = {step: self._parameter(step) for step in steps}

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copy with parameters of its own that asks the same model, which may hold connections."""
        memo[id(self._model)] = self._model
        copied = object.__new__(type(self))
        memo[id(self)] = copied
        for name, value in vars(self).items():
            setattr(copied, name, deepcopy(value, memo))
        return copied

    def forward(self, question: str) -> Node[dict[str, Any]]:
        """What a problem comes to."""

        @bundle
        def formulate_and_solve(question: str) -> dict[str, Any]:
            """Formulate a problem told in words, repair the formulation, solve it, examine a verdict."""
            answer = self.answer(question)
            for step in answer.steps:
                charge((step.input_tokens or 0) + (step.output_tokens or 0), float(step.cost or 0))
            return _outcome(answer)

        found: Node[dict[str, Any]] = formulate_and_solve(question)
        return found

    def answer(self, question: str) -> Answer:
        """The whole answer, with the prompts that the agent has now."""
        return solve_problem(
            question,
            self._model,
            options=self._options,
            max_repairs=self._repairs,
            max_examinations=self._examinations,
            prompts=PromptParameters(self.instructions, self._form),
            tests=None,
        )

    def _parameter(self, step: str) -> Node[str]:
        name = f"{step}_{self._form}"
        return node(
            load_prompt(name).instructions,
            step,
            trainable=True,
            description=STEPS[step],
            constraint=Instructions(name, MOST_CHARACTERS),
        )


def _outcome(answer: Answer) -> dict[str, Any]:
    solution, formulation = answer.solution, answer.formulation
    errors = [str(each) for each in answer.diagnostics if each.severity == "error"]
    return {
        "outcome": answer.outcome,
        "status": solution.status if solution is not None else None,
        "objective": solution.objective if solution is not None else None,
        "model": formulation.to_text() if formulation is not None else "",
        "errors": errors[:_MOST_ERRORS],
    }
