"""Systems of linear equations."""

import numpy as np


def solve(a, b):
    """Solve a system of linear equations by Gaussian elimination with pivoting."""
    a = a.copy()
    x = b.copy()
    n = len(b)
    for k in range(n):
        pivot = k + np.argmax(np.abs(a[k:, k]))
        if a[pivot, k] == 0:
            raise ValueError("the matrix is singular")
        if pivot != k:
            a[[k, pivot]] = a[[pivot, k]]
            x[[k, pivot]] = x[[pivot, k]]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            a[i, k:] -= factor * a[k, k:]
            x[i] -= factor * x[k]
    for k in range(n - 1, -1, -1):
        x[k] = (x[k] - np.dot(a[k, k + 1:], x[k + 1:])) / a[k, k]
    return x


def test_solve():
    a = np.array([[2.0, 1.0], [1.0, 3.0]])
    b = np.array([3.0, 5.0])
    assert np.allclose(solve(a, b), np.array([0.8, 1.4]))
    assert np.allclose(solve(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([2.0, 3.0])), np.array([3.0, 2.0]))
