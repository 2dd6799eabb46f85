def common_items(left: list[str], right: list[str]) -> list[str]:
    """Return what is in both lists, in order, each once."""
    return sorted(set(left) & set(right))


def shortest(words: list[str]) -> str:
    return min(words, key=len)


def masked(flags: int, mask: int) -> int:
    return (flags & mask) ^ 1


assert common_items(["b", "a", "c", "a"], ["a", "b", "x"]) == ["a", "b"]
assert shortest(["pear", "fig", "apple"]) == "fig"
assert masked(13, 6) == 5
