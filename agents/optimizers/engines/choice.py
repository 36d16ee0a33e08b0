"""Executors by name."""

from steepest.agents.optimizers.search.executors import Executor, Inline, Threads
from steepest.errors import InputError

__all__ = ["ENGINES", "executor_named"]

ENGINES = ("threads", "processes", "ray", "inline")


def executor_named(engine: str | Executor, workers: int | None = None) -> Executor:
    """The executor of this name, or the one that is given.

    Args:
        engine: "threads", "processes", "ray" (the cluster of RAY_ADDRESS, or one on this machine), "inline" for one
            rollout after the other, or an executor of one's own.
        workers: Rollouts at once; 8 threads, and as many processes as there are cores, unless given.

    Raises:
        InputError: There is no such engine, it can't be had here, or the number of workers is none for it.
    """
    if not isinstance(engine, str):
        if workers is not None:
            raise InputError("an executor of one's own knows its workers: leave out workers=")
        return engine
    match engine:
        case "threads":
            return Threads() if workers is None else Threads(workers)
        case "inline":
            return Inline()
        case "processes":
            from steepest.agents.optimizers.engines.processes import Processes

            return Processes(workers)
        case "ray":
            from steepest.agents.optimizers.engines.ray_executor import RayExecutor

            return RayExecutor(workers)
    raise InputError(f"there is no engine {engine!r}: there are {', '.join(ENGINES)}")
