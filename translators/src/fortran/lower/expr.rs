//! Expressions: the dispatch, literals, names, and lazy operators.

use super::{ASCII, Binding, Body, reject};
use crate::fortran::tree::build::{call, component, int, name, not, text};
use crate::fortran::tree::{Expr, Kind, Op, Stmt, Subscript};
use crate::fortran::types::{is_array, is_derived_element, tuple_component, wrapper_component};
use grammars::ir::{self, Conversion, ExprKind, Type};
use grammars::{Rejection, Span};

impl Body<'_, '_> {
    /// The value of an expression. What has to happen first is emitted before.
    pub fn expr(&mut self, e: &ir::Expr) -> Result<Expr, Rejection> {
        self.nested_in(e.span, |body| body.expr_inner(e))
    }

    fn expr_inner(&mut self, e: &ir::Expr) -> Result<Expr, Rejection> {
        match &e.kind {
            ExprKind::None => self.absent(e),
            ExprKind::Bool(value) => Ok(Expr::Logical(*value)),
            ExprKind::Int(value) => integer(*value, e.span),
            ExprKind::Float(value) => self.real(*value),
            ExprKind::Str(value) => self.literal(value, e.span),
            ExprKind::List(items) => self.array_literal(items, &e.ty),
            ExprKind::Set(items) => self.set_literal(items, &e.ty),
            ExprKind::Tuple(items) => self.tuple_literal(items, &e.ty),
            ExprKind::Dict(items) => self.dict_literal(items, e),
            ExprKind::Format(parts) => self.format(parts),
            ExprKind::Local(source) => self.local(source, &e.ty),
            ExprKind::Global(source) => self.global(source, e),
            ExprKind::FunctionRef(function) => self.function_reference(function, e.span),
            ExprKind::Binary { op, overflow, left, right } => self.binary(*op, *overflow, left, right, e),
            ExprKind::Unary { op, operand } => self.unary(*op, operand),
            ExprKind::Compare { op, left, right } => self.compare(*op, left, right),
            ExprKind::CompareChain { operands, ops } => self.compare_chain(operands, ops),
            ExprKind::And(operands) => self.lazy(Op::And, operands, None),
            ExprKind::Or(operands) => self.lazy(Op::Or, operands, None),
            ExprKind::Not(operand) => match operand.kind {
                ExprKind::Compare { .. } => {
                    let negated = (**operand).clone().negated();
                    match &negated.kind {
                        ExprKind::Not(inner) => Ok(not(self.expr(inner)?)),
                        _ => self.expr(&negated),
                    }
                }
                _ => Ok(not(self.expr(operand)?)),
            },
            ExprKind::IsNone(operand) => Ok(not(self.is_present(operand)?)),
            ExprKind::IsInstance { .. } => reject("union", e.span, "a test for a type"),
            ExprKind::IfElse { condition, then, orelse } => self.if_else(condition, then, orelse, &e.ty),
            ExprKind::Index { base, index, mode } => self.index(base, index, *mode),
            ExprKind::Lookup { base, key } => self.lookup(base, key),
            ExprKind::Slice { base, start, stop, step, bounds } => {
                self.slice(base, start.as_deref(), stop.as_deref(), step.as_deref(), *bounds)
            }
            ExprKind::Field { object, field } => self.field(object, field),
            ExprKind::Call { function, args } => self.call(function, args, e),
            ExprKind::CallValue { callee, args } => self.call_value(callee, args, e),
            ExprKind::Comprehension { element, clauses } => self.comprehension(element, clauses, &e.ty),
            ExprKind::SetComprehension { element, clauses } => {
                self.set_comprehension(element, clauses, &e.ty)
            }
            ExprKind::DictComprehension { .. } => self.built(e, &["entries", "map"]),
            ExprKind::Range { .. } => self.make_list(e),
            ExprKind::Convert { conversion, value } => self.convert(*conversion, value, e),
            ExprKind::Intrinsic { op, args } => self.intrinsic(op, args, e),
            ExprKind::Lambda { .. } => reject("function-value", e.span, "a lambda that is kept as a value"),
            ExprKind::ClassConstant { class, name } => self.class_constant(class, name, e.span),
            ExprKind::CallMethod { .. } | ExprKind::CallStatic { .. } => self.method_value(e),
            ExprKind::New { class, args } => self.new_object(class, args, e),
        }
    }

    /// `None` as a value of an optional type.
    fn absent(&mut self, e: &ir::Expr) -> Result<Expr, Rejection> {
        match &e.ty {
            Type::Optional(_) => Ok(call(self.unit.derived(&e.ty), Vec::new())),
            _ => reject("none-value", e.span, "`None` where it is not one of an optional's values"),
        }
    }

    fn real(&mut self, value: f64) -> Result<Expr, Rejection> {
        if value.is_nan() {
            return Ok(self.not_a_number());
        }
        Ok(if value.is_finite() { Expr::Real(value) } else { self.infinity(value.is_sign_negative()) })
    }

    /// A character literal.
    pub fn literal(&mut self, value: &str, span: Span) -> Result<Expr, Rejection> {
        if !value.is_ascii() {
            return reject("text-encoding", span, "text outside ASCII");
        }
        self.note(ASCII);
        Ok(text(value))
    }

    /// A local variable or parameter.
    pub fn local(&mut self, source: &str, ty: &Type) -> Result<Expr, Rejection> {
        if matches!(ty, Type::Str | Type::Char) {
            self.note(ASCII);
        }
        Ok(match self.binding(source) {
            Binding::Variable { name, shift } => crate::fortran::tree::build::plus(Expr::Name(name), -shift),
            Binding::Alias(value) => value,
        })
    }

    fn global(&mut self, source: &str, e: &ir::Expr) -> Result<Expr, Rejection> {
        let constant = self.unit.module.constants().find(|c| c.name == source);
        let target = self.unit.globals.get(source, &mut self.unit.names);
        match constant {
            Some(constant) if super::module::is_function_constant(constant) => Ok(call(target, Vec::new())),
            Some(_) => Ok(name(target)),
            None => reject("global", e.span, format!("the module variable `{source}`")),
        }
    }

    fn array_literal(&mut self, items: &[ir::Expr], ty: &Type) -> Result<Expr, Rejection> {
        let element = ty.element().unwrap_or(Type::None);
        let spec = self.unit.types.element(&element, &mut self.unit.names);
        if items.is_empty() {
            return Ok(Expr::Array(Some(spec), Vec::new()));
        }
        let values = self.operands(&items.iter().collect::<Vec<_>>())?;
        let literals = values.iter().all(|v| matches!(v, Expr::Int(_, Kind::Default)));
        if element == Type::Int && literals && values.len() > 1 {
            return Ok(Expr::Array(Some(spec), values));
        }
        let values = values.into_iter().map(|v| self.element_of(v, &element)).collect();
        Ok(Expr::Array(None, values))
    }

    /// A value as an element of an array: of the exact kind, text and lists wrapped.
    pub fn element_of(&mut self, value: Expr, ty: &Type) -> Expr {
        let Some(wrapper) = wrapper_component(ty) else { return self.exactly(value, ty) };
        match value {
            Expr::Component(base, component) if component == wrapper => *base,
            value => {
                let value = self.stored(value, ty);
                call(self.unit.derived(ty), vec![value])
            }
        }
    }

    /// A value as a component in a structure constructor. gfortran loses the length of text that is
    /// itself a component there, unless it is written as a section, and fails on results of procedures.
    pub fn stored(&mut self, value: Expr, ty: &Type) -> Expr {
        match (ty, value) {
            (Type::Str, value @ Expr::Component(..)) => {
                crate::fortran::tree::build::section(value, None, None)
            }
            (Type::Str, value) if self.calls_procedure(&value) => self.held(value, wishes(ty), ty),
            // gfortran frees what a constructor within a constructor holds.
            (Type::Dict(..), value) if !is_designator(&value) => self.held(value, wishes(ty), ty),
            (_, value) => self.exactly(value, ty),
        }
    }

    /// Whether a procedure is called that is no intrinsic.
    pub fn calls_procedure(&self, value: &Expr) -> bool {
        match value {
            Expr::Call(callee, arguments) => {
                let intrinsic = matches!(&**callee, Expr::Name(f) if super::super::names::is_intrinsic(f));
                !intrinsic || arguments.iter().any(|a| self.calls_procedure(a))
            }
            Expr::Binary(_, left, right) => self.calls_procedure(left) || self.calls_procedure(right),
            Expr::Element(base, _) | Expr::Component(base, _) | Expr::Negate(base) | Expr::Not(base) => {
                self.calls_procedure(base)
            }
            _ => false,
        }
    }

    /// An element of an array as a value: text and lists unwrapped.
    pub fn value_of(&self, element: Expr, ty: &Type) -> Expr {
        match wrapper_component(ty) {
            Some(wrapper) => component(element, wrapper),
            None => element,
        }
    }

    fn set_literal(&mut self, items: &[ir::Expr], ty: &Type) -> Result<Expr, Rejection> {
        let array = self.array_literal(items, ty)?;
        let literal = |e: &ir::Expr| matches!(e.kind, ExprKind::Str(_) | ExprKind::Int(_));
        let distinct = items
            .iter()
            .enumerate()
            .all(|(i, item)| literal(item) && items.iter().skip(i + 1).all(|other| other.kind != item.kind));
        if distinct { Ok(array) } else { self.distinct(array, ty) }
    }

    /// An array without repeats.
    pub fn distinct(&mut self, array: Expr, ty: &Type) -> Result<Expr, Rejection> {
        let element = ty.element().unwrap_or(Type::None);
        let function = self.unit.helper("distinct", Some(&element));
        Ok(call(function, vec![array]))
    }

    fn tuple_literal(&mut self, items: &[ir::Expr], ty: &Type) -> Result<Expr, Rejection> {
        let Type::Tuple(types) = ty else {
            return reject(
                "tuple",
                items.first().map(|i| i.span).unwrap_or_default(),
                "a tuple of unknown parts",
            );
        };
        if types.is_empty() {
            return reject("empty-tuple", Span::default(), "the empty tuple");
        }
        let values = self.operands(&items.iter().collect::<Vec<_>>())?;
        let values = values.into_iter().zip(types).map(|(v, t)| self.stored(v, t)).collect();
        Ok(call(self.unit.derived(ty), values))
    }

    /// Several operands, evaluated left to right: where a later one has an effect, the earlier ones
    /// are kept in variables.
    pub fn operands(&mut self, operands: &[&ir::Expr]) -> Result<Vec<Expr>, Rejection> {
        let mut lowered = Vec::new();
        let mut last_effect = 0;
        for (i, operand) in operands.iter().enumerate() {
            let before = self.effects;
            lowered.push(self.block(|body| body.expr(operand))?);
            if self.effects > before {
                last_effect = i;
            }
        }
        let mut values = Vec::new();
        for (i, (stmts, value)) in lowered.into_iter().enumerate() {
            stmts.into_iter().for_each(|s| self.emit(s));
            let ty = &operands[i].ty;
            values.push(if i < last_effect { self.held(value, &["first_value", "held"], ty) } else { value });
        }
        Ok(values)
    }

    /// `and` and `or`: Fortran may evaluate both sides, so a side that could fail, or that takes
    /// statements, is evaluated under an `if`. The answer is kept in `into`, if given.
    pub fn lazy(&mut self, op: Op, operands: &[ir::Expr], into: Option<Expr>) -> Result<Expr, Rejection> {
        let Some((first, rest)) = operands.split_first() else { return Ok(Expr::Logical(op == Op::And)) };
        let mut value = self.expr(first)?;
        let mut holder: Option<Expr> = None;
        for operand in rest {
            let known = self.known.len();
            collect_elements(&value, &mut self.known);
            let (stmts, next) = self.block(|body| body.expr(operand))?;
            if stmts.is_empty() && self.is_total(&next) {
                value = Expr::Binary(op, Box::new(value), Box::new(next));
            } else {
                let target = match holder.take().or(into.clone()) {
                    Some(target) => target,
                    None => name(self.temporary(&["holds", "passes", "is_so"], &Type::Bool)),
                };
                self.set(target.clone(), value);
                let condition = if op == Op::And { target.clone() } else { not(target.clone()) };
                let mut body = stmts;
                body.push(Stmt::Assign(target.clone(), next));
                self.emit(Stmt::If { branches: vec![(condition, body)], orelse: Vec::new() });
                value = target.clone();
                holder = Some(target);
            }
            self.known.truncate(known);
        }
        Ok(value)
    }

    /// Whether evaluating an expression cannot fail and costs little, so that it may be evaluated
    /// although the source would not.
    pub fn is_total(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Logical(_) | Expr::Int(..) | Expr::Real(_) | Expr::Text(_) | Expr::Name(_) => true,
            Expr::Component(base, component) => component != "value" && self.is_total(base),
            Expr::Element(base, subscript) => {
                self.known.contains(expr) || (self.is_total(base) && is_whole(subscript))
            }
            Expr::Call(callee, arguments) => {
                let total = match &**callee {
                    Expr::Name(function) => self.is_total_function(function),
                    Expr::Component(base, method) => method == "find" && self.is_total(base),
                    _ => false,
                };
                let divides = matches!(&**callee, Expr::Name(f) if matches!(f.as_str(), "mod" | "modulo"));
                let divisor_known = !divides || arguments.get(1).is_some_and(super::arith::is_nonzero);
                total && divisor_known && arguments.iter().all(|a| self.is_total(a))
            }
            Expr::Keyword(_, value) | Expr::Negate(value) | Expr::Not(value) => self.is_total(value),
            Expr::Array(_, items) => items.iter().all(|i| self.is_total(i)),
            Expr::ImpliedDo { .. } => false,
            Expr::Binary(Op::Div, left, right) => self.is_total(left) && super::arith::is_nonzero(right),
            Expr::Binary(_, left, right) => self.is_total(left) && self.is_total(right),
        }
    }

    fn is_total_function(&self, function: &str) -> bool {
        !self.unit.user_procedures.contains(function)
            && !function.starts_with("parse_")
            && !self.names_nested(function)
    }

    fn names_nested(&self, function: &str) -> bool {
        self.nested.keys().any(|source| self.renaming.known(source) == Some(function))
    }

    /// `then if condition else orelse` as a value.
    fn if_else(
        &mut self,
        condition: &ir::Expr,
        then: &ir::Expr,
        orelse: &ir::Expr,
        ty: &Type,
    ) -> Result<Expr, Rejection> {
        let test = self.expr(condition)?;
        let known = self.known.len();
        collect_elements(&test, &mut self.known);
        let (first_stmts, first) = self.block(|body| body.expr(then))?;
        let (second_stmts, second) = self.block(|body| body.expr(orelse))?;
        let scalar = matches!(ty, Type::Int | Type::Float | Type::Bool | Type::Char);
        let plain = first_stmts.is_empty() && second_stmts.is_empty();
        let total = self.is_total(&first) && self.is_total(&second);
        self.known.truncate(known);
        if let (true, true, [a, b]) = (scalar, plain && total, &[&first, &second]) {
            let mut values = vec![(*a).clone(), (*b).clone()];
            if *ty == Type::Int {
                values = self.same_kinds(values);
            }
            values.push(test);
            return Ok(call("merge", values));
        }
        let target = self.temporary(wishes(ty), ty);
        let assign = |mut stmts: Vec<Stmt>, value: Expr| {
            stmts.push(Stmt::Assign(name(&target), value));
            stmts
        };
        let branches = vec![(test, assign(first_stmts, first))];
        let orelse = assign(second_stmts, second);
        self.emit(Stmt::If { branches, orelse });
        Ok(name(&target))
    }

    /// Whether an optional holds a value.
    pub fn is_present(&mut self, e: &ir::Expr) -> Result<Expr, Rejection> {
        if !matches!(e.ty, Type::Optional(_)) {
            return Ok(Expr::Logical(e.ty != Type::None));
        }
        let object = self.designator(e)?;
        Ok(call("allocated", vec![component(object, "value")]))
    }

    fn convert(&mut self, conversion: Conversion, value: &ir::Expr, e: &ir::Expr) -> Result<Expr, Rejection> {
        match conversion {
            Conversion::ToOptional => {
                let inner = self.expr(value)?;
                let inner = self.stored(inner, &value.ty);
                Ok(call(self.unit.derived(&e.ty), vec![inner]))
            }
            Conversion::Unwrap => Ok(component(self.designator(value)?, "value")),
            Conversion::IntToFloat => {
                let inner = self.expr(value)?;
                Ok(match inner {
                    Expr::Int(value, _) if value.abs() < 1 << 53 => Expr::Real(value as f64),
                    other => call("real", vec![other, name("real64")]),
                })
            }
            Conversion::BoolToInt => {
                let inner = self.expr(value)?;
                Ok(call("merge", vec![int(1), int(0), inner]))
            }
            Conversion::CharToStr | Conversion::StrToChar | Conversion::Upcast => self.expr(value),
            Conversion::CharToInt => Ok(call("iachar", vec![self.expr(value)?])),
            Conversion::IntToChar => Ok(call("achar", vec![self.expr(value)?])),
            Conversion::FloatToInt => {
                let inner = self.expr(value)?;
                Ok(call("int", vec![inner, name("int64")]))
            }
            Conversion::WrapTo32 => reject("wrapping-arithmetic", e.span, "a narrowing to 32 bits"),
            Conversion::ToUnion | Conversion::Narrow | Conversion::Cast => {
                reject("union", e.span, "a value of several types")
            }
        }
    }

    /// An item of a tuple.
    pub fn tuple_item(&mut self, base: &ir::Expr, index: usize) -> Result<Expr, Rejection> {
        Ok(component(self.designator(base)?, &tuple_component(index)))
    }

    /// An expression that can be subscripted: a designator, or a variable that holds the value.
    pub fn designator(&mut self, e: &ir::Expr) -> Result<Expr, Rejection> {
        let value = self.expr(e)?;
        Ok(self.subscriptable(value, &e.ty))
    }

    /// A value as something that can be subscripted.
    pub fn subscriptable(&mut self, value: Expr, ty: &Type) -> Expr {
        if is_designator(&value) {
            return value;
        }
        let target = self.temporary(wishes(ty), ty);
        self.emit(Stmt::Assign(name(&target), value));
        name(&target)
    }

    /// A variable that statements in front have filled.
    pub fn built(&mut self, e: &ir::Expr, wishes: &[&str]) -> Result<Expr, Rejection> {
        let target = self.temporary(wishes, &e.ty);
        self.assign_to(name(&target), e)?;
        Ok(name(&target))
    }
}

/// Names for temporary variables of a type.
pub fn wishes(ty: &Type) -> &'static [&'static str] {
    match ty {
        Type::Int | Type::Float => &["value", "number", "other_value"],
        Type::Bool => &["holds", "passes", "is_so"],
        Type::Char => &["letter"],
        Type::Str => &["text", "piece", "other_text"],
        Type::List(t) | Type::Set(t) if **t == Type::Str => &["parts", "words", "other_parts"],
        Type::List(_) | Type::Set(_) | Type::Iter(_) => &["items", "values", "other_items"],
        Type::Dict(..) => &["map", "entries"],
        Type::Tuple(items) if items.len() == 2 => &["pair", "other_pair"],
        Type::Tuple(_) => &["tuple", "other_tuple"],
        Type::Optional(_) => &["found", "also_found"],
        _ => &["object"],
    }
}

/// Whether something can be subscripted, or a component of it taken.
pub fn is_designator(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_) => true,
        Expr::Component(base, _) => is_designator(base),
        Expr::Element(base, Subscript::At(index)) => {
            is_designator(base) && !matches!(**index, Expr::Array(..))
        }
        _ => false,
    }
}

/// Every element that a value certainly reads.
pub fn collect_elements(expr: &Expr, found: &mut Vec<Expr>) {
    match expr {
        Expr::Element(base, _) => {
            collect_elements(base, found);
            found.push(expr.clone());
        }
        Expr::Component(base, _) | Expr::Negate(base) | Expr::Not(base) | Expr::Keyword(_, base) => {
            collect_elements(base, found);
        }
        // The right side of a lazy operator is only there when it is harmless.
        Expr::Binary(_, left, right) => {
            collect_elements(left, found);
            collect_elements(right, found);
        }
        Expr::Call(_, arguments) => arguments.iter().for_each(|a| collect_elements(a, found)),
        _ => {}
    }
}

/// `(:)`.
fn is_whole(subscript: &Subscript) -> bool {
    matches!(subscript, Subscript::Section(None, None, _))
}

/// An integer literal.
pub fn integer(value: i128, span: Span) -> Result<Expr, Rejection> {
    match i64::try_from(value) {
        // The magnitude of the least default integer is no literal.
        Ok(value) if i32::try_from(value).is_ok_and(|v| v > i32::MIN) => Ok(Expr::Int(value, Kind::Default)),
        Ok(value) => Ok(Expr::Int(value, Kind::Int64)),
        Err(_) => {
            reject("integer-range", span, format!("the integer {value}, which takes more than 64 bits"))
        }
    }
}

/// Whether values of this type are compared, copied and stored as a whole by the language alone.
pub fn is_plain(ty: &Type) -> bool {
    !is_array(ty) && !is_derived_element(ty)
}
