from typing import Dict, List, Tuple


def by_length(words: List[str]) -> Dict[int, List[str]]:
    """Group words by their lengths."""
    groups: Dict[int, List[str]] = {}
    for word in words:
        if len(word) not in groups:
            groups[len(word)] = []
        groups[len(word)].append(word)
    return groups


def longest_groups(text: str, limit: int) -> List[Tuple[int, int]]:
    """Return the greatest lengths with the number of words, at most limit of them."""
    groups = by_length(text.strip().lower().split())
    sizes = sorted(((length, len(words)) for length, words in groups.items()), reverse=True)
    return sizes[:limit]


def vowels(text: str) -> Dict[str, int]:
    counts = {}
    for ch in text:
        if ch in "aeiou":
            counts[ch] = counts.get(ch, 0) + 1
    return counts


def test_by_length():
    assert by_length(["a", "to", "b"]) == {1: ["a", "b"], 2: ["to"]}
    assert by_length([]) == {}


def test_longest_groups():
    assert longest_groups(" The ox and THE cow ", 1) == [(3, 4)]
    assert vowels("banana") == {"a": 3}
