"""The active insights of a library in memory, as arrays that a query is compared with all at once.

A shelf follows its library: before each query it reads what changed since the last one, so that a long run sees what
others learn, and a query costs no reading of the whole file.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from steepest.agents.library.embeddings.protocol import Embedder
from steepest.agents.library.insights import Insight, Usage
from steepest.agents.library.labels import Label, Taxonomy
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.cue_index import CueIndex
from steepest.agents.library.retrieval.cues import shipped_cues
from steepest.agents.library.retrieval.postings import Postings
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.structures import Structures
from steepest.agents.library.stores.protocol import Entry, LibraryError, Vectors
from steepest.agents.library.words import stems

__all__ = ["RANKINGS", "Ranking", "Shelf"]

log = logging.getLogger(__name__)

Ranking: TypeAlias = Literal["label", "cues", "words", "meaning", "structure"]
RANKINGS: tuple[Ranking, ...] = ("label", "cues", "words", "meaning", "structure")

_LABEL_MARK = ">"
"""In the keys of labels, and in no id of an insight."""
_AT_ONCE = 1_000
"""Texts that are embedded before their vectors are kept, so that an interruption loses few."""


class Shelf:
    """The active insights, and how near each is to a query.

    Args:
        library: Where they come from.
        embedder: Turns their texts into vectors; what it made before is read from the library.
        trial: Insights that stand on this shelf alone, to see who would find them.
    """

    def __init__(self, library: Library, embedder: Embedder, *, trial: Sequence[Insight] = ()) -> None:
        self.library = library
        self.embedder = embedder
        self._trial = {each.id: Entry(each, 0, Usage()) for each in trial}
        self.taxonomy = Taxonomy()
        self.entries: dict[str, Entry] = {}
        self._number = 0
        self._arrange()

    def __len__(self) -> int:
        return len(self.entries)

    def refresh(self) -> None:
        """Read what changed since the last time.

        Raises:
            LibraryError: The library can't be read.
        """
        store = self.library.store
        number = store.number()
        if number == self._number and self.listed:
            return
        touched = store.touched(self._number) if self._number else None
        read = {each.insight.id: each for each in store.entries(touched) if each.insight.status == "active"}
        read |= self._trial
        if touched is not None and self._are_counts(touched, read):
            self._recount(read)
        else:
            kept = {name: each for name, each in self.entries.items() if touched is not None and name not in touched}
            self.entries = dict(sorted((kept | read).items()))
            self.taxonomy = self.library.taxonomy()
            self._arrange()
        self._number = number

    def places(self, names: Collection[str]) -> list[int]:
        """Where these stand in `listed`, those that are on the shelf."""
        return [self._places[name] for name in names if name in self._places]

    def scores(self, query: Query, ranking: Ranking) -> NDArray[np.float32] | None:
        """How much each insight of `listed` has to do with a query; None where the query has nothing to go by."""
        if not self.listed:
            return None
        match ranking:
            case "label":
                return self._label_scores(query.labels) if query.labels else None
            case "cues":
                return self._cues.scores(shipped_cues().embed([query.text])[0])
            case "words":
                return self._words.scores(stems(query.text))
            case "meaning":
                return self.vectors @ self.embedder.embed([query.text])[0] if self.vectors.size else None
            case "structure":
                return self._structures.scores(query.fingerprint) if query.fingerprint else None

    def labelled(self, labels: Sequence[Label]) -> list[str]:
        """Insights under one of these labels or another name of it, those under the most of them first."""
        return [name for name, _ in self._best(self._label_scores(labels), len(self))]

    def nearest(self, text: str, limit: int) -> list[tuple[str, float]]:
        """The insights nearest in meaning, with their cosine, those above 0 only."""
        return self._best(self.scores(Query(text), "meaning"), limit)

    def similar(self, fingerprint: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """The insights nearest in structure, with the Jaccard index of their features, those above 0 only."""
        return self._best(self.scores(Query("", fingerprint=tuple(fingerprint)), "structure"), limit)

    def _best(self, scores: NDArray[np.float32] | None, limit: int) -> list[tuple[str, float]]:
        if scores is None:
            return []
        order = np.argsort(-scores, kind="stable")[:limit]  # of equals the first id
        return [(self.listed[at].insight.id, float(scores[at])) for at in order.tolist() if scores[at] > 0]

    def _are_counts(self, touched: Sequence[str], read: Mapping[str, Entry]) -> bool:
        """Whether nothing but counts of usage changed, which ask for no new arrays."""
        versions = [(self.entries.get(name), read.get(name)) for name in {*touched, *read}]
        return not any(_LABEL_MARK in name for name in touched) and all(
            (before and before.version) == (after and after.version) for before, after in versions
        )

    def _recount(self, read: Mapping[str, Entry]) -> None:
        """Take over counts of usage."""
        self.entries.update(read)
        for name, at in zip(read, self.places(read), strict=True):
            self.listed[at] = read[name]
            self.usefulness[at] = read[name].usage.usefulness

    def _arrange(self) -> None:
        """Make the arrays anew; outcomes of tasks alone don't ask for it."""
        self.listed = list(self.entries.values())
        insights = [entry.insight for entry in self.listed]
        self._places = {insight.id: at for at, insight in enumerate(insights)}
        self.usefulness = np.array([entry.usage.usefulness for entry in self.listed], np.float32)
        self.vectors = self._embedded(self.embedder, lambda insight: insight.text)
        self._cues = CueIndex(self._embedded(shipped_cues(), lambda insight: f"{insight.title}\n{insight.condition}"))
        self._words = Postings(stems(insight.text) for insight in insights)
        self._structures = Structures([insight.fingerprint for insight in insights])
        self._by_label = self._sorted_by_label()

    def _embedded(self, embedder: Embedder, text: Callable[[Insight], str]) -> Vectors:
        """The vectors of all insights; what has none yet is embedded, and kept for the next time."""
        if not self.listed:
            return np.empty((0, 0), np.float32)
        names, vectors = self.library.store.vectors(embedder.space)
        known = {name: place for place, name in enumerate(names) if name not in self._trial}
        missing = [entry for entry in self.listed if entry.insight.id not in known]
        made: list[Vectors] = []
        for start in range(0, len(missing), _AT_ONCE):
            some = missing[start : start + _AT_ONCE]
            made.append(embedder.embed([text(entry.insight) for entry in some]))
            self._keep(embedder.space, some, made[-1])
        known.update({entry.insight.id: len(names) + place for place, entry in enumerate(missing)})
        whole = np.concatenate([part for part in (vectors, *made) if part.size] or [vectors])
        return whole[[known[entry.insight.id] for entry in self.listed]] if whole.size else whole

    def _keep(self, space: str, entries: Sequence[Entry], vectors: Vectors) -> None:
        """Keep vectors for the next time; a library that can't be written is searched all the same."""
        rows = zip(entries, vectors, strict=True)
        kept = {each.insight.id: (each.version, row) for each, row in rows if each.insight.id not in self._trial}
        if not kept:
            return
        try:
            self.library.store.keep_vectors(space, kept)
        except LibraryError as error:
            log.warning("embeddings are not kept, and will be made again: %s", error)

    def _label_scores(self, labels: Sequence[Label]) -> NDArray[np.float32]:
        """Under how many of these labels, or other names of them, each insight is."""
        scores = np.zeros(len(self.listed), np.float32)
        for key in {self.taxonomy.settled(label).key for label in labels}:
            scores[self._by_label.get(key, [])] += 1
        return scores

    def _sorted_by_label(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for at, entry in enumerate(self.listed):
            for key in {self.taxonomy.settled(label).key for label in entry.insight.labels}:
                found[key].append(at)
        return found
