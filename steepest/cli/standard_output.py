"""Standard output for the result alone.

A solver written in C++ may print to it, past Python and past the option that silences it: HiGHS does where two columns
are the same. A line of that in front of a JSON document makes it none.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_STDOUT, _STDERR = 1, 2


@contextmanager
def results_alone() -> Iterator[TextIO | None]:
    """Give the stream for results; while the block runs, what anybody else prints goes to standard error.

    None, and nothing is changed, where Python's standard output is not that of the process (a test, a notebook) or
    either of the two is closed.
    """
    stream = sys.stdout
    if not (_is_open(stream, _STDOUT) and _is_open(sys.stderr, _STDERR)):
        yield None
        return
    stream.flush()
    kept = os.dup(_STDOUT)
    os.dup2(_STDERR, _STDOUT)
    try:
        with open(os.dup(kept), "w", encoding=stream.encoding, errors=stream.errors) as results:
            yield results
    finally:
        _flush_c()
        os.dup2(kept, _STDOUT)
        os.close(kept)


def _is_open(stream: TextIO | None, descriptor: int) -> bool:
    try:
        return stream is not None and stream.fileno() == descriptor
    except (OSError, ValueError):  # a stream without a descriptor
        return False


def _flush_c() -> None:
    """Let out what C still holds back, as long as it does not go where results go."""
    import ctypes

    ctypes.CDLL(None if os.name != "nt" else "ucrtbase").fflush(None)
