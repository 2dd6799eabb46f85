//! Programs that get types, each showing one thing.

use super::{first_param, infer, result, shown};
use insta::assert_snapshot;

#[test]
fn types_come_from_tests() {
    assert_eq!(first_param("def f(xs):\n    return xs\nassert f([1, 2]) == [1, 2]\n"), "list[int]");
    assert_eq!(first_param("def f(xs):\n    return xs\nassert f([1, 2.5]) == [1, 2.5]\n"), "list[float]");
    assert_eq!(
        first_param("def f(x):\n    return x\nassert f(None) is None\nassert f(3) == 3\n"),
        "int | None"
    );
    assert_eq!(first_param("def f(t):\n    return t\nassert f((1, 'a')) == (1, 'a')\n"), "tuple[int, str]");
    assert_eq!(
        first_param("def f(t):\n    return len(t)\nassert f((1, 2)) == 2\nassert f((1,)) == 1\n"),
        "list[int]"
    );
}

#[test]
fn values_can_be_of_several_types() {
    assert_eq!(first_param("def f(xs):\n    return xs\nassert f([1, 'a']) == [1, 'a']\n"), "list[int | str]");
    assert_eq!(
        result("def f(n: int):\n    if n > 1:\n        return 'many'\n    return n\nassert f(1) == 1\n"),
        "int | str"
    );
    let nested = "def f(xs):\n    total = 0\n    for x in xs:\n        if isinstance(x, list):\n            total += f(x)\n        else:\n            total += x\n    return total\n\nassert f([1, [2, [3]]]) == 6\n";
    assert_eq!(first_param(nested), "list[Any]");
    assert_eq!(result(nested), "int");
}

#[test]
fn a_counter_of_a_dict_takes_its_counts() {
    let source =
        "from collections import Counter\ndef f(d: dict[str, int]) -> int:\n    return Counter(d)['a']\n";
    let text = grammars::ir::text::print_module(&infer(source).expect("accepted"));
    assert!(text.contains("#copy(d)") && !text.contains("#tally"), "{text}");
}

#[test]
fn numbers_stay_apart_where_their_type_can_be_seen() {
    let shown = "def f(xs):\n    return str(xs[0])\nassert f([1, 1.5]) == '1'\n";
    assert_eq!(first_param(shown), "list[int | float]");
    let asked = "def f(xs):\n    return isinstance(xs[0], int)\nassert f([1, 1.5])\n";
    assert_eq!(first_param(asked), "list[int | float]");
    let unseen = "def f(x):\n    return x * 2\nassert f(1) == 2\nassert f(1.5) == 3\n";
    assert_eq!(first_param(unseen), "float");
}

#[test]
fn tests_on_types_narrow() {
    assert_snapshot!(shown(
        "def f(xs):\n    words = [x.upper() for x in xs if isinstance(x, str)]\n    total = 0\n    for x in xs:\n        if type(x) is int:\n            total += x\n    return words, total\n\nassert f([1, 'a', 2]) == (['A'], 3)\n"
    ));
}

#[test]
fn types_come_from_defaults_and_use() {
    assert_eq!(first_param("def f(x='a'):\n    return x\n"), "str");
    assert_eq!(first_param("def f(x):\n    return x.split()\n"), "str");
    assert_eq!(first_param("def f(x):\n    return x + 1\n"), "int");
    assert_eq!(result("def f(x):\n    return x / 2\n"), "float");
}

#[test]
fn results_can_be_missing() {
    assert_eq!(
        result("def f(xs: list[int]):\n    for x in xs:\n        if x > 2:\n            return x\n"),
        "int | None"
    );
    assert_eq!(
        result("def f(x: int):\n    if x > 2:\n        return x\n    raise ValueError('small')\n"),
        "int"
    );
    assert_eq!(result("def f(x: int):\n    print(x)\n"), "None");
}

#[test]
fn integers_convert_where_floats_are_expected() {
    assert_snapshot!(shown(
        "def scale(xs: list[float], by: float) -> list[float]:\n    return [x * by for x in xs]\n\nassert scale([1, 2.5], 2) == [2, 5]\n"
    ));
}

#[test]
fn empty_containers_learn_from_later_use() {
    assert_snapshot!(shown(
        "def group(words):\n    groups = {}\n    order = []\n    for w in words:\n        if w[0] not in groups:\n            groups[w[0]] = []\n            order.append(w[0])\n        groups[w[0]].append(len(w))\n    return groups, order\n\nassert group(['ab', 'a']) == ({'a': [2, 1]}, ['a'])\n"
    ));
}

#[test]
fn a_variable_that_changes_type_is_split() {
    assert_snapshot!(shown(
        "def longest(text: str) -> str:\n    text = text.split()\n    best = 0\n    best = best / 2\n    text.sort(key=len)\n    return text[-1] + str(best)\n"
    ));
}

#[test]
fn tests_for_none_narrow() {
    assert_snapshot!(shown(
        "def best(xs: list[int], limit=None):\n    top = None\n    for x in xs:\n        if limit is not None and x > limit:\n            continue\n        if top is None or x > top:\n            top = x\n    if top is None:\n        return -1\n    return top\n\nassert best([1, 5], 3) == 1\nassert best([]) == -1\n"
    ));
}

#[test]
fn truthiness_becomes_explicit() {
    assert_snapshot!(shown(
        "def f(n: int, s: str, xs: list[int], d: dict[str, int], o: float | None = None) -> str:\n    if n and not s or xs:\n        return 'a'\n    while d:\n        del d['a']\n    if o:\n        return 'b'\n    return s or 'c'\n"
    ));
}

#[test]
fn unpacking_and_slices() {
    assert_snapshot!(shown(
        "def f(xs: list[int], pairs: list[tuple[str, int]], rows: list[list[int]]):\n    a, b = 1, 'x'\n    first, *rest = xs\n    *front, last = xs\n    xs[0], xs[1] = xs[1], xs[0]\n    for name, count in pairs:\n        b += name * count\n    for low, high in rows:\n        a += high - low\n    sums = [low + high for low, high in rows]\n    return a, b, first, rest, front, last, xs[1:-1], xs[::-1], sums\n"
    ));
}

#[test]
fn library_calls_become_intrinsics() {
    assert_snapshot!(shown(
        "import math\nfrom collections import Counter, defaultdict\nfrom functools import reduce\n\ndef f(words: list[str], n: int):\n    counts = Counter(words)\n    total = defaultdict(int)\n    for w in words:\n        total[w] += len(w)\n    ranked = sorted(counts.items(), key=lambda p: (-p[1], p[0]))\n    top = max(words, key=len, default='')\n    product = reduce(lambda a, b: a * b, range(1, n + 1), 1)\n    digits = list(map(int, str(n)))\n    return ranked[:2], top, product, digits, math.sqrt(n), sum(d > 2 for d in digits), min(n, 3), counts['x']\n"
    ));
}

#[test]
fn text_is_formatted() {
    assert_snapshot!(shown(
        "def f(name: str, n: int, x: float) -> str:\n    a = f'{name!r:>10} {n:05d} {x:.2f}'\n    b = '%s has %d' % (name, n)\n    c = '{1} {0:<4}|'.format(n, name)\n    return a + b + c + ', '.join([name, 'z']).upper()\n"
    ));
}

#[test]
fn classes_and_special_methods() {
    assert_snapshot!(shown(
        "class Money:\n    \"\"\"An amount.\"\"\"\n    ZERO = 0\n\n    def __init__(self, cents, note=None):\n        self.cents = cents\n        self.note = note\n        self.log = []\n\n    def __add__(self, other):\n        return Money(self.cents + other.cents)\n\n    def __eq__(self, other):\n        return self.cents == other.cents\n\n    @property\n    def whole(self):\n        return self.cents // 100\n\n    @staticmethod\n    def of(text):\n        return Money(int(text))\n\n    def record(self, line):\n        self.log.append(line)\n\ndef test_money():\n    m = Money(150) + Money.of('50')\n    m.record('sum')\n    assert m.whole == 2\n    assert m == Money(200, 'x')\n"
    ));
}

#[test]
fn dataclasses_take_their_fields() {
    assert_snapshot!(shown(
        "from dataclasses import dataclass, field\n\n@dataclass(frozen=True)\nclass Point:\n    x: int\n    y: int = 0\n    tags: list[str] = field(default_factory=list)\n\ndef f(p: Point) -> Point:\n    return Point(p.y, y=p.x)\n\nassert f(Point(1)) == Point(0, 1)\n"
    ));
}

#[test]
fn exceptions_are_kinds_with_a_message() {
    assert_snapshot!(shown(
        "class Empty(ValueError):\n    pass\n\ndef f(xs: list[int]) -> str:\n    try:\n        if not xs:\n            raise Empty('nothing in it')\n        return str(xs[3])\n    except IndexError as e:\n        return str(e)\n    except (KeyError, ZeroDivisionError):\n        raise\n    finally:\n        print('done')\n"
    ));
}

#[test]
fn generators_give_lists() {
    assert_snapshot!(shown(
        "def f(n: int):\n    while n > 0:\n        if n == 7:\n            return\n        yield n\n        n //= 2\n\nassert list(f(6)) == [6, 3, 1]\n"
    ));
}

#[test]
fn nested_functions_capture() {
    assert_snapshot!(shown(
        "def f(n: int) -> int:\n    count = 0\n    def visit(k):\n        nonlocal count\n        count += 1\n        if k < n:\n            visit(k + 1)\n    visit(0)\n    return count\n"
    ));
}

#[test]
fn arguments_stand_in_parameter_order() {
    assert_snapshot!(shown(
        "def area(width, height=2, *, scale=1):\n    return width * height * scale\n\ndef total(*parts):\n    return sum(parts)\n\ndef f(sizes: list[int]):\n    return area(3, scale=2), area(height=1, width=4), total(1, 2), total(*sizes)\n"
    ));
}

#[test]
fn searches_are_loops() {
    assert_snapshot!(shown(
        "def f(xs: list[int]) -> int:\n    even = next((x for x in xs if x % 2 == 0), 0)\n    return next((x for x in xs if x > even), -1)\n"
    ));
}

#[test]
fn tests_on_types_are_decided() {
    assert_snapshot!(shown(
        "def f(x):\n    if isinstance(x, str):\n        return len(x.split())\n    return x + 1\n\nassert f(1) == 2\n"
    ));
}

#[test]
fn module_variables_and_names_of_the_module() {
    assert_snapshot!(shown(
        "LIMIT = 3\nseen = []\n\ndef total(xs: list[int]) -> int:\n    return sum(xs)\n\ndef f(n: int) -> int:\n    global LIMIT\n    LIMIT = n\n    seen.append(n)\n    total = 0\n    return total + LIMIT\n"
    ));
}

#[test]
fn the_function_under_test_is_the_entry_point() {
    let source = "def helper(x):\n    return x\n\ndef main(x):\n    return helper(x)\n\ndef other(x: int):\n    return x\n\nassert main(1) == 1\nassert main(2) == 2\nassert helper(1) == 1\n";
    assert_eq!(infer(source).expect("accepted").entry_point.as_deref(), Some("main"));
    let untested = "def a(x: int):\n    return x\n\ndef b(x: int):\n    return x\n";
    assert_eq!(infer(untested).expect("accepted").entry_point.as_deref(), Some("b"));
}

#[test]
fn documented_examples_are_typed() {
    let source = "def f(xs: list[float]) -> float:\n    \"\"\"Add.\n\n    >>> f([1, 2])\n    3.0\n    \"\"\"\n    return sum(xs)\n";
    let module = infer(source).expect("accepted");
    let doc = module.function("f").and_then(|f| f.doc.as_ref()).expect("documented");
    assert_eq!(doc.examples.len(), 1);
    assert_eq!(doc.examples[0].call.ty.to_string(), "float");
    assert_eq!(module.tests.len(), 1);
}

#[test]
fn functions_are_copied_for_uses_of_different_types() {
    assert_snapshot!(shown(
        "def last(xs):\n    return pick(xs, -1)\n\ndef pick(xs, at):\n    return xs[at]\n\nassert last([1, 2]) == 2\nassert last(['a', 'b']) == 'b'\nassert last([3]) == 3\n"
    ));
}

#[test]
fn tuples_with_computed_positions_are_lists() {
    assert_snapshot!(shown(
        "def f(n: int):\n    names = ('a', 'b', 'c')\n    pair = (1, 'x')\n    return names[n:], names[n], names[-1], pair[1]\n"
    ));
}

#[test]
fn defaults_of_missing_keys_are_explicit() {
    assert_snapshot!(shown(
        "from collections import defaultdict, Counter\n\ndef f(words: list[str]) -> int:\n    by_length = defaultdict(list)\n    seen = Counter()\n    for w in words:\n        by_length[len(w)].append(w)\n        seen[w] += 1\n        seen[w.lower()] += 1\n    return len(by_length[3]) + seen['a'] + max(seen, key=seen.get).count('a')\n"
    ));
}

#[test]
fn the_absolute_values_of_fabs_are_floats() {
    let f = |name: &str| {
        result(&format!(
            "import numpy as np\ndef f(xs: list[int]):\n    return np.{name}(np.array(xs)).tolist()\n"
        ))
    };
    assert_eq!((f("fabs").as_str(), f("abs").as_str()), ("list[float]", "list[int]"));
}

#[test]
fn lists_of_the_module_that_functions_shuffle_are_changed() {
    let f = |call: &str| {
        let source = format!("import random\nXS = [1, 2]\ndef f() -> int:\n    {call}\n    return XS[0]\n");
        infer(&source).expect("accepted").constants().any(|c| c.mutated)
    };
    assert!(f("random.shuffle(XS)") && f("XS.append(1)"));
    assert!(!f("random.choice(XS)"));
}
