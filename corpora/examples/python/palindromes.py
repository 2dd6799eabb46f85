def is_palindrome(text: str) -> bool:
    """Tell whether a text reads the same backwards, ignoring case and everything but letters and digits.

    >>> is_palindrome("Was it a car or a cat I saw?")
    True
    """
    letters = [ch for ch in text.lower() if ch.isalnum()]
    return letters == letters[::-1]


def longest_palindrome(text: str) -> str:
    """Return the first of the longest palindromes within a text, character by character."""
    best = ""
    for start in range(len(text)):
        for stop in range(start + 1, len(text) + 1):
            piece = text[start:stop]
            if piece == piece[::-1] and len(piece) > len(best):
                best = piece
    return best


def test_is_palindrome():
    assert is_palindrome("Was it a car or a cat I saw?")
    assert not is_palindrome("palindrome")
    assert is_palindrome("")


def test_longest_palindrome():
    assert longest_palindrome("babad") == "bab"
    assert longest_palindrome("cbbd") == "bb"
    assert longest_palindrome("a") == "a"
    assert longest_palindrome("") == ""
