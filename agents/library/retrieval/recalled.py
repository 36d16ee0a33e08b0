"""What a library had for a problem, and how a model reads it."""

from dataclasses import dataclass, field

from steepest.agents.library.insights import Insight
from steepest.agents.library.labels import Label
from steepest.agents.library.retrieval.candidates import Candidate
from steepest.agents.library.stores.protocol import Entry

__all__ = ["Recall", "token_estimate", "told"]

_CHARACTERS_A_TOKEN = 4
"""Of English text; an estimate, since every model counts in its own way."""


@dataclass(frozen=True)
class Recall:
    """What was found for a problem."""

    insights: tuple[Entry, ...] = ()
    """What goes into the prompt, the most important first."""
    candidates: tuple[Candidate, ...] = ()
    labels: tuple[Label, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)
    """Why an insight applies, in the model's words, by id."""
    is_unchosen: bool = False
    """Whether the model was asked which apply and no reply of it could be used."""


def told(insight: Insight) -> str:
    """An insight as a model reads it."""
    parts = [f"[{insight.id}] {insight.title}".rstrip(), f"When: {insight.condition}", f"What: {insight.explanation}"]
    if insight.example:
        parts.append(f"Example:\n{insight.example}")
    return "\n".join(parts)


def token_estimate(text: str) -> int:
    """About how many tokens a text takes."""
    return -(-len(text) // _CHARACTERS_A_TOKEN)
