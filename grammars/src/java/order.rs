//! Sorting, and the comparators that say no more than a key or a direction.

use super::lower::{Lowering, Outcome, Value};
use super::types::JType;
use crate::ir::{Expr, ExprKind, Intrinsic, StmtKind, Type};
use crate::tree::{children, field};
use tree_sitter::Node;

impl Lowering<'_> {
    /// Sorts `items` in place.
    pub(super) fn sort(&mut self, node: Node, items: Value, order: Option<Node>) -> Outcome<StmtKind> {
        let (reverse, key) = match order {
            None => (false, None),
            Some(order) => self.order(order, &items)?,
        };
        if key.is_none() && !items.ty.item().is_some_and(|t| t.is_numeric() || *t == JType::Str) {
            return Err(self.reject("java.comparator", node, "these items have no natural order"));
        }
        let op = Intrinsic::Sort { reverse, key: key.is_some() };
        let args = [items.expr].into_iter().chain(key).collect();
        Ok(self.in_place(node, op, args))
    }

    /// Whether a comparator reverses the order, and the key that it compares.
    fn order(&mut self, order: Node, items: &Value) -> Outcome<(bool, Option<Expr>)> {
        match self.text(order).split_whitespace().collect::<String>().as_str() {
            "null"
            | "Comparator.naturalOrder()"
            | "Integer::compare"
            | "String::compareTo"
            | "Integer::compareTo" => {
                return Ok((false, None));
            }
            "Collections.reverseOrder()" | "Comparator.reverseOrder()" => return Ok((true, None)),
            _ => {}
        }
        let unsupported = |l: &Self| l.reject("java.comparator", order, "this comparator is not supported");
        let params = field(order, "parameters").map(children).unwrap_or_default();
        let names: Vec<&str> = params.iter().map(|p| self.text(field(*p, "name").unwrap_or(*p))).collect();
        let ([first, second], Some(body), Some(item)) =
            (names.as_slice(), field(order, "body"), items.ty.item().cloned())
        else {
            return Err(unsupported(self));
        };
        let Some((left, right)) = self.compared(body) else { return Err(unsupported(self)) };
        let (left_text, right_text) = (self.text(left), self.text(right));
        let swapped = |text: &str, from: &str, to: &str| {
            let words: Vec<String> =
                tokens(text).map(|w| if w == from { to.to_owned() } else { w.to_owned() }).collect();
            words.concat()
        };
        let reverse = if swapped(left_text, first, second) == right_text && mentions(left_text, first) {
            false
        } else if swapped(left_text, second, first) == right_text && mentions(left_text, second) {
            true
        } else {
            return Err(unsupported(self));
        };
        let parameter = if reverse { *second } else { *first };
        if left_text == parameter {
            return Ok((reverse, None));
        }
        let key = self.scoped(|l| {
            let name = l.declare_bound(parameter, item.clone());
            let key = l.without_after(|l| l.expr(left))?;
            let ty = Type::Function { params: vec![item.ir()], ret: Box::new(key.expr.ty.clone()) };
            let kind = ExprKind::Lambda { params: vec![(name, item.ir())], body: Box::new(key.expr) };
            Ok(Expr { kind, ty, span: l.span(order) })
        })?;
        Ok((reverse, Some(key)))
    }

    /// The two sides of `a - b`, `Integer.compare(a, b)` and `a.compareTo(b)`.
    fn compared<'t>(&self, body: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
        match body.kind() {
            "binary_expression" if field(body, "operator")?.kind() == "-" => {
                Some((field(body, "left")?, field(body, "right")?))
            }
            "method_invocation" => {
                let args = field(body, "arguments").map(children)?;
                let object = field(body, "object")?;
                match (self.text(field(body, "name")?), args.as_slice()) {
                    ("compare", [left, right]) if self.library_class(object).is_some() => {
                        Some((*left, *right))
                    }
                    ("compareTo", [right]) => Some((object, *right)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// Splits into identifiers and what is between them.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|c| is_word(c) != is_word(first)).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        rest = after;
        Some(token)
    })
}

fn mentions(text: &str, name: &str) -> bool {
    tokens(text).any(|t| t == name)
}
