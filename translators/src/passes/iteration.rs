//! Turns loops over library iterators into plain ones.
//!
//! ```text
//! for i, x in enumerate(xs):            for i in range(0, len(xs)):
//!     use(i, x)                   ->        x = xs[i]
//!                                           use(i, x)
//!
//! for a, b in zip(xs, ys):              for i in range(0, min(len(xs), len(ys))):
//!     use(a, b)                   ->        a = xs[i]
//!                                           b = ys[i]
//!                                           use(a, b)
//!
//! for key, value in table.items():      for key in table:
//!     use(key, value)             ->        value = table[key]
//!                                           use(key, value)
//! ```
//!
//! Likewise `keys`, `values`, `reversed`, `map`, `filter`, and lists and strings themselves (a loop
//! over positions). Iterables for which `keep` holds stay. Also left as they are: dicts, sets and
//! tuples; generator expressions (see `comprehensions`); loops whose list gets longer or shorter in
//! their body. Clauses of comprehensions are not touched.

use super::effects::changes_first;
use super::generators::applied;
use super::scope::{Scope, each_body};
use grammars::ir::names::{free_names, names_assigned, names_read};
use grammars::ir::visit::{VisitMut, any_expr_in, walk_stmt_mut};
use grammars::ir::{
    BinaryOp, Block, Expr, ExprKind, Function, IndexMode, Intrinsic, Module, Overflow, Pattern, Place, Stmt,
    StmtKind, Type,
};
use std::collections::{BTreeMap, BTreeSet};

/// Simplifies all loops over iterables for which `keep` does not hold.
pub fn run(mut module: Module, keep: impl Fn(&Expr) -> bool) -> Module {
    let mut mutated = BTreeMap::new();
    grammars::ir::visit::each_function(&module, |function| {
        mutated.insert(function.name.clone(), function.params.iter().map(|p| p.mutated).collect());
    });
    each_body(&mut module, |block, scope| {
        Iteration { scope, keep: &keep, mutated: &mutated, active: Vec::new() }.block(block);
    });
    module
}

/// The walk through one body, outer loops first.
struct Iteration<'i, 's, K> {
    scope: &'i mut Scope<'s>,
    keep: &'i K,
    /// Which arguments each function changes.
    mutated: &'i BTreeMap<String, Vec<bool>>,
    /// Variables of the loops around this point.
    active: Vec<String>,
}

/// A loop taken apart.
struct For {
    pattern: Pattern,
    iter: Expr,
    body: Block,
    orelse: Block,
}

impl<K: Fn(&Expr) -> bool> VisitMut for Iteration<'_, '_, K> {
    fn expr(&mut self, _expr: &mut Expr) {}

    fn function(&mut self, _function: &mut Function) {}

    fn block(&mut self, block: &mut Block) {
        let mut out = Block::with_capacity(block.len());
        for stmt in std::mem::take(block) {
            self.rewrite(stmt, &mut out);
        }
        *block = out;
    }

    fn stmt(&mut self, stmt: &mut Stmt) {
        let outer = self.active.len();
        if let StmtKind::For { pattern, .. } = &stmt.kind {
            self.active.extend(pattern.names().iter().map(|(name, _)| name.to_string()));
        }
        walk_stmt_mut(self, stmt);
        self.active.truncate(outer);
    }
}

impl<K: Fn(&Expr) -> bool> Iteration<'_, '_, K> {
    /// Rewrites a statement until nothing is left to simplify, then goes into its blocks.
    fn rewrite(&mut self, stmt: Stmt, out: &mut Block) {
        let span = stmt.span;
        let mut stmt = stmt;
        while let StmtKind::For { pattern, iter, body, orelse } = stmt.kind {
            let start = out.len();
            let next = match (self.keep)(&iter) {
                true => Err(For { pattern, iter, body, orelse }.into()),
                false => self.simplify(For { pattern, iter, body, orelse }, out),
            };
            let changed = next.is_ok();
            let For { pattern, iter, body, orelse } = next.unwrap_or_else(|same| *same);
            out[start..].iter_mut().for_each(|stmt| stmt.span = span);
            stmt = Stmt { kind: StmtKind::For { pattern, iter, body, orelse }, span };
            if !changed {
                break;
            }
        }
        self.stmt(&mut stmt);
        out.push(stmt);
    }

    /// One step; statements that must come before the loop go to `out`. `Err` gives the loop back
    /// where there is nothing to do.
    fn simplify(&mut self, mut looped: For, out: &mut Block) -> Result<For, Box<For>> {
        let op = match &looped.iter.kind {
            ExprKind::Intrinsic { op, .. } => op.clone(),
            _ if matches!(looped.iter.ty, Type::List(_) | Type::Str) => {
                let pattern = looped.pattern.clone();
                return self.positions(looped, None, vec![pattern], Direction::Up, out);
            }
            _ => return Err(looped.into()),
        };
        match op {
            Intrinsic::Enumerate => self.enumerate(looped, out),
            Intrinsic::Zip => self.zip(looped, out),
            Intrinsic::Reversed => self.reversed(looped, out),
            Intrinsic::Keys => {
                looped.iter = take_arg(&mut looped.iter, 0);
                Ok(looped)
            }
            Intrinsic::Items => self.items(looped, out),
            Intrinsic::Values => self.values(looped, out),
            Intrinsic::Map => map(looped, self.scope),
            Intrinsic::Filter => filter(looped),
            _ if matches!(looped.iter.ty, Type::List(_) | Type::Str) => {
                let pattern = looped.pattern.clone();
                self.positions(looped, None, vec![pattern], Direction::Up, out)
            }
            _ => Err(looped.into()),
        }
    }

    /// A loop over the positions of `looped.iter`, or of the several sources of a `zip`, one pattern
    /// for each.
    fn positions(
        &mut self,
        mut looped: For,
        counter: Option<(String, Expr)>,
        patterns: Vec<Pattern>,
        direction: Direction,
        out: &mut Block,
    ) -> Result<For, Box<For>> {
        let count = patterns.len();
        let given = match &looped.iter.kind {
            ExprKind::Intrinsic { op: Intrinsic::Zip, args } if count > 1 => args.clone(),
            _ => vec![looped.iter.clone()],
        };
        if !given.iter().all(|source| matches!(source.ty, Type::List(_) | Type::Str)) {
            return Err(looped.into());
        }
        if given.iter().any(|source| self.changes_length(source, &looped.body)) {
            return Err(looped.into());
        }
        let sources: Vec<Expr> =
            given.into_iter().map(|source| self.held(source, &looped.body, out)).collect();
        let (name, start) = counter.unwrap_or_else(|| (self.counter(&looped), Expr::int(0)));
        let index = Expr::local(name.clone(), Type::Int);
        let position = minus(index, start.clone());
        let bindings = patterns.into_iter().zip(&sources).flat_map(|(pattern, source)| {
            let item = Expr::index(source.clone(), position.clone(), IndexMode::InRange);
            bind(pattern, item)
        });
        let mut body: Block = bindings.collect();
        body.append(&mut looped.body);
        let lengths: Vec<Expr> = sources.into_iter().map(Expr::len).collect();
        let iter = direction.range(start, shortest(lengths));
        Ok(For { pattern: Pattern::name(name, Type::Int), iter, body, orelse: looped.orelse })
    }

    /// `for i, x in enumerate(xs, start)`.
    fn enumerate(&mut self, mut looped: For, out: &mut Block) -> Result<For, Box<For>> {
        let Some((index, item)) = pair(&looped.pattern) else { return Err(looped.into()) };
        let ExprKind::Intrinsic { args, .. } = &looped.iter.kind else { return Err(looped.into()) };
        let start = args.get(1).cloned().unwrap_or_else(|| Expr::int(0));
        let source = args[0].clone();
        let name = match &index {
            Pattern::Name { name, .. } if name != "_" => name.clone(),
            _ => {
                looped.iter = source;
                looped.pattern = item;
                return Ok(looped);
            }
        };
        let original = looped.iter.clone();
        let indexable = matches!(source.ty, Type::List(_) | Type::Str) && start.as_int().is_some();
        looped.iter = source;
        if indexable && !names_assigned(&looped.body).contains(&name) {
            return self.positions(looped, Some((name, start)), vec![item], Direction::Up, out).map_err(
                |mut same| {
                    same.iter = original;
                    same
                },
            );
        }
        let place = Place::variable(name.clone(), Type::Int);
        let step =
            StmtKind::AugAssign { place, op: BinaryOp::Add, overflow: Overflow::Fits, value: Expr::int(1) };
        if names_assigned(&looped.body).contains(&name) {
            looped.iter = original;
            return Err(looped.into());
        }
        out.push(Stmt::assign(name, minus(start, Expr::int(1))));
        looped.body.insert(0, Stmt::new(step));
        looped.pattern = item;
        Ok(looped)
    }

    fn zip(&mut self, looped: For, out: &mut Block) -> Result<For, Box<For>> {
        let parts = match &looped.pattern {
            Pattern::Tuple(parts) => parts.clone(),
            Pattern::Name { .. } => return Err(looped.into()),
        };
        if parts.len() < 2 {
            return Err(looped.into());
        }
        self.positions(looped, None, parts, Direction::Up, out)
    }

    fn reversed(&mut self, mut looped: For, out: &mut Block) -> Result<For, Box<For>> {
        let original = looped.iter.clone();
        looped.iter = take_arg(&mut looped.iter, 0);
        if let Some(range) = reversed_range(&looped.iter) {
            looped.iter = range;
            return Ok(looped);
        }
        let pattern = looped.pattern.clone();
        self.positions(looped, None, vec![pattern], Direction::Down, out).map_err(|mut same| {
            same.iter = original;
            same
        })
    }

    /// `for key, value in table.items()`.
    fn items(&mut self, mut looped: For, out: &mut Block) -> Result<For, Box<For>> {
        let Some((key, value)) = pair(&looped.pattern) else { return Err(looped.into()) };
        let table = take_arg(&mut looped.iter, 0);
        let table = self.held(table, &looped.body, out);
        let key = match key {
            Pattern::Name { name, ty } if name == "_" => {
                Pattern::name(self.scope.declare(&["key"], ty.clone()), ty)
            }
            Pattern::Tuple(_) => Pattern::name(self.scope.declare(&["key"], key.ty()), key.ty()),
            key => key,
        };
        self.look_up(looped, table, key, value)
    }

    fn values(&mut self, mut looped: For, out: &mut Block) -> Result<For, Box<For>> {
        let table = take_arg(&mut looped.iter, 0);
        let table = self.held(table, &looped.body, out);
        let Some(ty) = table.ty.element() else { return Err(looped.into()) };
        let key = Pattern::name(self.scope.declare(&["key"], ty.clone()), ty);
        let value = looped.pattern.clone();
        self.look_up(looped, table, key, value)
    }

    /// `for key in table: value = table[key]`; a key that was taken apart is so at the beginning.
    fn look_up(
        &mut self,
        mut looped: For,
        table: Expr,
        key: Pattern,
        value: Pattern,
    ) -> Result<For, Box<For>> {
        let Pattern::Name { name, ty } = &key else { return Err(looped.into()) };
        let key_value = Expr::local(name.clone(), ty.clone());
        let kind = ExprKind::Lookup { base: Box::new(table.clone()), key: Box::new(key_value.clone()) };
        let found = Expr::new(kind, value.ty());
        let taken_apart = pair(&looped.pattern).filter(|(k, _)| matches!(k, Pattern::Tuple(_)));
        let mut body = taken_apart.map(|(k, _)| bind(k, key_value)).unwrap_or_default();
        body.extend(bind(value, found));
        body.append(&mut looped.body);
        Ok(For { pattern: key, iter: table, body, orelse: looped.orelse })
    }

    /// The source as something that can be written again in the body: a variable that the body does
    /// not rebind, else a new one.
    fn held(&mut self, source: Expr, body: &Block, out: &mut Block) -> Expr {
        let assigned = names_assigned(body);
        let plain = match &source.kind {
            ExprKind::Local(name) => !assigned.contains(name),
            ExprKind::Global(_) | ExprKind::ClassConstant { .. } => true,
            ExprKind::Field { object, field } => {
                object.as_local().is_some_and(|name| !assigned.contains(&name.to_string()))
                    && !assigns_field(body, field)
            }
            _ => false,
        };
        if plain {
            return source;
        }
        let variable = self.scope.variable(&[&super::wishes::wish(&source)], source.ty.clone());
        out.push(Stmt::assign(variable.as_local().unwrap_or_default(), source));
        variable
    }

    fn counter(&mut self, looped: &For) -> String {
        let mut in_use: BTreeSet<String> = self.active.iter().cloned().collect();
        in_use.extend(names_read(&looped.body));
        in_use.extend(names_assigned(&looped.body));
        in_use.extend(free_names(&looped.iter));
        self.scope.counter(&in_use)
    }

    /// Whether `body` makes the list in `source` longer or shorter.
    fn changes_length(&self, source: &Expr, body: &Block) -> bool {
        let same = |e: &Expr| e.kind == source.kind;
        let by_statement = |stmt: &Stmt| match &stmt.kind {
            StmtKind::AugAssign { place, op: BinaryOp::Concat, .. } => {
                place.as_expr().is_some_and(|e| same(&e))
            }
            StmtKind::Assign { place: Place::Slice { base, .. }, .. } => same(base),
            _ => false,
        };
        let by_expression = |e: &Expr| match &e.kind {
            ExprKind::Intrinsic { op, args } => {
                changes_first(op)
                    && !matches!(op, Intrinsic::Reverse | Intrinsic::Sort { .. })
                    && args.first().is_some_and(same)
            }
            ExprKind::Call { function, args } => {
                let flags = self.mutated.get(function).map(Vec::as_slice).unwrap_or_default();
                args.iter().zip(flags).any(|(arg, mutated)| *mutated && same(arg))
            }
            ExprKind::CallMethod { .. } => matches!(source.kind, ExprKind::Field { .. }),
            _ => false,
        };
        let mut found = any_expr_in(body, by_expression);
        grammars::ir::visit::each_stmt(body, |stmt| found = found || by_statement(stmt));
        found && matches!(source.ty, Type::List(_))
    }
}

/// Which way a loop over positions goes.
#[derive(Clone, Copy)]
enum Direction {
    Up,
    Down,
}

impl Direction {
    /// The positions of a sequence, the first of which is called `start`.
    fn range(self, start: Expr, length: Expr) -> Expr {
        match self {
            Direction::Up => Expr::range(start.clone(), plus(length, start)),
            Direction::Down => {
                let (first, stop, step) = (minus(length, Expr::int(1)), Expr::int(-1), Expr::int(-1));
                let kind =
                    ExprKind::Range { start: Box::new(first), stop: Box::new(stop), step: Box::new(step) };
                Expr::new(kind, Type::iter(Type::Int))
            }
        }
    }
}

/// `a - b` of small numbers, worked out where that is possible.
fn minus(a: Expr, b: Expr) -> Expr {
    match (a.as_int(), b.as_int()) {
        (_, Some(0)) => a,
        (Some(x), Some(y)) => Expr::int(x - y),
        _ => Expr::binary(BinaryOp::Sub, Overflow::Fits, a, b),
    }
}

/// `a + b` of small numbers, worked out where that is possible.
fn plus(a: Expr, b: Expr) -> Expr {
    match (a.as_int(), b.as_int()) {
        (_, Some(0)) => a,
        (Some(x), Some(y)) => Expr::int(x + y),
        _ => Expr::binary(BinaryOp::Add, Overflow::Fits, a, b),
    }
}

fn shortest(mut lengths: Vec<Expr>) -> Expr {
    match lengths.len() {
        1 => lengths.remove(0),
        _ => Expr::intrinsic(Intrinsic::MinOf, lengths, Type::Int),
    }
}

/// `range` backwards, for steps of 1 and -1.
fn reversed_range(range: &Expr) -> Option<Expr> {
    let ExprKind::Range { start, stop, step } = &range.kind else { return None };
    let (start, stop) = ((**start).clone(), (**stop).clone());
    let (first, last, step) = match step.as_int()? {
        1 => (minus(stop, Expr::int(1)), minus(start, Expr::int(1)), -1),
        -1 => (plus(stop, Expr::int(1)), plus(start, Expr::int(1)), 1),
        _ => return None,
    };
    let kind =
        ExprKind::Range { start: Box::new(first), stop: Box::new(last), step: Box::new(Expr::int(step)) };
    Some(Expr { kind, ..range.clone() })
}

/// `for y in map(f, xs)`: `for x in xs: y = f(x)`.
fn map(looped: For, scope: &mut Scope<'_>) -> Result<For, Box<For>> {
    let ExprKind::Intrinsic { args, .. } = &looped.iter.kind else { return Err(looped.into()) };
    let [function, source] = args.as_slice() else { return Err(looped.into()) };
    if matches!(&looped.pattern, Pattern::Tuple(parts) if parts.iter().any(|part| part.names().is_empty())) {
        return Err(looped.into());
    }
    let Some(ty) = source.ty.element() else { return Err(looped.into()) };
    let name = scope.declare(&["item"], ty.clone());
    let Some(value) = applied(function, Expr::local(name.clone(), ty.clone())) else {
        return Err(looped.into());
    };
    let mut body = bind(looped.pattern, value);
    body.extend(looped.body);
    Ok(For { pattern: Pattern::name(name, ty), iter: source.clone(), body, orelse: looped.orelse })
}

/// `for x in filter(f, xs)`: `for x in xs: if f(x)`.
fn filter(looped: For) -> Result<For, Box<For>> {
    let ExprKind::Intrinsic { args, .. } = &looped.iter.kind else { return Err(looped.into()) };
    let [function, source] = args.as_slice() else { return Err(looped.into()) };
    let Pattern::Name { name, ty } = &looped.pattern else { return Err(looped.into()) };
    let Some(condition) = applied(function, Expr::local(name.clone(), ty.clone())) else {
        return Err(looped.into());
    };
    let source = source.clone();
    let body = vec![Stmt::if_else(condition, looped.body, Block::new())];
    Ok(For { pattern: looped.pattern, iter: source, body, orelse: looped.orelse })
}

/// Takes an argument out of an intrinsic that is not needed any more.
fn take_arg(expr: &mut Expr, index: usize) -> Expr {
    match &mut expr.kind {
        ExprKind::Intrinsic { args, .. } if index < args.len() => args.remove(index),
        _ => expr.clone(),
    }
}

/// The two parts of a pattern for pairs.
fn pair(pattern: &Pattern) -> Option<(Pattern, Pattern)> {
    match pattern {
        Pattern::Tuple(parts) => match parts.as_slice() {
            [first, second] => Some((first.clone(), second.clone())),
            _ => None,
        },
        Pattern::Name { .. } => None,
    }
}

/// The assignment of `value` to the names of `pattern`, as few statements as `_` allows.
fn bind(pattern: Pattern, value: Expr) -> Block {
    match pattern {
        pattern if pattern.names().is_empty() => Block::new(),
        Pattern::Tuple(parts) if parts.iter().any(|part| part.names().is_empty()) => {
            let part_of = |(i, part): (i128, Pattern)| {
                let (base, index) = (Box::new(value.clone()), Box::new(Expr::int(i)));
                let kind = ExprKind::Index { base, index, mode: IndexMode::InRange };
                let part_value = Expr::new(kind, part.ty());
                bind(part, part_value)
            };
            (0..).zip(parts).flat_map(part_of).collect()
        }
        pattern => vec![Stmt::new(StmtKind::Assign { place: place_of(pattern), value })],
    }
}

fn place_of(pattern: Pattern) -> Place {
    match pattern {
        Pattern::Name { name, ty } => Place::Variable { name, ty },
        Pattern::Tuple(parts) => Place::Tuple(parts.into_iter().map(place_of).collect()),
    }
}

/// Whether `body` assigns a field of this name, or may do so in a method.
fn assigns_field(body: &Block, field: &str) -> bool {
    let mut found = any_expr_in(body, |e| matches!(e.kind, ExprKind::CallMethod { .. }));
    grammars::ir::visit::each_stmt(body, |stmt| {
        let (StmtKind::Assign { place, .. } | StmtKind::AugAssign { place, .. }) = &stmt.kind else { return };
        found = found || matches!(place, Place::Field { field: assigned, .. } if assigned == field);
    });
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{body_of, int, ints, module_of};
    use super::*;

    fn simplified(pattern: Pattern, iter: Expr, body: Block) -> String {
        body_of(&run(module_of(vec![Stmt::for_each(pattern, iter, body)]), |_| false))
    }

    fn pattern(first: &str, second: &str) -> Pattern {
        Pattern::Tuple(vec![Pattern::name(first, Type::Int), Pattern::name(second, Type::Int)])
    }

    fn lazy(op: Intrinsic, args: Vec<Expr>) -> Expr {
        Expr::intrinsic(op, args, Type::iter(Type::Tuple(vec![Type::Int, Type::Int])))
    }

    fn uses(name: &str) -> Block {
        vec![Stmt::assign("b", int(name))]
    }

    #[test]
    fn enumerating_a_list_counts_positions() {
        let text = "for i in #range(0, #len(xs), 1) {\n    x = xs[i; in-range];\n    b = x;\n}\n";
        assert_eq!(
            simplified(pattern("i", "x"), lazy(Intrinsic::Enumerate, vec![ints("xs")]), uses("x")),
            text
        );
        let from_one = lazy(Intrinsic::Enumerate, vec![ints("xs"), Expr::int(1)]);
        let text =
            "for i in #range(1, (#len(xs) +! 1), 1) {\n    x = xs[(i -! 1); in-range];\n    b = x;\n}\n";
        assert_eq!(simplified(pattern("i", "x"), from_one, uses("x")), text);
    }

    #[test]
    fn zipping_goes_as_far_as_the_shortest() {
        let text =
            "for i in #range(0, #min-of(#len(xs), #len(ys)), 1) {\n    y = ys[i; in-range];\n    b = y;\n}\n";
        assert_eq!(
            simplified(pattern("_", "y"), lazy(Intrinsic::Zip, vec![ints("xs"), ints("ys")]), uses("y")),
            text
        );
    }

    #[test]
    fn nested_loops_count_with_different_names_and_later_ones_share_them() {
        let inner = Stmt::for_each(Pattern::name("y", Type::Int), ints("ys"), uses("y"));
        let outer = Stmt::for_each(Pattern::name("x", Type::Int), ints("xs"), vec![inner.clone()]);
        let text = body_of(&run(module_of(vec![outer, inner]), |_| false));
        let heads: Vec<&str> = text.lines().filter(|line| line.contains("for ")).map(str::trim).collect();
        let expected = [
            "for i in #range(0, #len(xs), 1) {",
            "for j in #range(0, #len(ys), 1) {",
            "for i in #range(0, #len(ys), 1) {",
        ];
        assert_eq!(heads, expected);
    }

    #[test]
    fn a_list_that_grows_in_the_loop_is_left_alone() {
        let append = Expr::intrinsic(Intrinsic::Append, vec![ints("xs"), int("x")], Type::None);
        let text = "for x in xs {\n    #append(xs, x);\n}\n";
        assert_eq!(simplified(Pattern::name("x", Type::Int), ints("xs"), vec![Stmt::expr(append)]), text);
    }

    #[test]
    fn pairs_of_a_dict_are_looked_up() {
        let table = Expr::local("table", Type::dict(Type::Int, Type::Int));
        let text = "for k in table {\n    v = table{k};\n    b = v;\n}\n";
        assert_eq!(simplified(pattern("k", "v"), lazy(Intrinsic::Items, vec![table]), uses("v")), text);
    }
}
