"""Sets, index positions and generators in the scalar reading of the language."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from steepest.solvers.diagnostics import Diagnostic, FormulationError
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Conditional,
    Expression,
    Generator,
    Index,
    Name,
    Range,
    SetComprehension,
    SetLiteral,
    Sum,
    TupleOf,
)
from steepest.solvers.language.labels import normalize_label
from steepest.solvers.scalar.ordered_sets import (
    Bound,
    Key,
    Member,
    OrderedSet,
    OutsideSetError,
    difference,
    distinct,
    flat,
    intersection,
    spell_key,
    union,
)
from steepest.solvers.scalar.scope import Environment

if TYPE_CHECKING:
    from steepest.solvers.scalar.evaluator import ScalarEvaluator

MAX_MEMBERS = 10_000_000
"""Elements of one range: more is a slip of the pen, and would only fill the memory."""


class LagError(FormulationError):
    """A lag that leaves its set: an error as an index, "no element" in a test of membership."""


@dataclass(frozen=True, slots=True)
class ScalarSets:
    """Evaluates set expressions and indices with the help of an evaluator of numbers, labels and conditions."""

    evaluator: "ScalarEvaluator"

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
                number = self.evaluator.number
                steps = sum(sign * number(term, env) for sign, term in zip(signs[1:], terms[1:], strict=True))
                return self._lag(self.index(terms[0], env), steps, node)
            case Call("first" | "last", (argument,)):
                within = self.members(argument, env)
                return Bound(self.end(node, within), within)
            case Conditional(then, test, otherwise):
                return self.index(then if self.evaluator.holds(test, env) else otherwise, env)
            case TupleOf(items):
                return Bound(self.key(items, env))
        value = self.evaluator.value(node, env)
        if not isinstance(value, str | int | float | tuple) or isinstance(value, bool):
            self.evaluator.fail("variable-as-index", f"`{node}` depends on decisions and can't be an index", node)
        return Bound(value if isinstance(value, tuple) else normalize_label(value))

    def _lag(self, base: Bound, steps: Any, node: Sum) -> Bound:
        member, within = base.member, base.within
        if not isinstance(steps, int | float):
            self.evaluator.fail("variable-as-index", f"`{node}` depends on decisions and can't be an index", node)
        if isinstance(member, int | float) and not (within is not None and within.cyclic):
            return Bound(normalize_label(member + steps), within)
        if within is None:
            self.evaluator.fail("no-order", f"the label {member!r} stands in no ordered set, in `{node}`", node)
        if steps != int(steps):
            self.evaluator.fail("lag-not-whole", f"a step of {steps} places, in `{node}`", node)
        try:
            return Bound(within.step(member, int(steps)), within)
        except OutsideSetError as error:
            raise LagError([self._left(within, member, steps, node)]) from error

    def _left(self, within: OrderedSet, member: Member, steps: float, node: Sum) -> Diagnostic:
        guard = f"> first({within.name})" if steps < 0 else f"< last({within.name})"
        return Diagnostic(
            code="lag-leaves-set",
            severity="error",
            message=f"the lag `{node}` leaves the set {within.name} at {member}",
            element=self.evaluator.element,
            place=node.place,
            repair=f"add `if {node.terms[0]} {guard}`",
        )

    def end(self, node: Call, members: OrderedSet) -> Member:
        """The first or last member, as the call asks."""
        if not len(members):
            self.evaluator.fail("no-end", f"`{node}` of a set without elements", node)
        return members.members[0 if node.function == "first" else -1]

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
                items = element.items if isinstance(element, TupleOf) else (element,)
                scopes = [inner for _, inner in self.bindings(generators, env)]
                return _collected([[self.index(item, inner) for item in items] for inner in scopes], str(node))
            case Conditional(then, test, otherwise):
                return self.members(then if self.evaluator.holds(test, env) else otherwise, env)
        return self._combined(node, env)

    def _combined(self, node: Expression, env: Environment) -> OrderedSet:
        match node:
            case Sum(terms, signs):
                result = self.members(terms[0], env)
                for sign, term in zip(signs[1:], terms[1:], strict=True):
                    other = self.members(term, env)
                    result = union(result, other) if sign > 0 else difference(result, other)
            case Arithmetic("|", left, right):
                result = union(self.members(left, env), self.members(right, env))
            case Arithmetic("&", left, right):
                result = intersection(self.members(left, env), self.members(right, env))
            case _:
                self.evaluator.fail("not-a-set", f"`{node}` is no set", node)
        return replace(result, name=str(node))

    def _set(self, name: str, node: Expression) -> OrderedSet:
        if name in self.evaluator.scope.sets:
            return self.evaluator.scope.sets[name]
        if name in self.evaluator.scope.families:
            self.evaluator.fail("index-missing", f"{name} is a family of sets: write `{name}[...]`", node)
        self.evaluator.fail("unknown-set", f"there is no set {name}", node)

    def _family(self, name: str, key: Key, node: Expression) -> OrderedSet:
        family = self.evaluator.scope.families.get(name)
        if family is None:
            self.evaluator.fail("unknown-set", f"there is no indexed set {name}", node)
        if key not in family:
            self.evaluator.fail("index-outside", f"the set {name}{spell_key(key)} is not given", node)
        return family[key]

    def _literal(self, found: Sequence[Member], cyclic: bool, node: Expression) -> OrderedSet:
        members = [_unwrapped(flat(each)) for each in found]
        result = OrderedSet(tuple(members), str(node), cyclic)
        if len(result.positions) < len(members):
            twice = next(each for place, each in enumerate(members) if each in members[:place])
            self.evaluator.fail(
                "duplicate-label", f"{twice!r} stands twice in `{node}`", node, "leave one of the two out"
            )
        return result

    def _whole_numbers(self, first: Expression, last: Expression, node: Range, env: Environment) -> tuple[int, ...]:
        ends = []
        for each in (first, last):
            value = self.evaluator.number(each, env)
            if not isinstance(value, int | float) or value != int(value):
                self.evaluator.fail(
                    "range-ends", f"an end of the range `{node}` is {value}: a whole number is needed", node
                )
            ends.append(int(value))
        if ends[1] - ends[0] >= MAX_MEMBERS:
            self.evaluator.fail("too-large", f"the range `{node}` has {ends[1] - ends[0] + 1:,} elements", node)
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
                self.evaluator.fail(
                    "index-rebound", f"the index {name} is already in use", None, "give it another name"
                )
        for member in source:
            inner = self._bind(generator, member, source, env)
            if generator.condition is None or self.evaluator.holds(generator.condition, inner):
                for key, innermost in self.bindings(rest, inner):
                    yield (*flat(member), *key), innermost

    def _bind(self, generator: Generator, member: Member, source: OrderedSet, env: Environment) -> Environment:
        if generator.pattern is None:
            return env
        if isinstance(generator.pattern, str):
            return {**env, generator.pattern: Bound(member, source)}
        labels, parts = flat(member), source.parts or (None,) * len(flat(member))
        if len(labels) != len(generator.pattern):
            self.evaluator.fail(
                "pattern-width",
                f"({', '.join(generator.pattern)}) is bound to {member!r} of {source.name}: "
                f"{len(generator.pattern)} names for {len(labels)} labels",
                generator.source,
            )
        named = zip(generator.pattern, labels, parts, strict=True)
        return {**env, **{name: Bound(label, part) for name, label, part in named}}


def _collected(found: Sequence[Sequence[Bound]], name: str) -> OrderedSet:
    """The members of a comprehension; each position of a tuple still ranges over the set that its index came from."""
    members = distinct(_unwrapped(tuple(label for item in items for label in flat(item.member))) for items in found)
    if not found or len(found[0]) == 1 or any(isinstance(item.member, tuple) for item in found[0]):
        return OrderedSet(members, name)
    first = found[0]
    parts = tuple(
        bound.within if all(items[place].within is bound.within for items in found) else None
        for place, bound in enumerate(first)
    )
    return OrderedSet(members, name, parts=parts)


def _unwrapped(key: Key) -> Member:
    return key[0] if len(key) == 1 else key
