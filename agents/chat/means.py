"""What a conversation works with: whom it asks, how it solves, where files are."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from steepest.agents.llm.chat import ChatModel
from steepest.agents.modeling.sampling.confidence import SURE
from steepest.agents.modeling.task import LooksForReadings, Recalls
from steepest.solvers.options import SolveOptions

__all__ = ["Means", "Reads"]

T = TypeVar("T")


class Reads(Protocol):
    """Reads files apart from the event loop."""

    async def __call__(self, work: Callable[[], T], /) -> T:
        """What the work gives."""


@dataclass(frozen=True)
class Means:
    """The same for all turns of a session.

    Args:
        model: Whom to ask.
        options: Limits of each solve.
        repairs: How often a formulation is repaired.
        recaller: Finds what an experience library has for a problem; None is to work without one.
        folder: What relative paths of files are relative to, and where exports go.
        readings: When the model is asked how else a problem could be read, so that the person can be asked.
        checkpoints: Where the work on a problem is kept step by step, so that a turn that was cut short and is said
            again repeats no call; a file or `postgresql://...`, None is nowhere.
        samples: The most formulations that vote on the answer to a problem; 1 is to have one, without a vote.
        sure_at: Confidence below which the answer of a vote says that it is not sure.
        reads_files: Whether paths that the person names may be read and written; False for a page, whose files come and
            go by upload and download.
        read: Reads files in another thread; a turn that is cancelled does not wait for it.
        room_for: Raises an `InputError` where a file of so many bytes may not be written; None is that any may.
    """

    model: ChatModel
    options: SolveOptions = field(default_factory=SolveOptions)
    repairs: int = 3
    recaller: Recalls | None = None
    folder: Path = field(default_factory=Path)
    reads_files: bool = True
    readings: LooksForReadings = "in_doubt"
    checkpoints: str | Path | None = None
    samples: int = 1
    sure_at: float = SURE
    read: Reads = asyncio.to_thread
    room_for: Callable[[int], None] | None = None
