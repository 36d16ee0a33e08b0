"""How the checks word what they find: suggestions by nearest spelling, and one finding a mistake."""

import difflib
from collections.abc import Collection, Iterable

from steepest.solvers.checks.known_sets import Member
from steepest.solvers.checks.scopes import Visit
from steepest.solvers.diagnostics import Diagnostic, Diagnostics
from steepest.solvers.formulation import Constraint, NamedExpression, Parameter, Set, Variable
from steepest.solvers.language.expressions import Expression, Label
from steepest.solvers.language.spelling import spell, spell_label

MAX_SHOWN = 5
"""Labels that a message lists before it counts the rest."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is most likely a misspelling of."""
    words = sorted(set(known) - {word})
    folded = word.casefold()
    for each in words:
        if each.casefold() == folded:
            return each
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.7)
    return close[0] if close else None


def shown(node: Expression, width: int = 80) -> str:
    """An expression as a message quotes it, cut where it is long."""
    text = spell(node)
    return text if len(text) <= width else text[: width - 4] + " ..."


def spell_member(member: Member) -> str:
    """A label, or a tuple of labels, as it is written."""
    if isinstance(member, tuple):
        return f"({', '.join(spell_label(label) for label in member)})"
    return spell_label(member)


def listed(members: Collection[Member | Label]) -> str:
    """The first few members of a collection, and how many more there are."""
    first = [spell_member(member) for member, _ in zip(members, range(MAX_SHOWN), strict=False)]
    rest = len(members) - len(first)
    return ", ".join(first) + (f" and {rest} more" if rest else "")


def declared_as(element: Set | Parameter | Variable | NamedExpression | Constraint) -> str:
    """An element's name with its head, such as `ship[Lane]`."""
    return f"{element.name}[{element.index}]" if element.index is not None else element.name


def distinct(diagnostics: Iterable[Diagnostic]) -> Diagnostics:
    """The findings without those that say the same about the same element again."""
    found = {(item.code, item.element, item.message): item for item in reversed(list(diagnostics))}
    return Diagnostics(reversed(list(found.values())))


def error_at(visit: Visit, diagnostics: Diagnostics, code: str, message: str, repair: str | None = None) -> None:
    """Add an error that stands at a node."""
    diagnostics.add("error", code, message, element=visit.site.element, place=visit.place, repair=repair)


def warning_at(visit: Visit, diagnostics: Diagnostics, code: str, message: str, repair: str | None = None) -> None:
    """Add a warning that stands at a node."""
    diagnostics.add("warning", code, message, element=visit.site.element, place=visit.place, repair=repair)
