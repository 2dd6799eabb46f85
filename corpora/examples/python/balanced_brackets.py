def is_balanced(text: str) -> bool:
    """Tell whether every bracket is closed by its partner in the right order.

    >>> is_balanced("{[()]}()")
    True
    """
    partners = {")": "(", "]": "[", "}": "{"}
    open_brackets = []
    for ch in text:
        if ch in "([{":
            open_brackets.append(ch)
        elif ch in partners:
            if not open_brackets or open_brackets.pop() != partners[ch]:
                return False
    return len(open_brackets) == 0


def nesting_depth(text: str) -> int:
    """Return the greatest depth of round brackets in a balanced text."""
    depth = 0
    deepest = 0
    for ch in text:
        if ch == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif ch == ")":
            depth -= 1
    return deepest


assert is_balanced("{[()]}()")
assert is_balanced("a + (b - [c])")
assert not is_balanced("(]")
assert not is_balanced("((")
assert not is_balanced(")")
assert nesting_depth("(a(b)(c(d)))") == 3
assert nesting_depth("") == 0
