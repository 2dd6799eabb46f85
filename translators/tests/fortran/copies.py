def without(values: list[int], unwanted: int) -> list[int]:
    """Remove every unwanted value, looking at a copy of the list."""
    for value in list(values):
        if value == unwanted:
            values.remove(value)
    return values


def test_without():
    assert without([1, 2, 2, 3], 2) == [1, 3]
