def common_letters(a: str, b: str) -> list[str]:
    """The letters that both texts have, in alphabetical order."""
    return sorted(set(a) & set(b))


def first_repeat(values: list[int]) -> int:
    """The first value that was there before, or -1."""
    seen = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return -1


def test_sets():
    assert common_letters("stone", "notes ") == ["e", "n", "o", "s", "t"]
    assert first_repeat([3, 1, 4, 1, 5]) == 1
    assert first_repeat([]) == -1
