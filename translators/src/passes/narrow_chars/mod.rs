//! Finds text that is always exactly one character.
//!
//! ```text
//! for ch in text:                 ch: char, compared with the character 'a'
//!     if ch == "a":
//!         kept.append(ch)         kept: list of char, if it is only joined or searched
//! return ch                       the character, converted to text
//! ```
//!
//! Characters come from iterating over text, from `text[i]`, `chr` and literals of one character.
//! Variables, and containers that do not leave the function, are typed `Char` where nothing else is
//! put in (`list(text)`, `set(text)` and `sorted(text)` hold texts); where text of any length is needed, `Conversion::CharToStr` makes it. Parameters, results,
//! fields, globals and what nested functions capture keep their text. The lower or upper case of a
//! character is taken to be one character. The intrinsics on text that ask a question of a character
//! (`Ord`, `IsDigit`, …, `Contains` in text), `Lower`, `Upper`, `SwapCase`, `ParseInt`, `ToStr`, `Join`,
//! `Print` and formatting take `Char` as it is.

mod collect;
mod intrinsics;
mod shape;

use collect::{Address, Collector, address};
use grammars::ir::visit::{Visit, VisitMut, each_function_mut, walk_expr_mut, walk_place_mut};
use grammars::ir::{
    Block, Clause, Conversion, Expr, ExprKind, Function, Local, Module, Pattern, Place, Type,
};
use shape::{Node, Places, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// Narrows text to characters in all bodies of `module`.
pub fn run(mut module: Module) -> Module {
    each_function_mut(&mut module, |function| {
        let mut fixed: BTreeSet<String> = function.params.iter().map(|p| p.name.clone()).collect();
        fixed.extend(function.captures.iter().cloned());
        captured_below(&function.body, &mut fixed);
        narrow(&mut function.body, &mut function.locals, &fixed);
    });
    for test in &mut module.tests {
        let mut fixed = BTreeSet::new();
        captured_below(&test.body, &mut fixed);
        narrow(&mut test.body, &mut test.locals, &fixed);
    }
    module
}

/// Adds what functions nested in `body` capture.
fn captured_below(body: &Block, names: &mut BTreeSet<String>) {
    struct Captured<'n>(&'n mut BTreeSet<String>);
    impl<'a> Visit<'a> for Captured<'_> {
        fn expr(&mut self, _expr: &'a Expr) {}
        fn function(&mut self, function: &'a Function) {
            self.0.extend(function.captures.iter().chain(&function.rebinds).cloned());
        }
    }
    Captured(names).block(body);
}

fn narrow(body: &mut Block, locals: &mut [Local], fixed: &BTreeSet<String>) {
    let Collector { places, shapes, variables, wants, .. } = Collector::new(body, locals, fixed);
    let mut narrower = Narrower { places, shapes, variables, wants };
    narrower.block(body);
    for local in locals {
        local.ty = narrower.variable(&local.name, &local.ty);
    }
}

/// Writes what was found into the tree, which must not have moved.
struct Narrower {
    places: Places,
    shapes: BTreeMap<Address, Shape>,
    variables: BTreeMap<String, Shape>,
    wants: BTreeMap<Address, Vec<Option<Node>>>,
}

impl Narrower {
    fn variable(&self, name: &str, ty: &Type) -> Type {
        self.variables.get(name).map_or_else(|| ty.clone(), |shape| self.places.narrowed(ty, shape))
    }

    /// Whether the expression must be text of any length.
    fn is_wanted_long(&self, at: Address) -> bool {
        let long = |want: &Option<Node>| want.is_none_or(|node| !self.places.is_char(node));
        self.wants.get(&at).is_some_and(|wants| wants.iter().any(long))
    }
}

impl VisitMut for Narrower {
    fn expr(&mut self, expr: &mut Expr) {
        let at = address(expr);
        walk_expr_mut(self, expr);
        if let ExprKind::Lambda { params, .. } = &mut expr.kind {
            for (name, ty) in params {
                *ty = self.variable(name, ty);
            }
        }
        if let Some(shape) = self.shapes.get(&at) {
            expr.ty = self.places.narrowed(&expr.ty, shape);
        }
        if expr.ty == Type::Char && self.is_wanted_long(at) {
            lengthen(expr);
        }
        settle_function_type(expr);
    }

    fn clause(&mut self, clause: &mut Clause) {
        self.expr(&mut clause.iter);
        self.pattern(&mut clause.pattern);
        clause.conditions.iter_mut().for_each(|condition| self.expr(condition));
    }

    fn pattern(&mut self, pattern: &mut Pattern) {
        match pattern {
            Pattern::Name { name, ty } => *ty = self.variable(name, ty),
            Pattern::Tuple(parts) => parts.iter_mut().for_each(|part| self.pattern(part)),
        }
    }

    fn place(&mut self, place: &mut Place) {
        if let Place::Variable { name, ty } = place {
            *ty = self.variable(name, ty);
        }
        walk_place_mut(self, place);
    }

    fn function(&mut self, _function: &mut Function) {}
}

/// A character as text: a literal is simply a string.
fn lengthen(expr: &mut Expr) {
    if matches!(expr.kind, ExprKind::Str(_)) {
        expr.ty = Type::Str;
    } else {
        let value = std::mem::replace(expr, Expr::bool(false));
        *expr = Expr::convert(Conversion::CharToStr, value, Type::Str);
    }
}

/// A lambda's type follows its parameters and its body.
fn settle_function_type(expr: &mut Expr) {
    if let ExprKind::Lambda { params, body } = &expr.kind {
        let params = params.iter().map(|(_, ty)| ty.clone()).collect();
        expr.ty = Type::Function { params, ret: Box::new(body.ty.clone()) };
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{python, shown};
    use super::*;

    fn narrowed(source: &str) -> String {
        let name = source.split(['(', ' ']).nth(1).unwrap_or_default().to_string();
        format!("{source}\n{}", shown(&run(python(source)), &name))
    }

    #[test]
    fn a_stack_of_brackets_holds_characters() {
        insta::assert_snapshot!(narrowed(
            "def balanced(text: str) -> bool:\n    pairs = {')': '(', ']': '['}\n    stack = []\n    for ch in text:\n        if ch in '([':\n            stack.append(ch)\n        elif ch in pairs:\n            if not stack or stack.pop() != pairs[ch]:\n                return False\n    return not stack\n"
        ));
    }

    #[test]
    fn results_and_joined_text() {
        insta::assert_snapshot!(narrowed(
            "def runs(text: str) -> str:\n    parts = []\n    current = text[0]\n    count = 0\n    for ch in text:\n        if ch == current:\n            count += 1\n        else:\n            parts.append(f'{current}{count}')\n            current = ch\n            count = 1\n    parts.append(current + str(count))\n    return ''.join(parts)\n"
        ));
    }

    #[test]
    fn what_leaves_the_function_stays_text() {
        insta::assert_snapshot!(narrowed(
            "def letters(text: str) -> list[str]:\n    found = []\n    for ch in text:\n        if ch.isalpha():\n            found.append(ch.lower())\n    return found\n"
        ));
    }

    #[test]
    fn counting_and_sorting_characters() {
        insta::assert_snapshot!(narrowed(
            "def commonest(text: str) -> str:\n    counts = {}\n    for ch in text:\n        counts[ch] = counts.get(ch, 0) + 1\n    best = max(counts.values())\n    return ''.join(sorted([ch for ch in counts if counts[ch] == best], key=lambda c: ord(c)))\n"
        ));
    }
}
