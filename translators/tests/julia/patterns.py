"""Regular expressions."""
import random
import re

WORD = re.compile(r"[a-z]+", re.IGNORECASE)


def is_plate(text):
    """Whether a text is a number plate such as `AB-123`."""
    return re.fullmatch(r"[A-Z]{2}-\d{1,3}", text) is not None


def words(text):
    return WORD.findall(text)


def capitals(text):
    return WORD.sub(lambda m: m.group().title(), text)


def without_digits(text):
    pattern = "[0-9]"
    return re.sub(pattern, "", text)


def day_first(date):
    return re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3.\2.\1", date)


def settings(text):
    return dict(re.findall(r"(\w+)=(\w*)", text))


def first_number(text):
    """Where the first number starts and ends, and its sign."""
    found = re.search(r"([+-])?\d+", text)
    if found:
        return found.start(), found.end(), found.group(1) or "+"
    return None


def fields(line):
    comma = re.compile(r"\s*,\s*")
    return comma.split(line)


def mentions(pattern, text):
    return bool(re.match(pattern, text))


def throws(seed, count):
    """Throws of a die, from one seed always the same."""
    dice = random.Random(seed)
    return [dice.randint(1, 6) for _ in range(count)]


assert is_plate("AB-12") and not is_plate("AB-1234")
assert words("One, two") == ["One", "two"]
assert capitals("one, two") == "One, Two"
assert without_digits("a1b22") == "ab"
assert day_first("2024-05-31") == "31.05.2024"
assert settings("a=1 b=") == {"a": "1", "b": ""}
assert first_number("é is -12") == (5, 8, "-")
assert first_number("12") == (0, 2, "+")
assert first_number("none") is None
assert fields("a , b,c") == ["a", "b", "c"]
assert mentions("a.c", "abcd") and not mentions("b", "abc")
assert all(1 <= n <= 6 for n in throws(3, 20))
assert throws(5, 4) == throws(5, 4)
