import math


def mean(values: list[float]) -> float:
    """Return the arithmetic mean of one or more values."""
    return sum(values) / len(values)


def median(values: list[float]) -> float:
    """Return the middle value, or the mean of the two middle ones.

    >>> median([7.0, 1.0, 3.0])
    3.0
    """
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2 == 1:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def standard_deviation(values: list[float]) -> float:
    """Return the standard deviation of a population."""
    centre = mean(values)
    return math.sqrt(sum((value - centre) ** 2 for value in values) / len(values))


def test_statistics():
    assert mean([1.0, 2.0, 6.0]) == 3.0
    assert median([7.0, 1.0, 3.0]) == 3.0
    assert median([4.0, 1.0, 3.0, 2.0]) == 2.5
    assert abs(standard_deviation([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]) - 2.0) < 1e-9
