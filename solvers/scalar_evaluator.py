"""The plain meaning of an expression: one index tuple at a time, over Python dictionaries.

The independent check of the vectorized compiler, which shares no code with it. Decision variables are whatever the
caller's `variable` function returns: numbers, to check an answer, or a modelling library's objects, to build a model.
"""

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, TypeAlias

from steepest.solvers.diagnostics import Diagnostic, FormulationError
from steepest.solvers.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Generator,
    Index,
    Label,
    LabelRef,
    Name,
    Negation,
    Not,
    Number,
    Range,
    Reduction,
    SetComprehension,
    SetLiteral,
    Sum,
    TupleOf,
)
from steepest.solvers.ordered_sets import Bound, Key, Member, OrderedSet, OutsideSetError, distinct, flat, spell_key
from steepest.solvers.parser import normalize_label

Environment: TypeAlias = Mapping[str, Bound]
"""The index names in scope and what each stands for."""

VariableLookup: TypeAlias = Callable[[str, Key], Any]
"""What a variable is at an index tuple."""

MAX_MEMBERS = 10_000_000
"""Elements of one range: more is a slip of the pen, and would only fill the memory."""

_ORDER = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
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


@dataclass(frozen=True, slots=True)
class Table:
    """A parameter's values; `domain` holds every index tuple it may be asked at, those without a value too."""

    values: Mapping[Key, Label]
    domain: frozenset[Key]


class Scope(Protocol):
    """The names of a formulation and what they contain, as far as they are known yet."""

    @property
    def sets(self) -> Mapping[str, OrderedSet]:
        """Sets by name."""

    @property
    def families(self) -> Mapping[str, Mapping[Key, OrderedSet]]:
        """Indexed sets by name."""

    @property
    def parameters(self) -> Mapping[str, Table]:
        """Parameters by name; a scalar has the empty index tuple."""

    @property
    def variables(self) -> Mapping[str, frozenset[Key]]:
        """Where each variable exists."""

    @property
    def lets(self) -> Mapping[str, tuple[Expression, Mapping[Key, Environment]]]:
        """Named expressions, and the index names of each at every index tuple."""


def data_only(name: str, key: Key) -> NoReturn:
    """The variable lookup where only data may stand.

    Raises:
        FormulationError: Always.
    """
    raise _error("variable-in-data", f"the variable {name}{spell_key(key)} stands where only data can")


class Evaluator:
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
        self._lets: dict[tuple[str, Key], Any] = {}

    def fail(self, code: str, message: str, node: Expression | None = None, repair: str | None = None) -> NoReturn:
        """Raise a `FormulationError` at a node of the element that is being evaluated."""
        raise _error(code, message, self.element, node, repair)

    # Values

    def value(self, node: Expression, env: Environment) -> Any:
        """What an expression is worth: a number, a label, a truth value, or a modelling library's object."""
        match node:
            case Number(value) | LabelRef(value):
                return value
            case Name(name):
                return self._named(name, node, env)
            case Index(name, indices):
                return self._at(name, self.key(indices, env), node)
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
                return self.key(items, env)
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
            self.fail("set-as-number", f"the set {name} stands where a number must", node, "did you mean `len(...)`?")
        self.fail("unknown-name", f"{name} is no index in scope and no element of the formulation", node)

    def _at(self, name: str, key: Key, node: Expression) -> Any:
        scope = self.scope
        if name in scope.parameters:
            table = scope.parameters[name]
            if key in table.values:
                return table.values[key]
            if key in table.domain:
                self.fail("no-value", f"the parameter {name} has no value at {spell_key(key) or 'all'}", node)
        elif name in scope.variables:
            if key in scope.variables[name]:
                return self.variable(name, key)
        elif name in scope.lets:
            if key in scope.lets[name][1]:
                return self._let(name, key)
        else:
            self.fail("unknown-name", f"there is no parameter, variable or named expression {name}", node)
        self.fail("outside-domain", f"{name}{spell_key(key)} does not exist: the index is outside its domain", node)

    def _let(self, name: str, key: Key) -> Any:
        if (name, key) not in self._lets:
            expression, domain = self.scope.lets[name]
            self._lets[name, key] = self.value(expression, domain[key])
        return self._lets[name, key]

    def _arithmetic(self, node: Arithmetic, env: Environment) -> Any:
        if node.operator in _SET_OPERATORS:
            self.fail("set-as-number", f"`{node}` is a set, and stands where a number must", node)
        left, right = self.number(node.left, env), self.number(node.right, env)
        try:
            if node.operator == "*":
                return left * right
            if node.operator == "/":
                return left / right
            power = left**right
        except (ZeroDivisionError, OverflowError) as error:
            raise _error("arithmetic", f"`{node}` can't be computed: {error}", self.element, node) from error
        if isinstance(power, complex):
            self.fail("arithmetic", f"`{node}` is no real number at {left}", node)
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
            case "either":
                return any(self.holds(each, env) for each in arguments)
            case "exactly" if arguments:
                return sum(self.holds(each, env) for each in arguments[1:]) == self.number(arguments[0], env)
            case "all_different" | "norm2":
                return self._of_values(node.function, [self.number(each, env) for each in arguments])
        function = self.functions.get(node.function)
        if function is None or len(arguments) != 1:
            self.unsupported(node)
        return self._apply(function, self.number(arguments[0], env), node)

    def _apply(self, function: Callable[[Any], Any], argument: Any, node: Call) -> Any:
        try:
            return function(argument)
        except (ValueError, OverflowError) as error:
            message = f"`{node}` can't be computed at {argument}: {error}"
            raise _error("arithmetic", message, self.element, node) from error

    def unsupported(self, node: Expression) -> NoReturn:
        """Refuse a term that has no value one index tuple at a time, or too many or too few arguments."""
        self.fail("unsupported", f"`{node}` can't be evaluated", node)

    def _of_set(self, node: Call, env: Environment) -> Any:
        if len(node.arguments) != 1:
            self.fail("unsupported", f"`{node.function}` takes one set", node)
        members = self.members(node.arguments[0], env)
        if node.function == "len":
            return len(members)
        return self._end(node, members)

    def _end(self, node: Call, members: OrderedSet) -> Member:
        if not len(members):
            self.fail("empty-set", f"`{node}` of a set without elements", node)
        return members.members[0 if node.function == "first" else -1]

    def _extreme(self, function: str, values: Sequence[Any], node: Expression) -> Any:
        if not values:
            self.fail("empty-reduction", f"the {function} of nothing, in `{node}`", node)
        if not all(isinstance(value, int | float) for value in values):
            self.fail(
                "unsupported",
                f"the {function} of decision variables, in `{node}`",
                node,
                "bound every one of them by a new variable",
            )
        return min(values) if function == "min" else max(values)

    def _of_values(self, function: str, values: Sequence[Any]) -> Any:
        if function == "norm2":
            return self.functions["sqrt"](sum(value * value for value in values))
        return len(set(values)) == len(values)

    def _reduction(self, node: Reduction, env: Environment) -> Any:
        function, body = node.function, node.body
        if function == "exactly" and isinstance(body, TupleOf) and len(body.items) == 2:
            count = sum(self.holds(body.items[1], inner) for _, inner in self.bindings(node.generators, env))
            return count == self.number(body.items[0], env)
        if function == "either":
            return any(self.holds(body, inner) for _, inner in self.bindings(node.generators, env))
        if function not in ("sum", "min", "max", "all_different", "norm2"):
            self.unsupported(node)
        values = [self.number(body, inner) for _, inner in self.bindings(node.generators, env)]
        if function == "sum":
            return sum(values)
        if function in ("min", "max"):
            return self._extreme(function, values, node)
        return self._of_values(function, values)

    # Conditions

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
        self.fail("set-as-number", f"`{node}` is a set, and stands where a number must", node)

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
                return self.members(argument, env)
        return None

    def _is_member(self, left: Expression, right: Expression, env: Environment) -> bool:
        members = self.members(right, env)
        try:
            member = self.index(left, env).member
        except _LagError:
            return False
        return (member[0] if isinstance(member, tuple) and len(member) == 1 else member) in members

    # Indices

    def key(self, indices: Sequence[Expression], env: Environment) -> Key:
        """An index tuple."""
        return tuple(label for node in indices for label in flat(self.index(node, env).member))

    def index(self, node: Expression, env: Environment) -> Bound:
        """An expression in the position of an index: a label, where `t + 1` is the label after `t`."""
        match node:
            case Name(name) if name in env:
                return env[name]
            case Sum(terms, signs):
                rest = [sign * self.number(term, env) for sign, term in zip(signs[1:], terms[1:], strict=True)]
                return self._lag(self.index(terms[0], env), sum(rest), node)
            case Call("first" | "last", (argument,)):
                within = self.members(argument, env)
                return Bound(self._end(node, within), within)
            case Conditional(then, test, otherwise):
                return self.index(then if self.holds(test, env) else otherwise, env)
            case TupleOf(items):
                return Bound(self.key(items, env))
        value = self.value(node, env)
        if not isinstance(value, str | int | float | tuple) or isinstance(value, bool):
            self.fail("variable-as-index", f"`{node}` depends on decisions and can't be an index", node)
        return Bound(value if isinstance(value, tuple) else normalize_label(value))

    def _lag(self, base: Bound, steps: Any, node: Expression) -> Bound:
        member, within = base.member, base.within
        if not isinstance(steps, int | float):
            self.fail("variable-as-index", f"`{node}` depends on decisions and can't be an index", node)
        if isinstance(member, int | float) and not (within is not None and within.cyclic):
            return Bound(normalize_label(member + steps), within)
        if within is None:
            self.fail("no-order", f"the label {member!r} stands in no ordered set, in `{node}`", node)
        if steps != int(steps):
            self.fail("lag-not-whole", f"a step of {steps} places, in `{node}`", node)
        try:
            return Bound(within.step(member, int(steps)), within)
        except OutsideSetError as error:
            end = "first" if steps < 0 else "last"
            name = within.name or "..."
            side = ">" if steps < 0 else "<"
            repair = f"add `if {_spell_start(node)} {side} {end}({name})`"
            message = f"the lag `{node}` leaves the set {name} at {member}"
            raise _LagError([_finding("lag-leaves-set", message, self.element, node, repair)]) from error

    # Sets

    def members(self, node: Expression, env: Environment) -> OrderedSet:
        """A set expression as an ordered set."""
        match node:
            case Name(name) if name not in env:
                return self._set(name, node)
            case Index(name, indices):
                return self._family(name, self.key(indices, env), node)
            case SetLiteral(elements, cyclic):
                return self._literal([self.index(each, env).member for each in elements], cyclic, node)
            case Range(first, last, cyclic):
                return OrderedSet(self._whole_numbers(first, last, node, env), str(node), cyclic)
            case SetComprehension(element, generators):
                found = (self.index(element, inner).member for _, inner in self.bindings(generators, env))
                return OrderedSet(distinct(found), str(node))
            case Conditional(then, test, otherwise):
                return self.members(then if self.holds(test, env) else otherwise, env)
        return self._combined(node, env)

    def _combined(self, node: Expression, env: Environment) -> OrderedSet:
        match node:
            case Sum(terms, signs):
                result = self.members(terms[0], env).members
                for sign, term in zip(signs[1:], terms[1:], strict=True):
                    other = self.members(term, env)
                    result = distinct((*result, *other)) if sign > 0 else tuple(m for m in result if m not in other)
                return OrderedSet(result, str(node))
            case Arithmetic("|", left, right):
                return OrderedSet(distinct((*self.members(left, env), *self.members(right, env))), str(node))
            case Arithmetic("&", left, right):
                other = self.members(right, env)
                return OrderedSet(tuple(m for m in self.members(left, env) if m in other), str(node))
        self.fail("not-a-set", f"`{node}` is no set", node)

    def _set(self, name: str, node: Expression) -> OrderedSet:
        if name in self.scope.sets:
            return self.scope.sets[name]
        if name in self.scope.families:
            self.fail("free-index", f"the set {name} is indexed; say which of its sets, as in `{name}[i]`", node)
        self.fail("unknown-set", f"there is no set {name}", node)

    def _family(self, name: str, key: Key, node: Expression) -> OrderedSet:
        family = self.scope.families.get(name)
        if family is None:
            self.fail("unknown-set", f"there is no indexed set {name}", node)
        if key not in family:
            self.fail("outside-domain", f"the set {name}{spell_key(key)} is not given", node)
        return family[key]

    def _literal(self, found: Sequence[Member], cyclic: bool, node: Expression) -> OrderedSet:
        members = [each[0] if isinstance(each, tuple) and len(each) == 1 else each for each in found]
        result = OrderedSet(tuple(members), str(node), cyclic)
        if len(result.positions) < len(members):
            twice = next(each for place, each in enumerate(members) if each in members[:place])
            self.fail("duplicate-label", f"{twice!r} stands twice in `{node}`", node, "leave one of the two out")
        return result

    def _whole_numbers(self, first: Expression, last: Expression, node: Range, env: Environment) -> tuple[int, ...]:
        ends = []
        for each in (first, last):
            value = self.number(each, env)
            if not isinstance(value, int | float) or value != int(value):
                self.fail("range-end", f"an end of the range `{node}` is {value}: a whole number is needed", node)
            ends.append(int(value))
        if ends[1] - ends[0] >= MAX_MEMBERS:
            self.fail("too-large", f"the range `{node}` has {ends[1] - ends[0] + 1:,} elements", node)
        return tuple(range(ends[0], ends[1] + 1))

    # Generators

    def bindings(self, generators: Sequence[Generator], env: Environment) -> Iterator[tuple[Key, Environment]]:
        """Every index tuple that generators run through, with the index names in scope there."""
        if not generators:
            yield (), env
            return
        generator, rest = generators[0], generators[1:]
        source = self.members(generator.source, env)
        for name in generator.names:
            if name in env or generator.names.count(name) > 1:
                self.fail("index-rebound", f"the index {name} is already in use", None, "give it another name")
        for member in source:
            inner = self._bind(generator, member, source, env)
            if generator.condition is None or self.holds(generator.condition, inner):
                for key, innermost in self.bindings(rest, inner):
                    yield (*flat(member), *key), innermost

    def _bind(self, generator: Generator, member: Member, source: OrderedSet, env: Environment) -> Environment:
        if generator.pattern is None:
            return env
        if isinstance(generator.pattern, str):
            return {**env, generator.pattern: Bound(member, source)}
        labels = flat(member)
        if len(labels) != len(generator.pattern):
            self.fail(
                "wrong-arity",
                f"({', '.join(generator.pattern)}) is bound to {member!r} of {source.name}: "
                f"{len(generator.pattern)} names for {len(labels)} labels",
                generator.source,
            )
        return {**env, **{name: Bound(label) for name, label in zip(generator.pattern, labels, strict=True)}}


class _LagError(FormulationError):
    """A lag that leaves its set: an error as an index, "no element" in a test of membership."""


def _spell_start(node: Expression) -> str:
    return str(node.terms[0]) if isinstance(node, Sum) else str(node)


def _finding(code: str, message: str, element: str | None, node: Expression | None, repair: str | None) -> Diagnostic:
    place = node.place if node is not None else None
    return Diagnostic(code=code, severity="error", message=message, element=element, place=place, repair=repair)


def _error(
    code: str, message: str, element: str | None = None, node: Expression | None = None, repair: str | None = None
) -> FormulationError:
    return FormulationError([_finding(code, message, element, node, repair)])
