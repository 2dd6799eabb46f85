def transpose(rows: list[list[int]]) -> list[list[int]]:
    """Exchange rows and columns."""
    result = []
    for j in range(len(rows[0])):
        column = []
        for i in range(len(rows)):
            column.append(rows[i][j])
        result.append(column)
    return result


def clear_row(rows: list[list[int]], index: int) -> None:
    for j in range(len(rows[index])):
        rows[index][j] = 0


def test_matrix():
    assert transpose([[1, 2, 3], [4, 5, 6]]) == [[1, 4], [2, 5], [3, 6]]
    rows = [[1, 2], [3, 4]]
    clear_row(rows, 1)
    assert rows == [[1, 2], [0, 0]]
