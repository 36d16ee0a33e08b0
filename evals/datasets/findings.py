"""What is wrong with a data set, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

from steepest.errors import InputError

__all__ = ["BadRecord", "Finding", "printable", "refuse"]

_LISTED = 5


class BadRecord(ValueError):
    """One record can't be read as a problem; the others can."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A record that can't be used, and why."""

    place: str
    """File and line, or file and record, or the problem's folder."""
    message: str

    def __post_init__(self) -> None:
        """Make both safe to print: they quote what a file holds."""
        object.__setattr__(self, "place", printable(self.place))
        object.__setattr__(self, "message", printable(self.message))

    def __str__(self) -> str:
        """Place and message in a line."""
        return f"{self.place}: {self.message}"


def printable(text: str) -> str:
    """The text with what a terminal can't or shouldn't be sent written as escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def refuse(findings: Sequence[Finding], records: int, path: str) -> None:
    """Refuse a data set with bad records; return if there are none.

    Raises:
        InputError: There are findings; the first few are listed.
    """
    if not findings:
        return
    listed = "\n  ".join(str(finding) for finding in findings[:_LISTED])
    more = f"\n  and {len(findings) - _LISTED} more" if len(findings) > _LISTED else ""
    raise InputError(
        f"{len(findings)} of {records} records of {path} can't be used:\n  {listed}{more}\n"
        "Correct them, or leave them out with --skip-bad (skip_bad=True)."
    )
