def falling_pairs(pool, xs):
    """Pairs of a falling number and an item; each pass shortens the pool."""
    total = 0
    for number, x in zip(range(len(pool), -1, -1), xs):
        total = total * 10 + number + x
        pool.pop()
    return total


def numbered(start, xs):
    """The range keeps the start that it had, whatever the body does."""
    total = 0
    for i, x in enumerate(range(start, start + len(xs))):
        total = total * 10 + i * x
        start += 2
    return total


def numbers(count):
    """A range that stands alone is the loop itself."""
    total = 0
    for number in range(count):
        count -= 1
        total += number
    return total


assert falling_pairs([1, 2, 3], [0, 0, 0]) == 321
assert numbered(1, [1, 2, 3]) == 26
assert numbers(4) == 6
