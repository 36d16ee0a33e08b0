"""Runs a command without a shell, within limits: what overruns is killed with all that it started."""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Ended", "run_command"]

_KEPT_OF_ERRORS = 1 << 16
_CHUNK = 1 << 16
_REAP_SECONDS = 5.0


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int | None
    """Exit code, negative for a signal; None if it was killed."""
    output: bytes = b""
    errors: bytes = b""
    """The beginning of standard error."""
    killed_for: Literal["", "time", "output"] = ""


class _TooMuchOutputError(Exception):
    """Standard output passed its limit."""


async def run_command(words: Sequence[str], text: bytes, *, seconds: float, most_output: int) -> Ended:
    """Run a command to its end, with `text` on its standard input.

    Args:
        words: Program and arguments.
        text: Its input, closed at the end.
        seconds: Wall clock after which it is killed.
        most_output: Bytes of standard output after which it is killed.

    Raises:
        OSError: It can't be started.
    """
    process = await asyncio.create_subprocess_exec(
        *words, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=os.name == "posix"
    )
    try:
        async with asyncio.timeout(seconds):
            return await _talked_to(process, text, most_output)
    except TimeoutError:
        return Ended(None, killed_for="time")
    except ExceptionGroup as failures:
        if failures.subgroup(_TooMuchOutputError) is None:
            raise
        return Ended(None, killed_for="output")
    finally:
        await _end(process)


async def _talked_to(process: Process, text: bytes, most_output: int) -> Ended:
    async with asyncio.TaskGroup() as group:
        output = group.create_task(_read(process.stdout, most_output))
        errors = group.create_task(_read_beginning(process.stderr))
        group.create_task(_write(process.stdin, text))
    return Ended(await process.wait(), output.result(), errors.result())


async def _write(stream: asyncio.StreamWriter | None, text: bytes) -> None:
    if stream is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it need not read its question
        stream.write(text)
        await stream.drain()
    stream.close()


async def _read(stream: asyncio.StreamReader | None, most: int) -> bytes:
    content = bytearray()
    while stream is not None and (chunk := await stream.read(_CHUNK)):
        content += chunk
        if len(content) > most:
            raise _TooMuchOutputError
    return bytes(content)


async def _read_beginning(stream: asyncio.StreamReader | None) -> bytes:
    """The beginning; the rest is read and forgotten, so that the command is not held up."""
    content = bytearray()
    while stream is not None and (chunk := await stream.read(_CHUNK)):
        content += chunk[: _KEPT_OF_ERRORS - len(content)]
    return bytes(content)


async def _end(process: Process) -> None:
    """Kill what still runs, with the processes that it started."""
    if process.returncode is not None and process.stdout is not None and process.stdout.at_eof():
        return
    with contextlib.suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)  # its own session, so its own group
        else:
            process.kill()
    with contextlib.suppress(TimeoutError):  # its pipes close once they are read to their end
        rest = asyncio.gather(_forget(process.stdout), _forget(process.stderr), process.wait())
        await asyncio.wait_for(rest, _REAP_SECONDS)


async def _forget(stream: asyncio.StreamReader | None) -> None:
    while stream is not None and await stream.read(_CHUNK):
        pass
