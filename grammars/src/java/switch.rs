//! `switch` as a chain of comparisons, where no case falls through into another.

use super::lower::{Lowering, Outcome, Value};
use super::types::JType;
use crate::ir::{Block, CompareOp, Expr, ExprKind, Place, Stmt, StmtKind};
use crate::tree::{children, field};
use tree_sitter::Node;

/// A case: its labels (none for `default`) and its statements.
struct Case<'t> {
    labels: Vec<Node<'t>>,
    body: Vec<Node<'t>>,
}

impl Lowering<'_> {
    /// A `switch` statement.
    pub(super) fn switch(&mut self, node: Node) -> Outcome<Vec<Stmt>> {
        let span = self.span(node);
        let (subject, mut out) = self.subject(node)?;
        let mut branches = Vec::new();
        let mut orelse = Block::new();
        for case in self.cases(node)? {
            let body = self.case_body(&case)?;
            match self.case_condition(node, &subject, &case.labels)? {
                Some(condition) => branches.push((condition, body)),
                None => orelse = body,
            }
        }
        if branches.is_empty() {
            out.extend(orelse);
        } else {
            out.push(Stmt { kind: StmtKind::If { branches, orelse }, span });
        }
        Ok(out)
    }

    /// A `switch` for its value: every case is one expression.
    pub(super) fn switch_value(&mut self, node: Node, wanted: Option<&JType>) -> Outcome<Value> {
        let Some(subject) = field(node, "condition") else {
            return Err(self.reject("java.syntax", node, "a `switch` over nothing"));
        };
        let subject = self.expr(subject)?;
        if !is_simple(&subject.expr) {
            return Err(self.reject("java.switch", node, "a `switch` expression over more than a variable"));
        }
        let mut branches = Vec::new();
        let mut default = None;
        for case in self.cases(node)? {
            let value = match case.body[..] {
                [only] if only.kind() == "expression_statement" => children(only).first().copied(),
                _ => None,
            };
            let Some(value) = value else {
                return Err(self.reject(
                    "java.switch",
                    node,
                    "a case with statements in a `switch` expression",
                ));
            };
            let value = self.without_after(|l| l.expr_for(value, wanted))?;
            match self.case_condition(node, &subject, &case.labels)? {
                Some(condition) => branches.push((condition, value)),
                None => default = Some(value),
            }
        }
        let Some(default) = default else {
            return Err(self.reject("java.switch", node, "a `switch` expression without default"));
        };
        let fold = |orelse, (condition, then)| self.choice(node, condition, then, orelse?);
        branches.into_iter().rev().fold(Ok(default), fold)
    }

    /// What is compared: evaluated once, into a variable if it is more than one.
    fn subject(&mut self, node: Node) -> Outcome<(Value, Vec<Stmt>)> {
        let Some(condition) = field(node, "condition") else {
            return Err(self.reject("java.syntax", node, "a `switch` over nothing"));
        };
        let subject = self.expr(condition)?;
        if is_simple(&subject.expr) {
            return Ok((subject, Vec::new()));
        }
        let ty = subject.ty.unboxed().clone();
        let name = self.declare("subject", ty.clone());
        let place = Place::Variable { name: name.clone(), ty: ty.ir() };
        let assign =
            Stmt { kind: StmtKind::Assign { place, value: subject.expr }, span: self.span(condition) };
        Ok((self.make(condition, ExprKind::Local(name), ty), vec![assign]))
    }

    /// The cases, with the labels that share a body brought together.
    fn cases<'t>(&self, node: Node<'t>) -> Outcome<Vec<Case<'t>>> {
        let mut out: Vec<Case> = Vec::new();
        let mut labels = Vec::new();
        let mut is_default = false;
        let groups = field(node, "body").map(children).unwrap_or_default();
        for (i, group) in groups.iter().enumerate() {
            let mut body = Vec::new();
            for part in children(*group) {
                match part.kind() {
                    "switch_label" => {
                        labels.extend(children(part));
                        is_default |= self.text(part).starts_with("default");
                    }
                    _ => body.push(part),
                }
            }
            if group.kind() == "switch_block_statement_group" {
                if body.is_empty() && i + 1 < groups.len() {
                    continue;
                }
                self.check_ends(*group, &mut body, i + 1 == groups.len())?;
            }
            if group.kind() == "switch_rule" && body.iter().any(|n| breaks_out(*n)) {
                return Err(self.reject("java.switch", *group, "a `break` in the middle of a case"));
            }
            let labels = std::mem::take(&mut labels);
            let labels = if std::mem::take(&mut is_default) { Vec::new() } else { labels };
            out.push(Case { labels, body });
        }
        Ok(out)
    }

    /// Takes off the `break` at the end of a case. Another one inside, or none where one is
    /// needed, is rejected.
    fn check_ends(&self, group: Node, body: &mut Vec<Node>, last: bool) -> Outcome<()> {
        // `case 1: { …; break; }`
        if let [block] = body[..]
            && block.kind() == "block"
        {
            *body = children(block);
        }
        let leaves = body.last().map(|n| n.kind());
        match leaves {
            Some("break_statement") => {
                body.pop();
            }
            Some("return_statement" | "throw_statement" | "continue_statement") => {}
            _ if last => {}
            _ => return Err(self.reject("java.switch", group, "a case that falls through into the next")),
        }
        if body.iter().any(|n| breaks_out(*n)) {
            return Err(self.reject("java.switch", group, "a `break` in the middle of a case"));
        }
        Ok(())
    }

    fn case_body(&mut self, case: &Case) -> Outcome<Block> {
        let end = case.body.last().map_or(0, |n| n.end_byte());
        let mut out = match case.body[..] {
            [block] if block.kind() == "block" => self.block(block)?,
            _ => self.scoped(|l| l.statements(&case.body, end))?,
        };
        if out.is_empty() {
            let span = case.labels.first().map(|n| self.span(*n)).unwrap_or_default();
            out.push(Stmt { kind: StmtKind::Pass, span });
        }
        Ok(out)
    }

    /// The subject equals one of the labels; `None` for `default`.
    fn case_condition(&mut self, node: Node, subject: &Value, labels: &[Node]) -> Outcome<Option<Expr>> {
        let mut conditions = Vec::new();
        for label in labels {
            let label_value = self.expr(*label)?;
            conditions.push(self.compare(*label, CompareOp::Eq, subject.clone(), label_value)?.expr);
        }
        Ok(match conditions.len() {
            0 | 1 => conditions.pop(),
            _ => Some(self.make(node, ExprKind::Or(conditions), JType::Boolean).expr),
        })
    }
}

fn is_simple(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Local(_) | ExprKind::Global(_))
}

/// A `break` that would leave the `switch` around.
fn breaks_out(node: Node) -> bool {
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        match node.kind() {
            "break_statement" => return true,
            "for_statement"
            | "while_statement"
            | "do_statement"
            | "enhanced_for_statement"
            | "switch_expression" => {}
            _ => pending.extend(children(node)),
        }
    }
    false
}
