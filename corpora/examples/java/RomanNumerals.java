/** Roman numerals from 1 to 3999. */
public class RomanNumerals {
    private static final int[] VALUES = {1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1};
    private static final String[] SYMBOLS = {
        "M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"
    };

    /** Writes a number as a Roman numeral. */
    static String toRoman(int number) {
        if (number < 1 || number > 3999) {
            throw new IllegalArgumentException("out of range: " + number);
        }
        StringBuilder numeral = new StringBuilder();
        for (int i = 0; i < VALUES.length; i++) {
            while (number >= VALUES[i]) {
                numeral.append(SYMBOLS[i]);
                number -= VALUES[i];
            }
        }
        return numeral.toString();
    }

    /** Reads a well-formed Roman numeral. */
    static int fromRoman(String numeral) {
        int total = 0;
        int position = 0;
        for (int i = 0; i < VALUES.length; i++) {
            while (numeral.substring(position).startsWith(SYMBOLS[i])) {
                total += VALUES[i];
                position += SYMBOLS[i].length();
            }
        }
        return total;
    }

    public static void main(String[] args) {
        assert toRoman(1994).equals("MCMXCIV");
        assert toRoman(3).equals("III");
        assert toRoman(3999).equals("MMMCMXCIX");
        assert fromRoman("MMXXVI") == 2026;
        for (int n = 1; n <= 60; n++) {
            assert fromRoman(toRoman(n)) == n : "round trip of " + n;
        }
    }
}
