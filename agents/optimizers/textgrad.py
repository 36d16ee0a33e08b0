"""The step of textual gradient descent: new values by what the runs of the parent tell each parameter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from steepest.agents.llm.chat import ChatModel
from steepest.agents.optimizers.asking import ask_changes, model_of, sample_of
from steepest.agents.optimizers.evidence import aim, current, inert, tries, way
from steepest.agents.optimizers.gradients import Gradients, gradients_of
from steepest.agents.optimizers.search.protocols import Proposal, Situation
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.values import Component
from steepest.agents.optimizers.together import together

__all__ = ["TextGradProposer"]


@dataclass(frozen=True, slots=True)
class TextGradProposer:
    """Carries the feedback on every run back to the parameters (`gradients`), then asks for a new value of each that
    was told something: one call for each, and all changes together are one proposal.
    """

    good: float | None = None
    """Runs with this score or more are left alone."""
    tries: int = 3
    """Earlier tries to show, the latest ones."""

    async def propose(self, situation: Situation) -> Sequence[Proposal]:
        """As many as are wanted; none if no parameter is told anything.

        Raises:
            InputError: There is no model.
        """
        model = model_of(situation, "textgrad")
        runs = [each for each in situation.rollouts if self.good is None or each.score < self.good]
        found = await together(_gradients(situation, model, each) for each in runs)
        told = {
            each.name: said
            for each in situation.components
            if (said := [words for gradients in found for words in gradients.said.get(each.name, ())])
        }
        rejections = tuple(each for gradients in found for each in gradients.rejections)
        if not told:
            return [Proposal(origin="textgrad", rejections=rejections)] if rejections else []
        steps = await together(self._step(situation, told, index) for index in range(situation.count))
        first, *others = steps
        return [replace(first, rejections=(*rejections, *first.rejections)), *others]

    async def _step(self, situation: Situation, told: Mapping[str, Sequence[str]], index: int) -> Proposal:
        components = [each for each in situation.components if each.name in told]
        parts = await together(self._change(situation, each, told[each.name], index) for each in components)
        return Proposal(
            changes={name: value for part in parts for name, value in part.changes.items()},
            reasoning=" ".join(part.reasoning for part in parts if part.reasoning),
            no_change=all(part.no_change for part in parts),
            origin="textgrad",
            rejections=tuple(each for part in parts for each in part.rejections),
        )

    async def _change(self, situation: Situation, component: Component, said: Sequence[str], index: int) -> Proposal:
        alone = replace(situation, components=[component])
        variables = {
            "goal": aim(situation),
            "current": current(alone),
            "feedback": [inert(each) for each in dict.fromkeys(said)],
            "tries": tries(situation.past, [component.name], self.tries),
            "way": way(index),
        }
        return await ask_changes(alone, "textgrad_step", variables, index=index, origin="textgrad")


async def _gradients(situation: Situation, model: ChatModel, rollout: Rollout) -> Gradients:
    """What a run tells the parameters; of a run that was not traced, all are told what was said about its output."""
    names = [each.name for each in situation.components]
    if rollout.account is not None:
        return await gradients_of(dict(rollout.account), names, model, sample_of(situation.step, 0))
    words = f"(score {rollout.score:g}) {rollout.error or rollout.words}"
    return Gradients({name: [f"{words} The run gave: {rollout.output}"] for name in names})
