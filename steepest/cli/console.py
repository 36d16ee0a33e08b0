"""The only place that writes to the terminal: results to standard output, everything else to standard error."""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TextIO

from steepest.errors import InputError

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
CLEAR_LINE = "\r\x1b[K"


def visible(text: str) -> str:
    """The text with a sign in place of every character that could move the cursor, recolor or reorder it."""
    return CONTROL_CHARACTERS.sub("�", text)


class Console:
    """The two streams of a command and the seconds since it began.

    Text that a model or a file holds could move the cursor or recolor the terminal: control characters are shown as
    `�`. A reader that closes the pipe (`| head`) ends the output and nothing else.
    """

    def __init__(
        self,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        *,
        quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # Python has None for a stream that the caller closed.
        self._stdout: TextIO | None = stdout if stdout is not None else sys.stdout
        self._stderr: TextIO | None = stderr if stderr is not None else sys.stderr
        self._quiet = quiet
        self._clock = clock
        self._began = clock()
        self._live = self._stderr is not None and self._stderr.isatty()
        self._line_open = False
        for stream in (self._stdout, self._stderr):
            if hasattr(stream, "reconfigure"):  # a terminal that lacks a character gets its number
                stream.reconfigure(errors="backslashreplace")

    @property
    def stderr(self) -> TextIO | None:
        """The stream of messages, for what redraws itself; None where the caller closed it."""
        return self._stderr

    @property
    def is_quiet(self) -> bool:
        """Whether progress is not to be shown."""
        return self._quiet

    @property
    def is_terminal(self) -> bool:
        """Whether a person may be looking at standard error."""
        return self._live

    @property
    def seconds(self) -> float:
        """Seconds since the command began."""
        return self._clock() - self._began

    def result(self, text: str) -> None:
        """Write a result for a person to standard output."""
        self._write_out(visible(text).rstrip("\n") + "\n")

    def document(self, document: Mapping[str, object]) -> None:
        """Write a result for a program to standard output: one JSON document."""
        encoding: str = getattr(self._stdout, "encoding", None) or "utf-8"
        is_unicode = encoding.lower().replace("-", "").startswith("utf")
        text = json.dumps(document, indent=2, ensure_ascii=not is_unicode, allow_nan=False)
        self._write_out(CONTROL_CHARACTERS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text) + "\n")

    def say(self, text: str) -> None:
        """Write a message (an error, a warning, where files were written) to standard error."""
        self._close_line()
        self._write_err(f"steepest: {visible(text)}\n")

    def ask(self, text: str) -> None:
        """Write a question to standard error; the answer is typed behind it."""
        self._close_line()
        self._write_err(visible(text))

    def step(self, text: str) -> None:
        """Write one step of the progress with the seconds elapsed."""
        if self._quiet:
            return
        self._close_line()
        self._write_err(f"{self.seconds:7.1f} s  {visible(text)}\n")

    def ticker(self, text: str) -> None:
        """Show what is going on in a line that the next one replaces; only on a terminal."""
        if self._quiet or not self._live:
            return
        self._write_err(f"{CLEAR_LINE}{self.seconds:7.1f} s  {visible(text)}")
        self._line_open = True

    def _close_line(self) -> None:
        if self._line_open:
            self._write_err(CLEAR_LINE)
            self._line_open = False

    def _write_out(self, text: str) -> None:
        self._close_line()
        if self._stdout is None:
            raise InputError("can't write the result: standard output is closed.")
        try:
            self._stdout.write(text)
            self._stdout.flush()
        except BrokenPipeError:
            _discard(self._stdout)
        except OSError as error:
            _discard(self._stdout)
            raise InputError(f"can't write the result ({error.strerror or error}).") from error

    def _write_err(self, text: str) -> None:
        if self._stderr is None:
            return
        # Where nobody can be told, the result still counts.
        with suppress(OSError):
            self._stderr.write(text)
            self._stderr.flush()


def _discard(stream: TextIO) -> None:
    """What is still buffered would complain again when the interpreter closes the stream."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
