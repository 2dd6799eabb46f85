"""Rectangles in order."""

from . import areas
from .lengths import longest


def ranked(figures: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The rectangles from the smallest to the largest.

    >>> ranked([(2, 3), (1, 1)])
    [(1, 1), (2, 3)]
    """
    by_area = sorted((areas.rectangle(width, height), width, height) for width, height in figures)
    return [(width, height) for _, width, height in by_area]


def describe(width: int, height: int) -> str:
    """One line about a rectangle.

    >>> describe(2, 3)
    'area 6, longest side 3'
    """
    return f"area {areas.rectangle(width, height)}, longest side {longest([width, height])}"
