from typing import Dict, List

NUMERALS = [("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)]


def first_seen(words: List[str]) -> List[str]:
    """Return each word with its number, in the order of first occurrence."""
    counts: Dict[str, int] = {}
    for word in words:
        if word not in counts:
            counts[word] = 0
        counts[word] += 1
    return [f"{word}: {count}" for word, count in counts.items()]


def cheapest(limit: int) -> List[str]:
    prices = {"tea": 3, "milk": 1, "bread": 2}
    found = []
    for name, price in prices.items():
        if price <= limit:
            found.append(name)
    return found


def numeral(number: int) -> str:
    text = ""
    for letters, value in NUMERALS:
        while number >= value:
            text += letters
            number -= value
    return text


def most(scores: Dict[str, int]) -> int:
    return max(scores.values(), default=0)


def where(text: str, part: str) -> int:
    return text.find(part)


def test_ordered():
    assert first_seen(["b", "a", "b"]) == ["b: 2", "a: 1"]
    assert cheapest(2) == ["milk", "bread"]
    assert numeral(14) == "XIV"
    assert most({"a": 3, "b": 7}) == 7
    assert most({}) == 0
    assert where("größer", "er") == 4
    assert where("größer", "x") == -1
