from typing import List, Optional, Tuple


def nearest_pair(values: List[float]) -> Optional[Tuple[float, float]]:
    """Return the two values that lie closest together, smaller one first."""
    if len(values) < 2:
        return None
    ordered = sorted(values)
    best = 0
    for i in range(1, len(ordered) - 1):
        if ordered[i + 1] - ordered[i] < ordered[best + 1] - ordered[best]:
            best = i
    return ordered[best], ordered[best + 1]


def test_nearest_pair():
    assert nearest_pair([4.0, 9.5, 1.0, 4.25]) == (4.0, 4.25)
    assert nearest_pair([7.0]) is None
