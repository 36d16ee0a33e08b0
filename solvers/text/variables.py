"""Reads the statements of `variables:`: what a variable is indexed by, its domain and its bounds."""

import re
from dataclasses import dataclass, replace

from steepest.solvers.diagnostics import FormulationError, Place, problem
from steepest.solvers.formulation import Domain, Variable
from steepest.solvers.language.expressions import Expression, LabelRef, Number, Range, SetLiteral
from steepest.solvers.text.draft import Draft, expression_at, head_at, make, provenance
from steepest.solvers.text.lines import closing_bracket, find_outside, masked, split_outside
from steepest.solvers.text.single_cells import label_in_head
from steepest.solvers.text.statements import Statement, declaration, strip_end

_DOMAINS: dict[str, Domain] = {
    "real": "real", "reals": "real", "continuous": "real", "float": "real", "number": "real", "numeric": "real",
    "integer": "integer", "integers": "integer", "int": "integer", "whole": "integer",
    "binary": "binary", "bool": "binary", "boolean": "binary",
    "semicontinuous": "semicontinuous", "semi-continuous": "semicontinuous",
}  # fmt: skip
_CANONICAL = frozenset({"real", "integer", "binary", "semicontinuous"})
_NONNEGATIVE = frozenset({"nonnegative", "non-negative"})
_IGNORED = frozenset({"free", "unrestricted", "variable", "variables"})
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{0,30}")
_OPERATOR = re.compile(r"<=|>=|==|=<|=>|<|>|=|≤|≥|∈|\bin\b")
_AND = re.compile(r"\s(?:and|&)\s{0,80}\Z", re.IGNORECASE)
_LOWER, _UPPER = frozenset({">=", "=>", "≥"}), frozenset({"<=", "=<", "≤"})
_BETWEEN = re.compile(
    r"(?P<words>[A-Za-z \t-]{0,60}?)\b(?:(?:between|from)\s{1,20}(?P<low>[^,<>=]{1,200}?)\s{1,20}(?:and|to)\s{1,20}"
    r"(?P<high>[^,<>=]{1,200}))\Z"
)
_COLON = re.compile(r"\s{0,80}(?P<sign>:|∈|in\b|is\b|=(?!=))?\s{0,80}")


def read_variables(statement: Statement, draft: Draft) -> None:
    """Add the variables that a statement declares.

    Raises:
        FormulationError: It declares none.
    """
    statement = strip_end(statement)
    colon = find_outside(statement.code, ":")
    names = split_outside(statement.code[:colon]) if colon >= 0 else []
    if len(names) < 2:
        draft.variables.append(_variable(statement, draft))
        return
    for begin, name in names:  # `x, y: real >= 0`
        padded = " " * begin + name.rstrip() + " " * (colon - begin - len(name.rstrip())) + statement.code[colon:]
        place = statement.place_at(begin + len(name) - len(name.lstrip()))
        draft.variables.append(_variable(replace(statement, code=padded.lstrip(), place=place), draft))


def _variable(statement: Statement, draft: Draft) -> Variable:
    declared = declaration(statement)
    if declared is None:
        raise problem(
            "syntax",
            f"`{statement.code[:60]}` declares no variable",
            place=statement.place,
            repair="write `name[Set]: integer >= 0`",
        )
    element = f"variable {declared.name}"
    head = head_at(statement, declared, element, draft)
    if head is not None and any(isinstance(each.source, LabelRef | Number) for each in head.generators):
        raise label_in_head(statement, declared.name, element)
    offset, rest = declared.rest
    colon = _COLON.match(rest)
    begin = offset + (colon.end() if colon is not None else 0)
    if colon is None or colon["sign"] not in (":",):
        _check_start(statement, rest, colon["sign"] if colon is not None else None, element, draft)
        if colon is not None and colon["sign"] in ("in", "∈"):
            begin = offset + colon.start("sign")
    specification = _Specification(statement, element, draft)
    specification.read(begin)
    details = provenance(statement)
    return make(
        Variable,
        statement,
        element,
        name=declared.name,
        index=head,
        domain=specification.domain or "real",
        lower=specification.lower,
        upper=specification.upper,
        unit=details.unit,
        **details.fields(statement),
    )


def _check_start(statement: Statement, rest: str, sign: str | None, element: str, draft: Draft) -> None:
    """Refuse what gives a variable a value; note a colon that is left out."""
    first = _WORD.match(rest.lstrip(" =\t"))
    is_domain = first is not None and first.group().lower() in (_DOMAINS.keys() | _NONNEGATIVE)
    if sign == "=" and not is_domain:
        raise problem(
            "variable-value",
            "a variable is not given a value: it is what the solver decides",
            place=statement.place,
            element=element,
            repair="declare `name: real >= 0`; a named expression stands under `let:`, given data under `parameters:`",
        )
    draft.note("spelling", "a colon is read behind the name", element, statement.place)


@dataclass(slots=True)
class _Specification:
    """The domain and the bounds of a variable."""

    statement: Statement
    element: str
    draft: Draft
    domain: Domain | None = None
    lower: Expression | None = None
    upper: Expression | None = None
    is_nonnegative: bool = False

    def read(self, begin: int) -> None:
        for at, piece in split_outside(self.statement.code[begin:]):
            self.piece(begin + at, piece)
        if self.is_nonnegative and self.lower is None:
            self.lower = Number(0)
        if self.domain is None:
            self.draft.note("spelling", "no domain: read as `real`", self.element, self.statement.place)

    def piece(self, offset: int, text: str) -> None:
        """Words such as `integer`, then bounds, each with its operator."""
        between = _BETWEEN.match(text)
        if between is not None:
            self.words(offset, between["words"])
            low, high = (self.expression(offset + between.start(end), between[end]) for end in ("low", "high"))
            self.set_lower(low, offset)
            self.set_upper(high, offset)
            self.note("two ends are read as `in a..b`", offset)
            return
        operators = self.operators(text)
        end = operators[0].start() if operators else len(text)
        self.words(offset, text[:end])
        for number, operator in enumerate(operators):
            stop = operators[number + 1].start() if number + 1 < len(operators) else len(text)
            bound = text[operator.end() : stop]
            if number + 1 < len(operators):
                bound = _AND.sub("", bound)  # `>= 15 and <= 40`
            self.bound(operator.group(), offset + operator.start(), bound)

    def operators(self, text: str) -> list[re.Match[str]]:
        """The operators outside of brackets."""
        plain, depth, found, position = masked(text), 0, [], 0
        for match in _OPERATOR.finditer(plain):
            between = plain[position : match.start()]
            depth += sum(map(between.count, "([{")) - sum(map(between.count, ")]}"))
            position = match.start()
            if depth == 0:
                found.append(match)
        return found

    def words(self, offset: int, text: str) -> None:
        for word in re.sub(r"\{ ?0 ?, ?1 ?\}", "{0,1}", text[:400]).split():
            lowered = word.lower().rstrip(".")
            domain = _DOMAINS.get(lowered)
            if domain is not None:
                self.set_domain(domain, word, offset)
            elif lowered in _NONNEGATIVE:
                self.note(f"`{word}` is read as `>= 0`", offset)
                self.is_nonnegative = True
            elif lowered == "{0,1}":
                self.set_domain("binary", "{0, 1}", offset)
            elif ".." in word:
                self.interval("in", offset + text.index(word) - len("in"), word)
                self.note(f"`{word}` is read as `in {word}`", offset)
            elif lowered in _IGNORED:
                self.note(f"`{word}` is not needed", offset)
            elif lowered not in ("and", self.statement.code.split("[")[0].split(":")[0].strip().lower()):
                raise self.unknown(word, offset)

    def unknown(self, word: str, offset: int) -> FormulationError:
        return problem(
            "syntax",
            f"`{word}` is no domain",
            place=self.place(offset),
            element=self.element,
            repair="write `real`, `integer`, `binary` or `semicontinuous`, then `>= a`, `<= b` or `in a..b`",
        )

    def set_domain(self, domain: Domain, word: str, offset: int) -> None:
        if word not in _CANONICAL:
            self.note(f"`{word}` is read as `{domain}`", offset)
        self.domain = domain

    def bound(self, operator: str, at: int, text: str) -> None:
        """One bound: its operator, where that stands, and the text behind it."""
        if operator in ("<", ">"):
            raise strict_bound(operator, text.strip(), self.place(at), self.element)
        if operator in _LOWER:
            self.set_lower(self.expression(at + len(operator), text), at)
        elif operator in _UPPER:
            self.set_upper(self.expression(at + len(operator), text), at)
        elif operator in ("in", "∈"):
            self.interval(operator, at, text)
        else:
            raise problem(
                "variable-value",
                f"`{operator} {text.strip()[:40]}` gives a variable a value",
                place=self.place(at),
                element=self.element,
                repair="write a constraint `name: x == value`, or declare a parameter",
            )

    def interval(self, operator: str, at: int, text: str) -> None:
        """`in a..b`, or `in [a, b]` as other languages write it."""
        offset, stripped = at + len(operator), text.strip()
        if stripped.startswith("[") and closing_bracket(stripped, 0) == len(stripped) - 1:
            begin = offset + text.index("[") + 1
            ends = split_outside(stripped[1:-1])
            if len(ends) == 2:
                self.note("`[a, b]` is read as `a..b`", offset)
                low, high = (self.expression(begin + start, end) for start, end in ends)
                self.set_lower(low, at)
                self.set_upper(high, at)
                return
        if stripped.replace(" ", "") == "{0,1}":
            self.set_domain("binary", "in {0, 1}", offset)
            return
        expression = self.expression(offset, text)
        if isinstance(expression, SetLiteral) and len(expression.elements) == 1:
            expression = expression.elements[0]
        if not isinstance(expression, Range):
            raise problem(
                "syntax",
                f"`in {stripped[:40]}` gives no bounds",
                place=self.place(at),
                element=self.element,
                repair="write `in a..b`, or `>= a, <= b`",
            )
        self.set_lower(expression.first, at)
        self.set_upper(expression.last, at)

    def expression(self, offset: int, text: str) -> Expression:
        return expression_at(self.statement, offset, text, self.element, self.draft)

    def set_lower(self, bound: Expression, at: int) -> None:
        if self.lower is not None:
            raise self.twice("lower", at)
        self.lower = bound

    def set_upper(self, bound: Expression, at: int) -> None:
        if self.upper is not None:
            raise self.twice("upper", at)
        self.upper = bound

    def twice(self, which: str, offset: int) -> FormulationError:
        return problem(
            "syntax",
            f"a second {which} bound",
            place=self.place(offset),
            element=self.element,
            repair="keep one of them, or write `max(a, b)` or `min(a, b)`",
        )

    def note(self, message: str, offset: int) -> None:
        self.draft.note("spelling", message, self.element, self.place(offset))

    def place(self, offset: int) -> Place:
        return self.statement.place_at(offset)


def strict_bound(operator: str, bound: str, place: Place | None, element: str) -> FormulationError:
    """The finding that a bound is strict, which no solver can keep."""
    weak = ">=" if operator == ">" else "<="
    step = 1 if operator == ">" else -1
    nearest = str(int(bound) + step) if bound.isdigit() else f"{bound} {'+' if step > 0 else '-'} 1"
    return problem(
        "strict-inequality",
        f"`{operator} {bound}` is strict: there is no nearest number that still keeps it",
        place=place,
        element=element,
        repair=f"write `{weak} {bound}`; for integers `{weak} {nearest}`; or name the smallest value that matters",
    )
