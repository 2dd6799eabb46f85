//! Renaming and replacing of variables.

use super::visit::{VisitMut, walk_expr_mut, walk_place_mut, walk_stmt_mut};
use super::{Block, Clause, Expr, ExprKind, Function, Pattern, Place, Stmt, StmtKind};
use std::collections::BTreeMap;

/// Renames the variables that `expr` reads from around it. Variables of its own comprehensions and
/// lambdas keep their names; a new name must not be one of those.
pub fn rename_free(expr: &mut Expr, names: &BTreeMap<String, String>) {
    if !names.is_empty() {
        renamer(names).expr(expr);
    }
}

/// Renames variables in `block`, where they are read and where they are assigned. As [`rename_free`];
/// nested functions' captures are renamed too.
pub fn rename_free_in(block: &mut Block, names: &BTreeMap<String, String>) {
    if !names.is_empty() {
        renamer(names).block(block);
    }
}

/// Puts expressions in the place of the variables that `expr` reads from around it. The expressions
/// must not read variables that `expr` binds.
pub fn replace_free(expr: &mut Expr, values: &BTreeMap<String, Expr>) {
    if !values.is_empty() {
        let names = BTreeMap::new();
        Renamer { names: &names, values, bound: Vec::new() }.expr(expr);
    }
}

fn renamer(names: &BTreeMap<String, String>) -> Renamer<'_> {
    static NONE: BTreeMap<String, Expr> = BTreeMap::new();
    Renamer { names, values: &NONE, bound: Vec::new() }
}

struct Renamer<'n> {
    names: &'n BTreeMap<String, String>,
    values: &'n BTreeMap<String, Expr>,
    /// Variables of the comprehensions and lambdas around this point.
    bound: Vec<String>,
}

impl Renamer<'_> {
    fn rename(&self, name: &mut String) {
        if let Some(new) = self.names.get(name).filter(|_| !self.bound.contains(name)) {
            *name = new.clone();
        }
    }

    fn comprehension(&mut self, clauses: &mut [Clause], rest: &mut [&mut Expr]) {
        let outer = self.bound.len();
        for clause in clauses {
            self.clause(clause);
        }
        rest.iter_mut().for_each(|expr| self.expr(expr));
        self.bound.truncate(outer);
    }
}

impl VisitMut for Renamer<'_> {
    fn expr(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Local(name) => {
                if let Some(value) = self.values.get(name).filter(|_| !self.bound.contains(name)) {
                    *expr = value.clone();
                } else {
                    self.rename(name);
                }
            }
            ExprKind::Lambda { params, body } => {
                let outer = self.bound.len();
                self.bound.extend(params.iter().map(|(name, _)| name.clone()));
                self.expr(body);
                self.bound.truncate(outer);
            }
            ExprKind::Comprehension { element, clauses }
            | ExprKind::SetComprehension { element, clauses } => {
                self.comprehension(clauses, &mut [element]);
            }
            ExprKind::DictComprehension { key, value, clauses } => {
                self.comprehension(clauses, &mut [key, value])
            }
            _ => walk_expr_mut(self, expr),
        }
    }

    fn clause(&mut self, clause: &mut Clause) {
        self.expr(&mut clause.iter);
        self.bound.extend(clause.pattern.names().iter().map(|(name, _)| name.to_string()));
        clause.conditions.iter_mut().for_each(|condition| self.expr(condition));
    }

    fn place(&mut self, place: &mut Place) {
        if let Place::Variable { name, .. } = place {
            self.rename(name);
        }
        walk_place_mut(self, place);
    }

    fn pattern(&mut self, pattern: &mut Pattern) {
        match pattern {
            Pattern::Name { name, .. } => self.rename(name),
            Pattern::Tuple(parts) => parts.iter_mut().for_each(|part| self.pattern(part)),
        }
    }

    fn stmt(&mut self, stmt: &mut Stmt) {
        if let StmtKind::Try { handlers, .. } = &mut stmt.kind {
            handlers.iter_mut().filter_map(|h| h.binding.as_mut()).for_each(|name| self.rename(name));
        }
        walk_stmt_mut(self, stmt);
    }

    fn function(&mut self, function: &mut Function) {
        let captured = |name: &String| function.captures.contains(name) || function.rebinds.contains(name);
        let names = self.names.iter().filter(|(name, _)| captured(name)).map(|(a, b)| (a.clone(), b.clone()));
        let names: BTreeMap<String, String> = names.collect();
        rename_free_in(&mut function.body, &names);
        for name in function.captures.iter_mut().chain(&mut function.rebinds) {
            self.rename(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{BinaryOp, Overflow, Type};

    #[test]
    fn variables_bound_inside_keep_their_names() {
        let var = |name: &str| Expr::local(name, Type::Int);
        let list = |free: &str| {
            let clause = Clause {
                pattern: Pattern::name("x", Type::Int),
                iter: Expr::range(Expr::int(0), var(free)),
                conditions: vec![],
            };
            let element = Box::new(Expr::binary(BinaryOp::Add, Overflow::Unbounded, var("x"), var("y")));
            Expr::new(ExprKind::Comprehension { element, clauses: vec![clause] }, Type::list(Type::Int))
        };
        let mut renamed = list("x");
        rename_free(&mut renamed, &BTreeMap::from([("x".to_string(), "n".to_string())]));
        assert_eq!(renamed, list("n"), "the iterable reads the outer x, the element the inner one");
    }
}
