"""Programs of the machine that make a PDF: LaTeX from a document, Chromium from a page.

LaTeX runs without the right to run programs or to write outside its folder. Chromium gets a page that loads nothing,
and no network.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeAlias

from steepest.agents.chat.exports.latex_parts import is_western
from steepest.errors import InputError

__all__ = ["Way", "made_by_first", "ways_of_chromium", "ways_of_latex"]

Way: TypeAlias = Callable[[], bytes]
"""Makes the PDF, or raises `InputError`."""

_LATEX = ("pdflatex", "xelatex", "lualatex")
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SECONDS = 120
_LOST = ("Missing character:", "invalid in math mode")
"""What LaTeX says of a sign that it leaves out."""
_ELSE = "/export latex writes a version's source, and /export html the session as a page, without any program."


def made_by_first(ways: Sequence[Way]) -> bytes:
    """The PDF that the first of some ways makes which can.

    Raises:
        InputError: None can; the words are those of the last one.
    """
    *others, last = ways
    for way in others:
        with suppress(InputError):  # the next one may have the signs or the packages that this one lacks
            return way()
    return last()


def ways_of_latex(source: str) -> list[Way]:
    """How a document can be set here: by each LaTeX that is installed, the one that has most of its signs first.

    Each refuses a document of which it would leave out a sign.
    """
    found = [program for each in _LATEX if (program := shutil.which(each))]
    return [partial(_set_by_latex, source, each) for each in (found if is_western(source) else reversed(found))]


def ways_of_chromium(page: Callable[[], str]) -> list[Way]:
    """How a page can be printed here, all of it unfolded: by the first Chromium that is installed.

    Args:
        page: Writes the page, where it comes to that.
    """
    found = [program for each in _CHROMIUM if (program := shutil.which(each))]
    return [partial(_printed_by_chromium, page, each) for each in found[:1]]


def _set_by_latex(source: str, program: str) -> bytes:
    arguments = ["-interaction=nonstopmode", "-no-shell-escape", "paper.tex"]
    return _made(program, lambda folder: arguments, "paper.tex", source, _complaint)


def _printed_by_chromium(page: Callable[[], str], program: str) -> bytes:
    unfolded = page().replace("<details>", "<details open>")
    return _made(program, _printing, "paper.html", unfolded, lambda output: "")


def _printing(folder: Path) -> list[str]:
    arguments = [
        "--headless",
        "--disable-gpu",
        "--no-pdf-header-footer",
        "--proxy-server=127.0.0.1:9",  # nothing listens there
        "--proxy-bypass-list=<-loopback>",  # or what this machine serves would be asked without it
        f"--user-data-dir={folder / 'profile'}",
        f"--print-to-pdf={folder / 'paper.pdf'}",
        (folder / "paper.html").as_uri(),
    ]
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["--no-sandbox", *arguments] if is_root else arguments  # it does not start as root with one


def _made(
    program: str,
    arguments: Callable[[Path], list[str]],
    name: str,
    content: str,
    complaint: Callable[[bytes], str],
) -> bytes:
    """The file `paper.pdf` that a program makes in a folder of its own, if nothing went wrong on the way."""
    called = Path(program).name
    with tempfile.TemporaryDirectory(prefix="steepest-pdf-", ignore_cleanup_errors=True) as made_in:
        folder = Path(made_in)
        (folder / name).write_text(content, encoding="utf-8")
        closed = {**os.environ, "openin_any": "p", "openout_any": "p"}
        command = [program, *arguments(folder)]
        try:
            ran = subprocess.run(command, cwd=folder, env=closed, capture_output=True, timeout=_SECONDS)  # noqa: S603  # found on the path, and its input is escaped
        except (OSError, subprocess.TimeoutExpired) as error:
            raise InputError(f"{called} could not set the document: {error}.") from error
        made, wrong = folder / "paper.pdf", complaint(ran.stdout)
        if ran.returncode or wrong or not made.is_file():
            raise InputError(f"{called} could not set the document: {wrong or 'it does not say why'}. {_ELSE}")
        return made.read_bytes()


def _complaint(output: bytes) -> str:
    """The first error of LaTeX, or the sign that it left out."""
    lines = output.decode(errors="replace").splitlines()
    return next((line.rstrip(".") for line in lines if line.startswith("!") or any(each in line for each in _LOST)), "")
