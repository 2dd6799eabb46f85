"""Calendar arithmetic on years and months."""


def is_leap_year(year: int) -> bool:
    """Tell whether a year of the Gregorian calendar has 366 days.

    >>> is_leap_year(1900)
    False
    """
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """Return the number of days of a month, counted from 1."""
    if month == 2:
        return 29 if is_leap_year(year) else 28
    if month in (4, 6, 9, 11):
        return 30
    return 31


def day_of_year(year: int, month: int, day: int) -> int:
    """Return the position of a date within its year, January 1st being 1."""
    total = day
    for earlier in range(1, month):
        total += days_in_month(year, earlier)
    return total


def test_leap_years():
    assert is_leap_year(2000)
    assert not is_leap_year(1900)
    assert is_leap_year(2024)
    assert not is_leap_year(2023)


def test_day_of_year():
    assert days_in_month(2023, 2) == 28
    assert day_of_year(2023, 1, 1) == 1
    assert day_of_year(2023, 12, 31) == 365
    assert day_of_year(2024, 3, 1) == 61
