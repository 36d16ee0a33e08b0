"""A Ray cluster: joined where there is one, begun on this machine else."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from steepest.errors import InputError

__all__ = ["connect", "ray_library", "this_machine"]


def ray_library() -> Any:
    """The library.

    Raises:
        InputError: It is not installed.
    """
    try:
        import ray
    except ImportError as error:
        raise InputError("The engine `ray` needs Ray: pip install 'steepest[ray]'.") from error
    return ray


def connect(ray: Any, address: str | None) -> bool:
    """Join the cluster, or start one.

    Args:
        ray: The library.
        address: Of the cluster; that of RAY_ADDRESS unless given, or one of our own on this machine.

    Returns:
        Whether it is our own, to be shut down by us.

    Raises:
        InputError: The cluster can't be reached.
    """
    if ray.is_initialized():
        return False
    try:
        with _own_sigterm():
            ray.init(address=address, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, ValueError) as error:
        raise InputError(f"The Ray cluster can't be reached: {error}") from error
    return True


def this_machine(ray: Any) -> str:
    """The address at which the cluster's machines reach this one."""
    return str(ray.util.get_node_ip_address())


@contextmanager
def _own_sigterm() -> Iterator[None]:
    """Keep the handler of SIGTERM that this process has; Ray puts its own in the place of any, which ends the process
    at once. Where there is none, Ray's stays: it takes the cluster down.
    """
    before = signal.getsignal(signal.SIGTERM)
    yield
    if callable(before) and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, before)
