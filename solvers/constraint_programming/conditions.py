"""Logic over decisions for CP-SAT: conditions that have to hold, and conditions that are true or false.

What has to hold is handed over as it is, under the literals that it depends on; only what stands inside an `or` or is
counted becomes a literal of its own, which is true exactly where the condition holds.
"""

from collections.abc import Iterator, Sequence

from steepest.solvers.backends.pyomo_model import depends_on
from steepest.solvers.constraint_programming.arithmetic import differences
from steepest.solvers.constraint_programming.linear_sums import LinearSum
from steepest.solvers.constraint_programming.program import OPPOSITE, Literal, Program, Truth, opposite
from steepest.solvers.constraint_programming.refusals import NotWholeError
from steepest.solvers.language.expressions import (
    GLOBAL_CONSTRAINTS,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Not,
    Reduction,
)
from steepest.solvers.scalar.evaluator import ScalarEvaluator
from steepest.solvers.scalar.scope import Environment

COUNTED = ("either", "exactly", "at_least", "at_most")
_SIGN = {"exactly": "==", "at_least": ">=", "at_most": "<="}


class Conditions:
    """Puts conditions into a program.

    Args:
        program: Where they go.
        evaluator: Of everything in them; decisions are sums over the program's columns.
        decided: The names that stand for decisions.
    """

    def __init__(self, program: Program, evaluator: ScalarEvaluator, decided: frozenset[str]) -> None:
        self.program = program
        self.evaluator = evaluator
        self._decided = decided
        self._known: dict[int, bool] = {}

    def is_data(self, node: Expression) -> bool:
        """Whether no decision occurs in an expression."""
        if id(node) not in self._known:
            self._known[id(node)] = not depends_on(node, self._decided)
        return self._known[id(node)]

    def require(self, node: Expression, env: Environment, wanted: bool = True, given: Sequence[Literal] = ()) -> None:
        """Make a condition hold, or fail, wherever all of the given literals are true."""
        if self.is_data(node):
            if self.evaluator.holds(node, env) != wanted:
                self.program.forbid(given)
            return
        match node:
            case Not(operand):
                self.require(operand, env, not wanted, given)
            case Conditional(then, test, otherwise):
                self.require(then if self.evaluator.holds(test, env) else otherwise, env, wanted, given)
            case Comparison(operands, operators) if len(operators) == 1 or wanted:
                for difference, sign in differences(self.evaluator, operands, operators, env):
                    self.program.require(difference, sign if wanted else OPPOSITE[sign], given)
            case Connective(operator, operands):
                parts = [(each, wanted) for each in operands]
                self._require_joined(parts, env, (operator == "and") == wanted, given)
            case Call("implies", (condition, consequence)):
                self._require_joined([(condition, not wanted), (consequence, wanted)], env, not wanted, given)
            case Call() | Reduction() if node.function in _SIGN:
                sign = _SIGN[node.function]
                self.program.require(self._surplus(node, env), sign if wanted else OPPOSITE[sign], given)
            case _:
                self._require_truth(self.truth(node, env), wanted, given)

    def _require_joined(
        self, parts: Sequence[tuple[Expression, bool]], env: Environment, every: bool, given: Sequence[Literal]
    ) -> None:
        """Make every part hold, or the last one where all others fail; nothing behind a part that decides is read."""
        if every:
            for part, wanted in parts:
                self.require(part, env, wanted, given)
            return
        others = list(given)
        for part, wanted in parts[:-1]:
            truth = self._as_wanted(part, env, wanted)
            if truth is True:
                return
            others += [] if truth is False else [~truth]
        last, wanted = parts[-1]
        self.require(last, env, wanted, others)

    def _require_truth(self, truth: Truth, wanted: bool, given: Sequence[Literal]) -> None:
        held = truth if wanted else opposite(truth)
        if held is not True:
            self.program.forbid([*given, *([] if held is False else [~held])])

    def truth(self, node: Expression, env: Environment) -> Truth:
        """Whether a condition holds: a literal that is true exactly where it does."""
        if self.is_data(node):
            return self.evaluator.holds(node, env)
        match node:
            case Not(operand):
                return opposite(self.truth(operand, env))
            case Conditional(then, test, otherwise):
                return self.truth(then if self.evaluator.holds(test, env) else otherwise, env)
            case Comparison(operands, operators):
                return self._every(
                    self.program.truth(difference, sign)
                    for difference, sign in differences(self.evaluator, operands, operators, env)
                )
            case Connective("and", operands):
                return self._every(self.truth(each, env) for each in operands)
            case Connective("or", operands):
                return opposite(self._every(opposite(self.truth(each, env)) for each in operands))
            case Call("implies", (condition, consequence)):
                parts = ((condition, True), (consequence, False))
                return opposite(self._every(self._as_wanted(each, env, wanted) for each, wanted in parts))
            case Call() | Reduction() if node.function in COUNTED:
                return self._counted(node, env)
            case Call() | Reduction() if node.function in GLOBAL_CONSTRAINTS - {"piecewise", "norm2"}:
                raise NotWholeError(f"`{node.function}` can't be a part of a condition")
        value = self.evaluator.value(node, env)
        return value if isinstance(value, bool) else self.program.truth(value, "!=")

    def _as_wanted(self, node: Expression, env: Environment, wanted: bool) -> Truth:
        return self.truth(node, env) if wanted else opposite(self.truth(node, env))

    def _every(self, truths: Iterator[Truth]) -> Truth:
        """All of several; nothing behind one that fails is read."""
        found: list[Truth] = []
        for truth in truths:
            if truth is False:
                return False
            found.append(truth)
        return self.program.all_of(found)

    def _counted(self, node: Call | Reduction, env: Environment) -> Truth:
        if node.function == "either":
            _, conditions = self.evaluator.conditions(node, env)
            return opposite(self._every(opposite(self.truth(each, inner)) for each, inner in conditions))
        return self.program.truth(self._surplus(node, env), _SIGN[node.function])

    def _surplus(self, node: Call | Reduction, env: Environment) -> LinearSum:
        """How many more conditions hold than the number that is asked for."""
        number, conditions = self.evaluator.conditions(node, env)
        holding = [self.program.of_truth(self.truth(each, inner)) for each, inner in conditions]
        total: LinearSum = sum(holding, self.program.form(0)) - number
        return total
