"""Looks for other optimal answers: in whole numbers first, then in what is left to vary at each choice of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt

from steepest.errors import InputError
from steepest.solvers.alternatives.cutting_off import with_rows, without_answers
from steepest.solvers.alternatives.optimal_face import UndecidedError, has_free_directions, optimal_face
from steepest.solvers.alternatives.report import Alternatives, Verdict
from steepest.solvers.answer import Answer
from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.compiled_solve import solution_of
from steepest.solvers.control import SolveControl
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.formulation import Formulation, Sense
from steepest.solvers.options import SolveOptions
from steepest.solvers.sensitivity.ranging import solve_ranged
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.columns import INTEGER, SEMICONTINUOUS
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.verification import defect, objective_value, tidied

EQUAL = 1e-6
"""How far two objectives may be off and count as equal, relative to their size above 1."""
_DIFFERENT = 1e-5
"""How far a decision has to be off, relative to its size above 1, to be another one."""
_SECONDS = 60.0
_FAR = 1e6
"""A whole number without bounds is searched for within this distance of the one that was found."""


def alternative_optima(
    formulation: Formulation,
    count: int = 3,
    tables: Tables | None = None,
    *,
    folder: Path | str | None = None,
    options: SolveOptions | None = None,
    seconds: float = _SECONDS,
    on_progress: Callable[[str], None] | None = None,
    control: SolveControl | None = None,
) -> Alternatives:
    """Up to `count` other answers that are as good, or the proof that there is none.

    Args:
        formulation: The formulation.
        count: How many other answers are looked for.
        tables: Data to bind by name.
        folder: Where the files that the formulation names are found.
        options: Limits and tolerances of each solve; the gap is taken as 0.
        seconds: How long the search may take.
        on_progress: Told what is being done, a line at a time.
        control: May end it from another thread; the answers that were found by then are told.

    Raises:
        FormulationError: The formulation or its data can't be used as they are.
        InputError: The count is not positive.
        SolverError: The solver broke down, or an answer is not to be trusted.
    """
    if count < 1:
        raise InputError(f"{count} other answers can't be looked for: ask for at least 1")
    try:
        model = compile_formulation(formulation, bind(formulation, tables, folder=folder))
    except UnsupportedProblemError as error:
        return Alternatives("unknown", f"other answers are looked for in linear problems only: {error}")
    if model.hessian is not None:
        return Alternatives("unknown", "other answers are looked for in linear problems only; this one is quadratic")
    options = (options or SolveOptions()).model_copy(update={"gap": 0.0})
    search = _Search(model, count, options, seconds, on_progress or (lambda _: None), control or SolveControl())
    return search.report()


class _Spent(Exception):
    """The search is over before its end: its time is, or whoever waits has enough."""


class _Search:
    """The answers found so far, and how much of the proof that there are no others."""

    def __init__(
        self,
        model: CompiledModel,
        count: int,
        options: SolveOptions,
        seconds: float,
        say: Callable[[str], None],
        control: SolveControl,
    ) -> None:
        self.compiled = model
        self.model = ArrayModel(**{name: getattr(model, name) for name in ArrayModel.__dataclass_fields__})
        self.wanted = count + 1
        self.given = options
        self.end = perf_counter() + seconds
        self.say = say
        self.control = control
        self.own = sum(block.size for block in model.variables)
        self.found: list[Answer] = []
        self.solves = 0
        self.doubts: list[str] = []
        self.objective = 0.0

    @property
    def options(self) -> SolveOptions:
        """The options for the next solve, within the time that is left."""
        left = self.end - perf_counter()
        if self.control.cancelled:
            raise _Spent("the search was interrupted")
        if left <= 0:
            raise _Spent("the time for the search was over")
        self.solves += 1
        limit = left if self.given.time_limit is None else min(left, self.given.time_limit)
        return self.given.model_copy(update={"time_limit": limit})

    @property
    def is_done(self) -> bool:
        return len(self.found) >= self.wanted

    @property
    def tolerance(self) -> float:
        return EQUAL * max(1.0, abs(self.objective))

    def report(self) -> Alternatives:
        try:
            first = self.first()
        except _Spent as spent:
            return Alternatives("unknown", f"whether there are other answers is unknown: {spent}")
        if first.status != "optimal" or first.objective is None or first.values is None:
            return Alternatives("unknown", f"there is no optimum that others could equal: {first.status}", solves=1)
        self.objective = first.objective
        self.found.append(first)
        try:
            self.search()
        except _Spent as spent:
            self.doubts.append(str(spent))
        except UndecidedError as error:
            self.doubts.append(str(error))
        return self.told()

    def first(self) -> Answer:
        """The optimum that others may equal."""
        if not self.own:
            return Answer("unsupported", "there is no decision")
        return solve_arrays(self.model, self.options, self.control)

    def search(self) -> None:
        """Answers that differ in whole numbers, then those that differ in the rest."""
        discrete = np.flatnonzero(self.model.types[: self.own] == INTEGER)
        if len(discrete):
            self.other_numbers(discrete)
        if len(discrete) == self.own:
            return
        if (self.model.types[: self.own] == SEMICONTINUOUS).any():
            self.doubts.append("semicontinuous decisions were only varied between their bounds, not on and off")
        if (self.model.types[self.own :] != 0).any():
            self.doubts.append("logic or products were written with auxiliary choices, which were not varied")
        for answer in list(self.found):
            if not self.is_done:
                self.other_reals(answer)

    # Whole numbers

    def other_numbers(self, discrete: npt.NDArray[np.integer]) -> None:
        model = self.bounded(discrete)
        while not self.is_done:
            self.say(f"looking for another answer; {len(self.found) - 1} found so far")
            cut = without_answers(model, discrete, [each.values for each in self.found if each.values is not None])
            if (cut.lower > cut.upper).any():
                return
            answer = solve_arrays(cut, self.options, self.control)
            if answer.status in ("infeasible", "infeasible_or_unbounded"):
                return
            if answer.status != "optimal" or answer.values is None or answer.objective is None:
                self.doubts.append(f"the search ended with {answer.status.replace('_', ' ')}")
                return
            if self.is_worse(answer.objective):
                return
            self.add(answer.values[: self.model.columns])

    def bounded(self, discrete: npt.NDArray[np.integer]) -> ArrayModel:
        """The model with finite bounds of the whole numbers: those that optimal answers keep."""
        lower, upper = self.model.lower.copy(), self.model.upper.copy()
        optimal = self.held_to_objective()
        for column in discrete.tolist():
            ends: tuple[tuple[Numbers, Sense], ...] = ((lower, "minimize"), (upper, "maximize"))
            for bounds, sense in ends:
                if np.isfinite(bounds[column]):
                    continue
                cost = np.zeros(self.model.columns)
                cost[column] = 1.0
                answer = solve_arrays(replace(optimal, cost=cost, offset=0.0, sense=sense), self.options, self.control)
                bounds[column] = self.reached(answer, column, sense)
        return replace(self.model, lower=lower, upper=upper)

    def reached(self, answer: Answer, column: int, sense: Sense) -> float:
        """How far a whole number goes among optimal answers."""
        if answer.status == "optimal" and answer.objective is not None:
            return float(np.round(answer.objective))
        self.doubts.append(f"{self.compiled.column_name(column)} was searched within {_FAR:g} of its value only")
        values = self.found[0].values
        assert values is not None  # noqa: S101  # the first answer has values
        return float(np.round(values[column]) + (_FAR if sense == "maximize" else -_FAR))

    def held_to_objective(self) -> ArrayModel:
        """The model whose every answer is as good as the first."""
        used = np.flatnonzero(self.model.cost)
        if not len(used):
            return self.model
        reached, room = self.objective - self.model.offset, self.tolerance
        low, high = (reached - room, np.inf) if self.model.sense == "maximize" else (-np.inf, reached + room)
        row = (used.tolist(), self.model.cost[used].tolist())
        return with_rows(self.model, [row], np.array([low]), np.array([high]))

    # Reals

    def other_reals(self, answer: Answer) -> None:
        """Answers with the same whole numbers."""
        assert answer.values is not None  # noqa: S101  # those found have values
        held = self.model.types == INTEGER
        off = (self.model.types == SEMICONTINUOUS) & (answer.values == 0)
        numbers = np.where(held, np.round(answer.values), 0.0)
        linear = replace(
            self.model,
            types=np.zeros_like(self.model.types),
            lower=np.where(held | off, numbers, self.model.lower),
            upper=np.where(held | off, numbers, self.model.upper),
        )
        ranged = solve_ranged(linear, self.options, self.control)
        if ranged is None or self.is_worse(ranged.objective):
            self.doubts.append("the real-valued decisions could not be varied")
            return
        self.add(ranged.values)
        face = optimal_face(linear, ranged)
        moved = face.moved(self.options, self.control)
        if moved is None and not has_free_directions(linear, ranged):
            return
        if moved is not None:
            self.add(moved)
        varying = np.flatnonzero((face.model.lower < face.model.upper)[: self.own])
        for column in varying:
            for corner in face.corners(np.array([column]), self.options, self.control):
                self.add(corner)
            if self.is_done:
                return

    # What was found

    def is_worse(self, objective: float) -> bool:
        worse = objective - self.objective if self.model.sense == "minimize" else self.objective - objective
        if worse < -10 * self.tolerance:
            raise SolverError("the solver found a better answer than the one it had proven to be the best")
        return worse > self.tolerance

    def add(self, values: Numbers) -> None:
        """Keep an answer that differs from the others, meets the model and is as good."""
        values = tidied(self.model, values)
        objective = objective_value(self.model, values)
        if self.is_done or not self.is_new(values):
            return
        if defect(self.model, values) is not None or abs(objective - self.objective) > 2 * self.tolerance:
            self.doubts.append("an answer was found that is as good only within the solver's own tolerance")
            return
        self.found.append(replace(self.found[0], values=values, objective=objective, row_duals=None, seconds=0.0))

    def is_new(self, values: Numbers) -> bool:
        own = values[: self.own]
        room = _DIFFERENT * (1 + np.abs(own))
        return all(
            each.values is not None and bool((np.abs(each.values[: self.own] - own) > room).any())
            for each in self.found
        )

    def told(self) -> Alternatives:
        solutions = [solution_of(self.compiled, each, self.compiled.problem_class) for each in self.found]
        is_proven = not self.doubts and not self.is_done
        others = len(self.found) - 1
        verdict: Verdict = "found" if others else "none" if is_proven else "unknown"
        return Alternatives(
            verdict,
            self.message(others, is_proven),
            objective=self.objective,
            tolerance=self.tolerance,
            solutions=solutions,
            is_complete=is_proven and not self.are_mixable(),
            solves=self.solves,
        )

    def are_mixable(self) -> bool:
        """Whether two of the answers have the same whole numbers: what lies between them is an answer, too."""
        discrete = self.model.types[: self.own] == INTEGER
        choices = {
            np.round(each.values[: self.own][discrete]).tobytes() for each in self.found if each.values is not None
        }
        return len(choices) < len(self.found)

    def message(self, others: int, is_proven: bool) -> str:
        if not others:
            doubt = "; ".join(dict.fromkeys(self.doubts))
            return "no other answer is as good" if is_proven else f"whether there are other answers is unknown: {doubt}"
        text = f"{others} other answer{'s are' if others > 1 else ' is'} as good"
        if self.are_mixable():
            between = "answers with the same whole numbers" if (self.model.types == INTEGER).any() else "them"
            return f"{text}, and so is whatever lies between {between}"
        return f"{text}, and no more" if is_proven else f"{text}; there may be more"
