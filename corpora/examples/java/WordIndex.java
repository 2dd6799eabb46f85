import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An index of the words of a text by the lines that they stand on. */
public class WordIndex {
    /** Splits a line into its words, in lower case and without punctuation. */
    static List<String> words(String line) {
        List<String> found = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        for (char c : line.toCharArray()) {
            if (Character.isLetter(c)) {
                word.append(Character.toLowerCase(c));
            } else if (word.length() > 0) {
                found.add(word.toString());
                word.setLength(0);
            }
        }
        if (word.length() > 0) {
            found.add(word.toString());
        }
        return found;
    }

    /** Maps each word to the numbers of its lines, counted from 1. */
    static Map<String, List<Integer>> index(List<String> lines) {
        Map<String, List<Integer>> places = new LinkedHashMap<>();
        int number = 0;
        for (String line : lines) {
            number++;
            for (String word : words(line)) {
                List<Integer> seen = places.computeIfAbsent(word, key -> new ArrayList<>());
                if (!seen.contains(number)) {
                    seen.add(number);
                }
            }
        }
        return places;
    }

    public static void main(String[] args) {
        check(words("Hello, hello world!").equals(List.of("hello", "hello", "world")), "words");
        check(words("...").isEmpty(), "no words");
        Map<String, List<Integer>> places = index(List.of("The cat", "the hat; the cat", "A hat"));
        check(places.get("the").equals(List.of(1, 2)), "the");
        check(places.get("hat").equals(List.of(2, 3)), "hat");
        check(places.get("a").equals(List.of(3)), "a");
        check(!places.containsKey("dog"), "dog");
        check(places.size() == 4, "size");
    }

    private static void check(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
