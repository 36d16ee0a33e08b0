"""How a solve is run: limits, tolerances and reproducibility."""

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.errors import InputError

_LEAST_SECONDS = 0.01


class SolveOptions(BaseModel):
    """Options that every back end understands; None is the solver's own default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_limit: float | None = Field(default=None, gt=0)
    """Seconds of wall clock; the incumbent found by then is returned."""
    gap: float = Field(default=0.0, ge=0)
    """Relative MIP gap at which a solution counts as optimal; 0 asks for a proof that there is none better."""
    threads: int | None = Field(default=None, ge=1)
    """Threads that the solver may use."""
    seed: int | None = Field(default=None, ge=0, le=2**31 - 1)
    """Seed of the solver's random choices."""
    solver: str | None = None
    """Which solver: "highs", "scip" or another that is there; None chooses by the class of the problem."""


def with_time_left(options: SolveOptions, spent: float) -> SolveOptions:
    """The options for what is solved after these seconds of the time limit have gone by."""
    if options.time_limit is None:
        return options
    return options.model_copy(update={"time_limit": max(_LEAST_SECONDS, options.time_limit - spent)})


def solve_options(
    *,
    time_limit: float | None = None,
    gap: float | None = None,
    threads: int | None = None,
    seed: int | None = None,
    solver: str | None = None,
) -> SolveOptions:
    """Options from a caller's arguments.

    Raises:
        InputError: A value is out of its range; the message names it.
    """
    try:
        return SolveOptions(
            time_limit=time_limit, gap=0.0 if gap is None else gap, threads=threads, seed=seed, solver=solver
        )
    except ValidationError as error:
        defects = [f"{defect['loc'][0]}: {defect['msg']}" for defect in error.errors()]
        raise InputError("; ".join(defects)) from error
