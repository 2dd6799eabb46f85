"""Small programs as a Julian would write them."""


def halves(items, n):
    return items[:n], items[n:]


def count_long(words: list[str], limit: int) -> int:
    total = 0
    for i in range(len(words)):
        if len(words[i]) > limit:
            total += 1
    return total


def digits(n: int) -> list[int]:
    found = []
    while n > 0:
        found.append(n % 10)
        n = n // 10
    return found


def is_prime(n: int) -> bool:
    if n < 2:
        return False
    for d in range(2, n):
        if n % d == 0:
            return False
    return True


def grid(rows: int, columns: int) -> list[list[int]]:
    table = [[0 for _ in range(columns)] for _ in range(rows)]
    for row in range(rows):
        for column in range(columns):
            table[row][column] = row * columns + column
    return table


def place(items: list[int], wanted: int) -> int:
    try:
        return items.index(wanted)
    except ValueError:
        return -1


def without_vowels(text: str) -> str:
    rest = ""
    for c in text:
        if c not in "aeiou":
            rest += c
    return rest


assert halves([1, 2, 3], 1) == ([1], [2, 3])
assert halves(["a", "b"], 1) == (["a"], ["b"])
assert count_long(["one", "three"], 3) == 1
assert digits(120) == [0, 2, 1]
assert is_prime(7)
assert not is_prime(9)
assert grid(2, 2) == [[0, 1], [2, 3]]
assert place([4, 5], 5) == 1
assert place([4, 5], 6) == -1
assert without_vowels("reason") == "rsn"
