from typing import List, Tuple


def merge_intervals(intervals: List[Tuple[int, int]]) -> List[Tuple[int, int]]:
    """Join intervals that overlap or touch, ordered by their start.

    >>> merge_intervals([(8, 10), (1, 3), (2, 6)])
    [(1, 6), (8, 10)]
    """
    merged: List[Tuple[int, int]] = []
    for start, stop in sorted(intervals):
        if merged and start <= merged[-1][1]:
            last_start, last_stop = merged[-1]
            merged[-1] = (last_start, max(last_stop, stop))
        else:
            merged.append((start, stop))
    return merged


def covered_length(intervals: List[Tuple[int, int]]) -> int:
    """Return how much of the line the intervals cover together."""
    return sum(stop - start for start, stop in merge_intervals(intervals))


def test_merge_intervals():
    assert merge_intervals([(8, 10), (1, 3), (2, 6)]) == [(1, 6), (8, 10)]
    assert merge_intervals([(1, 4), (4, 5)]) == [(1, 5)]
    assert merge_intervals([]) == []
    assert covered_length([(0, 2), (1, 3), (10, 11)]) == 4
