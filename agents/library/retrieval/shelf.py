"""The active insights of a library in memory, as arrays that a query is compared with all at once.

A shelf follows its library: before each query it reads what changed since the last one, so that a long run sees what
others learn, and a query costs no reading of the whole file.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from steepest.agents.library.embeddings.protocol import Embedder
from steepest.agents.library.insights import Insight, Usage
from steepest.agents.library.labels import Label, Taxonomy
from steepest.agents.library.library import Library
from steepest.agents.library.stores.protocol import Entry, LibraryError, Vectors
from steepest.agents.library.words import stems

__all__ = ["Shelf"]

log = logging.getLogger(__name__)

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
        self._names: list[str] = []
        self._vectors: Vectors = np.empty((0, 0), np.float32)
        self._features: dict[str, int] = {}
        self._bits: NDArray[np.uint64] = np.empty((0, 1), np.uint64)
        self._sizes: NDArray[np.int64] = np.empty(0, np.int64)
        self._by_label: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self.entries)

    def refresh(self) -> None:
        """Read what changed since the last time.

        Raises:
            LibraryError: The library can't be read.
        """
        store = self.library.store
        number = store.number()
        if number == self._number and self._names:
            return
        touched = store.touched(self._number) if self._number else None
        read = {each.insight.id: each for each in store.entries(touched) if each.insight.status == "active"}
        read |= self._trial
        if touched is not None and self._are_counts(touched, read):
            self.entries.update(read)
        else:
            kept = {name: each for name, each in self.entries.items() if touched is not None and name not in touched}
            self.entries = dict(sorted((kept | read).items()))
            self._arrange()
        self._number = number

    def _are_counts(self, touched: Sequence[str], read: Mapping[str, Entry]) -> bool:
        """Whether nothing but counts of usage changed, which ask for no new arrays."""
        versions = [(self.entries.get(name), read.get(name)) for name in {*touched, *read}]
        return not any(_LABEL_MARK in name for name in touched) and all(
            (before and before.version) == (after and after.version) for before, after in versions
        )

    def _arrange(self) -> None:
        """Make the arrays anew; outcomes of tasks alone don't ask for it."""
        self.taxonomy = self.library.taxonomy()
        self._names = list(self.entries)
        self._embed_new()
        self._count_features()
        self._by_label = self._sorted_by_label()

    def labelled(self, labels: Sequence[Label]) -> list[str]:
        """Insights under one of these labels or another name of it, those under the most of them first."""
        counts: dict[str, int] = defaultdict(int)
        for key in {self.taxonomy.settled(label).key for label in labels}:
            for name in self._by_label.get(key, ()):
                counts[name] += 1
        return sorted(counts, key=lambda name: (-counts[name], name))

    def worded(self, words: Sequence[str], limit: int) -> list[str]:
        """The insights in which the words are, the best first.

        Trial insights, which the index does not know, stand first by any word, so that nobody who finds them is missed.
        """
        wanted = set(words)
        tried = [name for name, each in self._trial.items() if not wanted.isdisjoint(stems(each.insight.text))]
        found = self.library.store.matching(words, limit)
        return [*tried, *(name for name, _ in found if name not in self._trial)]

    def nearest(self, text: str, limit: int) -> list[tuple[str, float]]:
        """The insights nearest in meaning, with their cosine, those above 0 only."""
        if not self._names or not self._vectors.size:
            return []
        asked = self.embedder.embed([text])[0]
        return self._best(self._vectors @ asked, limit) if asked.any() else []

    def similar(self, fingerprint: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """The insights nearest in structure, with the Jaccard index of their features, those above 0 only."""
        if not self._names or not fingerprint:
            return []
        known = self._bit_row([feature for feature in fingerprint if feature in self._features])
        both = np.bitwise_count(self._bits & known).sum(axis=1, dtype=np.int64)
        return self._best(both / (self._sizes + len(set(fingerprint)) - both), limit)

    def _best(self, scores: NDArray[np.floating], limit: int) -> list[tuple[str, float]]:
        count = min(limit, len(scores))
        top = np.argpartition(-scores, count - 1)[:count]
        order = top[np.lexsort((top, -scores[top]))]
        return [(self._names[place], float(scores[place])) for place in order.tolist() if scores[place] > 0]

    def _embed_new(self) -> None:
        """The vectors of all insights; what has none yet is embedded, and kept for the next time."""
        store, space = self.library.store, self.embedder.space
        names, vectors = store.vectors(space)
        known = {name: place for place, name in enumerate(names) if name not in self._trial}
        missing = [name for name in self._names if name not in known]
        made: list[Vectors] = []
        for start in range(0, len(missing), _AT_ONCE):
            some = missing[start : start + _AT_ONCE]
            made.append(self.embedder.embed([self.entries[name].insight.text for name in some]))
            rows = zip(some, made[-1], strict=True)
            kept = {name: (self.entries[name].version, row) for name, row in rows if name not in self._trial}
            if kept:
                self._keep(kept)
        known.update({name: len(names) + place for place, name in enumerate(missing)})
        whole = np.concatenate([part for part in (vectors, *made) if part.size] or [vectors])
        self._vectors = whole[[known[name] for name in self._names]] if self._names else whole[:0]

    def _keep(self, vectors: Mapping[str, tuple[int, Vectors]]) -> None:
        """Keep vectors for the next time; a library that can't be written is searched all the same."""
        try:
            self.library.store.keep_vectors(self.embedder.space, vectors)
        except LibraryError as error:
            log.warning("embeddings are not kept, and will be made again: %s", error)

    def _count_features(self) -> None:
        """A bit for each feature that any insight has."""
        features = sorted({each for entry in self.entries.values() for each in entry.insight.fingerprint})
        self._features = {feature: place for place, feature in enumerate(features)}
        rows = [self._bit_row(entry.insight.fingerprint) for entry in self.entries.values()]
        self._bits = np.array(rows, np.uint64).reshape(len(rows), len(self._features) // 64 + 1)
        self._sizes = np.bitwise_count(self._bits).sum(axis=1, dtype=np.int64)

    def _bit_row(self, features: Sequence[str]) -> NDArray[np.uint64]:
        row = np.zeros(len(self._features) // 64 + 1, np.uint64)
        for feature in features:
            place = self._features[feature]
            row[place // 64] |= np.uint64(1 << place % 64)
        return row

    def _sorted_by_label(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name, entry in self.entries.items():
            for key in {self.taxonomy.settled(label).key for label in entry.insight.labels}:
                found[key].append(name)
        return found
