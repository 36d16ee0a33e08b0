"""Lines of HiGHS's log, as its version 1.15 writes them."""

import pytest

from steepest.solvers.backends.highs_log import Step, read_step


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("          0     3.2304401515e+03 Pr: 2940(21653.6) 0.1s\n", Step(0, 3230.4401515, 21653.6)),
        ("       4062     9.4326015278e+04 Pr: 0(0) 0.2s\n", Step(4062, 94326.015278, 0.0)),
        ("        120    -1.5000000000e+00 Ph1: 12(3.5); Du: 4(7.25) 0s\n", Step(120, -1.5, 3.5)),
        ("         12     8.0000000000e+00 Pr: 0(0); Du: 4(7.25) 12s\n", Step(12, 8.0, 0.0)),
        ("        400       -269.12115               78      0.14s\n", Step(400, -269.12115, None)),
    ],
)
def test_a_line_of_a_method_tells_where_it_stands(line: str, step: Step) -> None:
    assert read_step(line) == step


@pytest.mark.parametrize(
    "line",
    [
        "LP has 3400 rows; 6000 cols; 32940 nonzeros\n",
        "  Iteration        Objective     Infeasibilities num(sum)\n",
        "20000 rows, 38240 cols, 210720 nonzeros 0s\n",
        "Simplex   iterations: 4062\n",
        "\n",
    ],
)
def test_any_other_line_tells_nothing(line: str) -> None:
    assert read_step(line) is None
