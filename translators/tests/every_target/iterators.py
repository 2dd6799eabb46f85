"""Iterators that several loops share, and methods that were taken out of their object."""

from itertools import chain, islice, tee


def ends(words):
    """Whether each word is the first or the last.

    >>> list(ends(["a", "b", "c"]))
    [(True, False, 'a'), (False, False, 'b'), (False, True, 'c')]
    """
    it = iter(words)
    for word in it:
        first = True
        for following in it:
            yield first, False, word
            word = following
            first = False
        yield first, True, word


def steps(numbers):
    """The difference of each number and the one before it.

    >>> steps([1, 4, 9])
    [3, 5]
    """
    before, after = tee(numbers)
    next(after, None)
    return [b - a for a, b in zip(before, after)]


def distinct(rows):
    """The numbers of all rows but the first one, each once.

    >>> distinct([[7, 1, 2], [2, 1, 3]])
    [1, 2, 3]
    """
    seen = set()
    add = seen.add
    result = []
    append = result.append
    for number in islice(chain.from_iterable(rows), 1, None):
        if number not in seen:
            add(number)
            append(number)
    return result


def split_once(numbers, mark):
    """What stands before the first mark, and what behind it.

    >>> split_once([1, 2, 0, 3, 0, 4], 0)
    [[1, 2], [3, 0, 4]]
    >>> split_once([1, 2], 0)
    [[1, 2]]
    """
    it = iter(numbers)
    part = []
    for number in it:
        if number == mark:
            return [part, list(it)]
        part.append(number)
    return [part]
