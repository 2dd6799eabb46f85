def count_or_zero(text):
    """Read a count; anything else counts as nothing."""
    try:
        return int(text)
    except ValueError:
        return 0


def share(table, name, parts):
    """The share of a name in a table, -1 where it has none and -2 without parts."""
    try:
        amount = table[name] // parts
    except KeyError:
        return -1
    except ZeroDivisionError:
        return -2
    return amount


def picked(items, stack):
    """The item at the position on top of a stack, -1 where there is none; one position is used up."""
    try:
        return items[stack.pop()]
    except IndexError:
        return -1


def halves(text):
    """The two halves of a text of even length."""
    if len(text) % 2 == 1:
        raise ValueError("odd")
    middle = len(text) // 2
    return [text[:middle], text[middle:]]


def split_or_whole(text):
    """The halves, or the whole where there are none."""
    try:
        return halves(text)
    except ValueError:
        return [text]


def audited(table, name, log):
    """A share, and a note of the attempt in any case."""
    amount = 0
    try:
        amount = table[name]
    except KeyError:
        amount = -1
    finally:
        log.append(amount)
    return amount


assert count_or_zero(" 12 ") == 12
assert count_or_zero("x") == 0
assert share({"a": 7}, "a", 2) == 3
assert share({"a": 7}, "b", 2) == -1
assert share({"a": 7}, "a", 0) == -2
assert picked([10, 20], [0, 1]) == 20
assert picked([10, 20], [0, 2]) == -1
assert audited({"a": 7}, "b", []) == -1
assert split_or_whole("abcd") == ["ab", "cd"]
assert split_or_whole("abc") == ["abc"]
