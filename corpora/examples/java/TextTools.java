/** Small operations on texts. */
public class TextTools {
    /** Shifts the letters of a text by a number of places, as Caesar did. */
    public static String shift(String text, int places) {
        StringBuilder shifted = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isUpperCase(c)) {
                c = (char) ('A' + Math.floorMod(c - 'A' + places, 26));
            } else if (Character.isLowerCase(c)) {
                c = (char) ('a' + Math.floorMod(c - 'a' + places, 26));
            }
            shifted.append(c);
        }
        return shifted.toString();
    }

    /** Tells whether a text reads the same backwards, looking at letters and digits only. */
    public static boolean isPalindrome(String text) {
        int left = 0;
        int right = text.length() - 1;
        while (left < right) {
            if (!Character.isLetterOrDigit(text.charAt(left))) {
                left++;
            } else if (!Character.isLetterOrDigit(text.charAt(right))) {
                right--;
            } else if (Character.toLowerCase(text.charAt(left)) != Character.toLowerCase(text.charAt(right))) {
                return false;
            } else {
                left++;
                right--;
            }
        }
        return true;
    }

    /** Writes runs of equal characters as the character and the length of the run. */
    public static String compress(String text) {
        String result = "";
        int start = 0;
        for (int i = 1; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) != text.charAt(start)) {
                result += text.charAt(start) + String.valueOf(i - start);
                start = i;
            }
        }
        return result;
    }

    public static void main(String[] args) {
        check(shift("Hello, World", 3).equals("Khoor, Zruog"));
        check(shift(shift("round trip", 11), -11).equals("round trip"));
        check(isPalindrome("A man, a plan, a canal: Panama"));
        check(!isPalindrome("almost"));
        check(compress("aaabcc").equals("a3b1c2"));
        check(compress("x").equals("x1"));
    }

    private static void check(boolean condition) {
        if (!condition) {
            throw new AssertionError();
        }
    }
}
