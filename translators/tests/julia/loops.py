from typing import List, Tuple


def first_factor(number: int) -> int:
    """Return the least factor of number above 1."""
    for candidate in range(2, number):
        if number % candidate == 0:
            factor = candidate
            break
    else:
        factor = number
    return factor


def last_index(values: List[int], wanted: int) -> int:
    position = -1
    for i in range(len(values)):
        if values[i] == wanted:
            position = i
    return position


def split_signs(values: List[int]) -> Tuple[List[int], List[int]]:
    low, high = [], []
    for value in values:
        if value < 0:
            low.append(value)
        else:
            high.append(value)
    return low, high


def countdown(start: int) -> List[int]:
    return [n for n in range(start, 0, -1)]


def rotated(values: List[int], places: int) -> List[int]:
    return values[places:] + values[:places]


def tail(values: List[int]) -> List[int]:
    return values[-3:]


def pairs(width: int) -> List[Tuple[int, int]]:
    found = []
    for i in range(width):
        for j in range(width):
            found.append((i, j))
            i = 10
    return found


def test_loops():
    assert first_factor(15) == 3
    assert first_factor(7) == 7
    assert last_index([4, 5, 4], 4) == 2
    assert split_signs([1, -2, 3]) == ([-2], [1, 3])
    assert countdown(3) == [3, 2, 1]
    assert rotated([1, 2, 3, 4], 1) == [2, 3, 4, 1]
    assert rotated([1, 2, 3, 4], -1) == [4, 1, 2, 3]
    assert tail([1, 2]) == [1, 2]
    assert pairs(2) == [(0, 0), (10, 1), (1, 0), (10, 1)]
