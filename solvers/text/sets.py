"""Reads the statements of `sets:`."""

import re
from itertools import pairwise

from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Family, Set
from steepest.solvers.language.expressions import Expression, LabelRef, Name, Number, Range, SetLiteral, TupleOf
from steepest.solvers.language.spelling import is_identifier
from steepest.solvers.text.cells import CellError, read_label
from steepest.solvers.text.draft import Draft, expression_at, head_at, make, provenance, table_source
from steepest.solvers.text.lines import closing_bracket, find_outside, masked, split_outside
from steepest.solvers.text.statements import Declaration, Statement, declaration

_ASSIGNMENT = re.compile(r"\s{0,80}(?::=|==|=|:|∈|in\b|is\b)\s{0,80}")
_SEQUENCE = re.compile(
    r"[{\[]\s{0,9}(?P<first>-?\d{1,9})\s{0,9},(?:\s{0,9}(?P<second>-?\d{1,9})\s{0,9},)?(?:\s{0,9}(?P<third>-?\d{1,9})\s{0,9},)?"
    r"\s{0,9}(?:\.\.\.?|…)\s{0,9},\s{0,9}(?P<last>-?\d{1,9})\s{0,9}[}\]]\Z",
    re.ASCII,
)
_SPAN = re.compile(r"(?P<first>-?\d{1,9}) ?(?:to|through|\.\.\.|…|–) ?(?P<last>-?\d{1,9})\Z", re.ASCII)
_PYTHON_RANGE = re.compile(r"range\( ?(?:(?P<first>-?\d{1,9}) ?, ?)?(?P<stop>-?\d{1,9}) ?\)\Z", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,15}\Z", re.ASCII)
_PLAIN_LABEL = re.compile(r"[^\W_][\w.'’&]*(?:[ -][\w.'’&]+)*\Z")
_WORDS_OF_EXPRESSIONS = frozenset({"for", "in", "if", "else", "and", "or", "not", "cyclic"})


def read_set(statement: Statement, draft: Draft) -> None:
    """Add the set that a statement declares.

    Raises:
        FormulationError: It declares none.
    """
    declared = declaration(statement)
    if declared is None:
        raise problem(
            "syntax",
            f"`{statement.code[:60]}` declares no set",
            place=statement.place,
            repair="write `Name = {label, label}`",
        )
    element = f"set {declared.name}"
    details = provenance(statement, with_unit=False).fields(statement)
    index = head_at(statement, declared, element, draft)
    source = table_source(declared.rest[1])
    if source is not None:
        made = make(Set, statement, element, name=declared.name, index=index, table=source[0], **details)
        draft.sets.append(made)
        return
    begin = _assigned(statement, declared, element, draft)
    text = statement.code[begin:].rstrip()
    families = _families(statement, begin, text, element, draft)
    if families is not None:
        made = make(Set, statement, element, name=declared.name, index=index, families=families, **details)
    else:
        members = _members(statement, begin, text, element, draft)
        made = make(Set, statement, element, name=declared.name, index=index, members=members, **details)
    draft.sets.append(made)


def _assigned(statement: Statement, declared: Declaration, element: str, draft: Draft) -> int:
    """Where the members begin, behind `=` or what others write in its place."""
    offset, rest = declared.rest
    match = _ASSIGNMENT.match(rest)
    if match is None or not rest[match.end() :].strip():
        raise problem(
            "syntax",
            f"the members of {declared.name} are missing",
            place=statement.place_at(offset),
            element=element,
            repair=f'write `{declared.name} = {{label, label}}` or `{declared.name} from "file.csv" (column)`',
        )
    sign = match.group().strip()
    if sign != "=":
        draft.note("spelling", f"`{sign}` is read as `=`", element, statement.place_at(offset))
    return offset + match.end()


def _families(statement: Statement, begin: int, text: str, element: str, draft: Draft) -> list[Family] | None:
    """The families of `{1: {a, b}, 2: {b}}`, or none if the text has no keys."""
    if not text.startswith("{") or closing_bracket(text, 0) != len(text) - 1:
        return None
    inside = text[1:-1]
    pieces = [(at, piece) for at, piece in split_outside(inside) if piece.strip()]
    colons = [find_outside(piece, ":") for _, piece in pieces]
    if not pieces or colons[0] < 0 or _is_filter(pieces[0][1][: colons[0]]):
        return None
    found: list[Family] = []
    for (at, piece), colon in zip(pieces, colons, strict=True):
        offset = begin + 1 + at
        if colon < 0:
            ellipsis = piece.strip() in ("...", "…")
            raise problem(
                "data",
                "`...` stands for data that are not written" if ellipsis else f"`{piece.strip()[:40]}` has no label",
                place=statement.place_at(offset),
                element=element,
                repair="write every element out" if ellipsis else "write `label: {members}` for each element",
            )
        value = piece[colon + 1 :]
        at_value = offset + colon + 1 + len(value) - len(value.lstrip())
        members = _members(statement, at_value, value.strip(), element, draft)
        found.append(Family(index=_key(piece[:colon].strip(), statement, offset, element), members=members))
    return found


def _is_filter(key: str) -> bool:
    """Whether `c in City` stands before the colon, as in `{c in City: c != 1}`."""
    return " in " in f" {masked(key)} ".replace("\n", " ") or "∈" in key


def _key(text: str, statement: Statement, offset: int, element: str) -> list[str | int | float]:
    if text.startswith("(") and text.endswith(")"):
        pieces = [piece.strip() for _, piece in split_outside(text[1:-1])]
    else:
        pieces = [text]
    try:
        return [read_label(piece) for piece in pieces if piece or len(pieces) == 1]
    except CellError as error:
        raise problem("data", str(error), place=statement.place_at(offset), element=element) from error


def _members(statement: Statement, begin: int, text: str, element: str, draft: Draft) -> Expression:
    """The members of a set: labels in braces, or any expression of sets."""
    sequence = _sequence(text)
    if sequence is not None:
        draft.note("spelling", f"`{text}` is read as `{sequence}`", element, statement.place_at(begin))
        return sequence
    cyclic = text.startswith("cyclic") and text[6:].lstrip().startswith(("{", "["))
    body = text[6:].lstrip() if cyclic else text
    literal = _literal(body, cyclic, statement, element, draft)
    if literal is not None:
        return literal
    expression = expression_at(statement, begin, text, element, draft)
    match expression:
        case SetLiteral((Range(first, last, _),), cyclic):
            draft.note("spelling", f"`{text}` is read as `{first}..{last}`", element, statement.place_at(begin))
            return Range(first, last, cyclic, place=expression.place)
        case SetLiteral() | TupleOf():
            _no_nested_tuples(expression, statement, begin, element)
    if isinstance(expression, TupleOf):
        draft.note("spelling", "`(...)` is read as `{...}`", element, statement.place_at(begin))
        return SetLiteral(expression.items, place=expression.place)
    return expression


def _no_nested_tuples(expression: SetLiteral | TupleOf, statement: Statement, begin: int, element: str) -> None:
    elements = expression.elements if isinstance(expression, SetLiteral) else expression.items
    nested = [e for e in elements if isinstance(e, TupleOf) and any(isinstance(i, TupleOf) for i in e.items)]
    if nested:
        raise problem(
            "nested-tuple",
            f"`{nested[0]}` is a tuple of tuples",
            place=statement.place_at(begin),
            element=element,
            repair="write the labels of an element as one flat tuple, `(0, 0, 0, 1)`, and name each of them in heads",
        )


def _sequence(text: str) -> Range | None:
    """`{1, 2, ..., 9}`, `1 to 9`, `range(1, 10)` as a range, where the steps are one."""
    match = _SEQUENCE.match(text)
    if match is not None:
        given = [int(each) for each in (match["first"], match["second"], match["third"]) if each is not None]
        follows = all(after == before + 1 for before, after in pairwise(given))
        return Range(Number(given[0]), Number(int(match["last"]))) if follows else None
    span = " ".join(text[:60].strip("{} ").split()) if len(text) < 60 else ""
    match = _SPAN.match(span)
    if match is not None:
        return Range(Number(int(match["first"])), Number(int(match["last"])))
    match = _PYTHON_RANGE.match(span)
    if match is not None:
        return Range(Number(int(match["first"] or 0)), Number(int(match["stop"]) - 1))
    return None


def _literal(text: str, cyclic: bool, statement: Statement, element: str, draft: Draft) -> SetLiteral | None:
    """Labels in braces, brackets or none, if that is all there is; words with spaces or hyphens are labels here."""
    if text[:1] in ("{", "[") and closing_bracket(text, 0) == len(text) - 1:
        inside = text[1:-1]
        if text[0] == "[":
            draft.note("spelling", "`[...]` is read as `{...}`", element, statement.place)
    elif find_outside(text, ",") >= 0 and text[:1] not in ("{", "[", "("):
        inside = text
        draft.note("spelling", "labels without braces are read as `{...}`", element, statement.place)
    else:
        return None
    pieces = [piece.strip() for _, piece in split_outside(inside)]
    if pieces and not pieces[-1]:
        pieces.pop()
    strange: list[str] = []
    elements = [_element(piece, strange) for piece in pieces]
    known = [each for each in elements if each is not None]
    if len(known) < len(elements):
        return None
    if strange:
        shown = ", ".join(f"`{each}`" for each in strange[:3])
        draft.note("label", f"{shown} without quotes: read as labels", element, statement.place)
    return SetLiteral(tuple(known), cyclic, place=statement.place)


def _element(piece: str, strange: list[str]) -> Expression | None:
    """An element that is a label, a number or a tuple of those."""
    if not piece.startswith("("):
        return _label(piece, strange)
    if not piece.endswith(")") or closing_bracket(piece, 0) != len(piece) - 1:
        return None
    items = [_label(item.strip(), strange) for _, item in split_outside(piece[1:-1]) if item.strip()]
    known = tuple(item for item in items if item is not None)
    return TupleOf(known) if len(known) == len(items) > 1 else None


def _label(piece: str, strange: list[str]) -> Expression | None:
    if is_identifier(piece):
        return Name(piece)
    if _INTEGER.match(piece):
        return Number(int(piece))
    if piece[:1] in ('"', "'"):
        return _quoted(piece)
    if _PLAIN_LABEL.match(piece) and not _WORDS_OF_EXPRESSIONS & set(piece.split()) and not piece[0].isdigit():
        strange.append(piece)
        return LabelRef(piece)
    return None


def _quoted(piece: str) -> Expression | None:
    try:
        label = read_label(piece)
    except CellError:
        return None
    return LabelRef(label) if isinstance(label, str) else Number(label)
