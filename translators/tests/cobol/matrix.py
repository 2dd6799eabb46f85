def transposed(rows: list[list[int]]) -> list[list[int]]:
    """Exchange rows and columns."""
    result = []
    for column in range(len(rows[0])):
        line = []
        for row in rows:
            line.append(row[column])
        result.append(line)
    return result


def trace(rows: list[list[int]]) -> int:
    return sum(rows[i][i] for i in range(len(rows)))


assert transposed([[1, 2, 3], [4, 5, 6]]) == [[1, 4], [2, 5], [3, 6]]
assert trace([[1, 2], [3, 4]]) == 5
