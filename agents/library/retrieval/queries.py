"""What a library is asked for."""

from dataclasses import dataclass

from steepest.agents.library.labels import Label

__all__ = ["Query"]


@dataclass(frozen=True, slots=True)
class Query:
    """A problem, as far as it is known: its text, and what was found out about it."""

    text: str
    labels: tuple[Label, ...] = ()
    """Labels that a model or a person gave it."""
    fingerprint: tuple[str, ...] = ()
    """Features of a formulation of it (`fingerprints`), where there is one."""
