from typing import List


def balances(principal: float, rate: float, years: int) -> List[float]:
    """Return the balance at the end of each year, rounded to cents."""
    result = []
    balance = principal
    for _ in range(years):
        balance *= 1 + rate
        result.append(round(balance, 2))
    return result


def years_to_reach(principal: float, rate: float, goal: float) -> int:
    """Return after how many whole years the balance reaches the goal."""
    years = 0
    while principal < goal:
        principal += principal * rate
        years += 1
    return years


def test_balances():
    assert balances(1000.0, 0.04, 3) == [1040.0, 1081.6, 1124.86]
    assert balances(500.0, 0.0, 2) == [500.0, 500.0]
    assert balances(1.0, 0.5, 0) == []


def test_years_to_reach():
    assert years_to_reach(1000.0, 0.07, 2000.0) == 11
    assert years_to_reach(10.0, 0.1, 5.0) == 0
