"""Several generators at once: whatever any of them yields, as soon as it does."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TypeAlias

from steepest.evals.engines.protocol import Finished

__all__ = ["Lane", "results_of"]

Lane: TypeAlias = AsyncGenerator[Finished, None]
"""One attempt after another."""

_Item: TypeAlias = Finished | Exception | None


async def results_of(lanes: Sequence[Lane]) -> AsyncGenerator[Finished, None]:
    """The results of all lanes, in the order in which they come.

    A lane goes on to its next attempt only when somebody takes its results. Closing this generator gives up what the
    lanes are at; what one of them raises is raised here.
    """
    results: asyncio.Queue[_Item] = asyncio.Queue(len(lanes))
    tasks = [asyncio.create_task(_run(lane, results)) for lane in lanes]
    busy = len(tasks)
    try:
        while busy:
            item = await results.get()
            if isinstance(item, Exception):
                raise item
            if item is None:
                busy -= 1
            else:
                yield item
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(lane: Lane, results: "asyncio.Queue[_Item]") -> None:
    """Its results; at the end None, or what ended it too early."""
    try:
        async with aclosing(lane):
            async for finished in lane:
                await results.put(finished)
    except Exception as error:  # raised again where the results are taken
        await results.put(error)
    else:
        await results.put(None)
