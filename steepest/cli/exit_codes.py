"""What the exit code of a command says, so that a script can tell an answer from a failure."""

from enum import IntEnum


class ExitCode(IntEnum):
    """0 only for a problem that was solved to its end; infeasible and unbounded are answers with their own code."""

    SOLVED = 0
    FAILED = 1
    """Bad input, a model or an endpoint that failed, or a defect of steepest."""
    USAGE = 2
    NOT_A_PROBLEM = 3
    NOT_FORMULATED = 4
    """The formulation has errors (or the data it names have), and none of the repairs helped."""
    INFEASIBLE = 5
    UNBOUNDED = 6
    STOPPED = 7
    UNSUPPORTED = 8
    MISSING_DATA = 9
    DIFFERENT = 10
    """Of `equivalent`: the two formulations are not the same problem."""
    UNDECIDED = 11
    """Of `equivalent`: neither that they are nor that they differ could be shown."""
    LOCALLY_OPTIMAL = 12
    """An answer that is the best nearby, by a solver that proves no more."""
    INTERRUPTED = 130
    TERMINATED = 143
    """By SIGTERM, with what was done kept."""


BY_OUTCOME = {
    "solved": ExitCode.SOLVED,
    "infeasible": ExitCode.INFEASIBLE,
    "unbounded": ExitCode.UNBOUNDED,
    "stopped": ExitCode.STOPPED,
    "locally_optimal": ExitCode.LOCALLY_OPTIMAL,
    "unsupported": ExitCode.UNSUPPORTED,
    "not_a_problem": ExitCode.NOT_A_PROBLEM,
    "not_formulated": ExitCode.NOT_FORMULATED,
    "missing_data": ExitCode.MISSING_DATA,
    "interrupted": ExitCode.INTERRUPTED,
    "failed": ExitCode.FAILED,
}
"""The code of every outcome that a command can come to."""
