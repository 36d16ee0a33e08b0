"""What is refused after reading because it would be taken wrongly in silence, and one form that is rewritten.

`make[four-color]` would be a subtraction; `for (source, j) in Line` would bind `source` anew; `x < 3` has no nearest
answer. An index that is bound already and stands in a tuple pattern is a filter: it gets a fresh name and an equality.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from steepest.solvers.diagnostics import Diagnostics, FormulationError, Place, problem
from steepest.solvers.formulation import Constraint, Element, Formulation, NamedExpression, Parameter, Set
from steepest.solvers.language.expressions import (
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Generator,
    Head,
    Index,
    LabelRef,
    Name,
    Number,
    Reduction,
    SetComprehension,
    SetLiteral,
    Sum,
    map_children,
    walk,
)
from steepest.solvers.language.labels import Vocabulary, expression_fields, vocabulary
from steepest.solvers.language.spelling import spell, spell_label


def refuse(formulation: Formulation, declared: frozenset[str], diagnostics: Diagnostics) -> None:
    """Add a finding for everything that is refused; patterns that are filters are rewritten in place.

    Args:
        formulation: All that could be read.
        declared: The names of the text, also of elements that could not be read.
        diagnostics: Where findings are added.
    """
    words = vocabulary(formulation)
    words = replace(words, declared=words.declared | declared)
    _refuse_twice_declared(formulation, diagnostics)
    for element, title in _elements(formulation):
        try:
            _refuse_in(element, title, words, diagnostics)
        except FormulationError as error:
            diagnostics.extend(error.within(title, element.place).diagnostics)


def _elements(formulation: Formulation) -> Iterator[tuple[Element, str]]:
    yield from ((each, f"set {each.name}") for each in formulation.sets)
    yield from ((each, f"parameter {each.name}") for each in formulation.parameters)
    yield from ((each, f"variable {each.name}") for each in formulation.variables)
    yield from ((each, f"let {each.name}") for each in formulation.lets)
    yield from ((each, "objective") for each in formulation.objectives)
    yield from ((each, f"constraint {each.name}") for each in formulation.constraints)


def _refuse_in(element: Element, title: str, words: Vocabulary, diagnostics: Diagnostics) -> None:
    head: Head | None = getattr(element, "index", None)
    patterns = _Patterns(words, title, diagnostics)
    bound: frozenset[str] = frozenset()
    if head is not None:
        patterns.check_head(head)
        bound = frozenset(head.names)
        for generator in head.generators:
            for part in (generator.source, generator.condition):
                if part is not None:
                    _refuse_subtractions(part, words, bound)
    for field in expression_fields(type(element)):
        expression = getattr(element, field)
        if expression is not None:
            _refuse_subtractions(expression, words, bound | _bound_below(expression))
            setattr(element, field, patterns.rewritten(expression, bound))
    if isinstance(element, Constraint):
        _refuse_strict(element.body)


def _bound_below(expression: Expression) -> frozenset[str]:
    return frozenset(
        name
        for node in walk(expression)
        if isinstance(node, Reduction | SetComprehension)
        for generator in node.generators
        for name in generator.names
    )


# Names


def _refuse_twice_declared(formulation: Formulation, diagnostics: Diagnostics) -> None:
    sets = [(each.name, each) for each in formulation.sets]
    others: list[tuple[str, Element]] = [
        (each.name, each)
        for group in (formulation.parameters, formulation.variables, formulation.lets)
        for each in group
    ]
    _tell_twice([*sets, *others], diagnostics)
    _tell_case(sets, diagnostics)
    _tell_case(others, diagnostics)


def _tell_twice(named: Sequence[tuple[str, Element]], diagnostics: Diagnostics) -> None:
    first: dict[str, Element] = {}
    for name, element in named:
        if name in first:
            before = first[name].place
            where = f", first on line {before.line}" if before is not None else ""
            diagnostics.add(
                "error",
                "declared-twice",
                f"`{name}` is declared twice{where}",
                element=_title(element, name),
                place=element.place,
                repair="keep one of them, or give one another name",
            )
        first.setdefault(name, element)


def _tell_case(named: Sequence[tuple[str, Element]], diagnostics: Diagnostics) -> None:
    """Two names of the same kind of thing that differ only by case; a set `Lane` beside a variable `lane` is none."""
    first: dict[str, str] = {}
    for name, element in named:
        other = first.setdefault(name.lower(), name)
        if other != name:
            diagnostics.add(
                "error",
                "case",
                f"`{name}` and `{other}` differ only by case",
                element=_title(element, name),
                place=element.place,
                repair="use one spelling, or two names that can't be mixed up",
            )


def _title(element: Element, name: str) -> str:
    match element:
        case Set():
            return f"set {name}"
        case Parameter():
            return f"parameter {name}"
        case NamedExpression():
            return f"let {name}"
    return f"variable {name}"


# Strict inequalities


def _refuse_strict(node: Expression) -> None:
    """A strict inequality in what has to hold; in a condition it is allowed."""
    match node:
        case Comparison(operands, operators):
            for left, operator, right in zip(operands, operators, operands[1:], strict=False):
                if operator in ("<", ">"):
                    raise _strict(left, operator, right, node.place)
        case Connective(operands=operands):
            for each in operands:
                _refuse_strict(each)
        case Conditional(then, _, otherwise):
            _refuse_strict(then)
            _refuse_strict(otherwise)
        case Call("implies", arguments):
            for each in arguments[1:]:
                _refuse_strict(each)
        case Call("either", arguments):
            for each in arguments:
                _refuse_strict(each)


def _strict(left: Expression, operator: str, right: Expression, place: Place | None) -> FormulationError:
    weak = f"{operator}="
    step = "-" if operator == "<" else "+"
    bound = spell(Sum((right, Number(1)), (1, -1 if step == "-" else 1)))
    return problem(
        "strict-inequality",
        f"`{spell(left)} {operator} {spell(right)}` is strict: there is no nearest number that still keeps it",
        place=place,
        repair=f"write `{spell(left)} {weak} {spell(right)}`; between integers `{spell(left)} {weak} {bound}`",
    )


# Labels with hyphens


def _refuse_subtractions(expression: Expression, words: Vocabulary, bound: frozenset[str]) -> None:
    """`make[four-color]`: a difference of words that nothing declares is a label without its quotes."""
    for node in walk(expression):
        positions = node.indices if isinstance(node, Index) else node.elements if isinstance(node, SetLiteral) else ()
        for position in positions:
            if not isinstance(position, Sum) or not all(sign < 0 for sign in position.signs[1:]):
                continue
            pieces = [_word(term) for term in position.terms]
            unknown = [p for p in pieces if p is None or not (p in words.declared or p in bound or p.isdigit())]
            if None in pieces or not unknown:
                continue
            label = "-".join(piece for piece in pieces if piece is not None)
            raise problem(
                "label-hyphen",
                f"`{label}` is a subtraction here",
                place=position.place,
                repair=f"a label with a hyphen stands in quotes: {spell_label(label)}",
            )


def _word(node: Expression) -> str | None:
    match node:
        case Name(word) | LabelRef(word):
            return word
        case Number(value) if isinstance(value, int):
            return str(value)
    return None


# Patterns


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Tuple patterns with a name in them that stands for something already."""

    words: Vocabulary
    title: str
    diagnostics: Diagnostics

    def check_head(self, head: Head) -> None:
        seen: set[str] = set()
        for generator in head.generators:
            self.check_names(generator, None)
            for name in generator.names:
                if name in seen:
                    raise problem(
                        "index-twice",
                        f"the index {name} is bound twice in the head",
                        repair=f"give the second another name and add the condition `if {name}2 == {name}`",
                    )
                seen.add(name)

    def check_names(self, generator: Generator, place: Place | None) -> None:
        """Refuse a tuple pattern in which a label or a parameter stands."""
        if not isinstance(generator.pattern, tuple):
            return
        for name in generator.pattern:
            is_parameter = name in self.words.declared
            if not is_parameter and name not in self.words.labels:
                continue
            other = _fresh(name, frozenset(generator.names) | self.words.declared | self.words.labels)
            pattern = ", ".join(other if each == name else each for each in generator.pattern)
            wanted = name if is_parameter else spell_label(name)
            raise problem(
                "pattern-constant",
                f"`{name}` in `for ({', '.join(generator.pattern)}) in {generator.source}` "
                f"{'is declared' if is_parameter else 'is a label'}, and an index of that name would hide it",
                place=place,
                repair=f"write `for ({pattern}) in {generator.source} if {other} == {wanted}`",
            )

    def rewritten(self, node: Expression, bound: frozenset[str]) -> Expression:
        if not isinstance(node, Reduction | SetComprehension):
            return map_children(node, lambda child: self.rewritten(child, bound))
        generators: list[Generator] = []
        inner = bound
        for generator in node.generators:
            self.check_names(generator, node.place)
            generator = self.with_filter(generator, inner, node.place)
            condition = generator.condition
            source = self.rewritten(generator.source, inner)
            inner |= frozenset(generator.names)
            filtered = self.rewritten(condition, inner) if condition is not None else None
            generators.append(Generator(generator.pattern, source, filtered))
        if isinstance(node, Reduction):
            return Reduction(node.function, self.rewritten(node.body, inner), tuple(generators), place=node.place)
        return SetComprehension(self.rewritten(node.element, inner), tuple(generators), place=node.place)

    def with_filter(self, generator: Generator, bound: frozenset[str], place: Place | None) -> Generator:
        """The generator with fresh names for those that are bound, and equalities that say what was meant."""
        if not isinstance(generator.pattern, tuple) or not bound & set(generator.pattern):
            return generator
        taken = bound | frozenset(generator.pattern) | self.words.declared | self.words.labels
        pattern, equalities = list(generator.pattern), []
        for position, name in enumerate(generator.pattern):
            if name in bound:
                pattern[position] = _fresh(name, taken)
                taken |= {pattern[position]}
                equalities.append(Comparison((Name(pattern[position]), Name(name)), ("==",)))
        conditions = [*equalities, *([generator.condition] if generator.condition is not None else [])]
        joined = conditions[0] if len(conditions) == 1 else Connective("and", tuple(conditions))
        rewritten = Generator(tuple(pattern), generator.source, joined)
        message = f"`for ({', '.join(generator.pattern)})` with a bound index is read as a filter: `{joined}`"
        self.diagnostics.add("note", "pattern", message, element=self.title, place=place)
        return rewritten


def _fresh(name: str, taken: frozenset[str]) -> str:
    number = 2
    while f"{name}{number}" in taken:
        number += 1
    return f"{name}{number}"
