"""Scaling of data to a common range."""

import numpy as np


def normalise_rows(m):
    """Scale each row so that it sums to 1."""
    return m / m.sum(axis=1, keepdims=True)


def centre_columns(m):
    """Subtract from each column its mean."""
    return m - m.mean(axis=0)


def min_max(v):
    lo, hi = v.min(), v.max()
    return (v - lo) / (hi - lo)


def softmax(v):
    e = np.exp(v - np.max(v))
    return e / e.sum()


def test_all():
    m = np.array([[1.0, 3.0], [2.0, 2.0]])
    assert np.allclose(normalise_rows(m), np.array([[0.25, 0.75], [0.5, 0.5]]))
    assert np.allclose(centre_columns(m), np.array([[-0.5, 0.5], [0.5, -0.5]]))
    assert np.allclose(min_max(np.array([2.0, 4.0, 3.0])), np.array([0.0, 1.0, 0.5]))
    assert abs(softmax(np.array([1.0, 2.0, 3.0])).sum() - 1.0) < 1e-12
