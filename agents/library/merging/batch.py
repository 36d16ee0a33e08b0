"""Merging a batch of insights with each other and with the library, and new insights with what is there already.

AlphaOPT merges within a task, within a batch of tasks and online (arXiv 2510.18428, section 3.2). Here the three are
one procedure over groups of neighbours: what is named is proven together, and what is decided is left to the caller.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from steepest.agents.library.embeddings.protocol import Embedder
from steepest.agents.library.events import Change
from steepest.agents.library.insights import Insight
from steepest.agents.library.learning.journal import Refusal
from steepest.agents.library.library import Library
from steepest.agents.library.merging.groups import neighbours
from steepest.agents.library.merging.proposals import Proposal, propose
from steepest.agents.library.merging.verification import Verify
from steepest.agents.library.retrieval.shelf import Shelf
from steepest.agents.library.revisions import merge_of
from steepest.agents.library.stores.protocol import Entry
from steepest.agents.llm.chat import ChatModel

__all__ = ["Merges", "Merging", "merge_batch", "merge_new"]

LARGEST = 8
"""Insights that a model compares at once."""


@dataclass(frozen=True)
class Merges:
    """What a round of merging came to; nothing of it is written."""

    changes: tuple[Change, ...] = ()
    """To be carried out in this order."""
    expected: dict[str, int] = field(default_factory=dict)
    """The version that each insight which is taken away must still have."""
    refused: tuple[Refusal, ...] = ()
    asked: int = 0
    """Groups that a model was asked about."""
    left_out: tuple[str, ...] = ()
    """Ids of insights that could not be proven, since not all of their problems are at hand."""
    unanswered: tuple[str, ...] = ()
    """Of each group about which no reply could be used: which insights, and why."""

    @property
    def note(self) -> str:
        """What came of it, in words."""
        merged = [f"merged {', '.join(_gone(change))}" for change in self.changes]
        refused = [f"refused '{each.title}': {each.reason}" for each in self.refused]
        told = "; ".join([*merged, *refused, *self.unanswered])
        return told or ("no two say the same" if self.asked else "nothing to compare")


@dataclass(frozen=True)
class Merging:
    """How insights are merged.

    Args:
        library: What they are compared with. It is not written.
        model: Says which of them say the same.
        embedder: Of the search for neighbours.
        verify: Proves a merged insight.
        say: Told what is being done.
    """

    library: Library
    model: ChatModel
    embedder: Embedder
    verify: Verify
    say: Callable[[str], None] = lambda line: None


async def merge_batch(names: Collection[str], merging: Merging, *, sample: int = 0) -> Merges:
    """Look for insights that say the same as one of these, and prove what could come in their place.

    Args:
        names: Ids of active insights, such as what a batch of tasks taught; others are passed over.
        merging: Whom to ask, and what proves it.
        sample: Tells repeated rounds apart.

    Raises:
        LLMError: A model can't be asked, for good.
        LibraryError: The library can't be read.
    """
    shelf = Shelf(merging.library, merging.embedder)
    shelf.refresh()
    merges = _Round(merging, shelf, sample)
    for name in dict.fromkeys(names):
        if name in shelf.entries and name not in merges.compared:
            await merges.compare([shelf.entries[name], *neighbours(shelf.entries[name].insight, shelf, LARGEST - 1)])
    return merges.result()


async def merge_new(insights: Sequence[Insight], merging: Merging, *, sample: int = 0) -> Merges:
    """Compare what a task taught with itself and with the nearest in the library.

    Args:
        insights: Proven and not yet in the library; the changes are to be carried out after they were added.
        merging: Whom to ask, and what proves it.
        sample: Tells repeated rounds apart.

    Raises:
        LLMError: A model can't be asked, for good.
        LibraryError: The library can't be read.
    """
    shelf = Shelf(merging.library, merging.embedder, trial=insights)
    shelf.refresh()
    merges = _Round(merging, shelf, sample)
    near = {each.insight.id: each for one in insights for each in neighbours(one, shelf, LARGEST - 1)}
    new = {each.id: shelf.entries[each.id] for each in insights}
    await merges.compare(list((new | near).values()))
    return merges.result()


@dataclass
class _Round:
    """A round of merging."""

    merging: Merging
    shelf: Shelf
    sample: int
    compared: set[str] = field(default_factory=set)
    asked: int = 0
    done: list[tuple[Change, tuple[Entry, ...]]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    unanswered: list[str] = field(default_factory=list)

    def result(self) -> Merges:
        """What it came to."""
        taken = [each for _, parts in self.done for each in parts]
        expected = {each.insight.id: each.version for each in taken if each.version}
        changes = tuple(change for change, _ in self.done)
        return Merges(
            changes, expected, tuple(self.refused), self.asked, tuple(sorted(self.left_out)), tuple(self.unanswered)
        )

    async def compare(self, entries: Sequence[Entry]) -> None:
        """Ask about a group, those aside that are merged already or can't be proven, and prove what is proposed."""
        covers = self.merging.verify.covers
        self.left_out.update(each.insight.id for each in entries if not covers(each.insight))
        gone = self.left_out | self._gone()
        there = [each for each in entries if each.insight.id not in gone][:LARGEST]
        self.compared.update(each.insight.id for each in there)
        if len(there) < 2:
            return
        self.asked += 1
        self.merging.say(f"comparing {len(there)} insights")
        proposed = await propose([each.insight for each in there], self.merging.model, sample=self.sample)
        if not proposed.is_answered:
            names = ", ".join(each.insight.id for each in there)
            self.unanswered.append(f"no usable reply about {names}: {'; '.join(dict.fromkeys(proposed.refusals))}")
        for proposal in proposed.proposals:
            await self._try(proposal)

    async def _try(self, proposal: Proposal) -> None:
        merged, names = proposal.merged, [each.id for each in proposal.parts]
        if merged.id not in names and self._is_known(merged.id):
            self._refuse(proposal, "the library has it already")
            return
        self.merging.say(f"proving '{merged.title}' in the place of {', '.join(names)}")
        beside = [each for change, _ in self.done for each in change.insights.values() if each is not None]
        proof = await self.merging.verify(merged, {*self._gone(), *names}, beside)
        if not proof.holds:
            self._refuse(proposal, proof.reason)
            return
        parts = tuple(self.shelf.entries[name] for name in names)
        self.done.append((merge_of(parts, merged, f"{', '.join(names)} say the same; {proof.reason}"), parts))

    def _refuse(self, proposal: Proposal, reason: str) -> None:
        names = ", ".join(each.id for each in proposal.parts)
        reason = f"in the place of {names}: {reason}"
        self.refused.append(Refusal(id=proposal.merged.id, title=proposal.merged.title, reason=reason))

    def _is_known(self, name: str) -> bool:
        made = {each for change, _ in self.done for each in change.insights}
        return name in made or name in self.shelf.entries or bool(self.merging.library.store.entries([name]))

    def _gone(self) -> set[str]:
        """Ids that a merge of this round takes away."""
        return {name for change, _ in self.done for name in _gone(change)}


def _gone(change: Change) -> list[str]:
    return [name for name, insight in change.insights.items() if insight is None]
