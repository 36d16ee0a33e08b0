"""A formulation as mathematics for browsers: MathML, which they draw themselves.

Names carry `data-name` and numbers `data-value`, so that a page can say what stands under the mouse. Names, labels and
units come from a model or a file: each is escaped, so none of them can be markup.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from steepest.solvers.export.notation import ATOM, COMPARISON, CONDITION, NOT, PRODUCT, SUM, UNION, index_names
from steepest.solvers.formulation import Constraint, Formulation, NamedExpression, Objective, Variable
from steepest.solvers.language.expressions import (
    Arithmetic,
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

__all__ = ["MathRow", "expression_mathml", "to_mathml"]

_COMPARISONS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "<": "<", ">": ">", "in": "∈", "not in": "∉"}
_SET_OPERATORS = {"|": "∪", "&": "∩"}
_SETS = {"integer": "ℤ", "real": "ℝ"}


@dataclass(frozen=True)
class MathRow:
    """A line of the formulation."""

    element: str
    """Such as `constraint flour_stock`."""
    name: str
    """Empty for an objective."""
    body: str
    """A `math` element."""
    indices: str = ""
    """A `math` element that says for which indices it holds; nothing where there are none."""
    unit: str = ""


def to_mathml(formulation: Formulation) -> list[MathRow]:
    """Write objectives, constraints, definitions and domains, a row for each."""
    return [
        *(_objective(each) for each in formulation.objectives),
        *(_constraint(each) for each in formulation.constraints),
        *(_definition(each) for each in formulation.lets),
        *(_domain(each) for each in formulation.variables),
    ]


def _escaped(text: str) -> str:
    """A text in which no sign is markup; control signs are left out."""
    return escape("".join(sign for sign in text if sign.isprintable()))


def expression_mathml(expression: Expression) -> str:
    """Write one expression as a `math` element."""
    return _math(_write(expression))


def _objective(objective: Objective) -> MathRow:
    operator = "min" if objective.sense == "minimize" else "max"
    body = f"<mo>{operator}</mo><mspace width='0.4em'/>{_write(objective.expression)}"
    return MathRow("objective", "", _math(body), unit=objective.unit or "")


def _constraint(constraint: Constraint) -> MathRow:
    body = _math(_write(constraint.body))
    return MathRow(f"constraint {constraint.name}", constraint.name, body, _quantifier(constraint.index))


def _definition(let: NamedExpression) -> MathRow:
    body = _math(f"{_indexed(let.name, let.index)}<mo>=</mo>{_write(let.expression)}")
    return MathRow(f"definition {let.name}", let.name, body, _quantifier(let.index), let.unit or "")


def _domain(variable: Variable) -> MathRow:
    body = _math(_range(variable))
    return MathRow(f"variable {variable.name}", variable.name, body, _quantifier(variable.index), variable.unit or "")


def _range(variable: Variable) -> str:
    name = _indexed(variable.name, variable.index)
    lower = f"{_write(variable.lower, SUM)}<mo>≤</mo>" if variable.lower is not None else ""
    upper = f"<mo>≤</mo>{_write(variable.upper, SUM)}" if variable.upper is not None else ""
    if variable.domain == "semicontinuous":
        return f"{name}<mo>=</mo><mn>0</mn><mo>∨</mo>{lower}{name}{upper}"
    if variable.domain == "binary":
        return f"{lower}{name}{upper}<mo>∈</mo><mo>{{</mo><mn>0</mn><mo>,</mo><mn>1</mn><mo>}}</mo>"
    if variable.domain == "integer" or not (lower or upper):
        return f"{lower}{name}{upper}<mo>∈</mo><mi>{_SETS.get(variable.domain, 'ℝ')}</mi>"
    return f"{lower}{name}{upper}"


def _math(body: str) -> str:
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow>{body}</mrow></math>'


def _quantifier(head: Head | None) -> str:
    return _math(f"<mo>∀</mo>{_generators(head.generators)}") if head is not None else ""


def _indexed(name: str, head: Head | None) -> str:
    if head is None:
        return _name(name)
    names = [each for names in index_names(head.generators) for each in names]
    return _sub(_name(name), _commas([_name(each) for each in names]))


def _name(name: str) -> str:
    """A name: one letter, perhaps with digits behind it, as a symbol, a longer one as a word."""
    data = f'data-name="{_escaped(name)}"'
    if len(name) > 1 and name[0].isascii() and name[1:].isdecimal():
        return f"<msub {data}><mi>{_escaped(name[0])}</mi><mn>{name[1:]}</mn></msub>"
    return f"<mi {data}>{_escaped(name)}</mi>"


def _sub(base: str, below: str) -> str:
    return f"<msub>{base}<mrow>{below}</mrow></msub>"


def _parenthesized(body: str, opening: str = "(", closing: str = ")") -> str:
    return f"<mrow><mo>{opening}</mo>{body}<mo>{closing}</mo></mrow>"


def _commas(parts: Sequence[str]) -> str:
    return "<mo>,</mo>".join(parts)


def _write(node: Expression, outer: int = CONDITION) -> str:
    text, strength = _form(node)
    return _parenthesized(text) if strength < outer else text


def _form(node: Expression) -> tuple[str, int]:
    match node:
        case Number(value):
            return _number(value), ATOM if value >= 0 else SUM
        case LabelRef(value):
            return f"<mtext>{_escaped(str(value))}</mtext>", ATOM
        case Name(name):
            return "<mi>π</mi>" if name == "pi" else _name(name), ATOM
        case Index(name, indices):
            return _sub(_name(name), _listed(indices)), ATOM
        case Negation(operand):
            return f"<mo form='prefix'>−</mo>{_write(operand, PRODUCT)}", SUM
        case Sum(terms, signs):
            return "".join(_terms(terms, signs)), SUM
        case Arithmetic():
            return _arithmetic(node)
        case Call(function, arguments):
            return _call(function, arguments)
        case Reduction(function, body, generators):
            return _reduction(function, body, generators)
        case TupleOf(items):
            return _parenthesized(_listed(items)), ATOM
    return _condition_or_set(node)


def _terms(terms: Sequence[Expression], signs: Sequence[int]) -> Iterator[str]:
    yield _write(terms[0], SUM)
    for sign, term in zip(signs[1:], terms[1:], strict=True):
        yield f"<mo>{'+' if sign > 0 else '−'}</mo>{_write(term, PRODUCT)}"


def _number(value: float) -> str:
    mantissa, _, exponent = f"{value:.15g}".partition("e")
    written = f'<mn data-value="{value!r}">{mantissa.replace("-", "−")}</mn>'
    if not exponent:
        return written
    return f"{written}<mo>⋅</mo><msup><mn>10</mn><mn>{int(exponent)}</mn></msup>"


def _arithmetic(node: Arithmetic) -> tuple[str, int]:
    operator, left, right = node.operator, node.left, node.right
    if operator == "/":
        return f"<mfrac><mrow>{_write(left)}</mrow><mrow>{_write(right)}</mrow></mfrac>", PRODUCT
    if operator == "**":
        return f"<msup><mrow>{_write(left, ATOM)}</mrow><mrow>{_write(right)}</mrow></msup>", PRODUCT
    if operator == "*":
        sign = "⋅" if isinstance(right, Number) or isinstance(left, Number) else "\u2062"
        space = "" if sign == "⋅" else "<mspace width='0.18em'/>"
        return f"{_write(left, PRODUCT)}<mo>{sign}</mo>{space}{_write(right, PRODUCT)}", PRODUCT
    return f"{_write(left, UNION)}<mo>{_SET_OPERATORS[operator]}</mo>{_write(right, SUM)}", UNION


def _call(function: str, arguments: Sequence[Expression]) -> tuple[str, int]:
    listed = _listed(arguments)
    if function == "sqrt" and len(arguments) == 1:
        return f"<msqrt>{listed}</msqrt>", ATOM
    if function in ("abs", "len") and len(arguments) == 1:
        return _parenthesized(listed, "|", "|"), ATOM
    if function == "implies" and len(arguments) == 2:
        return f"{_write(arguments[0], NOT)}<mo>⇒</mo>{_write(arguments[1], NOT)}", CONDITION
    if function == "norm2":
        return f"<msub>{_parenthesized(listed, '‖', '‖')}<mn>2</mn></msub>", ATOM
    return f"<mi>{_escaped(function)}</mi>{_parenthesized(listed)}", ATOM


def _reduction(function: str, body: Expression, generators: Sequence[Generator]) -> tuple[str, int]:
    under = f"<mrow>{_generators(generators)}</mrow>"
    if function == "sum":
        total = f"<munder><mo movablelimits='false' largeop='true'>∑</mo>{under}</munder>"
        return f"{total}{_write(body, PRODUCT)}", PRODUCT
    values = _listed(body.items) if isinstance(body, TupleOf) else _write(body)
    return f"<munder><mo movablelimits='false'>{_escaped(function)}</mo>{under}</munder>{_parenthesized(values)}", ATOM


def _condition_or_set(node: Expression) -> tuple[str, int]:
    match node:
        case Comparison(operands, operators):
            rest = zip(operators, operands[1:], strict=True)
            text = "".join(f"<mo>{_escaped(_COMPARISONS[each])}</mo>{_write(operand, UNION)}" for each, operand in rest)
            return f"{_write(operands[0], UNION)}{text}", COMPARISON
        case Not(operand):
            return f"<mo>¬</mo>{_write(operand, ATOM)}", NOT
        case Connective(operator, operands):
            sign = "∧" if operator == "and" else "∨"
            return f"<mo>{sign}</mo>".join(_write(each, NOT) for each in operands), CONDITION
        case Conditional(then, test, otherwise):
            return _cases((_write(then), "if ", _write(test)), (_write(otherwise), "otherwise", "")), ATOM
        case SetLiteral(elements):
            return _braced(_listed(elements)), ATOM
        case Range(first, last):
            return _braced(_commas([_write(first, SUM), "<mo>…</mo>", _write(last, SUM)])), ATOM
        case SetComprehension(element, generators):
            return _braced(f"{_write(element)}<mo>:</mo>{_generators(generators)}"), ATOM
    raise TypeError(f"no mathematics for {type(node).__name__}")


def _cases(*rows: tuple[str, str, str]) -> str:
    cells = "".join(
        f"<mtr><mtd>{value}</mtd><mtd><mtext>{word}</mtext>{test}</mtd></mtr>" for value, word, test in rows
    )
    return f"<mrow><mo>{{</mo><mtable columnalign='left left'>{cells}</mtable></mrow>"


def _braced(body: str) -> str:
    return _parenthesized(body, "{", "}")


def _generators(generators: Sequence[Generator]) -> str:
    parts = []
    for generator, names in zip(generators, index_names(generators), strict=True):
        written = [_name(name) for name in names]
        pattern = _parenthesized(_commas(written)) if isinstance(generator.pattern, tuple) else written[0]
        condition = f"<mo>:</mo>{_write(generator.condition)}" if generator.condition is not None else ""
        parts.append(f"{pattern}<mo>∈</mo>{_write(generator.source, UNION)}{condition}")
    return _commas(parts)


def _listed(items: Sequence[Expression]) -> str:
    return _commas([_write(item) for item in items])
