from typing import List


def transpose(matrix: List[List[int]]) -> List[List[int]]:
    """Swap the rows and columns of a matrix.

    >>> transpose([[1, 2, 3], [4, 5, 6]])
    [[1, 4], [2, 5], [3, 6]]
    """
    if not matrix:
        return []
    return [[row[column] for row in matrix] for column in range(len(matrix[0]))]


def multiply(left: List[List[int]], right: List[List[int]]) -> List[List[int]]:
    """Return the product of two matrices; raise ValueError if their shapes do not fit."""
    if len(left[0]) != len(right):
        raise ValueError("the shapes do not fit")
    columns = transpose(right)
    product = []
    for row in left:
        product.append([sum(a * b for a, b in zip(row, column)) for column in columns])
    return product


def trace(matrix: List[List[int]]) -> int:
    """Return the sum of the main diagonal."""
    return sum(matrix[i][i] for i in range(len(matrix)))


assert transpose([[1, 2, 3], [4, 5, 6]]) == [[1, 4], [2, 5], [3, 6]]
assert transpose([]) == []
assert multiply([[1, 2], [3, 4]], [[5, 6], [7, 8]]) == [[19, 22], [43, 50]]
assert trace([[1, 2], [3, 4]]) == 5
