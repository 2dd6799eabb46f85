from typing import List, Optional


def fewest_coins(amount: int, coins: List[int]) -> Optional[int]:
    """Return the least number of coins that make up an amount, None if no combination does."""
    unreachable = amount + 1
    fewest = [0] + [unreachable] * amount
    for target in range(1, amount + 1):
        for coin in coins:
            if coin <= target:
                fewest[target] = min(fewest[target], fewest[target - coin] + 1)
    if fewest[amount] == unreachable:
        return None
    return fewest[amount]


def count_ways(amount: int, coins: List[int]) -> int:
    """Return in how many ways coins can make up an amount, whatever their order."""
    ways = [1] + [0] * amount
    for coin in coins:
        for target in range(coin, amount + 1):
            ways[target] += ways[target - coin]
    return ways[amount]


def test_fewest_coins():
    assert fewest_coins(11, [1, 2, 5]) == 3
    assert fewest_coins(3, [2]) is None
    assert fewest_coins(0, [1]) == 0


def test_count_ways():
    assert count_ways(5, [1, 2, 5]) == 4
    assert count_ways(3, [2]) == 0
    assert count_ways(10, [10]) == 1
