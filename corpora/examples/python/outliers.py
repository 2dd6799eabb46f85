"""Masks: values picked, counted and replaced by a condition."""

import numpy as np


def positives(a):
    """The positive values in order."""
    return a[a > 0]


def clip_negative(a):
    """Put 0 in the place of negative values."""
    result = a.copy()
    result[result < 0] = 0
    return result


def count_between(a, lo, hi):
    return np.sum((a >= lo) & (a <= hi))


def replace_outliers(a, limit):
    return np.where(np.abs(a) > limit, 0.0, a)


def test_masks():
    a = np.array([3, -1, 4, -5])
    assert positives(a).tolist() == [3, 4]
    assert clip_negative(a).tolist() == [3, 0, 4, 0]
    assert a.tolist() == [3, -1, 4, -5]
    assert count_between(a, -1, 3) == 2
    assert np.array_equal(replace_outliers(np.array([1.0, -7.0, 2.0]), 5.0), np.array([1.0, 0.0, 2.0]))
