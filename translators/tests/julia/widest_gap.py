"""Gaps between measurements."""
from typing import List, Optional, Tuple


def widest_gap(values: List[float]) -> Optional[Tuple[float, float]]:
    """Return the two neighbours that lie farthest apart, smaller one first.

    Return None when values has fewer than two items.

    >>> widest_gap([1.0, 9.0, 2.5])
    (2.5, 9.0)
    >>> widest_gap([1.0])
    """
    if len(values) < 2:
        return None
    ordered = sorted(values)
    best = 0
    for i in range(len(ordered) - 1):
        if ordered[i + 1] - ordered[i] > ordered[best + 1] - ordered[best]:
            best = i
    return ordered[best], ordered[best + 1]


def test_widest_gap():
    assert widest_gap([1.0, 9.0, 2.5]) == (2.5, 9.0)
    assert widest_gap([3.0]) is None
    assert widest_gap([]) is None
