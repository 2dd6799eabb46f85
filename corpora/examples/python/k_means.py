"""One step of the k-means method."""

import numpy as np


def assign(points, centres):
    """Return for each point the number of the nearest centre."""
    labels = np.zeros(len(points), dtype=int)
    for i in range(len(points)):
        distances = np.sum((centres - points[i]) ** 2, axis=1)
        labels[i] = np.argmin(distances)
    return labels


def update(points, labels, k):
    """Return the mean of the points of each label."""
    centres = np.zeros((k, points.shape[1]))
    for j in range(k):
        members = points[labels == j]
        if len(members) > 0:
            centres[j] = members.mean(axis=0)
    return centres


def test_kmeans():
    points = np.array([[0.0, 0.0], [0.0, 2.0], [10.0, 10.0], [10.0, 12.0]])
    centres = np.array([[0.0, 0.0], [9.0, 9.0]])
    labels = assign(points, centres)
    assert labels.tolist() == [0, 0, 1, 1]
    assert np.allclose(update(points, labels, 2), np.array([[0.0, 1.0], [10.0, 11.0]]))
