"""Whether numbers, labels, sets and conditions stand where each can stand, and decisions only where they may."""

from steepest.solvers.checks.findings import error_at, shown
from steepest.solvers.checks.kinds import Kind, Kinds
from steepest.solvers.checks.scopes import Position, Visit, bind, sites, visits
from steepest.solvers.checks.symbols import Symbols, is_finite
from steepest.solvers.diagnostics import Diagnostics
from steepest.solvers.formulation import NamedExpression, Objective, Parameter, Variable
from steepest.solvers.language.expressions import (
    FUNCTIONS,
    REDUCTIONS,
    SET_FUNCTIONS,
    Arithmetic,
    Call,
    Comparison,
    Expression,
    Index,
    LabelRef,
    Negation,
    Number,
    Range,
    Reduction,
    SetComprehension,
    Sum,
)

_ONE_ARGUMENT = frozenset({"sqrt", "exp", "log", "sin", "cos", "abs", *SET_FUNCTIONS})

_WHERE: dict[Position, tuple[str, str]] = {
    "index": ("an index", "give each possible index a binary variable, and let exactly one of them be 1"),
    "filter": ("a filter", "a filter chooses before the solve; multiply by a binary variable, or use `implies(...)`"),
    "source": ("a set", "sets are known before the solve; a binary variable for each element can say what is chosen"),
    "range": ("an end of a range", "sets are known before the solve; range over all and constrain"),
    "test": (
        "the test of `... if ... else ...`",
        "it takes data; for decisions use `implies(condition, constraint)`",
    ),
    "data": ("a parameter", "what depends on decisions is a named expression: declare it under `let:`"),
    "bound": ("a bound", "bounds are data; write a constraint instead"),
}


def check_kinds(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Add what stands where something of its kind has no meaning."""
    checker = _KindChecks(symbols, diagnostics)
    for site in sites(symbols):
        for visit in visits(site, symbols):
            if visit.parent is None:
                checker.check_root(visit)
            checker.check_decision(visit)
            checker.check_operands(visit)


class _KindChecks:
    """The kinds of one formulation, compared with what each place takes."""

    def __init__(self, symbols: Symbols, diagnostics: Diagnostics) -> None:
        self.symbols = symbols
        self.diagnostics = diagnostics
        self.kinds = Kinds(symbols)

    def check_root(self, visit: Visit) -> None:
        owner = visit.site.owner
        if visit.position == "source":
            self.want_set(visit, visit.node)
        elif visit.position == "bound" or isinstance(owner, Objective):
            self.want_number(visit, visit.node)
        elif visit.position == "data" and isinstance(owner, Parameter):
            self.want_no_set(visit, visit.node, "a parameter")
        elif isinstance(owner, NamedExpression) and not visit.site.is_head:
            self.want_no_set(visit, visit.node, "a named expression")

    # Decisions where data must stand

    def check_decision(self, visit: Visit) -> None:
        node = visit.node
        if visit.position == "value" or visit.mentions not in self.symbols.decisions:
            return
        where, repair = _WHERE[visit.position]
        owner = visit.site.owner
        if isinstance(owner, Variable) and visit.position == "bound" and owner.index is None:
            sign = "<=" if owner.upper is visit.site.expression else ">="
            repair = f"write a constraint instead: `{owner.name} {sign} {shown(visit.site.expression)}`"
        self.error(
            visit, "variable-in-data", f"`{shown(node)}` depends on decisions and can't stand in {where}", repair
        )

    # Operands

    def check_operands(self, visit: Visit) -> None:
        node = visit.node
        match node:
            case Number(value) if not is_finite(value):
                self.error(
                    visit, "not-finite", f"{value} is no number to calculate with", "leave a bound out, or give data"
                )
            case Negation(operand):
                self.want_number(visit, operand)
            case Sum():
                self.check_sum(visit, node)
            case Arithmetic("|" | "&", left, right):
                self.want_set(visit, left)
                self.want_set(visit, right)
            case Arithmetic(_, left, right):
                self.want_number(visit, left)
                self.want_number(visit, right)
            case Comparison():
                self.check_comparison(visit, node)
            case Range(first, last):
                self.want_number(visit, first)
                self.want_number(visit, last)
            case Index(_, indices):
                for index in indices:
                    self.check_index(visit, index)
            case Call():
                self.check_call(visit, node)
            case Reduction() | SetComprehension():
                self.check_comprehension(visit, node)

    def check_sum(self, visit: Visit, node: Sum) -> None:
        kinds = [self.kinds.of(term, visit.scope) for term in node.terms]
        if "set" in kinds and not set(kinds) & {"number", "word"}:
            for term in node.terms:
                self.want_set(visit, term)
            return
        # `t + 1` as an index is the label after t, whatever the labels are
        for place, term in enumerate(node.terms):
            if place or visit.position != "index":
                self.want_number(visit, term)

    def check_comparison(self, visit: Visit, node: Comparison) -> None:
        if node.operators in (("in",), ("not in",)):
            self.want_set(visit, node.operands[1])
            return
        kinds = [self.kinds.of(operand, visit.scope) for operand in node.operands]
        if "set" in kinds and set(kinds) & {"number", "word"}:
            place = kinds.index("set")
            self.wrong(visit, node.operands[place], "set", "a number or a label")

    def check_index(self, visit: Visit, index: Expression) -> None:
        kind = self.kinds.of(index, visit.scope)
        if kind == "set":
            node = shown(visit.node)
            repair = (
                f"an index is one label at a time: `sum({node.replace(shown(index), 'i')} for i in {shown(index)})`"
            )
            self.error(visit, "set-as-index", f"`{shown(index)}` is a set, in `{node}`", repair)
        elif kind == "condition":
            self.wrong(visit, index, kind, "a label")

    def check_call(self, visit: Visit, node: Call) -> None:
        function, count = node.function, len(node.arguments)
        if function in SET_FUNCTIONS and count == 1:
            self.want_set(visit, node.arguments[0])
        elif function in FUNCTIONS or function == "sum":
            for argument in node.arguments:
                self.want_number(visit, argument)
        wanted = _arguments_wanted(function, count)
        if wanted is not None:
            message = f"`{shown(node)}` has {count} argument{'' if count == 1 else 's'}, but {function} takes {wanted}"
            self.error(visit, "wrong-arguments", message)

    def check_comprehension(self, visit: Visit, node: Reduction | SetComprehension) -> None:
        scope = visit.scope
        for generator in node.generators:
            # the root of a source is checked here, where the sum around it is in view
            self.want_set(Visit(visit.site, node, scope, visit.position), generator.source)
            scope = bind(scope, generator, self.symbols)
        if isinstance(node, SetComprehension):
            return
        if node.function in REDUCTIONS:
            self.want_number(Visit(visit.site, node, scope, visit.position), node.body)
        elif node.function in FUNCTIONS | SET_FUNCTIONS | {"implies"}:
            repair = "sum, min and max run over `for`; other functions take their arguments one by one"
            self.error(visit, "wrong-arguments", f"`{shown(node)}`: {node.function} does not take `for`", repair)

    # What a place takes

    def want_number(self, visit: Visit, node: Expression) -> None:
        kind = self.kinds.of(node, visit.scope)
        if kind in ("set", "word", "tuple", "condition"):
            self.wrong(visit, node, kind, "a number")

    def want_set(self, visit: Visit, node: Expression) -> None:
        kind = self.kinds.of(node, visit.scope)
        is_unknown_set = isinstance(node, LabelRef)  # a word that is a label elsewhere; told as an unknown set
        if kind in ("number", "word", "tuple", "condition") and not is_unknown_set:
            self.wrong(visit, node, kind, "a set")

    def want_no_set(self, visit: Visit, node: Expression, what: str) -> None:
        kind = self.kinds.of(node, visit.scope)
        if kind in ("set", "tuple"):
            self.wrong(visit, node, kind, f"the value of {what}")

    def wrong(self, visit: Visit, node: Expression, kind: Kind, wanted: str) -> None:
        text = shown(node)
        code, called, repair = {
            "set": ("set-as-number", "a set", f"did you mean `len({text})`, or a sum over its elements?"),
            "word": ("label-as-number", "a label, not a number", "calculate with a parameter that has a value for it"),
            "tuple": ("tuple-as-number", "a tuple", "write one value"),
            "condition": (
                "condition-as-number",
                "a condition",
                "use a binary variable, or a filter",
            ),
            "number": ("number-as-set", "a number", f"for the whole numbers up to it write `1..{text}`"),
        }.get(kind, ("wrong-kind", kind, ""))
        if wanted == "a set" and kind != "number":
            code, repair = "not-a-set", "write a declared set, a range such as `1..12`, or `{...}`"
        around = f", in `{shown(visit.node)}`" if visit.node is not node else ""
        self.error(visit, code, f"`{text}` is {called}, and stands where {wanted} must{around}", repair or None)

    def error(self, visit: Visit, code: str, message: str, repair: str | None = None) -> None:
        error_at(visit, self.diagnostics, code, message, repair)


def _arguments_wanted(function: str, count: int) -> str | None:
    """What a function takes, if it is not `count` arguments."""
    if function in _ONE_ARGUMENT and count != 1:
        return "one"
    if function == "implies" and count != 2:
        return "two: a condition and what follows from it"
    if function in ("exactly", "at_least", "at_most") and count < 2:
        return "a number and conditions"
    return "at least one" if count == 0 else None
