"""The one canonical spelling of expressions; reading what is written here gives an equal tree."""

import json
import re
from collections.abc import Callable
from typing import TypeAlias

from steepest.solvers.language.expressions import (
    RESERVED_WORDS,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Generator,
    Head,
    Index,
    Label,
    LabelRef,
    Name,
    Negation,
    Not,
    Number,
    Pattern,
    Range,
    Reduction,
    SetComprehension,
    SetLiteral,
    Sum,
    TupleOf,
)

_IDENTIFIER = re.compile(r"[^\W\d]\w*\Z")

# Binding strength of each form; a weaker operand inside a stronger one is put in parentheses.
_CONDITIONAL, _OR, _AND, _NOT, _COMPARISON, _UNION, _INTERSECTION, _RANGE = range(8)
_SUM, _PRODUCT, _MINUS, _POWER, _ATOM = range(8, 13)
_STRENGTH = {"|": _UNION, "&": _INTERSECTION, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}

BareLabels: TypeAlias = Callable[[str], bool]
"""Whether a label may be written without quotes."""


def is_identifier(text: str) -> bool:
    """Whether a text can stand as a name in the language."""
    return _IDENTIFIER.match(text) is not None and text not in RESERVED_WORDS


def spell_label(label: Label, bare: BareLabels | None = None) -> str:
    """A label as it is written: numbers plain, words quoted unless `bare` allows them as they are."""
    if not isinstance(label, str):
        return spell_number(label)
    if bare is not None and is_identifier(label) and bare(label):
        return label
    return json.dumps(label, ensure_ascii=False)


def spell_number(value: float) -> str:
    """A number that reads back as the same number."""
    return repr(float(value)) if isinstance(value, int) and abs(value) >= 10**15 else repr(value)


def spell(node: Expression, bare: BareLabels | None = None) -> str:
    """The canonical text of an expression; labels are quoted unless `bare` says that they need not be."""
    return _Speller(bare).spell(node)


def spell_operand(node: Expression, bare: BareLabels | None = None) -> str:
    """As `spell`, in parentheses where it could not stand beside `<=`."""
    return _Speller(bare).spell(node, _UNION)


def spell_head(head: Head, bare: BareLabels | None = None) -> str:
    """The canonical text of a head, without its brackets."""
    return _Speller(bare).head(head)


class _Speller:
    """Writes a tree with as few parentheses as reading it back allows."""

    def __init__(self, bare: BareLabels | None) -> None:
        self.bare = bare

    def spell(self, node: Expression, outer: int = _CONDITIONAL) -> str:
        text, strength = self.form(node)
        return f"({text})" if strength < outer else text

    def form(self, node: Expression) -> tuple[str, int]:
        """The text of a node and how strongly its outermost operator binds."""
        match node:
            case Number(value):
                return spell_number(value), _ATOM if value >= 0 else _MINUS
            case LabelRef(value):
                return spell_label(value, self.bare), _ATOM
            case Name(name):
                return name, _ATOM
            case Index(name, indices):
                return f"{name}[{self.list(indices)}]", _ATOM
            case Negation(operand):
                return f"-{self.spell(operand, _MINUS)}", _MINUS
            case Sum(terms, signs):
                text = self.spell(terms[0], _SUM + 1)
                for sign, term in zip(signs[1:], terms[1:], strict=True):
                    text += f" {'+' if sign > 0 else '-'} {self.spell(term, _SUM + 1)}"
                return text, _SUM
            case Arithmetic():
                return self.arithmetic(node)
            case Call(function, arguments):
                return f"{function}({self.list(arguments)})", _ATOM
            case Reduction(function, body, generators):
                values = self.list(body.items) if isinstance(body, TupleOf) else self.spell(body)
                return f"{function}({values}{self.clauses(generators)})", _ATOM
            case TupleOf(items):
                return f"({self.list(items)}{',' if len(items) == 1 else ''})", _ATOM
            case _:
                return self.condition_or_set(node)

    def condition_or_set(self, node: Expression) -> tuple[str, int]:
        match node:
            case Comparison(operands, operators):
                text = self.spell(operands[0], _COMPARISON + 1)
                for operator, operand in zip(operators, operands[1:], strict=True):
                    text += f" {operator} {self.spell(operand, _COMPARISON + 1)}"
                return text, _COMPARISON
            case Not(operand):
                return f"not {self.spell(operand, _NOT)}", _NOT
            case Connective(operator, operands):
                strength = _AND if operator == "and" else _OR
                return f" {operator} ".join(self.spell(each, strength + 1) for each in operands), strength
            case Conditional(then, test, otherwise):
                return (
                    f"{self.spell(then, _OR)} if {self.spell(test, _OR)} else {self.spell(otherwise)}",
                    _CONDITIONAL,
                )
            case SetLiteral(elements, cyclic):
                return f"{'cyclic ' if cyclic else ''}{{{self.list(elements)}}}", _RANGE if cyclic else _ATOM
            case Range(first, last, cyclic):
                begin, end = self.spell(first, _SUM), self.spell(last, _SUM)
                if not cyclic:
                    return f"{begin}..{end}", _RANGE
                return f"cyclic {f'({begin})' if begin.startswith('-') else begin}..{end}", _RANGE
            case SetComprehension(element, generators):
                return f"{{{self.spell(element)}{self.clauses(generators)}}}", _ATOM
        raise TypeError(f"no spelling for {type(node).__name__}")

    def arithmetic(self, node: Arithmetic) -> tuple[str, int]:
        strength = _STRENGTH[node.operator]
        if node.operator == "**":  # binds to the right, and its exponent may carry a sign
            return f"{self.spell(node.left, _ATOM)}**{self.spell(node.right, _MINUS)}", strength
        left, right = self.spell(node.left, strength), self.spell(node.right, strength + 1)
        return f"{left} {node.operator} {right}", strength

    def list(self, items: tuple[Expression, ...]) -> str:
        return ", ".join(self.spell(item) for item in items)

    def clauses(self, generators: tuple[Generator, ...]) -> str:
        return "".join(f" for {self.generator(generator)}" for generator in generators)

    def generator(self, generator: Generator) -> str:
        # The source and the condition stop short of a bare conditional: its `if` would be taken for a filter.
        source = self.spell(generator.source, _UNION)
        text = f"{spell_pattern(generator.pattern)} in {source}" if generator.pattern is not None else source
        if generator.condition is not None:
            text += f" if {self.spell(generator.condition, _OR)}"
        return text

    def head(self, head: Head) -> str:
        return ", ".join(self.generator(generator) for generator in head.generators)


def spell_pattern(pattern: Pattern) -> str:
    """An index name, or a tuple of them in parentheses."""
    return pattern if isinstance(pattern, str) else f"({', '.join(pattern)})"
