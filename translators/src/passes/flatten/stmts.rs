//! Flattening of statements.

use super::{Dest, Flattener, Rule};
use crate::passes::effects::is_shared;
use crate::passes::loop_else;
use grammars::Span;
use grammars::ir::visit::{VisitMut, walk_place_mut};
use grammars::ir::{BinaryOp, Block, Expr, ExprKind, Overflow, Place, Stmt, StmtKind, Type};

impl<R: Rule> Flattener<'_, '_, R> {
    /// Flattens a statement list.
    pub(super) fn block(&mut self, block: &mut Block) {
        let mut out = Block::with_capacity(block.len());
        for stmt in std::mem::take(block) {
            self.stmt(stmt, &mut out);
        }
        *block = out;
    }

    /// Flattens a statement; what becomes of it goes to `out`.
    pub(super) fn stmt(&mut self, stmt: Stmt, out: &mut Block) {
        let Stmt { kind, span } = stmt;
        let start = out.len();
        match kind {
            StmtKind::Assign { place, value } => self.assign(place, value, out),
            StmtKind::AugAssign { place, op, overflow, value } => {
                self.augmented(place, (op, overflow), value, out)
            }
            StmtKind::Expr(value) => self.root(value, &Dest::Discard, out),
            StmtKind::Return(Some(value)) => self.root(value, &Dest::Return, out),
            StmtKind::If { branches, orelse } => self.branches(branches, orelse, span, out),
            StmtKind::While { .. } => self.while_loop(Stmt { kind, span }, out),
            StmtKind::For { pattern, mut iter, mut body, mut orelse } => {
                self.expr(&mut iter, out);
                self.block(&mut body);
                self.block(&mut orelse);
                out.push(Stmt { kind: StmtKind::For { pattern, iter, body, orelse }, span });
            }
            StmtKind::Loop { condition, update, body, test_last } => {
                let stmt = self.c_loop(condition, update, body, test_last);
                out.push(Stmt { kind: stmt, span });
            }
            other => {
                let mut stmt = Stmt { kind: other, span };
                self.other(&mut stmt, out);
                out.push(stmt);
            }
        }
        for stmt in &mut out[start..] {
            if stmt.span == Span::default() {
                stmt.span = span;
            }
        }
    }

    /// Statements that evaluate at most one expression, and those that only hold blocks.
    fn other(&mut self, stmt: &mut Stmt, out: &mut Block) {
        match &mut stmt.kind {
            StmtKind::Raise { message: Some(value), .. } | StmtKind::Assert { condition: value, .. } => {
                self.expr(value, out);
            }
            StmtKind::Try { body, handlers, orelse, finally } => {
                let outer = self.scope.enter_guarded();
                self.block(body);
                self.scope.leave_guarded(outer);
                handlers.iter_mut().for_each(|handler| self.block(&mut handler.body));
                self.block(orelse);
                self.block(finally);
            }
            StmtKind::ExpectRaise { body, .. } => self.block(body),
            _ => {}
        }
    }

    /// The value is evaluated before the place.
    fn assign(&mut self, mut place: Place, mut value: Expr, out: &mut Block) {
        let mut parts = take_parts(&mut place);
        if parts.iter().any(|part| self.needs(part)) {
            let mut stmts = Block::new();
            self.sequence(&mut parts, &mut stmts);
            value = self.save(value, out);
            out.extend(stmts);
        }
        put_parts(&mut place, parts);
        self.root(value, &Dest::Place(Box::new(place)), out);
    }

    /// The place is evaluated first, then its old value is read, then the value is evaluated.
    fn augmented(
        &mut self,
        mut place: Place,
        (op, overflow): (BinaryOp, Overflow),
        mut value: Expr,
        out: &mut Block,
    ) {
        let mut parts = take_parts(&mut place);
        self.sequence(&mut parts, out);
        let mut stmts = Block::new();
        self.expr(&mut value, &mut stmts);
        for part in &mut parts {
            if !self.purity.can_follow(part, &stmts) {
                let moved = std::mem::replace(part, Expr::bool(false));
                *part = self.save_plain(moved, out);
            }
        }
        put_parts(&mut place, parts);
        let old = place.as_expr().filter(|old| !is_shared(&old.ty) && !self.purity.can_follow(old, &stmts));
        let stmt = match old {
            Some(old) => {
                let old = self.save_plain(old, out);
                StmtKind::Assign { place, value: Expr::binary(op, overflow, old, value) }
            }
            None => StmtKind::AugAssign { place, op, overflow, value },
        };
        out.extend(stmts);
        out.push(Stmt::new(stmt));
    }

    /// `if`/`elif`: a condition that needs statements starts an `if` of its own.
    fn branches(&mut self, mut branches: Vec<(Expr, Block)>, mut orelse: Block, span: Span, out: &mut Block) {
        if let Some(at) = branches.iter().skip(1).position(|(condition, _)| self.needs(condition)) {
            let rest = branches.split_off(at + 1);
            let rest = Stmt { kind: StmtKind::If { branches: rest, orelse }, span };
            return self.branches(branches, vec![rest], span, out);
        }
        if let [(condition, _)] = branches.as_slice()
            && orelse.is_empty()
            && matches!(condition.kind, ExprKind::And(_))
            && self.needs_lazily(condition)
        {
            let (condition, body) = branches.remove(0);
            let stmt = self.nested_ifs(condition, body, span);
            return self.stmt(stmt, out);
        }
        if let Some((condition, _)) = branches.first_mut() {
            self.expr(condition, out);
        }
        branches.iter_mut().for_each(|(_, body)| self.block(body));
        self.block(&mut orelse);
        out.push(Stmt { kind: StmtKind::If { branches, orelse }, span });
    }

    /// `if a and f(x): body` as `if a: if f(x): body`.
    fn nested_ifs(&self, condition: Expr, body: Block, span: Span) -> Stmt {
        let ExprKind::And(operands) = condition.kind else {
            return Stmt::if_else(condition, body, Block::new());
        };
        let (first, rest) = self.split(operands, ExprKind::And);
        let inner = Stmt::if_else(rest, body, Block::new()).at(span);
        Stmt::if_else(first, vec![inner], Block::new()).at(span)
    }

    /// A condition that needs statements moves into the loop: `while True: …; if not c: break`.
    /// Operands in front of the first that needs them stay.
    fn while_loop(&mut self, stmt: Stmt, out: &mut Block) {
        let span = stmt.span;
        let StmtKind::While { condition, mut body, mut orelse } = stmt.kind else { return };
        if !self.needs(&condition) {
            self.block(&mut body);
            self.block(&mut orelse);
            out.push(Stmt { kind: StmtKind::While { condition, body, orelse }, span });
        } else if !orelse.is_empty() {
            let stmt = Stmt { kind: StmtKind::While { condition, body, orelse }, span };
            loop_else::rewrite(stmt, self.scope).into_iter().for_each(|stmt| self.stmt(stmt, out));
        } else {
            let (head, rest) = match condition.kind {
                ExprKind::And(operands) if !self.needs(&operands[0]) => self.split(operands, ExprKind::And),
                kind => (Expr::bool(true).at(span), Expr { kind, ty: Type::Bool, span: condition.span }),
            };
            let mut inner = vec![leave_unless(rest)];
            inner.append(&mut body);
            self.block(&mut inner);
            out.push(Stmt { kind: StmtKind::While { condition: head, body: inner, orelse }, span });
        }
    }

    fn c_loop(
        &mut self,
        mut condition: Expr,
        mut update: Block,
        mut body: Block,
        test_last: bool,
    ) -> StmtKind {
        self.block(&mut update);
        self.block(&mut body);
        if self.needs(&condition) && test_last {
            self.expr(&mut condition, &mut update);
        } else if self.needs(&condition) {
            let test = std::mem::replace(&mut condition, Expr::bool(true));
            let mut inner = vec![leave_unless(test)];
            self.block(&mut inner);
            inner.append(&mut body);
            body = inner;
        }
        StmtKind::Loop { condition, update, body, test_last }
    }
}

/// `if not condition: break`.
fn leave_unless(condition: Expr) -> Stmt {
    let span = condition.span;
    Stmt::if_else(condition.negated(), vec![Stmt::new(StmtKind::Break).at(span)], Block::new()).at(span)
}

/// Takes the expressions out of a place, leaving holes.
fn take_parts(place: &mut Place) -> Vec<Expr> {
    struct Take(Vec<Expr>);
    impl VisitMut for Take {
        fn expr(&mut self, expr: &mut Expr) {
            self.0.push(std::mem::replace(expr, Expr::bool(false)));
        }
    }
    let mut take = Take(Vec::new());
    walk_place_mut(&mut take, place);
    take.0
}

/// Puts back what [`take_parts`] took.
fn put_parts(place: &mut Place, parts: Vec<Expr>) {
    struct Put(std::vec::IntoIter<Expr>);
    impl VisitMut for Put {
        fn expr(&mut self, expr: &mut Expr) {
            if let Some(part) = self.0.next() {
                *expr = part;
            }
        }
    }
    walk_place_mut(&mut Put(parts.into_iter()), place);
}
