def common_prefix(words):
    """Return the longest text with which all words begin."""
    if not words:
        return ""
    prefix = words[0]
    for word in words[1:]:
        while not word.startswith(prefix):
            prefix = prefix[:-1]
    return prefix


def shared_letters(first, second):
    """Return the letters that occur in both words, in alphabetical order."""
    return "".join(sorted(set(first) & set(second)))


assert common_prefix(["flower", "flow", "flight"]) == "fl"
assert common_prefix(["dog", "car"]) == ""
assert common_prefix(["single"]) == "single"
assert common_prefix([]) == ""
assert shared_letters("stone", "notes") == "enost"
assert shared_letters("abc", "xyz") == ""
