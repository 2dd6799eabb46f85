"""Counts of values in equal bins."""

import numpy as np


def histogram(values, low, high, bins):
    """Count the values in equal bins between two bounds."""
    counts = np.zeros(bins, dtype=int)
    width = (high - low) / bins
    for value in values:
        if low <= value < high:
            counts[int((value - low) / width)] += 1
    return counts


def test_histogram():
    values = np.array([0.5, 1.5, 1.7, 2.2, 9.0])
    assert histogram(values, 0.0, 3.0, 3).tolist() == [1, 2, 1]
