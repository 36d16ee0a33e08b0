"""The part `+vote` of `five`: formulations vote by value and structure, and the confidence is calibrated."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter

from steepest.agents.modeling import Answer
from steepest.agents.modeling.problems import TESTS
from steepest.agents.modeling.sampling.drawing import confidence_in, still_wanted
from steepest.agents.modeling.sampling.election import elect
from steepest.agents.modeling.task import battery_for
from steepest.evals.attempts import Attempt
from steepest.evals.methods.five import Answered, FiveElements
from steepest.evals.methods.protocol import Tool, Workbench
from steepest.evals.methods.settings import FormulationVoting
from steepest.evals.methods.voting import all_of, ballot, with_candidates
from steepest.evals.problems import Question

__all__ = ["FormulationVote"]


@dataclass(frozen=True)
class FormulationVote:
    """The modeling agent asked several times, and the answer elected as `steepest solve --samples` does."""

    name: str
    voter: FiveElements
    voting: FormulationVoting
    tool: Tool | None = field(default="solver", init=False)

    @property
    def prompts(self) -> tuple[str, ...]:
        """Those of the method that votes."""
        return self.voter.prompts

    def close(self) -> None:
        """Close the method that votes."""
        self.voter.close()

    async def attempt(self, question: Question, bench: Workbench) -> Attempt:
        """Ask for all answers at once, or until the vote is clear, and elect one."""
        begun, tolerance = perf_counter(), self.voting.vote_tolerance
        came: list[Answered] = []
        while wanted := self._wanted(came):
            numbers = range(len(came), len(came) + wanted)
            came += await all_of([self.voter.answered(question, ballot(bench, self.voting, each)) for each in numbers])
        answers = [each.answer for each in came]
        place = elect(answers, tolerance).winner
        answers[place] = await _tested(answers[place], bench)
        elected = elect(answers, tolerance)
        candidates = [each.attempt for each in came]
        confidence = confidence_in(answers, elected)
        return with_candidates(candidates[elected.winner], candidates, confidence, perf_counter() - begun)

    def _wanted(self, came: list[Answered]) -> int:
        if not self.voting.stops_early:
            return self.voting.votes - len(came)
        return still_wanted([each.answer for each in came], self.voting.votes, self.voting.vote_tolerance)


async def _tested(answer: Answer, bench: Workbench) -> Answer:
    """The answer with what tests of it find, as the agent tests its own: evidence for the confidence."""
    if answer.outcome != "solved" or answer.formulation is None or answer.solution is None:
        return answer
    test = battery_for({}, None, bench.options, TESTS)
    battery = await asyncio.to_thread(test, answer.formulation, answer.solution)
    return answer.model_copy(update={"battery": battery})
