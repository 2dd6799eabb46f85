//! Method calls: whose method it is, and the methods of the file and of `Math`, `Integer` and the
//! like.

use super::lower::{Lowering, Outcome, Value};
use super::types::JType;
use crate::Rejection;
use crate::ir::{BinaryOp, CompareOp, Expr, ExprKind, Intrinsic, Overflow};
use crate::tree::{children, field};
use tree_sitter::Node;

impl Lowering<'_> {
    /// A call for its value.
    pub(super) fn call(&mut self, node: Node, wanted: Option<&JType>) -> Outcome<Value> {
        if let Some(variable) = self.variable(self.text(node)).cloned() {
            return Ok(self.make(node, ExprKind::Local(variable.name), variable.ty));
        }
        if let Some(message) = self.message_of(node) {
            return Ok(Value { expr: message, ty: JType::Str });
        }
        let name = field(node, "name").map(|n| self.text(n)).unwrap_or_default();
        let args = field(node, "arguments").map(children).unwrap_or_default();
        let Some(object) = field(node, "object") else {
            return self.own_call(node, name, &args);
        };
        if self.is_own_class(object) {
            return self.own_call(node, name, &args);
        }
        if let Some(class) = self.library_class(object) {
            return self.static_call(node, class, name, &args, wanted);
        }
        let receiver = self.expr(object)?;
        match receiver.ty.clone() {
            JType::Str => self.string_method(node, receiver, name, &args),
            JType::Builder => self.builder_method(node, receiver, name, &args),
            JType::Boxed(inner) => self.boxed_method(node, receiver, &inner, name, &args),
            _ => self.collection_method(node, receiver, name, &args),
        }
    }

    /// `this`, the name of a class of the file, an instance without state, or `new Solution()`.
    fn is_own_class(&self, object: Node) -> bool {
        match object.kind() {
            "this" => true,
            "identifier" => {
                let name = self.text(object);
                match self.variable(name) {
                    Some(variable) => variable.ty == JType::Stateless,
                    None => self.stateless.contains(name),
                }
            }
            "object_creation_expression" => {
                field(object, "type").is_some_and(|t| self.stateless.contains(self.text(t)))
            }
            _ => false,
        }
    }

    /// A class of the library, by its simple name, unless a variable hides it.
    pub(super) fn library_class(&self, object: Node) -> Option<&'static str> {
        const CLASSES: &[&str] = &[
            "Math",
            "Integer",
            "Long",
            "Double",
            "Boolean",
            "Character",
            "String",
            "Arrays",
            "Collections",
            "List",
            "Set",
            "Map",
            "Objects",
        ];
        let name = self.text(object).rsplit('.').next().unwrap_or_default();
        let hidden = self.variable(self.text(object)).is_some() || self.fields.contains_key(name);
        CLASSES.iter().copied().find(|c| *c == name && !hidden)
    }

    /// A method of the file.
    fn own_call(&mut self, node: Node, name: &str, args: &[Node]) -> Outcome<Value> {
        let Some(signature) = self.methods.get(name).cloned() else {
            return Err(self.reject("java.method", node, format!("the method `{name}` is not known")));
        };
        if signature.params.len() != args.len() {
            return Err(self.reject(
                "java.method",
                node,
                format!("`{name}` takes another number of arguments"),
            ));
        }
        let mut lowered = Vec::new();
        for (arg, ty) in args.iter().zip(&signature.params) {
            let value = self.value_of(*arg, ty)?;
            // The method may change what a field refers to.
            if ty.item().is_some() || matches!(ty, JType::Map { .. }) {
                self.changed(&value);
            }
            lowered.push(value);
        }
        Ok(self.make(node, ExprKind::Call { function: name.to_owned(), args: lowered }, signature.ret))
    }

    fn static_call(
        &mut self,
        node: Node,
        class: &str,
        name: &str,
        args: &[Node],
        wanted: Option<&JType>,
    ) -> Outcome<Value> {
        match class {
            "Math" => self.math(node, name, args),
            "Integer" | "Long" => self.number_static(node, class, name, args),
            "Double" => self.double_static(node, name, args),
            "Character" => self.character_method(node, name, args),
            "String" => self.string_static(node, name, args),
            "Objects" if name == "equals" => match args {
                [left, right] => {
                    let (left, right) = (self.expr(*left)?, self.expr(*right)?);
                    self.compare(node, CompareOp::Eq, left, right)
                }
                _ => Err(self.unsupported_method(node, class, name)),
            },
            "Boolean" if name == "parseBoolean" => Err(self.unsupported_method(node, class, name)),
            _ => self.collection_static(node, class, name, args, wanted),
        }
    }

    fn math(&mut self, node: Node, name: &str, args: &[Node]) -> Outcome<Value> {
        match (name, args) {
            ("abs", [arg]) => {
                let value = self.expr(*arg)?;
                let ty = self.promoted(&value.ty, &value.ty, node)?;
                let value = self.coerce(value, &ty, node)?;
                Ok(self.intrinsic(node, Intrinsic::Abs, vec![value], ty))
            }
            ("max" | "min", [left, right]) => {
                let (left, right) = (self.expr(*left)?, self.expr(*right)?);
                let ty = self.promoted(&left.ty, &right.ty, node)?;
                let op = if name == "max" { Intrinsic::MaxOf } else { Intrinsic::MinOf };
                let args = vec![self.coerce(left, &ty, node)?, self.coerce(right, &ty, node)?];
                Ok(self.intrinsic(node, op, args, ty))
            }
            ("floorMod" | "floorDiv", [left, right]) => {
                let (left, right) = (self.expr(*left)?, self.expr(*right)?);
                let ty = self.promoted(&left.ty, &right.ty, node)?;
                let op = if name == "floorMod" { BinaryOp::FloorMod } else { BinaryOp::FloorDiv };
                let (left, right) = (self.coerce(left, &ty, node)?, self.coerce(right, &ty, node)?);
                Ok(self.arithmetic(node, op, left, right, ty))
            }
            ("pow", [base, exponent]) => {
                let left = Box::new(self.value_of(*base, &JType::Double)?);
                let right = Box::new(self.value_of(*exponent, &JType::Double)?);
                let kind = ExprKind::Binary { op: BinaryOp::Pow, overflow: Overflow::Fits, left, right };
                Ok(self.make(node, kind, JType::Double))
            }
            ("floor" | "ceil", [arg]) => {
                let value = self.value_of(*arg, &JType::Double)?;
                let op = if name == "floor" { Intrinsic::Floor } else { Intrinsic::Ceil };
                let whole = self.intrinsic(node, op, vec![value], JType::Long);
                Ok(Value { expr: self.coerce(whole, &JType::Double, node)?, ty: JType::Double })
            }
            ("round", [arg]) => self.rounded(node, *arg),
            _ => self.real_function(node, name, args),
        }
    }

    /// `Math.round` rounds half up: the floor of the number plus one half.
    fn rounded(&mut self, node: Node, arg: Node) -> Outcome<Value> {
        let value = self.value_of(arg, &JType::Double)?;
        let half = self.make(node, ExprKind::Float(0.5), JType::Double).expr;
        let sum = self.arithmetic(node, BinaryOp::Add, value, half, JType::Double).expr;
        Ok(self.intrinsic(node, Intrinsic::Floor, vec![sum], JType::Long))
    }

    /// Functions from real numbers to real numbers.
    fn real_function(&mut self, node: Node, name: &str, args: &[Node]) -> Outcome<Value> {
        let (op, arity) = match name {
            "sqrt" => (Intrinsic::Sqrt, 1),
            "exp" => (Intrinsic::Exp, 1),
            "log" => (Intrinsic::Log, 1),
            "log10" => (Intrinsic::Log10, 1),
            "sin" => (Intrinsic::Sin, 1),
            "cos" => (Intrinsic::Cos, 1),
            "tan" => (Intrinsic::Tan, 1),
            "asin" => (Intrinsic::Asin, 1),
            "acos" => (Intrinsic::Acos, 1),
            "atan" => (Intrinsic::Atan, 1),
            "atan2" => (Intrinsic::Atan2, 2),
            "hypot" => (Intrinsic::Hypot, 2),
            _ => return Err(self.unsupported_method(node, "Math", name)),
        };
        if args.len() != arity {
            return Err(self.unsupported_method(node, "Math", name));
        }
        let values: Vec<Expr> =
            args.iter().map(|a| self.value_of(*a, &JType::Double)).collect::<Outcome<Vec<Expr>>>()?;
        Ok(self.intrinsic(node, op, values, JType::Double))
    }

    fn number_static(&mut self, node: Node, class: &str, name: &str, args: &[Node]) -> Outcome<Value> {
        let own = if class == "Integer" { JType::Int } else { JType::Long };
        match (name, args) {
            ("parseInt" | "parseLong", [arg]) => {
                let text = self.value_of(*arg, &JType::Str)?;
                Ok(self.intrinsic(node, Intrinsic::ParseInt, vec![text], own))
            }
            ("valueOf", [arg]) => {
                let value = self.expr(*arg)?;
                if value.ty == JType::Str {
                    return Ok(self.intrinsic(node, Intrinsic::ParseInt, vec![value.expr], own));
                }
                Ok(Value { expr: self.coerce(value, &own, node)?, ty: own })
            }
            ("toString", [arg]) => {
                let value = self.value_of(*arg, &own)?;
                let value = Value { expr: value, ty: own };
                Ok(Value { expr: self.as_text(value, node)?, ty: JType::Str })
            }
            ("max" | "min" | "abs", _) => self.math(node, name, args),
            ("sum", [left, right]) => {
                let (left, right) = (self.value_of(*left, &own)?, self.value_of(*right, &own)?);
                Ok(self.arithmetic(node, BinaryOp::Add, left, right, own))
            }
            _ => Err(self.unsupported_method(node, class, name)),
        }
    }

    fn double_static(&mut self, node: Node, name: &str, args: &[Node]) -> Outcome<Value> {
        match (name, args) {
            ("isNaN", [arg]) => {
                let value = self.value_of(*arg, &JType::Double)?;
                Ok(self.intrinsic(node, Intrinsic::IsNan, vec![value], JType::Boolean))
            }
            ("isInfinite", [arg]) => {
                let value = self.value_of(*arg, &JType::Double)?;
                Ok(self.intrinsic(node, Intrinsic::IsInf, vec![value], JType::Boolean))
            }
            ("valueOf", [arg]) => Ok(Value { expr: self.value_of(*arg, &JType::Double)?, ty: JType::Double }),
            ("max" | "min" | "abs", _) => self.math(node, name, args),
            _ => Err(self.unsupported_method(node, "Double", name)),
        }
    }

    /// Methods of `Integer` and the other boxes.
    fn boxed_method(
        &mut self,
        node: Node,
        receiver: Value,
        inner: &JType,
        name: &str,
        args: &[Node],
    ) -> Outcome<Value> {
        let own = Value { expr: receiver.expr, ty: inner.clone() };
        match (name, args) {
            ("equals", [other]) => {
                let other = self.expr(*other)?;
                if other.ty.unboxed() != inner {
                    return Err(self.unsupported_method(node, "Integer", name));
                }
                self.compare(node, CompareOp::Eq, own, other)
            }
            ("intValue", []) => self.cast(own, &JType::Int, node),
            ("longValue", []) => self.cast(own, &JType::Long, node),
            ("doubleValue", []) => self.cast(own, &JType::Double, node),
            ("toString", []) => Ok(Value { expr: self.as_text(own, node)?, ty: JType::Str }),
            ("charValue" | "booleanValue", []) => Ok(own),
            _ => Err(self.unsupported_method(node, "Integer", name)),
        }
    }

    /// The rejection for a method of the library.
    pub(super) fn unsupported_method(&self, node: Node, class: &str, name: &str) -> Rejection {
        let message = format!("the method `{name}` of {class} is not supported with these arguments");
        self.reject("java.library-method", node, message)
    }
}
