"""The only place that writes to the terminal: results to standard output, everything else to standard error."""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import TextIO

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
CLEAR_LINE = "\r\x1b[K"


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
        self._stdout = stdout if stdout is not None else sys.stdout
        self._stderr = stderr if stderr is not None else sys.stderr
        self._quiet = quiet
        self._clock = clock
        self._began = clock()
        self._live = self._stderr.isatty()
        self._line_open = False
        for stream in (self._stdout, self._stderr):
            if hasattr(stream, "reconfigure"):  # a terminal that lacks a character gets its number
                stream.reconfigure(errors="backslashreplace")

    @property
    def seconds(self) -> float:
        """Seconds since the command began."""
        return self._clock() - self._began

    def result(self, text: str) -> None:
        """Write a result for a person to standard output."""
        self._write_out(CONTROL_CHARACTERS.sub("�", text).rstrip("\n") + "\n")

    def document(self, document: Mapping[str, object]) -> None:
        """Write a result for a program to standard output: one JSON document."""
        is_unicode = (self._stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")
        self._write_out(json.dumps(document, indent=2, ensure_ascii=not is_unicode, allow_nan=False) + "\n")

    def say(self, text: str) -> None:
        """Write a message (an error, a warning, where files were written) to standard error."""
        self._close_line()
        self._write_err(f"steepest: {CONTROL_CHARACTERS.sub('�', text)}\n")

    def step(self, text: str) -> None:
        """Write one step of the progress with the seconds elapsed."""
        if self._quiet:
            return
        self._close_line()
        self._write_err(f"{self.seconds:7.1f} s  {CONTROL_CHARACTERS.sub('�', text)}\n")

    def ticker(self, text: str) -> None:
        """Show what is going on in a line that the next one replaces; only on a terminal."""
        if self._quiet or not self._live:
            return
        self._write_err(f"{CLEAR_LINE}{self.seconds:7.1f} s  {CONTROL_CHARACTERS.sub('�', text)}")
        self._line_open = True

    def _close_line(self) -> None:
        if self._line_open:
            self._write_err(CLEAR_LINE)
            self._line_open = False

    def _write_out(self, text: str) -> None:
        self._close_line()
        try:
            self._stdout.write(text)
            self._stdout.flush()
        except BrokenPipeError:
            # What is still buffered would complain again when the interpreter closes the stream.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stdout.fileno())

    def _write_err(self, text: str) -> None:
        self._stderr.write(text)
        self._stderr.flush()
