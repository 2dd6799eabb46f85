"""Functions of the library that no target has a word for."""
from itertools import accumulate, groupby, islice, permutations


def run_lengths(text):
    """How often each character stands in a row."""
    return [(char, len(list(group))) for char, group in groupby(text)]


def balances(movements):
    return list(accumulate(movements))


def key_and_value(line):
    key, _, value = line.partition("=")
    return key.strip(), value.strip()


def orders(items):
    return [list(order) for order in islice(permutations(items), 4)]


def bare(name):
    return name.removeprefix("lib").removesuffix(".so")


def encoded(text):
    table = str.maketrans("abc", "xyz")
    return text.translate(table)


assert run_lengths("aaab") == [("a", 3), ("b", 1)]
assert balances([5, -2, 4]) == [5, 3, 7]
assert key_and_value("name = Anna") == ("name", "Anna")
assert key_and_value("empty") == ("empty", "")
assert orders([1, 2, 3]) == [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1]]
assert bare("libm.so") == "m"
assert encoded("a cab") == "x zxy"
