//! Operations of a language and its library, named by what they mean.

use super::{Regex, RegexAnchor, RegexReplacement};
use serde::{Deserialize, Serialize};

/// An operation with a fixed meaning, whatever the source calls it. Source libraries map calls to
/// intrinsics, targets map intrinsics to calls of their own.
///
/// Each variant documents its arguments and result. `Iterable` stands for a list, tuple of one
/// type, string, dict (its keys), set or `Iter`. Variants with a flag `key` have a function value
/// as their last argument when it is set. "In place" means that the first argument is changed
/// and the result is `None` unless stated.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intrinsic {
    // ---- any container
    /// (list, str, tuple, dict or set) → Int: number of items.
    Len,
    /// (list, str, dict or set) → Bool.
    IsEmpty,
    /// (list, tuple, set, dict or Iter; item) → Bool; or (str; str): substring. Item equal to one contained.
    Contains,
    /// (list, dict or set) → the same: a shallow copy.
    Copy,
    /// (list, dict or set) → the same: copied through all levels.
    DeepCopy,
    /// (list, dict or set), in place: remove all items.
    Clear,

    // ---- iteration
    /// (Iterable) → `Iter` of (Int, T), counted from a start given as second argument if present.
    Enumerate,
    /// (Iterable, …) → `Iter` of tuples, as long as the shortest.
    Zip,
    /// (list, str, or Iter of Range) → `Iter` backwards.
    Reversed,
    /// (function, Iterable, …) → `Iter` of the results.
    Map,
    /// (function, Iterable) → `Iter` of those for which the function holds (the function gives `Bool`).
    Filter,
    /// (Iterable) → List: a new list of the items.
    ToList,
    /// (Iterable) → Set.
    ToSet,
    /// (Iterable) → Tuple of a length known from the type.
    ToTuple,
    /// (Iterable of pairs) → Dict; or (Dict) → a copy.
    ToDict,

    // ---- reductions
    /// (Iterable of numbers or bools; start if given) → number. Empty gives 0 or the start.
    Sum,
    /// (Iterable of numbers) → number. Empty gives 1.
    Product,
    /// (Iterable of Bool) → Bool, lazy.
    Any,
    /// (Iterable of Bool) → Bool, lazy.
    All,
    /// (Iterable, default if given, key if set) → least item, the first of equals. An empty
    /// iterable without default raises `Value`.
    Min {
        /// A default for an empty iterable is given (as second argument).
        default: bool,
        /// A key function is the last argument.
        key: bool,
    },
    /// As `Min`: greatest item, the first of equals.
    Max {
        /// A default for an empty iterable is given (as second argument).
        default: bool,
        /// A key function is the last argument.
        key: bool,
    },
    /// (a, b, …) two or more values of one type → the least, the first of equals.
    MinOf,
    /// (a, b, …) → the greatest, the first of equals.
    MaxOf,
    /// (function of two, Iterable, start if given) → left fold.
    Reduce,
    /// (Iterable, key if set) → new sorted List; stable; `reverse` keeps the order of equals.
    Sorted {
        /// From high to low.
        reverse: bool,
        /// A key function is the last argument.
        key: bool,
    },

    // ---- lists
    /// (list, item), in place.
    Append,
    /// (list, Iterable), in place.
    Extend,
    /// (list, index, item), in place; the index is clipped, negative from the end.
    Insert,
    /// (list, index if given) → item, removed; without index the last. Empty raises `Index`.
    Pop,
    /// (list) → first item, removed (`deque.popleft`, `pop(0)`). Empty raises `Index`.
    PopFirst,
    /// (list, item), in place: put in front (`deque.appendleft`).
    Prepend,
    /// (list, item), in place: remove the first equal item; absent raises `Value`.
    RemoveItem,
    /// (list, index), in place: `del xs[i]`; negative from the end.
    DeleteAt,
    /// (list or str, item, start if given) → Int: position of the first equal item (or substring); absent raises `Value`.
    IndexOf,
    /// (list, item) or (str, substring) → Int: how often (without overlap).
    Count,
    /// (list), in place.
    Reverse,
    /// (list, key if set), in place; stable.
    Sort {
        /// From high to low.
        reverse: bool,
        /// A key function is the last argument.
        key: bool,
    },
    /// (list of lists) → list: `itertools.chain`, flattening one level; or several lists.
    Chain,
    /// (length Int, value) → List: that many times the value (Java's `new int[n]`; immutable values).
    Filled,

    // ---- dicts
    /// (dict, key) → Optional value (`d.get(k)`).
    Get,
    /// (dict, key, default) → value.
    GetOr,
    /// (dict) → `Iter` of keys in insertion order.
    Keys,
    /// (dict) → `Iter` of values in insertion order.
    Values,
    /// (dict) → `Iter` of (key, value) in insertion order.
    Items,
    /// (dict, key, default) → value, stored if it was absent.
    SetDefault,
    /// (dict, key, default if given) → value, removed; absent without default raises `Key`.
    PopKey,
    /// (dict, key), in place: `del d[k]`; absent raises `Key`.
    DeleteKey,
    /// (dict, dict), in place: `d.update(other)`.
    Update,
    /// (Iterable) → Dict of Int: how often each item occurs, in order of first occurrence (`Counter`).
    Tally,

    // ---- sets
    /// (set, item), in place.
    Add,
    /// (set, item), in place, no matter whether present.
    Discard,
    /// (set, item), in place; absent raises `Key`.
    RemoveMember,
    /// (set, Iterable), in place.
    AddAll,
    /// (set, set) → Bool: subset.
    IsSubset,
    /// (set, set) → Bool: superset.
    IsSuperset,
    /// (set, set) → Bool: nothing in common.
    IsDisjoint,

    // ---- text
    /// (str) → Str.
    Lower,
    /// (str) → Str.
    Upper,
    /// (str) → Str: first character upper, the rest lower.
    Capitalize,
    /// (str) → Str: each word capitalised.
    Title,
    /// (str) → Str.
    SwapCase,
    /// (str, characters if given) → Str: white space (or those characters) removed at both ends.
    Strip,
    /// (str, characters if given) → Str: at the left end.
    LStrip,
    /// (str, characters if given) → Str: at the right end.
    RStrip,
    /// (str) → List of Str: by runs of white space, no empty parts.
    SplitWhitespace,
    /// (str, separator, limit if given) → List of Str.
    Split,
    /// (str, separator, limit if given) → List of Str, from the right.
    RSplit,
    /// (str) → List of Str.
    SplitLines,
    /// (separator, Iterable of Str) → Str.
    Join,
    /// (str, old, new, count if given) → Str: all occurrences, left to right.
    Replace,
    /// (str, substring, start if given) → Int: position or -1.
    Find,
    /// (str, substring) → Int: last position or -1.
    RFind,
    /// (str, prefix) → Bool.
    StartsWith,
    /// (str, suffix) → Bool.
    EndsWith,
    /// (str) → Bool: not empty and only letters.
    IsAlpha,
    /// (str) → Bool: not empty and only digits.
    IsDigit,
    /// (str) → Bool: not empty and only letters and digits.
    IsAlnum,
    /// (str) → Bool: not empty and only white space.
    IsSpace,
    /// (str) → Bool: has letters with case, all lower.
    IsLower,
    /// (str) → Bool: has letters with case, all upper.
    IsUpper,
    /// (str, width, fill if given) → Str: filled on the right.
    LJust,
    /// (str, width, fill if given) → Str: filled on the left.
    RJust,
    /// (str, width, fill if given) → Str.
    Center,
    /// (str, width) → Str: zeros in front, behind a sign.
    ZFill,
    /// (one character) → Int: code point.
    Ord,
    /// (Int) → one character.
    Chr,

    // ---- conversions that the source spells out
    /// (Float, Bool or Int) → Int, towards zero.
    ToInt,
    /// (str, base if given) → Int; malformed raises `Value`.
    ParseInt,
    /// (Int or Bool) → Float.
    ToFloat,
    /// (str) → Float; malformed raises `Value`.
    ParseFloat,
    /// (any) → Str, as Python's `str` writes it (Java: as `String.valueOf`).
    ToStr,
    /// (any) → Str, as Python's `repr` writes it.
    Repr,
    /// (Int) → Str: `0b101`.
    Bin,
    /// (Int) → Str: `0x1f`.
    Hex,
    /// (Int) → Str: `0o17`.
    Oct,

    // ---- numbers
    /// (number) → the same.
    Abs,
    /// (Float) → Int: to nearest, ties to even.
    Round,
    /// (Float, Int) → Float: to so many decimals, as Python rounds.
    RoundTo,
    /// (Float) → Int: floor.
    Floor,
    /// (Float) → Int: ceiling.
    Ceil,
    /// (Float) → Float: square root; negative raises `Value`.
    Sqrt,
    /// (Int) → Int: floor of the square root.
    ISqrt,
    /// (Float) → Float.
    Exp,
    /// (Float, base if given) → Float.
    Log,
    /// (Float) → Float.
    Log2,
    /// (Float) → Float.
    Log10,
    /// (Float) → Float.
    Sin,
    /// (Float) → Float.
    Cos,
    /// (Float) → Float.
    Tan,
    /// (Float) → Float.
    Asin,
    /// (Float) → Float.
    Acos,
    /// (Float) → Float.
    Atan,
    /// (Float, Float) → Float.
    Atan2,
    /// (Float, Float) → Float.
    Hypot,
    /// (Int, Int) → Int, never negative.
    Gcd,
    /// (Int, Int) → Int, never negative.
    Lcm,
    /// (Int) → Int; negative raises `Value`.
    Factorial,
    /// (Int, Int) → Int: binomial coefficient.
    Comb,
    /// (Int, Int) → Int: number of arrangements.
    Perm,
    /// (base, exponent, modulus) → Int: power modulo.
    PowMod,
    /// (Int, Int) or (Float, Float) → (quotient, remainder), both floored.
    DivMod,
    /// (Float, Float) → Bool: `math.isclose` with its default tolerance, or (a, b, relative, absolute).
    IsClose,
    /// (Float) → Bool.
    IsNan,
    /// (Float) → Bool.
    IsInf,
    /// (Int) → Int: bits needed.
    BitLength,
    /// (Int) → Int: bits set in the magnitude.
    BitCount,
    /// () → Float.
    Pi,
    /// () → Float.
    E,
    /// () → Float.
    Infinity,
    /// () → Float.
    NotANumber,
    /// (Float) → Bool: has no fraction.
    IsInteger,

    // ---- heaps (a List ordered as Python's `heapq` orders it)
    /// (list, item), in place.
    HeapPush,
    /// (list) → least item, removed.
    HeapPop,
    /// (list), in place.
    Heapify,
    /// (sorted list, item) → Int: leftmost place.
    BisectLeft,
    /// (sorted list, item) → Int: rightmost place.
    BisectRight,

    // ---- arrays
    /// As the operation documents.
    Array(super::ArrayOp),

    // ---- regular expressions
    /// () → Regex: a pattern that is known.
    Regex(Box<Regex>),
    /// (str) → Regex: a pattern that is known only when the program runs.
    RegexOf,
    /// (Regex, str) → Optional Match.
    RegexFind(RegexAnchor),
    /// (Regex, str) → List of Str (the match, or its only group), or of tuples of Str (its groups);
    /// groups that captured nothing are empty.
    RegexFindAll,
    /// (Regex, str) → `Iter` of Match.
    RegexFindEach,
    /// (Regex, replacement, str, count if given and not 0) → Str. The replacement is text as it is, or a
    /// function from a Match to text.
    RegexReplace,
    /// (Regex, str, count if given and not 0) → Str.
    RegexExpand(Vec<RegexReplacement>),
    /// (Regex, str, limit if given and not 0) → List of Str.
    RegexSplit,
    /// (Match) → Str, or Optional Str where the group may have captured nothing; group 0 is the match.
    MatchGroup(usize),
    /// (Match) → Tuple of all groups but 0.
    MatchGroups,
    /// (Match) → Int: where the group starts.
    MatchStart(usize),
    /// (Match) → Int: where it ends.
    MatchEnd(usize),

    // ---- random numbers: other numbers than the source draws, with the same distribution. All have
    // the generator as first argument where they were called on one.
    /// (Int if given), for its effect: the numbers drawn from then on depend on the seed alone.
    RandomSeed,
    /// (Int if given) → Random.
    RandomNew,
    /// () → Float from 0 up to 1.
    RandomFloat,
    /// (Int, Int) → Int: both included.
    RandomInt,
    /// (Float, Float) → Float.
    RandomBetween,
    /// (list or str) → one of its items; empty raises `Index`.
    RandomChoice,
    /// (list), in place.
    RandomShuffle,
    /// (list, count) → List: so many items at different positions.
    RandomSample,

    // ---- output
    /// (values …), to standard output, as Python's `print` writes them.
    Print {
        /// Between values.
        sep: String,
        /// At the end.
        end: String,
    },
}
