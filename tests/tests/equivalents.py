"""Compares the functions of library.py, whose path is the argument, with the ones of CPython that they stand for."""

import copy
import heapq
import itertools
import math
import operator
import statistics
import string
import sys
from collections import ChainMap, Counter, OrderedDict, deque
from types import SimpleNamespace

names = {}
with open(sys.argv[1]) as library:
    exec(library.read(), names)
own = SimpleNamespace(**names)
compared = set()


def outcome(function, arguments):
    """What the function gives, in words, and what it makes of its arguments."""
    arguments = copy.deepcopy(arguments)
    try:
        value = function(*arguments)
    except Exception as error:
        return next(kind.__name__ for kind in (ValueError, LookupError, Exception) if isinstance(error, kind))
    entries = list(value.items()) if isinstance(value, dict) else value
    return repr((entries, arguments))


def same(name, function, *arguments):
    compared.add(name)
    found, wanted = outcome(names[name], arguments), outcome(function, arguments)
    if found != wanted:
        sys.exit(f"{name}{arguments}: {found} and not {wanted}")


def collected(function):
    return lambda *arguments: list(function(*arguments))


class Calls:
    """A function that remembers with what it was called; as an argument it shows that by its repr."""

    def __init__(self, function):
        self.function, self.calls = function, []

    def __call__(self, *arguments):
        self.calls.append(arguments)
        return self.function(*arguments)

    def __repr__(self):
        return f"called with {self.calls}"


ROWS = [[], [1], [1, 1, 2], [3, 1, 2, 2, 0], [0, -1, 5, 5, 5, 1]]
TEXTS = ["", "a", "ab", "aba", "Hello World", " a  b ", "a\tb\n\tc\rd\te", "A1b", "It's", "HELLO", "äÖ", "123"]
PARTS = ["", "a", "b", "ab", "l"]
KINDS = [(None, -2, 1), (2, None, -1), (0, 1, 2), (1, 3, None), (-2, 2, 0)]
TALLIES = [Counter({k: v for k, v in zip("xyz", kind) if v is not None}) for kind in KINDS]

odd, positive = Calls(lambda n: n % 2), Calls(lambda n: n > 0)
for row in ROWS:
    same("adjacent_groups", lambda xs: [(k, list(g)) for k, g in itertools.groupby(xs)], row)
    same("adjacent_groups_by", lambda xs, key: [(k, list(g)) for k, g in itertools.groupby(xs, key)], row, odd)
    same("all_permutations", collected(itertools.permutations), row)
    same("running_totals", collected(itertools.accumulate), row)
    same("running_results", collected(itertools.accumulate), row, Calls(max))
    same("neighbours", collected(itertools.pairwise), row)
    same("items_while", collected(itertools.takewhile), positive, row)
    same("items_from_first_not", collected(itertools.dropwhile), positive, row)
    same("items_not", collected(itertools.filterfalse), positive, row)
    same("median", statistics.median, row)
    same("gcd_of_all", lambda xs: math.gcd(*xs), row)
    same("lcm_of_all", lambda xs: math.lcm(*xs), row)
    same("rotate_once", deque.rotate, deque(row))
    for number in range(-2, 5):
        same("permutations_of", collected(itertools.permutations), row, number)
        same("combinations_of", collected(itertools.combinations), row, number)
        same("combinations_with_repeats", collected(itertools.combinations_with_replacement), row, number)
        same("repeated_product", lambda xs, n: list(itertools.product(xs, repeat=n)), row, number)
        same("repeated", collected(itertools.repeat), row, number)
        same("rotate", deque.rotate, deque(row), number)
        heap = copy.copy(row)
        heapq.heapify(heap)
        same("heap_replace", heapq.heapreplace, heap, number)
        same("heap_push_pop", heapq.heappushpop, heap, number)
    for start in range(-2, 7):
        same("items_from", lambda xs, n: list(itertools.islice(xs, n, None)), row, start)
        same("items_behind", lambda xs, n: list(itertools.islice(xs, n, None)), row, abs(start))
    for other in ROWS:
        same("product_of", lambda rows: list(itertools.product(*rows)), [row, other, row])
        same("zip_filled", lambda a, b, f: list(itertools.zip_longest(a, b, fillvalue=f)), row, other, 7)
        same("selected", collected(itertools.compress), row, other)
        same("items_of_all", collected(itertools.chain.from_iterable), [row, other, row])
        same("merged", collected(heapq.merge), row, other)
        same("merged_three", collected(heapq.merge), row, other, row)
        same("put_in_front", deque.extendleft, deque(row), other)
        same("first_of_all", lambda *maps: dict(ChainMap(*maps)), dict.fromkeys(row, 1), dict.fromkeys(other, 2))
for first, second in itertools.product(TALLIES, repeat=2):
    same("counts_beyond", operator.sub, first, second)
    same("counts_together", operator.add, first, second)
    same("lesser_counts", operator.and_, first, second)
    same("greater_counts", operator.or_, first, second)
for tally in TALLIES:
    same("counted_items", collected(Counter.elements), tally)
    same("total_count", Counter.total, tally)
for text in TEXTS:
    same("is_title", str.istitle, text)
    same("is_ascii", str.isascii, text)
    same("capital_words", string.capwords, text)
    same("with_blanks_for_tabs_of_eight", str.expandtabs, text)
    same("without_letters", lambda t, letters: t.translate(str.maketrans("", "", letters)), text, "ab")
    same("letters_replaced", lambda t, a, b: t.translate(str.maketrans(a, b)), text, "aba", "xyz")
    for number in (-1, 0, 1, 4):
        same("with_blanks_for_tabs", str.expandtabs, text, number)
    for part in PARTS:
        same("partition_by", str.partition, text, part)
        same("partition_last_by", str.rpartition, text, part)
        same("without_prefix", str.removeprefix, text, part)
        same("without_suffix", str.removesuffix, text, part)
        same("last_position", str.rindex, text, part)
        for start, stop in itertools.product(range(7), range(-3, 7)):
            same("find_between", str.find, text, part, start, stop)
            same("find_last_between", str.rfind, text, part, 0, stop)
            if part:
                same("count_between", str.count, text, part, start - 3, stop)
                same("count_from", str.count, text, part, start - 3)
                same("starts_at", str.startswith, text, part, start - 3)
for entries in (OrderedDict(), OrderedDict(a=1), OrderedDict(a=1, b=2)):
    same("put_entries", OrderedDict.update, entries, [("b", 5), ("c", 3), ("b", 4)])
    same("pop_last_entry", OrderedDict.popitem, entries)
    same("pop_first_entry", lambda d: d.popitem(last=False), entries)
    same("move_to_end", OrderedDict.move_to_end, entries, "a")
for number in (0.0, math.inf, -math.inf, math.nan, 3):
    same("is_finite", math.isfinite, number)
print(len(compared), "functions compared")
