class Account:
    """A balance that never falls below zero."""

    def __init__(self, owner: str):
        self.owner = owner
        self.balance = 0
        self.history: list[int] = []

    def deposit(self, amount: int) -> None:
        """Add amount; raise ValueError when it is not positive."""
        if amount <= 0:
            raise ValueError("not positive")
        self.balance += amount
        self.history.append(amount)

    def withdraw(self, amount: int) -> bool:
        if amount > self.balance:
            return False
        self.balance -= amount
        self.history.append(-amount)
        return True

    def total_in(self) -> int:
        """Return the sum of all deposits."""
        return sum(amount for amount in self.history if amount > 0)


def test_account():
    account = Account("Ada")
    account.deposit(50)
    assert not account.withdraw(80)
    assert account.withdraw(20)
    assert account.balance == 30
    assert account.total_in() == 50
    try:
        account.deposit(0)
        assert False
    except ValueError:
        pass
    assert account.history == [50, -20]
