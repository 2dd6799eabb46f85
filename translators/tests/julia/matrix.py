from typing import List

SIZE = 3
UNIT = [[1 if row == column else 0 for column in range(SIZE)] for row in range(SIZE)]


def transposed(matrix: List[List[int]]) -> List[List[int]]:
    return [[row[i] for row in matrix] for i in range(len(matrix[0]))]


def product(a: List[List[int]], b: List[List[int]]) -> List[List[int]]:
    """Multiply two matrices."""
    result = [[0] * len(b[0]) for _ in range(len(a))]
    for i in range(len(a)):
        for j in range(len(b[0])):
            for k in range(len(b)):
                result[i][j] += a[i][k] * b[k][j]
    return result


def trace(matrix: List[List[int]]) -> int:
    return sum(matrix[i][i] for i in range(len(matrix)))


def even_positions(matrix: List[List[int]]) -> List[int]:
    found = []
    for row in matrix:
        for position, value in enumerate(row):
            # Only the number at an even position counts.
            if position % 2 == 0 and value != 0:
                found.append(position)
    return found


assert transposed([[1, 2], [3, 4], [5, 6]]) == [[1, 3, 5], [2, 4, 6]]
assert product(UNIT, [[1, 2], [3, 4], [5, 6]]) == [[1, 2], [3, 4], [5, 6]]
assert trace(UNIT) == SIZE
assert even_positions([[1, 0, 2], [0, 3]]) == [0, 2]
