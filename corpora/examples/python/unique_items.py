from typing import List, Set


def without_repeats(values: List[int]) -> List[int]:
    """Keep the first of each value, in their order."""
    seen: Set[int] = set()
    kept = []
    for value in values:
        if value not in seen:
            seen.add(value)
            kept.append(value)
    return kept


def symmetric_parts(first: List[int], second: List[int]) -> List[int]:
    """Return what occurs in exactly one of the lists, in ascending order."""
    return sorted(set(first) ^ set(second))


def first_repeat(values: List[int]) -> int:
    """Return the position of the first value that occurred before, -1 if there is none."""
    seen = set()
    for position, value in enumerate(values):
        if value in seen:
            return position
        seen.add(value)
    return -1


def test_unique_items():
    assert without_repeats([3, 1, 3, 2, 1]) == [3, 1, 2]
    assert without_repeats([]) == []
    assert symmetric_parts([1, 2, 3], [2, 3, 4]) == [1, 4]
    assert first_repeat([5, 6, 5, 6]) == 2
    assert first_repeat([1, 2, 3]) == -1
