//! Arrays, lists, queues, maps and sets: their creation and the methods that give a value.
//!
//! Methods called for their effect are in `effect.rs`.

use super::effect::words;
use super::lower::{Lowering, Outcome, Value};
use super::types::JType;
use crate::ir::{BinaryOp, CompareOp, Expr, ExprKind, Intrinsic};
use crate::tree::{children, field};
use tree_sitter::Node;

impl Lowering<'_> {
    /// `new ArrayList<>()` and the like; `new Solution()` has no value.
    pub(super) fn new_object(&mut self, node: Node, wanted: Option<&JType>) -> Outcome<Value> {
        let Some(class) = field(node, "type") else {
            return Err(self.reject("java.syntax", node, "a new object of no class"));
        };
        let args = field(node, "arguments").map(children).unwrap_or_default();
        match self.text(class) {
            "StringBuilder" | "StringBuffer" => return self.new_builder(node, &args),
            "String" => return self.new_string(node, &args),
            _ => {}
        }
        let made = self.created_type(class, wanted)?;
        let source = args.first().map(|a| self.expr_for(*a, Some(&made))).transpose()?;
        // `new ArrayList<>(100)` only reserves room.
        let source = source.filter(|s| !s.ty.is_numeric());
        if args.len() > 1 {
            return Err(self.reject("java.type", node, "a collection made with these arguments"));
        }
        let kind = match (&made, source) {
            (JType::Map { .. }, None) => ExprKind::Dict(Vec::new()),
            (JType::Set(_), None) => ExprKind::Set(Vec::new()),
            (_, None) => ExprKind::List(Vec::new()),
            (made, Some(source)) => return self.copied(node, made, source),
        };
        Ok(self.make(node, kind, made))
    }

    /// The type that `new` makes; `<>` takes its arguments from where the value goes.
    fn created_type(&mut self, class: Node, wanted: Option<&JType>) -> Outcome<JType> {
        let spelled = self.text(class);
        if !spelled.contains("<>") {
            return self.jtype(class);
        }
        let name = spelled.split('<').next().unwrap_or_default().trim();
        let made = match (name, wanted) {
            ("ArrayList" | "LinkedList", Some(JType::List(t))) => JType::List(t.clone()),
            ("Stack", Some(JType::Stack(t))) => JType::Stack(t.clone()),
            ("ArrayDeque" | "LinkedList", Some(JType::Deque(t))) => JType::Deque(t.clone()),
            ("PriorityQueue", Some(JType::Heap(t))) => JType::Heap(t.clone()),
            ("HashSet" | "LinkedHashSet", Some(JType::Set(t))) => JType::Set(t.clone()),
            ("HashMap" | "LinkedHashMap", Some(JType::Map { key, value, .. })) => {
                JType::Map { key: key.clone(), value: value.clone(), ordered: name == "LinkedHashMap" }
            }
            _ => {
                let message = format!("what `{spelled}` holds is not known here");
                return Err(self.reject("java.type", class, message));
            }
        };
        Ok(made)
    }

    /// `new ArrayList<>(other)`.
    fn copied(&mut self, node: Node, made: &JType, source: Value) -> Outcome<Value> {
        let same_items = source.ty.item().is_some() && source.ty.item() == made.item();
        let op = match (made, &source.ty) {
            (JType::List(_), JType::Set(_)) => {
                return Err(self.reject(
                    "java.hash-order",
                    node,
                    "the order of a hash set is particular to Java",
                ));
            }
            (JType::List(_) | JType::Deque(_) | JType::Stack(_), _) if same_items => {
                if matches!(source.expr.kind, ExprKind::List(_)) {
                    return Ok(Value { expr: source.expr, ty: made.clone() });
                }
                Intrinsic::Copy
            }
            (JType::Set(_), JType::Set(_)) if same_items => Intrinsic::Copy,
            (JType::Set(_), _) if same_items => Intrinsic::ToSet,
            (JType::Map { .. }, JType::Map { .. }) => Intrinsic::Copy,
            _ => return Err(self.reject("java.type", node, "a collection made from this value")),
        };
        Ok(self.intrinsic(node, op, vec![source.expr], made.clone()))
    }

    /// Methods of collections that give a value and change nothing, or give what they take out.
    pub(super) fn collection_method(
        &mut self,
        node: Node,
        receiver: Value,
        name: &str,
        args: &[Node],
    ) -> Outcome<Value> {
        match (name, args) {
            ("size", []) => return Ok(self.intrinsic(node, Intrinsic::Len, vec![receiver.expr], JType::Int)),
            ("isEmpty" | "empty", []) => {
                return Ok(self.intrinsic(node, Intrinsic::IsEmpty, vec![receiver.expr], JType::Boolean));
            }
            // Arrays compare by reference.
            ("equals", [other]) if !matches!(receiver.ty, JType::Array(_)) => {
                let other = self.expr_for(*other, Some(&receiver.ty))?;
                return match receiver.ty.ir() == other.ty.ir() {
                    true => self.compare_contents(node, receiver, other),
                    false => Err(self.unsupported_method(node, "a collection", name)),
                };
            }
            _ => {}
        }
        match receiver.ty.clone() {
            JType::Map { key, value, .. } => self.map_method(node, receiver, (&key, &value), name, args),
            JType::List(item) | JType::Stack(item) | JType::Deque(item) | JType::Heap(item) => {
                self.sequence_method(node, receiver, &item, name, args)
            }
            JType::Set(item) if name == "contains" && args.len() == 1 => {
                let wanted = self.value_of(args[0], &item)?;
                Ok(self.intrinsic(node, Intrinsic::Contains, vec![receiver.expr, wanted], JType::Boolean))
            }
            _ => Err(self.unsupported_method(node, "this type", name)),
        }
    }

    fn compare_contents(&self, node: Node, left: Value, right: Value) -> Outcome<Value> {
        let kind =
            ExprKind::Compare { op: CompareOp::Eq, left: Box::new(left.expr), right: Box::new(right.expr) };
        Ok(self.make(node, kind, JType::Boolean))
    }

    fn map_method(
        &mut self,
        node: Node,
        map: Value,
        (key_type, value_type): (&JType, &JType),
        name: &str,
        args: &[Node],
    ) -> Outcome<Value> {
        let key = args.first().map(|a| self.value_of(*a, key_type)).transpose();
        match (name, args) {
            ("get", [_]) => {
                let key = key?.into_iter().next();
                let Some(key) = key else { return Err(self.unsupported_method(node, "Map", name)) };
                let kind = ExprKind::Lookup { base: Box::new(map.expr), key: Box::new(key) };
                Ok(self.make(node, kind, value_type.clone()))
            }
            ("containsKey", [_]) => {
                let args = [map.expr].into_iter().chain(key?).collect();
                Ok(self.intrinsic(node, Intrinsic::Contains, args, JType::Boolean))
            }
            ("getOrDefault", [_, default]) => {
                let default = self.value_of(*default, value_type)?;
                let args = [map.expr].into_iter().chain(key?).chain([default]).collect();
                Ok(self.intrinsic(node, Intrinsic::GetOr, args, value_type.clone()))
            }
            ("computeIfAbsent", [_, maker]) => {
                let made = self.made_by(*maker, value_type)?;
                self.changed(&map.expr);
                let args = [map.expr].into_iter().chain(key?).chain([made]).collect();
                Ok(self.intrinsic(node, Intrinsic::SetDefault, args, value_type.clone()))
            }
            _ => Err(self.unsupported_method(node, "Map", name)),
        }
    }

    /// The value of a lambda that does not use its parameter.
    fn made_by(&mut self, lambda: Node, ty: &JType) -> Outcome<Expr> {
        match field(lambda, "body").filter(|b| lambda.kind() == "lambda_expression" && b.kind() != "block") {
            Some(body) => self.value_of(body, ty),
            None => Err(self.reject("java.lambda", lambda, "functions as values are not supported here")),
        }
    }

    fn sequence_method(
        &mut self,
        node: Node,
        receiver: Value,
        item: &JType,
        name: &str,
        args: &[Node],
    ) -> Outcome<Value> {
        let base = receiver.expr.clone();
        match (&receiver.ty, name, args) {
            (JType::List(_) | JType::Stack(_), "get" | "elementAt", [index]) => {
                let index = self.value_of(*index, &JType::Int)?;
                Ok(self.item(node, base, index, item.clone()))
            }
            (JType::List(_), "getFirst", [])
            | (JType::Deque(_), "peek" | "peekFirst" | "getFirst" | "element", [])
            | (JType::Heap(_), "peek" | "element", []) => {
                let zero = self.int(node, 0);
                Ok(self.item(node, base, zero, item.clone()))
            }
            (JType::Stack(_), "peek" | "lastElement", [])
            | (JType::Deque(_), "peekLast" | "getLast", [])
            | (JType::List(_), "getLast", []) => Ok(self.last_item(node, base, item.clone())),
            (JType::Deque(_), "pop" | "poll" | "pollFirst" | "remove" | "removeFirst", []) => {
                self.taken(node, receiver, Intrinsic::PopFirst, item)
            }
            (JType::Stack(_), "pop", []) | (JType::Deque(_), "pollLast" | "removeLast", []) => {
                self.taken(node, receiver, Intrinsic::Pop, item)
            }
            (JType::Heap(_), "poll" | "remove", []) => self.taken(node, receiver, Intrinsic::HeapPop, item),
            (JType::List(_), "contains", [wanted])
            | (JType::Stack(_), "contains", [wanted])
            | (JType::Deque(_), "contains", [wanted]) => {
                let wanted = self.value_of(*wanted, item)?;
                Ok(self.intrinsic(node, Intrinsic::Contains, vec![base, wanted], JType::Boolean))
            }
            (JType::List(_), "indexOf", [wanted]) => self.index_of(node, base, *wanted, item),
            (JType::List(_), "subList", [start, stop]) => {
                let (start, stop) = (self.value_of(*start, &JType::Int)?, self.value_of(*stop, &JType::Int)?);
                Ok(self.part(node, receiver, Some(start), Some(stop)))
            }
            (JType::List(_), "remove", [index]) => {
                let index = self.expr(*index)?;
                if index.ty != JType::Int {
                    return Err(self.unsupported_method(node, "List", "remove(Object)"));
                }
                self.changed(&base);
                Ok(self.intrinsic(node, Intrinsic::Pop, vec![base, index.expr], item.clone()))
            }
            _ => Err(self.unsupported_method(node, "a list or queue", name)),
        }
    }

    /// What is taken out of a queue.
    fn taken(&mut self, node: Node, receiver: Value, op: Intrinsic, item: &JType) -> Outcome<Value> {
        self.changed(&receiver.expr);
        Ok(self.intrinsic(node, op, vec![receiver.expr], item.clone()))
    }

    /// The position, or -1.
    fn index_of(&mut self, node: Node, base: Expr, wanted: Node, item: &JType) -> Outcome<Value> {
        let wanted = self.value_of(wanted, item)?;
        let args = vec![base, wanted];
        let condition = self.intrinsic(node, Intrinsic::Contains, args.clone(), JType::Boolean).expr;
        let then = self.intrinsic(node, Intrinsic::IndexOf, args, JType::Int);
        let orelse = Value { expr: self.int(node, -1), ty: JType::Int };
        self.choice(node, condition, then, orelse)
    }

    /// `Arrays.asList(…)`, `Collections.max(…)` and the like.
    pub(super) fn collection_static(
        &mut self,
        node: Node,
        class: &str,
        name: &str,
        args: &[Node],
        wanted: Option<&JType>,
    ) -> Outcome<Value> {
        match (class, name, args) {
            ("Arrays", "asList", _) | ("List" | "Set", "of", _) => self.listed(node, class, args, wanted),
            ("Collections", "emptyList", []) => self.listed(node, "List", args, wanted),
            ("Map", "of", _) => self.mapped(node, args, wanted),
            ("Collections", "max" | "min", [items]) => {
                let items = self.expr(*items)?;
                let Some(item) = items.ty.item().cloned() else {
                    return Err(self.unsupported_method(node, class, name));
                };
                let op = match name {
                    "max" => Intrinsic::Max { default: false, key: false },
                    _ => Intrinsic::Min { default: false, key: false },
                };
                Ok(self.intrinsic(node, op, vec![items.expr], item))
            }
            ("Arrays", "equals" | "deepEquals", [left, right]) => {
                let left = self.expr(*left)?;
                let right = self.expr_for(*right, Some(&left.ty))?;
                self.compare_contents(node, left, right)
            }
            ("Arrays", "copyOfRange", [array, start, stop]) => {
                let array = self.expr(*array)?;
                let (start, stop) = (self.value_of(*start, &JType::Int)?, self.value_of(*stop, &JType::Int)?);
                Ok(self.part(node, array, Some(start), Some(stop)))
            }
            ("Arrays", "toString", [array]) => {
                let array = self.expr(*array)?;
                match array.ty {
                    JType::Array(item) if matches!(*item, JType::Int | JType::Long) => {
                        Ok(self.intrinsic(node, Intrinsic::ToStr, vec![array.expr], JType::Str))
                    }
                    _ => Err(self.unsupported_method(node, class, name)),
                }
            }
            _ => Err(self.unsupported_method(node, class, name)),
        }
    }

    /// The items of a fixed list or set.
    fn listed(&mut self, node: Node, class: &str, args: &[Node], wanted: Option<&JType>) -> Outcome<Value> {
        let inner = wanted.and_then(JType::item);
        let values: Vec<Value> =
            args.iter().map(|a| self.expr_for(*a, inner)).collect::<Outcome<Vec<Value>>>()?;
        let Some(item) = inner.cloned().or_else(|| values.first().map(|v| v.ty.clone().boxed())) else {
            return Err(self.reject("java.type", node, "what this list holds is not known"));
        };
        let coerced = values.into_iter().zip(args).map(|(v, a)| self.coerce(v, &item, *a));
        let items: Vec<Expr> = coerced.collect::<Outcome<Vec<Expr>>>()?;
        Ok(match class {
            "Set" => self.make(node, ExprKind::Set(items), JType::Set(Box::new(item))),
            _ => self.make(node, ExprKind::List(items), JType::List(Box::new(item))),
        })
    }

    /// `Map.of(k, v, …)`.
    fn mapped(&mut self, node: Node, args: &[Node], wanted: Option<&JType>) -> Outcome<Value> {
        let Some(JType::Map { key, value, .. }) = wanted else {
            return Err(self.reject("java.type", node, "what this map holds is not known"));
        };
        let mut items = Vec::new();
        for pair in args.chunks(2) {
            if let [k, v] = pair {
                items.push((self.value_of(*k, key)?, self.value_of(*v, value)?));
            }
        }
        let ty = JType::Map { key: key.clone(), value: value.clone(), ordered: false };
        Ok(self.make(node, ExprKind::Dict(items), ty))
    }

    /// `new String(chars)`.
    fn new_string(&mut self, node: Node, args: &[Node]) -> Outcome<Value> {
        match args {
            [] => Ok(self.make(node, ExprKind::Str(String::new()), JType::Str)),
            [arg] => {
                let value = self.expr(*arg)?;
                let expr = match &value.ty {
                    JType::Array(item) if **item == JType::Char => self.joined(node, value.expr),
                    _ => self.coerce(value, &JType::Str, node)?,
                };
                Ok(Value { expr, ty: JType::Str })
            }
            _ => Err(self.unsupported_method(node, "String", "new")),
        }
    }

    /// `new StringBuilder()`: text that is built up.
    fn new_builder(&mut self, node: Node, args: &[Node]) -> Outcome<Value> {
        let text = match args {
            [] => None,
            [arg] => Some(self.expr(*arg)?).filter(|v| !v.ty.is_numeric() || *v.ty.unboxed() == JType::Char),
            _ => return Err(self.unsupported_method(node, "StringBuilder", "new")),
        };
        let expr = match text {
            Some(text) => self.coerce(text, &JType::Str, node)?,
            None => self.make(node, ExprKind::Str(String::new()), JType::Str).expr,
        };
        Ok(Value { expr, ty: JType::Builder })
    }

    /// Methods of `StringBuilder` for their value; on a builder that nothing else refers to, also
    /// those that change it.
    pub(super) fn builder_method(
        &mut self,
        node: Node,
        receiver: Value,
        name: &str,
        args: &[Node],
    ) -> Outcome<Value> {
        // A builder that nothing refers to afterwards may be changed on the way.
        let temporary = !matches!(receiver.expr.kind, ExprKind::Local(_) | ExprKind::Global(_))
            || self.is_last_use(&receiver.expr);
        let own = Value { expr: receiver.expr, ty: JType::Str };
        match (name, args) {
            ("reverse", []) if temporary => {
                Ok(Value { expr: self.backwards(node, own.expr), ty: JType::Builder })
            }
            ("append", [arg]) if temporary => {
                let value = self.expr(*arg)?;
                let text = Value { expr: self.as_text(value, *arg)?, ty: JType::Str };
                Ok(Value { expr: self.concatenation(node, own, text)?.expr, ty: JType::Builder })
            }
            ("append" | "reverse" | "insert" | "deleteCharAt" | "setCharAt" | "setLength" | "delete", _) => {
                let message = format!("`{name}` of a StringBuilder is only supported as a statement");
                Err(self.reject("java.builder", node, message))
            }
            _ => self.string_method(node, own, name, args),
        }
    }

    /// The statement returns and mentions the variable only here.
    fn is_last_use(&self, variable: &Expr) -> bool {
        let ExprKind::Local(name) = &variable.kind else { return false };
        self.statement.starts_with("return") && words(self.statement).filter(|w| w == name).count() == 1
    }

    /// `left + right` of integers that a loop counts with; never wraps in a right program.
    pub(super) fn stepped(&self, node: Node, op: BinaryOp, left: Expr, by: i128) -> Expr {
        match left.kind {
            ExprKind::Int(n) => self.int(node, if op == BinaryOp::Add { n + by } else { n - by }),
            _ => {
                let by = self.int(node, by);
                self.arithmetic(node, op, left, by, JType::Int).expr
            }
        }
    }
}
