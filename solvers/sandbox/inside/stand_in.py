"""The solver that a script gets, whatever name it asks for: executables and licences there are none in a job.

It solves in process so that the script's own prints and checks work. What it says is believed by nobody: the model
that the script leaves is solved again by a process that never saw the script.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from steepest.solvers.answer import Answer
from steepest.solvers.backends.apart.solving import killable_here
from steepest.solvers.backends.array_model import NamedModel
from steepest.solvers.extraction.pyomo_extraction import Extracted, extract
from steepest.solvers.extraction.refusals import ModelRefusedError
from steepest.solvers.model_solve import solve_model
from steepest.solvers.options import SolveOptions
from steepest.solvers.vectorized.scatter import Numbers, totals

_LEAST_SECONDS = 0.05


@dataclass(eq=False)
class Solves:
    """What a script has given to solvers so far, and the time that is left for such solves."""

    seconds: float
    """Of all solves of the script together."""
    model: Any = None
    """The one given last."""
    is_solved: bool = False
    """Whether that ended with an optimal answer, so that what the script does next can't be its failure."""

    def solve(self, model: Any) -> tuple[Answer, Extracted | None]:
        """Solve a model for the script's own use."""
        self.begin(model)
        begin = perf_counter()
        try:
            extracted = extract(model)
        except ModelRefusedError as error:
            return Answer("unsupported", str(error)), None
        with killable_here():
            answer = solve_model(extracted.model, SolveOptions(time_limit=max(self.seconds, _LEAST_SECONDS), gap=1e-4))
        self.seconds -= perf_counter() - begin
        self.is_solved = answer.status == "optimal"
        return answer, extracted

    def begin(self, model: Any) -> None:
        """Note that a model was given to a solver."""
        self.model, self.is_solved = model, False


class StandIn:
    """Answers to the interface of any of Pyomo's solvers."""

    def __init__(self, solves: Solves, name: str) -> None:
        from pyomo.common.collections import Bunch

        self._solves = solves
        self._model: Any = None
        self.name = self.type = name
        self.options = Bunch()
        self.config = Bunch()

    def __enter__(self) -> "StandIn":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held that would have to be let go."""

    def __bool__(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Whatever else a solver's interface has can be called and does nothing."""
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None

    def available(self, *_: object, **__: object) -> bool:
        """Whether the solver can be used: always."""
        return True

    license_is_valid = has_capability = warm_start_capable = available

    def executable(self) -> str:
        """Where the solver lies: a name."""
        return self.name

    def version(self) -> tuple[int, ...]:
        """A version, as those who ask for one compare it."""
        return (99, 0, 0, 0)

    def set_instance(self, model: Any, **_: object) -> None:
        """Take the model that a later `solve()` without one is about."""
        self._model = model

    def solve(self, model: Any = None, *_: object, load_solutions: bool = True, **__: object) -> Any:
        """Solve a model, load its values and give Pyomo's results object; all other arguments change nothing."""
        from pyomo.environ import AbstractModel

        given = self._model if model is None else model
        if isinstance(given, AbstractModel):
            given = given.create_instance()
        answer, extracted = self._solves.solve(given)
        return results_of(answer, extracted, given, self.name, load=load_solutions)


def results_of(answer: Answer, extracted: Extracted | None, model: Any, name: str, *, load: bool) -> Any:
    """An answer as Pyomo's results object; with `load` the values are set on the model's variables."""
    from pyomo.opt import SolverResults

    results = SolverResults()
    status, condition = _pyomo_words(answer)
    results.solver.name = name
    results.solver.status = status
    results.solver.termination_condition = condition
    results.solver.message = answer.message or "the model will be solved again after the script"
    results.solver.time = answer.seconds
    results.problem.name = model.name
    if extracted is not None:
        _describe_problem(results.problem, answer, extracted)
    if answer.values is not None and extracted is not None:
        load_values(answer, extracted, model) if load else _offer(results, answer, extracted, model)
    return results


def _describe_problem(problem: Any, answer: Answer, extracted: Extracted) -> None:
    from pyomo.environ import maximize, minimize

    model = extracted.model if isinstance(extracted.model, NamedModel) else extracted.model.linear
    problem.number_of_objectives = 1
    problem.number_of_constraints = model.rows
    problem.number_of_variables = model.columns
    problem.number_of_nonzeros = model.nonzeros
    problem.sense = minimize if model.sense == "minimize" else maximize
    low, high = (answer.bound, answer.objective) if model.sense == "minimize" else (answer.objective, answer.bound)
    if low is not None:
        problem.lower_bound = low
    if high is not None:
        problem.upper_bound = high


def _pyomo_words(answer: Answer) -> tuple[Any, Any]:
    from pyomo.opt import SolverStatus, TerminationCondition

    words = {
        "optimal": (SolverStatus.ok, TerminationCondition.optimal),
        "infeasible": (SolverStatus.warning, TerminationCondition.infeasible),
        "unbounded": (SolverStatus.warning, TerminationCondition.unbounded),
        "infeasible_or_unbounded": (SolverStatus.warning, TerminationCondition.infeasibleOrUnbounded),
        "time_limit": (SolverStatus.aborted, TerminationCondition.maxTimeLimit),
    }
    return words.get(answer.status, (SolverStatus.unknown, TerminationCondition.unknown))


def load_values(answer: Answer, extracted: Extracted, model: Any) -> None:
    """Set the values of the script's variables, and the duals and reduced costs that the model has a suffix for."""
    if answer.values is None:
        return
    values = answer.values.tolist()
    for variable, value in zip(extracted.variables, values, strict=True):
        if variable is not None and not variable.fixed:
            _set(variable, value)
    for boolean, column in extracted.booleans:
        if not boolean.fixed:
            _set(boolean, values[column])
    if answer.row_duals is not None and isinstance(extracted.model, NamedModel):
        _load_suffix(model, "dual", extracted.constraints, answer.row_duals)
        _load_suffix(model, "rc", extracted.variables, _reduced_costs(extracted.model, answer.row_duals))


def _set(variable: Any, value: float) -> None:
    from pyomo.environ import BooleanVar

    variable.set_value(value > 0.5 if variable.ctype is BooleanVar else value, skip_validation=True)
    variable.stale = False


def _load_suffix(model: Any, name: str, components: list[Any], values: Numbers) -> None:
    from pyomo.environ import Suffix

    suffix = model.component(name)
    if isinstance(suffix, Suffix) and suffix.import_enabled():
        for component, value in zip(components, values.tolist(), strict=True):
            if component is not None:
                suffix[component] = value


def _reduced_costs(model: NamedModel, duals: Numbers) -> Numbers:
    """`c - A'y`, of a linear objective."""
    prices = np.repeat(duals, np.diff(model.row_starts))
    return model.cost - totals(model.row_columns, model.row_coefficients * prices, model.columns)


def _offer(results: Any, answer: Answer, extracted: Extracted, model: Any) -> None:
    """Let `model.solutions.load_from(results)` load the values, for a script that asked to do so itself."""
    object.__setattr__(results, "_stand_in_load", lambda: load_values(answer, extracted, model))


def install(solves: Solves) -> None:
    """Answer every request for a solver with a stand-in; HiGHS through Pyomo's newer interfaces runs as it is.

    The classes of this process are changed, which is to run one script and to end then.
    """
    from pyomo.contrib.appsi import solvers as appsi
    from pyomo.contrib.solver.common.factory import SolverFactory as NewFactory
    from pyomo.contrib.solver.solvers.highs import Highs
    from pyomo.core.base.PyomoModel import ModelSolutions
    from pyomo.opt import SolverFactory, SolverManagerFactory

    def stand_in(factory: Any, name: Any = None, *_: object, **__: object) -> Any:
        return factory if name is None else StandIn(solves, str(name))

    type(SolverFactory).__call__ = stand_in
    _answer_by(SolverManagerFactory, stand_in)
    _answer_by(NewFactory, lambda factory, name=None, **_: factory if name is None else Highs())
    for name in ("Cbc", "Cplex", "Gurobi", "Ipopt", "MAiNGO"):
        setattr(appsi, name, appsi.Highs)
    for kind in (appsi.Highs, Highs):
        _note_models(kind, solves)
    _load_offers(ModelSolutions)


def _answer_by(factory: Any, answer: Callable[..., Any]) -> None:
    """Give one factory an own class, since a call is looked up there."""
    factory.__class__ = type(factory.__class__.__name__, (factory.__class__,), {"__call__": answer})


def _note_models(kind: Any, solves: Solves) -> None:
    """Let a solver class note each model that it is given, and whether it was solved."""
    solve = kind.solve

    def noting(self: Any, model: Any, *arguments: Any, **options: Any) -> Any:
        solves.begin(model)
        results = solve(self, model, *arguments, **options)
        condition = results.termination_condition
        solves.is_solved = condition.name in ("optimal", "convergenceCriteriaSatisfied")
        return results

    kind.solve = noting


def _load_offers(solutions: Any) -> None:
    load_from = solutions.load_from

    def loading(self: Any, results: Any, *arguments: Any, **options: Any) -> None:
        offered = getattr(results, "_stand_in_load", None)
        if offered is not None:
            offered()
        else:
            load_from(self, results, *arguments, **options)

    solutions.load_from = loading
