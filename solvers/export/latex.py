"""A formulation as mathematics: an `align*` environment for papers and notebooks.

Names, labels and units come from a model or a file: each is escaped, so none of them can be a command.
"""

from collections.abc import Iterator, Sequence

from steepest.solvers.export.notation import SUM, Enclosure, Notation, Writer, digits
from steepest.solvers.export.ranks import rank
from steepest.solvers.formulation import Constraint, Formulation, NamedExpression, Objective, Variable
from steepest.solvers.language.expressions import Head

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}
_FUNCTIONS = frozenset({"exp", "log", "sin", "cos", "min", "max"})
_BRACKETS: dict[Enclosure, tuple[str, str]] = {
    "group": (r"\left(", r"\right)"),
    "tuple": ("(", ")"),
    "set": (r"\{", r"\}"),
    "size": (r"\left|", r"\right|"),
}
_DOMAINS = {"integer": r"\mathbb{Z}", "binary": r"\{0, 1\}", "real": r"\mathbb{R}"}


def to_latex(formulation: Formulation) -> str:
    """Write the formulation as an `align*` environment: objectives, constraints, definitions, domains."""
    rows = [
        *(_objective(each) for each in formulation.objectives),
        *_led(r"\text{subject to}", [_constraint(each) for each in formulation.constraints]),
        *_led(r"\text{where}", [_definition(each) for each in formulation.lets]),
        *_led(r"\text{with}", [_domain(each) for each in formulation.variables]),
    ]
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def escaped(text: str) -> str:
    """A text in which no sign is a command of LaTeX; control signs are left out."""
    return "".join(_ESCAPES.get(sign, sign) for sign in text if sign.isprintable())


def _led(lead: str, rows: Sequence[str]) -> Iterator[str]:
    """Rows, the first of them behind a word that leads all."""
    for place, row in enumerate(rows):
        yield f"{lead if place == 0 else ''}\\quad & {row}"


def _objective(objective: Objective) -> str:
    note = f" && \\text{{({rank(objective)})}}" if rank(objective) else ""
    operator = r"\min" if objective.sense == "minimize" else r"\max"
    return f"{operator}\\quad & {_MATH.write(objective.expression)}{note}"


def _constraint(constraint: Constraint) -> str:
    return f"{_MATH.write(constraint.body)} && {_quantifier(constraint.index)}\\text{{({escaped(constraint.name)})}}"


def _definition(let: NamedExpression) -> str:
    defined = f"{_MATH.indexed(let.name, let.index)} = {_MATH.write(let.expression)}"
    return f"{defined} && {_quantifier(let.index)}{_unit(let.unit)}"


def _domain(variable: Variable) -> str:
    name = _MATH.indexed(variable.name, variable.index)
    lower = f"{_MATH.write(variable.lower, SUM)} \\le " if variable.lower is not None else ""
    upper = f" \\le {_MATH.write(variable.upper, SUM)}" if variable.upper is not None else ""
    domain = f" \\in {_DOMAINS[variable.domain]}" if variable.domain in ("integer", "binary") else ""
    if variable.domain == "semicontinuous":
        text = f"{name} = 0 \\lor {lower}{name}{upper}"
    elif not (lower or upper or domain):
        text = f"{name} \\in {_DOMAINS['real']}"
    else:
        text = f"{lower}{name}{upper}{domain}"
    return f"{text} && {_quantifier(variable.index)}{_unit(variable.unit)}"


def _quantifier(head: Head | None) -> str:
    return f"\\forall\\, {_MATH.over(head.generators)} \\quad " if head is not None else ""


def _unit(unit: str | None) -> str:
    return f"\\text{{[{escaped(unit)}]}}" if unit else ""


def _name(name: str) -> str:
    """A name: one letter, perhaps with digits behind it, as a symbol, a longer one as a word."""
    if not name.isascii():
        return f"\\textit{{{escaped(name)}}}"  # fonts of formulas have no accents, and LaTeX leaves the letter out
    if len(name) == 1:
        return escaped(name)
    if name[0].isalpha() and name[1:].isdecimal():
        return f"{{{name[0]}_{{{name[1:]}}}}}"
    return f"\\mathit{{{escaped(name)}}}"


def _number(value: float) -> str:
    mantissa, exponent = digits(value)
    return f"{mantissa} \\cdot 10^{{{exponent}}}" if exponent else mantissa


def _enclosed(inside: str, kind: Enclosure) -> str:
    opening, closing = _BRACKETS[kind]
    return f"{opening}{inside}{closing}"


def _operator(function: str) -> str:
    return f"\\{function}" if function in _FUNCTIONS else f"\\operatorname{{{escaped(function)}}}"


def _reducer(function: str) -> str:
    return f"\\{function}" if function in ("min", "max") else f"\\operatorname{{{escaped(function)}}}"


def _cases(then: str, test: str, otherwise: str) -> str:
    rows = f"{then} & \\text{{if }} {test} \\\\ {otherwise} & \\text{{otherwise}}"
    return f"\\begin{{cases}} {rows} \\end{{cases}}"


_SIGNS = {
    "<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne", "<": "<", ">": ">", "in": r"\in", "not in": r"\notin",
    "|": r"\cup", "&": r"\cap", "+": "+", "-": "-", "and": r"\land", "or": r"\lor", "implies": r"\implies", ":": ":",
}  # fmt: skip
_MATH = Writer(
    Notation(
        signs={name: f" {sign} " for name, sign in _SIGNS.items()} | {",": ", ", ";": r",\, "},
        prefixes={"-": "-", "not": r"\lnot "},
        dots=r"\dots",
        pi=r"\pi",
        number=_number,
        label=lambda text: f"\\text{{{escaped(text)}}}",
        name=_name,
        times=lambda _, right: r" \cdot " if right else r" \, ",
        below=lambda name, indices: f"{name}_{{{indices}}}",
        enclosed=_enclosed,
        fraction=lambda above, under: f"\\frac{{{above}}}{{{under}}}",
        power=lambda base, exponent: f"{{{base}}}^{{{exponent}}}",
        root=lambda inside: f"\\sqrt{{{inside}}}",
        norm=lambda inside: f"\\left\\|{inside}\\right\\|_2",
        function=lambda name, arguments: f"{_operator(name)}{arguments}",
        total=lambda under, body: f"\\sum_{{{under}}} {body}",
        reduction=lambda name, under, values: f"{_reducer(name)}_{{{under}}} {values}",
        cases=_cases,
    )
)
