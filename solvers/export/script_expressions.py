"""Expressions as Python source for an exported Pyomo script: every literal by `repr`, every name a checked one.

An index that stands for a tuple of labels is written as several names, so that it can be spread wherever it stands.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from steepest.solvers.diagnostics import problem
from steepest.solvers.export.script_names import is_taken, unique_names
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Generator,
    Index,
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
    walk,
)
from steepest.solvers.scalar.evaluator import ScalarEvaluator
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.ordered_sets import Member, OrderedSet, flat

# Binding strength of Python's operators; a weaker operand inside a stronger one is put in parentheses.
CONDITIONAL, OR, AND, NOT, COMPARISON, SUM, PRODUCT, MINUS, POWER, ATOM = range(10)

_MOST_TERMS = 100

_ORDER = frozenset({"<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Extent:
    """A set as the source knows it: how it is written, and what its elements are like."""

    code: str
    elements: OrderedSet | None
    """Some set that has all of its elements; None for those that nothing is known of."""
    cyclic: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether steps and order are those of numbers."""
        return not self.cyclic and self.elements is not None and all(_is_number(each) for each in self.elements)

    @property
    def width(self) -> int:
        """How many labels an element has."""
        return len(flat(self.elements.members[0])) if self.elements is not None and len(self.elements) else 1


@dataclass(frozen=True, slots=True)
class ScriptIndex:
    """An index name as it is written: one Python name for each label, and the set of a single one."""

    names: tuple[str, ...]
    extent: Extent | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """A generator as it is written, and the names that it brings into scope."""

    target: str
    code: str
    condition: str | None
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"for {self.target} in {self.code}" + (f" if {self.condition}" if self.condition else "")


@dataclass(slots=True)
class ScriptExpressions:
    """Writes expressions of one instance; remembers which parts of the script's preamble they need."""

    instance: ScalarInstance
    names: Mapping[str, str]
    """The Python name of every set, parameter, named expression and variable."""
    on_model: frozenset[str]
    """The names that are parts of the Pyomo model, written `m.name`."""
    index_names: Mapping[str, str]
    used: set[str]
    """Every name in the script so far."""
    needs: set[str] = field(default_factory=set)
    _fresh: dict[str, str] = field(default_factory=dict)

    def fresh(self, name: str) -> str:
        """A name of the script's own, the same at every call, that nothing else has."""
        if name not in self._fresh:
            self._fresh.update(unique_names([name], lambda each: each in self.used or is_taken(each)))
            self.used.add(self._fresh[name])
        return self._fresh[name]

    def write(self, node: Expression, scope: Mapping[str, ScriptIndex], outer: int = CONDITIONAL) -> str:
        """The source of an expression, in parentheses if its operator is weaker than `outer`."""
        text, strength = self._form(node, scope)
        return f"({text})" if strength < outer else text

    def _form(self, node: Expression, scope: Mapping[str, ScriptIndex]) -> tuple[str, int]:
        match node:
            case Number(value):
                return literal(value), ATOM if value >= 0 else MINUS
            case LabelRef(value):
                return literal(value), ATOM
            case Name(name):
                return self._name(name, scope), ATOM
            case Index(name, indices):
                return f"{self._reference(name)}[{self.key(indices, scope)}]", ATOM
            case Negation(operand):
                return f"-{self.write(operand, scope, MINUS)}", MINUS
            case Sum():
                return self._sum(node, scope)
            case Arithmetic():
                return self._arithmetic(node, scope)
            case Call():
                return self._call(node, scope)
            case Reduction():
                return self._reduction(node, scope), ATOM
            case TupleOf(items):
                return f"({self.key(items, scope)})", ATOM
        return self._condition(node, scope)

    def _sum(self, node: Sum, scope: Mapping[str, ScriptIndex]) -> tuple[str, int]:
        """Terms joined by signs; a long sum as a list, since Python nests one level a sign."""
        signed = list(zip(node.signs, node.terms, strict=True))
        if len(signed) > _MOST_TERMS:
            terms = [self.write(term if sign > 0 else Negation(term), scope) for sign, term in signed]
            return f"sum([{', '.join(terms)}])", ATOM
        text = self.write(node.terms[0], scope, SUM)
        for sign, term in signed[1:]:
            text += f" {'+' if sign > 0 else '-'} {self.write(term, scope, PRODUCT)}"
        return text, SUM

    def _name(self, name: str, scope: Mapping[str, ScriptIndex]) -> str:
        if name in scope:
            names = scope[name].names
            return names[0] if len(names) == 1 else f"({', '.join(names)})"
        if name == "pi" and name not in self.names:
            return literal(math.pi)
        return self._reference(name)

    def _reference(self, name: str) -> str:
        return f"m.{self.names[name]}" if name in self.on_model else self.names[name]

    def _arithmetic(self, node: Arithmetic, scope: Mapping[str, ScriptIndex]) -> tuple[str, int]:
        if node.operator == "**":
            return f"{self.write(node.left, scope, ATOM)}**{self.write(node.right, scope, MINUS)}", POWER
        left, right = self.write(node.left, scope, PRODUCT), self.write(node.right, scope, MINUS)
        return f"{left} {node.operator} {right}", PRODUCT

    def _call(self, node: Call, scope: Mapping[str, ScriptIndex]) -> tuple[str, int]:
        function, arguments = node.function, node.arguments
        if function in ("len", "first", "last"):
            text = self.extent(arguments[0], scope).code
            return {"len": f"len({text})", "first": f"{text}[0]", "last": f"{text}[-1]"}[function], ATOM
        if function in ("sum", "min", "max") and len(arguments) == 1:
            return self._form(arguments[0], scope)
        listed = ", ".join(self.write(each, scope) for each in arguments)
        if function in ("min", "max", "abs"):
            return f"{function}({listed})", ATOM
        if function == "sum":
            return f"sum([{listed}])", ATOM
        if function == "norm2":
            return f"pyo.sqrt(sum(each**2 for each in [{listed}]))", ATOM
        if function not in ("sqrt", "exp", "log", "sin", "cos"):
            _refuse(node)
        return f"pyo.{function}({listed})", ATOM

    def _reduction(self, node: Reduction, scope: Mapping[str, ScriptIndex]) -> str:
        clauses, inner = self.clauses(node.generators, scope)
        loops = " ".join(str(clause) for clause in clauses)
        if node.function in ("sum", "min", "max"):
            return f"{node.function}({self.write(node.body, inner)} {loops})"
        if node.function == "norm2":
            return f"pyo.sqrt(sum({self.write(node.body, inner, ATOM)}**2 {loops}))"
        _refuse(node)

    # Conditions

    def _condition(self, node: Expression, scope: Mapping[str, ScriptIndex]) -> tuple[str, int]:
        match node:
            case Comparison(operands, operators):
                pairs = [
                    self.compare(left, sign, right, scope)
                    for left, sign, right in zip(operands, operators, operands[1:], strict=False)
                ]
                return " and ".join(pairs), AND if len(pairs) > 1 else COMPARISON
            case Not(operand):
                return f"not {self.write(operand, scope, NOT)}", NOT
            case Connective(operator, operands):
                strength = AND if operator == "and" else OR
                return f" {operator} ".join(self.write(each, scope, strength + 1) for each in operands), strength
            case Conditional(then, test, otherwise):
                text = f"{self.write(then, scope, OR)} if {self.write(test, scope, OR)}"
                return f"{text} else {self.write(otherwise, scope)}", CONDITIONAL
        _refuse(node)

    def compare(self, left: Expression, sign: str, right: Expression, scope: Mapping[str, ScriptIndex]) -> str:
        """One comparison; words are compared by their places in the set that one of them ranges over."""
        if sign in ("in", "not in"):
            return f"{self.label(left, scope)} {sign} {self.extent(right, scope).code}"
        extents = [extent for extent in (self._range(left, scope), self._range(right, scope)) if extent is not None]
        ordered = [extent for extent in extents if not _holds_numbers(extent)]
        if sign in _ORDER and ordered:
            code = ordered[0].code
            first, second = self.label(left, scope), self.label(right, scope)
            return f"{code}.index({first}) {sign} {code}.index({second})"
        return f"{self.write(left, scope, SUM)} {sign} {self.write(right, scope, SUM)}"

    def _range(self, node: Expression, scope: Mapping[str, ScriptIndex]) -> Extent | None:
        match node:
            case Name(name) if name in scope:
                return scope[name].extent
            case Call("first" | "last", (argument,)):
                return self.extent(argument, scope)
        return None

    # Indices

    def key(self, indices: Sequence[Expression], scope: Mapping[str, ScriptIndex]) -> str:
        """What stands between the brackets of an index."""
        return ", ".join(self._spread(node, scope) for node in indices)

    def _spread(self, node: Expression, scope: Mapping[str, ScriptIndex]) -> str:
        if isinstance(node, Name) and node.name in scope:
            return ", ".join(scope[node.name].names)
        if isinstance(node, TupleOf):
            return self.key(node.items, scope)
        return self.label(node, scope)

    def label(self, node: Expression, scope: Mapping[str, ScriptIndex]) -> str:
        """An expression in the position of an index; `t + 1` is a step in a set of words or a cyclic one."""
        if not isinstance(node, Sum):
            return self.write(node, scope, SUM)
        extent = self._range(node.terms[0], scope)
        if extent is None or extent.is_plain:
            return self.write(node, scope, SUM)
        self.needs.add("step")
        terms = tuple(
            term if sign > 0 else Negation(term) for sign, term in zip(node.signs[1:], node.terms[1:], strict=True)
        )
        steps = " + ".join(self.write(term, scope, PRODUCT) for term in terms)
        wraps = ", wraps=True" if extent.cyclic else ""
        return f"step({extent.code}, {self.label(node.terms[0], scope)}, {steps}{wraps})"

    # Sets

    def extent(self, node: Expression, scope: Mapping[str, ScriptIndex]) -> Extent:
        """A set expression as a Python sequence."""
        mentioned = {each.name for each in walk(node) if isinstance(each, Name)}
        if not mentioned & set(scope):
            elements = ScalarEvaluator(self.instance).sets.members(node, {})
            return Extent(self._sequence(node, scope), elements, elements.cyclic)
        if isinstance(node, Index):
            family = self.instance.families[node.name].values()
            members = tuple(dict.fromkeys(member for each in family for member in each))
            cyclic = any(each.cyclic for each in family)
            return Extent(self._sequence(node, scope), OrderedSet(members), cyclic)
        cyclic = isinstance(node, SetLiteral | Range) and node.cyclic
        return Extent(self._sequence(node, scope), OrderedSet((0,)) if isinstance(node, Range) else None, cyclic)

    def _sequence(self, node: Expression, scope: Mapping[str, ScriptIndex]) -> str:
        match node:
            case Name(name):
                return self.names[name]
            case Index(name, indices):
                return f"{self.names[name]}[{self.key(indices, scope)}]"
            case SetLiteral(elements):
                return f"[{', '.join(self.label(each, scope) for each in elements)}]"
            case Range(first, last):
                return f"range({self._whole(first, scope)}, {self._whole(last, scope)} + 1)"
            case SetComprehension(element, generators):
                clauses, inner = self.clauses(generators, scope)
                loops = " ".join(str(clause) for clause in clauses)
                return f"list(dict.fromkeys({self._element(element, inner)} {loops}))"
            case Conditional(then, test, otherwise):
                then_code, else_code = self._sequence(then, scope), self._sequence(otherwise, scope)
                return f"({then_code} if {self.write(test, scope, OR)} else {else_code})"
        return self._combined(node, scope)

    def _element(self, node: Expression, scope: Mapping[str, ScriptIndex]) -> str:
        spread = self._spread(node, scope)
        is_tuple = isinstance(node, TupleOf) or (isinstance(node, Name) and len(scope[node.name].names) > 1)
        return f"({spread})" if is_tuple else spread

    def _combined(self, node: Expression, scope: Mapping[str, ScriptIndex]) -> str:
        match node:
            case Sum(terms, signs):
                text = self._sequence(terms[0], scope)
                for sign, term in zip(signs[1:], terms[1:], strict=True):
                    text = _joined(text, "|" if sign > 0 else "-", self._sequence(term, scope))
                return text
            case Arithmetic("|" | "&" as operator, left, right):
                return _joined(self._sequence(left, scope), operator, self._sequence(right, scope))
        _refuse(node)

    def _whole(self, node: Expression, scope: Mapping[str, ScriptIndex]) -> str:
        if isinstance(node, Number) and isinstance(node.value, int):
            return literal(node.value)
        return f"int({self.write(node, scope)})"

    # Generators

    def clauses(
        self, generators: Sequence[Generator], scope: Mapping[str, ScriptIndex]
    ) -> tuple[list[Clause], dict[str, ScriptIndex]]:
        """The loops of generators, and the index names in scope inside of them."""
        inner, found = dict(scope), []
        for place, generator in enumerate(generators):
            extent = self.extent(generator.source, inner)
            bound = dict(self._bound(generator, extent, len(scope) + place))
            names = tuple(name for index in bound.values() for name in index.names)
            inner.update({name: index for name, index in bound.items() if name in generator.names})
            condition = None
            if generator.condition is not None:
                condition = self.write(generator.condition, inner, OR)
            target = names[0] if len(names) == 1 and extent.width == 1 else f"({', '.join(names)}{_comma(names)})"
            found.append(Clause(target, extent.code, condition, names))
        return found, inner

    def _bound(self, generator: Generator, extent: Extent, place: int) -> Iterator[tuple[str, ScriptIndex]]:
        if isinstance(generator.pattern, tuple):
            for position, name in enumerate(generator.pattern):
                yield name, ScriptIndex((self.index_names[name],), self._part(extent, position))
            return
        width = extent.width
        if generator.pattern is None:
            yield "", ScriptIndex(tuple(self.fresh(f"index_{place + 1}_{k + 1}") for k in range(width)))
            return
        name = self.index_names[generator.pattern]
        names = (name,) if width == 1 else tuple(self.fresh(f"{name}_{k + 1}") for k in range(width))
        yield generator.pattern, ScriptIndex(names, extent if width == 1 else None)

    def _part(self, extent: Extent, position: int) -> Extent | None:
        """The set that a position of a tuple ranges over: the one that its index came from, or just its numbers."""
        if extent.elements is None:
            return None
        part = extent.elements.parts[position] if extent.elements.parts else None
        if part is not None:
            code = self.names[part.name] if part.name in self.instance.sets else literal(list(part.members))
            return Extent(code, part, part.cyclic)
        column = OrderedSet(tuple(dict.fromkeys(flat(member)[position] for member in extent.elements)))
        return Extent("", column) if all(_is_number(label) for label in column) else None


def literal(value: object) -> str:
    """A value as Python source: a number or a text, or lists, tuples and dictionaries of them."""
    match value:
        case float() if not math.isfinite(value):
            return f'float("{value}")'
        case bool() | int() | float() | str():
            return repr(value)
        case tuple():
            return f"({', '.join(literal(each) for each in value)}{_comma(value)})"
        case list():
            return f"[{', '.join(literal(each) for each in value)}]"
    raise TypeError(f"no source for {type(value).__name__}")


def _comma(items: Sequence[object]) -> str:
    return "," if len(items) == 1 else ""


def _joined(left: str, operator: str, right: str) -> str:
    if operator == "|":
        return f"list(dict.fromkeys([*{left}, *{right}]))"
    return f"[each for each in {left} if each {'in' if operator == '&' else 'not in'} {right}]"


def _is_number(member: Member) -> bool:
    return isinstance(member, int | float)


def _holds_numbers(extent: Extent) -> bool:
    return replace(extent, cyclic=False).is_plain


def _refuse(node: Expression) -> NoReturn:
    message = f"`{node}` has no counterpart in a Pyomo script"
    raise problem("unsupported", message, place=node.place, repair="write it with binary variables")
