"""Whether inspect_ai is there: an extra, which nothing but its adapter needs."""

from steepest.errors import InputError

__all__ = ["require_inspect"]


def require_inspect() -> None:
    """Load inspect_ai, which takes seconds.

    Raises:
        InputError: It is not installed.
    """
    try:
        import inspect_ai  # noqa: F401
    except ImportError as error:
        raise InputError("Logs and tasks of inspect_ai need it: pip install 'steepest[inspect]'.") from error
