"""Run a step in a forked child, so that the caller stays as it is whatever becomes of the step."""

import os
from collections.abc import Callable

_LONGEST = 1 << 16
_UNCAUGHT = 70


def report_of_child(act: Callable[[], str]) -> str:
    """What an act says that runs in a child; the caller has one thread.

    Raises:
        ChildProcessError: The child ended without a word: its signal or status is in the text.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _act_and_exit(act, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read(_LONGEST)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status != 0:
        ending = f"signal {-status}" if status < 0 else f"status {status}"
        raise ChildProcessError(
            f"the trial's process ended with {ending}: {said.decode(errors='replace') or 'no word'}"
        )
    return said.decode()


def _act_and_exit(act: Callable[[], str], pipe: int) -> None:
    """The child's whole life; it must not return into the parent's code, nor run what the parent does at exit."""
    status = _UNCAUGHT
    try:
        os.write(pipe, act().encode())
        status = 0
    except BaseException as error:
        os.write(pipe, f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(status)
