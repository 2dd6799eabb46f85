def digit_sum(number):
    """Return the sum of a number's decimal digits."""
    return sum(int(digit) for digit in str(abs(number)))


def digital_root(number):
    """Return the single digit that is left when digit sums are repeated."""
    while number > 9:
        number = digit_sum(number)
    return number


def is_armstrong(number):
    """Tell whether a number is the sum of its digits, each raised to the number of digits."""
    digits = str(number)
    return number == sum(int(d) ** len(digits) for d in digits)


def to_base(number, base):
    """Write a non-negative number in a base from 2 to 10.

    >>> to_base(10, 2)
    '1010'
    """
    if number == 0:
        return "0"
    digits = ""
    while number > 0:
        digits = str(number % base) + digits
        number //= base
    return digits


assert digit_sum(-493) == 16
assert digital_root(493193) == 2
assert is_armstrong(153)
assert not is_armstrong(154)
assert to_base(10, 2) == "1010"
assert to_base(0, 7) == "0"
assert to_base(255, 8) == "377"
