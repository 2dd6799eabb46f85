def total(N: int, n: int) -> int:
    """Names that Fortran would confuse, or that it needs itself."""
    sum = N + n
    count = 0
    end = sum * 2
    for size in range(3):
        count += size
    return end + count


def test_total():
    assert total(2, 3) == 13
