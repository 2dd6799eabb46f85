def spread(values: list[int]) -> int:
    """How far the values lie apart."""
    return max(values) - min(values)


def evens(values: list[int]) -> list[int]:
    """The even values."""
    return [v for v in values if v % 2 == 0]


def power(values: list[float]) -> float:
    """The sum of the squares."""
    return sum(v * v for v in values)


def test_arrays():
    assert spread([3, -1, 7]) == 8
    assert evens([1, 2, 3, 4]) == [2, 4]
    assert power([1.0, 2.0]) == 5.0
    assert any(v > 2 for v in evens([4]))
