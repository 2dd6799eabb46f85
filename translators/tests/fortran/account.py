class Overdrawn(Exception):
    """The balance does not cover a payment."""


class Purse:
    """Coins, and what became of them."""

    def __init__(self, owner: str, coins: int = 0):
        self.owner = owner
        self.coins = coins
        self.log: list[int] = []

    def pay(self, amount: int) -> int:
        """Take coins out and return how many are left."""
        if amount > self.coins:
            raise Overdrawn("too few coins")
        self.coins -= amount
        self.log.append(-amount)
        return self.coins

    def __len__(self) -> int:
        return len(self.log)


def pay_all(purse: Purse, prices: list[int]) -> int:
    """Pay until the coins are spent; return how many prices were paid."""
    paid = 0
    for price in prices:
        try:
            purse.pay(price)
        except Overdrawn:
            break
        paid += 1
    return paid


def test_purse():
    purse = Purse("Ada", 10)
    assert purse.pay(3) == 7
    assert pay_all(purse, [2, 4, 5]) == 2
    assert len(purse) == 3
    try:
        purse.pay(100)
        assert False
    except Overdrawn:
        pass
    assert purse.coins == 1
