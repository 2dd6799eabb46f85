//! Expression statements: assignments, `i++`, and calls for their effect.

use super::lower::{Lowering, Outcome, Value};
use super::types::JType;
use crate::ir::{BinaryOp, Expr, ExprKind, IndexMode, Intrinsic, Overflow, Place, Stmt, StmtKind, Type};
use crate::tree::{children, field};
use tree_sitter::Node;

impl Lowering<'_> {
    /// What an expression statement does.
    pub(super) fn effect(&mut self, node: Node) -> Outcome<Vec<Stmt>> {
        let span = self.span(node);
        let kinds = match node.kind() {
            "assignment_expression" => self.assignment(node)?,
            "update_expression" => vec![self.update(node)?],
            "method_invocation" => self.call_statement(node)?,
            "parenthesized_expression" | "object_creation_expression" => {
                return Err(self.reject("java.statement", node, "an expression without effect"));
            }
            _ => vec![StmtKind::Expr(self.expr(node)?.expr)],
        };
        Ok(kinds.into_iter().map(|kind| Stmt { kind, span }).collect())
    }

    /// `left = right`, `left op= right`, `a = b = c`.
    fn assignment(&mut self, node: Node) -> Outcome<Vec<StmtKind>> {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else {
            return Err(self.reject("java.syntax", node, "a malformed assignment"));
        };
        let operator = field(node, "operator").map(|n| self.text(n)).unwrap_or_default();
        if operator != "=" {
            return Ok(vec![self.compound(node, left, operator.trim_end_matches('='), right)?]);
        }
        if right.kind() == "assignment_expression" {
            let mut first = self.assignment(right)?;
            let source = field(right, "left").unwrap_or(right);
            let (place, ty) = self.place(left)?;
            first.push(StmtKind::Assign { place, value: self.value_of(source, &ty)? });
            return Ok(first);
        }
        let (place, ty) = self.place(left)?;
        if ty == JType::Builder && right.kind() != "object_creation_expression" {
            return Err(self.reject("java.builder", node, "a StringBuilder with two names"));
        }
        let value = self.value_of(right, &ty)?;
        Ok(vec![StmtKind::Assign { place, value }])
    }

    /// `left op= right` is `left = (type of left) (left op right)`.
    fn compound(&mut self, node: Node, left: Node, operator: &str, right: Node) -> Outcome<StmtKind> {
        let (place, ty) = self.place(left)?;
        let before = self.without_after(|l| l.expr(left))?;
        let value = self.expr(right)?;
        if ty == JType::Str && operator == "+" {
            let value = self.as_text(value, right)?;
            return Ok(StmtKind::AugAssign { place, op: BinaryOp::Concat, overflow: Overflow::Fits, value });
        }
        let whole = self.operation(node, operator, before, value)?;
        let ends_as_it_is = whole.ty == *ty.unboxed();
        match whole.expr.kind {
            ExprKind::Binary { op, overflow, right, .. } if ends_as_it_is => {
                Ok(StmtKind::AugAssign { place, op, overflow, value: *right })
            }
            kind => {
                let whole = Value { expr: Expr { kind, ..whole.expr }, ty: whole.ty };
                let value = self.cast(whole, &ty, node)?.expr;
                Ok(StmtKind::Assign { place, value })
            }
        }
    }

    /// `i++` and the like as a statement.
    fn update(&mut self, node: Node) -> Outcome<StmtKind> {
        let [operand] = children(node)[..] else {
            return Err(self.reject("java.syntax", node, "`++` of nothing"));
        };
        let operator = if self.text(node).contains("++") { "+" } else { "-" };
        let (place, ty) = self.place(operand)?;
        let one = Value { expr: self.int(node, 1), ty: JType::Int };
        if *ty.unboxed() == JType::Char {
            let before = self.expr(operand)?;
            let whole = self.operation(node, operator, before, one)?;
            return Ok(StmtKind::Assign { place, value: self.cast(whole, &JType::Char, node)?.expr });
        }
        let op = if operator == "+" { BinaryOp::Add } else { BinaryOp::Sub };
        let value = self.coerce(one, &ty, node)?;
        Ok(StmtKind::AugAssign { place, op, overflow: ty.overflow(), value })
    }

    /// `i++` within a statement: the variable's old value, and the step taken after the statement.
    /// That is the same only if the statement does not mention the variable elsewhere.
    pub(super) fn update_value(&mut self, node: Node) -> Outcome<Value> {
        let spelled = self.text(node);
        let operand = children(node).first().copied().unwrap_or(node);
        let name = self.text(operand);
        let postfix = spelled.ends_with("++") || spelled.ends_with("--");
        let once = words(self.statement).filter(|w| *w == name).count() == 1;
        if self.after.is_none() || !postfix || !once || operand.kind() != "identifier" {
            let message = format!("the value of `{spelled}` is not supported here");
            return Err(self.reject("java.increment-value", node, message));
        }
        let value = self.expr(operand)?;
        let kind = self.update(node)?;
        let span = self.span(node);
        self.after.iter_mut().for_each(|after| after.push(Stmt { kind: kind.clone(), span }));
        Ok(value)
    }

    /// Where an assignment goes, with its type.
    pub(super) fn place(&mut self, node: Node) -> Outcome<(Place, JType)> {
        match node.kind() {
            "identifier" | "field_access" => {
                let target = self.expr(node)?;
                let (ExprKind::Local(name) | ExprKind::Global(name)) = target.expr.kind else {
                    return Err(self.reject("java.assignment", node, "this cannot be assigned to"));
                };
                self.assigned(&name);
                Ok((Place::Variable { name, ty: target.expr.ty }, target.ty))
            }
            "array_access" => {
                let target = self.expr(node)?;
                self.changed(&target.expr);
                let ExprKind::Index { base, index, mode } = target.expr.kind else {
                    return Err(self.reject("java.assignment", node, "this cannot be assigned to"));
                };
                Ok((Place::Item { base: *base, index: *index, mode }, target.ty))
            }
            "parenthesized_expression" => match children(node)[..] {
                [inner] => self.place(inner),
                _ => Err(self.reject("java.assignment", node, "this cannot be assigned to")),
            },
            _ => Err(self.reject("java.assignment", node, "this cannot be assigned to")),
        }
    }

    /// A call as a statement.
    fn call_statement(&mut self, node: Node) -> Outcome<Vec<StmtKind>> {
        let name = field(node, "name").map(|n| self.text(n)).unwrap_or_default();
        let args = field(node, "arguments").map(children).unwrap_or_default();
        let Some(object) = field(node, "object") else {
            return Ok(vec![StmtKind::Expr(self.expr(node)?.expr)]);
        };
        if self.text(object) == "System.out" {
            return Ok(vec![self.print(node, name, &args)?]);
        }
        if let Some(class @ ("Collections" | "Arrays")) = self.library_class(object) {
            return Ok(vec![self.static_effect(node, class, name, &args)?]);
        }
        // `sb.append(a).append(b)`
        if let Some(chain) = self.append_chain(node)? {
            return Ok(chain);
        }
        let is_variable =
            matches!(object.kind(), "identifier" | "field_access" | "array_access" | "method_invocation")
                && self.library_class(object).is_none()
                && !self.stateless.contains(self.text(object));
        if is_variable {
            let receiver = self.expr(object)?;
            if let Some(kinds) = self.collection_effect(node, receiver, name, &args)? {
                return Ok(kinds);
            }
        }
        Ok(vec![StmtKind::Expr(self.expr(node)?.expr)])
    }

    /// `System.out.println` and `print`.
    fn print(&mut self, node: Node, name: &str, args: &[Node]) -> Outcome<StmtKind> {
        let end = match name {
            "println" => "\n",
            "print" => "",
            _ => return Err(self.unsupported_method(node, "System.out", name)),
        };
        let mut values = Vec::new();
        for arg in args {
            let value = self.expr(*arg)?;
            values.push(match value.ty.unboxed() {
                JType::Int | JType::Long | JType::Char => value.expr,
                _ => self.as_text(value, *arg)?,
            });
        }
        let op = Intrinsic::Print { sep: String::new(), end: end.to_owned() };
        Ok(StmtKind::Expr(self.intrinsic(node, op, values, JType::Void).expr))
    }

    /// `Collections.sort(list)` and other static methods that change their argument.
    fn static_effect(&mut self, node: Node, class: &str, name: &str, args: &[Node]) -> Outcome<StmtKind> {
        let [items, rest @ ..] = args else { return Err(self.unsupported_method(node, class, name)) };
        let items = self.expr(*items)?;
        self.changed(&items.expr);
        match (name, rest) {
            ("sort", []) => Ok(self.sort(node, items, None)?),
            ("sort", [order]) => Ok(self.sort(node, items, Some(*order))?),
            ("reverse", []) => Ok(self.in_place(node, Intrinsic::Reverse, vec![items.expr])),
            ("addAll", [_, ..]) if class == "Collections" => Err(self.unsupported_method(node, class, name)),
            ("swap", [left, right]) => {
                let (left, right) = (self.value_of(*left, &JType::Int)?, self.value_of(*right, &JType::Int)?);
                Ok(self.swap(node, items, left, right))
            }
            _ => Err(self.unsupported_method(node, class, name)),
        }
    }

    /// `list[i], list[j] = list[j], list[i]`.
    fn swap(&self, node: Node, items: Value, left: Expr, right: Expr) -> StmtKind {
        let item = items.ty.item().cloned().unwrap_or(JType::Void);
        let place = |index: &Expr| Place::Item {
            base: items.expr.clone(),
            index: index.clone(),
            mode: IndexMode::InRange,
        };
        let value = |index: &Expr| self.item(node, items.expr.clone(), index.clone(), item.clone()).expr;
        let values = vec![value(&right), value(&left)];
        let ty = Type::Tuple(vec![item.ir(), item.ir()]);
        StmtKind::Assign {
            place: Place::Tuple(vec![place(&left), place(&right)]),
            value: Expr { kind: ExprKind::Tuple(values), ty, span: self.span(node) },
        }
    }

    /// An intrinsic that changes its first argument, as a statement.
    pub(super) fn in_place(&self, node: Node, op: Intrinsic, args: Vec<Expr>) -> StmtKind {
        StmtKind::Expr(self.intrinsic(node, op, args, JType::Void).expr)
    }

    /// Methods of collections that are called for what they change; `None` for others.
    fn collection_effect(
        &mut self,
        node: Node,
        receiver: Value,
        name: &str,
        args: &[Node],
    ) -> Outcome<Option<Vec<StmtKind>>> {
        let ty = receiver.ty.clone();
        let base = receiver.expr.clone();
        self.changed(&base);
        let one = |kind| Ok(Some(vec![kind]));
        match (&ty, name, args) {
            (
                JType::List(_)
                | JType::Stack(_)
                | JType::Deque(_)
                | JType::Heap(_)
                | JType::Set(_)
                | JType::Map { .. },
                "clear",
                [],
            ) => one(self.in_place(node, Intrinsic::Clear, vec![base])),
            (JType::List(item) | JType::Stack(item), "add" | "addElement" | "push" | "addLast", [value])
            | (JType::Deque(item), "add" | "addLast" | "offer" | "offerLast", [value]) => {
                let value = self.value_of(*value, item)?;
                one(self.in_place(node, Intrinsic::Append, vec![base, value]))
            }
            (JType::Deque(item), "push" | "addFirst" | "offerFirst", [value]) => {
                let value = self.value_of(*value, item)?;
                one(self.in_place(node, Intrinsic::Prepend, vec![base, value]))
            }
            (JType::Heap(item), "add" | "offer", [value]) => {
                let value = self.value_of(*value, item)?;
                one(self.in_place(node, Intrinsic::HeapPush, vec![base, value]))
            }
            (JType::Set(item), "add" | "remove", [value]) => {
                let op = if name == "add" { Intrinsic::Add } else { Intrinsic::Discard };
                let value = self.value_of(*value, item)?;
                one(self.in_place(node, op, vec![base, value]))
            }
            (JType::List(item), "add", [index, value]) => {
                let (index, value) = (self.value_of(*index, &JType::Int)?, self.value_of(*value, item)?);
                one(self.in_place(node, Intrinsic::Insert, vec![base, index, value]))
            }
            (JType::List(item), "set", [index, value]) => {
                let (index, value) = (self.value_of(*index, &JType::Int)?, self.value_of(*value, item)?);
                let place = Place::Item { base, index, mode: IndexMode::InRange };
                one(StmtKind::Assign { place, value })
            }
            (JType::List(_), "remove", [index]) => {
                let index = self.expr(*index)?;
                if index.ty != JType::Int {
                    return Err(self.unsupported_method(node, "List", "remove(Object)"));
                }
                one(self.in_place(node, Intrinsic::DeleteAt, vec![base, index.expr]))
            }
            (JType::List(_) | JType::Deque(_) | JType::Set(_), "addAll", [others]) => {
                let others = self.expr_for(*others, Some(&ty))?;
                if others.ty.item() != ty.item()
                    || (matches!(others.ty, JType::Set(_)) && !matches!(ty, JType::Set(_)))
                {
                    return Err(self.unsupported_method(node, "a collection", name));
                }
                let op = if matches!(ty, JType::Set(_)) { Intrinsic::AddAll } else { Intrinsic::Extend };
                one(self.in_place(node, op, vec![base, others.expr]))
            }
            (JType::List(_), "sort", [order]) => one(self.sort(node, receiver, Some(*order))?),
            (JType::Map { key, value, .. }, _, _) => self.map_effect(node, base, (key, value), name, args),
            _ => Ok(None),
        }
    }

    fn map_effect(
        &mut self,
        node: Node,
        base: Expr,
        (key_type, value_type): (&JType, &JType),
        name: &str,
        args: &[Node],
    ) -> Outcome<Option<Vec<StmtKind>>> {
        let kind = match (name, args) {
            ("put", [key, value]) => {
                let index = self.value_of(*key, key_type)?;
                let value = self.value_of(*value, value_type)?;
                StmtKind::Assign { place: Place::Item { base, index, mode: IndexMode::InRange }, value }
            }
            ("putIfAbsent", [key, value]) => {
                let (key, value) = (self.value_of(*key, key_type)?, self.value_of(*value, value_type)?);
                StmtKind::Expr(
                    self.intrinsic(node, Intrinsic::SetDefault, vec![base, key, value], value_type.clone())
                        .expr,
                )
            }
            ("remove", [key]) => {
                let key = self.value_of(*key, key_type)?;
                let args = vec![base, key];
                let present = self.intrinsic(node, Intrinsic::Contains, args.clone(), JType::Boolean).expr;
                let delete =
                    Stmt { kind: self.in_place(node, Intrinsic::DeleteKey, args), span: self.span(node) };
                StmtKind::If { branches: vec![(present, vec![delete])], orelse: Vec::new() }
            }
            ("merge", [key, value, function])
                if matches!(self.text(*function), "Integer::sum" | "Long::sum") =>
            {
                let key = self.value_of(*key, key_type)?;
                let value = self.value_of(*value, value_type)?;
                let own = value_type.unboxed().clone();
                let zero = self.int(node, 0);
                let before = self.intrinsic(
                    node,
                    Intrinsic::GetOr,
                    vec![base.clone(), key.clone(), zero],
                    own.clone(),
                );
                let value = self.arithmetic(node, BinaryOp::Add, before.expr, value, own).expr;
                StmtKind::Assign { place: Place::Item { base, index: key, mode: IndexMode::InRange }, value }
            }
            _ => return Ok(None),
        };
        Ok(Some(vec![kind]))
    }

    /// `sb.append(a).append(b)` and other statements that change a builder; `None` for others.
    fn append_chain(&mut self, node: Node) -> Outcome<Option<Vec<StmtKind>>> {
        let mut calls = Vec::new();
        let mut at = node;
        while at.kind() == "method_invocation" {
            calls.push(at);
            match field(at, "object") {
                Some(object) => at = object,
                None => return Ok(None),
            }
        }
        let is_builder =
            at.kind() == "identifier" && self.variable(self.text(at)).is_some_and(|v| v.ty == JType::Builder);
        if !is_builder {
            return Ok(None);
        }
        let (place, _) = self.place(at)?;
        let mut out = Vec::new();
        for call in calls.into_iter().rev() {
            let builder = self.expr(at)?.expr;
            out.push(self.builder_effect(call, place.clone(), builder)?);
        }
        Ok(Some(out))
    }

    fn builder_effect(&mut self, call: Node, place: Place, builder: Expr) -> Outcome<StmtKind> {
        let name = field(call, "name").map(|n| self.text(n)).unwrap_or_default();
        let args = field(call, "arguments").map(children).unwrap_or_default();
        let own = Value { expr: builder.clone(), ty: JType::Str };
        match (name, args.as_slice()) {
            ("append", [arg]) => {
                let value = self.expr(*arg)?;
                let value = self.as_text(value, *arg)?;
                Ok(StmtKind::AugAssign { place, op: BinaryOp::Concat, overflow: Overflow::Fits, value })
            }
            ("reverse", []) => Ok(StmtKind::Assign { place, value: self.backwards(call, builder) }),
            ("insert", [at, arg]) if self.text(*at) == "0" => {
                let value = self.expr(*arg)?;
                let text = Value { expr: self.as_text(value, *arg)?, ty: JType::Str };
                Ok(StmtKind::Assign { place, value: self.concatenation(call, text, own)?.expr })
            }
            ("setLength", [length]) => {
                let stop = self.value_of(*length, &JType::Int)?;
                if matches!(stop.kind, ExprKind::Int(0)) {
                    let value = self.make(call, ExprKind::Str(String::new()), JType::Str).expr;
                    return Ok(StmtKind::Assign { place, value });
                }
                Ok(StmtKind::Assign { place, value: self.part(call, own, None, Some(stop)).expr })
            }
            ("deleteCharAt", [at]) => {
                let at = self.value_of(*at, &JType::Int)?;
                let next = self.stepped(call, BinaryOp::Add, at.clone(), 1);
                let left = self.part(call, own.clone(), None, Some(at));
                let right = self.part(call, own, Some(next), None);
                Ok(StmtKind::Assign { place, value: self.concatenation(call, left, right)?.expr })
            }
            _ => Err(self.unsupported_method(call, "StringBuilder", name)),
        }
    }
}

/// The identifiers and keywords in a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
}
