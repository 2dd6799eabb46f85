from typing import List


def wrap(text: str, width: int) -> List[str]:
    """Break a text into lines of at most `width` characters; longer words get a line of their own.

    >>> wrap("the quick brown fox", 10)
    ['the quick', 'brown fox']
    """
    lines = []
    line = ""
    for word in text.split():
        if not line:
            line = word
        elif len(line) + 1 + len(word) <= width:
            line += " " + word
        else:
            lines.append(line)
            line = word
    if line:
        lines.append(line)
    return lines


def framed(lines: List[str]) -> List[str]:
    """Put a frame of stars around some lines."""
    width = max((len(line) for line in lines), default=0)
    border = "*" * (width + 4)
    return [border] + [f"* {line.ljust(width)} *" for line in lines] + [border]


def test_wrap():
    assert wrap("the quick brown fox", 10) == ["the quick", "brown fox"]
    assert wrap("", 10) == []
    assert wrap("incomprehensible word", 5) == ["incomprehensible", "word"]


def test_framed():
    assert framed(["ab", "c"]) == ["******", "* ab *", "* c  *", "******"]
