"""The options of HiGHS that may change, with HiGHS's own defaults, and the workflow that has them."""

from typing import Any

from examples.highs_options.mips import Solved, solve
from steepest.traces import Between, Node, bundle, node


def _option(name: str, default: Any, description: str, constraint: Any = None) -> Node[Any]:
    return node(default, name, trainable=True, description=description, constraint=constraint)


OPTIONS: dict[str, Node[Any]] = {
    each.label: each
    for each in [
        _option("presolve", "choose", "whether to simplify the problem first", ("off", "choose", "on")),
        _option("mip_heuristic_effort", 0.05, "share of the work for heuristics", Between(0.0, 1.0)),
        _option("mip_heuristic_run_rins", True, "search near the relaxation and the incumbent"),
        _option("mip_heuristic_run_rens", True, "search among roundings of the relaxation"),
        _option("mip_pscost_minreliable", 8, "branchings before a pseudo cost is trusted", Between(0, 100)),
        _option("mip_allow_restart", True, "begin again when the root has become much smaller"),
        _option("mip_allow_cut_separation_at_nodes", True, "look for cuts below the root, too"),
        _option("mip_lp_age_limit", 10, "how long an idle cut stays in the linear problem", Between(1, 100, log=True)),
        _option("mip_pool_age_limit", 30, "how long an idle cut stays in the pool", Between(1, 1000, log=True)),
        _option("mip_detect_symmetry", True, "look for symmetry"),
        _option(
            "simplex_dual_edge_weight_strategy",
            -1,
            "pricing: -1 HiGHS chooses, 0 Dantzig, 1 Devex, 2 steepest edge",
            (-1, 0, 1, 2),
        ),
    ]
}


@bundle()
def solved_with(example: dict[str, Any], options: dict[str, Any]) -> Solved:
    """Solve an instance with these options."""
    return solve(example, options)


def solved(example: dict[str, Any]) -> Any:
    """The workflow: an instance goes in, how HiGHS ended comes out."""
    return solved_with(example, OPTIONS)
