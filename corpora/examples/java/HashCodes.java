/** Checksums that rely on how integers wrap around. */
public class HashCodes {
    private static final int FNV_PRIME = 16777619;

    /** Computes the polynomial hash that the standard library uses for strings. */
    static int polynomial(String text) {
        int hash = 0;
        for (int i = 0; i < text.length(); i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash;
    }

    /** Computes the 32-bit FNV-1a hash of a text. */
    static int fnv1a(String text) {
        int hash = 0x811c9dc5;
        for (char c : text.toCharArray()) {
            hash ^= c;
            hash *= FNV_PRIME;
        }
        return hash;
    }

    /** Spreads the high bits of a hash over the low ones. */
    static int spread(int hash) {
        return hash ^ (hash >>> 16);
    }

    /** Chooses one of {@code buckets} places for a text. */
    static int bucket(String text, int buckets) {
        return Math.floorMod(spread(polynomial(text)), buckets);
    }

    public static void main(String[] args) {
        assert polynomial("") == 0;
        assert polynomial("hello") == 99162322;
        assert polynomial("the quick brown fox") == 1302335171;
        assert fnv1a("") == -2128831035;
        assert fnv1a("a") == -468965076;
        assert spread(0x12345678) == 0x1234444c;
        assert spread(-1) == -65536;
        assert bucket("hello", 16) == 11;
    }
}
