"""Areas of rectangles."""

from .lengths import SIDES, perimeter as around


def rectangle(width: int, height: int) -> int:
    """The area.

    >>> rectangle(2, 3)
    6
    """
    return width * height


def square(side: int) -> int:
    """The area of a square, by way of what is around it.

    >>> square(3)
    9
    """
    return rectangle(side, around([side] * SIDES) // SIDES)
