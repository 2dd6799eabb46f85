import java.util.ArrayDeque;
import java.util.Deque;

/** Evaluates expressions in postfix notation. */
public class Calculator {
    /**
     * Applies an operator to two numbers.
     *
     * @throws IllegalArgumentException if the operator is not known
     */
    static long apply(char operator, long left, long right) {
        switch (operator) {
            case '+':
                return left + right;
            case '-':
                return left - right;
            case '*':
            case 'x':
                return left * right;
            case '/':
                return left / right;
            default:
                throw new IllegalArgumentException("unknown operator " + operator);
        }
    }

    /** Evaluates a postfix expression of one-digit numbers and operators. */
    static long evaluate(String expression) {
        Deque<Long> stack = new ArrayDeque<>();
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == ' ') {
                continue;
            }
            if (Character.isDigit(c)) {
                stack.push((long) (c - '0'));
            } else {
                long right = stack.pop();
                long left = stack.pop();
                stack.push(apply(c, left, right));
            }
        }
        return stack.pop();
    }

    public static void main(String[] args) {
        assert evaluate("3 4 +") == 7;
        assert evaluate("52-3*") == 9;
        assert evaluate("9 2 /") == 4;
        assert evaluate("05-2/") == -2;
        assert evaluate("23x4x5x") == 120;
        assert apply('-', 1L, 5L) == -4L;
        try {
            apply('^', 1, 2);
            throw new AssertionError("an unknown operator was taken");
        } catch (IllegalArgumentException e) {
            // As it should be.
        }
    }
}
