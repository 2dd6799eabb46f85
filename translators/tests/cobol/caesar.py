def shifted(text: str, distance: int) -> str:
    """Move each small letter forward in the alphabet; the rest stays as it is."""
    result = ""
    for ch in text:
        if "a" <= ch <= "z":
            result += chr((ord(ch) - ord("a") + distance) % 26 + ord("a"))
        else:
            result += ch
    return result


def is_palindrome(text: str) -> bool:
    return text == text[::-1]


assert shifted("xyz, abc!", 3) == "abc, def!"
assert shifted("d", -3) == "a"
assert is_palindrome("level")
assert not is_palindrome("lever")
