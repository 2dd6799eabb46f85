"""Truth values as keys, and letters many times over."""


def verdict_counts(numbers, limit):
    """How many numbers lie above a limit, and how many do not."""
    counts = {}
    for number in numbers:
        counts[number > limit] = counts.get(number > limit, 0) + 1
    return counts


def again(text, times):
    letters = [letter for letter in text]
    copies = letters * times
    return "".join(copies)


assert verdict_counts([1, 5, 9], 4) == {False: 1, True: 2}
assert again("abc", 2) == "abcabc"
