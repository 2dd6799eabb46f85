def bubble_sort(values: list[int]) -> list[int]:
    """Return the values in ascending order, leaving the argument as it is."""
    ordered = values[:]
    for end in range(len(ordered) - 1, 0, -1):
        swapped = False
        for i in range(end):
            if ordered[i] > ordered[i + 1]:
                ordered[i], ordered[i + 1] = ordered[i + 1], ordered[i]
                swapped = True
        if not swapped:
            break
    return ordered


def is_sorted(values: list[int]) -> bool:
    """Tell whether no value is smaller than the one before it."""
    return all(values[i - 1] <= values[i] for i in range(1, len(values)))


def test_bubble_sort():
    original = [5, 1, 4, 2, 8]
    assert bubble_sort(original) == [1, 2, 4, 5, 8]
    assert original == [5, 1, 4, 2, 8]
    assert bubble_sort([]) == []
    assert bubble_sort([3, 3, 1]) == [1, 3, 3]
    assert is_sorted(bubble_sort([9, -2, 7, 0]))
    assert not is_sorted([2, 1])
