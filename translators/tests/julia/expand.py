def expand(code: str) -> str:
    """Write out runs: each letter is followed by one digit, its number.

    >>> expand("a3b1")
    'aaab'
    """
    parts = []
    for i in range(0, len(code), 2):
        parts.append(code[i] * int(code[i + 1]))
    return "".join(parts)


def is_mirrored(text: str) -> bool:
    low = 0
    high = len(text) - 1
    while low < high:
        if text[low] != text[high]:
            return False
        low += 1
        high -= 1
    return True


def middle(text: str) -> str:
    """Return text without its first and last characters."""
    return text[1:-1]


def test_expand():
    assert expand("a3b1") == "aaab"
    assert expand("") == ""


def test_is_mirrored():
    assert is_mirrored("anna")
    assert not is_mirrored("anne")
    assert is_mirrored("été")


def test_middle():
    assert middle("(été)") == "été"
