import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prime numbers by the sieve of Eratosthenes. */
public class PrimeSieve {
    /** Lists the primes up to and including a limit. */
    static List<Integer> primesUpTo(int limit) {
        boolean[] composite = new boolean[limit + 1];
        List<Integer> primes = new ArrayList<>();
        for (int n = 2; n <= limit; n++) {
            if (composite[n]) {
                continue;
            }
            primes.add(n);
            // Smaller multiples have a smaller factor.
            for (long multiple = (long) n * n; multiple <= limit; multiple += n) {
                composite[(int) multiple] = true;
            }
        }
        return primes;
    }

    /** Takes a number apart into its prime factors, smallest first. */
    static List<Integer> factors(int number) {
        List<Integer> found = new ArrayList<>();
        int rest = number;
        for (int divisor = 2; divisor * divisor <= rest; divisor++) {
            while (rest % divisor == 0) {
                found.add(divisor);
                rest /= divisor;
            }
        }
        if (rest > 1) {
            found.add(rest);
        }
        return found;
    }

    public static void main(String[] args) {
        assert primesUpTo(30).equals(Arrays.asList(2, 3, 5, 7, 11, 13, 17, 19, 23, 29));
        assert primesUpTo(1).isEmpty();
        assert primesUpTo(1000).size() == 168;
        assert factors(360).equals(Arrays.asList(2, 2, 2, 3, 3, 5));
        assert factors(97).equals(Arrays.asList(97));
        assert factors(1).isEmpty();
    }
}
