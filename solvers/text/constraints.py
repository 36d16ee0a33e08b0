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
    is_identifier,
)
from steepest.solvers.language.parser import parse_body, parse_head
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
    """Add the constraint that a statement is.

    Raises:
        FormulationError: It is none.
    """
    statement = strip_end(statement)
    _refuse_bullet(statement)
    name, heads, begin = _label(statement, draft)
    element = f"constraint {name}" if name else "constraint"
    body_start, quantified = _quantified(statement, begin)
    generators: list[Generator] = []
    for offset, text in [*heads, *quantified]:
        start = statement.place_at(offset)
        generators += parse_head(text, start=start, element=element, diagnostics=draft.diagnostics).generators
    text = statement.code[body_start:]
    trimmed = text.strip()
    if not trimmed:
        raise problem("syntax", "the constraint is missing", place=statement.place_at(begin), element=element)
    start = statement.place_at(body_start + len(text) - len(text.lstrip()))
    body, trailing = parse_body(trimmed, start=start, element=element, diagnostics=draft.diagnostics)
    if trailing or quantified:
        draft.note("spelling", "the `for` is moved into the head of the constraint", element, start)
    if not name:
        name = names.fresh()
        draft.note("unnamed", f"a constraint without a name is named {name}", f"constraint {name}", statement.place)
    details = provenance(statement, with_unit=False).fields(statement)
    head = _one_condition([*generators, *trailing])
    draft.constraints.append(make(Constraint, statement, element, name=name, index=head, body=body, **details))


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
    bracket = find_first(label, "[{")
    if quantifier is not None:
        heads = [(quantifier.end(), label[quantifier.end() :])]
        label = label[: quantifier.start()]
    elif bracket >= 0 and closing_bracket(label, bracket) == len(label.rstrip()) - 1:
        heads = [(bracket + 1, label.rstrip()[bracket + 1 : -1])]
        label = label[:bracket]
    return _slug(label, statement, draft), heads, colon + 1


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
