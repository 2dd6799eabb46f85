/** Searches in an array that was sorted and then rotated. */
public class RotatedSearch {
    /**
     * Finds a value in a rotated sorted array without duplicates.
     *
     * @param values the rotated array
     * @param wanted the value to look for
     * @return the position of the value, or -1 when it is absent
     */
    static int indexOf(int[] values, int wanted) {
        int low = 0;
        int high = values.length - 1;
        while (low <= high) {
            int middle = low + (high - low) / 2;
            if (values[middle] == wanted) {
                return middle;
            }
            // One of the two halves is always sorted.
            if (values[low] <= values[middle]) {
                if (values[low] <= wanted && wanted < values[middle]) {
                    high = middle - 1;
                } else {
                    low = middle + 1;
                }
            } else if (values[middle] < wanted && wanted <= values[high]) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    public static void main(String[] args) {
        int[] rotated = {40, 55, 71, 3, 8, 19, 22};
        assert indexOf(rotated, 3) == 3;
        assert indexOf(rotated, 22) == 6;
        assert indexOf(rotated, 40) == 0;
        assert indexOf(rotated, 20) == -1;
        assert indexOf(new int[] {}, 1) == -1;
        assert indexOf(new int[] {9}, 9) == 0;
    }
}
