def withdraw(balance: int, amount: int) -> int:
    """Take amount from balance; raise ValueError when there is too little."""
    if amount > balance:
        raise ValueError("too little")
    return balance - amount


def safe_withdraw(balance: int, amount: int) -> int:
    try:
        return withdraw(balance, amount)
    except ValueError:
        return balance


def test_withdraw():
    assert withdraw(10, 4) == 6
    assert safe_withdraw(10, 40) == 10
    try:
        withdraw(1, 2)
        assert False
    except ValueError:
        pass
