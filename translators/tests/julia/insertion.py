from typing import List


def insertion_place(ordered: List[int], wanted: int) -> int:
    """Return the first position in ordered whose item is not less than wanted."""
    low = 0
    high = len(ordered)
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def insertion_sort(values: List[int]) -> List[int]:
    result = list(values)
    for i in range(1, len(result)):
        j = i
        while j > 0 and result[j - 1] > result[j]:
            result[j - 1], result[j] = result[j], result[j - 1]
            j -= 1
    return result


def test_insertion_place():
    assert insertion_place([1, 4, 9], 4) == 1
    assert insertion_place([1, 4, 9], 10) == 3
    assert insertion_place([], 5) == 0


def test_insertion_sort():
    assert insertion_sort([3, 1, 2]) == [1, 2, 3]
    assert insertion_sort([]) == []
