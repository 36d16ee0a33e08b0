"""The solvers that Pyomo finds on this machine, and what each of them says, in our words.

Pyomo has two interfaces: a newer one (`pyomo.contrib.solver`), and the classic one, which most solvers still have.
"""

import logging
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from subprocess import TimeoutExpired
from time import perf_counter
from typing import Any, Protocol

from steepest.errors import InputError
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Status
from steepest.solvers.tolerances import FEASIBILITY

_GLOBAL = {
    "baron",
    "cbc",
    "clp",
    "copt",
    "couenne",
    "cplex",
    "glpk",
    "gurobi",
    "highs",
    "maingo",
    "mosek",
    "scip",
    "xpress",
}
"""Families of solvers whose `optimal` is a proof; that of any other is believed of convex problems only."""
_LOCAL = {"bonmin", "conopt", "cyipopt", "ipopt", "knitro", "knitroampl", "minos", "snopt"}
"""Families that look for local optima."""
_KNOWN = _GLOBAL | _LOCAL
_LINEAR = {"cbc", "clp", "glpk"}
"""Families that take no products of variables."""
_LINEAR_INTERFACES = {"appsi_highs"}
"""Interfaces that take none either, although the solver itself does."""
_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "cbc": {"gap": "ratioGap", "threads": "threads", "seed": "randomCbcSeed"},
    "glpk": {"gap": "mipgap", "seed": "seed"},
    "gurobi": {"gap": "MIPGap", "threads": "Threads", "seed": "Seed"},
    "cplex": {"gap": "mip_tolerances_mipgap", "threads": "threads", "seed": "randomseed"},
    "xpress": {"gap": "miprelstop", "threads": "threads", "seed": "randomseed"},
    "scip": {"gap": "limits/gap", "seed": "randomization/randomseedshift"},
    "highs": {"gap": "mip_rel_gap", "threads": "threads", "seed": "random_seed"},
    "baron": {"gap": "EpsR"},
}
"""What solvers call our options, by family."""
_WITH_VALUES = ("optimal", "locally_optimal", "time_limit", "interrupted")


@dataclass(frozen=True, slots=True)
class PyomoOutcome:
    """What a solver said of a Pyomo model, before anybody has checked it."""

    status: Status
    solver: str
    """Its name with its version."""
    seconds: float
    message: str = ""
    values: Mapping[int, float] | None = field(default=None, repr=False)
    """By the id of Pyomo's variable; None where there is no answer."""
    bound: float | None = None


class PyomoSolver(Protocol):
    """A solver that Pyomo knows."""

    @property
    def name(self) -> str:
        """What it is asked for by."""

    def solve(self, model: Any, options: SolveOptions) -> PyomoOutcome:
        """Solve for the active objective.

        Raises:
            SolverError: It does not take the model, or broke down.
        """


def open_solver(name: str) -> PyomoSolver:
    """The solver of a name.

    Raises:
        InputError: Pyomo finds none of this name here; the message lists those that it finds.
    """
    try:
        found = _found(name)
    except Exception as error:  # Pyomo's interfaces raise what they like when asked whether they are here
        reason = f"Pyomo can't say whether it has the solver {name!r}: {error or type(error).__name__}"
        raise InputError(f"{reason}; it finds {', '.join(solvers_found())}. Use one of these") from error
    if found is None:
        here = ", ".join(solvers_found())
        if _is_algorithm(name):
            reason = f"{name!r} is an algorithm that Pyomo builds of other solvers, and no solver"
            raise InputError(f"{reason}; it finds {here}. Use one of these")
        raise InputError(f"Pyomo finds no solver {name!r} here; it finds {here}. Install it, or use one of these")
    return found


def solvers_found() -> list[str]:
    """The names of all solvers that Pyomo finds here, of those that are widely used."""
    import pyomo.environ as pyo

    known = sorted(name for name in pyo.SolverFactory if _family(name) in _KNOWN)
    return [name for name in known if _is_usable(name)]


def _is_usable(name: str) -> bool:
    try:
        return _found(name) is not None
    except Exception:  # what can't say whether it is here is of no use
        return False


def _found(name: str) -> PyomoSolver | None:
    return _newer(name) or _classic(name)


def proves_optimality(name: str) -> bool:
    """Whether what a solver calls optimal is the best answer of problems that are not convex, too."""
    return _family(name) in _GLOBAL


def takes_only_linear(name: str) -> bool:
    """Whether a solver takes LPs and MIPs alone."""
    return _family(name) in _LINEAR or name in _LINEAR_INTERFACES


# The newer interface


@dataclass(frozen=True, slots=True)
class _Newer:
    name: str
    backend: Any

    def solve(self, model: Any, options: SolveOptions) -> PyomoOutcome:
        from pyomo.contrib.solver.common.util import IncompatibleModelError

        begin = perf_counter()
        with _told_as_solver_error(self.name):
            try:
                results = self.backend.solve(model, **self._settings(options))
            except IncompatibleModelError as error:
                return PyomoOutcome("unsupported", self.name, 0.0, str(error))
        status, message = _newer_outcome(results)
        has_values = status in _WITH_VALUES and results.incumbent_objective is not None
        found = results.solution_loader.get_vars().items() if has_values else ()
        return PyomoOutcome(
            status,
            _with_version(self.name, self.backend),
            perf_counter() - begin,
            message,
            {id(component): value for component, value in found} if has_values else None,
            results.objective_bound,
        )

    def _settings(self, options: SolveOptions) -> dict[str, Any]:
        """What the solver takes of the options."""
        known = {"time_limit": options.time_limit, "threads": options.threads, "rel_gap": options.gap}
        given: dict[str, Any] = {
            name: value for name, value in known.items() if value is not None and name in self.backend.config
        }
        seed = _settings_of(self.name).get("seed")
        if options.seed is not None and seed is not None:
            given["solver_options"] = {seed: options.seed}
        return {"load_solutions": False, "raise_exception_on_nonoptimal_result": False, **given}


def _newer(name: str) -> _Newer | None:
    from pyomo.contrib.solver.common.factory import SolverFactory

    if name not in SolverFactory:
        return None
    backend = SolverFactory(name)
    return _Newer(name, backend) if backend.available() else None


def _newer_outcome(results: Any) -> tuple[Status, str]:
    from pyomo.contrib.solver.common.results import TerminationCondition as Termination

    words: dict[Any, tuple[Status, str]] = {
        Termination.convergenceCriteriaSatisfied: ("optimal", ""),
        Termination.provenInfeasible: ("infeasible", _INFEASIBLE),
        Termination.locallyInfeasible: ("failed", _LOCALLY_INFEASIBLE),
        Termination.unbounded: ("unbounded", _UNBOUNDED),
        Termination.infeasibleOrUnbounded: ("infeasible_or_unbounded", ""),
        Termination.maxTimeLimit: ("time_limit", "the time limit was reached"),
        Termination.iterationLimit: ("interrupted", "the solver's limit of iterations was reached"),
        Termination.interrupted: ("interrupted", "the solve was interrupted"),
    }
    condition = results.termination_condition
    return words.get(condition) or ("failed", f"the solver stopped with {condition.name}")


OVERRAN = "went on past the time limit, and was ended without an answer"
"""What a solver did, for a message with its name."""
_LATE = 0.9
"""Share of a time limit after which it is what ended a solve."""
_INFEASIBLE = "no answer meets all constraints"
_LOCALLY_INFEASIBLE = "the solver found no answer that meets all constraints; whether there is one is not known"
_UNPROVEN = "the solver stopped at a limit with an answer that it has not proven best"
_UNBOUNDED = "the objective has no limit: a constraint is missing"


# The classic interface


@dataclass(frozen=True, slots=True)
class _Classic:
    name: str
    solver: Any

    def solve(self, model: Any, options: SolveOptions) -> PyomoOutcome:
        begin = perf_counter()
        settings = _settings_of(self.name)
        given = {"gap": options.gap, "threads": options.threads, "seed": options.seed}
        own = {settings[key]: value for key, value in given.items() if key in settings and value is not None}
        limit = {} if options.time_limit is None else {"timelimit": _seconds(self.name, options.time_limit)}
        with _told_as_solver_error(self.name):
            try:
                results = self.solver.solve(model, load_solutions=False, options=own, **limit)
            except TimeoutExpired:  # of the program: Pyomo ended it
                seconds = perf_counter() - begin
                return PyomoOutcome("time_limit", f"pyomo/{self.name}", seconds, f"{self.name} {OVERRAN}")
            status, message = _classic_outcome(results)
            if message == _UNPROVEN and options.gap and not _is_late(begin, options):
                status, message = "optimal", ""  # what ended it is the gap that was asked for
            has_values = status in _WITH_VALUES and len(results.solution) > 0
            values = _loaded(model, results) if has_values else None
        name = _with_version(self.name, self.solver)
        bound = _classic_bound(model, results, name=self.name)
        return PyomoOutcome(status, name, perf_counter() - begin, message, values, bound)


def _is_late(begin: float, options: SolveOptions) -> bool:
    """Whether a solve has taken about as long as it may."""
    return options.time_limit is not None and perf_counter() - begin > _LATE * options.time_limit


def _seconds(name: str, limit: float) -> float:
    """A time limit as the solver takes it: that of GLPK is a whole number."""
    return math.ceil(limit) if _family(name) == "glpk" else limit


def _classic(name: str) -> _Classic | None:
    solver = _opened(name)
    if solver is None or _is_built_of_others(solver):
        return None
    with _without_log():
        return _Classic(name, solver) if solver.available(exception_flag=False) else None


def _opened(name: str) -> Any:
    """Pyomo's own solver of a name; None if it has none."""
    import pyomo.environ as pyo
    from pyomo.opt.base.solvers import UnknownSolver

    if name.startswith("_") or (name not in pyo.SolverFactory and name not in _KNOWN):
        return None  # of any other name Pyomo runs the program that is called so
    with _without_log():
        solver = pyo.SolverFactory(name)
    return None if isinstance(solver, UnknownSolver) else solver


def _is_algorithm(name: str) -> bool:
    solver = _opened(name)
    return solver is not None and _is_built_of_others(solver)


def _is_built_of_others(solver: Any) -> bool:
    """Whether it is an algorithm of Pyomo's: `multistart` and `gdpopt` are not called as solvers are, `mpec_nlp` is."""
    settings = getattr(solver, "CONFIG", None)
    has_own_call = settings is not None and "load_solutions" not in settings
    return has_own_call or type(solver).__module__.startswith("pyomo.mpec.")


def _classic_outcome(results: Any) -> tuple[Status, str]:
    from pyomo.opt import TerminationCondition as Termination

    words: dict[Any, tuple[Status, str]] = {
        Termination.optimal: ("optimal", ""),
        Termination.globallyOptimal: ("optimal", ""),
        Termination.locallyOptimal: ("locally_optimal", ""),
        Termination.feasible: ("time_limit", _UNPROVEN),
        Termination.infeasible: ("infeasible", _INFEASIBLE),
        Termination.unbounded: ("unbounded", _UNBOUNDED),
        Termination.infeasibleOrUnbounded: ("infeasible_or_unbounded", ""),
        Termination.maxTimeLimit: ("time_limit", "the time limit was reached"),
        Termination.maxIterations: ("interrupted", "the solver's limit of iterations was reached"),
        Termination.maxEvaluations: ("interrupted", "the solver's limit of evaluations was reached"),
        Termination.userInterrupt: ("interrupted", "the solve was interrupted"),
    }
    condition = results.solver.termination_condition
    return words.get(condition) or ("failed", f"the solver stopped with {condition}")


def _loaded(model: Any, results: Any) -> dict[int, float]:
    import pyomo.environ as pyo

    model.solutions.load_from(results)
    variables = model.component_data_objects(pyo.Var)
    return {id(each): float(each.value) for each in variables if each.value is not None and not each.stale}


def _classic_bound(model: Any, results: Any, *, name: str) -> float | None:
    """What the objective can't pass, where the solver has said so."""
    import pyomo.environ as pyo

    objective = next(model.component_data_objects(pyo.Objective, active=True), None)
    is_most = objective is not None and objective.sense == pyo.maximize
    bound = results.problem.upper_bound if is_most else results.problem.lower_bound
    if not isinstance(bound, int | float):
        return None
    if not is_most or _family(name) != "cbc":
        return float(bound)
    # CBC minimizes the negative, and Pyomo reports now that bound, now its negative: only one of them can be one.
    reached = pyo.value(objective, exception=False)
    if reached is None:
        return None
    least = reached - FEASIBILITY * max(1.0, abs(reached))
    possible = {each for each in (float(bound), -float(bound)) if each >= least}
    return possible.pop() if len(possible) == 1 else None


# Both


def _family(name: str) -> str:
    """`gurobi` of `gurobi_direct` and `appsi_gurobi`."""
    return name.removeprefix("appsi_").partition("_")[0]


def _settings_of(name: str) -> Mapping[str, str]:
    return _SETTINGS.get(_family(name), {})


def _with_version(name: str, solver: Any) -> str:
    version = [str(part) for part in solver.version() or ()]
    return " ".join([f"pyomo/{name}", ".".join(version)]).strip()


@contextmanager
def _told_as_solver_error(name: str) -> Iterator[None]:
    """Pyomo's interfaces raise what they like where a solver refuses a model or crashes."""
    try:
        with _without_log():
            yield
    except KeyboardInterrupt:
        raise
    except Exception as error:
        raise SolverError(f"{name} ended with an error: {error}") from error


@contextmanager
def _without_log() -> Iterator[None]:
    """Pyomo also writes to its log what its results say."""
    logger = logging.getLogger("pyomo")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
