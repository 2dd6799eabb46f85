//! Loops. `for (int i = a; i < b; i++)` counts over a range where nothing in the body could tell
//! the difference.

use super::effect::words;
use super::expr::code;
use super::lower::{Lowering, Outcome, Value};
use super::types::JType;
use crate::ir::{BinaryOp, Expr, ExprKind, Intrinsic, Pattern, Stmt, StmtKind, Type};
use crate::tree::{children, field, fields};
use std::collections::BTreeSet;
use tree_sitter::Node;

/// Methods that leave their receiver and arguments as they are.
const HARMLESS: &[&str] = &[
    "get",
    "set",
    "size",
    "length",
    "charAt",
    "isEmpty",
    "contains",
    "containsKey",
    "getOrDefault",
    "indexOf",
    "equals",
    "substring",
    "abs",
    "max",
    "min",
    "sqrt",
    "pow",
    "isDigit",
    "isLetter",
    "println",
    "print",
    "floorMod",
];

impl<'s> Lowering<'s> {
    pub(super) fn while_statement(&mut self, node: Node) -> Outcome<StmtKind> {
        let (Some(condition), Some(body)) = (field(node, "condition"), field(node, "body")) else {
            return Err(self.reject("java.syntax", node, "a malformed `while`"));
        };
        let condition = self.condition(condition)?;
        Ok(StmtKind::While { condition, body: self.block(body)?, orelse: Vec::new() })
    }

    pub(super) fn do_statement(&mut self, node: Node) -> Outcome<StmtKind> {
        let (Some(condition), Some(body)) = (field(node, "condition"), field(node, "body")) else {
            return Err(self.reject("java.syntax", node, "a malformed `do`"));
        };
        let body = self.block(body)?;
        let condition = self.condition(condition)?;
        Ok(StmtKind::Loop { condition, update: Vec::new(), body, test_last: true })
    }

    /// `for (init; condition; update)`.
    pub(super) fn for_statement(&mut self, node: Node) -> Outcome<Vec<Stmt>> {
        if let Some(counting) = self.counting(node) {
            let stop = self.expr(counting.stop)?;
            if stop.ty.is_integral() {
                return Ok(vec![Stmt { kind: self.count(node, counting, stop)?, span: self.span(node) }]);
            }
        }
        self.scoped(|l| l.general_for(node))
    }

    fn general_for(&mut self, node: Node) -> Outcome<Vec<Stmt>> {
        let mut out = Vec::new();
        for init in fields(node, "init") {
            match init.kind() {
                "local_variable_declaration" => out.extend(self.declaration(init)?),
                _ => out.extend(self.effect(init)?),
            }
        }
        let condition = match field(node, "condition") {
            Some(condition) => self.condition(condition)?,
            None => self.make(node, ExprKind::Bool(true), JType::Boolean).expr,
        };
        let Some(body) = field(node, "body") else {
            return Err(self.reject("java.syntax", node, "a `for` without a body"));
        };
        let body = self.block(body)?;
        let mut update = Vec::new();
        for part in fields(node, "update") {
            update.extend(self.effect(part)?);
        }
        out.push(Stmt {
            kind: StmtKind::Loop { condition, update, body, test_last: false },
            span: self.span(node),
        });
        Ok(out)
    }

    /// The parts of a loop that counts over a range; `None` for other loops.
    fn counting<'t>(&self, node: Node<'t>) -> Option<Counting<'t>> {
        let [init] = fields(node, "init")[..] else { return None };
        let [declarator] = fields(init, "declarator")[..] else { return None };
        let [update] = fields(node, "update")[..] else { return None };
        let condition = field(node, "condition").filter(|c| c.kind() == "binary_expression")?;
        let name_node = field(declarator, "name")?;
        let name = self.text(name_node);
        if !matches!(self.text(field(init, "type")?), "int" | "long")
            || self.text(field(condition, "left")?) != name
        {
            return None;
        }
        let step = self.step(update, name)?;
        let inclusive = match (self.text(field(condition, "operator")?), step > 0) {
            ("<", true) | (">", false) => false,
            ("<=", true) | (">=", false) => true,
            _ => return None,
        };
        let body = field(node, "body")?;
        let changes = Changes::of(body, self.source);
        let stop = field(condition, "right")?;
        let still = !changes.assigned.contains(name) && self.is_fixed(stop, &changes);
        let start = field(declarator, "value")?;
        still.then_some(Counting {
            name: name_node,
            ty: field(init, "type")?,
            start,
            stop,
            inclusive,
            step,
            body,
        })
    }

    /// By how much `i++`, `i--`, `i += 2` and `i -= 2` step.
    fn step(&self, update: Node, name: &str) -> Option<i128> {
        match update.kind() {
            "update_expression" => {
                let [operand] = children(update)[..] else { return None };
                (self.text(operand) == name).then(|| if self.text(update).contains("++") { 1 } else { -1 })
            }
            "assignment_expression" if self.text(field(update, "left")?) == name => {
                let by: i128 = self.text(field(update, "right")?).parse().ok().filter(|n| *n > 0)?;
                match self.text(field(update, "operator")?) {
                    "+=" => Some(by),
                    "-=" => Some(-by),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The expression has the same value on every turn.
    fn is_fixed(&self, node: Node, changes: &Changes) -> bool {
        let unchanged = |n: Node| {
            let name = self.text(n);
            n.kind() == "identifier" && self.variable(name).is_some() && !changes.assigned.contains(name)
        };
        match node.kind() {
            "decimal_integer_literal" => true,
            "identifier" => unchanged(node),
            "binary_expression" | "parenthesized_expression" => {
                children(node).into_iter().all(|n| self.is_fixed(n, changes))
            }
            "cast_expression" => field(node, "value").is_some_and(|n| self.is_fixed(n, changes)),
            "field_access" => self.is_fixed_length(node, &unchanged, changes),
            "method_invocation" => {
                let name = field(node, "name").map(|n| self.text(n)).unwrap_or_default();
                let args = field(node, "arguments").map(children).unwrap_or_default();
                match field(node, "object") {
                    Some(object) if matches!(name, "length" | "size") && args.is_empty() => {
                        unchanged(object) && !changes.mutated.contains(self.text(object))
                    }
                    Some(object) if self.text(object) == "Math" => {
                        args.into_iter().all(|n| self.is_fixed(n, changes))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// `array.length`, `grid[0].length`.
    fn is_fixed_length(&self, node: Node, unchanged: &dyn Fn(Node) -> bool, changes: &Changes) -> bool {
        let Some(object) = field(node, "object") else { return false };
        if object.kind() == "array_access" {
            let rows =
                field(object, "array").is_some_and(|a| unchanged(a) && !changes.rows.contains(self.text(a)));
            return rows && field(object, "index").is_some_and(|i| self.is_fixed(i, changes));
        }
        unchanged(object)
    }

    fn count(&mut self, node: Node, c: Counting, stop: Value) -> Outcome<StmtKind> {
        let ty = self.jtype(c.ty)?;
        let start = self.value_of(c.start, &ty)?;
        let mut stop = code(stop);
        if c.inclusive {
            let op = if c.step > 0 { BinaryOp::Add } else { BinaryOp::Sub };
            stop = self.stepped(c.stop, op, stop, 1);
        }
        let range = ExprKind::Range {
            start: Box::new(start),
            stop: Box::new(stop),
            step: Box::new(self.int(node, c.step)),
        };
        let iter = Expr { kind: range, ty: Type::iter(Type::Int), span: self.span(node) };
        self.scoped(|l| {
            let name = l.declare(l.text(c.name), ty);
            let pattern = Pattern::Name { name, ty: Type::Int };
            Ok(StmtKind::For { pattern, iter, body: l.block(c.body)?, orelse: Vec::new() })
        })
    }

    /// `for (T item : items)`.
    pub(super) fn for_each(&mut self, node: Node) -> Outcome<Vec<Stmt>> {
        let (Some(source), Some(body), Some(name)) =
            (field(node, "value"), field(node, "body"), field(node, "name"))
        else {
            return Err(self.reject("java.syntax", node, "a malformed `for`"));
        };
        if let Some(kind) = self.for_entries(node, source, body)? {
            return Ok(vec![Stmt { kind, span: self.span(node) }]);
        }
        let items = self.iterated(source)?;
        let Some(item) = items.1 else {
            return Err(self.reject(
                "java.hash-order",
                source,
                "the order of a hash table is particular to Java",
            ));
        };
        let declared = field(node, "type").filter(|t| self.text(*t) != "var");
        let ty = declared.map(|t| self.jtype(t)).transpose()?.unwrap_or(item.clone());
        if ty.ir() != item.ir() {
            return Err(self.reject(
                "java.conversion",
                node,
                "the loop variable has another type than the items",
            ));
        }
        let kind = self.scoped(|l| {
            let name = l.declare(l.text(name), ty.clone());
            let pattern = Pattern::Name { name, ty: ty.ir() };
            Ok(StmtKind::For { pattern, iter: items.0, body: l.block(body)?, orelse: Vec::new() })
        })?;
        Ok(vec![Stmt { kind, span: self.span(node) }])
    }

    /// What a loop walks over, and the type of its items; no type where the order is not known.
    fn iterated(&mut self, source: Node) -> Outcome<(Expr, Option<JType>)> {
        if let Some((object, name)) = self.plain_call(source) {
            let receiver = self.expr(object)?;
            match (&receiver.ty, name) {
                (JType::Str, "toCharArray") => return Ok((receiver.expr, Some(JType::Char))),
                (JType::Map { key, value, ordered }, "keySet" | "values") => {
                    let (op, item) = match name {
                        "keySet" => (Intrinsic::Keys, key),
                        _ => (Intrinsic::Values, value),
                    };
                    let ty = Type::iter(item.ir());
                    let kind = ExprKind::Intrinsic { op, args: vec![receiver.expr] };
                    let iter = Expr { kind, ty, span: self.span(source) };
                    return Ok((iter, ordered.then(|| (**item).clone())));
                }
                _ => {}
            }
        }
        let items = self.expr(source)?;
        let item = match &items.ty {
            JType::Array(t) | JType::List(t) | JType::Stack(t) | JType::Deque(t) => Some((**t).clone()),
            JType::Set(_) | JType::Heap(_) => None,
            _ => return Err(self.reject("java.type", source, "this cannot be walked over")),
        };
        Ok((items.expr, item))
    }

    /// The receiver and name of a call without arguments.
    fn plain_call<'t>(&self, node: Node<'t>) -> Option<(Node<'t>, &'s str)> {
        let no_args = field(node, "arguments").is_some_and(|a| children(a).is_empty());
        let object = field(node, "object").filter(|_| node.kind() == "method_invocation" && no_args)?;
        Some((object, self.text(field(node, "name")?)))
    }

    /// `for (Map.Entry<K, V> e : map.entrySet())`, where `e` is only asked for its key and value.
    fn for_entries(&mut self, node: Node, source: Node, body: Node) -> Outcome<Option<StmtKind>> {
        let Some((object, "entrySet")) = self.plain_call(source) else { return Ok(None) };
        let map = self.expr(object)?;
        let JType::Map { key, value, ordered: true } = map.ty else {
            return Err(self.reject(
                "java.hash-order",
                source,
                "the order of a hash table is particular to Java",
            ));
        };
        let entry = field(node, "name").map(|n| self.text(n).to_owned()).unwrap_or_default();
        let ty = Type::iter(Type::Tuple(vec![key.ir(), value.ir()]));
        let kind = ExprKind::Intrinsic { op: Intrinsic::Items, args: vec![map.expr] };
        let iter = Expr { kind, ty, span: self.span(source) };
        self.scoped(|l| {
            let parts = [("Key", key), ("Value", value)].map(|(part, ty)| {
                let spelled = format!("{entry}.get{part}()");
                let name = l.part_name(&entry, part, body);
                let own = l.declare_as(&name, &spelled, (*ty).clone());
                Pattern::Name { name: own, ty: ty.ir() }
            });
            let body = l.block(body)?;
            Ok(Some(StmtKind::For { pattern: Pattern::Tuple(parts.into()), iter, body, orelse: Vec::new() }))
        })
    }
}

impl Lowering<'_> {
    /// A name for the key or value of an entry: `key`, unless the body uses that name itself.
    fn part_name(&self, entry: &str, part: &str, body: Node) -> String {
        let plain = part.to_ascii_lowercase();
        let taken = self.variable(&plain).is_some() || words(self.text(body)).any(|w| w == plain);
        if taken { format!("{entry}{part}") } else { plain }
    }
}

/// `for (ty name = start; name < stop; name += step) body`.
struct Counting<'t> {
    name: Node<'t>,
    ty: Node<'t>,
    start: Node<'t>,
    stop: Node<'t>,
    inclusive: bool,
    step: i128,
    body: Node<'t>,
}

/// What a loop's body may change.
#[derive(Default)]
struct Changes {
    /// Variables that are assigned.
    assigned: BTreeSet<String>,
    /// Arrays of arrays of which a whole row is assigned.
    rows: BTreeSet<String>,
    /// Variables whose object a method may change.
    mutated: BTreeSet<String>,
}

impl Changes {
    fn of(body: Node, source: &str) -> Changes {
        let text = |n: Node| crate::tree::text(n, source).to_owned();
        let mut changes = Changes::default();
        let mut pending = vec![body];
        while let Some(node) = pending.pop() {
            match node.kind() {
                "assignment_expression" => {
                    if let Some(left) = field(node, "left") {
                        changes.assigned.insert(text(left));
                        changes.rows.extend(field(left, "array").map(text));
                    }
                }
                "update_expression" => changes.assigned.extend(children(node).first().map(|n| text(*n))),
                "method_invocation" => {
                    let name = field(node, "name").map(text).unwrap_or_default();
                    if !HARMLESS.contains(&name.as_str()) {
                        changes.mutated.extend(field(node, "object").map(text));
                        let args = field(node, "arguments").map(children).unwrap_or_default();
                        changes.mutated.extend(args.into_iter().map(text));
                    }
                }
                _ => {}
            }
            pending.extend(children(node));
        }
        changes
    }
}
