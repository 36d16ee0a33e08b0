"""Numbers with units, as a person writes them in a change: `flour = 0.05 t` is `flour = 50` where flour is in kg."""

import re
from collections.abc import Iterable

from steepest.solvers.changes.reading import pieces
from steepest.solvers.diagnostics import FormulationError, problem
from steepest.solvers.formulation import Formulation, Parameter, Variable
from steepest.solvers.text.cells import CellError, read_number
from steepest.solvers.units.comparison import conversion
from steepest.solvers.units.reading import read_unit

__all__ = ["in_own_units"]

_HEAD = r"(?P<head>(?:fix\s+)?(?P<name>[^\W\d]\w*)\s*(?:\[[^\]]*\])?\s*(?:==?|[-+]=|<=|>=|=<|=>|≤|≥))"
_NUMBER = r"(?P<number>[-+]?[\d.,]*\d\.?(?:[eE][-+]?\d+)?)"
_MEASURED = re.compile(rf"{_HEAD}\s*{_NUMBER}\s*(?P<unit>(?:[^\W\d]|[$€£¥°])[^%=]*)")
_ASIDE = re.compile(r"(?<![\s,])[\s,]+(?:please|thanks|thank you|instead|now|then)[.!]?\Z", re.IGNORECASE)
"""A word behind a number that says nothing about it, and is no unit."""
_NUMBERED = re.compile(rf"{_HEAD}\s*{_NUMBER}")
_LONGEST = 500
"""Signs of a change with a number; looking for one takes time that grows with their square."""


def in_own_units(text: str, formulation: Formulation) -> str:
    """Changes whose numbers are in the units of what they change, and are written without them.

    Args:
        text: Changes, as `steepest.solvers.changes` reads them, maybe with units behind their numbers.
        formulation: What they are made to.

    Raises:
        FormulationError: A unit is not the one of the parameter or decision, and can't be turned into it.
    """
    return "; ".join(_plain(piece, formulation) for piece in pieces(text))


def _plain(given: str, formulation: Formulation) -> str:
    piece = _without_asides(given)
    found = _MEASURED.fullmatch(piece) if len(piece) <= _LONGEST else None
    if found is None:
        return piece
    elements: Iterable[Parameter | Variable] = (*formulation.parameters, *formulation.variables)
    element = next((each for each in elements if each.name == found["name"]), None)
    number = _number(found["number"])
    if element is None or number is None:
        return piece  # whoever reads the change says what is wrong with it
    return f"{found['head']} {number * _factor(found['unit'].strip(), element, piece):.15g}"


def _without_asides(piece: str) -> str:
    """A change without `please` and the like behind its number or unit."""
    while len(piece) <= _LONGEST and (found := _ASIDE.search(piece)) and _NUMBERED.match(piece[: found.start()]):
        piece = piece[: found.start()]
    return piece


def _number(text: str) -> float | None:
    try:
        value = read_number(text.removeprefix("+"), set())
    except CellError:
        return None
    return float(value) if value is not None else None


def _factor(given: str, element: Parameter | Variable, piece: str) -> float:
    """What turns a number in one unit into one in the element's own."""
    own = element.unit or ""
    if given == own:
        return 1.0
    unit, wanted = read_unit(given), read_unit(own) if own else None
    if unit is None and wanted is None and given.casefold() == own.casefold():  # of known units mW is no MW
        return 1.0
    factor = conversion(unit, wanted) if unit is not None and wanted is not None else None
    if factor is None:
        raise _refused(given, own, element.name, piece)
    return float(factor)


def _refused(given: str, own: str, name: str, piece: str) -> FormulationError:
    if not own:
        return problem(
            "unit", f"`{piece}`: `{name}` is a number without a unit", repair=f"write the number without `{given}`"
        )
    return problem(
        "unit", f"`{piece}`: `{name}` is in {own}, and {given} can't be turned into it", repair=f"write it in {own}"
    )
