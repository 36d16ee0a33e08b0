"""Units that can't be right: kilograms added to dollars, minutes compared with hours, an objective in another unit.

An error is told only where no reading of the words makes the units agree; what may be a count or a period that was left
out is not told. Nothing is converted: the repair names the exact factor, and the writer puts it in.
"""

from collections.abc import Iterator
from fractions import Fraction

from steepest.solvers.checks.findings import shown
from steepest.solvers.checks.symbols import AnyElement, Symbols, title
from steepest.solvers.diagnostics import Diagnostics, Place, Severity
from steepest.solvers.formulation import NamedExpression, Objective, Parameter, Variable
from steepest.solvers.language.expressions import Expression, Index, Name
from steepest.solvers.language.spelling import is_identifier
from steepest.solvers.units.answer_units import has_units
from steepest.solvers.units.comparison import Difference, difference
from steepest.solvers.units.inference import NO_INDEX, Clash, Hidden, Inferred, UnitInference, measured_names, written
from steepest.solvers.units.unit import Unit, UnitOverflowError

_MOST_NAMED = 3
"""Elements that a message names as where a unit comes from."""

_MOST_DIGITS = 12


def check_units(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Add what the units of a formulation say against it."""
    formulation = symbols.formulation
    if not has_units(formulation):
        return
    check = _UnitCheck(symbols, diagnostics)
    definitions: list[Parameter | NamedExpression] = [*formulation.parameters, *formulation.lets]
    for defined in definitions:
        check.definition(defined)
    for variable in formulation.variables:
        check.bounds(variable)
    for objective in formulation.objectives:
        check.declared(objective, check.inference.of(objective.expression))
        check.tell(objective)
    for constraint in formulation.constraints:
        check.inference.of(constraint.body, check.scope(constraint))
        check.tell(constraint)
    for each in formulation.sets:
        if each.members is not None:
            check.inference.of(each.members, check.scope(each))
        check.tell(each)


class _UnitCheck:
    """The units of one formulation and the findings about them."""

    def __init__(self, symbols: Symbols, diagnostics: Diagnostics) -> None:
        self.inference = UnitInference(symbols)
        self._symbols = symbols
        self._diagnostics = diagnostics

    def scope(self, element: AnyElement) -> Hidden:
        """The index names of an element's head."""
        head = None if isinstance(element, Objective) else element.index
        return self.inference.enter(head.generators) if head is not None else NO_INDEX

    def definition(self, element: Parameter | NamedExpression) -> None:
        hidden = self.scope(element)
        if element.expression is not None:
            self.declared(element, self.inference.of(element.expression, hidden))
        self.tell(element)

    def bounds(self, variable: Variable) -> None:
        hidden, ours = self.scope(variable), written(variable)
        for bound in (variable.lower, variable.upper):
            if bound is not None:
                self.inference.compare(Name(variable.name), bound, ours, self.inference.of(bound, hidden))
        self.tell(variable)

    def declared(self, element: Parameter | NamedExpression | Objective, found: Inferred | None) -> None:
        """Tell of a declared unit that is not what the expression comes to."""
        stated = written(element)
        if stated is None or found is None or element.expression is None:
            return
        different = difference(found.unit, stated.unit)
        if different is None or (different.kind != "dimension" and not (found.is_sure and stated.is_sure)):
            return
        message = (
            f"it is declared in {_spelled(stated.unit)}, and `{shown(element.expression)}` is in {_spelled(found.unit)}"
            f"{self._origin(element.expression)}"
        )
        if different.kind == "scale":
            repair = (
                f"{_equation(found.unit, stated.unit, different)}: declare it in {_spelled(found.unit)}, or convert"
            )
        else:
            repair = f"declare it in {_spelled(found.unit)}, or correct the unit or the term that is wrong"
        self._add("warning", "unit-declared", message, element, element.expression.place, repair)

    def tell(self, element: AnyElement) -> None:
        """Tell of the clashes that were met in an element."""
        for clash in self.inference.clashes:
            self._tell(clash, element)
        self.inference.clashes.clear()

    def _tell(self, clash: Clash, element: AnyElement) -> None:
        left = f"`{shown(clash.left)}` is in {_spelled(clash.left_unit)}{self._origin(clash.left)}"
        right = f"`{shown(clash.right)}` in {_spelled(clash.right_unit)}{self._origin(clash.right)}"
        code, severity, verdict = _verdict(clash)
        place = clash.right.place or clash.left.place
        self._add(severity, code, f"{left} and {right}: {verdict}", element, place, _repair(clash))

    def _add(
        self, severity: Severity, code: str, message: str, element: AnyElement, place: Place | None, repair: str
    ) -> None:
        where = title(element, self._symbols.formulation)
        self._diagnostics.add(severity, code, message, element=where, place=place or element.place, repair=repair)

    def _origin(self, node: Expression) -> str:
        """The elements that give an expression its unit, and where they stand."""
        if isinstance(node, Name | Index):
            place = self._symbols.elements[node.name].place
            return f" (line {place.line})" if place is not None else ""
        named = list(self._named(node))
        return f" ({', '.join(named)})" if named else ""

    def _named(self, node: Expression) -> Iterator[str]:
        names = list(measured_names(node, self.inference))
        for name, unit in names[:_MOST_NAMED]:
            place = self._symbols.elements[name].place
            yield f"{name} [{unit}]" + (f" in line {place.line}" if place is not None else "")
        if len(names) > _MOST_NAMED:
            yield f"and {len(names) - _MOST_NAMED} more"


def _verdict(clash: Clash) -> tuple[str, Severity, str]:
    done = "compared" if clash.is_comparison else "added"
    match clash.difference.kind:
        case "scale":
            return "unit-scale", "error", "the same measure on two scales"
        case "currency":
            return "unit-currency", "warning", "two currencies, which have no fixed rate"
        case "doubtful":
            return "unit-mismatch", "warning", f"they are {done}, and one of them lacks a measure of the other"
    return "unit-mismatch", "error", f"they can't be {done}"


def _repair(clash: Clash) -> str:
    if clash.difference.kind == "scale":
        return _conversion(clash)
    factor = f" in {ratio}" if (ratio := _ratio(clash.right_unit, clash.left_unit)) else ""
    return f"multiply `{shown(clash.left, 40)}` by a parameter{factor}, or correct the unit or the term that is wrong"


def _conversion(clash: Clash) -> str:
    """What to multiply by what: the number in the larger unit, by how many of the smaller it holds."""
    factor = clash.difference.factor
    equation = _equation(clash.left_unit, clash.right_unit, clash.difference)
    if factor is None:
        return f"{equation}: multiply one of them by a parameter that says how many are meant"
    large, target = (clash.left, clash.right_unit) if factor > 1 else (clash.right, clash.left_unit)
    source = clash.left_unit if factor > 1 else clash.right_unit
    value, ratio = _number(max(factor, 1 / factor)), _ratio(target, source)
    name = f"{target}_per_{source}"
    written_as = name if is_identifier(name) else "factor"
    return f"{equation}: multiply `{shown(large, 40)}` by a parameter `{written_as} = {value}  # [{ratio}]`"


def _equation(first: Unit, second: Unit, different: Difference) -> str:
    """`1 h = 60 min`."""
    factor = different.factor
    if factor is None:
        return f"{_spelled(first)} and {_spelled(second)} have no exact factor"
    large, small = (first, second) if factor > 1 else (second, first)
    return f"1 {_spelled(large)} = {_number(max(factor, 1 / factor))} {_spelled(small)}"


def _number(value: Fraction) -> str:
    """A number without rounding: a decimal fraction where it ends soon, else a quotient."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = value * 10**_MOST_DIGITS
    if scaled.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    digits = str(scaled.numerator).rjust(_MOST_DIGITS + 1, "0")
    return f"{digits[:-_MOST_DIGITS]}.{digits[-_MOST_DIGITS:].rstrip('0')}"


def _ratio(unit: Unit, other: Unit) -> str:
    try:
        return str(unit / other)
    except UnitOverflowError:
        return ""


def _spelled(unit: Unit) -> str:
    return str(unit) if unit != Unit() else "no unit"
