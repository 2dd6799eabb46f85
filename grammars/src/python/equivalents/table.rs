//! Which calls have an equivalent, and what it is called.

use crate::surface::{Expr, ExprKind, UnaryOp};

/// A call and its equivalent in `library.py`.
pub(super) struct Entry {
    /// `itertools.groupby`, or `.partition` for a method.
    pub path: &'static str,
    /// The names of the arguments that are given, all of them; those of a method without its
    /// receiver. One without a name is given by position, one with `=` in front by name.
    pub params: &'static [&'static str],
    /// The function.
    pub helper: &'static str,
    /// Whether it means the same for these arguments (the receiver first).
    pub fits: fn(&[&Expr]) -> bool,
    /// The call has one argument, which is spread: `f(*xs)`.
    pub spread: bool,
}

const fn entry(path: &'static str, params: &'static [&'static str], helper: &'static str) -> Entry {
    Entry { path, params, helper, fits: always, spread: false }
}

const fn where_(
    fits: fn(&[&Expr]) -> bool,
    path: &'static str,
    params: &'static [&'static str],
    helper: &'static str,
) -> Entry {
    Entry { path, params, helper, fits, spread: false }
}

const fn spread(path: &'static str, helper: &'static str) -> Entry {
    Entry { path, params: &[""], helper, fits: always, spread: true }
}

/// All of them; the first that fits is taken.
pub(super) const TABLE: &[Entry] = &[
    entry("itertools.groupby", &["iterable"], "adjacent_groups"),
    entry("itertools.groupby", &["iterable", "key"], "adjacent_groups_by"),
    entry("itertools.permutations", &["iterable"], "all_permutations"),
    entry("itertools.permutations", &["iterable", "r"], "permutations_of"),
    where_(not_few, "itertools.combinations", &["iterable", "r"], "combinations_of"),
    where_(
        not_few,
        "itertools.combinations_with_replacement",
        &["iterable", "r"],
        "combinations_with_repeats",
    ),
    where_(not_few, "itertools.product", &["", "=repeat"], "repeated_product"),
    spread("itertools.product", "product_of"),
    entry("itertools.accumulate", &["iterable"], "running_totals"),
    entry("itertools.accumulate", &["iterable", "func"], "running_results"),
    entry("itertools.pairwise", &["iterable"], "neighbours"),
    entry("itertools.zip_longest", &["", "", "=fillvalue"], "zip_filled"),
    entry("itertools.compress", &["data", "selectors"], "selected"),
    where_(no_none, "itertools.islice", &["", ""], "first_items"),
    where_(no_none, "itertools.islice", &["", "", ""], "items_between"),
    where_(no_none, "itertools.islice", &["", "", "", ""], "items_in_steps"),
    where_(rest_of_literal, "itertools.islice", &["", "", ""], "items_behind"),
    where_(rest, "itertools.islice", &["", "", ""], "items_from"),
    entry("itertools.chain.from_iterable", &["iterable"], "items_of_all"),
    entry("itertools.repeat", &["object", "times"], "repeated"),
    entry("itertools.takewhile", &["", ""], "items_while"),
    entry("itertools.dropwhile", &["", ""], "items_from_first_not"),
    where_(no_none, "itertools.filterfalse", &["", ""], "items_not"),
    entry("heapq.merge", &["", ""], "merged"),
    entry("heapq.merge", &["", "", ""], "merged_three"),
    entry("heapq.heapreplace", &["", ""], "heap_replace"),
    entry("heapq.heappushpop", &["", ""], "heap_push_pop"),
    entry("statistics.median", &["data"], "median"),
    entry("math.isfinite", &[""], "is_finite"),
    entry("math.gcd", &["", "", ""], "gcd_of_three"),
    spread("math.gcd", "gcd_of_all"),
    spread("math.lcm", "lcm_of_all"),
    entry("string.capwords", &["s"], "capital_words"),
    entry("random.choices", &["population", "=k"], "random_choices"),
    // ---- methods
    where_(literal_part, ".partition", &["sep"], "partition"),
    entry(".partition", &["sep"], "partition_by"),
    where_(literal_part, ".rpartition", &["sep"], "partition_last"),
    entry(".rpartition", &["sep"], "partition_last_by"),
    entry(".removeprefix", &["prefix"], "without_prefix"),
    where_(literal_part, ".removesuffix", &["suffix"], "without_known_suffix"),
    entry(".removesuffix", &["suffix"], "without_suffix"),
    entry(".istitle", &[], "is_title"),
    entry(".isascii", &[], "is_ascii"),
    entry(".rindex", &[""], "last_position"),
    entry(".expandtabs", &[], "with_blanks_for_tabs_of_eight"),
    entry(".expandtabs", &["tabsize"], "with_blanks_for_tabs"),
    where_(from_literal, ".find", &["", "", ""], "find_between"),
    where_(from_zero, ".rfind", &["", "", ""], "find_last_between"),
    where_(literal_part, ".count", &["", ""], "count_from"),
    where_(literal_part, ".count", &["", "", ""], "count_between"),
    where_(literal_part, ".startswith", &["", ""], "starts_at"),
    entry(".popitem", &[], "pop_last_entry"),
    where_(last_is_false, ".popitem", &["last"], "pop_first_entry"),
    entry(".move_to_end", &["key"], "move_to_end"),
    entry(".rotate", &[], "rotate_once"),
    entry(".rotate", &["n"], "rotate"),
    entry(".extendleft", &["iterable"], "put_in_front"),
    entry(".elements", &[], "counted_items"),
    entry(".total", &[], "total_count"),
];

/// What is added to `dict(…)` around it: several maps as one.
pub(super) const CHAINED_MAPS: [(usize, &str); 3] =
    [(2, "first_of_all"), (3, "first_of_three"), (4, "first_of_four")];

fn always(_: &[&Expr]) -> bool {
    true
}

/// A number that is written out; `-1` too.
fn literal(e: &Expr) -> Option<i64> {
    match &e.kind {
        ExprKind::Int(digits) => digits.parse().ok(),
        ExprKind::Unary { op: UnaryOp::Neg, operand } => Some(-literal(operand)?),
        _ => None,
    }
}

/// Not one to four at a time: those are loops within loops.
fn not_few(args: &[&Expr]) -> bool {
    !args.get(1).and_then(|e| literal(e)).is_some_and(|n| (1..=4).contains(&n))
}

fn no_none(args: &[&Expr]) -> bool {
    args.iter().all(|e| e.kind != ExprKind::None)
}

/// All items from a position on.
fn rest(args: &[&Expr]) -> bool {
    args.get(1).is_some_and(|e| e.kind != ExprKind::None)
        && args.get(2).is_some_and(|e| e.kind == ExprKind::None)
}

/// The same, from a position that is written out.
fn rest_of_literal(args: &[&Expr]) -> bool {
    rest(args) && from_literal(&[args[0], args[0], args[1]])
}

/// A search from a literal place.
fn from_literal(args: &[&Expr]) -> bool {
    args.get(2).and_then(|e| literal(e)).is_some_and(|n| n >= 0)
}

/// A search from the start.
fn from_zero(args: &[&Expr]) -> bool {
    args.get(2).and_then(|e| literal(e)) == Some(0)
}

/// A search for text that is written out and not empty: no separator may be empty, and beyond the end,
/// empty text is found in a part and not in the whole.
fn literal_part(args: &[&Expr]) -> bool {
    matches!(args.get(1).map(|e| &e.kind), Some(ExprKind::Str(text)) if !text.is_empty())
}

fn last_is_false(args: &[&Expr]) -> bool {
    matches!(args.get(1).map(|e| &e.kind), Some(ExprKind::Bool(false)))
}
