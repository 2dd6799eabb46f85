//! Tests of the Java front end through its one entrance.

use super::parse;
use crate::ir::*;
use crate::surface::TestOrigin;

fn module(source: &str) -> Module {
    parse("Sample", source).expect("supported")
}

/// A class with one method `f`, whose body is given.
fn class(signature: &str, body: &str) -> String {
    format!("class Sample {{\n    static {signature} {{\n        {body}\n    }}\n}}\n")
}

fn body(signature: &str, statements: &str) -> Vec<Stmt> {
    module(&class(signature, statements)).function("f").expect("a method").body.clone()
}

/// The value that `f` returns.
fn returned(signature: &str, expression: &str) -> Expr {
    match body(signature, &format!("return {expression};")).pop().map(|s| s.kind) {
        Some(StmtKind::Return(Some(value))) => value,
        other => panic!("no return: {other:?}"),
    }
}

fn code(signature: &str, statements: &str) -> String {
    parse("Sample", &class(signature, statements)).expect_err("must be rejected").code.to_string()
}

mod arithmetic {
    use super::*;

    fn operation(signature: &str, expression: &str) -> (BinaryOp, Overflow) {
        match returned(signature, expression).kind {
            ExprKind::Binary { op, overflow, .. } => (op, overflow),
            other => panic!("no operation: {other:?}"),
        }
    }

    #[test]
    fn integers_wrap_at_their_width() {
        assert_eq!(operation("int f(int a, int b)", "a + b"), (BinaryOp::Add, Overflow::Wrap32));
        assert_eq!(operation("long f(long a, int b)", "a * b"), (BinaryOp::Mul, Overflow::Wrap64));
        assert_eq!(operation("int f(int a)", "a << 3"), (BinaryOp::Shl, Overflow::Wrap32));
        assert_eq!(operation("long f(long a)", "a >>> 3"), (BinaryOp::ShrUnsigned, Overflow::Wrap64));
        assert_eq!(operation("int f(int a, int b)", "a ^ b"), (BinaryOp::BitXor, Overflow::Fits));
    }

    #[test]
    fn quotients_of_integers_are_truncated() {
        assert_eq!(operation("int f(int a, int b)", "a / b").0, BinaryOp::TruncDiv);
        assert_eq!(operation("int f(int a, int b)", "a % b").0, BinaryOp::TruncRem);
        assert_eq!(operation("double f(double a, int b)", "a / b").0, BinaryOp::Div);
        assert_eq!(operation("int f(int a, int b)", "Math.floorMod(a, b)").0, BinaryOp::FloorMod);
    }

    #[test]
    fn distances_of_shifts_are_masked() {
        let ExprKind::Binary { right, .. } = returned("int f(int a, int b)", "a << b").kind else {
            panic!("no shift")
        };
        assert!(matches!(right.kind, ExprKind::Binary { op: BinaryOp::BitAnd, .. }));
    }

    #[test]
    fn unsigned_shifts_of_ints_take_their_32_bits_as_a_number() {
        let ExprKind::Binary { op, left, .. } = returned("int f(int a)", "a >>> 3").kind else {
            panic!("no shift")
        };
        assert_eq!(op, BinaryOp::Shr);
        let ExprKind::Binary { op: BinaryOp::BitAnd, right, .. } = left.kind else { panic!("no mask") };
        assert_eq!(right.kind, ExprKind::Int(0xffff_ffff));
        let any = returned("int f(int a, int n)", "a >>> n").kind;
        assert!(matches!(any, ExprKind::Convert { conversion: Conversion::WrapTo32, .. }));
    }

    #[test]
    fn characters_are_numbers_in_arithmetic_only() {
        let difference = returned("int f(char c)", "c - 'a'");
        assert_eq!(difference.ty, Type::Int);
        let next = returned("char f(char c)", "(char) (c + 1)");
        assert!(matches!(next.kind, ExprKind::Convert { conversion: Conversion::IntToChar, .. }));
        let ExprKind::Compare { left, .. } = returned("boolean f(char c)", "c >= 'a'").kind else {
            panic!("no comparison")
        };
        assert_eq!(left.ty, Type::Char);
    }

    #[test]
    fn casts_narrow_and_truncate() {
        let conversion = |signature, expression| match returned(signature, expression).kind {
            ExprKind::Convert { conversion, .. } => conversion,
            other => panic!("no conversion: {other:?}"),
        };
        assert_eq!(conversion("int f(long a)", "(int) a"), Conversion::WrapTo32);
        assert_eq!(conversion("int f(double a)", "(int) a"), Conversion::FloatToInt);
        assert_eq!(conversion("double f(int a)", "a"), Conversion::IntToFloat);
        assert_eq!(code("int f(long a)", "return a;"), "java.conversion");
    }

    #[test]
    fn literals_have_their_value() {
        assert_eq!(returned("int f()", "0x811c9dc5").kind, ExprKind::Int(-2_128_831_035));
        assert_eq!(returned("long f()", "1_000L").kind, ExprKind::Int(1000));
        assert_eq!(returned("int f()", "-2147483648").kind, ExprKind::Int(-2_147_483_648));
        assert_eq!(returned("char f()", r"'\u0041'").kind, ExprKind::Str("A".to_owned()));
        assert_eq!(code("float f()", "return 1.5f;"), "java.type");
    }

    #[test]
    fn compound_assignments_convert_back() {
        let statement = |signature, text| body(signature, text).swap_remove(0).kind;
        assert!(matches!(
            statement("void f(int a)", "a += 2;"),
            StmtKind::AugAssign { op: BinaryOp::Add, overflow: Overflow::Wrap32, .. }
        ));
        let StmtKind::Assign { value, .. } = statement("void f(int a)", "a *= 1.5;") else {
            panic!("no assignment")
        };
        assert!(matches!(value.kind, ExprKind::Convert { conversion: Conversion::FloatToInt, .. }));
    }
}

mod equality {
    use super::*;

    #[test]
    fn references_are_not_compared() {
        assert_eq!(code("boolean f(String a, String b)", "return a == b;"), "java.string-identity");
        assert_eq!(code("boolean f(Integer a, Integer b)", "return a == b;"), "java.boxed-equality");
        assert_eq!(code("boolean f(int[] a, int[] b)", "return a.equals(b);"), "java.library-method");
        assert_eq!(code("boolean f(String a)", "return a == null;"), "java.null");
    }

    #[test]
    fn values_are() {
        for (signature, expression) in [
            ("boolean f(String a, String b)", "a.equals(b)"),
            ("boolean f(Integer a, int b)", "a == b"),
            ("boolean f(java.util.List<Integer> a)", "a.equals(java.util.List.of(1, 2))"),
        ] {
            let signature = signature.replace("java.util.", "");
            let expression = expression.replace("java.util.", "");
            let kind = returned(&signature, &expression).kind;
            assert!(matches!(kind, ExprKind::Compare { op: CompareOp::Eq, .. }), "{expression}");
        }
    }

    #[test]
    fn null_means_an_absent_key() {
        let absent = returned("boolean f(Map<String, Integer> m)", "m.get(\"a\") == null");
        let ExprKind::Not(present) = absent.kind else { panic!("no negation") };
        assert!(matches!(present.kind, ExprKind::Intrinsic { op: Intrinsic::Contains, .. }));
    }
}

mod loops {
    use super::*;

    fn first_loop(signature: &str, statements: &str) -> StmtKind {
        let found = body(signature, statements)
            .into_iter()
            .map(|s| s.kind)
            .find(|k| matches!(k, StmtKind::For { .. } | StmtKind::Loop { .. } | StmtKind::While { .. }));
        found.expect("a loop")
    }

    #[test]
    fn counting_loops_walk_over_a_range() {
        for head in [
            "int i = 0; i < a.length; i++",
            "int i = a.length - 1; i >= 0; i--",
            "int i = 0; i <= n; i += 2",
            "int i = 1; i < Math.min(n, 9); ++i",
        ] {
            let found = first_loop("void f(int[] a, int n)", &format!("for ({head}) {{ a[0] = i; }}"));
            assert!(matches!(found, StmtKind::For { .. }), "{head}");
        }
    }

    #[test]
    fn what_changes_its_own_bounds_stays_a_loop() {
        for (head, inside) in [
            ("int i = 0; i < n; i++", "i += 1;"),
            ("int i = 0; i < n; i++", "n--;"),
            ("int i = 0; i * i < n; i++", ""),
            ("int i = 0; i <= Math.sqrt(n); i++", ""),
            ("int i = 0; i < xs.size(); i++", "xs.add(i);"),
            ("int i = 0; i < xs.size(); i++", "grow(xs);"),
        ] {
            let source = format!(
                "class Sample {{ static void grow(List<Integer> xs) {{ xs.add(1); }}\n static void f(List<Integer> xs, int n) {{ for ({head}) {{ {inside} }} }} }}"
            );
            let found = module(&source);
            let body = &found.function("f").expect("a method").body;
            assert!(body.iter().any(|s| matches!(s.kind, StmtKind::Loop { .. })), "{head} {inside}");
        }
    }

    #[test]
    fn the_order_of_hash_tables_is_not_relied_on() {
        let walk = "for (String k : m.keySet()) { n++; }";
        assert_eq!(code("void f(HashMap<String, Integer> m, int n)", walk), "java.hash-order");
        first_loop("void f(LinkedHashMap<String, Integer> m, int n)", walk);
    }

    #[test]
    fn entries_become_pairs() {
        let found = first_loop(
            "int f(LinkedHashMap<String, Integer> m)",
            "int n = 0; for (Map.Entry<String, Integer> e : m.entrySet()) { n += e.getValue(); } return n;",
        );
        let StmtKind::For { pattern: Pattern::Tuple(parts), .. } = found else { panic!("no pair") };
        assert_eq!(parts.len(), 2);
    }

    #[test]
    fn do_tests_last() {
        let found = first_loop("void f(int n)", "do { n--; } while (n > 0);");
        assert!(matches!(found, StmtKind::Loop { test_last: true, .. }));
    }
}

mod statements {
    use super::*;

    #[test]
    fn increments_inside_a_statement_follow_it() {
        let found = body("void f(int[] a, int n)", "a[n++] = 5;");
        assert!(matches!(found[0].kind, StmtKind::Assign { .. }));
        assert!(matches!(found[1].kind, StmtKind::AugAssign { .. }));
        assert_eq!(code("void f(int[] a, int n)", "a[n++] = n;"), "java.increment-value");
        assert_eq!(code("void f(int n)", "while (n++ < 3) { }"), "java.increment-value");
        assert_eq!(code("void f(int[] a, int n)", "a[n++] += 5;"), "java.increment-value");
    }

    #[test]
    fn switches_become_comparisons_unless_cases_fall_through() {
        let found = body(
            "int f(int n)",
            "switch (n) { case 1: case 2: return 1; case 3: { n = 4; break; } default: n = 5; } return n;",
        );
        let StmtKind::If { branches, orelse } = &found[0].kind else { panic!("no if") };
        assert_eq!((branches.len(), orelse.len()), (2, 1));
        assert_eq!(
            code("int f(int n)", "switch (n) { case 1: n = 2; case 3: n = 4; } return n;"),
            "java.switch"
        );
        let value = returned("int f(int n)", "switch (n) { case 1, 2 -> 10; default -> 0; }");
        assert!(matches!(value.kind, ExprKind::IfElse { .. }));
    }

    #[test]
    fn builders_are_text_that_grows() {
        let found = body(
            "String f(int n)",
            "StringBuilder sb = new StringBuilder(); sb.append(n).append('x'); return sb.reverse().toString();",
        );
        assert_eq!(found.len(), 4);
        assert_eq!(code("int f(StringBuilder sb)", "return sb.length();"), "java.builder");
        assert!(matches!(found[1].kind, StmtKind::AugAssign { op: BinaryOp::Concat, .. }));
    }

    #[test]
    fn names_of_methods_are_not_hidden() {
        let source = "class Sample { static int count(int n) { int count = n; return count; } }";
        let found = module(source);
        assert_eq!(found.function("count").expect("a method").locals[0].name, "count_value");
    }

    #[test]
    fn what_is_not_supported_says_so() {
        assert_eq!(code("void f()", "outer: while (true) { break outer; }"), "java.label");
        assert_eq!(code("String f(double x)", "return \"\" + x;"), "java.value-as-text");
        assert_eq!(code("void f()", "throw new IOException();"), "java.exception");
        assert_eq!(parse("S", "class S { int x; }").expect_err("state").code.as_str(), "java.object-state");
        assert_eq!(
            parse("S", "interface S { }").expect_err("interface").code.as_str(),
            "java.type-declaration"
        );
        assert_eq!(parse("S", "class S { ").expect_err("syntax").code.as_str(), "java.syntax");
        let twice = "class S { static int f(int a) { return a; } static int f(long a) { return 1; } }";
        assert_eq!(parse("S", twice).expect_err("overload").code.as_str(), "java.overload");
    }
}

mod checks {
    use super::*;

    fn test_of(main: &str) -> TestCase {
        let source = format!(
            "/** Doc. */\nclass Sample {{\n    /** Doubles. */\n    static int f(int n) {{ return 2 * n; }}\n    static void check(boolean ok, String what) {{ if (!ok) {{ throw new AssertionError(what); }} }}\n    public static void main(String[] args) {{\n        {main}\n    }}\n}}\n"
        );
        let mut found = module(&source);
        assert_eq!(found.items.len(), 1, "the checking method is no part of the program");
        assert_eq!(found.doc.as_ref().map(|d| d.text.as_str()), Some("Doc."));
        assert_eq!(found.entry_point.as_deref(), Some("f"));
        found.tests.remove(0)
    }

    fn asserts(test: &TestCase) -> usize {
        test.body.iter().filter(|s| matches!(s.kind, StmtKind::Assert { .. })).count()
    }

    #[test]
    fn main_may_check_in_several_ways() {
        let test = test_of(
            "assert f(1) == 2;\n if (f(2) != 4) { throw new AssertionError(); }\n check(f(3) == 6, \"three\");\n System.out.println(\"ok\");",
        );
        assert_eq!(test.origin, TestOrigin::Assert);
        assert_eq!((asserts(&test), test.body.len()), (3, 3));
        let StmtKind::Assert { condition, .. } = &test.body[1].kind else { panic!("no check") };
        assert!(matches!(condition.kind, ExprKind::Compare { op: CompareOp::Eq, .. }));
        let StmtKind::Assert { message, .. } = &test.body[2].kind else { panic!("no check") };
        assert!(message.is_some());
    }

    #[test]
    fn a_list_of_verdicts_is_a_check_each() {
        let test = test_of(
            "Sample s = new Sample();\n List<Boolean> correct = Arrays.asList(s.f(1) == 2, s.f(2) == 4);\n if (correct.contains(false)) { throw new AssertionError(); }",
        );
        assert_eq!((asserts(&test), test.body.len()), (2, 2));
    }

    #[test]
    fn expected_exceptions_are_checks() {
        let test =
            test_of("try { f(1); throw new AssertionError(); } catch (IllegalArgumentException e) { }");
        assert!(matches!(test.body[0].kind, StmtKind::ExpectRaise { .. }));
    }

    #[test]
    fn junit_methods_are_tests() {
        let source = "class Sample {\n static double f(int n) { return n; }\n @Test void half() { assertEquals(2.0, f(2), 1e-9); assertTrue(f(1) > 0); assertThrows(IllegalStateException.class, () -> f(3)); }\n}\n";
        let found = module(source);
        assert_eq!(found.tests[0].origin, TestOrigin::Unittest);
        assert_eq!(found.tests[0].body.len(), 3);
    }

    #[test]
    fn a_main_that_only_shows_is_left_out() {
        let found = module(
            "class S { static int f() { return 1; } public static void main(String[] args) { System.out.println(f()); } }",
        );
        assert!(found.tests.is_empty());
        assert_eq!(found.items.len(), 1);
    }
}

mod robustness {
    use super::*;
    use proptest::prelude::*;

    const SAMPLE: &str = "import java.util.*;\n/** Doc. */\nclass S {\n static final int K = 3; // k\n /** F. */\n static int f(int[] a, String s) {\n  int n = 0;\n  for (int i = 0; i < a.length; i++) { n += a[i] % K; }\n  switch (n) { case 1: n = 2; break; default: n++; }\n  return s.isEmpty() ? n : s.charAt(0) - 'a';\n }\n public static void main(String[] args) { assert f(new int[] {1}, \"\") == 2; }\n}\n";

    #[test]
    fn deep_nesting_is_rejected_without_overflow() {
        let deep = class("int f()", &format!("return {}1{};", "(".repeat(10_000), ")".repeat(10_000)));
        assert_eq!(parse("S", &deep).expect_err("too deep").code.as_str(), "java.nesting");
        let chain = class("int f()", &format!("return 1{};", " + 1".repeat(500)));
        assert_eq!(parse("S", &chain).expect_err("too deep").code.as_str(), "java.nesting");
    }

    proptest! {
        #[test]
        fn any_text_gives_a_module_or_a_rejection(text in "\\PC{0,200}") {
            let _ = parse("any", &text);
        }

        #[test]
        fn a_damaged_program_gives_a_module_or_a_rejection(
            at in 0..SAMPLE.len(), length in 0usize..12, by in "[ -~\n]{0,4}"
        ) {
            let end = (at + length).min(SAMPLE.len());
            let _ = parse("any", &format!("{}{by}{}", &SAMPLE[..at], &SAMPLE[end..]));
        }
    }
}
