//! Storing values: every expression is lowered towards the place that it goes to.

use super::number::function;
use super::text::is_operand;
use super::{Lower, Result, Var, reject, unstorable};
use crate::cobol::layout::{Shape, node};
use crate::cobol::loc::Loc;
use crate::cobol::names::word;
use crate::cobol::tree::{ArithOp, Expr, Ref, Stmt};
use grammars::Span;
use grammars::ir::names::free_names;
use grammars::ir::{self, BinaryOp, Conversion, ExprKind, Intrinsic, Overflow, Type};

impl Lower<'_> {
    /// The place of a variable; declared when it is first named.
    pub fn variable(&mut self, name: &str, ty: &Type, span: Span) -> Result<Loc> {
        match self.vars.get(name) {
            Some(Var::Stored(place)) => return Ok(place.clone()),
            Some(Var::Char(item)) => {
                let text = super::text::Text::char(item.clone());
                let wish = if name.contains('$') { "ONE-CHAR".to_string() } else { word(name) };
                let place = self.temp(&wish, ty, span)?;
                self.move_text(&place, text);
                return Ok(place);
            }
            Some(Var::Number(value)) => {
                let value = value.clone();
                let wish = if name.contains('$') { "NUMBER-HELD".to_string() } else { word(name) };
                let place = self.temp(&wish, ty, span)?;
                self.store_number(&place, value);
                return Ok(place);
            }
            Some(Var::Parts(parts)) => {
                let tuple = ir::Expr::new(ExprKind::Tuple(parts.clone()), ty.clone());
                let wish = if name.contains('$') { "WORK-GROUP".to_string() } else { word(name) };
                let place = self.temp(&wish, ty, span)?;
                self.assign(&place, &tuple)?;
                return Ok(place);
            }
            None => {}
        }
        let node = node(&mut self.names, &word(name), ty).ok_or_else(|| unstorable(ty, span))?;
        self.storage.push(node.clone());
        if self.roomy_locals.contains(name) {
            self.roomy.insert(node.name.clone());
        }
        let place = Loc::record(node);
        self.vars.insert(name.to_string(), Var::Stored(place.clone()));
        Ok(place)
    }

    /// A place that holds the value: its own, or a scratch item that it is put in.
    pub fn stored(&mut self, e: &ir::Expr) -> Result<Loc> {
        if let Some(place) = self.place(e)? {
            return Ok(place);
        }
        let place = self.temp(&self.wish_for(e), &e.ty, e.span)?;
        self.assign(&place, e)?;
        Ok(place)
    }

    /// The place that an expression names, if it names one.
    pub fn place(&mut self, e: &ir::Expr) -> Result<Option<Loc>> {
        match &e.kind {
            ExprKind::Local(name) => self.variable(name, &e.ty, e.span).map(Some),
            ExprKind::Global(name) => self.constant(name, e.span).map(Some),
            ExprKind::Index { base, index, .. } if self.known_part(base, index).is_some() => {
                match self.known_part(base, index) {
                    Some(part) => self.stored(&part).map(Some),
                    None => Ok(None),
                }
            }
            ExprKind::Index { base, index, mode } if !base.ty.is_text() => {
                let base_place = self.stored(base)?;
                if let (Shape::Parts(_), Some(at)) = (&base_place.node.shape, index.as_int()) {
                    let parts = if let Type::Tuple(parts) = &base.ty { parts.len() as i128 } else { 0 };
                    let at = usize::try_from(if at < 0 { at + parts } else { at }).unwrap_or(usize::MAX);
                    return Ok(base_place.part(at));
                }
                let Some(count) = base_place.count() else {
                    return reject(
                        "index",
                        e.span,
                        "this value is indexed by something unknown before it runs",
                    );
                };
                let position = self.index_position(count.into(), index, *mode)?;
                Ok(base_place.element(position))
            }
            ExprKind::Lookup { base, key } => self.looked_up(base, key).map(Some),
            ExprKind::Field { object, field } => self.field(object, field).map(Some),
            ExprKind::Intrinsic { op: Intrinsic::SetDefault, args } if args.len() == 3 => {
                let table = self.stored(&args[0])?;
                let position = self.entry_for(&table, &args[1], Some(&args[2]))?;
                Ok(table.entry_value(position.into()))
            }
            ExprKind::Convert { conversion: Conversion::Unwrap, value } => {
                let place = self.stored(value)?;
                Ok(Some(place.option().map_or(place.clone(), |(_, inner)| inner)))
            }
            _ => Ok(None),
        }
    }

    /// The field of an object.
    pub fn field(&mut self, object: &ir::Expr, field: &str) -> Result<Loc> {
        let at = match &object.ty {
            Type::Class(class) => {
                self.names.fields(class).and_then(|fields| fields.iter().position(|(name, _)| name == field))
            }
            _ => None,
        };
        let place = self.stored(object)?;
        match at.and_then(|at| place.part(at)) {
            Some(part) => Ok(part),
            None => reject("class", object.span, format!("the attribute {field} has no COBOL item")),
        }
    }

    /// The part at `index` of a tuple whose parts are read where they are.
    fn known_part(&self, base: &ir::Expr, index: &ir::Expr) -> Option<ir::Expr> {
        let Some(Var::Parts(parts)) = self.vars.get(base.as_local()?) else { return None };
        let at = index.as_int()?;
        let at = if at < 0 { at + parts.len() as i128 } else { at };
        parts.get(usize::try_from(at).ok()?).cloned()
    }

    /// Stores the value of `e` at `dest`.
    pub fn assign(&mut self, dest: &Loc, e: &ir::Expr) -> Result<()> {
        if let ExprKind::IfElse { condition, then, orelse } = &e.kind {
            let cond = self.cond(condition)?;
            let yes = self.block(|this| this.assign(dest, then))?;
            let no = self.block(|this| this.assign(dest, orelse))?;
            self.emit(Stmt::If(cond, yes, no));
            return Ok(());
        }
        match &e.ty {
            Type::Int | Type::Float if is_arithmetic(e) => self.assign_number(dest, e),
            Type::Bool if !matches!(e.kind, ExprKind::Call { .. } | ExprKind::Lookup { .. }) => {
                match dest.condition() {
                    Some(name) if !self.needs_producer(e) => self.assign_flag(name, e),
                    _ => self.produce(dest, e),
                }
            }
            Type::Str | Type::Char if is_operand(e) => self.assign_operand(dest, e),
            _ => match self.place(e)? {
                Some(place) => {
                    self.copy(&place, dest);
                    Ok(())
                }
                None => self.produce(dest, e),
            },
        }
    }

    /// Whether a `Bool` is found by statements and not by a condition.
    pub fn needs_producer(&self, e: &ir::Expr) -> bool {
        matches!(
            &e.kind,
            ExprKind::Intrinsic { op: Intrinsic::Any | Intrinsic::All, .. } | ExprKind::CallValue { .. }
        )
    }

    fn assign_operand(&mut self, dest: &Loc, e: &ir::Expr) -> Result<()> {
        let text = self.text(e)?;
        let overlaps =
            text.whole.is_none() && self.reads_record(e, &dest.record) && dest.node.ty == Type::Str;
        if !overlaps {
            self.move_text(dest, text);
            return Ok(());
        }
        let held = self.temp("HELD-TEXT", &Type::Str, e.span)?;
        self.move_text(&held, text);
        self.copy(&held, dest);
        Ok(())
    }

    /// Copies a whole value.
    pub fn copy(&mut self, from: &Loc, to: &Loc) {
        if from != to {
            self.emit(Stmt::Move(from.item().into(), to.item()));
        }
    }

    fn assign_number(&mut self, dest: &Loc, e: &ir::Expr) -> Result<()> {
        // A quotient that goes straight into an integer item is truncated there.
        if let ExprKind::Binary { op: BinaryOp::FloorDiv | BinaryOp::TruncDiv, left, right, .. } = &e.kind
            && e.ty == Type::Int
            && (matches!(&e.kind, ExprKind::Binary { op: BinaryOp::TruncDiv, .. })
                || super::position::non_negative(left) && super::position::non_negative(right))
        {
            let (a, b) = (self.number(left)?, self.number(right)?);
            self.compute(dest.item(), Expr::Binary(ArithOp::Div, Box::new(a), Box::new(b)), Vec::new());
            return Ok(());
        }
        if let Some(flag) = added_flag(e, dest, self) {
            let cond = self.cond(&flag)?;
            self.emit(Stmt::If(cond, vec![Stmt::Add(Expr::int(1), dest.item())], Vec::new()));
            return Ok(());
        }
        let value = self.number(e)?;
        if grows(e) {
            let paragraph = self.number_overflow();
            self.compute(dest.item(), value, vec![paragraph]);
            return Ok(());
        }
        let value = match value {
            Expr::Function("INTEGER-PART", mut args) if dest.node.ty == Type::Int && args.len() == 1 => {
                match args.remove(0) {
                    argument @ Expr::Binary(..) => argument,
                    argument => function("INTEGER-PART", vec![argument]),
                }
            }
            other => other,
        };
        self.store_number(dest, value);
        Ok(())
    }

    /// Stores a number by the plainest statement.
    pub fn store_number(&mut self, dest: &Loc, value: Expr) {
        let target = dest.item();
        let is_target = |e: &Expr| matches!(e, Expr::Ref(item) if *item == target);
        match value {
            Expr::Ref(item) if item == target => {}
            Expr::Number(_) | Expr::Ref(_) | Expr::Function(..) => self.emit(Stmt::Move(value, target)),
            Expr::Binary(ArithOp::Add, left, right) if is_target(&left) && is_term(&right) => {
                self.emit(Stmt::Add(*right, target));
            }
            Expr::Binary(ArithOp::Add, left, right) if is_target(&right) && is_term(&left) => {
                self.emit(Stmt::Add(*left, target));
            }
            Expr::Binary(ArithOp::Sub, left, right) if is_target(&left) && is_term(&right) => {
                self.emit(Stmt::Subtract(*right, target));
            }
            other => self.compute(target, other, Vec::new()),
        }
    }

    /// `COMPUTE target = value`.
    pub fn compute(&mut self, target: Ref, value: Expr, size_error: Vec<Stmt>) {
        self.emit(Stmt::Compute { target, rounded: "", value, size_error });
    }

    /// Whether `e` reads something that lies in the record `record`.
    pub fn reads_record(&self, e: &ir::Expr, record: &str) -> bool {
        free_names(e).iter().any(|name| match self.vars.get(name) {
            Some(Var::Stored(place)) => place.record == record || subscripts_read(&place.subscripts, record),
            Some(Var::Char(item)) => self.record_of(&item.name).is_some_and(|r| r == record),
            Some(Var::Parts(parts)) => parts.iter().any(|part| self.reads_record(part, record)),
            Some(Var::Number(_)) | None => false,
        })
    }

    /// The record that holds the item called `name`.
    pub fn record_of(&self, name: &str) -> Option<&str> {
        let linked = self.vars.values().filter_map(|var| match var {
            Var::Stored(place) if place.is_record() => Some(&place.node),
            _ => None,
        });
        self.storage.iter().chain(linked).find(|node| holds(node, name)).map(|node| node.name.as_str())
    }

    /// What an expression's value would be called.
    pub fn wish_for(&self, e: &ir::Expr) -> String {
        let wish = match &e.kind {
            ExprKind::Call { function, .. } => match self.context.signatures.get(function) {
                Some(signature) => return signature.result.clone(),
                None => "CALL-RESULT",
            },
            ExprKind::IfElse { .. } => "CHOSEN-VALUE",
            ExprKind::Slice { base, .. } if !base.ty.is_text() => "PART-LIST",
            ExprKind::Slice { .. } => "PART-TEXT",
            ExprKind::Comprehension { .. } => "COLLECTED-LIST",
            ExprKind::Format(_) => "LINE-TEXT",
            ExprKind::Binary { op: BinaryOp::Concat, .. } => "JOINED",
            ExprKind::Intrinsic { op, .. } => match op {
                Intrinsic::Sum => "SUM-OF-ITEMS",
                Intrinsic::Min { .. } => "SMALLEST",
                Intrinsic::Max { .. } => "LARGEST",
                Intrinsic::Count => "OCCURRENCES",
                Intrinsic::Sorted { .. } => "SORTED-LIST",
                Intrinsic::Split | Intrinsic::SplitWhitespace => "WORD-LIST",
                Intrinsic::ToSet => "DISTINCT-SET",
                Intrinsic::Find | Intrinsic::IndexOf => "FOUND-INDEX",
                Intrinsic::Pop | Intrinsic::PopFirst => "REMOVED",
                _ => "",
            },
            _ => "",
        };
        if !wish.is_empty() {
            return wish.to_string();
        }
        let by_type = match &e.ty {
            Type::Bool => "OUTCOME",
            Type::Int => "INT-VALUE",
            Type::Float => "REAL-VALUE",
            Type::Char => "ONE-CHAR",
            Type::Str => "WORK-TEXT",
            Type::List(_) => "WORK-LIST",
            Type::Set(_) => "WORK-SET",
            Type::Dict(..) => "WORK-TABLE",
            Type::Tuple(_) => "WORK-GROUP",
            _ => "WORK-ITEM",
        };
        by_type.to_string()
    }

    /// Stores a value that statements have to build.
    pub fn produce(&mut self, dest: &Loc, e: &ir::Expr) -> Result<()> {
        match &e.kind {
            ExprKind::None => self.assign_none(dest, e),
            ExprKind::Convert { conversion: Conversion::ToOptional, value } => {
                self.assign_present(dest, value)
            }
            ExprKind::Call { function, args } => self.call(function, args, Some(dest), e.span),
            ExprKind::CallValue { callee, args } => {
                let value = self.applied(callee, args)?;
                self.assign(dest, &value)
            }
            ExprKind::Tuple(parts) => self.assign_tuple(dest, parts, e),
            ExprKind::List(items) | ExprKind::Set(items) => self.assign_items(dest, items, e),
            ExprKind::Dict(entries) => self.assign_entries(dest, entries, e),
            ExprKind::Comprehension { .. }
            | ExprKind::SetComprehension { .. }
            | ExprKind::DictComprehension { .. } => self.collect(dest, e),
            ExprKind::Format(parts) => self.assign_format(dest, parts, e),
            ExprKind::Slice { .. } => self.produce_slice(dest, e),
            ExprKind::Binary { op, left, right, .. } => self.produce_binary(dest, *op, left, right, e),
            ExprKind::Intrinsic { op, args } => self.produce_function(dest, op, args, e),
            ExprKind::Convert { conversion: Conversion::CharToStr | Conversion::StrToChar, value } => {
                if is_operand(value) {
                    self.assign_operand(dest, value)
                } else {
                    self.produce(dest, value)
                }
            }
            other => reject("expression", e.span, format!("{} has no COBOL form", kind_name(other))),
        }
    }

    fn assign_none(&mut self, dest: &Loc, e: &ir::Expr) -> Result<()> {
        match dest.option() {
            Some((present, _)) => {
                self.emit(Stmt::Set(present, false));
                Ok(())
            }
            None => reject("expression", e.span, "None is stored where no value may be missing"),
        }
    }

    fn assign_present(&mut self, dest: &Loc, value: &ir::Expr) -> Result<()> {
        if matches!(value.kind, ExprKind::None) {
            return self.assign_none(dest, value);
        }
        let Some((present, inner)) = dest.option() else { return self.assign(dest, value) };
        self.assign(&inner, value)?;
        self.emit(Stmt::Set(present, true));
        Ok(())
    }

    fn assign_tuple(&mut self, dest: &Loc, parts: &[ir::Expr], e: &ir::Expr) -> Result<()> {
        let reads_itself = parts.len() > 1 && self.reads_record(e, &dest.record);
        let target =
            if reads_itself { self.temp("NEXT-GROUP", &dest.node.ty, e.span)? } else { dest.clone() };
        for (at, part) in parts.iter().enumerate() {
            if let Some(place) = target.part(at) {
                self.assign(&place, part)?;
            }
        }
        self.copy(&target, dest);
        Ok(())
    }
}

/// The condition that counts, where `e` is what lies at `dest`, plus 1 if it holds.
fn added_flag(e: &ir::Expr, dest: &Loc, lower: &Lower) -> Option<ir::Expr> {
    let ExprKind::Binary { op: BinaryOp::Add, left, right, .. } = &e.kind else { return None };
    let ExprKind::Convert { conversion: Conversion::BoolToInt, value } = &right.kind else { return None };
    let same = matches!(lower.vars.get(left.as_local()?), Some(Var::Stored(place)) if place == dest);
    same.then(|| (**value).clone())
}

/// Whether a subscript reads the record `record`.
fn subscripts_read(subscripts: &[Expr], record: &str) -> bool {
    subscripts.iter().any(|subscript| match subscript {
        Expr::Ref(item) => item.name == record,
        Expr::Binary(_, left, right) => {
            subscripts_read(std::slice::from_ref(left), record)
                || subscripts_read(std::slice::from_ref(right), record)
        }
        _ => false,
    })
}

/// Whether the item called `name` is `node` or below it.
fn holds(node: &crate::cobol::layout::Node, name: &str) -> bool {
    if node.name == name {
        return true;
    }
    match &node.shape {
        Shape::Text { length, chars } => length == name || chars == name,
        Shape::Table { count, item } => count == name || holds(item, name),
        Shape::Entries { count, key, value, .. } => count == name || holds(key, name) || holds(value, name),
        Shape::Parts(parts) => parts.iter().any(|part| holds(part, name)),
        Shape::Optional { value, .. } => holds(value, name),
        _ => false,
    }
}

/// A term that may stand after `ADD` or `SUBTRACT`.
fn is_term(e: &Expr) -> bool {
    matches!(e, Expr::Number(_) | Expr::Ref(_))
}

/// Whether a number is an arithmetic expression, to be computed in one statement.
fn is_arithmetic(e: &ir::Expr) -> bool {
    match &e.kind {
        ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Binary { .. } | ExprKind::Unary { .. } => true,
        ExprKind::Convert { conversion, .. } => *conversion != Conversion::Unwrap,
        ExprKind::Local(_) => true,
        ExprKind::Intrinsic { op, args } => match op {
            Intrinsic::Len
            | Intrinsic::Abs
            | Intrinsic::Floor
            | Intrinsic::Ceil
            | Intrinsic::Sqrt
            | Intrinsic::Exp
            | Intrinsic::Log10
            | Intrinsic::Sin
            | Intrinsic::Cos
            | Intrinsic::Tan
            | Intrinsic::Asin
            | Intrinsic::Acos
            | Intrinsic::Atan
            | Intrinsic::Pi
            | Intrinsic::E
            | Intrinsic::Infinity
            | Intrinsic::Factorial
            | Intrinsic::Ord
            | Intrinsic::ParseFloat
            | Intrinsic::ToInt
            | Intrinsic::ToFloat => true,
            Intrinsic::MinOf | Intrinsic::MaxOf => e.ty.is_numeric(),
            Intrinsic::Log | Intrinsic::ParseInt => args.len() == 1,
            _ => false,
        },
        _ => false,
    }
}

/// Whether an integer may outgrow 64 bits at one stroke.
fn grows(e: &ir::Expr) -> bool {
    e.ty == Type::Int
        && match &e.kind {
            ExprKind::Binary { op: BinaryOp::Mul | BinaryOp::Pow | BinaryOp::Shl, overflow, .. } => {
                *overflow == Overflow::Unbounded
            }
            ExprKind::Binary { op: BinaryOp::Add | BinaryOp::Sub, left, right, .. } => {
                grows(left) || grows(right)
            }
            ExprKind::Intrinsic { op: Intrinsic::Factorial, .. } => true,
            _ => false,
        }
}

/// What an expression is called in a rejection.
fn kind_name(kind: &ExprKind) -> &'static str {
    match kind {
        ExprKind::ClassConstant { .. } | ExprKind::Field { .. } => "an attribute",
        ExprKind::FunctionRef(_) | ExprKind::Lambda { .. } => "a function value",
        ExprKind::CallMethod { .. } | ExprKind::CallStatic { .. } | ExprKind::New { .. } => "a class",
        ExprKind::Range { .. } => "a range that is stored",
        _ => "this expression",
    }
}
