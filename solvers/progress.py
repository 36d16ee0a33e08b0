"""How far a solve is, in a line: for a terminal, a page and a log."""

from steepest.solvers.control import SolveProgress

__all__ = ["progress_line"]


def progress_line(progress: SolveProgress) -> str:
    """What is known of a solve: the solver, its seconds, the best answer, the bound, the gap, the nodes.

    Of an LP or QP: how many steps its method has taken, and the objective where it stands.
    """
    parts = [f"{progress.solver} {progress.seconds:.0f} s"]
    if progress.objective is not None:
        parts.append(f"best {progress.objective:,.6g}")
    elif progress.iterations is None:
        parts.append("no answer yet")
    if progress.bound is not None:
        parts.append(f"bound {progress.bound:,.6g}")
    if progress.gap is not None:
        parts.append(f"gap {progress.gap:.2%}")
    if progress.nodes is not None:
        parts.append(f"{progress.nodes:,} node{'' if progress.nodes == 1 else 's'}")
    if progress.iterations is not None:
        parts.append(f"{progress.iterations:,} iteration{'' if progress.iterations == 1 else 's'}")
    if progress.current is not None:
        parts.append(_standing(progress.current, progress.infeasibility))
    return "  ".join(parts)


def _standing(current: float, infeasibility: float | None) -> str:
    """Where the method for an LP or QP stands."""
    missed = f", limits missed by {infeasibility:,.3g} in all" if infeasibility else ""
    return f"now at {current:,.6g}{missed}"
