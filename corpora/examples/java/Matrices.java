/** Small dense matrices of doubles. */
public class Matrices {
    /** Multiplies two matrices whose inner sizes agree. */
    static double[][] multiply(double[][] left, double[][] right) {
        if (left[0].length != right.length) {
            throw new IllegalArgumentException("the inner sizes differ");
        }
        double[][] product = new double[left.length][right[0].length];
        for (int i = 0; i < left.length; i++) {
            for (int j = 0; j < right[0].length; j++) {
                double sum = 0;
                for (int k = 0; k < right.length; k++) {
                    sum += left[i][k] * right[k][j];
                }
                product[i][j] = sum;
            }
        }
        return product;
    }

    /** Returns the sum of the diagonal. */
    static double trace(double[][] matrix) {
        double sum = 0.0;
        for (int i = 0; i < matrix.length; i++) {
            sum += matrix[i][i];
        }
        return sum;
    }

    public static void main(String[] args) {
        double[][] a = {{1, 2}, {3, 4}};
        double[][] b = {{0, 1}, {1, 0}};
        double[][] swapped = multiply(a, b);
        assert swapped[0][0] == 2.0 && swapped[0][1] == 1.0;
        assert swapped[1][0] == 4.0 && swapped[1][1] == 3.0;
        assert trace(a) == 5.0;
        assert trace(swapped) == 5.0;
        double[][] column = {{2}, {0.5}};
        assert multiply(a, column)[1][0] == 8.0;
        try {
            multiply(column, a);
            throw new AssertionError("sizes that differ were taken");
        } catch (IllegalArgumentException e) {
            // As it should be.
        }
    }
}
