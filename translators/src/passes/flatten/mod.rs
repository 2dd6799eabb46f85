//! Moves expressions out of expressions: what a [`Rule`] selects becomes statements in front of the
//! statement that uses it, with the order of evaluation and all laziness kept.
//!
//! ```text
//! return a(x) + xs[i] * f(y)      ->      a_value = a(x)          (only if `a` or `f` has effects)
//!                                         f_value = f(y)
//!                                         return a_value + xs[i] * f_value
//! ```
//!
//! `hoist`, `if_expr`, `chains` and `comprehensions` are rules. Not reached: what is evaluated any
//! number of times inside an expression (bodies of lambdas; elements, conditions and inner iterables
//! of comprehensions), and messages of asserts.

mod stmts;

use super::purity::{Purity, is_trivial};
use super::scope::{Scope, each_body};
use grammars::ir::visit::{VisitMut, each_child, walk_expr_mut};
use grammars::ir::{Block, CompareOp, Expr, ExprKind, Module, Place, Stmt, StmtKind, Type};

/// Where a value goes.
#[derive(Clone, Debug)]
pub(crate) enum Dest {
    /// It is assigned.
    Place(Box<Place>),
    /// It is returned.
    Return,
    /// It is not used.
    Discard,
}

impl Dest {
    /// A variable.
    pub(crate) fn variable(name: &str, ty: Type) -> Dest {
        Dest::Place(Box::new(Place::variable(name, ty)))
    }

    /// The statement that brings `value` there.
    pub(crate) fn store(&self, value: Expr) -> Stmt {
        let span = value.span;
        let kind = match self {
            Dest::Place(place) => StmtKind::Assign { place: (**place).clone(), value },
            Dest::Return => StmtKind::Return(Some(value)),
            Dest::Discard => StmtKind::Expr(value),
        };
        Stmt::new(kind).at(span)
    }

    /// The statements that bring a truth value there; none where nobody uses it.
    fn store_bool(&self, value: bool) -> Block {
        match self {
            Dest::Discard => Block::new(),
            _ => vec![self.store(Expr::bool(value))],
        }
    }
}

/// What is to become statements, and which.
pub(crate) trait Rule {
    /// Whether `expr` must become statements where it stands within another expression.
    fn selects(&self, expr: &Expr) -> bool;

    /// Whether a selected `expr` may stay where it is all of what `dest` gets.
    fn stays(&self, expr: &Expr, dest: &Dest) -> bool;

    /// Statements that bring the value of the selected `expr` to `dest`; they are flattened in turn.
    fn expand(&self, expr: Expr, dest: &Dest, scope: &mut Scope<'_>) -> Block;
}

/// Applies `rule` to all bodies of `module`.
pub(crate) fn run(module: &mut Module, rule: &impl Rule) {
    let purity = Purity::new(module);
    each_body(module, |block, scope| Flattener { rule, purity: &purity, scope }.block(block));
}

/// The walk through one body.
struct Flattener<'f, 's, R> {
    rule: &'f R,
    purity: &'f Purity,
    scope: &'f mut Scope<'s>,
}

/// How many of the children of `expr` are evaluated exactly once whenever `expr` is.
fn strict_children(expr: &Expr) -> usize {
    match &expr.kind {
        ExprKind::Lambda { .. } => 0,
        ExprKind::And(_) | ExprKind::Or(_) | ExprKind::IfElse { .. } => 1,
        ExprKind::Comprehension { .. }
        | ExprKind::SetComprehension { .. }
        | ExprKind::DictComprehension { .. } => 1,
        ExprKind::CompareChain { .. } => 2,
        _ => usize::MAX,
    }
}

/// Takes the children out of `expr`, leaving holes, in the order of evaluation.
fn take_children(expr: &mut Expr) -> Vec<Expr> {
    struct Take(Vec<Expr>);
    impl VisitMut for Take {
        fn expr(&mut self, expr: &mut Expr) {
            self.0.push(std::mem::replace(expr, Expr::bool(false)));
        }
    }
    let mut take = Take(Vec::new());
    walk_expr_mut(&mut take, expr);
    take.0
}

/// Puts back what [`take_children`] took.
fn put_children(expr: &mut Expr, children: Vec<Expr>) {
    struct Put(std::vec::IntoIter<Expr>);
    impl VisitMut for Put {
        fn expr(&mut self, expr: &mut Expr) {
            if let Some(child) = self.0.next() {
                *expr = child;
            }
        }
    }
    walk_expr_mut(&mut Put(children.into_iter()), expr);
}

impl<R: Rule> Flattener<'_, '_, R> {
    /// Whether `expr` holds something that must become statements and can be reached.
    fn needs(&self, expr: &Expr) -> bool {
        if self.rule.selects(expr) {
            return true;
        }
        let reach = match &expr.kind {
            ExprKind::And(_) | ExprKind::Or(_) | ExprKind::IfElse { .. } | ExprKind::CompareChain { .. } => {
                usize::MAX
            }
            _ => strict_children(expr),
        };
        let (mut index, mut found) = (0, false);
        each_child(expr, |child| {
            found = found || (index < reach && self.needs(child));
            index += 1;
        });
        found
    }

    /// Whether a child of `expr` that is evaluated lazily needs statements.
    fn needs_lazily(&self, expr: &Expr) -> bool {
        let lazy = matches!(
            expr.kind,
            ExprKind::And(_) | ExprKind::Or(_) | ExprKind::IfElse { .. } | ExprKind::CompareChain { .. }
        );
        let (mut index, mut found) = (0, false);
        each_child(expr, |child| {
            found = found || (index >= strict_children(expr) && self.needs(child));
            index += 1;
        });
        lazy && found
    }

    /// Brings `value` to `dest`, as the last statement of `out` or within it.
    fn root(&mut self, mut value: Expr, dest: &Dest, out: &mut Block) {
        if self.rule.selects(&value) && !self.rule.stays(&value, dest) {
            let mut block = self.rule.expand(value, dest, self.scope);
            self.block(&mut block);
            out.extend(block);
        } else if self.needs_lazily(&value) {
            let stmt = self.lazy(value, dest, out);
            self.stmt(stmt, out);
        } else {
            self.children(&mut value, out);
            out.push(dest.store(value));
        }
    }

    /// Makes `expr` free of selected expressions; what they became goes to `out`.
    fn expr(&mut self, expr: &mut Expr, out: &mut Block) {
        if !self.needs(expr) {
            return;
        }
        if self.rule.selects(expr) || self.needs_lazily(expr) {
            let value = std::mem::replace(expr, Expr::bool(false));
            *expr = self.save(value, out);
        } else {
            self.children(expr, out);
        }
    }

    /// Brings `value` into a new variable.
    fn save(&mut self, value: Expr, out: &mut Block) -> Expr {
        let span = value.span;
        let variable = self.scope.variable(&[&super::wishes::wish(&value)], value.ty.clone());
        let dest = Dest::variable(variable.as_local().unwrap_or_default(), value.ty.clone());
        self.root(value, &dest, out);
        variable.at(span)
    }

    /// Makes the strictly evaluated children of `expr` free of selected expressions.
    fn children(&mut self, expr: &mut Expr, out: &mut Block) {
        let reach = strict_children(expr);
        let mut children = take_children(expr);
        let strict = children.len().min(reach);
        self.sequence(&mut children[..strict], out);
        put_children(expr, children);
    }

    /// Makes each of `exprs`, which are evaluated one after the other, free of selected expressions.
    /// An earlier one is saved before the statements of a later one where it could tell the
    /// difference.
    fn sequence(&mut self, exprs: &mut [Expr], out: &mut Block) {
        for index in 0..exprs.len() {
            if !self.needs(&exprs[index]) {
                continue;
            }
            let mut stmts = Block::new();
            self.expr(&mut exprs[index], &mut stmts);
            for earlier in &mut exprs[..index] {
                if !self.purity.can_follow(earlier, &stmts) {
                    let value = std::mem::replace(earlier, Expr::bool(false));
                    *earlier = self.save_plain(value, out);
                }
            }
            out.extend(stmts);
        }
    }

    /// Brings `value`, which holds nothing selected any more, into a new variable.
    fn save_plain(&mut self, value: Expr, out: &mut Block) -> Expr {
        let span = value.span;
        let name = self.scope.declare(&[&super::wishes::wish(&value)], value.ty.clone());
        let variable = Expr::local(name.clone(), value.ty.clone()).at(span);
        out.push(Stmt::assign(name, value));
        variable
    }

    /// The statement that evaluates a lazy expression step by step: `a and f(x)` is
    /// `f(x) if a else False`.
    fn lazy(&mut self, value: Expr, dest: &Dest, out: &mut Block) -> Stmt {
        let span = value.span;
        match value.kind {
            ExprKind::And(operands) => {
                let (first, rest) = self.split(operands, ExprKind::And);
                Stmt::if_else(first, vec![dest.store(rest)], dest.store_bool(false))
            }
            ExprKind::Or(operands) => {
                let (first, rest) = self.split(operands, ExprKind::Or);
                match dest {
                    Dest::Discard => Stmt::if_else(first.negated(), vec![dest.store(rest)], Block::new()),
                    _ => Stmt::if_else(first, dest.store_bool(true), vec![dest.store(rest)]),
                }
            }
            ExprKind::IfElse { condition, then, orelse } => {
                Stmt::if_else(*condition, vec![dest.store(*then)], vec![dest.store(*orelse)])
            }
            ExprKind::CompareChain { operands, ops } => {
                let both = self.unchain(operands, ops, out);
                dest.store(both.at(span))
            }
            kind => dest.store(Expr { kind, ty: value.ty, span }),
        }
        .at(span)
    }

    /// Splits operands before the first, behind the head, that needs statements.
    fn split(&self, operands: Vec<Expr>, join: fn(Vec<Expr>) -> ExprKind) -> (Expr, Expr) {
        let at = operands.iter().skip(1).position(|e| self.needs(e)).map_or(1, |p| p + 1);
        let mut first = operands;
        let rest = first.split_off(at);
        let joined = |mut exprs: Vec<Expr>| match exprs.len() {
            1 => exprs.remove(0),
            _ => {
                let span = exprs[0].span;
                Expr::new(join(exprs), Type::Bool).at(span)
            }
        };
        (joined(first), joined(rest))
    }

    /// `a < b < c` as `a < b and b < c`; middle operands that are evaluated in any case go into
    /// variables unless they are trivial. Later ones, evaluated lazily, are split off first.
    fn unchain(&mut self, mut operands: Vec<Expr>, ops: Vec<CompareOp>, out: &mut Block) -> Expr {
        let compare = |op: CompareOp, left: Expr, right: Expr| {
            let span = left.span;
            Expr::compare(op, left, right).at(span)
        };
        self.sequence(&mut operands[..2], out);
        let mut rest = operands.split_off(1);
        if !is_trivial(&rest[0]) {
            let mut stmts = Block::new();
            let middle = std::mem::replace(&mut rest[0], Expr::bool(false));
            rest[0] = self.save_plain(middle, &mut stmts);
            if !self.purity.can_follow(&operands[0], &stmts) {
                let first = operands.remove(0);
                operands.push(self.save_plain(first, out));
            }
            out.extend(stmts);
        }
        let first = compare(ops[0], operands.remove(0), rest[0].clone());
        let second = match rest.len() {
            2 => {
                let right = rest.remove(1);
                compare(ops[1], rest.remove(0), right)
            }
            _ => {
                let span = rest[0].span;
                Expr::new(ExprKind::CompareChain { operands: rest, ops: ops[1..].to_vec() }, Type::Bool)
                    .at(span)
            }
        };
        Expr::all_of(vec![first, second])
    }
}
