//! Turns comprehensions, and reductions over generators, into loops.
//!
//! ```text
//! squares = [x * x for x in xs if x > 0]     ->    squares = []
//!                                                  for x in xs:
//!                                                      if x > 0:
//!                                                          squares.append(x * x)
//!
//! return any(x < 0 for x in xs)              ->    for x in xs:
//!                                                      if x < 0:
//!                                                          return True
//!                                                  return False
//! ```
//!
//! `sum`, `product`, `any`, `all` and `join` without separator become loops over a scalar; `any` and
//! `all` stop as early as in the source. Any other consumer of a generator gets a list that a loop
//! fills. The loop writes to the variable that the source assigns if nothing can tell; otherwise a new
//! variable is used. A comprehension's variables become variables of the body, renamed on conflict.
//!
//! What remains: expressions for which `keep` holds, and whatever stands inside of them or of a
//! lambda. The pass `effects` must have run.

use super::flatten::{self, Dest, Rule};
use super::scope::Scope;
use grammars::ir::names::free_names;
use grammars::ir::rename::{rename_free, rename_free_in};
use grammars::ir::visit::each_function;
use grammars::ir::{
    BinaryOp, Block, Clause, Conversion, Expr, ExprKind, IndexMode, Intrinsic, Module, Overflow, Pattern,
    Place, Stmt, StmtKind, Type,
};
use std::collections::{BTreeMap, BTreeSet};

/// Turns comprehensions and reductions into loops, except those for which `keep` holds. `keep` sees
/// both a reduction (`sum(…)`, an intrinsic) and the comprehension in it.
pub fn run(mut module: Module, keep: impl Fn(&Expr) -> bool) -> Module {
    let mut captured = BTreeSet::new();
    each_function(&module, |function| captured.extend(function.captures.iter().cloned()));
    flatten::run(&mut module, &Comprehensions { keep, captured });
    module
}

struct Comprehensions<F> {
    keep: F,
    /// Variables that nested functions read: a loop must not use them before it is done.
    captured: BTreeSet<String>,
}

impl<F: Fn(&Expr) -> bool> Rule for Comprehensions<F> {
    fn selects(&self, expr: &Expr) -> bool {
        (is_comprehension(expr) || reduction(expr).is_some()) && !(self.keep)(expr)
    }

    fn stays(&self, _expr: &Expr, _dest: &Dest) -> bool {
        false
    }

    fn expand(&self, expr: Expr, dest: &Dest, scope: &mut Scope<'_>) -> Block {
        let span = expr.span;
        let mut block = match reduction(&expr) {
            Some(Reduction::Any) => self.search(expr, dest, true, scope),
            Some(Reduction::All) => self.search(expr, dest, false, scope),
            Some(Reduction::Fold(op)) => self.fold(expr, op, dest, scope),
            Some(Reduction::Gather) => match expr.kind {
                ExprKind::Intrinsic { mut args, .. } if args.len() == 1 => {
                    let inner = Expr { ty: expr.ty, ..args.remove(0) };
                    self.collect(inner, dest, scope)
                }
                _ => vec![dest.store(expr)],
            },
            Some(Reduction::Extend) => extend(expr, scope),
            None => self.collect(expr, dest, scope),
        };
        block.iter_mut().for_each(|stmt| stmt.span = span);
        block
    }
}

fn is_comprehension(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Comprehension { .. }
            | ExprKind::SetComprehension { .. }
            | ExprKind::DictComprehension { .. }
    )
}

/// What an intrinsic does with the comprehension that is its argument.
enum Reduction {
    Any,
    All,
    /// Sum, product, joined text.
    Fold(BinaryOp),
    /// `list(generator)`.
    Gather,
    /// `xs.extend(generator)` where the generator does not read `xs`.
    Extend,
}

fn reduction(expr: &Expr) -> Option<Reduction> {
    let ExprKind::Intrinsic { op, args } = &expr.kind else { return None };
    let over = |i: usize| matches!(args.get(i).map(|a| &a.kind), Some(ExprKind::Comprehension { .. }));
    let lazy = |i: usize| over(i) && matches!(args[i].ty, Type::Iter(_));
    match op {
        Intrinsic::Any if lazy(0) => Some(Reduction::Any),
        Intrinsic::All if lazy(0) => Some(Reduction::All),
        Intrinsic::Sum if over(0) => Some(Reduction::Fold(BinaryOp::Add)),
        Intrinsic::Product if over(0) => Some(Reduction::Fold(BinaryOp::Mul)),
        Intrinsic::Join if over(1) && matches!(&args[0].kind, ExprKind::Str(s) if s.is_empty()) => {
            Some(Reduction::Fold(BinaryOp::Concat))
        }
        Intrinsic::ToList if lazy(0) => Some(Reduction::Gather),
        Intrinsic::Extend if over(1) => {
            let list = args[0].as_local()?;
            (!free_names(&args[1]).contains(list)).then_some(Reduction::Extend)
        }
        _ => None,
    }
}

impl<F> Comprehensions<F> {
    /// The variable to build the value in: the destination itself where nothing reads it meanwhile,
    /// else a new one. The second part is what to do when the value is complete.
    fn accumulator(&self, expr: &Expr, wish: &str, dest: &Dest, scope: &mut Scope<'_>) -> (Expr, Block) {
        if let Dest::Place(place) = dest
            && let Place::Variable { name, ty } = &**place
            && *ty == expr.ty
            && !scope.is_guarded()
            && !self.captured.contains(name)
            && !free_names(expr).contains(name)
        {
            return (Expr::local(name.clone(), ty.clone()), Block::new());
        }
        let wishes: &[&str] = if matches!(dest, Dest::Return) { &["result", wish] } else { &[wish] };
        let variable = scope.variable(wishes, expr.ty.clone());
        let done = vec![dest.store(variable.clone())];
        (variable, done)
    }

    /// A list, set or dict, item by item. A generator becomes a list.
    fn collect(&self, mut expr: Expr, dest: &Dest, scope: &mut Scope<'_>) -> Block {
        if let Type::Iter(element) = expr.ty {
            expr.ty = Type::List(element);
        }
        let (target, mut done) = self.accumulator(&expr, collection_name(&expr), dest, scope);
        let empty =
            |kind| Stmt::assign(target.as_local().unwrap_or_default(), Expr::new(kind, target.ty.clone()));
        let (start, turn, clauses) = match expr.kind {
            ExprKind::Comprehension { element, clauses } => {
                (empty(ExprKind::List(vec![])), put(Intrinsic::Append, &target, *element), clauses)
            }
            ExprKind::SetComprehension { element, clauses } => {
                (empty(ExprKind::Set(vec![])), put(Intrinsic::Add, &target, *element), clauses)
            }
            ExprKind::DictComprehension { key, value, clauses } => {
                let place = Place::Item { base: target.clone(), index: *key, mode: IndexMode::Python };
                let store = Stmt::new(StmtKind::Assign { place, value: *value });
                (empty(ExprKind::Dict(vec![])), store, clauses)
            }
            kind => return vec![dest.store(Expr { kind, ..target })],
        };
        let mut block = vec![start];
        block.extend(loops(clauses, vec![turn], scope));
        block.append(&mut done);
        block
    }

    /// `sum`, `product`, `join`: one value that grows.
    fn fold(&self, expr: Expr, op: BinaryOp, dest: &Dest, scope: &mut Scope<'_>) -> Block {
        let ExprKind::Intrinsic { args, .. } = &expr.kind else { return Block::new() };
        let generator = usize::from(op == BinaryOp::Concat);
        let ExprKind::Comprehension { element, clauses } = &args[generator].kind else { return Block::new() };
        let counts = op == BinaryOp::Add && element.as_int() == Some(1);
        let wish = match op {
            BinaryOp::Concat => "text",
            BinaryOp::Mul => "product",
            _ if counts => "count",
            _ => "total",
        };
        let (target, mut done) = self.accumulator(&expr, wish, dest, scope);
        let start = match (op, &expr.ty) {
            (BinaryOp::Concat, _) => Expr::str(""),
            (BinaryOp::Add, _) if args.len() > 1 => args[1].clone(),
            (_, Type::Float) => {
                Expr::new(ExprKind::Float(if op == BinaryOp::Mul { 1.0 } else { 0.0 }), Type::Float)
            }
            _ => Expr::int(i128::from(op == BinaryOp::Mul)),
        };
        let overflow = if expr.ty == Type::Int { Overflow::Unbounded } else { Overflow::Fits };
        let place = Place::variable(target.as_local().unwrap_or_default(), target.ty.clone());
        let value = coerced((**element).clone(), &expr.ty);
        let turn = Stmt::new(StmtKind::AugAssign { place, op, overflow, value });
        let mut block = vec![Stmt::assign(target.as_local().unwrap_or_default(), start)];
        block.extend(loops(clauses.clone(), vec![turn], scope));
        block.append(&mut done);
        block
    }

    /// `any` (`hit` is true) and `all` (`hit` is false): stops at the first element that is `hit`.
    fn search(&self, expr: Expr, dest: &Dest, hit: bool, scope: &mut Scope<'_>) -> Block {
        let ExprKind::Intrinsic { args, .. } = &expr.kind else { return Block::new() };
        let ExprKind::Comprehension { element, clauses } = &args[0].kind else { return Block::new() };
        let element = (**element).clone();
        let condition = if hit { element } else { element.negated() };
        if let Dest::Return = dest {
            let turn = Stmt::if_else(condition, vec![Stmt::ret(Expr::bool(hit))], Block::new());
            let mut block = loops(clauses.clone(), vec![turn], scope);
            block.push(Stmt::ret(Expr::bool(!hit)));
            return block;
        }
        let (flag, mut done) = self.accumulator(&expr, if hit { "found" } else { "holds" }, dest, scope);
        let name = flag.as_local().unwrap_or_default();
        let stop = vec![Stmt::assign(name, Expr::bool(hit)), Stmt::new(StmtKind::Break)];
        let turn = Stmt::if_else(condition, stop, Block::new());
        let mut block = vec![Stmt::assign(name, Expr::bool(!hit))];
        let leave = if hit { flag.clone() } else { flag.clone().negated() };
        block.extend(loops_with_exit(clauses.clone(), vec![turn], Some(&leave), scope));
        block.append(&mut done);
        block
    }
}

fn collection_name(expr: &Expr) -> &'static str {
    match &expr.kind {
        ExprKind::Comprehension { element, clauses } => {
            let taken = |c: &Clause| matches!(&c.pattern, Pattern::Name { name, .. } if element.as_local() == Some(name));
            if clauses.iter().any(|c| taken(c) && !c.conditions.is_empty()) { "selected" } else { "items" }
        }
        ExprKind::SetComprehension { .. } => "members",
        _ => "table",
    }
}

/// `target.append(item)` or `target.add(item)`.
fn put(op: Intrinsic, target: &Expr, item: Expr) -> Stmt {
    Stmt::expr(Expr::intrinsic(op, vec![target.clone(), item], Type::None))
}

/// `xs.extend(f(y) for y in ys)`: a loop that appends.
fn extend(expr: Expr, scope: &mut Scope<'_>) -> Block {
    let ExprKind::Intrinsic { mut args, .. } = expr.kind else { return Block::new() };
    let ExprKind::Comprehension { element, clauses } = args.remove(1).kind else { return Block::new() };
    let turn = put(Intrinsic::Append, &args[0], *element);
    loops(clauses, vec![turn], scope)
}

/// `value` as a number of type `ty`.
fn coerced(value: Expr, ty: &Type) -> Expr {
    match (&value.ty, ty) {
        (Type::Bool, Type::Int) => Expr::convert(Conversion::BoolToInt, value, Type::Int),
        (Type::Int, Type::Float) => Expr::convert(Conversion::IntToFloat, value, Type::Float),
        (Type::Char, Type::Str) => Expr::convert(Conversion::CharToStr, value, Type::Str),
        _ => value,
    }
}

/// Loops over `clauses` around `turn`.
fn loops(clauses: Vec<Clause>, turn: Block, scope: &mut Scope<'_>) -> Block {
    loops_with_exit(clauses, turn, None, scope)
}

/// Loops over `clauses` around `turn`; where `leave` is given, every loop but the innermost stops
/// when it holds.
fn loops_with_exit(
    mut clauses: Vec<Clause>,
    mut turn: Block,
    leave: Option<&Expr>,
    scope: &mut Scope<'_>,
) -> Block {
    adopt_variables(&mut clauses, &mut turn, scope);
    let mut block = turn;
    let innermost = clauses.len().saturating_sub(1);
    for (depth, clause) in clauses.into_iter().enumerate().rev() {
        if let Some(leave) = leave.filter(|_| depth < innermost) {
            block.push(Stmt::if_else(leave.clone(), vec![Stmt::new(StmtKind::Break)], Block::new()));
        }
        if !clause.conditions.is_empty() {
            block = vec![Stmt::if_else(Expr::all_of(clause.conditions), block, Block::new())];
        }
        block = vec![Stmt::for_each(clause.pattern, clause.iter, block)];
    }
    block
}

/// Makes the clauses' variables variables of the body.
fn adopt_variables(clauses: &mut [Clause], turn: &mut Block, scope: &mut Scope<'_>) {
    let inner = bound_inside(clauses, turn);
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for clause in clauses.iter_mut() {
        rename_free(&mut clause.iter, &names);
        adopt_pattern(&mut clause.pattern, &inner, &mut names, scope);
        clause.conditions.iter_mut().for_each(|c| rename_free(c, &names));
    }
    rename_free_in(turn, &names);
}

fn adopt_pattern(
    pattern: &mut Pattern,
    inner: &BTreeSet<String>,
    names: &mut BTreeMap<String, String>,
    scope: &mut Scope<'_>,
) {
    match pattern {
        Pattern::Name { name, .. } if name == "_" => {}
        Pattern::Name { name, ty } => {
            let new = match inner.contains(name) {
                true => scope.declare(&[name], ty.clone()),
                false => scope.adopt(name, ty),
            };
            if new != *name {
                names.insert(std::mem::replace(name, new.clone()), new);
            }
        }
        Pattern::Tuple(parts) => parts.iter_mut().for_each(|part| adopt_pattern(part, inner, names, scope)),
    }
}

/// The variables that comprehensions and lambdas inside `clauses` and `turn` bind.
fn bound_inside(clauses: &[Clause], turn: &Block) -> BTreeSet<String> {
    let mut bound = BTreeSet::new();
    let mut note = |expr: &Expr| match &expr.kind {
        ExprKind::Comprehension { clauses, .. }
        | ExprKind::SetComprehension { clauses, .. }
        | ExprKind::DictComprehension { clauses, .. } => {
            bound.extend(clauses.iter().flat_map(|c| c.pattern.names()).map(|(name, _)| name.to_string()));
        }
        ExprKind::Lambda { params, .. } => bound.extend(params.iter().map(|(name, _)| name.clone())),
        _ => {}
    };
    for clause in clauses {
        grammars::ir::visit::each_subexpr(&clause.iter, &mut note);
        clause.conditions.iter().for_each(|c| grammars::ir::visit::each_subexpr(c, &mut note));
    }
    grammars::ir::visit::each_expr(turn, note);
    bound
}

#[cfg(test)]
mod tests {
    use super::super::testing::{body_of, int, ints, module_of};
    use super::*;
    use grammars::ir::CompareOp;

    fn clause(name: &str, iter: Expr, conditions: Vec<Expr>) -> Clause {
        Clause { pattern: Pattern::name(name, Type::Int), iter, conditions }
    }

    fn positive(name: &str) -> Expr {
        Expr::compare(CompareOp::Gt, int(name), Expr::int(0))
    }

    fn comprehension(element: Expr, clauses: Vec<Clause>, list: bool) -> Expr {
        let ty = if list { Type::list(element.ty.clone()) } else { Type::iter(element.ty.clone()) };
        Expr::new(ExprKind::Comprehension { element: Box::new(element), clauses }, ty)
    }

    fn looped(block: Block) -> String {
        body_of(&run(module_of(block), |_| false))
    }

    #[test]
    fn a_list_is_built_where_it_is_assigned_unless_it_reads_that() {
        let list = comprehension(int("x"), vec![clause("x", ints("xs"), vec![positive("x")])], true);
        let text = "ys = [];\nfor x in xs {\n    if (x > 0) {\n        #append(ys, x);\n    }\n}\n";
        assert_eq!(looped(vec![Stmt::assign("ys", list.clone())]), text);
        let text = "selected = [];\nfor x in xs {\n    if (x > 0) {\n        #append(selected, x);\n    }\n}\n\
                    xs = selected;\n";
        assert_eq!(looped(vec![Stmt::assign("xs", list)]), text);
    }

    #[test]
    fn a_search_stops_at_the_first_hit_in_all_loops() {
        let clauses = vec![clause("x", ints("xs"), vec![]), clause("y", ints("xs"), vec![positive("y")])];
        let any =
            Expr::intrinsic(Intrinsic::Any, vec![comprehension(positive("x"), clauses, false)], Type::Bool);
        let text = "for x in xs {\n    for y in xs {\n        if (y > 0) {\n            if (x > 0) {\n                \
                    return true;\n            }\n        }\n    }\n}\nreturn false;\n";
        assert_eq!(looped(vec![Stmt::ret(any.clone())]), text);
        let text = "found = false;\nfor x in xs {\n    for y in xs {\n        if (y > 0) {\n            if (x > 0) {\n                \
                    found = true;\n                break;\n            }\n        }\n    }\n    if found {\n        \
                    break;\n    }\n}\nif found {\n    return a;\n}\n";
        assert_eq!(looped(vec![Stmt::if_else(any, vec![Stmt::ret(int("a"))], vec![])]), text);
    }

    #[test]
    fn a_variable_that_is_taken_gets_another_name() {
        let inner = comprehension(int("a"), vec![clause("a", ints("xs"), vec![])], true);
        let total = Expr::intrinsic(Intrinsic::Sum, vec![inner], Type::Int);
        let text = "total = 0;\nfor a_2 in xs {\n    total += a_2;\n}\nreturn total;\n";
        assert_eq!(looped(vec![Stmt::ret(total)]).replace("result", "total"), text);
    }
}
