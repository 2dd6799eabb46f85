//! What is rejected, and with which code.

use super::code;

#[test]
fn nothing_tells_the_type() {
    assert_eq!(code("def f(x):\n    return x\n"), "infer.unknown-type");
    assert_eq!(code("def f(a, b):\n    return a + b\n"), "infer.unknown-type");
}

#[test]
fn what_values_of_several_types_cannot_do() {
    let added = "def f(xs):\n    return xs[0] + xs[1]\nassert f([1, 'a', 2, 'b']) == 3\n";
    assert_eq!(code(added), "infer.operator");
    let told = "def f(xs):\n    return isinstance(xs[0], tuple)\nassert f([(1,), (1, 2), [1], 3])\n";
    assert_eq!(code(told), "infer.isinstance");
    let computed =
        "def f(x, t):\n    return isinstance(x, t)\nassert f(1, int)\nassert f('a', int) == False\n";
    assert_ne!(code(computed), "accepted");
}

#[test]
fn what_has_no_rule_is_named() {
    for (source, expected) in [
        ("def f(s: str):\n    return eval(s)\n", "infer.library"),
        ("def f(s: str):\n    return s.encode()\n", "infer.method"),
        ("def f(a: list[int], b: list[int]):\n    return a is b\n", "infer.identity"),
        ("def f(xs: list[int]):\n    return max(*xs)\n", "infer.star"),
        ("def f(**options):\n    return 1\n", "infer.keyword-args"),
        ("def f():\n    while True:\n        yield 1\n", "infer.endless-generator"),
        ("def f(x: int):\n    class A:\n        pass\n    return x\n", "infer.local-class"),
        ("def f(x: int):\n    return x + 'a'\n", "infer.operator"),
        ("def f(x: int):\n    return x[0]\n", "infer.subscript"),
        ("def f(x: int):\n    return x.real\n", "infer.attribute"),
        ("def f(x: int):\n    return f(1, 2)\n", "infer.arguments"),
        ("def f(s: str):\n    return '{:>{w}}'.format(s, w=3)\n", "infer.format"),
        ("class A:\n    def __iter__(self):\n        return self\n", "infer.special-method"),
        ("def f(d: dict[str, int]):\n    return d < d\n", "infer.compare"),
        ("def f(x: int, xs=[]):\n    xs.append(x)\n    return len(xs)\n", "infer.mutable-default"),
        ("def f(x: int, xs: list[int] = []):\n    return x + len(xs) + sum(xs)\n", "accepted"),
        ("X = 1\nX = 2\ndef f():\n    return X\n", "infer.module-variable"),
        ("def g(x: int):\n    return x\ng = 3\n", "infer.rebound-name"),
    ] {
        assert_eq!(code(source), expected, "{source}");
    }
}

#[test]
fn a_test_that_cannot_be_typed_rejects_the_program() {
    let source = "def f(x: int) -> int:\n    return x\n\nassert f(1) == 1\nassert eval('f(2)') == 2\n";
    assert_eq!(code(source), "infer.library");
}

#[test]
fn deep_nesting_is_rejected() {
    let source = format!("def f(x: int) -> int:\n    return {}x{}\n", "-(".repeat(400), ")".repeat(400));
    assert!(matches!(code(&source).as_str(), "infer.too-deep" | "python.nesting"), "{}", code(&source));
}

#[test]
fn regular_expressions_whose_meaning_cannot_be_seen() {
    let f = |body: &str| format!("import re\ndef f(p: str, s: str):\n    {body}\n");
    assert_eq!(code(&f("return re.findall(p, s)")), "infer.regex");
    assert_eq!(code(&f("return re.sub('a', p, s)")), "infer.regex");
    assert_eq!(code(&f("return re.sub('(a', '', s)")), "infer.regex");
    assert_eq!(code(&f("return re.split('(,)', s)")), "infer.regex");
    assert_eq!(code(&f("return re.search(p, s).group('name')")), "infer.regex");
    assert_eq!(code(&f("p = 'a'\n    p = p + 'b'\n    return re.findall(p, s)")), "accepted");
    assert_eq!(code(&f("return re.search(p, s) is not None")), "accepted");
    let doubled: Vec<String> =
        (1..8).map(|n| format!("p{n} = {}", vec![format!("p{}", n - 1); 40].join(" + "))).collect();
    let grown = format!("p0 = ''\n    {}\n    return re.findall(p7, s)", doubled.join("\n    "));
    assert_eq!(code(&f(&grown)), "infer.regex");
}

#[test]
fn counters_are_no_plain_dicts() {
    let f = |body: &str| {
        format!("from collections import Counter\ndef f(s: str):\n    c = Counter(s)\n    {body}\n")
    };
    assert_eq!(code(&f("c.update(Counter('a'))\n    return c['a']")), "infer.method");
    assert_eq!(code(&f("return (c | c)['a']")), "infer.operator");
    assert_eq!(code(&f("return (Counter(s) | Counter('ab'))['a']")), "accepted");
}

#[test]
fn arguments_of_numpy_that_have_no_rule() {
    let f = |value: &str| {
        format!(
            "import numpy as np\ndef f(a: list[list[int]]):\n    m = np.array(a)\n    v = m[0]\n    return {value}\n"
        )
    };
    for value in [
        "np.diff(v, 2)",
        "np.linspace(0, 1, 5, False)",
        "np.linspace(0, 1, 5, dtype=int)",
        "np.arange(9, step=2)",
        "np.arange(0, 9, 2, float)",
        "np.linalg.norm(v, 1)",
        "np.trace(m, 1)",
        "np.transpose(m, (0, 1))",
        "m.flatten('F')",
        "np.reshape(m, (2, 2), 'F')",
        "v.sum(dtype=float)",
        "np.std(v, None, float, None, 1)",
        "np.sort(v, 1)",
        "m.sort()",
        "np.inner(m, m)",
        "np.array([1], dtype=np.int8)",
    ] {
        assert_eq!(code(&f(value)), "infer.numpy", "{value}");
    }
    for value in [
        "np.diff(v)",
        "np.linspace(0, 1, num=5)",
        "np.arange(0, 9, 2, dtype=float)",
        "np.linalg.norm(v)",
        "np.reshape(m, (2, 2))",
        "m.reshape(2, -1)",
        "np.sum(m, 0)",
        "m.mean(axis=1, keepdims=True)",
        "np.std(v, ddof=1)",
        "np.sort(v, 0)",
        "v.sort()",
        "np.outer(v, v)",
        "np.inner(v, v)",
        "np.full((2, 2), 7, dtype=float)",
    ] {
        assert_eq!(code(&f(value)), "accepted", "{value}");
    }
}

#[test]
fn arrays_without_bounds() {
    let f = |value: &str| {
        format!("import numpy as np\ndef f():\n    xs = []\n    xs.append(xs)\n    return {value}\n")
    };
    let many = |item: &str, times: usize| [item].repeat(times).join(", ");
    let matrix = format!("np.zeros(({}))", many("1", 200));
    assert_ne!(code(&f("np.array(xs)")), "accepted");
    assert_ne!(code(&f("np.array([1]) + xs")), "accepted");
    assert_ne!(code(&f(&format!("{matrix} @ {matrix}"))), "accepted");
    assert_ne!(code(&f(&format!("np.zeros((2, 2))[{}]", many("None", 300)))), "accepted");
    assert_ne!(code(&f(&format!("np.zeros((2, 2))[{}]", many("0", 300)))), "accepted");
}
