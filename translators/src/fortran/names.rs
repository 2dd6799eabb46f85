//! Names: how the source's names are spelled in Fortran, and new names that collide with none.
//!
//! Fortran does not tell `N` from `n`, takes no leading underscore, and hides an intrinsic or a
//! module procedure behind a local variable of the same name.

use std::collections::{BTreeMap, BTreeSet};

/// Longest name that the standard allows.
const LONGEST: usize = 63;

/// Words that would hide an intrinsic that the lowering uses, or that begin statements and so read
/// badly as a variable (grammars take `common = 1` for a `common` block), with what a person would
/// write instead.
const RENAMED: &[(&str, &str)] = &[
    ("abs", "magnitude"),
    ("abstract", "summary"),
    ("all", "every"),
    ("allocate", "allotted"),
    ("allocated", "is_allocated"),
    ("any", "some"),
    ("assign", "assigned"),
    ("associate", "partner"),
    ("backspace", "back_step"),
    ("bind", "bound"),
    ("call", "call_value"),
    ("char", "letter"),
    ("character", "letter"),
    ("class", "category"),
    ("close", "closing"),
    ("codimension", "codim"),
    ("common", "shared"),
    ("complex", "complex_value"),
    ("contains", "containing"),
    ("continue", "continued"),
    ("count", "counter"),
    ("deallocate", "freed"),
    ("dimension", "extent_value"),
    ("do", "do_value"),
    ("else", "else_value"),
    ("end", "finish"),
    ("endfile", "file_end"),
    ("enum", "enumeration"),
    ("equivalence", "equivalent"),
    ("error", "failure"),
    ("exit", "way_out"),
    ("exp", "exponential"),
    ("floor", "lowest"),
    ("flush", "flushed"),
    ("forall", "for_every"),
    ("function", "func"),
    ("goto", "jump_to"),
    ("huge", "greatest"),
    ("if", "condition"),
    ("implicit", "implied"),
    ("import", "imported"),
    ("index", "position"),
    ("inquire", "inquiry"),
    ("int", "whole"),
    ("int64", "whole_number"),
    ("integer", "whole"),
    ("intent", "purpose"),
    ("interface", "surface"),
    ("len", "length"),
    ("lock", "locked"),
    ("log", "logarithm"),
    ("logical", "truth"),
    ("max", "largest"),
    ("maxval", "largest"),
    ("merge", "merged"),
    ("min", "smallest"),
    ("minval", "smallest"),
    ("mod", "remainder"),
    ("modulo", "remainder"),
    ("namelist", "name_list"),
    ("nullify", "nullified"),
    ("open", "opened"),
    ("pack", "packed"),
    ("parameter", "setting"),
    ("pause", "pausing"),
    ("print", "printed"),
    ("procedure", "routine"),
    ("product", "prod"),
    ("program", "prog"),
    ("protected", "guarded"),
    ("read", "reading"),
    ("real", "real_part"),
    ("real64", "real_number"),
    ("repeat", "repeats"),
    ("return", "returned"),
    ("rewind", "rewound"),
    ("scan", "scanned"),
    ("select", "selected"),
    ("size", "extent"),
    ("sqrt", "root"),
    ("stop", "stop_at"),
    ("subroutine", "routine"),
    ("sum", "total"),
    ("then", "then_value"),
    ("type", "category"),
    ("use", "used"),
    ("verify", "verified"),
    ("volatile", "changing"),
    ("wait", "waiting"),
    ("where", "location"),
    ("while", "while_value"),
    ("write", "written"),
];

/// Intrinsics that the lowering and the helpers use and that no new name may hide.
const INTRINSICS: &[&str] = &[
    "achar",
    "acos",
    "adjustl",
    "adjustr",
    "aint",
    "all",
    "anint",
    "any",
    "asin",
    "atan",
    "atan2",
    "bit_size",
    "btest",
    "ceiling",
    "contains",
    "cos",
    "cosh",
    "dble",
    "dot_product",
    "epsilon",
    "findloc",
    "gamma",
    "hypot",
    "iachar",
    "iand",
    "ieee_arithmetic",
    "ieee_is_nan",
    "ieee_rint",
    "ieee_value",
    "ieor",
    "ior",
    "ishft",
    "kind",
    "leadz",
    "log10",
    "log_gamma",
    "matmul",
    "maxloc",
    "minloc",
    "move_alloc",
    "new_line",
    "nint",
    "norm2",
    "not",
    "null",
    "popcnt",
    "poppar",
    "present",
    "rank",
    "reshape",
    "result",
    "self",
    "shape",
    "shifta",
    "shiftl",
    "shiftr",
    "sign",
    "sin",
    "sinh",
    "spread",
    "tan",
    "tanh",
    "tiny",
    "trailz",
    "transpose",
    "trim",
];

/// Intrinsic procedures whose names do well for variables, but not for procedures.
const SHADOWED: &[&str] = &[
    "acosh",
    "asinh",
    "atanh",
    "bessel_j0",
    "bge",
    "bgt",
    "ble",
    "blt",
    "cmplx",
    "conjg",
    "cosh",
    "cshift",
    "date_and_time",
    "digits",
    "dim",
    "dot_product",
    "dshiftl",
    "dshiftr",
    "eoshift",
    "erf",
    "erfc",
    "exponent",
    "fraction",
    "iachar",
    "iall",
    "iany",
    "ibclr",
    "ibits",
    "ibset",
    "image_index",
    "iparity",
    "lbound",
    "lge",
    "lgt",
    "lle",
    "llt",
    "maskl",
    "maskr",
    "matmul",
    "maxexponent",
    "merge_bits",
    "minexponent",
    "mvbits",
    "nearest",
    "norm2",
    "num_images",
    "parity",
    "precision",
    "radix",
    "random_number",
    "random_seed",
    "range",
    "rank",
    "reduce",
    "rrspacing",
    "scale",
    "set_exponent",
    "shape",
    "sinh",
    "sizeof",
    "spacing",
    "storage_size",
    "system_clock",
    "tanh",
    "this_image",
    "transfer",
    "transpose",
    "ubound",
    "unpack",
];

/// Whether a procedure of this name would hide an intrinsic one.
pub fn shadows_intrinsic(name: &str) -> bool {
    SHADOWED.contains(&name)
}

/// The source's spelling in Fortran's habits: snake case, lower, no underscore in front.
pub fn spelling(name: &str) -> String {
    let mut out = String::new();
    let mut previous_lower = false;
    for c in name.trim_start_matches('_').chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
        if c.is_ascii_uppercase() && previous_lower {
            out.push('_');
        }
        previous_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        out.push(c.to_ascii_lowercase());
    }
    if out.is_empty() {
        out.push_str("unused");
    }
    if out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert(0, 'n');
    }
    out.truncate(LONGEST - 4);
    out
}

/// A set of names in use, whatever their case.
#[derive(Clone, Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
    /// Names that variables of the source will have: new names keep away from them.
    reserved: BTreeSet<String>,
}

impl Names {
    /// Takes a name.
    pub fn take(&mut self, name: &str) {
        self.taken.insert(name.to_ascii_lowercase());
    }

    /// Keeps new names away from the spellings of these names, and from no others.
    pub fn reserve(&mut self, sources: impl IntoIterator<Item = String>) {
        self.reserved = sources.into_iter().map(|s| spelling(&s)).collect();
    }

    /// Whether a name is taken.
    pub fn is_taken(&self, name: &str) -> bool {
        self.taken.contains(&name.to_ascii_lowercase())
    }

    /// The first free wish, or the last wish with a number; taken from now on.
    pub fn fresh_of(&mut self, wishes: &[&str]) -> String {
        let free = |wish: &str| !self.is_taken(wish) && !self.reserved.contains(wish) && !is_intrinsic(wish);
        let name = match wishes.iter().find(|wish| free(wish)) {
            Some(wish) => wish.to_string(),
            None => self.numbered(wishes.last().copied().unwrap_or("item")),
        };
        self.take(&name);
        name
    }

    /// The wish or a numbered form of it; taken from now on.
    pub fn fresh(&mut self, wish: &str) -> String {
        self.fresh_of(&[wish])
    }

    /// A variable of the source: its spelling, or what a person would write instead.
    pub fn variable(&mut self, source: &str) -> String {
        let name = spelling(source);
        if !self.is_taken(&name) && !is_intrinsic(&name) {
            self.take(&name);
            return name;
        }
        match RENAMED.iter().find(|(word, _)| *word == name) {
            Some((_, instead)) => self.fresh_of(&[instead]),
            None if is_intrinsic(&name) => self.fresh(&format!("{name}_value")),
            None => self.fresh(&name),
        }
    }

    /// A procedure of the source: as a variable, but it hides no intrinsic procedure at all.
    pub fn procedure(&mut self, source: &str) -> String {
        let name = spelling(source);
        if shadows_intrinsic(&name) { self.fresh(&format!("{name}_of")) } else { self.variable(source) }
    }

    fn numbered(&self, wish: &str) -> String {
        (2u32..)
            .map(|n| format!("{wish}_{n}"))
            .find(|name| !self.is_taken(name) && !self.reserved.contains(name))
            .unwrap_or_else(|| wish.to_string())
    }
}

/// Whether a name belongs to an intrinsic procedure, or is a word that reads badly as a name.
pub fn is_intrinsic(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    INTRINSICS.contains(&name.as_str()) || RENAMED.iter().any(|(word, _)| *word == name)
}

/// The names of one procedure: what stands for each name of the source.
#[derive(Clone, Debug, Default)]
pub struct Renaming {
    map: BTreeMap<String, String>,
}

impl Renaming {
    /// The Fortran name of a source name, decided at its first use.
    pub fn get(&mut self, source: &str, names: &mut Names) -> String {
        if let Some(name) = self.map.get(source) {
            return name.clone();
        }
        let name = names.variable(source);
        self.map.insert(source.to_string(), name.clone());
        name
    }

    /// The Fortran name of a source name that has one already.
    pub fn known(&self, source: &str) -> Option<&str> {
        self.map.get(source).map(String::as_str)
    }

    /// Settles the Fortran name of a source name.
    pub fn insert(&mut self, source: &str, name: String) {
        self.map.insert(source.to_string(), name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_the_habits_of_fortran() {
        assert_eq!(spelling("maxValue"), "max_value");
        assert_eq!(spelling("__init"), "init");
        assert_eq!(spelling("_"), "unused");
        assert_eq!(spelling("N"), "n");
    }

    #[test]
    fn case_does_not_make_a_name_new() {
        let mut names = Names::default();
        assert_eq!(names.variable("n"), "n");
        assert_eq!(names.variable("N"), "n_2");
        assert_eq!(names.variable("sum"), "total");
        assert_eq!(names.variable("sin"), "sin_value");
    }
}
