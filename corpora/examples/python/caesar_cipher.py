def shift_letter(letter: str, distance: int) -> str:
    """Move a letter along the alphabet, keeping its case; leave other characters alone."""
    if "a" <= letter <= "z":
        return chr((ord(letter) - ord("a") + distance) % 26 + ord("a"))
    if "A" <= letter <= "Z":
        return chr((ord(letter) - ord("A") + distance) % 26 + ord("A"))
    return letter


def encrypt(text: str, distance: int) -> str:
    """Encrypt a text with Caesar's cipher.

    >>> encrypt("Veni, vidi", 3)
    'Yhql, ylgl'
    """
    return "".join(shift_letter(letter, distance) for letter in text)


def decrypt(text: str, distance: int) -> str:
    """Undo `encrypt`."""
    return encrypt(text, -distance)


def test_cipher():
    assert encrypt("Veni, vidi", 3) == "Yhql, ylgl"
    assert encrypt("xyz", 3) == "abc"
    assert encrypt("", 5) == ""
    assert decrypt("Yhql, ylgl", 3) == "Veni, vidi"
    assert decrypt(encrypt("Hello, World!", 29), 29) == "Hello, World!"
