import java.util.ArrayDeque;
import java.util.Queue;

/** Shortest ways through a grid of free and blocked cells. */
public class GridPaths {
    private static final int[] ROW_STEPS = {1, -1, 0, 0};
    private static final int[] COLUMN_STEPS = {0, 0, 1, -1};

    /**
     * Counts the steps of the shortest way from the top left to the bottom right corner.
     *
     * @param grid one string per row, '#' is blocked
     * @return the number of steps, or -1 when there is no way
     */
    static int shortest(String[] grid) {
        int rows = grid.length;
        int columns = grid[0].length();
        int[][] steps = new int[rows][columns];
        Queue<Integer> frontier = new ArrayDeque<>();
        frontier.add(0);
        steps[0][0] = 1;
        while (!frontier.isEmpty()) {
            int cell = frontier.remove();
            int row = cell / columns;
            int column = cell % columns;
            if (row == rows - 1 && column == columns - 1) {
                return steps[row][column] - 1;
            }
            for (int d = 0; d < 4; d++) {
                int r = row + ROW_STEPS[d];
                int c = column + COLUMN_STEPS[d];
                boolean inside = r >= 0 && r < rows && c >= 0 && c < columns;
                if (inside && grid[r].charAt(c) != '#' && steps[r][c] == 0) {
                    steps[r][c] = steps[row][column] + 1;
                    frontier.add(r * columns + c);
                }
            }
        }
        return -1;
    }

    public static void main(String[] args) {
        assert shortest(new String[] {"...", "...", "..."}) == 4;
        assert shortest(new String[] {".#.", ".#.", "..."}) == 4;
        assert shortest(new String[] {"..#", "##.", "#.."}) == -1;
        assert shortest(new String[] {"...#", "##..", "...#", ".#.."}) == 6;
        assert shortest(new String[] {"."}) == 0;
    }
}
