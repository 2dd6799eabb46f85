import math
from dataclasses import dataclass


@dataclass
class Point:
    """A point of the plane."""

    x: float
    y: float


def distance(a: Point, b: Point) -> float:
    """Return the Euclidean distance between two points."""
    return math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2)


def perimeter(corners: list[Point]) -> float:
    """Return the length of a closed polygon's boundary."""
    total = 0.0
    for i in range(len(corners)):
        total += distance(corners[i], corners[(i + 1) % len(corners)])
    return total


def area(corners: list[Point]) -> float:
    """Return the area of a simple polygon by the shoelace formula."""
    doubled = 0.0
    for i in range(len(corners)):
        here = corners[i]
        there = corners[(i + 1) % len(corners)]
        doubled += here.x * there.y - there.x * here.y
    return abs(doubled) / 2


def test_polygon():
    square = [Point(0.0, 0.0), Point(2.0, 0.0), Point(2.0, 2.0), Point(0.0, 2.0)]
    assert distance(Point(0.0, 0.0), Point(3.0, 4.0)) == 5.0
    assert perimeter(square) == 8.0
    assert area(square) == 4.0
    assert area([]) == 0.0
