from dataclasses import dataclass


class Inventory:
    """Stock levels of named parts."""

    def __init__(self, capacity: int):
        self.capacity = capacity
        self.levels: dict[str, int] = {}

    def total(self) -> int:
        """Return how many parts are in stock in all."""
        return sum(self.levels.values())

    def receive(self, part: str, quantity: int) -> None:
        """Add a delivery; raise ValueError when it does not fit."""
        if self.total() + quantity > self.capacity:
            raise ValueError("over capacity")
        self.levels[part] = self.levels.get(part, 0) + quantity


@dataclass
class Point:
    x: int
    y: int

    def moved(self, dx: int, dy: int = 0) -> "Point":
        return Point(self.x + dx, self.y + dy)


def farthest(points: list[Point]) -> Point:
    best = points[0]
    for point in points:
        if point.x * point.x + point.y * point.y > best.x * best.x + best.y * best.y:
            best = point
    return best


class Window:
    def __init__(self, size: int):
        self.size = size
        self.items: list[float] = []

    def push(self, value: float) -> float:
        self.items.append(value)
        if len(self.items) > self.size:
            self.items.pop(0)
        return sum(self.items) / len(self.items)

    def __len__(self) -> int:
        return len(self.items)


def test_inventory():
    stock = Inventory(10)
    stock.receive("bolt", 4)
    stock.receive("bolt", 2)
    assert stock.total() == 6
    try:
        stock.receive("nut", 5)
        assert False
    except ValueError:
        pass
    assert stock.total() == 6


def test_points():
    assert Point(1, 2).moved(3) == Point(4, 2)
    assert farthest([Point(0, 1), Point(3, 4), Point(-2, 2)]) == Point(3, 4)


def test_window():
    window = Window(2)
    assert window.push(1.0) == 1.0
    assert window.push(3.0) == 2.0
    assert window.push(5.0) == 4.0
    assert len(window) == 2
