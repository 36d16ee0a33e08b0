"""Cancellations that are meant for a task, and those that merely came out of somebody's code in it."""

import asyncio

__all__ = ["is_cancelled"]


def is_cancelled(error: BaseException) -> bool:
    """Whether `error` says that somebody gives up the task that runs; else it is a failure as any other.

    An agent that awaits a cancelled task of its own raises a `CancelledError` though nobody has cancelled the attempt.
    """
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0
