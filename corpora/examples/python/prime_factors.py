from typing import List


def prime_factors(number: int) -> List[int]:
    """Return the prime factors of a positive number, smallest first.

    >>> prime_factors(84)
    [2, 2, 3, 7]
    """
    factors = []
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            factors.append(divisor)
            number //= divisor
        divisor += 1
    if number > 1:
        factors.append(number)
    return factors


def sieve(limit: int) -> List[int]:
    """Return all primes up to and including `limit`."""
    is_prime = [True] * (limit + 1)
    primes = []
    for candidate in range(2, limit + 1):
        if is_prime[candidate]:
            primes.append(candidate)
            # Smaller multiples were struck out by smaller primes.
            for multiple in range(candidate * candidate, limit + 1, candidate):
                is_prime[multiple] = False
    return primes


def test_prime_factors():
    assert prime_factors(84) == [2, 2, 3, 7]
    assert prime_factors(97) == [97]
    assert prime_factors(1) == []
    assert prime_factors(1024) == [2] * 10


def test_sieve():
    assert sieve(20) == [2, 3, 5, 7, 11, 13, 17, 19]
    assert sieve(2) == [2]
    assert sieve(1) == []
