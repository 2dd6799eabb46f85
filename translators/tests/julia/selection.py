from typing import List, Set, Tuple


def unique(values: List[int]) -> List[int]:
    return sorted(set(values))


def count(values: List[int], low: int) -> int:
    return len([value for value in values if value > low])


def ranking(scores: List[Tuple[str, int]]) -> List[str]:
    """Return the names, best score first, equal scores in alphabetical order."""
    return [name for name, score in sorted(scores, key=lambda pair: (-pair[1], pair[0]))]


def longest(words: List[str]) -> str:
    return max(words, key=len)


def common(a: Set[int], b: Set[int]) -> List[int]:
    return sorted(a & b)


def pairs(values: List[int]) -> List[Tuple[int, int]]:
    return [(a, b) for a, b in zip(values, values[1:]) if a < b]


def all_even(values: List[int]) -> bool:
    return all(value % 2 == 0 for value in values)


def test_selection():
    assert unique([3, 1, 3]) == [1, 3]
    assert count([1, 5, 7], 4) == 2
    assert ranking([("b", 1), ("a", 1), ("c", 9)]) == ["c", "a", "b"]
    assert longest(["on", "three", "eight"]) == "three"
    assert common({1, 2, 3}, {3, 2}) == [2, 3]
    assert pairs([1, 2, 2, 3]) == [(1, 2), (2, 3)]
    assert all_even([])
