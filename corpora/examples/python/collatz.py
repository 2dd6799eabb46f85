from typing import List, Tuple


def collatz(start: int) -> List[int]:
    """Return the Collatz sequence from a positive number down to 1."""
    if start < 1:
        raise ValueError("start must be positive")
    sequence = [start]
    while sequence[-1] != 1:
        last = sequence[-1]
        sequence.append(last // 2 if last % 2 == 0 else 3 * last + 1)
    return sequence


def longest_below(limit: int) -> Tuple[int, int]:
    """Return the number below `limit` with the longest sequence, and its length."""
    best, best_length = 1, 1
    for start in range(1, limit):
        steps = len(collatz(start))
        if steps > best_length:
            best, best_length = start, steps
    return best, best_length


def test_collatz():
    assert collatz(6) == [6, 3, 10, 5, 16, 8, 4, 2, 1]
    assert collatz(1) == [1]
    assert longest_below(10) == (9, 20)
    assert longest_below(30) == (27, 112)
