def grade(points: int) -> str:
    if points >= 90:
        return "A"
    elif points >= 75:
        return "B"
    elif points >= 60:
        return "C"
    else:
        return "F"


def report(points: list[int]) -> list[str]:
    """Write one line for each result."""
    return [f"{number}: {value} ({grade(value)})" for number, value in enumerate(points, 1)]


assert grade(75) == "B"
assert report([95, 61]) == ["1: 95 (A)", "2: 61 (C)"]
assert report([]) == []
