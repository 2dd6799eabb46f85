"""A line through points, by least squares."""

import numpy as np


def fit_line(x, y):
    """Least squares: slope and intercept."""
    mx, my = x.mean(), y.mean()
    slope = np.sum((x - mx) * (y - my)) / np.sum((x - mx) ** 2)
    return slope, my - slope * mx


def predict(x, slope, intercept):
    return slope * x + intercept


def rmse(a, b):
    return np.sqrt(np.mean((a - b) ** 2))


def test_fit():
    x = np.array([0.0, 1.0, 2.0])
    slope, intercept = fit_line(x, np.array([1.0, 3.0, 5.0]))
    assert abs(slope - 2.0) < 1e-12
    assert abs(intercept - 1.0) < 1e-12
    assert rmse(predict(x, slope, intercept), np.array([1.0, 3.0, 5.0])) < 1e-12
