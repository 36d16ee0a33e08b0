"""BM25 in memory."""

import pytest

from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.postings import Postings
from steepest.agents.library.words import stems
from tests.agents.library.insights import insight


def test_the_same_scores_as_the_full_text_index_of_sqlite(sqlite_library: Library) -> None:
    texts = ["goods flow in pipes", "pipes and pipes", "a vehicle tours", "loaves of bread", "bread for the tour"]
    sqlite_library.add([insight(f"i{place}", condition=text) for place, text in enumerate(texts)])
    entries = sqlite_library.entries()
    words = stems("pipes for a tour with bread")
    scores = Postings(stems(entry.insight.text) for entry in entries).scores(words)
    known = dict(sqlite_library.store.matching(words, 10))

    assert {e.insight.id: pytest.approx(float(s), rel=1e-4) for e, s in zip(entries, scores, strict=True) if s} == known


def test_a_word_that_nobody_has_counts_nothing() -> None:
    assert Postings([["a"], ["b"]]).scores(["c"]).tolist() == [0, 0]


def test_a_library_without_insights_has_no_scores() -> None:
    assert Postings([]).scores(["a"]).tolist() == []
