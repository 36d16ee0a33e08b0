"""Which lines of a source may change: those between `# EVOLVE-BLOCK-START` and `# EVOLVE-BLOCK-END` (AlphaEvolve).

A source without these marks may change everywhere. OpenEvolve names the marks in its prompt and does not look again;
here an edit outside of them is refused, whatever form it was proposed in.
"""

import re
from dataclasses import dataclass
from itertools import zip_longest

from steepest.errors import SteepestError

__all__ = ["EvolveBlockError", "has_blocks", "require_inside"]

_START = re.compile(r"\s*#\s*EVOLVE-BLOCK-START\b.*")
_END = re.compile(r"\s*#\s*EVOLVE-BLOCK-END\b.*")


class EvolveBlockError(SteepestError):
    """The marks of a source do not pair up, or something outside of them was changed.

    Attributes:
        line: Where, in the text that is wrong, from 1; None where that text has ended too early.
    """

    def __init__(self, words: str, line: int | None = None) -> None:
        super().__init__(words)
        self.line = line


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines in a row that must not change, marks included."""

    first: int
    lines: tuple[str, ...]


def has_blocks(source: str) -> bool:
    """Whether a source has marks.

    Raises:
        EvolveBlockError: They do not pair up.
    """
    return len(_fixed_parts(source)) > 1


def require_inside(old: str, new: str) -> None:
    """See that a source differs from another one only between its marks.

    Raises:
        EvolveBlockError: It differs elsewhere, or has other marks; or the old one's marks do not pair up.
    """
    before = _fixed_parts(old)
    if len(before) == 1:
        return
    after = _fixed_parts(new)
    if len(after) != len(before):
        raise EvolveBlockError(
            f"there have to be {len(before) - 1} pairs of lines # EVOLVE-BLOCK-START and # EVOLVE-BLOCK-END as before, "
            f"not {len(after) - 1}: leave these lines as they are"
        )
    for old_part, new_part in zip(before, after, strict=True):
        _require_same(old_part, new_part)


def _require_same(old: _Part, new: _Part) -> None:
    for offset, (was, now) in enumerate(zip_longest(old.lines, new.lines)):
        if was == now:
            continue
        place = f"line {new.first + offset} lies outside of # EVOLVE-BLOCK-START and # EVOLVE-BLOCK-END and must stay"
        if now is None:
            raise EvolveBlockError(f"{place}: {was!r} was taken away")
        if was is None:
            raise EvolveBlockError(f"{place}: {now!r} was added", new.first + offset)
        raise EvolveBlockError(f"{place} {was!r}, not become {now!r}", new.first + offset)


def _fixed_parts(source: str) -> list[_Part]:
    """What lies outside of the blocks, with the marks: one part more than there are blocks."""
    parts: list[_Part] = []
    fixed: list[str] = []
    first, opened = 1, None
    lines = re.split(r"\r\n|\n", source.rstrip())
    for number, line in enumerate(lines, start=1):
        if _START.fullmatch(line):
            if opened is not None:
                raise EvolveBlockError(f"line {number}: a block begins inside of the one of line {opened}", number)
            parts.append(_Part(first, (*fixed, line)))
            fixed, opened = [], number
        elif _END.fullmatch(line):
            if opened is None:
                raise EvolveBlockError(f"line {number}: # EVOLVE-BLOCK-END without a START before it", number)
            fixed, first, opened = [line], number, None
        elif opened is None:
            fixed.append(line)
    if opened is not None:
        raise EvolveBlockError(f"line {opened}: # EVOLVE-BLOCK-START without an END behind it", opened)
    return [*parts, _Part(first, tuple(fixed))]
