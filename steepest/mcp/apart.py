"""A call of a tool: its solves go on in another thread, told to the client, and end when the client gives up."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from mcp.server.mcpserver import Context

from steepest.solvers.control import SolveControl, SolveProgress

__all__ = ["Apart"]

T = TypeVar("T")


class Apart:
    """Solves of one call, one after another.

    Args:
        context: Of the call.
    """

    def __init__(self, context: Context[Any]) -> None:
        self.control = SolveControl(self._progress)
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._turn = asyncio.Lock()
        self._told = 0
        self._telling: set[asyncio.Task[None]] = set()

    def say(self, line: str) -> None:
        """Tell the client a line; from any thread."""
        self._loop.call_soon_threadsafe(self._tell, line)

    async def done(self, work: Callable[[], T]) -> T:
        """Do it in another thread; a cancel waits for the solver to heed it."""
        async with self._turn:
            doing = asyncio.ensure_future(asyncio.to_thread(work))
            try:
                return await asyncio.shield(doing)
            except asyncio.CancelledError:
                self.control.cancel()
                await asyncio.wait([doing])
                raise

    def _progress(self, progress: SolveProgress) -> None:
        best = "no answer yet" if progress.objective is None else f"best {progress.objective:g}"
        gap = f", gap {progress.gap:.2%}" if progress.gap is not None else ""
        self.say(f"{progress.solver} {progress.seconds:.0f} s: {best}{gap}")

    def _tell(self, line: str) -> None:
        self._told += 1
        task = asyncio.ensure_future(self._context.report_progress(self._told, None, line))
        self._telling.add(task)  # the loop holds tasks by weak references only
        task.add_done_callback(self._telling.discard)
