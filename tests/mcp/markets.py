"""A model that takes any solver minutes."""

import random


def market_split() -> str:
    """A formulation that takes any solver minutes: five equations over forty yes-or-no decisions."""
    draw = random.Random(3)
    rows = [[draw.randrange(100) for _ in range(40)] for _ in range(5)]
    cells = "\n".join(
        f"  w{row}[I] = {{{', '.join(f'{column + 1}: {value}' for column, value in enumerate(values))}}}\n"
        f"  half{row} = {sum(values) // 2}"
        for row, values in enumerate(rows)
    )
    bounds = "\n".join(
        f"  c{row}: sum(w{row}[i] * x[i] for i in I) + up[{row}] - down[{row}] == half{row}" for row in range(5)
    )
    return (
        f"sets:\n  I = 1..40\n  R = 0..4\nparameters:\n{cells}\nvariables:\n  x[I]: binary\n  up[R]: real >= 0\n"
        f"  down[R]: real >= 0\nminimize: sum(up[r] + down[r] for r in R)\nconstraints:\n{bounds}\n"
    )
