from typing import Callable, List


def compose(first: Callable[[int], int], second: Callable[[int], int]) -> Callable[[int], int]:
    """Return the function that applies first, then second."""
    return lambda x: second(first(x))


def counts_up(limit: int) -> List[int]:
    calls = 0
    seen: List[int] = []

    def step(width: int = 1) -> bool:
        nonlocal calls
        calls += width
        seen.append(calls)
        return calls < limit

    while step():
        pass
    step(width=5)
    return seen


def total(*numbers: int) -> int:
    result = 0
    for number in numbers:
        result += number
    return result


def test_closures():
    assert compose(lambda x: x + 1, lambda x: x * 2)(3) == 8
    assert counts_up(3) == [1, 2, 3, 8]
    assert total(1, 2, 3) == 6
    assert total() == 0
