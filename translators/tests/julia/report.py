def line(name: str, price: float, count: int) -> str:
    return f"{name:<10}|{price:8.2f}|{count:>3d}"


def summary(count: int, done: bool) -> str:
    return f"{count} of 10 ({count * 10}%), done: {done}"


def print_table(rows: list[tuple[str, int]]) -> None:
    for name, value in rows:
        print(name, value, sep=": ")
    print()


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def test_report():
    assert line("tea", 2.5, 7) == "tea       |    2.50|  7"
    assert summary(3, False) == "3 of 10 (30%), done: False"
    assert mean([1.0, 2.0]) == 1.5
    assert round(mean([0.1, 0.2, 0.4]), 3) == 0.233
