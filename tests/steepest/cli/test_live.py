"""The line that shows how far a solver is."""

from dataclasses import replace
from io import StringIO

from steepest.cli.console import Console
from steepest.cli.live import live_control
from steepest.solvers.control import SolveProgress
from steepest.solvers.progress import progress_line

HALF_WAY = SolveProgress(12.3, 2775.0, 2803.34, 0.01021, 1041, "HiGHS 1.15.1")


class Terminal(StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


def test_the_line_tells_best_bound_gap_and_nodes() -> None:
    assert progress_line(HALF_WAY) == "HiGHS 1.15.1 12 s  best 2,775  bound 2,803.34  gap 1.02%  1,041 nodes"


def test_what_is_not_known_is_left_out() -> None:
    assert progress_line(SolveProgress(0.2, None, None, None, None, "SCIP 10")) == "SCIP 10 0 s  no answer yet"


def test_an_lp_tells_its_steps_and_where_it_stands() -> None:
    begun = SolveProgress(3.2, None, None, None, None, "HiGHS 1.15.1", iterations=1)
    assert progress_line(begun) == "HiGHS 1.15.1 3 s  1 iteration"
    later = replace(begun, iterations=2_666, current=14_364.5, infeasibility=5_939_670.0)
    told = "HiGHS 1.15.1 3 s  2,666 iterations  now at 14,364.5, limits missed by 5.94e+06 in all"
    assert progress_line(later) == told
    assert progress_line(replace(later, infeasibility=0.0)).endswith("  now at 14,364.5")


def test_a_terminal_sees_one_line_that_the_next_replaces() -> None:
    stderr = Terminal()
    console = Console(StringIO(), stderr)
    control = live_control(console, "text")
    control.report(HALF_WAY)
    control.report(HALF_WAY)
    assert stderr.getvalue().count("\n") == 0
    assert stderr.getvalue().count("best 2,775") == 2


def test_nothing_is_shown_where_nobody_looks_or_for_a_program() -> None:
    stderr, terminal = StringIO(), Terminal()
    live_control(Console(StringIO(), stderr), "text").report(HALF_WAY)
    live_control(Console(StringIO(), terminal), "json").report(HALF_WAY)
    live_control(Console(StringIO(), terminal, quiet=True), "text").report(HALF_WAY)
    assert stderr.getvalue() == terminal.getvalue() == ""


def test_a_long_solve_tells_once_how_to_end_it() -> None:
    stderr = StringIO()
    control = live_control(Console(StringIO(), stderr), "json")
    control.report(HALF_WAY)
    assert stderr.getvalue() == ""
    for seconds in (60.2, 61.0, 90.0):
        control.report(replace(HALF_WAY, seconds=seconds))
    assert stderr.getvalue().count("Ctrl-C ends it with the best answer so far") == 1
