import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Points of the players of a tournament. */
public class Leaderboard {
    /** Adds up the points of each player; names and points belong together by position. */
    static Map<String, Integer> totals(List<String> names, int[] points) {
        Map<String, Integer> sums = new HashMap<>();
        for (int i = 0; i < points.length; i++) {
            sums.merge(names.get(i), points[i], Integer::sum);
        }
        return sums;
    }

    /** Ranks the players by points, and by name where the points are equal. */
    static List<String> ranking(List<String> players, Map<String, Integer> sums) {
        List<String> ranked = new ArrayList<>(players);
        ranked.sort((a, b) -> a.compareTo(b));
        ranked.sort((a, b) -> Integer.compare(sums.get(b), sums.get(a)));
        return ranked;
    }

    /** Returns the points that a player is behind the best one. */
    static int behind(String player, Map<String, Integer> sums, List<String> players) {
        int best = Integer.MIN_VALUE;
        for (String other : players) {
            best = Math.max(best, sums.getOrDefault(other, 0));
        }
        return best - sums.getOrDefault(player, 0);
    }

    public static void main(String[] args) {
        List<String> names = List.of("mia", "tom", "mia", "ada", "tom");
        Map<String, Integer> sums = totals(names, new int[] {5, 3, 2, 9, 4});
        List<String> players = List.of("tom", "mia", "ada");
        assert sums.get("mia") == 7;
        assert sums.get("tom") == 7;
        assert sums.size() == 3;
        assert ranking(players, sums).equals(List.of("ada", "mia", "tom"));
        assert behind("tom", sums, players) == 2;
        assert behind("ada", sums, players) == 0;
        assert behind("eve", sums, players) == 9;
    }
}
