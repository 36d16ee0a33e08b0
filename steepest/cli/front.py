"""`--pareto`: the front of several objectives, found in place of a single answer; its neighbours render it."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from steepest.cli.options import argument
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.solvers.control import SolveControl
    from steepest.solvers.formulation import Formulation
    from steepest.solvers.options import SolveOptions
    from steepest.solvers.pareto.front import ParetoFront

EVERY = 0
"""What `--pareto` stands for without a number: every point where that can be proven."""
BY_FRONT = {"complete": "solved", "sampled": "solved"}
"""What a front's status means for the command; the others are outcomes of the same name."""


def add_pareto(parser: argparse.ArgumentParser) -> None:
    """`--pareto`."""
    parser.add_argument(
        "--pareto",
        metavar="N",
        nargs="?",
        const=EVERY,
        type=argument(_read_points),
        help="the front of several objectives in place of one answer: by N limits an objective, or all points where "
        "that can be proven; --time-limit is that of the whole search (60 s)",
    )


def _read_points(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise InputError(
            f"{text!r} is no number of points; put the file first, or write --pareto=11 or nothing"
        ) from error


def found_front(
    formulation: "Formulation",
    points: int | None,
    tables: Mapping[str, object],
    folder: Path,
    options: "SolveOptions",
    control: "SolveControl",
    say: Callable[[str], None],
) -> "ParetoFront":
    """The front of a formulation; the time limit is that of the search.

    Raises:
        InputError: There are fewer than two objectives, or the number of points is out of its range.
    """
    from steepest.solvers.pareto.front import ParetoBudget
    from steepest.solvers.pareto.search import pareto_front

    limit = options.time_limit
    budget = ParetoBudget() if limit is None else ParetoBudget(seconds=limit)
    return pareto_front(
        formulation,
        tables,
        points=points or None,
        folder=folder,
        options=options.model_copy(update={"time_limit": None}),
        budget=budget,
        control=control,
        on_progress=say,
    )
