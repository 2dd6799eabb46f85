//! Constraints of expressions.

use super::super::cells::{Cell, Head, Missing, Mode};
use super::super::constraint::Constraint;
use super::super::facts::Binding;
use super::super::key::Key;
use super::super::names_of_library::library_constant;
use super::super::narrowing::place;
use super::{Generator, Outcome, is_display};
use grammars::surface::{
    BinaryOp, Clause, CompareOp, ComprehensionKind, Expr, ExprKind, FormatPart, Param, UnaryOp,
};
use grammars::{Rejection, Span};
use std::collections::BTreeMap;

impl<'m> Generator<'m> {
    /// The cell of an expression, with constraints that say what it is.
    pub(super) fn expr(&mut self, e: &'m Expr) -> Outcome<Cell> {
        self.nested(e.span, |g| {
            let cell = g.expr_kind(e)?;
            g.facts.exprs.insert(Key::of(e), cell);
            Ok(cell)
        })
    }

    fn expr_kind(&mut self, e: &'m Expr) -> Outcome<Cell> {
        match &e.kind {
            ExprKind::None => Ok(self.facts.cells.none()),
            ExprKind::Bool(_) => Ok(self.of(Head::Bool)),
            ExprKind::Int(_) => Ok(self.of(Head::Int)),
            ExprKind::Float(_) => Ok(self.of(Head::Float)),
            ExprKind::Str(_) => Ok(self.of(Head::Str)),
            ExprKind::Format(parts) => self.format(parts),
            ExprKind::List(items) => {
                let element = self.display(items)?;
                Ok(self.of(Head::List(element)))
            }
            ExprKind::Set(items) => {
                let element = self.display(items)?;
                Ok(self.of(Head::Set(element)))
            }
            ExprKind::Tuple(items) => self.tuple(items),
            ExprKind::Dict(items) => self.dict(items),
            ExprKind::Star(_) => Err(misplaced_star(e.span)),
            ExprKind::Name(name) => self.name(e, name),
            ExprKind::Library(path) => self.library_value(e, path),
            ExprKind::Attribute { value, name } => self.attribute(e, value, name),
            ExprKind::Subscript { value, index } => self.subscript(e, value, index),
            ExprKind::Slice { value, start, stop, step } => self.slice(e, value, [start, stop, step]),
            ExprKind::Call { callee, args, keywords } => self.call(e, callee, args, keywords),
            ExprKind::Unary { op, operand } => self.unary(e, *op, operand),
            ExprKind::Binary { op, left, right } => self.binary(e, *op, left, right),
            ExprKind::Compare { operands, ops } => self.compare(e, operands, ops),
            ExprKind::And(items) => self.choice(items, true),
            ExprKind::Or(items) => self.choice(items, false),
            ExprKind::IfElse { condition, then, orelse } => self.if_else(condition, then, orelse),
            ExprKind::Lambda { params, body } => self.lambda(params, body),
            ExprKind::Comprehension { kind, element, value, clauses } => {
                self.comprehension(*kind, element, value.as_deref(), clauses)
            }
            ExprKind::Walrus { name, value } => self.walrus(e, name, value),
            ExprKind::Unsupported(rejection) => Err(rejection.clone()),
        }
    }

    fn format(&mut self, parts: &'m [FormatPart]) -> Outcome<Cell> {
        for part in parts {
            if let FormatPart::Value { value, .. } = part {
                self.expr(value)?;
            }
        }
        Ok(self.of(Head::Str))
    }

    /// The element cell of a list or set display.
    fn display(&mut self, items: &'m [Expr]) -> Outcome<Cell> {
        let element = self.fresh();
        for item in items {
            if let ExprKind::Star(inner) = &item.kind {
                let source = self.expr(inner)?;
                self.constrain(Constraint::Iterate { source, element }, item.span);
            } else {
                let value = self.expr(item)?;
                self.flow(value, element, item.span);
            }
        }
        Ok(element)
    }

    fn tuple(&mut self, items: &'m [Expr]) -> Outcome<Cell> {
        if items.iter().any(|i| matches!(i.kind, ExprKind::Star(_))) {
            let element = self.display(items)?;
            return Ok(self.of(Head::VarTuple(element)));
        }
        let mut cells = Vec::new();
        for item in items {
            let value = self.expr(item)?;
            let stored = self.fresh();
            self.flow(value, stored, item.span);
            cells.push(stored);
        }
        Ok(self.of(Head::Tuple(cells)))
    }

    fn dict(&mut self, items: &'m [(Expr, Expr)]) -> Outcome<Cell> {
        let (key, value) = (self.fresh(), self.fresh());
        for (k, v) in items {
            let k_cell = self.expr(k)?;
            self.flow(k_cell, key, k.span);
            let v_cell = self.expr(v)?;
            self.flow(v_cell, value, v.span);
        }
        let cell = self.of(Head::Dict(key, value));
        self.facts.cells.set_missing(cell, Missing::Raises);
        Ok(cell)
    }

    fn name(&mut self, e: &'m Expr, name: &'m str) -> Outcome<Cell> {
        let cell = match self.bind(name, Key::of(e), e.span)? {
            Binding::Variable(id) => {
                self.facts.variables[id.0].reads += 1;
                self.facts.variables[id.0].cell
            }
            Binding::Global(name) => self.facts.read_global(&name),
            Binding::Function(id) => {
                let info = &self.facts.functions[id.0];
                let (params, ret) = (info.params.iter().map(|p| p.cell).collect(), info.ret);
                return Ok(self.of(Head::Function(params, ret)));
            }
            Binding::Class(name) => return self.class_value(&name, e.span),
        };
        Ok(self.narrowed(e, cell))
    }

    /// A class used as a function value: its constructor.
    fn class_value(&mut self, name: &str, span: Span) -> Outcome<Cell> {
        let params = match self.constructor_params(name, span)? {
            Some(params) => params.into_iter().map(|p| p.cell).collect(),
            None => Vec::new(),
        };
        let ret = self.of(Head::Class(name.to_owned()));
        Ok(self.of(Head::Function(params, ret)))
    }

    /// The cell of reading a place of which tests may have excluded `None`.
    pub(super) fn narrowed(&mut self, e: &'m Expr, cell: Cell) -> Cell {
        let Some(place) = place(e) else { return cell };
        let mut cell = cell;
        if let Some(witnesses) = self.narrowing.witnesses(&place).map(<[Cell]>::to_vec) {
            let out = self.fresh();
            self.constrain(Constraint::Narrowed { from: cell, to: out, witnesses }, e.span);
            cell = out;
        }
        let asked = self.narrowing.asked(&place).to_vec();
        if !asked.is_empty() && self.facts.cells.mode != Mode::Plain {
            let out = self.fresh();
            self.constrain(Constraint::Asked { from: cell, to: out, asked }, e.span);
            cell = out;
        }
        cell
    }

    /// A constant of the library, or a function of it used as a value.
    fn library_value(&mut self, e: &'m Expr, path: &'m str) -> Outcome<Cell> {
        if let Some(constant) = library_constant(path) {
            return Ok(self.facts.cells.of_type(&constant.ty));
        }
        let params: Vec<Cell> =
            (0..super::super::names_of_library::arity(path)).map(|_| self.fresh()).collect();
        let out = self.fresh();
        let args = params.iter().map(|p| (e, *p)).collect();
        self.library_call(e, path, args, Vec::new(), out);
        Ok(self.of(Head::Function(params, out)))
    }

    fn attribute(&mut self, e: &'m Expr, value: &'m Expr, name: &'m str) -> Outcome<Cell> {
        if let Some(class) = self.class_named(value)? {
            return self.class_attribute(e, &class, name);
        }
        if let ExprKind::Library(path) = &value.kind
            && library_constant(path).is_none()
        {
            let message = format!("`{path}.{name}` used as a value has no rule.");
            return Err(Rejection::new("infer.library", e.span, message));
        }
        let object = self.expr(value)?;
        let out = self.fresh();
        self.constrain(Constraint::Attribute { key: Key::of(e), object, name, out }, e.span);
        Ok(self.narrowed(e, out))
    }

    /// The class that the expression names, if it does.
    pub(super) fn class_named(&mut self, e: &'m Expr) -> Outcome<Option<String>> {
        let ExprKind::Name(name) = &e.kind else { return Ok(None) };
        let is_cls = self.function.is_some_and(|id| {
            let info = &self.facts.functions[id.0];
            info.kind == super::FunctionKind::ClassMethod
                && info.node.params.first().is_some_and(|p| p.name == *name)
        });
        if is_cls {
            let owner = self.function.and_then(|id| self.facts.functions[id.0].owner.clone());
            if let Some(owner) = &owner {
                self.facts.bindings.insert(Key::of(e), Binding::Class(owner.clone()));
            }
            return Ok(owner);
        }
        match self.bind(name, Key::of(e), e.span)? {
            Binding::Class(class) => Ok(Some(class)),
            _ => Ok(None),
        }
    }

    fn class_attribute(&mut self, e: &'m Expr, class: &str, name: &str) -> Outcome<Cell> {
        match self.facts.find_constant(class, name) {
            Some((_, cell)) => Ok(cell),
            None => {
                let message = format!("`{class}.{name}` is not a constant of the class.");
                Err(Rejection::new("infer.class-attribute", e.span, message))
            }
        }
    }

    fn subscript(&mut self, e: &'m Expr, value: &'m Expr, index: &'m Expr) -> Outcome<Cell> {
        let base = self.expr(value)?;
        let index_cell = self.expr(index)?;
        let out = self.fresh();
        let constraint = Constraint::Subscript {
            key: Key::of(e),
            base,
            index: index_cell,
            position: literal_int(index),
            out,
        };
        self.constrain(constraint, e.span);
        Ok(self.narrowed(e, out))
    }

    fn slice(&mut self, e: &'m Expr, value: &'m Expr, bounds: [&'m Option<Box<Expr>>; 3]) -> Outcome<Cell> {
        let base = self.expr(value)?;
        for bound in bounds.into_iter().flatten() {
            let cell = self.expr(bound)?;
            let int = self.of(Head::Int);
            self.flow(cell, int, bound.span);
        }
        let out = self.fresh();
        let literal = |bound: &Option<Box<Expr>>| match bound {
            None => Some(None),
            Some(b) => literal_int(b).map(Some),
        };
        let known = match (literal(bounds[0]), literal(bounds[1]), bounds[2]) {
            (Some(start), Some(stop), None) => Some((start, stop)),
            _ => None,
        };
        self.constrain(Constraint::Slice { base, bounds: known, out }, e.span);
        Ok(out)
    }

    fn unary(&mut self, e: &'m Expr, op: UnaryOp, operand: &'m Expr) -> Outcome<Cell> {
        if op == UnaryOp::Not {
            self.condition(operand)?;
            return Ok(self.of(Head::Bool));
        }
        let cell = self.expr(operand)?;
        let out = self.fresh();
        self.constrain(Constraint::Unary { op, operand: cell, out }, e.span);
        Ok(out)
    }

    fn binary(&mut self, e: &'m Expr, op: BinaryOp, left: &'m Expr, right: &'m Expr) -> Outcome<Cell> {
        let left_cell = self.expr(left)?;
        let right_cell = self.expr(right)?;
        let out = self.fresh();
        let constraint = Constraint::Binary {
            key: Key::of(e),
            op,
            left: left_cell,
            right: right_cell,
            out,
            operands: (left, right),
        };
        self.constrain(constraint, e.span);
        Ok(out)
    }

    fn compare(&mut self, e: &'m Expr, operands: &'m [Expr], ops: &'m [CompareOp]) -> Outcome<Cell> {
        let cells = operands.iter().map(|o| self.expr(o)).collect::<Outcome<Vec<_>>>()?;
        for (at, op) in ops.iter().enumerate() {
            let (Some((left, right)), Some((a, b))) =
                (cells.get(at).zip(cells.get(at + 1)), operands.get(at).zip(operands.get(at + 1)))
            else {
                continue;
            };
            match op {
                CompareOp::In | CompareOp::NotIn => {
                    self.constrain(Constraint::Contains { item: *left, container: *right }, e.span);
                }
                CompareOp::Is | CompareOp::IsNot => {}
                _ => self.equal(*left, *right, (is_display(a), is_display(b)), e.span),
            }
        }
        if let (
            true,
            [left, right],
            [CompareOp::Eq | CompareOp::Ne | CompareOp::Lt | CompareOp::Le | CompareOp::Gt | CompareOp::Ge],
        ) = (self.facts.uses_arrays, cells.as_slice(), ops)
        {
            let out = self.fresh();
            self.constrain(Constraint::Compare { left: *left, right: *right, out }, e.span);
            return Ok(out);
        }
        Ok(self.of(Head::Bool))
    }

    /// An expression of which only the truth matters: the operands of `and` and `or` need not have one
    /// type.
    pub(super) fn condition(&mut self, e: &'m Expr) -> Outcome<()> {
        let (items, conjunction) = match &e.kind {
            ExprKind::And(items) => (items, true),
            ExprKind::Or(items) => (items, false),
            _ => return self.expr(e).map(drop),
        };
        let outer = self.narrowing.clone();
        self.nested(e.span, |g| {
            items.iter().try_for_each(|item| {
                g.condition(item)?;
                g.narrowing.assume(item, conjunction);
                Ok(())
            })
        })?;
        self.narrowing = outer;
        Ok(())
    }

    fn choice(&mut self, items: &'m [Expr], conjunction: bool) -> Outcome<Cell> {
        let outer = self.narrowing.clone();
        let out = self.fresh();
        for (at, item) in items.iter().enumerate() {
            let from = self.expr(item)?;
            let last = at + 1 == items.len();
            let drop_none = !conjunction && !last;
            self.constrain(Constraint::Choice { from, to: out, drop_none }, item.span);
            self.narrowing.assume(item, conjunction);
        }
        self.narrowing = outer;
        Ok(out)
    }

    fn if_else(&mut self, condition: &'m Expr, then: &'m Expr, orelse: &'m Expr) -> Outcome<Cell> {
        self.condition(condition)?;
        let outer = self.narrowing.clone();
        let out = self.fresh();
        let guards = self.guards_of(condition);
        for (branch, outcome) in [(then, true), (orelse, false)] {
            self.narrowing.assume(condition, outcome);
            let cell = self.guarded(&guards, outcome, |g| {
                let cell = g.expr(branch)?;
                g.flow(cell, out, branch.span);
                Ok(cell)
            });
            cell?;
            self.narrowing = outer.clone();
        }
        Ok(out)
    }

    fn lambda(&mut self, params: &'m [Param], body: &'m Expr) -> Outcome<Cell> {
        let mut frame = BTreeMap::new();
        let mut cells = Vec::new();
        for param in params {
            let id = self.new_variable(&param.name, self.scope, true);
            let cell = self.facts.variables[id.0].cell;
            if let Some(default) = &param.default {
                let value = self.expr(default)?;
                self.flow(value, cell, default.span);
            }
            frame.insert(param.name.as_str(), id);
            cells.push(cell);
        }
        self.frames.push(frame);
        let result = self.expr(body);
        self.frames.pop();
        let ret = self.fresh();
        self.flow(result?, ret, body.span);
        Ok(self.of(Head::Function(cells, ret)))
    }

    fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        element: &'m Expr,
        value: Option<&'m Expr>,
        clauses: &'m [Clause],
    ) -> Outcome<Cell> {
        let outer = self.narrowing.clone();
        self.frames.push(BTreeMap::new());
        let result = self.in_comprehension(kind, element, value, clauses);
        self.frames.pop();
        self.narrowing = outer;
        result
    }

    fn in_comprehension(
        &mut self,
        kind: ComprehensionKind,
        element: &'m Expr,
        value: Option<&'m Expr>,
        clauses: &'m [Clause],
    ) -> Outcome<Cell> {
        for clause in clauses {
            self.clause(clause)?;
        }
        let item = self.expr(element)?;
        let stored = self.fresh();
        self.flow(item, stored, element.span);
        Ok(match kind {
            ComprehensionKind::List => self.of(Head::List(stored)),
            ComprehensionKind::Set => self.of(Head::Set(stored)),
            ComprehensionKind::Generator => self.of(Head::Iter(stored)),
            ComprehensionKind::Dict => {
                let values = self.fresh();
                if let Some(value) = value {
                    let cell = self.expr(value)?;
                    self.flow(cell, values, value.span);
                }
                self.of(Head::Dict(stored, values))
            }
        })
    }

    fn clause(&mut self, clause: &'m Clause) -> Outcome<()> {
        let source = self.expr(&clause.iter)?;
        let element = self.fresh();
        self.constrain(Constraint::Iterate { source, element }, clause.iter.span);
        self.declare_inner(&clause.target);
        self.store(&clause.target, element, false)?;
        for condition in &clause.conditions {
            self.condition(condition)?;
            self.narrowing.assume(condition, true);
        }
        Ok(())
    }

    /// Makes the names of a clause's target variables of the comprehension.
    fn declare_inner(&mut self, target: &'m Expr) {
        match &target.kind {
            ExprKind::Name(name) => {
                let id = self.new_variable(name, self.scope, true);
                self.narrowing.forget(name);
                if let Some(frame) = self.frames.last_mut() {
                    frame.insert(name, id);
                }
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                items.iter().for_each(|t| self.declare_inner(t));
            }
            ExprKind::Star(inner) => self.declare_inner(inner),
            _ => {}
        }
    }

    fn walrus(&mut self, e: &'m Expr, name: &'m str, value: &'m Expr) -> Outcome<Cell> {
        let cell = self.expr(value)?;
        if let Binding::Variable(id) = self.bind(name, Key::of(e), e.span)? {
            let target = self.facts.variables[id.0].cell;
            self.flow(cell, target, e.span);
            self.narrowing.store(name.to_owned(), cell);
        }
        Ok(cell)
    }
}

/// The value of an integer literal, also with a minus sign.
pub(in super::super) fn literal_int(e: &Expr) -> Option<i64> {
    match &e.kind {
        ExprKind::Int(digits) => digits.parse().ok(),
        ExprKind::Unary { op: UnaryOp::Neg, operand } => literal_int(operand).map(|n| -n),
        _ => None,
    }
}

pub(super) fn misplaced_star(span: Span) -> Rejection {
    Rejection::new("infer.star", span, "A starred expression stands where it has no rule.")
}
