"""Embeddings without a model."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.library.embeddings.hashed import HashedNgrams


@given(st.lists(st.text(), max_size=5))
def test_each_text_has_a_row_of_length_one_or_zero(texts: list[str]) -> None:
    rows = HashedNgrams().embed(texts)

    assert rows.shape == (len(texts), 256)
    assert rows.dtype == np.float32
    lengths = np.linalg.norm(rows, axis=1)
    assert np.all(np.isclose(lengths, 1, atol=1e-5) | (lengths == 0))


@given(st.text(), st.text())
def test_a_text_has_the_same_row_alone_and_among_others(text: str, other: str) -> None:
    assert np.array_equal(HashedNgrams().embed([text])[0], HashedNgrams().embed([other, text])[1])


def test_the_seed_and_the_dimensions_make_another_space() -> None:
    spaces = {each.space for each in (HashedNgrams(), HashedNgrams(seed=1), HashedNgrams(128))}

    assert len(spaces) == 3


def test_related_words_are_nearer_than_strange_ones() -> None:
    schedule, scheduling, flour = HashedNgrams().embed(["schedule of nurses", "scheduling a nurse", "flour for cakes"])

    assert schedule @ scheduling > 0.5 > schedule @ flour
