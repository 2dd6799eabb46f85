"""Arrays of evenly spaced numbers, and parts of them that change."""
import numpy as np


def steps(stop: float, step: float) -> np.ndarray:
    values = np.arange(0, stop, step)
    values[0] = 5.0
    return values


def doubled_column(rows: int, column: int) -> np.ndarray:
    table = np.ones((rows, 2))
    table[:, column] *= 2
    table[table > 1.5] -= 0.5
    return table


assert steps(1.0, 0.1)[3] == 0.30000000000000004
assert steps(1.0, 0.1)[0] == 5.0
assert doubled_column(2, 1).sum() == 5.0
