from typing import List, Tuple


def moves(discs: int, source: str, spare: str, target: str) -> List[Tuple[str, str]]:
    """Return the moves that carry a tower of discs from one peg to another."""
    if discs == 0:
        return []
    before = moves(discs - 1, source, target, spare)
    after = moves(discs - 1, spare, source, target)
    return before + [(source, target)] + after


def fibonacci(n: int) -> int:
    """Return the n-th Fibonacci number by its definition.

    >>> fibonacci(10)
    55
    """
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def power(base: int, exponent: int) -> int:
    """Raise to a non-negative power by repeated squaring."""
    if exponent == 0:
        return 1
    half = power(base, exponent // 2)
    if exponent % 2 == 0:
        return half * half
    return half * half * base


def test_recursion():
    assert moves(2, "A", "B", "C") == [("A", "B"), ("A", "C"), ("B", "C")]
    assert len(moves(5, "A", "B", "C")) == 31
    assert moves(0, "A", "B", "C") == []
    assert [fibonacci(n) for n in range(8)] == [0, 1, 1, 2, 3, 5, 8, 13]
    assert power(3, 13) == 1594323
    assert power(7, 0) == 1
