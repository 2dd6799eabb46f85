def leading_zeros(digits: list[int]) -> int:
    """How many zeros the list begins with."""
    i = 0
    while i < len(digits) and digits[i] == 0:
        i += 1
    return i


def starts_alike(a: str, b: str) -> bool:
    return len(a) > 0 and len(b) > 0 and a[0] == b[0]


def test_lazy():
    assert leading_zeros([0, 0, 5]) == 2
    assert leading_zeros([]) == 0
    assert starts_alike("abc", "axe")
    assert not starts_alike("", "axe")
