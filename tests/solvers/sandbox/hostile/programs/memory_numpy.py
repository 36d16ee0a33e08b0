# Takes memory by arrays: a gigabyte in one line.
# job: function, script | ends: memory, exception, completed
import numpy as np


def attack():
    return breaches(
        ones=lambda: np.ones(1 << 27).nbytes,
        product=lambda: np.outer(np.ones(20_000), np.ones(20_000)).nbytes,
        zeros=lambda: np.zeros(1 << 27).sum(),
        powers=lambda: np.linalg.matrix_power(np.ones((12_000, 12_000)), 2).nbytes,
    )
