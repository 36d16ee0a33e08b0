"""Whether words have the form of changes, though a name in them may be unknown or a value unusable."""

import re

from steepest.solvers.changes.change import AddConstraint, ChangeDomain
from steepest.solvers.changes.reading import pieces, read_change
from steepest.solvers.diagnostics import FormulationError

__all__ = ["has_form_of_changes"]

_TARGET = r"[^\W\d]\w*\s*(?:\[[^\]]*\])?"
_VALUE = r"[^\s=?]+(?:\s[^\s?]+)?"
"""A number or a word, maybe with a unit; longer is a sentence, and a question mark asks."""
_FORM = re.compile(
    rf"(?:drop|remove)\s+{_TARGET}"
    rf"|(?:relax|tighten|raise|lower)\s+{_TARGET}\s+by\s+{_VALUE}"
    rf"|(?:fix\s+)?{_TARGET}\s*(?:==?|[-+*/]=|<=|>=|=<|=>|≤|≥)\s*{_VALUE}"
    rf"|{_TARGET}\s+in\s+\S+?\s*\.\.\s*\S+"
)


def has_form_of_changes(text: str) -> bool:
    """Whether every piece of a text looks like a change: `flur = 50; drop nothing`."""
    found = list(pieces(text))
    return bool(found) and all(_FORM.fullmatch(each) is not None or _is_read(each) for each in found)


def _is_read(piece: str) -> bool:
    try:
        return isinstance(read_change(piece), AddConstraint | ChangeDomain)
    except FormulationError:
        return False
