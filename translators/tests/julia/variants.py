def is_whole(first, second):
    """Tell whether both numbers are integers that differ."""
    if isinstance(first, int) and isinstance(second, int):
        return first != second
    return False


def test_is_whole():
    assert is_whole(2, 3) == True
    assert is_whole(2, 2) == False
    assert is_whole(2.5, 3.5) == False
