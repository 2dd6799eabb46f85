def edit_distance(first: str, second: str) -> int:
    """Return how many insertions, deletions and replacements turn one text into the other.

    >>> edit_distance("kitten", "sitting")
    3
    """
    previous = list(range(len(second) + 1))
    for i, left in enumerate(first):
        current = [i + 1]
        for j, right in enumerate(second):
            cost = 0 if left == right else 1
            current.append(min(previous[j + 1] + 1, current[j] + 1, previous[j] + cost))
        previous = current
    return previous[-1]


def test_edit_distance():
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance("", "abc") == 3
    assert edit_distance("same", "same") == 0
    assert edit_distance("flaw", "lawn") == 2
