"""Engines by their name."""

from typing import Literal, TypeAlias

from steepest.evals.engines.local import LocalEngine
from steepest.evals.engines.protocol import Engine, WorkOrder

__all__ = ["EngineName", "open_engine"]

EngineName: TypeAlias = Literal["local", "ray"]


def open_engine(name: EngineName, order: WorkOrder, *, concurrency: int = 8, workers: int | None = None) -> Engine:
    """The engine of this name.

    Args:
        name: `local` for this machine, `ray` for a cluster.
        order: What its workers set up.
        concurrency: How many attempts are under way at once, on all workers together.
        workers: Processes of the cluster that make attempts; one a core, unless given. The local engine has one.

    Raises:
        InputError: Something that the order names can't be had, or Ray is not installed.
    """
    if name == "ray":
        from steepest.evals.engines.ray_cluster import RayEngine

        return RayEngine(order, concurrency=concurrency, workers=workers)
    return LocalEngine(order, concurrency=concurrency)
