FREEZING_POINT = 32.0
DEGREES_PER_DEGREE = 9 / 5


def to_fahrenheit(celsius: float) -> float:
    """Convert a temperature from Celsius to Fahrenheit.

    >>> to_fahrenheit(100.0)
    212.0
    """
    return celsius * DEGREES_PER_DEGREE + FREEZING_POINT


def to_celsius(fahrenheit: float) -> float:
    """Convert a temperature from Fahrenheit to Celsius."""
    return (fahrenheit - FREEZING_POINT) / DEGREES_PER_DEGREE


def describe(celsius: float) -> str:
    """Say in words how a temperature feels."""
    if celsius < 0:
        return "freezing"
    if celsius < 15:
        return "cold"
    if celsius < 25:
        return "mild"
    return "warm"


def test_conversions():
    assert to_fahrenheit(100.0) == 212.0
    assert to_celsius(32.0) == 0.0
    assert abs(to_celsius(to_fahrenheit(36.6)) - 36.6) < 1e-9


def test_describe():
    assert describe(-3.5) == "freezing"
    assert describe(0.0) == "cold"
    assert describe(15.0) == "mild"
    assert describe(30.0) == "warm"
