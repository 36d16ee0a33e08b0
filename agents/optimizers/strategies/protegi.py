"""A beam of prompts, edited for reasons, its children screened by a bandit (ProTeGi, arXiv 2305.03495)."""

from dataclasses import dataclass, field
from typing import ClassVar

from steepest.agents.optimizers.bandits import Bandit, SuccessiveHalving, screen
from steepest.agents.optimizers.reasons import ReasonsAndEdits
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.protocols import BatchSampler, Proposer
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.selection import Shuffled

__all__ = ["ProTeGi"]


@dataclass(slots=True)
class ProTeGi:
    """Edits every member of a beam for several reasons; a bandit spreads the runs over members and edits alike, and the
    best of them are the next beam.
    """

    proposer: Proposer = field(default_factory=ReasonsAndEdits)
    sampler: BatchSampler = field(default_factory=lambda: Shuffled(8))
    """Of the examples on which members are looked at for reasons."""
    bandit: Bandit = field(default_factory=SuccessiveHalving)
    beam: int = 3
    """Members."""
    edits: int = 4
    """Of each member in a step."""
    pulls: int = 8
    """Runs of the screening for each that takes part in it, on average."""
    name: ClassVar[str] = "protegi"
    _members: list[int] = field(default_factory=lambda: [0], init=False)

    async def step(self, search: Search) -> None:
        """Edit, screen, keep the best."""
        members = [search.pool[number] for number in self._members]
        keys = self.sampler.batch(search.keys(), search.step, search.seed)
        children: list[Candidate] = []
        for member, runs in zip(members, await search.evaluate(members, keys), strict=True):
            purpose = f"edits/{member.number}"
            children += await search.propose(self.proposer, member, runs, count=self.edits, purpose=purpose)
        everyone = [*members, *children]
        ranked = await screen(search, everyone, self.pulls * len(everyone), bandit=self.bandit)
        kept = {each.candidate.number: each.arm for each in ranked[: self.beam]}
        for child in children:
            if child.number in kept:
                await search.admit(child, f"in the beam with a mean of {kept[child.number].mean:.4g}")
            else:
                search.reject(child, "screened out")
        search.note("beam", list(kept))

    def observe(self, record: StepRecord) -> None:
        """Take over the beam as the step left it."""
        self._members = record.notes.get("beam", self._members)
