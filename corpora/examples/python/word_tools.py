def count_vowels(text: str) -> int:
    """Count the vowels of a text, whatever their case."""
    return sum(1 for ch in text.lower() if ch in "aeiou")


def title_words(text: str) -> str:
    """Write each word with a capital and put single blanks between them.

    >>> title_words("the  old man")
    'The Old Man'
    """
    return " ".join(word.capitalize() for word in text.split())


def longest_word(text: str) -> str:
    """Return the first of the longest words, the empty text if there are none."""
    longest = ""
    for word in text.split():
        if len(word) > len(longest):
            longest = word
    return longest


def compress_spaces(text: str) -> str:
    """Replace each run of blanks by one blank."""
    result = []
    previous = ""
    for ch in text:
        if not (ch == " " and previous == " "):
            result.append(ch)
        previous = ch
    return "".join(result)


def test_words():
    assert count_vowels("Encyclopaedia") == 6
    assert title_words("the  old man") == "The Old Man"
    assert longest_word("a quick brown fox") == "quick"
    assert longest_word("") == ""
    assert compress_spaces("a  b   c d") == "a b c d"
