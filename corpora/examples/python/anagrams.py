from typing import Dict, List


def letter_counts(word: str) -> Dict[str, int]:
    """Count how often each letter occurs in a word."""
    counts: Dict[str, int] = {}
    for letter in word:
        if letter in counts:
            counts[letter] += 1
        else:
            counts[letter] = 1
    return counts


def are_anagrams(first: str, second: str) -> bool:
    """Tell whether two words use the same letters equally often."""
    return letter_counts(first) == letter_counts(second)


def anagrams_of(word: str, candidates: List[str]) -> List[str]:
    """Return the candidates that are anagrams of the word, but not the word itself."""
    return [c for c in candidates if c != word and are_anagrams(c, word)]


def test_anagrams():
    assert letter_counts("noon") == {"n": 2, "o": 2}
    assert are_anagrams("listen", "silent")
    assert not are_anagrams("aab", "abb")
    assert anagrams_of("tea", ["eat", "tea", "ate", "tee"]) == ["eat", "ate"]
    assert anagrams_of("x", []) == []
