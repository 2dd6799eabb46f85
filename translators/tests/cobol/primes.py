def primes_below(limit: int) -> list[int]:
    """List the primes below limit by striking out multiples."""
    is_prime = [True] * limit
    found = []
    for candidate in range(2, limit):
        if is_prime[candidate]:
            found.append(candidate)
            for multiple in range(candidate * candidate, limit, candidate):
                is_prime[multiple] = False
    return found


def collatz_steps(start: int) -> int:
    steps = 0
    while start != 1:
        if start % 2 == 0:
            start //= 2
        else:
            start = 3 * start + 1
        steps += 1
    return steps


assert primes_below(20) == [2, 3, 5, 7, 11, 13, 17, 19]
assert collatz_steps(6) == 8
