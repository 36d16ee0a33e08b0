"""Whether constraints constrain something, and whether there is an objective to get better."""

import operator
from collections.abc import Callable, Mapping
from typing import Literal

from steepest.solvers.backends.ranking import RANKING_REPAIR, several_objectives
from steepest.solvers.checks.findings import shown
from steepest.solvers.checks.kinds import Kinds
from steepest.solvers.checks.scopes import Scope, head_scope
from steepest.solvers.checks.symbols import Symbols, is_finite, title
from steepest.solvers.diagnostics import Diagnostics, Severity
from steepest.solvers.formulation import Constraint, Parameter, Variable
from steepest.solvers.language.expressions import (
    GLOBAL_CONSTRAINTS,
    LOGICAL_FUNCTIONS,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Index,
    Name,
    Negation,
    Not,
    Number,
    Reduction,
    Sum,
    walk,
)

_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}


def check_constraints(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Add what is wrong with the bodies of constraints."""
    for constraint in symbols.formulation.constraints:
        checker = _Body(symbols, diagnostics, constraint)
        checker.check(constraint.body)


def check_objectives(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Add what is wrong with the objectives as a whole."""
    formulation = symbols.formulation
    objectives = formulation.objectives
    if not objectives:
        message = "there is no objective: any answer that meets the constraints is returned"
        diagnostics.add("warning", "no-objective", message, repair="add `minimize:` or `maximize:` if one is wanted")
    unranked = [each for each in objectives if each.priority is None and each.weight is None]
    if len(objectives) > 1 and unranked:
        diagnostics.add(
            "error",
            "unranked-objectives",
            several_objectives(len(objectives)),
            element=title(unranked[0], formulation),
            place=unranked[0].place,
            repair=RANKING_REPAIR,
        )
    for objective in objectives:
        if not symbols.has_decisions(objective.expression):
            message = f"`{shown(objective.expression)}` has no variable in it: every answer is as good as any other"
            element, place = title(objective, formulation), objective.place
            diagnostics.add("warning", "constant-objective", message, element=element, place=place)


class _Body:
    """The body of one constraint."""

    def __init__(self, symbols: Symbols, diagnostics: Diagnostics, constraint: Constraint) -> None:
        self.symbols = symbols
        self.diagnostics = diagnostics
        self.constraint = constraint
        self.scope: Scope = head_scope(constraint.index, symbols)

    def check(self, node: Expression) -> None:
        match node:
            case Comparison():
                self.check_comparison(node)
            case Connective("and", operands):
                for operand in operands:
                    self.check(operand)
            case Conditional(then, _, otherwise):
                self.check(then)
                self.check(otherwise)
            case Call(function) | Reduction(function) if function in LOGICAL_FUNCTIONS | GLOBAL_CONSTRAINTS - {"norm2"}:
                return
            case Connective() | Not():
                return
            case _ if Kinds(self.symbols).of(node, self.scope) != "condition":
                self.not_a_constraint(node)

    def not_a_constraint(self, node: Expression) -> None:
        text = shown(node)
        element = self.symbols.elements.get(node.name) if isinstance(node, Name | Index) else None
        if isinstance(element, Variable) and element.domain == "binary":
            repair = f"if it has to be chosen, write `{text} == 1`"
        else:
            repair = f"compare it with a bound, such as `{text} <= ...`"
        self.add("error", "not-a-constraint", f"`{text}` is a value, not a condition", node, repair)

    # Comparisons

    def check_comparison(self, node: Comparison) -> None:
        text, operators = shown(node), set(node.operators)
        if not self.symbols.has_decisions(node, self.scope.names):
            self.constant(node)
        elif operators & {"in", "not in"}:
            repair = "use a binary variable for each element of the set"
            self.add("error", "membership-constraint", f"`{text}` asks for membership of a decision", node, repair)
        elif "!=" in operators:
            repair = "use `either(a <= b - 1, a >= b + 1)` for whole numbers, or `all_different(...)`"
            self.add("error", "not-equal", f"`{text}`: a constraint can't ask for two values to differ", node, repair)
        elif operators & {"<", "<="} and operators & {">", ">="}:
            repair = "turn one of them round, so that all point in the same direction, or write two constraints"
            self.add("error", "mixed-comparison", f"`{text}` compares in both directions", node, repair)
        elif operators & {"<", ">"}:
            self.strict(node)

    def strict(self, node: Comparison) -> None:
        weak = tuple("<=" if sign == "<" else ">=" if sign == ">" else sign for sign in node.operators)
        repair = f"write `{shown(Comparison(node.operands, weak))}`"
        if len(node.operands) == 2 and all(self.is_whole(operand, self.scope) for operand in node.operands):
            left, right = node.operands
            bound = _moved(right, -1 if weak[0] == "<=" else 1)
            repair = f"for whole numbers write `{shown(Comparison((left, bound), weak))}`"
        message = f"`{shown(node)}`: a strict inequality has no best answer, it can only be approached"
        self.add("error", "strict-inequality", message, node, repair)

    def constant(self, node: Comparison) -> None:
        text = shown(node)
        if any(isinstance(each, Name | Index) for each in walk(node)):
            message = f"`{text}` has no variable in it: it holds or not, whatever is decided"
            self.add("warning", "constant-constraint", message, node, "put the decision in it that it limits")
            return
        values = [self.symbols.constant_number(operand) for operand in node.operands]
        pairs = zip(values, node.operators, values[1:], strict=False)
        if any(a is not None and b is not None and sign in _HOLDS and not _HOLDS[sign](a, b) for a, sign, b in pairs):
            self.add(
                "error", "never-true", f"`{text}` is false, so no answer is possible", node, "correct or remove it"
            )
        else:
            self.add("warning", "constant-constraint", f"`{text}` has no variable in it", node, "remove it")

    def is_whole(self, node: Expression, scope: Scope) -> bool:
        """Whether an expression is sure to be a whole number."""
        match node:
            case Number(value):
                return is_finite(value) and float(value).is_integer()
            case Name(name) if name in scope.names:
                return False
            case Name(name) | Index(name):
                return self.is_whole_element(name)
            case Negation(operand):
                return self.is_whole(operand, scope)
            case Sum(terms):
                return all(self.is_whole(term, scope) for term in terms)
            case Arithmetic("*", left, right):
                return self.is_whole(left, scope) and self.is_whole(right, scope)
            case Reduction("sum", body):
                return self.is_whole(body, scope)
        return False

    def is_whole_element(self, name: str) -> bool:
        element = self.symbols.elements.get(name)
        if isinstance(element, Variable):
            return element.domain in ("integer", "binary")
        if not isinstance(element, Parameter) or name in self.symbols.bound or element.default is not None:
            return False
        values = [cell.value for cell in element.values] or [element.value]
        return all(isinstance(v, int | float) and is_finite(v) and float(v).is_integer() for v in values)

    def add(self, severity: Severity, code: str, message: str, node: Expression, repair: str) -> None:
        place = node.place or self.constraint.place
        element = f"constraint {self.constraint.name}"
        self.diagnostics.add(severity, code, message, element=element, place=place, repair=repair)


def _moved(node: Expression, step: Literal[1, -1]) -> Expression:
    """An expression plus or minus one."""
    return Number(node.value + step) if isinstance(node, Number) else Sum((node, Number(1)), (1, step))
