//! Walks over the IR, children in the order in which they are evaluated.
//!
//! [`Visit`] reads and [`VisitMut`] changes in place; both are traits whose methods default to
//! walking on, so that a visitor overrides what it cares about and calls `walk_*` to go deeper.
//! Most callers want one of the closures: [`each_expr`], [`each_stmt`], [`any_expr`],
//! [`map_exprs`], [`map_expr`], [`rewrite_block`].
//!
//! The depth of a tree is bounded by the front end, so everything here recurses.

use super::{
    Block, Class, Clause, Constant, Expr, ExprKind, Field, FormatPart, Function, Handler, Item, Module,
    Pattern, Place, Stmt, StmtKind, TestCase,
};

/// The children of an expression; written once for shared and mutable walks. A comprehension's
/// clauses come before its element.
macro_rules! walk_expr_kind {
    ($visitor:expr, $kind:expr) => {
        match $kind {
            ExprKind::None
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Local(_)
            | ExprKind::Global(_)
            | ExprKind::ClassConstant { .. }
            | ExprKind::FunctionRef(_) => {}
            ExprKind::List(items)
            | ExprKind::Tuple(items)
            | ExprKind::Set(items)
            | ExprKind::And(items)
            | ExprKind::Or(items)
            | ExprKind::CompareChain { operands: items, .. }
            | ExprKind::Call { args: items, .. }
            | ExprKind::CallStatic { args: items, .. }
            | ExprKind::New { args: items, .. }
            | ExprKind::Intrinsic { args: items, .. } => {
                for item in items {
                    $visitor.expr(item);
                }
            }
            ExprKind::Dict(pairs) => {
                for (key, value) in pairs {
                    $visitor.expr(key);
                    $visitor.expr(value);
                }
            }
            ExprKind::Format(parts) => {
                for part in parts {
                    if let FormatPart::Value { value, .. } = part {
                        $visitor.expr(value);
                    }
                }
            }
            ExprKind::Binary { left, right, .. } | ExprKind::Compare { left, right, .. } => {
                $visitor.expr(left);
                $visitor.expr(right);
            }
            ExprKind::Unary { operand: value, .. }
            | ExprKind::Not(value)
            | ExprKind::IsNone(value)
            | ExprKind::IsInstance { value, .. }
            | ExprKind::Field { object: value, .. }
            | ExprKind::Lambda { body: value, .. }
            | ExprKind::Convert { value, .. } => $visitor.expr(value),
            ExprKind::IfElse { condition, then, orelse } => {
                $visitor.expr(condition);
                $visitor.expr(then);
                $visitor.expr(orelse);
            }
            ExprKind::Index { base, index, .. } | ExprKind::Lookup { base, key: index } => {
                $visitor.expr(base);
                $visitor.expr(index);
            }
            ExprKind::Slice { base, start, stop, step, .. } => {
                $visitor.expr(base);
                for bound in [start, stop, step] {
                    if let Some(bound) = bound {
                        $visitor.expr(bound);
                    }
                }
            }
            ExprKind::CallValue { callee, args } | ExprKind::CallMethod { object: callee, args, .. } => {
                $visitor.expr(callee);
                for arg in args {
                    $visitor.expr(arg);
                }
            }
            ExprKind::Comprehension { element, clauses }
            | ExprKind::SetComprehension { element, clauses } => {
                for clause in clauses {
                    $visitor.clause(clause);
                }
                $visitor.expr(element);
            }
            ExprKind::DictComprehension { key, value, clauses } => {
                for clause in clauses {
                    $visitor.clause(clause);
                }
                $visitor.expr(key);
                $visitor.expr(value);
            }
            ExprKind::Range { start, stop, step } => {
                $visitor.expr(start);
                $visitor.expr(stop);
                $visitor.expr(step);
            }
        }
    };
}

/// The children of a statement. An assignment evaluates its value before its place, an
/// augmented one its place before its value.
macro_rules! walk_stmt_kind {
    ($visitor:expr, $kind:expr) => {
        match $kind {
            StmtKind::Comment { .. }
            | StmtKind::Return(None)
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Pass
            | StmtKind::Raise { message: None, .. }
            | StmtKind::Reraise => {}
            StmtKind::Assign { place, value } => {
                $visitor.expr(value);
                $visitor.place(place);
            }
            StmtKind::AugAssign { place, value, .. } => {
                $visitor.place(place);
                $visitor.expr(value);
            }
            StmtKind::Expr(value)
            | StmtKind::Return(Some(value))
            | StmtKind::Raise { message: Some(value), .. } => $visitor.expr(value),
            StmtKind::If { branches, orelse } => {
                for (condition, block) in branches {
                    $visitor.expr(condition);
                    $visitor.block(block);
                }
                $visitor.block(orelse);
            }
            StmtKind::While { condition, body, orelse } => {
                $visitor.expr(condition);
                $visitor.block(body);
                $visitor.block(orelse);
            }
            StmtKind::For { pattern, iter, body, orelse } => {
                $visitor.expr(iter);
                $visitor.pattern(pattern);
                $visitor.block(body);
                $visitor.block(orelse);
            }
            StmtKind::Loop { condition, update, body, test_last } => {
                if *test_last {
                    $visitor.block(body);
                    $visitor.block(update);
                    $visitor.expr(condition);
                } else {
                    $visitor.expr(condition);
                    $visitor.block(body);
                    $visitor.block(update);
                }
            }
            StmtKind::Try { body, handlers, orelse, finally } => {
                $visitor.block(body);
                for Handler { body, .. } in handlers {
                    $visitor.block(body);
                }
                $visitor.block(orelse);
                $visitor.block(finally);
            }
            StmtKind::Assert { condition, message } => {
                $visitor.expr(condition);
                if let Some(message) = message {
                    $visitor.expr(message);
                }
            }
            StmtKind::ExpectRaise { body, .. } => $visitor.block(body),
            StmtKind::Function(function) => $visitor.function(function),
        }
    };
}

/// The children of a place.
macro_rules! walk_place_kind {
    ($visitor:expr, $place:expr) => {
        match $place {
            Place::Variable { .. } => {}
            Place::Item { base, index, .. } => {
                $visitor.expr(base);
                $visitor.expr(index);
            }
            Place::Field { object, .. } => $visitor.expr(object),
            Place::Part(selection) => $visitor.expr(selection),
            Place::Slice { base, start, stop } => {
                $visitor.expr(base);
                for bound in [start, stop] {
                    if let Some(bound) = bound {
                        $visitor.expr(bound);
                    }
                }
            }
            Place::Tuple(places) => {
                for place in places {
                    $visitor.place(place);
                }
            }
        }
    };
}

/// The expressions and blocks of a module: constants, functions and classes in source order, then
/// the tests. Examples in documentation are not program and are left out.
macro_rules! walk_module_items {
    ($visitor:expr, $items:expr, $tests:expr) => {{
        for item in $items {
            match item {
                Item::Comment(_) => {}
                Item::Constant(Constant { value, .. }) => $visitor.expr(value),
                Item::Function(function) => $visitor.function(function),
                Item::Class(Class { fields, constructor, methods, statics, constants, .. }) => {
                    for Constant { value, .. } in constants {
                        $visitor.expr(value);
                    }
                    for Field { default, .. } in fields {
                        if let Some(default) = default {
                            $visitor.expr(default);
                        }
                    }
                    if let Some(constructor) = constructor {
                        $visitor.function(constructor);
                    }
                    for method in methods {
                        $visitor.function(method);
                    }
                    for function in statics {
                        $visitor.function(function);
                    }
                }
            }
        }
        for TestCase { body, .. } in $tests {
            $visitor.block(body);
        }
    }};
}

/// Reads a tree. Override what is of interest; call the `walk_*` function of the same name to go on
/// into the children.
pub trait Visit<'a> {
    /// An expression.
    fn expr(&mut self, expr: &'a Expr) {
        walk_expr(self, expr);
    }

    /// A clause of a comprehension: iterable, pattern, conditions.
    fn clause(&mut self, clause: &'a Clause) {
        walk_clause(self, clause);
    }

    /// A statement.
    fn stmt(&mut self, stmt: &'a Stmt) {
        walk_stmt(self, stmt);
    }

    /// A statement list.
    fn block(&mut self, block: &'a Block) {
        walk_block(self, block);
    }

    /// Where an assignment goes.
    fn place(&mut self, place: &'a Place) {
        walk_place(self, place);
    }

    /// What a loop or clause binds. Patterns hold no expressions.
    fn pattern(&mut self, _pattern: &'a Pattern) {}

    /// A function, method or nested function: defaults of parameters, then the body.
    fn function(&mut self, function: &'a Function) {
        walk_function(self, function);
    }
}

/// Visits an expression's children.
pub fn walk_expr<'a, V: Visit<'a> + ?Sized>(visitor: &mut V, expr: &'a Expr) {
    walk_expr_kind!(visitor, &expr.kind);
}

/// Visits a clause's parts.
pub fn walk_clause<'a, V: Visit<'a> + ?Sized>(visitor: &mut V, clause: &'a Clause) {
    visitor.expr(&clause.iter);
    visitor.pattern(&clause.pattern);
    for condition in &clause.conditions {
        visitor.expr(condition);
    }
}

/// Visits a statement's children.
pub fn walk_stmt<'a, V: Visit<'a> + ?Sized>(visitor: &mut V, stmt: &'a Stmt) {
    walk_stmt_kind!(visitor, &stmt.kind);
}

/// Visits a block's statements.
pub fn walk_block<'a, V: Visit<'a> + ?Sized>(visitor: &mut V, block: &'a Block) {
    for stmt in block {
        visitor.stmt(stmt);
    }
}

/// Visits the expressions of a place.
pub fn walk_place<'a, V: Visit<'a> + ?Sized>(visitor: &mut V, place: &'a Place) {
    walk_place_kind!(visitor, place);
}

/// Visits a function's defaults and body.
pub fn walk_function<'a, V: Visit<'a> + ?Sized>(visitor: &mut V, function: &'a Function) {
    for default in function.params.iter().filter_map(|p| p.default.as_ref()) {
        visitor.expr(default);
    }
    visitor.block(&function.body);
}

/// Visits everything in a module, tests included.
pub fn walk_module<'a, V: Visit<'a> + ?Sized>(visitor: &mut V, module: &'a Module) {
    walk_module_items!(visitor, &module.items, &module.tests);
}

/// Changes a tree in place. As [`Visit`].
pub trait VisitMut {
    /// An expression.
    fn expr(&mut self, expr: &mut Expr) {
        walk_expr_mut(self, expr);
    }

    /// A clause of a comprehension.
    fn clause(&mut self, clause: &mut Clause) {
        walk_clause_mut(self, clause);
    }

    /// A statement.
    fn stmt(&mut self, stmt: &mut Stmt) {
        walk_stmt_mut(self, stmt);
    }

    /// A statement list.
    fn block(&mut self, block: &mut Block) {
        walk_block_mut(self, block);
    }

    /// Where an assignment goes.
    fn place(&mut self, place: &mut Place) {
        walk_place_mut(self, place);
    }

    /// What a loop or clause binds.
    fn pattern(&mut self, _pattern: &mut Pattern) {}

    /// A function, method or nested function.
    fn function(&mut self, function: &mut Function) {
        walk_function_mut(self, function);
    }
}

/// Visits an expression's children.
pub fn walk_expr_mut<V: VisitMut + ?Sized>(visitor: &mut V, expr: &mut Expr) {
    walk_expr_kind!(visitor, &mut expr.kind);
}

/// Visits a clause's parts.
pub fn walk_clause_mut<V: VisitMut + ?Sized>(visitor: &mut V, clause: &mut Clause) {
    visitor.expr(&mut clause.iter);
    visitor.pattern(&mut clause.pattern);
    for condition in &mut clause.conditions {
        visitor.expr(condition);
    }
}

/// Visits a statement's children.
pub fn walk_stmt_mut<V: VisitMut + ?Sized>(visitor: &mut V, stmt: &mut Stmt) {
    walk_stmt_kind!(visitor, &mut stmt.kind);
}

/// Visits a block's statements.
pub fn walk_block_mut<V: VisitMut + ?Sized>(visitor: &mut V, block: &mut Block) {
    for stmt in block {
        visitor.stmt(stmt);
    }
}

/// Visits the expressions of a place.
pub fn walk_place_mut<V: VisitMut + ?Sized>(visitor: &mut V, place: &mut Place) {
    walk_place_kind!(visitor, place);
}

/// Visits a function's defaults and body.
pub fn walk_function_mut<V: VisitMut + ?Sized>(visitor: &mut V, function: &mut Function) {
    for default in function.params.iter_mut().filter_map(|p| p.default.as_mut()) {
        visitor.expr(default);
    }
    visitor.block(&mut function.body);
}

/// Visits everything in a module, tests included.
pub fn walk_module_mut<V: VisitMut + ?Sized>(visitor: &mut V, module: &mut Module) {
    walk_module_items!(visitor, &mut module.items, &mut module.tests);
}

/// A visitor that hands every expression to a closure, parents first.
struct EachExpr<F>(F);

impl<'a, F: FnMut(&'a Expr)> Visit<'a> for EachExpr<F> {
    fn expr(&mut self, expr: &'a Expr) {
        (self.0)(expr);
        walk_expr(self, expr);
    }
}

/// Calls `f` for `expr` and everything within it, parents first.
pub fn each_subexpr<'a>(expr: &'a Expr, f: impl FnMut(&'a Expr)) {
    EachExpr(f).expr(expr);
}

/// Calls `f` for every expression in `block`, nested blocks and functions included, parents first.
pub fn each_expr<'a>(block: &'a Block, f: impl FnMut(&'a Expr)) {
    EachExpr(f).block(block);
}

/// Calls `f` for every expression of a module and its tests, parents first.
pub fn each_expr_in_module<'a>(module: &'a Module, f: impl FnMut(&'a Expr)) {
    walk_module(&mut EachExpr(f), module);
}

/// Calls `f` for the direct children of `expr`. A comprehension's clauses come first: iterable, then
/// conditions.
pub fn each_child<'a>(expr: &'a Expr, f: impl FnMut(&'a Expr)) {
    struct Children<F>(F);
    impl<'a, F: FnMut(&'a Expr)> Visit<'a> for Children<F> {
        fn expr(&mut self, expr: &'a Expr) {
            (self.0)(expr);
        }
    }
    walk_expr(&mut Children(f), expr);
}

/// Whether `test` holds for `expr` or anything within it.
pub fn any_expr(expr: &Expr, mut test: impl FnMut(&Expr) -> bool) -> bool {
    let mut found = false;
    each_subexpr(expr, |e| found = found || test(e));
    found
}

/// Whether `test` holds for any expression in `block`.
pub fn any_expr_in(block: &Block, mut test: impl FnMut(&Expr) -> bool) -> bool {
    let mut found = false;
    each_expr(block, |e| found = found || test(e));
    found
}

/// Calls `f` for every statement in `block`, outer ones first, nested functions included.
pub fn each_stmt<'a>(block: &'a Block, f: impl FnMut(&'a Stmt)) {
    struct EachStmt<F>(F);
    impl<'a, F: FnMut(&'a Stmt)> Visit<'a> for EachStmt<F> {
        fn expr(&mut self, _expr: &'a Expr) {}
        fn stmt(&mut self, stmt: &'a Stmt) {
            (self.0)(stmt);
            walk_stmt(self, stmt);
        }
    }
    EachStmt(f).block(block);
}

/// Calls `f` for every function of a module: top-level ones, constructors, methods, static methods
/// and nested functions (after the function around them).
pub fn each_function<'a>(module: &'a Module, f: impl FnMut(&'a Function)) {
    struct EachFunction<F>(F);
    impl<'a, F: FnMut(&'a Function)> Visit<'a> for EachFunction<F> {
        fn expr(&mut self, _expr: &'a Expr) {}
        fn function(&mut self, function: &'a Function) {
            (self.0)(function);
            walk_function(self, function);
        }
    }
    walk_module(&mut EachFunction(f), module);
}

/// Calls `f` for every function of a module, inner ones first. As [`each_function`].
pub fn each_function_mut(module: &mut Module, f: impl FnMut(&mut Function)) {
    struct EachFunction<F>(F);
    impl<F: FnMut(&mut Function)> VisitMut for EachFunction<F> {
        fn expr(&mut self, _expr: &mut Expr) {}
        fn function(&mut self, function: &mut Function) {
            walk_function_mut(self, function);
            (self.0)(function);
        }
    }
    walk_module_mut(&mut EachFunction(f), module);
}

/// A visitor that hands every expression to a closure, children first.
struct MapExprs<F>(F);

impl<F: FnMut(&mut Expr)> VisitMut for MapExprs<F> {
    fn expr(&mut self, expr: &mut Expr) {
        walk_expr_mut(self, expr);
        (self.0)(expr);
    }
}

/// Lets `f` change `expr` and everything within it, children first.
pub fn map_expr(expr: &mut Expr, f: impl FnMut(&mut Expr)) {
    MapExprs(f).expr(expr);
}

/// Lets `f` change every expression in `block`, children first.
pub fn map_exprs(block: &mut Block, f: impl FnMut(&mut Expr)) {
    MapExprs(f).block(block);
}

/// Lets `f` change every expression of a module and its tests, children first.
pub fn map_exprs_in_module(module: &mut Module, f: impl FnMut(&mut Expr)) {
    walk_module_mut(&mut MapExprs(f), module);
}

/// Replaces every statement in `block` by those that `f` makes of it, inner blocks first. Nested
/// functions are statements like others, but their bodies are left alone: they have variables of
/// their own.
pub fn rewrite_block(block: &mut Block, f: impl FnMut(Stmt) -> Vec<Stmt>) {
    struct Rewrite<F>(F);
    impl<F: FnMut(Stmt) -> Vec<Stmt>> VisitMut for Rewrite<F> {
        fn expr(&mut self, _expr: &mut Expr) {}
        fn block(&mut self, block: &mut Block) {
            walk_block_mut(self, block);
            *block = std::mem::take(block).into_iter().flat_map(&mut self.0).collect();
        }
        fn function(&mut self, _function: &mut Function) {}
    }
    Rewrite(f).block(block);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{BinaryOp, Overflow, Type};

    fn var(name: &str) -> Expr {
        Expr::local(name, Type::Int)
    }

    fn sum(left: Expr, right: Expr) -> Expr {
        Expr::binary(BinaryOp::Add, Overflow::Unbounded, left, right)
    }

    fn locals_in(block: &Block) -> Vec<&str> {
        let mut names = Vec::new();
        each_expr(block, |e| names.extend(e.as_local()));
        names
    }

    #[test]
    fn an_assignment_evaluates_its_value_first_an_augmented_one_its_place() {
        let place = |name| {
            let base = Expr::local(name, Type::list(Type::Int));
            Place::Item { base, index: var("i"), mode: crate::ir::IndexMode::Python }
        };
        let assign = Stmt::new(StmtKind::Assign { place: place("xs"), value: var("v") });
        let (op, overflow) = (BinaryOp::Add, Overflow::Unbounded);
        let aug = Stmt::new(StmtKind::AugAssign { place: place("ys"), op, overflow, value: var("w") });
        assert_eq!(locals_in(&vec![assign, aug]), ["v", "xs", "i", "ys", "i", "w"]);
    }

    #[test]
    fn mapping_goes_from_the_leaves_up() {
        let mut expr = sum(sum(Expr::int(1), Expr::int(2)), Expr::int(3));
        map_expr(&mut expr, |e| {
            if let ExprKind::Binary { left, right, .. } = &e.kind
                && let (Some(l), Some(r)) = (left.as_int(), right.as_int())
            {
                *e = Expr::int(l + r);
            }
        });
        assert_eq!(expr, Expr::int(6));
    }

    #[test]
    fn rewriting_replaces_statements_in_inner_blocks_too() {
        let inner = vec![Stmt::new(StmtKind::Pass), Stmt::assign("a", var("b"))];
        let mut block = vec![Stmt::if_else(Expr::bool(true), inner, vec![]), Stmt::new(StmtKind::Pass)];
        rewrite_block(&mut block, |stmt| match stmt.kind {
            StmtKind::Pass => Vec::new(),
            _ => vec![stmt.clone(), stmt],
        });
        assert_eq!(block.len(), 2);
        let StmtKind::If { branches, .. } = &block[0].kind else { panic!("the if has gone") };
        assert_eq!(branches[0].1.len(), 2);
    }
}
