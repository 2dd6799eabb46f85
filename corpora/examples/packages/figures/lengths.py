"""Lengths of sides."""

SIDES = 4


def perimeter(sides: list[int]) -> int:
    """The sum of all sides.

    >>> perimeter([1, 2, 3])
    6
    """
    return sum(sides)


def longest(sides: list[int]) -> int:
    """The longest side.

    >>> longest([1, 3, 2])
    3
    """
    best = sides[0]
    for side in sides:
        if side > best:
            best = side
    return best
