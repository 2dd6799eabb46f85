"""Distances of points in several metrics."""

import numpy as np


def euclidean(a, b):
    """Distance of two points."""
    return np.sqrt(np.sum((a - b) ** 2))


def distance_matrix(points):
    """Distances between all points."""
    n = len(points)
    result = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1, n):
            result[i, j] = euclidean(points[i], points[j])
            result[j, i] = result[i, j]
    return result


def manhattan(a, b):
    return np.abs(a - b).sum()


def cosine(a, b):
    return np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))


def test_distances():
    points = np.array([[0.0, 0.0], [3.0, 4.0]])
    assert np.allclose(distance_matrix(points), np.array([[0.0, 5.0], [5.0, 0.0]]))
    assert manhattan(np.array([1.0, 2.0]), np.array([4.0, 0.0])) == 5.0
    assert abs(cosine(np.array([1.0, 0.0]), np.array([1.0, 1.0])) - 0.7071067811865475) < 1e-12
