"""What a text says whatever it is about."""

import numpy as np
import pytest

from steepest.agents.library.retrieval.cue_index import CueIndex
from steepest.agents.library.retrieval.cues import CueReader, shipped_cues

READER = CueReader({"share": ["percent", "share of"], "first": ["the first #"], "more": ["more * than"]})


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("20% of it", {"share"}),
        ("five percent, or its shares of land", {"share"}),
        ("a share", set()),
        ("the first 1,000.50 tons", {"first"}),
        ("the first tons", set()),
        ("more cakes than loaves", {"more"}),
        ("more than", set()),
        ("", set()),
        ("more", set()),
    ],
)
def test_phrases_are_found_by_stems_numbers_and_any_word(text: str, cues: set[str]) -> None:
    assert READER.cues(text) == cues


def test_a_text_is_a_row_with_a_one_for_each_cue() -> None:
    assert READER.embed(["20% and 30%", "the first 2"]).tolist() == [[1, 0, 0], [0, 1, 0]]


def test_another_lexicon_is_another_space() -> None:
    assert READER.space != CueReader({"share": ["percent"]}).space
    assert shipped_cues().space == shipped_cues().space


def test_the_shipped_lexicon_reads_an_insight_and_its_problem_alike() -> None:
    said = shipped_cues().cues("Applies when a minimum share of a total is required.")

    assert "a share of a total" in said & shipped_cues().cues("At least 30% of the loaves have to be rye.")


def test_a_rare_cue_counts_for_more_than_a_common_one() -> None:
    index = CueIndex(np.array([[1, 0], [1, 0], [1, 0], [0, 1]], np.float32))
    scores = index.scores(np.array([1, 1], np.float32))

    assert scores[3] > scores[0] > 0
    assert index.scores(np.zeros(2, np.float32)).tolist() == [0, 0, 0, 0]
