//! `match` over literals and named values as a chain of comparisons.
//!
//! ```python
//! match command:
//!     case "go" | "run":
//!         start()
//!     case _:
//!         stop()
//! ```
//!
//! reads as `if command == "go" or command == "run": … else: …`. Patterns that take values apart
//! are rejected.

use super::lower::Lowering;
use crate::surface::{CompareOp, Expr, ExprKind, Stmt, StmtKind, UnaryOp};
use crate::tree::{children, field, fields};
use crate::{Rejection, Span};
use tree_sitter::Node;

/// A `case` so far.
struct Case {
    /// `None` for what matches everything.
    condition: Option<Expr>,
    body: Vec<Stmt>,
}

impl Lowering<'_> {
    /// A `match` statement, after the assignment of its subject to a name where that is needed.
    pub(super) fn match_statement(&mut self, node: Node, limit: usize) -> Result<Vec<StmtKind>, Rejection> {
        let [subject] = fields(node, "subject")[..] else {
            return Err(self.unsupported_match(node));
        };
        let mut out = Vec::new();
        let mut subject = self.expr(subject);
        if !matches!(subject.kind, ExprKind::Name(_)) {
            let name = self.fresh_name("subject");
            let target = Expr { kind: ExprKind::Name(name), span: subject.span };
            out.push(StmtKind::Assign { targets: vec![target.clone()], value: subject });
            subject = target;
        }
        let clauses = field(node, "body").map(children).unwrap_or_default();
        let ends: Vec<usize> = clauses.iter().skip(1).map(|c| c.start_byte()).chain([limit]).collect();
        let mut branches = Vec::new();
        for (clause, end) in clauses.iter().zip(ends) {
            let case = self.case(*clause, &subject, end)?;
            match case.condition {
                Some(condition) => branches.push((condition, case.body)),
                None if branches.is_empty() => {
                    out.extend(case.body.into_iter().map(|s| s.kind));
                    return Ok(out);
                }
                None => {
                    out.push(StmtKind::If { branches, orelse: case.body });
                    return Ok(out);
                }
            }
        }
        out.push(StmtKind::If { branches, orelse: Vec::new() });
        Ok(out)
    }

    fn case(&mut self, clause: Node, subject: &Expr, limit: usize) -> Result<Case, Rejection> {
        let patterns: Vec<Node> =
            children(clause).into_iter().filter(|n| n.kind() == "case_pattern").collect();
        let [pattern] = patterns[..] else { return Err(self.unsupported_match(clause)) };
        let mut condition = self.pattern(pattern, subject)?;
        if let Some(guard) = field(clause, "guard") {
            let guard = children(guard).first().map(|n| self.expr(*n));
            let parts: Vec<Expr> = condition.into_iter().chain(guard).collect();
            condition = conjunction(parts, self.span(clause));
        }
        Ok(Case { condition, body: self.suite(field(clause, "consequence"), limit) })
    }

    /// The condition under which a pattern matches; `None` if it always does.
    fn pattern(&mut self, pattern: Node, subject: &Expr) -> Result<Option<Expr>, Rejection> {
        if self.text(pattern).trim() == "_" {
            return Ok(None);
        }
        let inner = children(pattern);
        let holder = match inner[..] {
            [only] if only.kind() == "union_pattern" => only,
            _ => pattern,
        };
        let mut alternatives = Vec::new();
        let mut negative = false;
        let mut cursor = holder.walk();
        for part in holder.children(&mut cursor) {
            match part.kind() {
                "-" => negative = true,
                "|" => {}
                "_" => return Ok(None),
                _ => alternatives.push(self.alternative(part, std::mem::take(&mut negative), subject)?),
            }
        }
        let span = self.span(pattern);
        Ok(match alternatives.len() {
            0 | 1 => alternatives.pop(),
            _ => Some(Expr { kind: ExprKind::Or(alternatives), span }),
        })
    }

    fn alternative(&mut self, part: Node, negative: bool, subject: &Expr) -> Result<Expr, Rejection> {
        let span = self.span(part);
        let mut value = match part.kind() {
            "integer" | "float" | "string" | "concatenated_string" | "none" | "true" | "false" => {
                self.expr(part)
            }
            "dotted_name" if self.text(part).contains('.') => self.dotted(part)?,
            _ => return Err(self.unsupported_match(part)),
        };
        if negative {
            value = Expr { kind: ExprKind::Unary { op: UnaryOp::Neg, operand: Box::new(value) }, span };
        }
        let op = match value.kind {
            ExprKind::None | ExprKind::Bool(_) => CompareOp::Is,
            _ => CompareOp::Eq,
        };
        let operands = vec![subject.clone(), value];
        Ok(Expr { kind: ExprKind::Compare { operands, ops: vec![op] }, span })
    }

    /// `Color.RED` in a pattern.
    fn dotted(&mut self, node: Node) -> Result<Expr, Rejection> {
        let span = self.span(node);
        let parts = children(node);
        let (Some(first), rest) = (parts.first(), parts.get(1..).unwrap_or_default()) else {
            return Err(self.unsupported_match(node));
        };
        let mut value = self.expr(*first);
        for part in rest {
            let name = self.text(*part).to_owned();
            let kind = match value.kind {
                ExprKind::Library(path) => ExprKind::Library(format!("{path}.{name}")),
                _ => ExprKind::Attribute { value: Box::new(value), name },
            };
            value = Expr { kind, span };
        }
        Ok(value)
    }

    fn unsupported_match(&self, node: Node) -> Rejection {
        self.reject("python.match", node, "`match` is only supported over literals and named values")
    }
}

fn conjunction(mut parts: Vec<Expr>, span: Span) -> Option<Expr> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(Expr { kind: ExprKind::And(parts), span }),
    }
}
