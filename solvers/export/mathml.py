"""A formulation as mathematics for browsers: MathML, which they draw themselves.

Names carry `data-name` and numbers `data-value`, so that a page can say what stands under the mouse. Names, labels and
units come from a model or a file: each is escaped, so none of them can be markup.
"""

from dataclasses import dataclass
from html import escape

from steepest.solvers.export.notation import SUM, Enclosure, Notation, Writer, digits
from steepest.solvers.export.ranks import rank
from steepest.solvers.formulation import Constraint, Formulation, NamedExpression, Objective, Variable
from steepest.solvers.language.expressions import Expression, Head

__all__ = ["MathRow", "expression_mathml", "to_mathml"]

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
    return _math(_MATH.write(expression))


def _objective(objective: Objective) -> MathRow:
    operator = "min" if objective.sense == "minimize" else "max"
    body = f"<mo>{operator}</mo><mspace width='0.4em'/>{_MATH.write(objective.expression)}"
    if rank(objective):
        body += f"<mspace width='1.5em'/><mtext>({rank(objective)})</mtext>"
    return MathRow("objective", "", _math(body), unit=objective.unit or "")


def _constraint(constraint: Constraint) -> MathRow:
    body = _math(_MATH.write(constraint.body))
    return MathRow(f"constraint {constraint.name}", constraint.name, body, _quantifier(constraint.index))


def _definition(let: NamedExpression) -> MathRow:
    body = _math(f"{_MATH.indexed(let.name, let.index)}<mo>=</mo>{_MATH.write(let.expression)}")
    return MathRow(f"definition {let.name}", let.name, body, _quantifier(let.index), let.unit or "")


def _domain(variable: Variable) -> MathRow:
    body = _math(_range(variable))
    return MathRow(f"variable {variable.name}", variable.name, body, _quantifier(variable.index), variable.unit or "")


def _range(variable: Variable) -> str:
    name = _MATH.indexed(variable.name, variable.index)
    lower = f"{_MATH.write(variable.lower, SUM)}<mo>≤</mo>" if variable.lower is not None else ""
    upper = f"<mo>≤</mo>{_MATH.write(variable.upper, SUM)}" if variable.upper is not None else ""
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
    return _math(f"<mo>∀</mo>{_MATH.over(head.generators)}") if head is not None else ""


def _name(name: str) -> str:
    """A name: one letter, perhaps with digits behind it, as a symbol, a longer one as a word."""
    data = f'data-name="{_escaped(name)}"'
    if name[0].isalpha() and name[1:].isdecimal():
        return f"<msub {data}><mi>{_escaped(name[0])}</mi><mn>{name[1:]}</mn></msub>"
    return f"<mi {data}>{_escaped(name)}</mi>"


def _number(value: float) -> str:
    mantissa, exponent = (each.replace("-", "−") for each in digits(value))
    written = f'<mn data-value="{value!r}">{mantissa}</mn>'
    return f"{written}<mo>⋅</mo><msup><mn>10</mn><mn>{exponent}</mn></msup>" if exponent else written


def _times(left: bool, right: bool) -> str:
    return "<mo>⋅</mo>" if left or right else "<mo>\u2062</mo><mspace width='0.18em'/>"


def _enclosed(inside: str, kind: Enclosure) -> str:
    return _between(*_BRACKETS[kind], inside)


def _between(opening: str, closing: str, inside: str) -> str:
    return f"<mrow><mo>{opening}</mo>{inside}<mo>{closing}</mo></mrow>"


def _total(under: str, body: str) -> str:
    return f"<munder><mo movablelimits='false' largeop='true'>∑</mo><mrow>{under}</mrow></munder>{body}"


def _reduction(function: str, under: str, values: str) -> str:
    return f"<munder><mo movablelimits='false'>{_escaped(function)}</mo><mrow>{under}</mrow></munder>{values}"


def _cases(then: str, test: str, otherwise: str) -> str:
    rows = ((then, "if ", test), (otherwise, "otherwise", ""))
    cells = "".join(
        f"<mtr><mtd>{value}</mtd><mtd><mtext>{word}</mtext>{condition}</mtd></mtr>" for value, word, condition in rows
    )
    return f"<mrow><mo>{{</mo><mtable columnalign='left left'>{cells}</mtable></mrow>"


_SIGNS = {
    "<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "<": "&lt;", ">": "&gt;", "in": "∈", "not in": "∉", "|": "∪", "&": "∩",
    "+": "+", "-": "−", "and": "∧", "or": "∨", "implies": "⇒", ":": ":", ",": ",", ";": ",",
}  # fmt: skip
_BRACKETS: dict[Enclosure, tuple[str, str]] = {
    "group": ("(", ")"), "tuple": ("(", ")"), "set": ("{", "}"), "size": ("|", "|"),
}  # fmt: skip
_MATH = Writer(
    Notation(
        signs={name: f"<mo>{sign}</mo>" for name, sign in _SIGNS.items()},
        prefixes={"-": "<mo form='prefix'>−</mo>", "not": "<mo>¬</mo>"},
        dots="<mo>…</mo>",
        pi="<mi>π</mi>",
        number=_number,
        label=lambda text: f"<mtext>{_escaped(text)}</mtext>",
        name=_name,
        times=_times,
        below=lambda name, indices: f"<msub>{name}<mrow>{indices}</mrow></msub>",
        enclosed=_enclosed,
        fraction=lambda above, under: f"<mfrac><mrow>{above}</mrow><mrow>{under}</mrow></mfrac>",
        power=lambda base, exponent: f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>",
        root=lambda inside: f"<msqrt>{inside}</msqrt>",
        norm=lambda inside: f"<msub>{_between('‖', '‖', inside)}<mn>2</mn></msub>",
        function=lambda name, arguments: f"<mi>{_escaped(name)}</mi>{arguments}",
        total=_total,
        reduction=_reduction,
        cases=_cases,
    )
)
