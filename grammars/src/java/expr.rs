//! Expressions, except calls.

use super::convert::convert;
use super::lower::{Lowering, Outcome, Value};
use super::types::{JType, arrays_of};
use crate::ir::{
    BinaryOp, Clause, CompareOp, Conversion, Expr, ExprKind, IndexMode, Intrinsic, Overflow, Pattern, Type,
    UnaryOp,
};
use crate::tree::{children, field, fields};
use tree_sitter::Node;

impl Lowering<'_> {
    /// Lowers an expression.
    pub(super) fn expr(&mut self, node: Node) -> Outcome<Value> {
        self.expr_for(node, None)
    }

    /// Lowers an expression where a value of type `wanted` is expected, if that is known: it gives
    /// `new ArrayList<>()` its type.
    pub(super) fn expr_for(&mut self, node: Node, wanted: Option<&JType>) -> Outcome<Value> {
        self.deeper(node, |l| l.expr_kind(node, wanted))
    }

    pub(super) fn expr_in(&mut self, node: Node, name: &str) -> Outcome<Value> {
        match field(node, name) {
            Some(child) => self.expr(child),
            None => Err(self.reject("java.syntax", node, format!("no {name} here"))),
        }
    }

    /// Lowers a value of exactly the type `to`, after conversion.
    pub(super) fn value_of(&mut self, node: Node, to: &JType) -> Outcome<Expr> {
        let value = self.expr_for(node, Some(to))?;
        self.coerce(value, to, node)
    }

    /// Lowers a condition.
    pub(super) fn condition(&mut self, node: Node) -> Outcome<Expr> {
        self.value_of(node, &JType::Boolean)
    }

    fn expr_kind(&mut self, node: Node, wanted: Option<&JType>) -> Outcome<Value> {
        match node.kind() {
            "decimal_integer_literal"
            | "hex_integer_literal"
            | "octal_integer_literal"
            | "binary_integer_literal" => self.integer_literal(node),
            "decimal_floating_point_literal" => self.float_literal(node),
            "character_literal" => self.char_literal(node),
            "string_literal" => self.string_literal(node),
            "true" => Ok(self.make(node, ExprKind::Bool(true), JType::Boolean)),
            "false" => Ok(self.make(node, ExprKind::Bool(false), JType::Boolean)),
            "parenthesized_expression" => match children(node)[..] {
                [inner] => self.expr_for(inner, wanted),
                _ => Err(self.reject("java.syntax", node, "one expression was expected in brackets")),
            },
            "identifier" => self.name(node),
            "field_access" => self.field_access(node),
            "array_access" => self.array_access(node),
            "unary_expression" => self.unary(node),
            "update_expression" => self.update_value(node),
            "binary_expression" => self.binary(node),
            "ternary_expression" => self.ternary(node, wanted),
            "switch_expression" => self.switch_value(node, wanted),
            "cast_expression" => {
                let to = self.jtype_in(node, "type")?;
                let value = self.expr_in(node, "value")?;
                self.cast(value, &to, node)
            }
            "array_creation_expression" => self.new_array(node),
            "array_initializer" => self.array_items(node, wanted),
            "object_creation_expression" => self.new_object(node, wanted),
            "method_invocation" => self.call(node, wanted),
            "null_literal" => Err(self.reject("java.null", node, "`null` is not supported")),
            "lambda_expression" | "method_reference" => {
                Err(self.reject("java.lambda", node, "functions as values are not supported here"))
            }
            "assignment_expression" => {
                Err(self.reject("java.assignment-value", node, "the value of an assignment is not supported"))
            }
            other => {
                let message = format!("`{}` is not supported", other.replace('_', " "));
                Err(self.reject("java.expression", node, message))
            }
        }
    }

    fn name(&mut self, node: Node) -> Outcome<Value> {
        let name = self.text(node);
        if let Some(variable) = self.variable(name).cloned() {
            return Ok(self.make(node, ExprKind::Local(variable.name), variable.ty));
        }
        match self.fields.get(name).cloned() {
            Some(ty) => Ok(self.make(node, ExprKind::Global(name.to_owned()), ty)),
            None => Err(self.reject("java.name", node, format!("`{name}` is not known"))),
        }
    }

    /// `array.length`, `Class.FIELD`, constants of the library.
    fn field_access(&mut self, node: Node) -> Outcome<Value> {
        let name = field(node, "field").map(|n| self.text(n)).unwrap_or_default();
        let Some(object) = field(node, "object") else {
            return Err(self.reject("java.syntax", node, "a field of nothing"));
        };
        let owner = self.text(object);
        if self.variable(owner).is_none() && !self.fields.contains_key(owner) {
            if let Some(constant) = self.library_constant(node, owner, name) {
                return Ok(constant);
            }
            let own = owner == "this" || self.stateless.contains(owner);
            if let Some(ty) = self.fields.get(name).cloned().filter(|_| own) {
                return Ok(self.make(node, ExprKind::Global(name.to_owned()), ty));
            }
        }
        let array = self.expr(object)?;
        if name == "length" && matches!(array.ty, JType::Array(_)) {
            return Ok(self.intrinsic(node, Intrinsic::Len, vec![array.expr], JType::Int));
        }
        Err(self.reject("java.field", node, format!("the field `{name}` is not supported")))
    }

    fn library_constant(&self, node: Node, owner: &str, name: &str) -> Option<Value> {
        let int = |value: i128, ty| Some(self.make(node, ExprKind::Int(value), ty));
        let float = |value| Some(self.make(node, ExprKind::Float(value), JType::Double));
        let intrinsic = |op| Some(self.intrinsic(node, op, Vec::new(), JType::Double));
        match (owner, name) {
            ("Integer", "MAX_VALUE") => int(i128::from(i32::MAX), JType::Int),
            ("Integer", "MIN_VALUE") => int(i128::from(i32::MIN), JType::Int),
            ("Long", "MAX_VALUE") => int(i128::from(i64::MAX), JType::Long),
            ("Long", "MIN_VALUE") => int(i128::from(i64::MIN), JType::Long),
            ("Double", "MAX_VALUE") => float(f64::MAX),
            ("Double", "POSITIVE_INFINITY") => intrinsic(Intrinsic::Infinity),
            ("Double", "NaN") => intrinsic(Intrinsic::NotANumber),
            ("Math", "PI") => intrinsic(Intrinsic::Pi),
            ("Math", "E") => intrinsic(Intrinsic::E),
            _ => None,
        }
    }

    fn array_access(&mut self, node: Node) -> Outcome<Value> {
        let array = self.expr_in(node, "array")?;
        let index = self.index_in(node, "index")?;
        let JType::Array(item) = array.ty else {
            return Err(self.reject("java.type", node, "`[]` is only supported on arrays"));
        };
        Ok(self.item(node, array.expr, index, *item))
    }

    /// An `int` in a field.
    pub(super) fn index_in(&mut self, node: Node, name: &str) -> Outcome<Expr> {
        match field(node, name) {
            Some(index) => self.value_of(index, &JType::Int),
            None => Err(self.reject("java.syntax", node, format!("no {name} here"))),
        }
    }

    /// `base[index]`, which Java makes an error if it does not exist.
    pub(super) fn item(&self, node: Node, base: Expr, index: Expr, ty: JType) -> Value {
        let (base, index) = (Box::new(base), Box::new(index));
        self.make(node, ExprKind::Index { base, index, mode: IndexMode::InRange }, ty)
    }

    fn unary(&mut self, node: Node) -> Outcome<Value> {
        let operator = field(node, "operator").map(|n| self.text(n)).unwrap_or_default();
        if operator == "!" {
            let operand = match field(node, "operand") {
                Some(operand) => self.condition(operand)?,
                None => return Err(self.reject("java.syntax", node, "`!` of nothing")),
            };
            return Ok(self.make(node, ExprKind::Not(Box::new(operand)), JType::Boolean));
        }
        let operand = self.expr_in(node, "operand")?;
        let ty = self.promoted(&operand.ty, &operand.ty, node)?;
        let value = self.coerce(operand, &ty, node)?;
        let op = match (operator, &value.kind) {
            ("+", _) => return Ok(Value { expr: value, ty }),
            ("-", ExprKind::Int(n)) => return Ok(self.make(node, ExprKind::Int(-n), ty)),
            ("-", ExprKind::Float(x)) => return Ok(self.make(node, ExprKind::Float(-x), ty)),
            ("-", _) => UnaryOp::Neg,
            ("~", _) if ty != JType::Double => UnaryOp::BitNot,
            _ => return Err(self.reject("java.operands", node, format!("`{operator}` does not apply here"))),
        };
        Ok(self.make(node, ExprKind::Unary { op, operand: Box::new(value) }, ty))
    }

    fn binary(&mut self, node: Node) -> Outcome<Value> {
        let operator = field(node, "operator").map(|n| self.text(n)).unwrap_or_default();
        match operator {
            "&&" | "||" => self.logical(node, operator),
            "==" | "!=" | "<" | "<=" | ">" | ">=" => self.comparison(node, operator),
            _ => {
                let left = self.expr_in(node, "left")?;
                let right = self.expr_in(node, "right")?;
                self.operation(node, operator, left, right)
            }
        }
    }

    /// `a && b && c` nests to the left; it becomes one node. The right side may not run, so that
    /// nothing can be taken out of it.
    fn logical(&mut self, node: Node, operator: &str) -> Outcome<Value> {
        let mut operands = Vec::new();
        let mut at = node;
        loop {
            operands.extend(field(at, "right"));
            match field(at, "left") {
                Some(left)
                    if left.kind() == "binary_expression"
                        && field(left, "operator").is_some_and(|o| self.text(o) == operator) =>
                {
                    at = left;
                }
                left => {
                    operands.extend(left);
                    break;
                }
            }
        }
        operands.reverse();
        let operands: Vec<Expr> =
            self.without_after(|l| operands.iter().map(|o| l.condition(*o)).collect::<Outcome<Vec<Expr>>>())?;
        let kind = if operator == "&&" { ExprKind::And(operands) } else { ExprKind::Or(operands) };
        Ok(self.make(node, kind, JType::Boolean))
    }

    fn comparison(&mut self, node: Node, operator: &str) -> Outcome<Value> {
        let op = match operator {
            "==" => CompareOp::Eq,
            "!=" => CompareOp::Ne,
            "<" => CompareOp::Lt,
            "<=" => CompareOp::Le,
            ">" => CompareOp::Gt,
            _ => CompareOp::Ge,
        };
        if let Some(value) = self.null_comparison(node, op)? {
            return Ok(value);
        }
        let left = self.expr_in(node, "left")?;
        let right = self.expr_in(node, "right")?;
        if matches!(op, CompareOp::Eq | CompareOp::Ne) {
            self.check_equality(node, &left.ty, &right.ty)?;
        }
        self.compare(node, op, left, right)
    }

    /// `==` compares references unless a primitive value is on one side.
    fn check_equality(&self, node: Node, left: &JType, right: &JType) -> Outcome<()> {
        match (left, right) {
            (JType::Boxed(_), JType::Boxed(_)) => {
                Err(self.reject("java.boxed-equality", node, "`==` compares boxed numbers by reference"))
            }
            (JType::Str | JType::Builder, _) | (_, JType::Str | JType::Builder) => {
                Err(self.reject("java.string-identity", node, "`==` compares strings by reference"))
            }
            _ => Ok(()),
        }
    }

    /// Compares two values of any types that can be compared.
    pub(super) fn compare(&mut self, node: Node, op: CompareOp, left: Value, right: Value) -> Outcome<Value> {
        let (left, right) = if left.ty.unboxed() == right.ty.unboxed() && !matches!(left.ty, JType::Array(_))
        {
            (left.expr, right.expr)
        } else {
            let ty = self.promoted(&left.ty, &right.ty, node)?;
            (self.coerce(left, &ty, node)?, self.coerce(right, &ty, node)?)
        };
        let kind = ExprKind::Compare { op, left: Box::new(left), right: Box::new(right) };
        Ok(self.make(node, kind, JType::Boolean))
    }

    /// `map.get(key) == null` asks whether the key is absent.
    fn null_comparison(&mut self, node: Node, op: CompareOp) -> Outcome<Option<Value>> {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else { return Ok(None) };
        let other = match (left.kind(), right.kind()) {
            ("null_literal", _) => right,
            (_, "null_literal") => left,
            _ => return Ok(None),
        };
        let value = self.expr(other)?;
        let ExprKind::Lookup { base, key } = value.expr.kind else {
            return Err(self.reject("java.null", node, "`null` is only supported as the absence of a key"));
        };
        let present = self.intrinsic(node, Intrinsic::Contains, vec![*base, *key], JType::Boolean);
        Ok(Some(match op {
            CompareOp::Eq => self.make(node, ExprKind::Not(Box::new(present.expr)), JType::Boolean),
            _ => present,
        }))
    }

    /// An arithmetic, bitwise or text operator on lowered operands.
    pub(super) fn operation(
        &mut self,
        node: Node,
        operator: &str,
        left: Value,
        right: Value,
    ) -> Outcome<Value> {
        let is_text = |v: &Value| v.ty == JType::Str;
        if operator == "+" && (is_text(&left) || is_text(&right)) {
            return self.concatenation(node, left, right);
        }
        match operator {
            "<<" | ">>" | ">>>" => return self.shift(node, operator, left, right),
            "&" | "|" | "^" if *left.ty.unboxed() == JType::Boolean => {
                return self.truth_operation(node, operator, left, right);
            }
            _ => {}
        }
        let ty = self.promoted(&left.ty, &right.ty, node)?;
        let integral = ty != JType::Double;
        let op = match operator {
            "+" => BinaryOp::Add,
            "-" => BinaryOp::Sub,
            "*" => BinaryOp::Mul,
            "/" if integral => BinaryOp::TruncDiv,
            "/" => BinaryOp::Div,
            "%" => BinaryOp::TruncRem,
            "&" if integral => BinaryOp::BitAnd,
            "|" if integral => BinaryOp::BitOr,
            "^" if integral => BinaryOp::BitXor,
            _ => return Err(self.reject("java.operands", node, format!("`{operator}` does not apply here"))),
        };
        let (left, right) = (self.coerce(left, &ty, node)?, self.coerce(right, &ty, node)?);
        Ok(self.arithmetic(node, op, left, right, ty))
    }

    /// A binary node with the overflow of its type; some operations cannot overflow.
    pub(super) fn arithmetic(&self, node: Node, op: BinaryOp, left: Expr, right: Expr, ty: JType) -> Value {
        let overflow = match op {
            BinaryOp::BitAnd
            | BinaryOp::BitOr
            | BinaryOp::BitXor
            | BinaryOp::Shr
            | BinaryOp::TruncRem
            | BinaryOp::FloorMod => Overflow::Fits,
            // Only the least number divided by -1 leaves the range.
            BinaryOp::TruncDiv if matches!(right.kind, ExprKind::Int(n) if n != -1) => Overflow::Fits,
            _ => ty.overflow(),
        };
        let (left, right) = (Box::new(left), Box::new(right));
        self.make(node, ExprKind::Binary { op, overflow, left, right }, ty)
    }

    /// Only the low bits of a shift's distance count.
    fn shift(&mut self, node: Node, operator: &str, left: Value, right: Value) -> Outcome<Value> {
        let ty = self.promoted(&left.ty, &left.ty, node)?;
        let distance_type = self.promoted(&right.ty, &right.ty, node)?;
        if ty == JType::Double || distance_type == JType::Double {
            return Err(self.reject("java.operands", node, format!("`{operator}` does not apply here")));
        }
        let bits: i128 = if ty == JType::Long { 64 } else { 32 };
        let left = self.coerce(left, &ty, node)?;
        let mut distance = self.coerce(right, &distance_type, node)?;
        if !matches!(distance.kind, ExprKind::Int(n) if (0..bits).contains(&n)) {
            let mask = self.int(node, bits - 1);
            distance = self.arithmetic(node, BinaryOp::BitAnd, distance, mask, distance_type).expr;
        }
        let op = match operator {
            "<<" => BinaryOp::Shl,
            ">>" => BinaryOp::Shr,
            _ if ty == JType::Int => return Ok(self.unsigned_shift(node, left, distance)),
            _ => BinaryOp::ShrUnsigned,
        };
        Ok(self.arithmetic(node, op, left, distance, ty))
    }

    /// `int >>> distance`: the IR's integers are wider, so that the 32 bits taken as a number without
    /// sign can be shifted as they are. Only a distance of 0 can leave the highest bit set.
    fn unsigned_shift(&self, node: Node, value: Expr, distance: Expr) -> Value {
        let moves = matches!(distance.kind, ExprKind::Int(n) if n > 0);
        let mask = self.int(node, i128::from(u32::MAX));
        let bits = self.arithmetic(node, BinaryOp::BitAnd, value, mask, JType::Int).expr;
        let shifted = self.arithmetic(node, BinaryOp::Shr, bits, distance, JType::Int);
        match moves {
            true => shifted,
            false => Value { expr: convert(shifted.expr, Conversion::WrapTo32), ty: JType::Int },
        }
    }

    /// `&`, `|` and `^` of truth values. Both sides always run, which shows only in calls.
    fn truth_operation(&mut self, node: Node, operator: &str, left: Value, right: Value) -> Outcome<Value> {
        if field(node, "right").is_some_and(|n| self.text(n).contains('(')) {
            let message = format!("`{operator}` of conditions with calls on the right is not supported");
            return Err(self.reject("java.eager-condition", node, message));
        }
        let (left, right) =
            (self.coerce(left, &JType::Boolean, node)?, self.coerce(right, &JType::Boolean, node)?);
        let kind = match operator {
            "&" => ExprKind::And(vec![left, right]),
            "|" => ExprKind::Or(vec![left, right]),
            _ => ExprKind::Compare { op: CompareOp::Ne, left: Box::new(left), right: Box::new(right) },
        };
        Ok(self.make(node, kind, JType::Boolean))
    }

    fn ternary(&mut self, node: Node, wanted: Option<&JType>) -> Outcome<Value> {
        let (Some(condition), Some(then), Some(orelse)) =
            (field(node, "condition"), field(node, "consequence"), field(node, "alternative"))
        else {
            return Err(self.reject("java.syntax", node, "a malformed conditional expression"));
        };
        let condition = self.condition(condition)?;
        let (then, orelse) =
            self.without_after(|l| Ok((l.expr_for(then, wanted)?, l.expr_for(orelse, wanted)?)))?;
        self.choice(node, condition, then, orelse)
    }

    /// `then if condition else orelse`, brought to one type.
    pub(super) fn choice(&self, node: Node, condition: Expr, then: Value, orelse: Value) -> Outcome<Value> {
        let ty = if then.ty.unboxed() == orelse.ty.unboxed() {
            then.ty.unboxed().clone()
        } else {
            self.promoted(&then.ty, &orelse.ty, node)?
        };
        let kind = ExprKind::IfElse {
            condition: Box::new(condition),
            then: Box::new(self.coerce(then, &ty, node)?),
            orelse: Box::new(self.coerce(orelse, &ty, node)?),
        };
        Ok(self.make(node, kind, ty))
    }

    /// `new int[n][m]` or `new int[] {…}`.
    fn new_array(&mut self, node: Node) -> Outcome<Value> {
        let element = self.jtype_in(node, "type")?;
        if let Some(items) = field(node, "value") {
            let depth = fields(node, "dimensions").iter().map(|d| self.text(*d).matches('[').count()).sum();
            return self.array_items(items, Some(&arrays_of(element, depth)));
        }
        let mut sizes = Vec::new();
        for dimension in fields(node, "dimensions") {
            match children(dimension)[..] {
                [size] if dimension.kind() == "dimensions_expr" => {
                    sizes.push(self.value_of(size, &JType::Int)?)
                }
                _ => return Err(self.reject("java.null", node, "arrays of arrays that are not there yet")),
            }
        }
        let Some(mut value) = self.zero(node, &element) else {
            return Err(self.reject("java.null", node, "new arrays of objects hold `null`"));
        };
        let mut ty = element;
        for (i, size) in sizes.into_iter().rev().enumerate() {
            ty = JType::Array(Box::new(ty));
            value = if i == 0 {
                self.intrinsic(node, Intrinsic::Filled, vec![size, value], ty.clone()).expr
            } else {
                self.repeated(node, size, value, ty.clone()).expr
            };
        }
        Ok(Value { expr: value, ty })
    }

    /// The value that new arrays are filled with.
    fn zero(&self, node: Node, ty: &JType) -> Option<Expr> {
        let kind = match ty {
            JType::Int | JType::Long => ExprKind::Int(0),
            JType::Double => ExprKind::Float(0.0),
            JType::Boolean => ExprKind::Bool(false),
            JType::Char => ExprKind::Str("\0".to_owned()),
            _ => return None,
        };
        Some(self.make(node, kind, ty.clone()).expr)
    }

    /// A new `row` for each of `size` places.
    fn repeated(&self, node: Node, size: Expr, row: Expr, ty: JType) -> Value {
        let range = ExprKind::Range {
            start: Box::new(self.int(node, 0)),
            stop: Box::new(size),
            step: Box::new(self.int(node, 1)),
        };
        let iter = Expr { kind: range, ty: Type::iter(Type::Int), span: self.span(node) };
        let pattern = Pattern::Name { name: "_".to_owned(), ty: Type::Int };
        let clauses = vec![Clause { pattern, iter, conditions: Vec::new() }];
        self.make(node, ExprKind::Comprehension { element: Box::new(row), clauses }, ty)
    }

    /// `{1, 2}`.
    fn array_items(&mut self, node: Node, wanted: Option<&JType>) -> Outcome<Value> {
        let Some(JType::Array(item)) = wanted else {
            return Err(self.reject("java.type", node, "the type of this array is not known"));
        };
        let items: Vec<Expr> =
            children(node).iter().map(|n| self.value_of(*n, item)).collect::<Outcome<Vec<Expr>>>()?;
        Ok(self.make(node, ExprKind::List(items), JType::Array(item.clone())))
    }
}

/// A character as an integer.
pub(super) fn code(value: Value) -> Expr {
    match value.ty.unboxed() {
        JType::Char => convert(value.expr, Conversion::CharToInt),
        _ => value.expr,
    }
}
