def digit_name(digit: int) -> str:
    if digit == 0:
        return "zero"
    elif digit == 1:
        return "one"
    elif digit == 2 or digit == 3:
        return "few"
    else:
        return "many"


def spell(number: int) -> str:
    """Spell the digits of a number."""
    return " ".join([digit_name(int(c)) for c in str(number)])


def hexadecimal(number: int) -> str:
    return hex(number)[2:].upper()


def test_spell():
    assert spell(102) == "one zero few"
    assert hexadecimal(255) == "FF"
