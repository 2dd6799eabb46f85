NUMERALS = [
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
]


def to_roman(number: int) -> str:
    """Write a number between 1 and 3999 in Roman numerals.

    >>> to_roman(1994)
    'MCMXCIV'
    """
    result = ""
    for value, letters in NUMERALS:
        while number >= value:
            result += letters
            number -= value
    return result


def from_roman(text: str) -> int:
    """Return the value of a Roman numeral."""
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    total = 0
    previous = 0
    for letter in reversed(text):
        value = values[letter]
        if value < previous:
            total -= value
        else:
            total += value
            previous = value
    return total


def test_roman():
    assert to_roman(1994) == "MCMXCIV"
    assert to_roman(3) == "III"
    assert to_roman(3999) == "MMMCMXCIX"
    assert from_roman("MCMXCIV") == 1994
    assert from_roman("IV") == 4
    for number in range(1, 200):
        assert from_roman(to_roman(number)) == number
