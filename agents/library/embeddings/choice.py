"""How a person names what turns texts into vectors, and what is behind the name."""

from steepest.agents.library.embeddings.protocol import Embedder
from steepest.agents.llm.budget import Budget
from steepest.agents.llm.redaction import redact
from steepest.errors import InputError

__all__ = ["FORMS", "open_embedder"]

FORMS = """\
  hashed         words and letters, hashed; without model, network or key
  openai:MODEL   OpenAI's embeddings, such as openai:text-embedding-3-small (OPENAI_API_KEY, OPENAI_BASE_URL)
  local          a sentence model on this machine (pip install 'steepest[torch]')"""


def open_embedder(name: str = "hashed", *, budget: Budget | None = None) -> Embedder:
    """What `name` stands for.

    Args:
        name: One of `FORMS`.
        budget: Pays for embeddings that cost money.

    Raises:
        InputError: There is none of this name, or its key or package is missing.
    """
    kind, _, model = name.strip().partition(":")
    if name.strip() == "hashed":
        from steepest.agents.library.embeddings.hashed import HashedNgrams

        return HashedNgrams()
    if kind == "openai" and model:
        from steepest.agents.library.embeddings.openai_api import OpenAIEmbeddings
        from steepest.agents.llm.endpoints import openai_endpoint

        return OpenAIEmbeddings(openai_endpoint(model), budget=budget)
    if name.strip() == "local":
        from steepest.agents.library.embeddings.sentences import SentenceModel

        return SentenceModel()
    raise InputError(f"There are no embeddings {redact(name)!r}. They are named so:\n{FORMS}")
