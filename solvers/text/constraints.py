"""Reads the statements of `let:`, of the objectives and of `constraints:`."""

import re
from dataclasses import dataclass, field

from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Constraint, NamedExpression, Objective
from steepest.solvers.language.expressions import (
    Comparison,
    Connective,
    Expression,
    Generator,
    Head,
    LabelRef,
    Name,
    Number,
)
from steepest.solvers.language.parser import parse_body, parse_head
from steepest.solvers.language.spelling import is_identifier
from steepest.solvers.text.draft import Draft, expression_at, head_at, make, provenance
from steepest.solvers.text.lines import closing_bracket, find_outside, split_outside
from steepest.solvers.text.sections import Section
from steepest.solvers.text.single_cells import label_in_head
from steepest.solvers.text.statements import Statement, declaration, strip_end, whole

_ASSIGNMENT = re.compile(r"\s{0,80}(?::=|==|=|:)\s{0,80}")
_FORALL = re.compile(r"\s{0,80}(?:for\s{0,3}all|for\s{1,3}each|for\s{1,3}every|for|∀)(?=\W|\Z)\s{0,80}", re.IGNORECASE)
_FORALL_INSIDE = re.compile(
    r"[\s,]{1,9}(?:for\s{0,3}all|for\s{1,3}each|for\s{1,3}every|for)\s{1,9}|\s{0,9}∀", re.IGNORECASE
)
_GENERATOR = re.compile(r"\(?[^\W\d][\w, ]{0,80}\)? ?(?:\bin\b|∈)")
_IN = re.compile(r"\([^()]{1,200}(?:\bin\b|∈)")
_OPERAND = re.compile(r"[^\W\d]\w*(?: ?\[[^\[\]]{1,200}\])?\Z")
_LEXICOGRAPHIC = re.compile(r"lex(?:icographic)?\s{0,3}\(")


def read_let(statement: Statement, draft: Draft) -> None:
    """Add the named expression that a statement declares.

    Raises:
        FormulationError: It declares none.
    """
    statement = strip_end(statement)
    declared = declaration(statement)
    assignment = _ASSIGNMENT.match(declared.rest[1]) if declared is not None else None
    if declared is None or assignment is None:
        raise problem(
            "syntax",
            f"`{statement.code[:60]}` names no expression",
            place=statement.place,
            repair="write `name = expression` or `name[i in Set] = expression`",
        )
    element = f"let {declared.name}"
    head = head_at(statement, declared, element, draft)
    if head is not None and any(isinstance(each.source, LabelRef | Number) for each in head.generators):
        raise label_in_head(statement, declared.name, element)
    begin = declared.rest[0] + assignment.end()
    details = provenance(statement)
    expression = expression_at(statement, begin, statement.code[begin:], element, draft)
    draft.lets.append(
        make(
            NamedExpression,
            statement,
            element,
            name=declared.name,
            index=head,
            expression=expression,
            unit=details.unit,
            **details.fields(statement),
        )
    )


def read_objective(section: Section, draft: Draft) -> None:
    """Add the objectives of a section `minimize:` or `maximize:`.

    Raises:
        FormulationError: It holds no expression.
    """
    statement = strip_end(whole(section))
    element = "objective"
    if not statement.code:
        raise problem(
            "syntax",
            f"`{section.heading or section.kind}:` has no expression",
            place=section.place,
            element=element,
            repair=f"write `{section.kind}: sum(cost[i] * x[i] for i in Item)`",
        )
    ranked = _LEXICOGRAPHIC.match(statement.code)
    if ranked is not None and closing_bracket(statement.code, ranked.end() - 1) == len(statement.code) - 1:
        _read_ranked(section, statement, ranked.end(), draft)
        return
    expression = expression_at(statement, 0, statement.code, element, draft)
    expression = _without_name(expression, statement, draft)
    _add_objective(section, statement, expression, section.priority, draft)


def _read_ranked(section: Section, statement: Statement, begin: int, draft: Draft) -> None:
    """`lexicographic(a, b)` as two objectives of ranks 1 and 2."""
    for rank, (at, piece) in enumerate(split_outside(statement.code[begin:-1]), start=1):
        expression = expression_at(statement, begin + at, piece, "objective", draft)
        _add_objective(section, statement, expression, rank, draft)
    note = f"`lexicographic(...)` is read as `{section.kind}[1]:`, `{section.kind}[2]:` and so on"
    draft.note("spelling", note, "objective", statement.place)


def _add_objective(
    section: Section, statement: Statement, expression: Expression, priority: int | None, draft: Draft
) -> None:
    details = provenance(statement)
    draft.objectives.append(
        make(
            Objective,
            statement,
            "objective",
            sense=section.kind,
            expression=expression,
            priority=priority,
            weight=section.weight,
            unit=details.unit,
            **details.fields(statement),
        )
    )


def _without_name(expression: Expression, statement: Statement, draft: Draft) -> Expression:
    """The right side of `profit = ...`, where nothing else has that name."""
    match expression:
        case Comparison((Name(name), right), ("==",)) if name not in draft.declared:
            draft.note("spelling", f"the name {name} of the objective is not read", "objective", statement.place)
            return right
    return expression


@dataclass(slots=True)
class ConstraintNames:
    """The names that constraints have, for those that come without one."""

    taken: set[str] = field(default_factory=set)
    count: int = 0

    def fresh(self) -> str:
        """`c1`, `c2` and so on, whichever is free."""
        while True:
            self.count += 1
            name = f"c{self.count}"
            if name not in self.taken:
                self.taken.add(name)
                return name


def constraint_label(statement: Statement) -> str:
    """The name that a constraint's statement begins with, or nothing."""
    colon = find_outside(statement.code, ":")
    declared = declaration(statement) if colon >= 0 else None
    return declared.name if declared is not None and declared.rest[1].lstrip().startswith(":") else ""


def read_constraint(statement: Statement, names: ConstraintNames, draft: Draft) -> None:
    """Add the constraint that a statement is; `x, y >= 0` is one for each.

    Raises:
        FormulationError: It is none.
    """
    statement = strip_end(statement)
    _refuse_bullet(statement)
    name, heads, begin = _label(statement, draft)
    element = f"constraint {name}" if name else "constraint"
    begin, quantified = _quantified(statement, begin)
    generators: list[Generator] = []
    for offset, text in [*heads, *quantified]:
        start = statement.place_at(offset)
        generators += parse_head(text, start=start, element=element, diagnostics=draft.diagnostics).generators
    if quantified:
        draft.note("spelling", "the `for` is moved into the head of the constraint", element, statement.place)
    _refuse_second_colon(statement, begin, element)
    bodies = _bodies(statement, begin, element, draft)
    for number, (at, text) in enumerate(bodies, start=1):
        own_name = f"{name}_{number}" if name and len(bodies) > 1 else name
        _add_constraint(statement, own_name or names.fresh(), (at, text), generators, bool(name), draft)


def _add_constraint(
    statement: Statement,
    name: str,
    body_text: tuple[int, str],
    generators: list[Generator],
    is_named: bool,
    draft: Draft,
) -> None:
    element = f"constraint {name}"
    start = statement.place_at(body_text[0])
    body, trailing = parse_body(body_text[1], start=start, element=element, diagnostics=draft.diagnostics)
    if trailing:
        draft.note("spelling", "the `for` is moved into the head of the constraint", element, start)
    if not is_named:
        draft.note("unnamed", f"a constraint without a name is named {name}", element, statement.place)
    details = provenance(statement, with_unit=False).fields(statement)
    head = _one_condition([*generators, *trailing])
    draft.constraints.append(make(Constraint, statement, element, name=name, index=head, body=body, **details))


def _bodies(statement: Statement, begin: int, element: str, draft: Draft) -> list[tuple[int, str]]:
    """The text of the constraint with where it begins; of `x, y >= 0`, that of `x >= 0` and of `y >= 0`."""
    text = statement.code[begin:]
    if not text.strip():
        raise problem("syntax", "the constraint is missing", place=statement.place_at(begin), element=element)
    pieces = [(at + len(piece) - len(piece.lstrip()), piece.strip()) for at, piece in split_outside(text)]
    last = pieces[-1][1]
    operator = find_outside(last, "<>=≤≥")
    if operator > 0 and len(pieces) > 1 and all(_OPERAND.match(piece) for _, piece in pieces[:-1]):
        draft.note("spelling", "what stands before each comma is a constraint of its own", element, statement.place)
        return [(begin + at, f"{piece} {last[operator:]}") for at, piece in pieces[:-1]] + [
            (begin + pieces[-1][0], last)
        ]
    return [(begin + pieces[0][0], text.strip())]


def _refuse_second_colon(statement: Statement, begin: int, element: str) -> None:
    colon = find_outside(statement.code, ":", begin)
    if colon >= 0:
        raise problem(
            "syntax",
            "a second colon in one constraint",
            place=statement.place_at(colon),
            element=element,
            repair="each constraint begins on a line of its own, `name: left <= right`; a filter follows `if`",
        )


def _refuse_bullet(statement: Statement) -> None:
    if statement.code.startswith(("- ", "− ", "* ", "• ")):
        rest = statement.code[2:].strip()
        raise problem(
            "ambiguous-minus",
            f"the `{statement.code[0]}` in front may be a bullet or a sign",
            place=statement.place,
            repair=f"write `name: {rest[:60]}`" + (f" or `name: -{rest[:60]}`" if statement.code[0] in "-−" else ""),
        )


def _label(statement: Statement, draft: Draft) -> tuple[str, list[tuple[int, str]], int]:
    """The constraint's name or nothing, the texts of its heads, and where its body begins."""
    colon = find_outside(statement.code, ":")
    if colon < 0:
        return "", [], 0
    label = statement.code[:colon]
    declared = declaration(statement)
    if declared is not None and declared.rest[0] + len(declared.rest[1]) - len(declared.rest[1].lstrip()) == colon:
        return declared.name, [declared.head] if declared.head is not None else [], colon + 1
    if _FORALL.match(label):
        return "", [], 0
    heads: list[tuple[int, str]] = []
    quantifier = _FORALL_INSIDE.search(label[:2000])
    bracket = find_first(label, "[{" if _IN.search(label) is None else "[{(")
    if quantifier is not None:
        heads = [(quantifier.end(), label[quantifier.end() :])]
        label = label[: quantifier.start()]
    elif bracket >= 0 and closing_bracket(label, bracket) == len(label.rstrip()) - 1:
        heads = [(bracket + 1, label.rstrip()[bracket + 1 : -1])]
        label = label[:bracket]
    name = _slug(label, statement, draft)
    if heads:
        note = f"`{statement.code[:colon].strip()[:60]}` is read as `{name}[{heads[0][1].strip()[:60]}]`"
        draft.note("spelling", note, f"constraint {name}", statement.place)
    return name, heads, colon + 1


def find_first(text: str, signs: str) -> int:
    """Where the first of some signs stands, or -1."""
    return min((at for at in map(text.find, signs) if at >= 0), default=-1)


def _slug(label: str, statement: Statement, draft: Draft) -> str:
    """A label of several words as a name."""
    name = re.sub(r"\W+", "_", label[:80]).strip("_").lower()
    if name[:1].isdigit():
        name = f"c_{name}"
    if any(sign in label for sign in "<>=+*/") or not is_identifier(name):
        raise problem(
            "syntax",
            f"`{label.strip()[:60]}` is no name for a constraint",
            place=statement.place,
            repair="write `name: left <= right`, or `name[i in Set]: left <= right`",
        )
    if name != label.strip():
        draft.note("spelling", f"`{label.strip()}` is named {name}", f"constraint {name}", statement.place)
    return name


def _quantified(statement: Statement, begin: int) -> tuple[int, list[tuple[int, str]]]:
    """Where the body begins behind `forall i in S:`, and the text of that head."""
    text = statement.code[begin:]
    match = _FORALL.match(text)
    if match is None or _GENERATOR.match(text, match.end()) is None:
        return begin, []
    colon = find_outside(text, ":", match.end())
    if colon < 0:
        raise problem(
            "syntax",
            "a colon is missing between the `for` and the constraint",
            place=statement.place_at(begin),
            repair="write `name[i in Set]: left <= right`",
        )
    return begin + colon + 1, [(begin + match.end(), text[match.end() : colon])]


def _one_condition(generators: list[Generator]) -> Head | None:
    """The head of all generators; their conditions become the one of the last."""
    if not generators:
        return None
    conditions = [each.condition for each in generators if each.condition is not None]
    if not conditions:
        return Head(tuple(generators))
    joined = conditions[0] if len(conditions) == 1 else Connective("and", tuple(conditions))
    plain = [Generator(each.pattern, each.source) for each in generators]
    return Head((*plain[:-1], Generator(plain[-1].pattern, plain[-1].source, joined)))
