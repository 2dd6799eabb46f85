//! Statements.

use super::keyed::is_tally;
use super::{Lower, Lowering, MAX_DEPTH, reject};
use crate::julia::names;
use crate::julia::tree::{Expr, Stmt};
use grammars::ir::names::names_assigned;
use grammars::ir::{self, BinaryOp, Block, ExprKind, IndexMode, Intrinsic, Overflow, Place, StmtKind, Type};

impl Lower<'_> {
    /// A statement list, with the declarations that Julia's scopes need.
    pub(super) fn block(&mut self, block: &Block) -> Lowering<Vec<Stmt>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let span = block.first().map(|stmt| stmt.span).unwrap_or_default();
            return reject("julia.too-deep", span, "statements are nested too deeply");
        }
        let mut lowered = Vec::new();
        for stmt in block {
            let declared = self.scope.declarations.before(stmt).to_vec();
            if !declared.is_empty() {
                lowered.push(Stmt::Local(declared.iter().map(|name| self.local(name)).collect()));
            }
            self.note_keys(stmt, &mut lowered)?;
            let changed = self.learnt_and_changed(stmt);
            // A loop may come back with another value.
            if matches!(stmt.kind, StmtKind::For { .. } | StmtKind::While { .. } | StmtKind::Loop { .. }) {
                changed.iter().for_each(|name| self.unlearn(name));
            }
            self.stmt(stmt, &mut lowered)?;
            changed.iter().for_each(|name| self.unlearn(name));
        }
        self.depth -= 1;
        Ok(lowered)
    }

    /// The variables of which a condition around said something that `stmt` makes void.
    fn learnt_and_changed(&self, stmt: &ir::Stmt) -> Vec<String> {
        if self.scope.learnt.is_empty() {
            return Vec::new();
        }
        let mut changed = names_assigned(&vec![stmt.clone()]);
        changed.retain(|name| self.scope.learnt.contains_key(name));
        changed
    }

    fn stmt(&mut self, stmt: &ir::Stmt, out: &mut Vec<Stmt>) -> Lowering<()> {
        match &stmt.kind {
            StmtKind::Comment { text, trailing } => comment(text, *trailing, out),
            StmtKind::Assign { place: place @ Place::Variable { .. }, value } if is_tally(value) => {
                let counting = self.counting(place, value)?;
                out.extend(counting);
            }
            StmtKind::Assign { place: place @ Place::Variable { name, ty }, value }
                if self.is_update(name, ty, value) =>
            {
                if let ExprKind::Binary { op, overflow, right, .. } = &value.kind {
                    let assigned = self.augmented(place, *op, *overflow, right, stmt)?;
                    out.push(assigned);
                }
            }
            StmtKind::Assign { place, value } => {
                let assigned = self.assign(place, value)?;
                out.push(assigned);
                out.extend(self.first_keys(place, value)?);
                self.note_characters(place, out);
            }
            StmtKind::AugAssign { place, op, overflow, value } => {
                let assigned = self.augmented(place, *op, *overflow, value, stmt)?;
                out.push(assigned);
            }
            StmtKind::Expr(expr) => {
                let value = self.lower_loose(expr)?;
                out.push(Stmt::Expr(value));
            }
            StmtKind::If { branches, orelse } => self.conditional(branches, orelse, out)?,
            StmtKind::While { condition, body, orelse } => {
                out.extend(self.while_loop(condition, body, orelse)?);
            }
            StmtKind::For { pattern, iter, body, orelse } => {
                out.extend(self.for_loop(stmt, pattern, iter, body, orelse)?);
            }
            StmtKind::Loop { condition, update, body, test_last } => {
                out.extend(self.c_loop(condition, update, body, *test_last)?);
            }
            StmtKind::Return(None) => out.push(Stmt::Return(None)),
            StmtKind::Return(Some(value)) if self.scope.returns_nothing => {
                if !matches!(value.kind, ExprKind::None) {
                    let value = self.lower_expr(value)?;
                    out.push(Stmt::Expr(value));
                }
                out.push(Stmt::Return(None));
            }
            StmtKind::Return(Some(value)) => {
                let value = self.returned(value)?;
                out.push(Stmt::Return(Some(value)));
            }
            StmtKind::Break => out.extend(self.break_loop()),
            StmtKind::Continue => out.push(Stmt::Continue),
            StmtKind::Pass => {}
            StmtKind::Raise { kind, message } => {
                let raised = self.raise(kind, message.as_ref(), stmt.span)?;
                out.push(raised);
            }
            StmtKind::Reraise => out.push(Stmt::Expr(Expr::base_call("rethrow", vec![]))),
            StmtKind::Try { body, handlers, orelse, finally } => {
                out.extend(self.guarded(body, handlers, orelse, finally, stmt.span)?);
            }
            StmtKind::Assert { condition, message } => {
                let assertion = self.assertion(condition, message.as_ref())?;
                out.push(assertion);
            }
            StmtKind::ExpectRaise { kinds, body } => {
                let check = self.expect_raise(kinds, body)?;
                out.push(check);
            }
            StmtKind::Function(function) => {
                let nested = self.nested_function(function)?;
                out.push(Stmt::Function(nested));
            }
        }
        Ok(())
    }

    /// `x = x + value` of a number or text, which may be written `x += value`.
    fn is_update(&self, name: &str, ty: &Type, value: &ir::Expr) -> bool {
        let ExprKind::Binary { op, overflow, left, .. } = &value.kind else { return false };
        matches!(ty, Type::Int | Type::Float | Type::Str)
            && left.as_local() == Some(name)
            && !self.scope.chars_after.contains_key(name)
            && plain_update(ty, *op, *overflow).is_some()
    }

    /// A result: the declared type converts what it can, so texts may have any form but `Char`.
    fn returned(&mut self, value: &ir::Expr) -> Lowering<Expr> {
        let converts = !self.scope.nested_body
            && self.repr(value) != super::text::Repr::Char
            && self.element_repr(value) != super::text::Repr::Char;
        if converts { self.lower_loose(value) } else { self.lower_expr(value) }
    }

    fn conditional(
        &mut self,
        branches: &[(ir::Expr, Block)],
        orelse: &Block,
        out: &mut Vec<Stmt>,
    ) -> Lowering<()> {
        let mut lowered = Vec::new();
        for (condition, block) in branches {
            let lowered_condition = self.lower_expr(condition)?;
            lowered.push((lowered_condition, self.block_under(condition, block)?));
        }
        let orelse = self.block(orelse)?;
        out.push(Stmt::If(lowered, orelse));
        Ok(())
    }

    fn assign(&mut self, place: &Place, value: &ir::Expr) -> Lowering<Stmt> {
        if let Place::Slice { base, start, stop } = place {
            let range = self.slice_range(base, start.as_ref(), stop.as_ref())?;
            let (list, items) = (self.lower_expr(base)?, self.lower_expr(value)?);
            return Ok(Stmt::Expr(Expr::base_call("splice!", vec![list, range, items])));
        }
        if let Place::Part(selection) = place {
            return self.assign_part(selection, value);
        }
        let value = match place {
            Place::Variable { name, .. } if self.scope.offsets.contains_key(name) => {
                let offset = self.scope.offsets.get(name).copied().unwrap_or(0);
                self.sum(value, offset)?
            }
            _ => self.lower_expr(value)?,
        };
        Ok(Stmt::Assign(self.place(place)?, "=", value))
    }

    pub(super) fn place(&mut self, place: &Place) -> Lowering<Expr> {
        Ok(match place {
            Place::Variable { name, .. } => self.name(name),
            Place::Item { base, index, .. } if matches!(base.ty, Type::Dict(..)) => {
                Expr::index(self.lower_expr(base)?, self.lower_expr(index)?)
            }
            Place::Item { base, index, mode } => self.element(base, index, *mode)?,
            Place::Field { object, field, .. } => {
                Expr::Field(Box::new(self.lower_expr(object)?), names::legal(field))
            }
            Place::Slice { base, .. } => {
                return reject("julia.slice-assignment", base.span, "a slice among several places");
            }
            Place::Part(selection) if !matches!(selection.ty, Type::Array { .. }) => {
                self.array_place(selection)?
            }
            Place::Part(selection) => {
                return reject(
                    "julia.array",
                    selection.span,
                    "several items of an array among several places",
                );
            }
            Place::Tuple(places) => {
                Expr::Tuple(places.iter().map(|place| self.place(place)).collect::<Lowering<Vec<_>>>()?)
            }
        })
    }

    /// Behind the assignment of a text that is indexed later: its characters.
    fn note_characters(&mut self, place: &Place, out: &mut Vec<Stmt>) {
        let Place::Variable { name, .. } = place else { return };
        if let Some(chars) = self.scope.chars_after.get(name).cloned() {
            let characters = Expr::base_call("collect", vec![self.local(name)]);
            out.push(Stmt::Assign(Expr::Local(chars.clone()), "=", characters));
            self.scope.chars.insert(name.clone(), chars);
        }
    }

    fn augmented(
        &mut self,
        place: &Place,
        op: BinaryOp,
        overflow: Overflow,
        value: &ir::Expr,
        stmt: &ir::Stmt,
    ) -> Lowering<Stmt> {
        let ty = place.ty();
        if matches!((place, &ty), (Place::Part(_), _) | (_, Type::Array { .. })) {
            return self.update_array(place, op, value);
        }
        match (&ty, op) {
            (Type::List(_), BinaryOp::Concat | BinaryOp::Add) => {
                let list = place_value(place, &ty, stmt);
                let extend = ir::Expr::intrinsic(Intrinsic::Extend, vec![list, value.clone()], Type::None);
                return Ok(Stmt::Expr(self.lower_expr(&extend)?));
            }
            (Type::Set(_), _) => {
                let function = match op {
                    BinaryOp::Union => "union!",
                    BinaryOp::Intersection => "intersect!",
                    BinaryOp::Difference | BinaryOp::Sub => "setdiff!",
                    _ => "symdiff!",
                };
                let (set, items) = (self.place(place)?, self.lower_expr(value)?);
                return Ok(Stmt::Expr(Expr::base_call(function, vec![set, items])));
            }
            (Type::Dict(..), _) => {
                let (dict, other) = (self.place(place)?, self.lower_expr(value)?);
                return Ok(Stmt::Expr(Expr::base_call("merge!", vec![dict, other])));
            }
            _ => {}
        }
        if let Some(symbol) = plain_update(&ty, op, overflow) {
            let target = self.place(place)?;
            let value = if ty == Type::Str { self.lower_loose(value)? } else { self.operand(value)? };
            self.note_update(&ty, op, overflow);
            return Ok(Stmt::Assign(target, symbol, value));
        }
        // The rest is written out: `x = fld(x, y)`.
        let current = place_value(place, &ty, stmt);
        let kind = ExprKind::Binary { op, overflow, left: Box::new(current), right: Box::new(value.clone()) };
        let whole = ir::Expr { kind, ty, span: stmt.span };
        self.assign(place, &whole)
    }

    /// An operand of `+=` and its like: a float variable takes an integer as it is.
    fn operand(&mut self, value: &ir::Expr) -> Lowering<Expr> {
        match &value.kind {
            ExprKind::Convert { conversion: ir::Conversion::IntToFloat, value } => self.lower_expr(value),
            _ => self.lower_expr(value),
        }
    }

    fn note_update(&mut self, ty: &Type, op: BinaryOp, overflow: Overflow) {
        let grows =
            matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Pow | BinaryOp::Shl);
        if *ty == Type::Int && overflow == Overflow::Unbounded && grows {
            self.note_domain("integers stay within 64 bits");
        }
    }
}

/// The assignment operator for an update that Julia has one for.
fn plain_update(ty: &Type, op: BinaryOp, overflow: Overflow) -> Option<&'static str> {
    if overflow == Overflow::Wrap32 {
        return None;
    }
    Some(match (op, ty) {
        (BinaryOp::Concat | BinaryOp::Add, Type::Str) => "*=",
        (BinaryOp::Add, _) => "+=",
        (BinaryOp::Sub, _) => "-=",
        (BinaryOp::Mul, _) => "*=",
        (BinaryOp::Pow, _) => "^=",
        (BinaryOp::BitAnd, Type::Int | Type::Bool) => "&=",
        (BinaryOp::BitOr, Type::Int | Type::Bool) => "|=",
        (BinaryOp::BitXor, Type::Int | Type::Bool) => "⊻=",
        (BinaryOp::Shl, Type::Int) => "<<=",
        (BinaryOp::Shr, Type::Int) => ">>=",
        (BinaryOp::TruncDiv, Type::Int) => "÷=",
        (BinaryOp::TruncRem, Type::Int) => "%=",
        _ => return None,
    })
}

/// What a place holds, as an expression.
fn place_value(place: &Place, ty: &Type, stmt: &ir::Stmt) -> ir::Expr {
    let kind = match place {
        Place::Variable { name, .. } => ExprKind::Local(name.clone()),
        Place::Item { base, index, .. } if matches!(base.ty, Type::Dict(..)) => {
            ExprKind::Lookup { base: Box::new(base.clone()), key: Box::new(index.clone()) }
        }
        Place::Item { base, index, mode } => {
            ExprKind::Index { base: Box::new(base.clone()), index: Box::new(index.clone()), mode: *mode }
        }
        Place::Field { object, field, .. } => {
            ExprKind::Field { object: Box::new(object.clone()), field: field.clone() }
        }
        Place::Slice { base, .. } => ExprKind::Index {
            base: Box::new(base.clone()),
            index: Box::new(ir::Expr::int(0)),
            mode: IndexMode::Python,
        },
        Place::Part(selection) => selection.kind.clone(),
        Place::Tuple(_) => ExprKind::None,
    };
    ir::Expr { kind, ty: ty.clone(), span: stmt.span }
}

fn comment(text: &str, trailing: bool, out: &mut Vec<Stmt>) {
    match out.pop() {
        Some(before) if trailing && one_line(&before) => {
            out.push(Stmt::Trailing(Box::new(before), text.trim().to_string()));
        }
        before => {
            out.extend(before);
            out.push(Stmt::Comment(text.trim().to_string()));
        }
    }
}

/// Whether a statement ends on the line it starts on.
fn one_line(stmt: &Stmt) -> bool {
    matches!(
        stmt,
        Stmt::Expr(_) | Stmt::Assign(..) | Stmt::Return(_) | Stmt::Break | Stmt::Continue | Stmt::Macro(..)
    )
}
