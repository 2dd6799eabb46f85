class InsufficientFunds(Exception):
    """A withdrawal exceeds the balance."""


class Account:
    """A bank account in whole cents."""

    def __init__(self, owner: str, balance: int = 0):
        self.owner = owner
        self.balance = balance
        self.history: list[int] = []

    def deposit(self, amount: int) -> None:
        """Add an amount; raise ValueError if it is not positive."""
        if amount <= 0:
            raise ValueError("a deposit must be positive")
        self.balance += amount
        self.history.append(amount)

    def withdraw(self, amount: int) -> None:
        """Take an amount out; raise InsufficientFunds if the balance does not cover it."""
        if amount > self.balance:
            raise InsufficientFunds("balance too low")
        self.balance -= amount
        self.history.append(-amount)

    def largest_movement(self) -> int:
        """Return the largest amount ever moved, 0 without movements."""
        return max((abs(amount) for amount in self.history), default=0)


def test_account():
    account = Account("Ada")
    assert account.largest_movement() == 0
    account.deposit(500)
    account.withdraw(120)
    assert account.balance == 380
    assert account.owner == "Ada"
    assert account.history == [500, -120]
    assert account.largest_movement() == 500
    try:
        account.withdraw(1000)
        assert False
    except InsufficientFunds:
        pass
    assert account.balance == 380
