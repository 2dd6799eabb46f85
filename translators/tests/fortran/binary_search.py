from typing import List


def binary_search(sorted_values: List[int], wanted: int) -> int:
    """Return the position of wanted in sorted_values, or -1 when it is absent."""
    low = 0
    high = len(sorted_values) - 1
    while low <= high:
        middle = (low + high) // 2
        if sorted_values[middle] == wanted:
            return middle
        if sorted_values[middle] < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return -1


def test_binary_search():
    assert binary_search([1, 4, 9, 16, 25], 16) == 3
    assert binary_search([], 5) == -1
