import heapq


def smallest(numbers, count):
    """Return the smallest numbers from low to high."""
    heap = []
    for number in numbers:
        heapq.heappush(heap, number)
    return [heapq.heappop(heap) for _ in range(count)]


def every(items, start, step):
    """Return every step-th item from a position on."""
    return items[start::step]


def grown(items):
    """Append the double of each item that is small, also of those appended."""
    for item in items:
        if item < 10:
            items.append(2 * item)
    return items


def close(a, b):
    return a == b


assert smallest([5, 1, 4], 2) == [1, 4]
assert every([1, 2, 3, 4, 5], 3, -2) == [4, 2]
assert grown([3, 12]) == [3, 12, 6, 12]
assert close(0.5, 0.5)
