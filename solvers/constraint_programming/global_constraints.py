"""Global constraints as CP-SAT's own: intervals that do not overlap or share a capacity, circuits, all different.

The meaning is that of `scalar.global_constraints`, at its edges too: what takes no time needs no capacity but can't lie
inside another task that must not be overlapped, and a circuit goes through every node that occurs.
"""

from collections.abc import Callable, Iterator, Sequence

from steepest.solvers.constraint_programming.linear_sums import LinearSum, Value, key_of
from steepest.solvers.constraint_programming.model import Expression as Whole
from steepest.solvers.constraint_programming.program import Program, Truth, scale_of
from steepest.solvers.constraint_programming.refusals import NotWholeError
from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import Call, Expression, Index, Reduction, TupleOf
from steepest.solvers.scalar.evaluator import ScalarEvaluator
from steepest.solvers.scalar.ordered_sets import Member
from steepest.solvers.scalar.scope import Environment


def require_global(program: Program, evaluator: ScalarEvaluator, node: Call | Reduction, env: Environment) -> None:
    """Make a global constraint hold.

    Raises:
        NotWholeError: It has no exact form here.
        FormulationError: It is not written as it has to be.
    """
    _REQUIRE[node.function](program, evaluator, node, env)


def _scopes(evaluator: ScalarEvaluator, node: Call | Reduction, env: Environment) -> Iterator[Environment]:
    if isinstance(node, Call):
        yield env
        return
    for _, inner in evaluator.sets.bindings(node.generators, env):
        yield inner


def _elements(
    program: Program, evaluator: ScalarEvaluator, node: Call | Reduction, env: Environment, what: str
) -> list[tuple[LinearSum, ...]]:
    """The values of each element, which have to be as many as are named."""
    parts: Sequence[Expression] = (
        node.body.items if isinstance(node, Reduction) and isinstance(node.body, TupleOf) else ()
    )
    if len(parts) != what.count(",") + 1:
        message = f"`{node}` does not say {what}"
        repair = f"write `{node.function}({what} for i in S)`"
        raise problem("wrong-arguments", message, element=evaluator.element, place=node.place, repair=repair)
    return [
        tuple(program.form(evaluator.number(part, inner)) for part in parts) for inner in _scopes(evaluator, node, env)
    ]


def _all_different(program: Program, evaluator: ScalarEvaluator, node: Call | Reduction, env: Environment) -> None:
    parts = node.arguments if isinstance(node, Call) else (node.body,)
    values = [evaluator.number(part, inner) for inner in _scopes(evaluator, node, env) for part in parts]
    if len(values) > 1:
        program.add("all_different", *program.affine(values))


def _no_overlap(program: Program, evaluator: ScalarEvaluator, node: Call | Reduction, env: Environment) -> None:
    tasks = [(start, duration) for start, duration in _elements(program, evaluator, node, env, "start[i], duration[i]")]
    if len(tasks) > 1:
        program.add("no_overlap", *_intervals(program, tasks))


def _cumulative(program: Program, evaluator: ScalarEvaluator, node: Call | Reduction, env: Environment) -> None:
    elements = _elements(program, evaluator, node, env, "capacity, start[i], duration[i], demand[i]")
    if not elements:
        return
    capacity = elements[0][0]
    if any(key_of(each) != key_of(capacity) for each, _, _, _ in elements):
        raise NotWholeError("its capacity is not the same for all tasks")
    program.require(capacity, ">=")
    needs = [need for _, _, _, need in elements]
    if any(program.bounds(need)[0] < 0 for need in needs):
        raise NotWholeError("what a task needs may be below 0: give it a lower bound of 0")
    limit, *demands = program.affine([capacity, *needs])
    intervals = _intervals(program, [(start, duration) for _, start, duration, _ in elements])
    program.add("cumulative", limit, *intervals, *demands)


def _intervals(program: Program, tasks: Sequence[tuple[LinearSum, LinearSum]]) -> list[Whole]:
    """The start, duration and end of each task, all in the same unit of time."""
    scale = scale_of([value for task in tasks for value in task])
    found = []
    for start, duration in tasks:
        if program.bounds(duration)[0] < 0:
            raise NotWholeError("a duration may be below 0: give it a lower bound of 0")
        begin, length = (program.over_one_column(each, scale) for each in (start, duration))
        found += program.affine([begin, length, begin + length], scale)
    return found


def _circuit(program: Program, evaluator: ScalarEvaluator, node: Call | Reduction, env: Environment) -> None:
    arcs = list(_arcs(program, evaluator, node, env))
    nodes = {member: place for place, member in enumerate(dict.fromkeys(end for arc in arcs for end in arc[:2]))}
    for tail, head, taken in arcs:
        if tail == head and len(nodes) > 1 and taken is not False:  # CP-SAT would leave the node out of the circuit
            program.forbid([] if taken is True else [taken])
    kept = [(nodes[tail], nodes[head], taken) for tail, head, taken in arcs if tail != head or len(nodes) == 1]
    if len(nodes) == 1:
        program.require(sum((program.of_truth(taken) for _, _, taken in kept), program.form(-1)), "==")
    elif nodes:
        _require_round(program, kept, len(nodes))


def _require_round(program: Program, arcs: Sequence[tuple[int, int, Truth]], count: int) -> None:
    """A circuit through nodes numbered from 0; a node without an arc in or out leaves no answer."""
    kept = [(tail, head, taken) for tail, head, taken in arcs if taken is not False]
    if len({tail for tail, _, _ in kept}) < count or len({head for _, head, _ in kept}) < count:
        program.forbid()
        return
    ends = [end for tail, head, _ in kept for end in (tail, head)]
    program.add("circuit", numbers=ends, literals=[program.literal(taken).number for _, _, taken in kept])


def _arcs(
    program: Program, evaluator: ScalarEvaluator, node: Call | Reduction, env: Environment
) -> Iterator[tuple[Member, Member, Truth]]:
    """The ends of each arc, and whether it is taken."""
    body = node.body if isinstance(node, Reduction) else None
    if not isinstance(body, Index) or len(body.indices) < 2:
        message = f"`{node}` does not say which arcs may be taken"
        repair = "write `circuit(go[i, j] for (i, j) in Arc)` with a binary variable for each arc"
        raise problem("wrong-arguments", message, element=evaluator.element, place=node.place, repair=repair)
    for inner in _scopes(evaluator, node, env):
        tail, head = (evaluator.sets.index(end, inner).member for end in body.indices[-2:])
        yield tail, head, _taken(program, evaluator.number(body, inner))


def _taken(program: Program, value: Value) -> Truth:
    low, high = program.bounds(value)
    if low < 0 or high > 1 or program.form(value).denominator > 1:
        raise NotWholeError("an arc is taken or not: the variable has to be binary")
    return program.truth(program.form(value) - 1, ">=")


_REQUIRE: dict[str, Callable[[Program, ScalarEvaluator, Call | Reduction, Environment], None]] = {
    "all_different": _all_different,
    "circuit": _circuit,
    "no_overlap": _no_overlap,
    "cumulative": _cumulative,
}
GLOBAL = frozenset(_REQUIRE)
"""The global constraints that CP-SAT has."""
