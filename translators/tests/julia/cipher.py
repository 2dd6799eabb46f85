def shifted(text: str, amount: int) -> str:
    """Move each small letter by amount places, round the end of the alphabet."""
    result = ""
    for ch in text:
        if "a" <= ch <= "z":
            result += chr((ord(ch) - ord("a") + amount) % 26 + ord("a"))
        else:
            result += ch
    return result


def initials(name: str) -> str:
    return "".join(part[0].upper() for part in name.split() if part)


def checksum(text: str) -> int:
    """Add the digits in text, every second one doubled."""
    total = 0
    for i, ch in enumerate(text):
        if not ch.isdigit():
            continue
        total += int(ch) * (2 if i % 2 == 1 else 1)
    return total


def test_cipher():
    assert shifted("xyz!", 3) == "abc!"
    assert shifted("abc", -1) == "zab"
    assert initials("grace brewster hopper") == "GBH"
    assert checksum("12a4") == 13
