"""A sensitivity analysis in the words of a person: what one more of something is worth, and how far that holds."""

from collections.abc import Iterable, Iterator

from steepest.solvers.changes.change import MoveLimit
from steepest.solvers.display import format_number, named
from steepest.solvers.provenance import cited
from steepest.solvers.sensitivity.report import (
    ConstraintSensitivity,
    Delta,
    Range,
    Sensitivity,
    VariableSensitivity,
)

_ZERO = 1e-9


def told(found: Sensitivity) -> list[str]:
    """Sentences: what limits are worth, then deltas, then what unused decisions would cost."""
    worth = [sentence for each in found.constraints if (sentence := limit_told(each, found))]
    return [*worth, *_deltas_told(found.deltas, found), *_unused_told(found)]


def limit_told(each: ConstraintSensitivity, found: Sensitivity) -> str:
    """What one unit more on a limit is worth; nothing for a limit whose worth is zero."""
    if not _counts(each.dual, found):
        return ""
    low, high = each.valid.low, each.valid.high
    can_grow = high is None or high > each.limit + _room(each.limit)
    can_shrink = low is None or low < each.limit - _room(each.limit)
    what = _subject(each)
    more = f"one more {_unit_of(each)}{what} {_worth(each.dual, found)}"
    less = f"one {_unit_of(each)}{what} less {_worth(-each.dual, found)}"
    if can_grow:
        return f"{more} (valid {_span(each.valid, each.unit)})"
    if can_shrink:
        return f"{less} (valid {_span(each.valid, each.unit)}; more of it may be worth something else)"
    return f"{more} by one reckoning, which holds for no other limit than {format_number(each.limit)}: solve again"


def delta_told(each: Delta, found: Sensitivity) -> str:
    """What came of one number changed by a step."""
    size = f"{format_number(abs(each.step))} {'more' if each.step > 0 else 'less'}"
    of = f"{each.unit} {'on' if isinstance(each.change, MoveLimit) else 'of'}" if each.unit else "on"
    text = f"{size} {of} {each.target}{_cited(each.quotes)}"
    if each.objective_change is None:
        return f"{text}: no answer ({each.status.replace('_', ' ')})"
    if changes_nothing(each, found):
        return f"{text} changes nothing (solved again)"
    return f"{text} {_worth(each.objective_change, found)} (solved again)"


def unused_told(each: VariableSensitivity, found: Sensitivity) -> str:
    """What moving a decision away from its bound does to the objective."""
    unit = f" {each.unit}" if each.unit else ""
    valid = ""
    if each.moves is not None and each.moves.high is not None and each.moves.high > each.value:
        valid = f" (valid {_span(Range(None, each.moves.high), each.unit)})"
    at = f"{named(each.name, each.index)} is {format_number(each.value)}"
    return f"{at}; one{unit} more {_worth(each.reduced_cost, found)}{valid}"


def changes_nothing(each: Delta, found: Sensitivity) -> bool:
    """Whether a number changed by a step leaves the objective where it is."""
    return each.objective_change is not None and not _counts(each.objective_change, found)


def _deltas_told(deltas: Iterable[Delta], found: Sensitivity) -> Iterator[str]:
    return (delta_told(each, found) for each in deltas)


def _unused_told(found: Sensitivity) -> Iterator[str]:
    return (unused_told(each, found) for each in found.variables if _counts(each.reduced_cost, found))


def _counts(change: float, found: Sensitivity) -> bool:
    return abs(change) > _ZERO * max(1.0, abs(found.objective or 0.0))


def _subject(each: ConstraintSensitivity) -> str:
    words = _cited(each.quotes)
    if each.parameter is not None:
        return f"of {each.parameter}{words}" if each.unit else f"{each.parameter}{words}"
    return f"on the limit of {named(each.name, each.index)}{words}"


def _cited(quotes: tuple[str, ...]) -> str:
    """The first passage behind a name; a report of many sentences has no room for all."""
    return f" ({cited(quotes[:1])})" if quotes else ""


def _unit_of(each: ConstraintSensitivity) -> str:
    if each.unit:
        return f"{each.unit} "
    return "" if each.parameter is not None else "unit "


def _worth(change: float, found: Sensitivity) -> str:
    amount = format_number(abs(change)) + (f" {found.unit}" if found.unit else "")
    if found.sense == "minimize":
        return f"{'costs' if change > 0 else 'saves'} {amount}"
    return f"{'is worth' if change > 0 else 'costs'} {amount}"


def _span(valid: Range, unit: str | None) -> str:
    end = f" {unit}" if unit else ""
    low, high = (None if each is None else format_number(each) for each in (valid.low, valid.high))
    if low is not None and high is not None:
        return f"from {low} to {high}{end}"
    if low is not None:
        return f"from {low}{end} upwards"
    return f"up to {high}{end}" if high is not None else "whatever it is"


def _room(limit: float) -> float:
    return 1e-9 * max(1.0, abs(limit))
