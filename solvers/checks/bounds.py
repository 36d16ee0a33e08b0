"""Whether an objective can get better without end, as far as the signs in the formulation tell."""

from collections import defaultdict
from collections.abc import Collection

from steepest.solvers.checks.findings import declared_as
from steepest.solvers.checks.symbols import Symbols, names_in
from steepest.solvers.diagnostics import Diagnostics
from steepest.solvers.formulation import NamedExpression, Parameter, Variable
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Expression,
    Index,
    Name,
    Negation,
    Number,
    Reduction,
    Sum,
    walk,
)

Sign = int
"""1 or -1 for what is never of the other sign, and 0 for what is not known."""


def check_unboundedness(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Warn about variables that no constraint mentions and that nothing holds back from improving the objective."""
    formulation = symbols.formulation
    if len(formulation.objectives) != 1:
        return
    objective = formulation.objectives[0]
    slopes = _Slopes(symbols)
    slopes.follow(objective.expression, 1 if objective.sense == "maximize" else -1, frozenset())
    constrained = _reached(symbols)
    for variable in formulation.variables:
        found = slopes.found.get(variable.name, set())
        if variable.name in constrained or len(found) != 1:
            continue
        direction = next(iter(found))
        if _is_open(variable, direction):
            way = "larger" if direction > 0 else "smaller"
            diagnostics.add(
                "warning",
                "may-be-unbounded",
                f"no constraint mentions `{variable.name}`, and the {way} it is the better",
                element=f"variable {variable.name}",
                place=variable.place,
                repair=f"give {declared_as(variable)} a bound, or the constraint that limits it",
            )


def _is_open(variable: Variable, direction: Sign) -> bool:
    if direction == 0 or variable.domain == "binary":
        return False
    return variable.upper is None if direction > 0 else variable.lower is None


def _reached(symbols: Symbols) -> set[str]:
    """The names that constraints mention, themselves or through named expressions."""
    uses = {let.name: names_in(let.expression) for let in symbols.formulation.lets}
    found: set[str] = set()
    waiting = [name for each in symbols.formulation.constraints for name in names_in(each.body)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(uses.get(name, ()))
    return found


class _Slopes:
    """In which direction each variable improves an objective; 0 where that is not known."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.found: dict[str, set[Sign]] = defaultdict(set)
        self.followed: set[tuple[str, Sign]] = set()
        """Named expressions with the sign they were followed with: once each, however often they are used."""

    def follow(self, node: Expression, sign: Sign, hidden: Collection[str]) -> None:
        """Note the slope of every variable in an expression that counts with the given sign."""
        match node:
            case Name(name) if name in hidden:
                return
            case Name(name) | Index(name):
                self.follow_name(name, sign)
            case Negation(operand):
                self.follow(operand, -sign, hidden)
            case Sum(terms, signs):
                for factor, term in zip(signs, terms, strict=True):
                    self.follow(term, sign * factor, hidden)
            case Arithmetic("*" | "/", left, right) if not self.symbols.has_decisions(right, hidden):
                self.follow(left, sign * self.data_sign(right, hidden), hidden)
            case Arithmetic("*", left, right) if not self.symbols.has_decisions(left, hidden):
                self.follow(right, sign * self.data_sign(left, hidden), hidden)
            case Reduction("sum", body, generators):
                names = {name for generator in generators for name in generator.names}
                self.follow(body, sign, {*hidden, *names})
            case _:
                for each in walk(node):
                    if isinstance(each, Name | Index):
                        self.follow_name(each.name, 0)

    def follow_name(self, name: str, sign: Sign) -> None:
        element = self.symbols.elements.get(name)
        if isinstance(element, Variable):
            self.found[name].add(sign)
        elif isinstance(element, NamedExpression) and (name, sign) not in self.followed:
            self.followed.add((name, sign))
            self.follow(element.expression, sign, element.index.names if element.index is not None else ())

    def data_sign(self, node: Expression, hidden: Collection[str]) -> Sign:
        """The sign of an expression over data, if all that it can be has the same one and is not only 0."""
        match node:
            case Number(value):
                return _sign_of([value])
            case Name(name) if name in hidden:
                return 0
            case Name(name) | Index(name):
                return self.parameter_sign(name)
            case Negation(operand):
                return -self.data_sign(operand, hidden)
            case Sum(terms, signs):
                parts = {sign * self.data_sign(term, hidden) for sign, term in zip(signs, terms, strict=True)}
                return parts.pop() if len(parts) == 1 else 0
            case Arithmetic("*" | "/", left, right):
                return self.data_sign(left, hidden) * self.data_sign(right, hidden)
            case Call("exp" | "sqrt"):
                return 1
        return 0

    def parameter_sign(self, name: str) -> Sign:
        element = self.symbols.elements.get(name)
        if not isinstance(element, Parameter) or name in self.symbols.bound:
            return 1 if name == "pi" and element is None else 0
        values = [element.value, element.default, *(cell.value for cell in element.values)]
        return _sign_of([value for value in values if isinstance(value, int | float)])


def _sign_of(values: Collection[float]) -> Sign:
    if not any(values):
        return 0
    if all(value >= 0 for value in values):
        return 1
    return -1 if all(value <= 0 for value in values) else 0
