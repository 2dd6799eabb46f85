def moves(discs: int) -> int:
    """Count the moves that a tower of discs needs."""
    if discs == 0:
        return 0
    return 2 * moves(discs - 1) + 1


def greatest_common_divisor(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


assert moves(5) == 31
assert greatest_common_divisor(84, 36) == 12
assert greatest_common_divisor(7, 0) == 7
