"""Both stages together: from a problem to the few insights that go into the prompt, and why just these."""

import asyncio
import threading
from collections.abc import Collection
from dataclasses import dataclass, replace

from steepest.agents.library.retrieval.candidates import Candidate, candidates
from steepest.agents.library.retrieval.choosing import applicable, fitting_labels
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.recalled import Recall, token_estimate, told
from steepest.agents.library.retrieval.shelf import Shelf
from steepest.agents.library.stores.protocol import Entry
from steepest.agents.llm.chat import ChatModel

__all__ = ["Recall", "Recaller", "Recalling", "token_estimate", "told"]

_KEPT_UNCHOSEN = 5
"""The best candidates, where a model was asked which apply and no reply of it could be used."""


@dataclass(frozen=True)
class Recalling:
    """How insights are chosen.

    Args:
        most: The most that go into a prompt.
        tokens: The most that they take there, as an estimate.
        candidates: That the second stage chooses from.
        asks_labels: Whether a model says which labels fit, one call a problem; not where there are no more insights
            than candidates, since labels only decide which become candidates.
        asks_applicability: Whether a model says which candidates apply, one call a problem; without it they are the
            best of the first stage.
    """

    most: int = 5
    tokens: int = 1500
    candidates: int = 30
    asks_labels: bool = True
    asks_applicability: bool = True


class Recaller:
    """Finds insights for problems; may be asked by several tasks and threads at once.

    Args:
        shelf: The active insights.
        settings: How they are chosen.
    """

    def __init__(self, shelf: Shelf, settings: Recalling | None = None) -> None:
        self.shelf = shelf
        self.settings = settings or Recalling()
        self._alone = threading.Lock()

    async def recall(
        self, query: Query, model: ChatModel, *, only: Collection[str] | None = None, without: Collection[str] = ()
    ) -> Recall:
        """The insights for a problem.

        Args:
            query: The problem.
            model: Whom to ask for labels and applicability.
            only: Ids that may be found; None is all.
            without: Ids that may not.

        Raises:
            LibraryError: The library can't be read.
            LLMError: The model can't be asked, for good.
        """
        if not await asyncio.to_thread(self._refreshed):
            return Recall()
        settings = self.settings
        if settings.asks_labels and not query.labels and len(self.shelf) > settings.candidates:
            query = replace(query, labels=await fitting_labels(query.text, self.shelf.taxonomy, model))
        allowed = await asyncio.to_thread(self._candidates, query, only, without)
        if not allowed or not settings.asks_applicability:
            return Recall(self._capped(allowed), tuple(allowed), query.labels)
        reasons = await applicable(query.text, allowed, model)
        if reasons is None:
            return Recall(self._capped(allowed[:_KEPT_UNCHOSEN]), tuple(allowed), query.labels, is_unchosen=True)
        by_id = {each.entry.insight.id: each for each in allowed}
        chosen = [by_id[name] for name in reasons]
        return Recall(self._capped(chosen), tuple(allowed), query.labels, reasons)

    # Reading the library and embedding take time: they happen in other threads, one after another.

    def _refreshed(self) -> int:
        with self._alone:
            self.shelf.refresh()
            return len(self.shelf)

    def _candidates(self, query: Query, only: Collection[str] | None, without: Collection[str]) -> list[Candidate]:
        with self._alone:
            return candidates(self.shelf, query, self.settings.candidates, only=only, without=without)

    def _capped(self, chosen: list[Candidate]) -> tuple[Entry, ...]:
        """As many as may be and fit, in their order; one that does not fit makes way for a shorter one."""
        kept: list[Entry] = []
        left = self.settings.tokens
        for candidate in chosen:
            needed = token_estimate(told(candidate.entry.insight))
            if len(kept) < self.settings.most and needed <= left:
                kept.append(candidate.entry)
                left -= needed
        return tuple(kept)
