from typing import List


def living_neighbours(grid: List[List[int]], row: int, column: int) -> int:
    """Count the living cells around a cell; cells beyond the edge are dead."""
    count = 0
    for r in range(row - 1, row + 2):
        for c in range(column - 1, column + 2):
            if (r, c) == (row, column):
                continue
            if 0 <= r < len(grid) and 0 <= c < len(grid[0]):
                count += grid[r][c]
    return count


def next_generation(grid: List[List[int]]) -> List[List[int]]:
    """Return the grid one step later by the rules of Conway's Game of Life."""
    result = []
    for row in range(len(grid)):
        cells = []
        for column in range(len(grid[0])):
            neighbours = living_neighbours(grid, row, column)
            if neighbours == 3 or (neighbours == 2 and grid[row][column] == 1):
                cells.append(1)
            else:
                cells.append(0)
        result.append(cells)
    return result


def test_blinker():
    vertical = [[0, 1, 0], [0, 1, 0], [0, 1, 0]]
    horizontal = [[0, 0, 0], [1, 1, 1], [0, 0, 0]]
    assert living_neighbours(vertical, 1, 0) == 3
    assert next_generation(vertical) == horizontal
    assert next_generation(horizontal) == vertical
