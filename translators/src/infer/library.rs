//! What the source's library means: call path or method, signature, intrinsic.
//!
//! Rows with one name are overloads; the first that fits the arguments is taken. Methods start with
//! a dot and have their receiver as first parameter. What no row can say is in
//! [`super::special`].

use super::signature::Signature;
use grammars::ir::Intrinsic;
use std::sync::LazyLock;

/// One meaning of a call.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// `math.sqrt`, or `.append` for a method.
    pub path: &'static str,
    pub signature: Signature,
    pub meaning: Meaning,
}

/// What a call becomes.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    /// The intrinsic with the arguments in order.
    Op(Intrinsic),
    /// The first argument itself.
    Same,
}

/// All rows for a path.
pub(super) fn rows(path: &str) -> &'static [Row] {
    let start = TABLE.partition_point(|row| row.path < path);
    let end = TABLE.partition_point(|row| row.path <= path);
    &TABLE[start..end]
}

/// All rows for a method, whatever its receiver.
pub(super) fn rows_of_method(name: &str) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.path.strip_prefix('.') == Some(name))
}

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut rows: Vec<Row> = entries()
        .into_iter()
        .filter_map(|(path, text, meaning)| {
            Signature::parse(text).map(|signature| Row { path, signature, meaning })
        })
        .collect();
    // Stable, so that overloads keep their order.
    rows.sort_by_key(|row| row.path);
    rows
});

type Entry = (&'static str, &'static str, Meaning);

fn entries() -> Vec<Entry> {
    let ops = [builtins(), numbers(), lists(), dicts(), sets(), text(), collections(), random()].concat();
    let ops = ops.into_iter().map(|(path, signature, op)| (path, signature, Meaning::Op(op)));
    identities().into_iter().chain(ops).collect()
}

type Op = (&'static str, &'static str, Intrinsic);

fn builtins() -> Vec<Op> {
    use Intrinsic::*;
    vec![
        ("builtins.len", "([T]) int", Len),
        ("builtins.len", "(str) int", Len),
        ("builtins.len", "({K:V}) int", Len),
        ("builtins.len", "({T}) int", Len),
        ("builtins.len", "(*T) int", Len),
        ("builtins.enumerate", "(*T, start:int=) ~(int, T)", Enumerate),
        ("builtins.reversed", "(*T) ~T", Reversed),
        ("builtins.any", "(*_) bool", Any),
        ("builtins.all", "(*_) bool", All),
        ("builtins.int", "(float) int", ToInt),
        ("builtins.int", "(str, base:int=) int", ParseInt),
        ("builtins.float", "(str) float", ParseFloat),
        ("builtins.repr", "(_) str", Repr),
        ("builtins.ascii", "(_) str", Repr),
        ("builtins.bin", "(int) str", Bin),
        ("builtins.hex", "(int) str", Hex),
        ("builtins.oct", "(int) str", Oct),
        ("builtins.ord", "(str) int", Ord),
        ("builtins.chr", "(int) str", Chr),
        ("builtins.abs", "(int) int", Abs),
        ("builtins.abs", "(float) float", Abs),
        ("math.fabs", "(float) float", Abs),
        ("builtins.divmod", "(int, int) (int, int)", DivMod),
        ("builtins.divmod", "(float, float) (float, float)", DivMod),
        ("builtins.pow", "(int, int, mod:int) int", PowMod),
        ("builtins.round", "(float) int", Round),
        ("builtins.round", "(float, ndigits:int) float", RoundTo),
    ]
}

fn numbers() -> Vec<Op> {
    use Intrinsic::*;
    vec![
        ("math.sqrt", "(float) float", Sqrt),
        ("math.isqrt", "(int) int", ISqrt),
        ("math.exp", "(float) float", Exp),
        ("math.log", "(float, float=) float", Log),
        ("math.log2", "(float) float", Log2),
        ("math.log10", "(float) float", Log10),
        ("math.sin", "(float) float", Sin),
        ("math.cos", "(float) float", Cos),
        ("math.tan", "(float) float", Tan),
        ("math.asin", "(float) float", Asin),
        ("math.acos", "(float) float", Acos),
        ("math.atan", "(float) float", Atan),
        ("math.atan2", "(float, float) float", Atan2),
        ("math.hypot", "(float, float) float", Hypot),
        ("math.floor", "(float) int", Floor),
        ("math.ceil", "(float) int", Ceil),
        ("math.trunc", "(float) int", ToInt),
        ("math.gcd", "(int, int) int", Gcd),
        ("math.lcm", "(int, int) int", Lcm),
        ("math.factorial", "(int) int", Factorial),
        ("math.comb", "(int, int) int", Comb),
        ("math.perm", "(int, int) int", Perm),
        ("math.isclose", "(float, float) bool", IsClose),
        ("math.isnan", "(float) bool", IsNan),
        ("math.isinf", "(float) bool", IsInf),
        ("math.prod", "(*int) int", Product),
        ("math.prod", "(*N) N", Product),
        (".is_integer", "(float) bool", IsInteger),
        (".bit_length", "(int) int", BitLength),
        (".bit_count", "(int) int", BitCount),
        ("fractions.gcd", "(int, int) int", Gcd),
    ]
}

fn lists() -> Vec<Op> {
    use Intrinsic::*;
    vec![
        (".append", "([T], T) none", Append),
        (".extend", "([T], *T) none", Extend),
        (".insert", "([T], int, T) none", Insert),
        (".pop", "([T], int=) T", Pop),
        (".popleft", "([T]) T", PopFirst),
        (".appendleft", "([T], T) none", Prepend),
        (".remove", "([T], T) none", RemoveItem),
        (".index", "([T], T, int=) int", IndexOf),
        (".count", "([T], T) int", Count),
        (".reverse", "([T]) none", Reverse),
        (".clear", "([T]) none", Clear),
        (".copy", "([T]) [T]", Copy),
        ("copy.copy", "([T]) [T]", Copy),
        ("copy.deepcopy", "([T]) [T]", DeepCopy),
        ("copy.copy", "({K:V}) {K:V}", Copy),
        ("copy.deepcopy", "({K:V}) {K:V}", DeepCopy),
        ("copy.copy", "({T}) {T}", Copy),
        ("copy.deepcopy", "({T}) {T}", DeepCopy),
        ("heapq.heappush", "([T], T) none", HeapPush),
        ("heapq.heappop", "([T]) T", HeapPop),
        ("heapq.heapify", "([T]) none", Heapify),
        ("bisect.bisect_left", "([T], T) int", BisectLeft),
        ("bisect.bisect_right", "([T], T) int", BisectRight),
        ("bisect.bisect", "([T], T) int", BisectRight),
    ]
}

fn dicts() -> Vec<Op> {
    use Intrinsic::*;
    vec![
        (".get", "({K:V}, K) V?", Get),
        (".get", "({K:V}, K, V) V", GetOr),
        (".keys", "({K:V}) ~K", Keys),
        (".values", "({K:V}) ~V", Values),
        (".items", "({K:V}) ~(K, V)", Items),
        (".setdefault", "({K:V}, K, V) V", SetDefault),
        (".pop", "({K:V}, K, V=) V", PopKey),
        (".update", "({K:V}, {K:V}) none", Update),
        (".clear", "({K:V}) none", Clear),
        (".copy", "({K:V}) {K:V}", Copy),
    ]
}

fn sets() -> Vec<Op> {
    use Intrinsic::*;
    vec![
        (".add", "({T}, T) none", Add),
        (".discard", "({T}, T) none", Discard),
        (".remove", "({T}, T) none", RemoveMember),
        (".update", "({T}, *T) none", AddAll),
        (".clear", "({T}) none", Clear),
        (".copy", "({T}) {T}", Copy),
        (".issubset", "({T}, {T}) bool", IsSubset),
        (".issuperset", "({T}, {T}) bool", IsSuperset),
        (".isdisjoint", "({T}, {T}) bool", IsDisjoint),
    ]
}

fn text() -> Vec<Op> {
    use Intrinsic::*;
    vec![
        (".lower", "(str) str", Lower),
        (".casefold", "(str) str", Lower),
        (".upper", "(str) str", Upper),
        (".capitalize", "(str) str", Capitalize),
        (".title", "(str) str", Title),
        (".swapcase", "(str) str", SwapCase),
        (".strip", "(str, str=) str", Strip),
        (".lstrip", "(str, str=) str", LStrip),
        (".rstrip", "(str, str=) str", RStrip),
        (".split", "(str) [str]", SplitWhitespace),
        (".split", "(str, sep:str, maxsplit:int=) [str]", Split),
        (".rsplit", "(str) [str]", SplitWhitespace),
        (".rsplit", "(str, sep:str, maxsplit:int) [str]", RSplit),
        (".rsplit", "(str, sep:str) [str]", RSplit),
        (".splitlines", "(str) [str]", SplitLines),
        (".join", "(str, *str) str", Join),
        (".replace", "(str, str, str, int=) str", Replace),
        (".find", "(str, str, int=) int", Find),
        (".rfind", "(str, str) int", RFind),
        (".index", "(str, str, int=) int", IndexOf),
        (".count", "(str, str) int", Count),
        (".startswith", "(str, str) bool", StartsWith),
        (".endswith", "(str, str) bool", EndsWith),
        (".isalpha", "(str) bool", IsAlpha),
        (".isdigit", "(str) bool", IsDigit),
        (".isnumeric", "(str) bool", IsDigit),
        (".isdecimal", "(str) bool", IsDigit),
        (".isalnum", "(str) bool", IsAlnum),
        (".isspace", "(str) bool", IsSpace),
        (".islower", "(str) bool", IsLower),
        (".isupper", "(str) bool", IsUpper),
        (".ljust", "(str, int, str=) str", LJust),
        (".rjust", "(str, int, str=) str", RJust),
        (".center", "(str, int, str=) str", Center),
        (".zfill", "(str, int) str", ZFill),
    ]
}

fn collections() -> Vec<Op> {
    use Intrinsic::*;
    vec![
        ("collections.Counter", "(*T) {T:int}", Tally),
        ("collections.deque", "(*T) [T]", ToList),
        ("collections.OrderedDict", "({K:V}) {K:V}", ToDict),
        ("collections.OrderedDict", "(*(K, V)) {K:V}", ToDict),
        ("functools.reduce", "(fn(A, T) A, *T, A=) A", Reduce),
    ]
}

/// The functions of `random`; the methods of a generator are the same.
fn random() -> Vec<Op> {
    use Intrinsic::*;
    vec![
        ("random.seed", "(int=) none", RandomSeed),
        ("random.Random", "(int=) random", RandomNew),
        ("random.random", "() float", RandomFloat),
        ("random.randint", "(int, int) int", RandomInt),
        ("random.randrange", "(int, int=) int", RandomInt),
        ("random.uniform", "(float, float) float", RandomBetween),
        ("random.choice", "([T]) T", RandomChoice),
        ("random.choice", "(str) str", RandomChoice),
        ("random.shuffle", "([T]) none", RandomShuffle),
        ("random.sample", "([T], k:int) [T]", RandomSample),
        (".random", "(random) float", RandomFloat),
        (".randint", "(random, int, int) int", RandomInt),
        (".randrange", "(random, int, int=) int", RandomInt),
        (".uniform", "(random, float, float) float", RandomBetween),
        (".choice", "(random, [T]) T", RandomChoice),
        (".choice", "(random, str) str", RandomChoice),
        (".shuffle", "(random, [T]) none", RandomShuffle),
        (".sample", "(random, [T], k:int) [T]", RandomSample),
    ]
}

/// Calls that change nothing but perhaps the representation; they are tried first.
fn identities() -> Vec<Entry> {
    vec![
        ("builtins.int", "(int) int", Meaning::Same),
        ("builtins.float", "(int) float", Meaning::Op(Intrinsic::ToFloat)),
        ("builtins.float", "(float) float", Meaning::Same),
        ("builtins.round", "(int) int", Meaning::Same),
        ("math.floor", "(int) int", Meaning::Same),
        ("math.ceil", "(int) int", Meaning::Same),
        ("math.trunc", "(int) int", Meaning::Same),
        ("typing.cast", "(_, T) T", Meaning::Same),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signature_can_be_read() {
        for (path, text, _) in entries() {
            assert!(Signature::parse(text).is_some(), "{path}: {text}");
        }
    }

    #[test]
    fn overloads_are_found_in_order() {
        assert_eq!(rows(".split").len(), 2);
        assert_eq!(rows(".split")[0].signature.params.len(), 1);
        assert!(rows("math.sqr").is_empty());
    }
}
