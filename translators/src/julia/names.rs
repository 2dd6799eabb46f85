//! Names: keywords, and locals that would hide something of `Base`.

use super::tree::{Expr, Function, Stmt};
use super::walk::{each_in_block, each_in_function};
use std::collections::{BTreeMap, BTreeSet};

/// Words that cannot be names.
pub const KEYWORDS: &[&str] = &[
    "baremodule",
    "begin",
    "break",
    "catch",
    "const",
    "continue",
    "do",
    "else",
    "elseif",
    "end",
    "export",
    "false",
    "finally",
    "for",
    "function",
    "global",
    "if",
    "import",
    "in",
    "isa",
    "let",
    "local",
    "macro",
    "module",
    "quote",
    "return",
    "struct",
    "true",
    "try",
    "using",
    "where",
    "while",
];

/// A name of the program as Julia takes it: keywords get an underscore.
pub fn legal(name: &str) -> String {
    if KEYWORDS.contains(&name) || name.chars().all(|c| c == '_') && name.len() > 1 {
        return format!("{name}_");
    }
    name.to_string()
}

/// Another word for a local named like a function of `Base`, where one comes to mind.
const SYNONYMS: &[(&str, &str)] = &[
    ("length", "len"),
    ("sum", "total"),
    ("string", "text"),
    ("values", "vals"),
    ("keys", "ks"),
    ("max", "largest"),
    ("maximum", "largest"),
    ("min", "smallest"),
    ("minimum", "smallest"),
    ("first", "head"),
    ("last", "tail"),
    ("split", "parts"),
    ("reverse", "reversed"),
    ("sort", "sorted"),
    ("count", "total"),
    ("range", "span"),
    ("join", "joined"),
];

/// Renames the locals of a function that would hide something of `Base` that it uses.
pub fn rename_in_function(function: &mut Function) {
    let mut names = Names::default();
    each_in_function(function, &mut |expr| names.note(expr));
    let renames = names.renames();
    if !renames.is_empty() {
        each_in_function(function, &mut |expr| rename(expr, &renames));
    }
}

/// As [`rename_in_function`], for the statements of a test.
pub fn rename_in_block(block: &mut [Stmt]) {
    let mut names = Names::default();
    each_in_block(block, &mut |expr| names.note(expr));
    let renames = names.renames();
    if !renames.is_empty() {
        each_in_block(block, &mut |expr| rename(expr, &renames));
    }
}

#[derive(Default)]
struct Names {
    base: BTreeSet<String>,
    locals: BTreeSet<String>,
    globals: BTreeSet<String>,
}

impl Names {
    fn note(&mut self, expr: &Expr) {
        match expr {
            Expr::Base(name) => {
                self.base.insert((*name).to_string());
            }
            Expr::Type(ty) => {
                self.base.insert(ty.name.clone());
            }
            Expr::Local(name) => {
                self.locals.insert(name.clone());
            }
            Expr::Global(name) => {
                self.globals.insert(name.clone());
            }
            _ => {}
        }
    }

    /// New names for the locals that are keywords or hide something that is used.
    fn renames(&self) -> BTreeMap<String, String> {
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        taken.extend(self.base.iter().chain(&self.globals).map(String::as_str));
        let clashes: Vec<&String> = self
            .locals
            .iter()
            .filter(|name| taken.contains(name.as_str()) || legal(name) != **name)
            .collect();
        taken.extend(self.locals.iter().map(String::as_str));
        let mut renames: BTreeMap<String, String> = BTreeMap::new();
        for name in clashes {
            let synonym = SYNONYMS.iter().find(|(word, _)| word == name).map(|(_, other)| *other);
            let free = |wish: &String| !taken.contains(wish.as_str()) && !renames.values().any(|v| v == wish);
            let wishes = synonym.map(str::to_string).into_iter().chain([format!("{name}_")]);
            let numbered = (2..).map(|n| format!("{name}_{n}"));
            if let Some(new) = wishes.chain(numbered).find(free) {
                renames.insert(name.clone(), new);
            }
        }
        renames
    }
}

fn rename(expr: &mut Expr, renames: &BTreeMap<String, String>) {
    if let Expr::Local(name) = expr
        && let Some(new) = renames.get(name)
    {
        *name = new.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assign(name: &str, value: Expr) -> Stmt {
        Stmt::Assign(Expr::Local(name.into()), "=", value)
    }

    #[test]
    fn a_local_that_hides_a_used_function_gets_another_word() {
        let call = Expr::base_call("length", vec![Expr::Local("xs".into())]);
        let mut block = vec![assign("length", call.clone()), assign("end", call.clone())];
        rename_in_block(&mut block);
        assert_eq!(block, [assign("len", call.clone()), assign("end_", call)]);
    }

    #[test]
    fn a_local_that_hides_nothing_of_use_keeps_its_name() {
        let mut block = vec![assign("count", Expr::Int(0))];
        rename_in_block(&mut block);
        assert_eq!(block, [assign("count", Expr::Int(0))]);
    }
}
