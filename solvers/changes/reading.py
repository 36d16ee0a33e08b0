"""Reads changes as a person writes them: `flour = 50; profit[cake] += 10%; drop enough_cakes`."""

import re
from collections.abc import Callable, Iterator

from steepest.solvers.changes.change import (
    ANY,
    AddConstraint,
    AdjustParameter,
    Amount,
    BoundVariable,
    Change,
    ChangeDomain,
    ChangeObjective,
    Direction,
    DropConstraint,
    FixVariable,
    MoveLimit,
    SetParameter,
    Target,
)
from steepest.solvers.diagnostics import FormulationError, problem
from steepest.solvers.formulation import Domain
from steepest.solvers.language.expressions import Label
from steepest.solvers.language.labels import normalize_label
from steepest.solvers.language.parser import parse_expression
from steepest.solvers.text.cells import CellError, read_number, read_value
from steepest.solvers.text.reader import read_formulation

FORMS = (
    "flour = 50",
    "profit[cake] += 10%",
    "drop flour_stock",
    "add cap: bake[cake] <= 20",
    "relax flour_stock by 5",
    "fix bake[bread] = 3",
    "bake[cake] <= 20",
    "bake in 0..20",
    "bake: real",
    "minimize",
)
"""One example of each kind of change."""

_QUOTED = r'"(?:[^"\\\n]|\\.)*"'
_TARGET = rf"(?P<name>[^\W\d]\w*)\s*(?:\[(?P<index>(?:{_QUOTED}|[^\]\"])*)\])?"
_CODE = re.compile(rf'(?:{_QUOTED}|[^#"]|"(?!.*"))*')
_PIECE = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|[^;"\n])+""")
_LABEL = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,"]*[^,"\s]))\s*(?:,|\Z)')


def read_changes(text: str) -> tuple[Change, ...]:
    """Read changes, one a line or separated by semicolons; what follows a `#` is a comment.

    Raises:
        FormulationError: A change can't be read; every one that can't is told.
    """
    changes, findings = [], []
    for piece in pieces(text):
        try:
            changes.append(read_change(piece))
        except FormulationError as error:
            findings += error.diagnostics
    if findings:
        raise FormulationError(findings)
    return tuple(changes)


def pieces(text: str) -> Iterator[str]:
    """The changes of a text one by one, without comments."""
    for line in text.splitlines():
        match = _CODE.match(line)
        code = match[0] if match is not None else line
        yield from (piece.strip() for piece in _PIECE.findall(code) if piece.strip())


def read_change(text: str) -> Change:
    """Read one change.

    Raises:
        FormulationError: It has none of the forms that a change can have, or a number or label in it is none.
    """
    text = text.strip()
    for pattern, read in _READERS:
        match = pattern.fullmatch(text)
        if match is not None:
            return read(match)
    raise problem(
        "unknown-change",
        f"`{text}` is no change that can be read",
        repair="write it like one of these: " + "; ".join(f"`{form}`" for form in FORMS),
    )


_DIRECTIONS: dict[str, Direction] = {"relax": "relax", "tighten": "tighten", "raise": "raise", "lower": "lower"}
_DOMAINS: dict[str, Domain] = {
    "real": "real",
    "integer": "integer",
    "binary": "binary",
    "semicontinuous": "semicontinuous",
}


def _drop(match: re.Match[str]) -> Change:
    return DropConstraint(_target(match))


def _add(match: re.Match[str]) -> Change:
    reading = read_formulation(f"constraints:\n  {match['constraint']}")
    if reading.formulation is None or len(reading.formulation.constraints) != 1:
        raise FormulationError(
            [each.model_copy(update={"place": None}) for each in reading.diagnostics.errors]
            or problem("unknown-change", f"`{match[0]}` adds no constraint").diagnostics
        )
    return AddConstraint(reading.formulation.constraints[0])


def _move(match: re.Match[str]) -> Change:
    return MoveLimit(_target(match), _DIRECTIONS[match["direction"]], _amount(match["amount"]))


def _fix(match: re.Match[str]) -> Change:
    return FixVariable(_target(match), _number(match["value"]))


def _objective(match: re.Match[str]) -> Change:
    expression = parse_expression(match["expression"]) if match["expression"] else None
    return ChangeObjective("minimize" if match["sense"] == "minimize" else "maximize", expression)


def _domain(match: re.Match[str]) -> Change:
    domain = match["domain"]
    if domain not in _DOMAINS:
        repair = "real, integer, binary or semicontinuous"
        raise problem("unknown-domain", f"`{domain}` is no kind of decision", repair=repair)
    return ChangeDomain(_target(match), _DOMAINS[domain])


def _range(match: re.Match[str]) -> Change:
    return BoundVariable(_target(match), _number(match["low"]), _number(match["high"]))


def _bound(match: re.Match[str]) -> Change:
    value = _number(match["value"])
    is_upper = match["sign"] in ("<=", "=<", "≤")
    return BoundVariable(_target(match), None if is_upper else value, value if is_upper else None)


def _adjust(match: re.Match[str]) -> Change:
    operator = match["operator"]
    amount = _amount(match["amount"])
    if operator == "/" and not amount.value:
        raise problem("unknown-change", f"`{match[0]}` divides by zero")
    if operator in "*/" and amount.is_percent:
        amount = Amount(amount.value / 100)
    return AdjustParameter(_target(match), operator, amount)  # type: ignore[arg-type]  # the pattern knows the four


def _set(match: re.Match[str]) -> Change:
    try:
        value = read_value(match["value"].strip(), set())
    except CellError as error:
        raise problem("unknown-change", f"`{match[0]}`: {error}") from error
    if value is None:
        raise problem("unknown-change", f"`{match[0]}` gives no value", repair="write a number")
    return SetParameter(_target(match), value)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Change]], ...] = tuple(
    (re.compile(pattern, re.DOTALL), read)
    for pattern, read in (
        (rf"(?:drop|remove)\s+{_TARGET}", _drop),
        (r"add\s+(?P<constraint>.+)", _add),
        (rf"(?P<direction>relax|tighten|raise|lower)\s+{_TARGET}\s+by\s+(?P<amount>.+)", _move),
        (rf"fix\s+{_TARGET}\s*(?:==?|\s(?:at|to)\s)\s*(?P<value>.+)", _fix),
        (r"(?P<sense>minimize|maximize)\s*(?::\s*(?P<expression>.+))?", _objective),
        (rf"{_TARGET}\s*:\s*(?P<domain>[a-z]+)", _domain),
        (rf"{_TARGET}\s+in\s+(?P<low>.+?)\s*\.\.\s*(?P<high>.+)", _range),
        (rf"{_TARGET}\s*(?P<sign><=|>=|=<|=>|≤|≥)\s*(?P<value>.+)", _bound),
        (rf"{_TARGET}\s*(?P<operator>[-+*/])=\s*(?P<amount>.+)", _adjust),
        (rf"{_TARGET}\s*==?\s*(?P<value>[^=].*)", _set),
    )
)


def _target(match: re.Match[str]) -> Target:
    index = match["index"]
    return Target(match["name"], None if index is None else _labels(index, match[0]))


def _labels(text: str, change: str) -> tuple[Label, ...]:
    labels: list[Label] = []
    position = 0
    while position < len(text):
        match = _LABEL.match(text, position)
        if match is None:
            raise problem("unknown-change", f"`[{text}]` in `{change}` is no list of labels")
        quoted, bare = match.groups()
        labels.append(_unquoted(quoted) if quoted is not None else ANY if bare == ANY else normalize_label(bare))
        position = match.end()
    if not labels:
        raise problem("unknown-change", f"`[]` in `{change}` names no label")
    return tuple(labels)


def _unquoted(text: str) -> Label:
    return normalize_label(re.sub(r"\\(.)", r"\1", text))


def _amount(text: str) -> Amount:
    stripped = text.strip()
    if stripped.endswith("%"):
        return Amount(_number(stripped[:-1]), is_percent=True)
    return Amount(_number(stripped))


def _number(text: str) -> int | float:
    try:
        value = read_number(text.strip().removeprefix("+"), set())
    except CellError as error:
        raise problem("unknown-change", str(error)) from error
    if value is None:
        raise problem("unknown-change", f"`{text.strip()}` is no number")
    number = normalize_label(value)
    assert not isinstance(number, str)  # noqa: S101  # a number stays one
    return number
