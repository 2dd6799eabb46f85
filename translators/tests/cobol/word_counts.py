from typing import Dict, List, Tuple


def word_counts(text: str) -> Dict[str, int]:
    """Count how often each word occurs, ignoring case."""
    counts: Dict[str, int] = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts


def most_frequent(text: str, limit: int) -> List[Tuple[str, int]]:
    """Return the most frequent words with their counts, ties in alphabetical order."""
    counts = word_counts(text)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ranked[:limit]


assert word_counts("The cat the hat") == {"the": 2, "cat": 1, "hat": 1}
assert most_frequent("b a b c a b", 2) == [("b", 3), ("a", 2)]
