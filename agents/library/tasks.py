"""Problems that a library learns from."""

from collections.abc import Callable
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict

from steepest.agents.modeling.answer import Answer

__all__ = ["Grade", "LibraryTask"]


class LibraryTask(BaseModel):
    """A problem told in words, with what is known of its answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    text: str
    answer: float | None = None
    """The value of the best objective; without it only the solver's verdict teaches."""
    gold: str | None = None
    """A formulation or program that is right."""
    source: str = ""
    licence: str = ""


Grade: TypeAlias = Callable[[LibraryTask, Answer], bool]
"""Whether an answer is right; for a task without a known value, whether it is solved."""
