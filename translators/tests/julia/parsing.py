from typing import List, Optional


class ParseError(Exception):
    """The text is no list of numbers."""


def parse_number(text: str) -> Optional[int]:
    try:
        return int(text)
    except ValueError:
        return None


def parse_all(text: str, separator: str = ",") -> List[int]:
    """Read numbers; raise ParseError for anything else."""
    numbers = []
    for part in text.split(separator):
        number = parse_number(part.strip())
        if number is None:
            raise ParseError(f"not a number: {part}")
        numbers.append(number)
    return numbers


def share(total: int, people: int) -> int:
    try:
        part = total // people
    except ZeroDivisionError:
        part = -1
    return part


def test_parsing():
    assert parse_number("12") == 12
    assert parse_number("x") is None
    assert parse_all("1, 2,3") == [1, 2, 3]
    assert parse_all("4;5", ";") == [4, 5]
    assert share(7, 2) == 3
    assert share(7, 0) == -1
    try:
        parse_all("1,b")
        assert False
    except ParseError:
        pass
