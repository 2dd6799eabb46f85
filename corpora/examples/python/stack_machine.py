def evaluate(program: str) -> int:
    """Evaluate an expression in reverse Polish notation.

    >>> evaluate("3 4 + 2 *")
    14
    """
    stack: list[int] = []
    for token in program.split():
        if token in ("+", "-", "*", "//"):
            right = stack.pop()
            left = stack.pop()
            if token == "+":
                stack.append(left + right)
            elif token == "-":
                stack.append(left - right)
            elif token == "*":
                stack.append(left * right)
            else:
                stack.append(left // right)
        else:
            stack.append(int(token))
    if len(stack) != 1:
        raise ValueError("the program does not leave one value")
    return stack[0]


def test_evaluate():
    assert evaluate("3 4 + 2 *") == 14
    assert evaluate("5 1 2 + 4 * + 3 -") == 14
    assert evaluate("-7 2 //") == -4
    assert evaluate("42") == 42


def test_leftovers():
    try:
        evaluate("1 2")
        assert False
    except ValueError:
        pass
