def collatz_lengths(limit: int) -> list[int]:
    # How many steps each start takes.
    def steps(n: int) -> int:
        count = 0
        while n != 1:
            if n % 2 == 0:
                n //= 2
            else:
                n = 3 * n + 1
            count += 1
        return count

    return [steps(n) for n in range(1, limit + 1)]


def fibonacci(n: int) -> int:
    """The n-th Fibonacci number.

    >>> fibonacci(10)
    55
    """
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def test_nested():
    assert collatz_lengths(6) == [0, 1, 7, 2, 5, 8]
    assert fibonacci(10) == 55
