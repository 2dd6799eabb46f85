from typing import List


def running_mean(samples: List[float], window: int) -> List[float]:
    """Return the mean of each stretch of `window` neighbouring samples.

    >>> running_mean([1.0, 2.0, 3.0, 4.0], 2)
    [1.5, 2.5, 3.5]
    """
    means = []
    for start in range(len(samples) - window + 1):
        total = 0.0
        for offset in range(window):
            total += samples[start + offset]
        means.append(total / window)
    return means


def largest_jump(samples: List[float]) -> float:
    """Return the largest absolute difference between neighbours, 0.0 if there are none."""
    largest = 0.0
    for i in range(1, len(samples)):
        jump = abs(samples[i] - samples[i - 1])
        if jump > largest:
            largest = jump
    return largest


assert running_mean([1.0, 2.0, 3.0, 4.0], 2) == [1.5, 2.5, 3.5]
assert running_mean([2.0, 4.0], 2) == [3.0]
assert running_mean([2.0], 2) == []
assert largest_jump([1.0, 4.0, 2.5]) == 3.0
assert largest_jump([]) == 0.0
