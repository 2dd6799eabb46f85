def balanced(text: str) -> bool:
    """Whether the brackets of a text match."""
    pairs = {")": "(", "]": "[", "}": "{"}
    stack = []
    for ch in text:
        if ch in "([{":
            stack.append(ch)
        elif ch in pairs:
            if not stack or stack.pop() != pairs[ch]:
                return False
    return len(stack) == 0


def test_balanced():
    assert balanced("{[()]}")
    assert not balanced("(]")
    assert not balanced(")")
