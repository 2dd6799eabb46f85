def cools_down(temperatures: list[float], limit: float) -> bool:
    """Tell whether no reading after the first lies above the limit."""
    # The first reading is taken before the pumps start.
    return all(reading <= limit for reading in temperatures[1:])


def mean(readings: list[float]) -> float:
    return sum(readings) / len(readings)


def spread(readings: list[float]) -> float:
    """Return how far the readings lie apart."""
    return max(readings) - min(readings)


assert cools_down([90.5, 40.25, 39.0], 41.0)
assert not cools_down([90.5, 40.25, 43.0], 41.0)
assert mean([1.5, 2.5, 5.0]) == 3.0
assert spread([2.0, 8.5, 4.0]) == 6.5
