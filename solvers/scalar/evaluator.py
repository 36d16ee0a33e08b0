"""The plain meaning of an expression: one index tuple at a time, over Python dictionaries.

The independent check of the vectorized compiler, which shares no code with it. Decision variables are whatever the
caller's `variable` function returns: numbers, to check an answer, or a modelling library's objects, to build a model.
"""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, Protocol

from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Index,
    LabelRef,
    Name,
    Negation,
    Not,
    Number,
    Reduction,
    Sum,
    TupleOf,
)
from steepest.solvers.scalar.global_evaluator import GLOBAL_FUNCTIONS, ScalarGlobals
from steepest.solvers.scalar.ordered_sets import Key, OrderedSet, spell_key
from steepest.solvers.scalar.scope import Environment, Scope, VariableLookup, data_only
from steepest.solvers.scalar.set_evaluator import LagError, ScalarSets

_ORDER = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
_MOST_BITS = 1024
"""Of a whole number that is still a number to a solver."""

_SET_OPERATORS = frozenset({"|", "&"})

MATH: Mapping[str, Callable[[Any], Any]] = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "sin": math.sin,
    "cos": math.cos,
    "abs": abs,
}
"""The functions of one number."""


class Modeller(Protocol):
    """Makes a modelling library's objects of functions that its algebra does not have."""

    def extreme(self, function: str, values: Sequence[Any]) -> Any:
        """The `min` or `max` of several values."""

    def piecewise(self, value: Any, points: Sequence[tuple[float, float]]) -> Any:
        """What straight lines between points come to at a value."""


class ScalarEvaluator:
    """Evaluates expressions of one formulation, with decision variables and functions as given."""

    def __init__(
        self,
        scope: Scope,
        variable: VariableLookup = data_only,
        functions: Mapping[str, Callable[[Any], Any]] = MATH,
        element: str | None = None,
    ) -> None:
        self.scope = scope
        self.variable = variable
        self.functions = functions
        self.element = element
        self.modeller: Modeller | None = None
        """Says what bent functions of decisions are, where decisions are a modelling library's objects."""
        self.sets = ScalarSets(self)
        self.globals = ScalarGlobals(self)
        self._lets: dict[tuple[str, Key], Any] = {}

    def fail(self, code: str, message: str, node: Expression | None = None, repair: str | None = None) -> NoReturn:
        """Raise a `FormulationError` at a node of the element that is being evaluated."""
        raise problem(
            code, message, element=self.element, place=node.place if node is not None else None, repair=repair
        )

    # Values

    def value(self, node: Expression, env: Environment) -> Any:
        """What an expression is worth: a number, a label, a truth value, or a modelling library's object."""
        match node:
            case Number(value) | LabelRef(value):
                return value
            case Name(name):
                return self._named(name, node, env)
            case Index(name, indices):
                return self._at(name, self.sets.key(indices, env), node)
            case Negation(operand):
                return -self.number(operand, env)
            case Sum(terms, signs):
                total = self.number(terms[0], env)
                for sign, term in zip(signs[1:], terms[1:], strict=True):
                    part = self.number(term, env)
                    total = total + part if sign > 0 else total - part
                return total
            case Arithmetic():
                return self._arithmetic(node, env)
            case Conditional(then, test, otherwise):
                return self.value(then if self.holds(test, env) else otherwise, env)
            case Call():
                return self._call(node, env)
            case Reduction():
                return self._reduction(node, env)
            case TupleOf(items):
                return self.sets.key(items, env)
            case _:
                return self._condition(node, env)

    def number(self, node: Expression, env: Environment) -> Any:
        """The value of an expression in arithmetic, where a word can't stand."""
        value = self.value(node, env)
        if isinstance(value, str):
            self.fail("label-as-number", f"the label {value!r} stands where a number must, in `{node}`", node)
        if isinstance(value, tuple):
            self.fail("label-as-number", f"the tuple {value!r} stands where a number must, in `{node}`", node)
        if isinstance(value, bool):
            self.fail("condition-as-number", f"`{node}` is a condition, and stands where a number must", node)
        return value

    def holds(self, node: Expression, env: Environment) -> bool:
        """Whether a condition on data is met; a number is a condition that is met unless it is 0."""
        value = self.value(node, env)
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return value != 0
        self.fail("condition-on-variable", f"`{node}` is no condition on data", node, "filter and branch on data only")

    def _named(self, name: str, node: Expression, env: Environment) -> Any:
        if name in env:
            return env[name].member
        scope = self.scope
        if name in scope.parameters or name in scope.variables or name in scope.lets:
            return self._at(name, (), node)
        if name == "pi":
            return math.pi
        if name in scope.sets or name in scope.families:
            self.fail("not-a-number", f"the set {name} stands where a number must", node, "did you mean `len(...)`?")
        self.fail("unknown-name", f"{name} is no index in scope and no element of the formulation", node)

    def _at(self, name: str, key: Key, node: Expression) -> Any:
        scope = self.scope
        if name in scope.parameters:
            table = scope.parameters[name]
            if key in table.values:
                return table.values[key]
            if key in table.domain:
                self.fail("absent-value", f"the parameter {name} has no value at {spell_key(key) or 'all'}", node)
        elif name in scope.variables:
            if key in scope.variables[name]:
                return self.variable(name, key)
        elif name in scope.lets:
            if key in scope.lets[name][1]:
                return self._let(name, key)
        else:
            self.fail("unknown-name", f"there is no parameter, variable or named expression {name}", node)
        self.fail("index-outside", f"{name}{spell_key(key)} does not exist: the index is outside its domain", node)

    def _let(self, name: str, key: Key) -> Any:
        if (name, key) not in self._lets:
            expression, domain = self.scope.lets[name]
            try:
                self._lets[name, key] = self.value(expression, domain[key])
            except RecursionError as error:
                message = f"{name} is defined by others that are defined by others, too many levels deep"
                raise problem("too-deep", message, element=self.element) from error
        return self._lets[name, key]

    def _arithmetic(self, node: Arithmetic, env: Environment) -> Any:
        if node.operator in _SET_OPERATORS:
            self.fail("not-a-number", f"`{node}` is a set, and stands where a number must", node)
        left, right = self.number(node.left, env), self.number(node.right, env)
        try:
            if node.operator == "*":
                return left * right
            if node.operator == "/":
                return left / right
            power = _power(left, right)
        except (ZeroDivisionError, OverflowError) as error:
            code = "division-by-zero" if isinstance(error, ZeroDivisionError) else "not-finite"
            message = f"`{node}` can't be computed: {error}"
            raise problem(code, message, element=self.element, place=node.place) from error
        if isinstance(power, complex):
            self.fail("not-finite", f"`{node}` is no real number: the base is {left}", node)
        return power

    # Functions

    def _call(self, node: Call, env: Environment) -> Any:
        arguments = node.arguments
        match node.function:
            case "len" | "first" | "last":
                return self._of_set(node, env)
            case "min" | "max":
                return self._extreme(node.function, [self.number(each, env) for each in arguments], node)
            case "sum":
                return sum(self.number(each, env) for each in arguments)
            case "implies" if len(arguments) == 2:
                return not self.holds(arguments[0], env) or self.holds(arguments[1], env)
            case "either" | "exactly" | "at_least" | "at_most":
                return self._counted(node, env)
            case "norm2":
                return self._norm([self.number(each, env) for each in arguments])
            case "all_different" | "piecewise":
                return self.globals.value(node, env)
        function = self.functions.get(node.function)
        if function is None or len(arguments) != 1:
            self.unsupported(node)
        return self._apply(function, self.number(arguments[0], env), node)

    def _apply(self, function: Callable[[Any], Any], argument: Any, node: Call) -> Any:
        try:
            return function(argument)
        except (ValueError, OverflowError) as error:
            message = f"`{node}` can't be computed at {argument}: {error}"
            raise problem("not-finite", message, element=self.element, place=node.place) from error

    def unsupported(self, node: Expression) -> NoReturn:
        """Refuse a term that has no value one index tuple at a time, or too many or too few arguments."""
        self.fail("unsupported", f"`{node}` can't be evaluated", node)

    def _of_set(self, node: Call, env: Environment) -> Any:
        if len(node.arguments) != 1:
            self.fail("unsupported", f"`{node.function}` takes one set", node)
        members = self.sets.members(node.arguments[0], env)
        if node.function == "len":
            return len(members)
        return self.sets.end(node, members)

    def _extreme(self, function: str, values: Sequence[Any], node: Expression) -> Any:
        if not values:
            self.fail("empty-reduction", f"the {function} of nothing, in `{node}`", node)
        if not all(isinstance(value, int | float) for value in values):
            if self.modeller is not None:
                return self.modeller.extreme(function, values)
            self.fail(
                "unsupported",
                f"the {function} of decision variables, in `{node}`",
                node,
                "bound every one of them by a new variable",
            )
        return min(values) if function == "min" else max(values)

    def _norm(self, values: Sequence[Any]) -> Any:
        return self.functions["sqrt"](sum(value * value for value in values))

    def _reduction(self, node: Reduction, env: Environment) -> Any:
        function, body = node.function, node.body
        if function in ("either", "exactly", "at_least", "at_most"):
            return self._counted(node, env)
        if function in GLOBAL_FUNCTIONS:
            return self.globals.value(node, env)
        if function not in ("sum", "min", "max", "norm2"):
            self.unsupported(node)
        values = [self.number(body, inner) for _, inner in self.sets.bindings(node.generators, env)]
        if function == "sum":
            return sum(values)
        if function in ("min", "max"):
            return self._extreme(function, values, node)
        return self._norm(values)

    # Conditions

    def conditions(self, node: Call | Reduction, env: Environment) -> tuple[Any, list[tuple[Expression, Environment]]]:
        """How many conditions are asked for, and the conditions, each with the index names in scope there."""
        if isinstance(node, Call):
            parts, scopes = node.arguments, [env]
        else:
            parts = node.body.items if isinstance(node.body, TupleOf) else (node.body,)
            scopes = [inner for _, inner in self.sets.bindings(node.generators, env)]
        if node.function == "either":
            return 1, [(part, inner) for inner in scopes for part in parts]
        if len(parts) < 2:
            self.unsupported(node)
        return self.number(parts[0], env), [(part, inner) for inner in scopes for part in parts[1:]]

    def _counted(self, node: Call | Reduction, env: Environment) -> bool:
        """A count of conditions on data, compared as its function says."""
        number, conditions = self.conditions(node, env)
        count = sum(self.holds(each, inner) for each, inner in conditions)
        if node.function == "exactly":
            return bool(count == number)
        return bool(count <= number) if node.function == "at_most" else bool(count >= number)

    def _condition(self, node: Expression, env: Environment) -> Any:
        match node:
            case Comparison():
                return self._comparison(node, env)
            case Not(operand):
                return not self.holds(operand, env)
            case Connective("and", operands):
                return all(self.holds(each, env) for each in operands)
            case Connective("or", operands):
                return any(self.holds(each, env) for each in operands)
        self.fail("not-a-number", f"`{node}` is a set, and stands where a number must", node)

    def _comparison(self, node: Comparison, env: Environment) -> Any:
        pairs = list(zip(node.operands, node.operators, node.operands[1:], strict=False))
        if len(pairs) == 1:
            return self.compare(*pairs[0], env)
        return all(self._true(self.compare(left, sign, right, env), node) for left, sign, right in pairs)

    def _true(self, value: Any, node: Expression) -> bool:
        if not isinstance(value, bool):
            self.fail("condition-on-variable", f"`{node}` is no condition on data", node)
        return value

    def compare(self, left: Expression, sign: str, right: Expression, env: Environment) -> Any:
        """One comparison of a chain; words are in the order of the set that an index ranges over."""
        if sign in ("in", "not in"):
            return self._is_member(left, right, env) == (sign == "in")
        first, second = self.value(left, env), self.value(right, env)
        if sign == "!=":
            return bool(first != second)
        if sign == "==":
            return first == second
        if isinstance(first, str) or isinstance(second, str):
            first, second = self._places(left, right, first, second, env)
        return _ORDER[sign](first, second)

    def _places(
        self, left: Expression, right: Expression, first: Any, second: Any, env: Environment
    ) -> tuple[int, int]:
        """Two labels as their positions in the set that one of them ranges over."""
        for node in (left, right):
            within = self._range(node, env)
            if within is not None and first in within and second in within:
                return within.positions[first], within.positions[second]
        self.fail(
            "no-order",
            f"{first!r} and {second!r} can't be put in order: they are not elements of one ordered set, "
            f"in `{left}` and `{right}`",
            left,
            "compare labels of the set that an index ranges over",
        )

    def _range(self, node: Expression, env: Environment) -> OrderedSet | None:
        """The set that an index or an end of a set belongs to."""
        match node:
            case Name(name) if name in env:
                return env[name].within
            case Call("first" | "last", (argument,)):
                return self.sets.members(argument, env)
        return None

    def _is_member(self, left: Expression, right: Expression, env: Environment) -> bool:
        members = self.sets.members(right, env)
        try:
            member = self.sets.index(left, env).member
        except LagError:
            return False
        return (member[0] if isinstance(member, tuple) and len(member) == 1 else member) in members


def _power(base: Any, exponent: Any) -> Any:
    """A power whose whole numbers stay whole only as long as they are numbers of a model: `9**9**9` has no end.

    Raises:
        OverflowError: It is beyond what a number can be.
    """
    if not isinstance(base, int) or isinstance(exponent, float):
        return base**exponent
    if isinstance(exponent, int) and exponent * math.log2(max(abs(base), 1)) < _MOST_BITS:
        return base**exponent
    return float(base) ** (float(exponent) if isinstance(exponent, int) else exponent)
