"""Programs of the machine that make a PDF: LaTeX from a document, Chromium from a page.

LaTeX runs without the right to run programs or to write outside its folder. Chromium gets a page that loads nothing,
and no network.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from steepest.errors import InputError

__all__ = ["find_chromium", "find_latex", "printed_by_chromium", "set_by_latex"]

_LATEX = ("pdflatex", "xelatex", "lualatex")
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SECONDS = 120


def find_latex() -> str | None:
    """The first LaTeX that is installed."""
    return _found(_LATEX)


def find_chromium() -> str | None:
    """The first Chromium that is installed."""
    return _found(_CHROMIUM)


def _found(names: Sequence[str]) -> str | None:
    return next((found for each in names if (found := shutil.which(each))), None)


def set_by_latex(source: str, program: str) -> bytes:
    """The PDF of a document.

    Raises:
        InputError: LaTeX can't set it.
    """
    arguments = ["-interaction=nonstopmode", "-no-shell-escape", "paper.tex"]
    return _made(program, lambda folder: arguments, "paper.tex", source, _complaint)


def printed_by_chromium(page: str, program: str) -> bytes:
    """The PDF of a page, all of it unfolded.

    Raises:
        InputError: Chromium can't print it.
    """
    unfolded = page.replace("<details>", "<details open>")
    return _made(program, _printing, "paper.html", unfolded, lambda output: "it made no file.")


def _printing(folder: Path) -> list[str]:
    arguments = [
        "--headless",
        "--disable-gpu",
        "--no-pdf-header-footer",
        "--proxy-server=127.0.0.1:9",  # nothing listens there
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
    """The file `paper.pdf` that a program makes in a folder of its own."""
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
        made = folder / "paper.pdf"
        if not made.is_file():
            raise InputError(f"{called} could not set the document: {complaint(ran.stdout)}")
        return made.read_bytes()


def _complaint(output: bytes) -> str:
    lines = output.decode(errors="replace").splitlines()
    return next((line for line in lines if line.startswith("!")), "it says nothing about why") + "."
