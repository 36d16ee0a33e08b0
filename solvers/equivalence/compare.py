"""Compares two formulations: their compiled arrays first, then by solving, with a verdict that can be relied on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from steepest.errors import InputError
from steepest.solvers.answer import Answer
from steepest.solvers.changes.self_contained import self_contained
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.equivalence.budget import ComparisonBudget
from steepest.solvers.equivalence.inclusion import solved
from steepest.solvers.equivalence.report import Equivalence, Finding, Level, Witness
from steepest.solvers.equivalence.sets import compare_sets, feasible_set, have_same_objective, optimal_set
from steepest.solvers.equivalence.shared import SharedColumns, shared_columns
from steepest.solvers.equivalence.structure import StructureMatch, match_structures
from steepest.solvers.equivalence.values import PROVEN, compare_values, compare_with_other_data
from steepest.solvers.formulation import Formulation, Parameter, Variable
from steepest.solvers.spending import BudgetSpentError, Spending
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation


def compare_formulations(
    first: Formulation,
    second: Formulation,
    data_first: Tables | None = None,
    data_second: Tables | None = None,
    *,
    level: Level = "optima",
    variables: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    folder_first: Path | str | None = None,
    folder_second: Path | str | None = None,
    budget: ComparisonBudget | None = None,
    data_sets: int = 5,
    seed: int = 0,
    on_progress: Callable[[str], None] | None = None,
) -> Equivalence:
    """Whether two formulations are the same problem, in one of several senses.

    Args:
        first: A formulation.
        second: Another.
        data_first: Tables of the first, as `Formulation.solve` takes them.
        data_second: Tables of the second.
        level: In which sense: `value`, `data`, `structure`, `feasible` or `optima`.
        variables: For variables of the first that the second calls otherwise, their names there.
        parameters: The same for parameters, at the level `data`.
        folder_first: What relative paths of the first are relative to.
        folder_second: What those of the second are relative to.
        budget: Solves and seconds that it may take.
        data_sets: With how many other sets of data both are solved, at the level `data`.
        seed: Of the choice of these.
        on_progress: Told what is being done, a line at a time.

    Raises:
        FormulationError: A formulation or its data can't be used as they are.
        InputError: There is no such level, or `variables` or `parameters` name something that is not there.
    """
    if level not in get_args(Level):
        raise InputError(f"there is no level {level!r}: choose one of {', '.join(get_args(Level))}")
    check_formulation(first, bound=tuple(data_first or ())).raise_errors()
    check_formulation(second, bound=tuple(data_second or ())).raise_errors()
    one = self_contained(first, data_first, folder=folder_first)
    other = self_contained(second, data_second, folder=folder_second)
    _require_names("variable", one.variables, other.variables, variables or {})
    _require_names("parameter", one.parameters, other.parameters, parameters or {})
    spending = Spending(budget or ComparisonBudget())
    say = on_progress or (lambda _: None)
    shared: tuple[str, ...] = ()
    try:
        if level == "data":
            finding = compare_with_other_data(one, other, parameters or {}, data_sets, seed, spending, say)
        else:
            finding, shared = _compared(one, other, level, variables or {}, spending, say)
    except BudgetSpentError:
        finding = Finding(level, "unknown", "the budget was spent before it was decided")
    return Equivalence(finding, shared, spending.solves, spending.seconds)


def _require_names(
    kind: str,
    first: Sequence[Variable] | Sequence[Parameter],
    second: Sequence[Variable] | Sequence[Parameter],
    mapping: Mapping[str, str],
) -> None:
    for which, elements, names in (("first", first, mapping.keys()), ("second", second, mapping.values())):
        unknown = set(names) - {each.name for each in elements}
        if unknown:
            raise InputError(f"the {which} formulation has no {kind} `{min(unknown)}`")


def _compared(
    first: Formulation,
    second: Formulation,
    level: Level,
    variables: Mapping[str, str],
    spending: Spending,
    say: Callable[[str], None],
) -> tuple[Finding, tuple[str, ...]]:
    """The finding at any level but `data`, and the names of the decisions that it is about."""
    try:
        models = _Models.of(first, second, variables)
    except UnsupportedProblemError as error:
        return _uncompiled(first, second, level, error, spending), ()
    say("comparing the arrays")
    match = models.matched(level in ("feasible", "optima"), spending)
    if level == "structure" or match.is_found:
        return _structural(level, match), models.shared.names
    if level == "value":
        say("solving both")
        return compare_values(first, second, spending), models.shared.names
    say(f"comparing what they say of {len(models.shared.names):,} decisions")
    return models.points(level, spending), models.shared.names


def _uncompiled(
    first: Formulation, second: Formulation, level: Level, error: UnsupportedProblemError, spending: Spending
) -> Finding:
    """What is known of problems that have no linear or quadratic form."""
    if first == second:
        return Finding(level, "equivalent", "they are the same word for word")
    if level == "value":
        return compare_values(first, second, spending)
    return Finding(level, "unknown", f"one has no linear or quadratic form, so that only values are compared: {error}")


def _structural(level: Level, match: StructureMatch) -> Finding:
    if match.columns is not None:
        message = "their arrays are the same up to names, order and scale"
        return Finding(level, "equivalent", message, columns=match.columns, rows=match.rows)
    if match.difference:
        return Finding(level, "different", match.difference, Witness(*match.sides))
    return Finding(level, "unknown", "no map between their arrays was found, and none was ruled out")


@dataclass(frozen=True, eq=False)
class _Models:
    """Two compiled formulations, and the decisions that they share."""

    first: CompiledModel
    second: CompiledModel
    shared: SharedColumns

    @classmethod
    def of(cls, first: Formulation, second: Formulation, variables: Mapping[str, str]) -> "_Models":
        one, other = compile_formulation(first, bind(first)), compile_formulation(second, bind(second))
        return cls(one, other, shared_columns(one, other, variables))

    def matched(self, by_name: bool, spending: Spending) -> StructureMatch:
        """The map between the arrays; one by name takes each shared decision to itself."""
        anchors = list(zip(self.shared.first, self.shared.second, strict=True)) if by_name else []
        return match_structures(self.first, self.second, anchors, spending)

    def points(self, level: Level, spending: Spending) -> Finding:
        """Whether the feasible or the optimal values of the shared decisions are the same."""
        shared = self.shared
        if not shared.names:
            reason = "they have no decision of the same name and index; say which variables are the same"
            return Finding(level, "unknown", reason)
        feasible = feasible_set(self.first, shared.first), feasible_set(self.second, shared.second)
        if level == "feasible":
            return compare_sets(level, *feasible, shared, spending)
        if self.first.hessian is not None or self.second.hessian is not None:
            if not have_same_objective(self.first, self.second, shared):
                return Finding(level, "unknown", "optimal answers of quadratic objectives that differ are not compared")
            found = compare_sets("feasible", *feasible, shared, spending)
            return _of_same_objective(level, found)
        answers = solved(self.first, spending), solved(self.second, spending)
        ended = _without_optimum(level, *answers)
        if ended is not None:
            return ended
        best = [each.objective or 0.0 for each in answers]
        one, other = optimal_set(self.first, shared.first, best[0]), optimal_set(self.second, shared.second, best[1])
        return compare_sets(level, one, other, shared, spending)


def _of_same_objective(level: Level, feasible: Finding) -> Finding:
    """What the same objective over feasible sets that are the same, or not, says of the optimal answers."""
    if feasible.verdict == "equivalent":
        message = "the objective is the same, and so is what is allowed"
        return Finding(level, "equivalent", message, implications=feasible.implications)
    return Finding(level, "unknown", "the objective is quadratic, and what is allowed is not shown to be the same")


def _without_optimum(level: Level, first: Answer, second: Answer) -> Finding | None:
    """The finding where one of them has no optimal answer."""
    for which, answer in (("first", first), ("second", second)):
        if answer.status not in PROVEN:
            status = answer.status.replace("_", " ")
            return Finding(level, "unknown", f"the {which} ended with {status}: {answer.message}".rstrip(": "))
    if first.status != second.status:
        witness = Witness(first.status, second.status)
        return Finding(level, "different", f"the first is {first.status}, the second {second.status}", witness)
    if first.status != "optimal":
        return Finding(level, "equivalent", f"both are {first.status}: neither has an optimal answer")
    return None
