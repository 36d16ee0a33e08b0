"""A formulation as mathematics: an `align*` environment for papers and notebooks.

Names, labels and units come from a model or a file: each is escaped, so none of them can be a command.
"""

from collections.abc import Iterator, Sequence

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
_COMPARISONS = {
    "<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne", "<": "<", ">": ">", "in": r"\in", "not in": r"\notin",
}  # fmt: skip
_SET_OPERATORS = {"|": r"\cup", "&": r"\cap"}
_FUNCTIONS = frozenset({"exp", "log", "sin", "cos", "min", "max"})
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
    details = [f"priority {objective.priority}"] if objective.priority is not None else []
    details += [f"weight {objective.weight:g}"] if objective.weight is not None else []
    note = f" && \\text{{({', '.join(details)})}}" if details else ""
    operator = r"\min" if objective.sense == "minimize" else r"\max"
    return f"{operator}\\quad & {_write(objective.expression)}{note}"


def _constraint(constraint: Constraint) -> str:
    return f"{_write(constraint.body)} && {_quantifier(constraint.index)}\\text{{({escaped(constraint.name)})}}"


def _definition(let: NamedExpression) -> str:
    return f"{_indexed(let.name, let.index)} = {_write(let.expression)} && {_quantifier(let.index)}{_unit(let.unit)}"


def _domain(variable: Variable) -> str:
    name = _indexed(variable.name, variable.index)
    lower = f"{_write(variable.lower, SUM)} \\le " if variable.lower is not None else ""
    upper = f" \\le {_write(variable.upper, SUM)}" if variable.upper is not None else ""
    domain = f" \\in {_DOMAINS[variable.domain]}" if variable.domain in ("integer", "binary") else ""
    if variable.domain == "semicontinuous":
        text = f"{name} = 0 \\lor {lower}{name}{upper}"
    elif not (lower or upper or domain):
        text = f"{name} \\in {_DOMAINS['real']}"
    else:
        text = f"{lower}{name}{upper}{domain}"
    return f"{text} && {_quantifier(variable.index)}{_unit(variable.unit)}"


def _indexed(name: str, head: Head | None) -> str:
    if head is None:
        return _name(name)
    names = [each for names in index_names(head.generators) for each in names]
    return f"{_name(name)}_{{{', '.join(_name(each) for each in names)}}}"


def _quantifier(head: Head | None) -> str:
    return f"\\forall\\, {_generators(head.generators)} \\quad " if head is not None else ""


def _unit(unit: str | None) -> str:
    return f"\\text{{[{escaped(unit)}]}}" if unit else ""


def _name(name: str) -> str:
    """A name: one letter, perhaps with digits behind it, as a symbol, a longer one as a word."""
    if len(name) == 1:
        return escaped(name)
    if name[0].isascii() and name[1:].isdecimal():
        return f"{{{name[0]}_{{{name[1:]}}}}}"
    return f"\\mathit{{{escaped(name)}}}"


def _write(node: Expression, outer: int = CONDITION) -> str:
    text, strength = _form(node)
    return f"\\left({text}\\right)" if strength < outer else text


def _form(node: Expression) -> tuple[str, int]:
    match node:
        case Number(value):
            return _number(value), ATOM if value >= 0 else SUM
        case LabelRef(value):
            return f"\\text{{{escaped(value)}}}", ATOM
        case Name(name):
            return r"\pi" if name == "pi" else _name(name), ATOM
        case Index(name, indices):
            return f"{_name(name)}_{{{_listed(indices)}}}", ATOM
        case Negation(operand):
            return f"-{_write(operand, PRODUCT)}", SUM
        case Sum(terms, signs):
            text = _write(terms[0], SUM)
            for sign, term in zip(signs[1:], terms[1:], strict=True):
                text += f" {'+' if sign > 0 else '-'} {_write(term, PRODUCT)}"
            return text, SUM
        case Arithmetic():
            return _arithmetic(node)
        case Call(function, arguments):
            return _call(function, arguments)
        case Reduction(function, body, generators):
            return _reduction(function, body, generators)
        case TupleOf(items):
            return f"({_listed(items)})", ATOM
    return _condition_or_set(node)


def _number(value: float) -> str:
    mantissa, _, exponent = f"{value:.15g}".partition("e")
    return f"{mantissa} \\cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _arithmetic(node: Arithmetic) -> tuple[str, int]:
    operator, left, right = node.operator, node.left, node.right
    if operator == "/":
        return f"\\frac{{{_write(left)}}}{{{_write(right)}}}", PRODUCT
    if operator == "**":
        return f"{{{_write(left, ATOM)}}}^{{{_write(right)}}}", PRODUCT
    if operator == "*":
        dot = r" \cdot " if isinstance(right, Number) else r" \, "
        return f"{_write(left, PRODUCT)}{dot}{_write(right, PRODUCT)}", PRODUCT
    return f"{_write(left, UNION)} {_SET_OPERATORS[operator]} {_write(right, SUM)}", UNION


def _call(function: str, arguments: Sequence[Expression]) -> tuple[str, int]:
    if len(arguments) == 1:
        argument = _write(arguments[0])
        single = {
            "sqrt": f"\\sqrt{{{argument}}}",
            "abs": f"\\left|{argument}\\right|",
            "len": f"\\left|{argument}\\right|",
        }
        if function in single:
            return single[function], ATOM
    if function == "implies" and len(arguments) == 2:
        return f"{_write(arguments[0], NOT)} \\implies {_write(arguments[1], NOT)}", CONDITION
    if function == "norm2":
        return f"\\left\\|{_listed(arguments)}\\right\\|_2", ATOM
    name = f"\\{function}" if function in _FUNCTIONS else f"\\operatorname{{{escaped(function)}}}"
    return f"{name}\\left({_listed(arguments)}\\right)", ATOM


def _reduction(function: str, body: Expression, generators: Sequence[Generator]) -> tuple[str, int]:
    under = _generators(generators)
    if function == "sum":
        return f"\\sum_{{{under}}} {_write(body, PRODUCT)}", PRODUCT
    name = f"\\{function}" if function in ("min", "max") else f"\\operatorname{{{escaped(function)}}}"
    values = _listed(body.items) if isinstance(body, TupleOf) else _write(body)
    return f"{name}_{{{under}}} \\left({values}\\right)", ATOM


def _condition_or_set(node: Expression) -> tuple[str, int]:
    match node:
        case Comparison(operands, operators):
            text = _write(operands[0], UNION)
            for operator, operand in zip(operators, operands[1:], strict=True):
                text += f" {_COMPARISONS[operator]} {_write(operand, UNION)}"
            return text, COMPARISON
        case Not(operand):
            return f"\\lnot {_write(operand, ATOM)}", NOT
        case Connective(operator, operands):
            sign = r" \land " if operator == "and" else r" \lor "
            return sign.join(_write(each, NOT) for each in operands), CONDITION
        case Conditional(then, test, otherwise):
            rows = f"{_write(then)} & \\text{{if }} {_write(test)} \\\\ {_write(otherwise)} & \\text{{otherwise}}"
            return f"\\begin{{cases}} {rows} \\end{{cases}}", ATOM
        case SetLiteral(elements):
            return f"\\{{{_listed(elements)}\\}}", ATOM
        case Range(first, last):
            return f"\\{{{_write(first, SUM)}, \\dots, {_write(last, SUM)}\\}}", ATOM
        case SetComprehension(element, generators):
            return f"\\{{{_write(element)} : {_generators(generators)}\\}}", ATOM
    raise TypeError(f"no mathematics for {type(node).__name__}")


def _generators(generators: Sequence[Generator]) -> str:
    parts = []
    for generator, indices in zip(generators, index_names(generators), strict=True):
        names = [_name(name) for name in indices]
        pattern = f"({', '.join(names)})" if isinstance(generator.pattern, tuple) else names[0]
        condition = f" : {_write(generator.condition)}" if generator.condition is not None else ""
        parts.append(f"{pattern} \\in {_write(generator.source, UNION)}{condition}")
    return ",\\, ".join(parts)


def _listed(items: Sequence[Expression]) -> str:
    return ", ".join(_write(item) for item in items)
