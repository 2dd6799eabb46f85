"""What functions of Python's library do, in Python that every target can say."""

import math
import random
from collections import Counter


def adjacent_groups(items):
    """Collect neighbours that are equal, each group behind what its items have in common."""
    groups = []
    row = []
    for item in items:
        if row and row[0] != item:
            groups.append((row[0], row))
            row = []
        row.append(item)
    if row:
        groups.append((row[0], row))
    return groups


def adjacent_groups_by(items, key):
    """Collect neighbours with the same key, each group behind that key."""
    groups = []
    keys = []
    row = []
    for item in items:
        found = key(item)
        if row and keys[-1] != found:
            groups.append((keys[-1], row))
            row = []
        if not row:
            keys.append(found)
        row.append(item)
    if row:
        groups.append((keys[-1], row))
    return groups


def permutations_of(items, length):
    """All arrangements of so many of the items, in the order of their positions."""
    if length < 0:
        raise ValueError("r must be non-negative")
    pool = list(items)
    positions = [[]]
    for _ in range(length):
        positions = [taken + [at] for taken in positions for at in range(len(pool)) if at not in taken]
    return [tuple([pool[at] for at in taken]) for taken in positions]


def all_permutations(items):
    """All arrangements of the items, in the order of their positions."""
    pool = list(items)
    positions = [[]]
    for _ in range(len(pool)):
        positions = [taken + [at] for taken in positions for at in range(len(pool)) if at not in taken]
    return [tuple([pool[at] for at in taken]) for taken in positions]


def combinations_of(items, length):
    """All choices of so many of the items, in the order of their positions."""
    if length < 0:
        raise ValueError("r must be non-negative")
    pool = list(items)
    found = []
    chosen = list(range(length))
    if length > len(pool):
        return found
    while True:
        found.append(tuple([pool[at] for at in chosen]))
        place = length - 1
        while place >= 0 and chosen[place] == len(pool) - length + place:
            place -= 1
        if place < 0:
            return found
        chosen[place] += 1
        for later in range(place + 1, length):
            chosen[later] = chosen[later - 1] + 1


def combinations_with_repeats(items, length):
    """All choices of so many of the items, each as often as wanted."""
    if length < 0:
        raise ValueError("r must be non-negative")
    pool = list(items)
    found = []
    chosen = [0] * length
    if not pool and length > 0:
        return found
    while True:
        found.append(tuple([pool[at] for at in chosen]))
        place = length - 1
        while place >= 0 and chosen[place] == len(pool) - 1:
            place -= 1
        if place < 0:
            return found
        value = chosen[place] + 1
        for later in range(place, length):
            chosen[later] = value


def repeated_product(items, repeat):
    """All rows of so many of the items."""
    if repeat < 0:
        raise ValueError("repeat argument cannot be negative")
    pool = list(items)
    positions = [[]]
    for _ in range(repeat):
        positions = [row + [at] for row in positions for at in range(len(pool))]
    return [tuple([pool[at] for at in row]) for row in positions]


def product_of(pools):
    """All rows with one item of each pool."""
    positions = [[]]
    for pool in pools:
        positions = [row + [at] for row in positions for at in range(len(pool))]
    return [tuple([pools[which][at] for which, at in enumerate(row)]) for row in positions]


def running_totals(items):
    """The sum of each item and all before it."""
    totals = []
    for item in items:
        totals.append(totals[-1] + item if totals else item)
    return totals


def running_results(items, combine):
    """What combining each item with all before it gives."""
    results = []
    for item in items:
        results.append(combine(results[-1], item) if results else item)
    return results


def neighbours(items):
    """Each item with the one behind it."""
    row = list(items)
    return [(row[at], row[at + 1]) for at in range(len(row) - 1)]


def zip_filled(first, second, filler):
    """Pairs of items, as many as the longer has; `filler` stands for the missing ones."""
    left, right = list(first), list(second)
    pairs = []
    for at in range(max(len(left), len(right))):
        pairs.append((left[at] if at < len(left) else filler, right[at] if at < len(right) else filler))
    return pairs


def selected(items, selectors):
    return [item for item, wanted in zip(items, selectors) if wanted]


def first_items(items, stop):
    return list(items)[:stop]


def items_between(items, start, stop):
    return list(items)[start:stop]


def items_in_steps(items, start, stop, step):
    return list(items)[start:stop:step]


def items_behind(items, start):
    return list(items)[start:]


def items_from(items, start):
    """The items from a position on."""
    if start < 0:
        raise ValueError("indices for islice() must not be negative")
    return list(items)[start:]


def items_of_all(rows):
    return [item for row in rows for item in row]


def repeated(value, times):
    return [value] * times


def items_while(holds, items):
    """The items up to the first for which the condition does not hold."""
    taken = []
    for item in items:
        if not holds(item):
            break
        taken.append(item)
    return taken


def items_from_first_not(holds, items):
    """The items from the first for which the condition does not hold."""
    kept = []
    for item in items:
        if kept or not holds(item):
            kept.append(item)
    return kept


def items_not(holds, items):
    return [item for item in items if not holds(item)]


def merged(first, second):
    """Two sorted lists as one; of equals those of the first come first."""
    result = []
    at = 0
    for item in first:
        while at < len(second) and second[at] < item:
            result.append(second[at])
            at += 1
        result.append(item)
    return result + second[at:]


def merged_three(first, second, third):
    return merged(merged(first, second), third)


def heap_replace(heap, item):
    """Put the item in place of the least one, which is returned."""
    least = heap[0]
    at = 0
    child = 1
    while child < len(heap):
        if child + 1 < len(heap) and not heap[child] < heap[child + 1]:
            child += 1
        if item < heap[child]:
            break
        heap[at] = heap[child]
        at = child
        child = 2 * at + 1
    heap[at] = item
    return least


def heap_push_pop(heap, item):
    """Push the item and pop the least one."""
    if heap and heap[0] < item:
        return heap_replace(heap, item)
    return item


def sorted_by_comparison(items, compare):
    """The items in the order that the comparison says; equals stay in their order."""
    result = []
    for item in items:
        at = len(result)
        while at > 0 and compare(item, result[at - 1]) < 0:
            at -= 1
        result.insert(at, item)
    return result


def median(values):
    """The value in the middle, or the mean of the two there."""
    row = sorted(values)
    if not row:
        raise ValueError("no median for empty data")
    middle = len(row) // 2
    if len(row) % 2 == 1:
        return row[middle]
    return (row[middle - 1] + row[middle]) / 2


def is_finite(number):
    return not math.isinf(number) and not math.isnan(number)


def gcd_of_three(first, second, third):
    return math.gcd(math.gcd(first, second), third)


def gcd_of_all(numbers):
    """The greatest number that divides all of them."""
    result = 0
    for number in numbers:
        result = math.gcd(result, number)
    return result


def lcm_of_all(numbers):
    """The least number that all of them divide."""
    result = 1
    for number in numbers:
        result = math.lcm(result, number)
    return result


def capital_words(text):
    return " ".join([word.capitalize() for word in text.split()])


def random_choices(items, count):
    return [random.choice(items) for _ in range(count)]


def partition(text, separator):
    """The text before the first separator, the separator, and what is behind it."""
    at = text.find(separator)
    if at < 0:
        return text, "", ""
    return text[:at], separator, text[at + len(separator):]


def partition_by(text, separator):
    """As `partition`, where the separator may turn out to be empty."""
    if not separator:
        raise ValueError("empty separator")
    return partition(text, separator)


def partition_last(text, separator):
    """The text before the last separator, the separator, and what is behind it."""
    at = text.rfind(separator)
    if at < 0:
        return "", "", text
    return text[:at], separator, text[at + len(separator):]


def partition_last_by(text, separator):
    """As `partition_last`, where the separator may turn out to be empty."""
    if not separator:
        raise ValueError("empty separator")
    return partition_last(text, separator)


def without_prefix(text, prefix):
    return text[len(prefix):] if text.startswith(prefix) else text


def without_known_suffix(text, suffix):
    return text[:-len(suffix)] if text.endswith(suffix) else text


def without_suffix(text, suffix):
    return text[:len(text) - len(suffix)] if text.endswith(suffix) else text


def is_title(text):
    return text == text.title() and text != text.lower()


def is_ascii(text):
    return all(ord(char) < 128 for char in text)


def last_position(text, part):
    """Where the part occurs last."""
    at = text.rfind(part)
    if at < 0:
        raise ValueError("substring not found")
    return at


def with_blanks_for_tabs(text, size):
    """The text with blanks up to the next column that the size divides instead of each tab."""
    expanded = ""
    column = 0
    for char in text:
        if char == "\t":
            blanks = size - column % size if size > 0 else 0
            expanded += " " * blanks
            column += blanks
        else:
            expanded += char
            column = 0 if char == "\n" or char == "\r" else column + 1
    return expanded


def with_blanks_for_tabs_of_eight(text):
    return with_blanks_for_tabs(text, 8)


def find_between(text, part, start, stop):
    return text[:stop].find(part, start)


def find_last_between(text, part, start, stop):
    return text[:stop].rfind(part)


def count_from(text, part, start):
    return text[start:].count(part)


def count_between(text, part, start, stop):
    return text[start:stop].count(part)


def starts_at(text, prefix, start):
    return text[start:].startswith(prefix)


def letters_replaced(text, letters, replacements):
    """The text with each of the letters replaced by the one at the same place."""
    table = {letter: other for letter, other in zip(letters, replacements)}
    return "".join([table.get(char, char) for char in text])


def by_table(text, table):
    return "".join([table.get(char, char) for char in text])


def table_of(letters, replacements):
    return {letter: other for letter, other in zip(letters, replacements)}


def without_letters(text, letters):
    return "".join([char for char in text if char not in letters])


def put_entries(entries, pairs):
    """Put the pairs of keys and values among the entries."""
    for key, value in pairs:
        entries[key] = value


def pop_last_entry(entries):
    """Remove the entry that was added last, and return it."""
    if not entries:
        raise KeyError("dictionary is empty")
    key = list(entries)[-1]
    return key, entries.pop(key)


def pop_first_entry(entries):
    """Remove the entry that was added first, and return it."""
    if not entries:
        raise KeyError("dictionary is empty")
    key = list(entries)[0]
    return key, entries.pop(key)


def move_to_end(entries, key):
    """Make the entry the one that was added last."""
    value = entries.pop(key)
    entries[key] = value


def rotate(items, steps):
    """Move the items round, in place: those at the end come to the front."""
    if items:
        for _ in range(steps % len(items)):
            items.insert(0, items.pop())


def rotate_once(items):
    """Move the last item to the front."""
    if items:
        items.insert(0, items.pop())


def put_in_front(items, more):
    """Put each of the further items in front of all."""
    for item in more:
        items.insert(0, item)


def counted_items(counts):
    return [item for item, count in counts.items() for _ in range(count)]


def counts_beyond(first, second):
    """How much more often each item is counted in the first."""
    result = Counter()
    for item, count in first.items():
        if count > second[item]:
            result[item] = count - second[item]
    for item, count in second.items():
        if item not in first and count < 0:
            result[item] = -count
    return result


def counts_together(first, second):
    """How often each item is counted in both together."""
    result = Counter()
    for item, count in first.items():
        if count + second[item] > 0:
            result[item] = count + second[item]
    for item, count in second.items():
        if item not in first and count > 0:
            result[item] = count
    return result


def lesser_counts(first, second):
    """How often each item is counted in both."""
    result = Counter()
    for item, count in first.items():
        if min(count, second[item]) > 0:
            result[item] = min(count, second[item])
    return result


def greater_counts(first, second):
    """How often each item is counted where it is counted more often."""
    result = Counter()
    for item, count in first.items():
        if max(count, second[item]) > 0:
            result[item] = max(count, second[item])
    for item, count in second.items():
        if item not in first and count > 0:
            result[item] = count
    return result


def total_count(counts):
    return sum(counts.values())


def first_of_all(first, second):
    """The entries of both; where a key is in both, that of the first."""
    entries = dict(second)
    for key, value in first.items():
        entries[key] = value
    return entries


def first_of_three(first, second, third):
    return first_of_all(first, first_of_all(second, third))


def first_of_four(first, second, third, fourth):
    return first_of_all(first, first_of_three(second, third, fourth))
