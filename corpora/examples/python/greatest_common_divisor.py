def greatest_common_divisor(a: int, b: int) -> int:
    """Return the greatest common divisor by Euclid's algorithm.

    >>> greatest_common_divisor(54, 24)
    6
    """
    while b != 0:
        a, b = b, a % b
    return abs(a)


def least_common_multiple(a: int, b: int) -> int:
    """Return the least common multiple; 0 if either number is 0."""
    if a == 0 or b == 0:
        return 0
    return abs(a * b) // greatest_common_divisor(a, b)


def reduced(numerator: int, denominator: int) -> tuple[int, int]:
    """Return a fraction in lowest terms with a positive denominator."""
    if denominator == 0:
        raise ValueError("the denominator is zero")
    divisor = greatest_common_divisor(numerator, denominator)
    if denominator < 0:
        divisor = -divisor
    return numerator // divisor, denominator // divisor


def check(candidate):
    assert candidate(54, 24) == 6
    assert candidate(17, 5) == 1
    assert candidate(0, 9) == 9
    assert candidate(-12, 18) == 6
    assert least_common_multiple(4, 6) == 12
    assert least_common_multiple(0, 6) == 0
    assert reduced(6, -8) == (-3, 4)


check(greatest_common_divisor)
