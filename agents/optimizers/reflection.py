"""Reflective mutation (GEPA, arXiv 2507.19457): a model reads what came of the parent's runs and rewrites a part."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from steepest.agents.optimizers.asking import ask_changes
from steepest.agents.optimizers.evidence import aim, current, extremes, records, tries, way
from steepest.agents.optimizers.search.protocols import Past, Proposal, Situation
from steepest.agents.optimizers.search.values import Component, Rejection
from steepest.agents.optimizers.together import together

__all__ = ["Reflection", "least_tried"]


@dataclass(frozen=True, slots=True)
class Reflection:
    """Shows the parent's worst and best runs with their feedback and asks for new values; one call a proposal."""

    components: Literal["one", "all"] = "one"
    """Whether a proposal changes one component, the components taking turns, or any of them."""
    runs: int = 8
    """The most runs to show."""
    longest: int = 12_000
    """Characters that the runs share."""
    tries: int = 4
    """Earlier tries to show, the latest ones."""

    async def propose(self, situation: Situation) -> Sequence[Proposal]:
        """As many as are wanted."""
        if self.components == "all":
            return await together(self._ask(situation, index) for index in range(situation.count))
        turns = least_tried(situation.components, situation.past)
        chosen = [turns[index % len(turns)] for index in range(situation.count)]
        return await together(self._change(situation, each, index) for index, each in enumerate(chosen))

    async def _change(self, situation: Situation, component: Component, index: int) -> Proposal:
        proposal = await self._ask(replace(situation, components=[component]), index)
        return tried_on(component, proposal)

    async def _ask(self, situation: Situation, index: int) -> Proposal:
        names = [each.name for each in situation.components]
        variables = {
            "goal": aim(situation),
            "current": current(situation),
            "runs": records(extremes(situation.rollouts, self.runs), self.longest),
            "tries": tries(situation.past, names, self.tries),
            "way": way(index),
        }
        return await ask_changes(situation, "reflect", variables, index=index, origin="reflection")


def least_tried(components: Sequence[Component], past: Sequence[Past]) -> list[Component]:
    """Components by how often the search has tried to change them, so that they take turns; refused tries count, or one
    that a model can do nothing with would have every turn.
    """
    counts = {each.name: sum(each.name in one.changes for one in past) for each in components}
    return sorted(components, key=lambda each: counts[each.name])


def tried_on(component: Component, proposal: Proposal) -> Proposal:
    """A proposal whose rejections, and whose word that nothing should change, are on record as tries of a component."""
    said = [Rejection("the model would change nothing", component.name)] if proposal.no_change else []
    rejections = [replace(each, component=each.component or component.name) for each in proposal.rejections]
    return replace(proposal, rejections=(*rejections, *said))
