import heapq
import bisect

def smallest(xs: list[int], k: int) -> list[int]:
    heap: list[int] = []
    for x in xs:
        heapq.heappush(heap, x)
    result = []
    for _ in range(k):
        result.append(heapq.heappop(heap))
    return result

def place(xs: list[int], x: int) -> int:
    return bisect.bisect_left(xs, x) * 10 + bisect.bisect_right(xs, x)

def order(xs: list[list[int]]) -> list[list[int]]:
    return sorted(xs)

def order_down(xs: list[list[int]]) -> list[list[int]]:
    return sorted(xs, reverse=True)

def largest(xs: list[list[int]]) -> list[int]:
    return max(xs)

def put(xs: list[int], a: int) -> list[int]:
    xs[1:3] = [a, a, a]
    return xs

def back(xs: list[int], i: int) -> list[int]:
    return xs[i::-1]

def back_two(s: str) -> str:
    return s[-2::-1]

def every(xs: list[int], k: int) -> list[int]:
    return xs[1::k]

def group(pairs: list[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found

def digits(n: int) -> list[int]:
    size = 300
    counts = [0] * size
    counts[n] += 1
    return counts[n:n + 1]

assert smallest([5, 3, 9, 1, 3], 3) == [1, 3, 3]
assert place([1, 3, 3, 5], 3) == 13
assert place([1, 3], 9) == 22
assert order([[2, 1], [1, 9], [1], [2]]) == [[1], [1, 9], [2], [2, 1]]
assert order_down([[2, 1], [1, 9], [1], [2]]) == [[2, 1], [2], [1, 9], [1]]
assert largest([[1, 2], [3], [2, 9]]) == [3]
assert put([1, 2, 3, 4], 7) == [1, 7, 7, 7, 4]
assert back([1, 2, 3, 4], 2) == [3, 2, 1]
assert back([1, 2, 3, 4], 9) == [4, 3, 2, 1]
assert back([1, 2, 3, 4], -2) == [3, 2, 1]
assert back_two("abcd") == "cba"
assert every([0, 1, 2, 3, 4, 5], 2) == [1, 3, 5]
assert group([("a", 1), ("b", 2), ("a", 3)]) == {"a": [1, 3], "b": [2]}
assert digits(255) == [1]
