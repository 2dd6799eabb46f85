//! Tests: `main` methods that check, and JUnit's test methods.
//!
//! A check is an `assert`, an `if (…) throw new AssertionError()`, a call of a method of the file
//! that does no more than that, a member of a list of verdicts that is searched for `false`, or one
//! of JUnit's assert methods.

use super::lower::{Lowering, Outcome, Value};
use super::stmt::exception;
use super::types::JType;
use crate::ir::visit::{VisitMut, walk_expr_mut};
use crate::ir::{BinaryOp, CompareOp, Expr, ExprKind, Intrinsic, Stmt, StmtKind, TestCase};
use crate::surface::TestOrigin;
use crate::tree::{children, field, fields};
use std::collections::BTreeMap;
use tree_sitter::Node;

impl<'s> Lowering<'s> {
    /// `main`, or a method with JUnit's annotation.
    pub(super) fn is_test(&self, member: Node) -> bool {
        if member.kind() != "method_declaration" {
            return false;
        }
        let is_main = field(member, "name").is_some_and(|n| self.text(n) == "main")
            && field(member, "parameters").is_some_and(|p| self.text(p).contains("String"));
        is_main || self.has_modifier(member, "Test")
    }

    /// The test that a method makes; `None` for a `main` without checks.
    pub(super) fn test_case(&mut self, member: Node<'s>) -> Outcome<Option<TestCase>> {
        let name = field(member, "name").map(|n| self.text(n)).unwrap_or_default();
        let Some(body) = field(member, "body") else { return Ok(None) };
        if name == "main" && !self.makes_checks(body) {
            return Ok(None);
        }
        self.begin(JType::Void);
        self.test_text = Some(self.text(body));
        let lowered = self.body(body);
        self.test_text = None;
        let origin = if name == "main" { TestOrigin::Assert } else { TestOrigin::Unittest };
        Ok(Some(TestCase {
            name: name.to_owned(),
            origin,
            locals: std::mem::take(&mut self.locals),
            body: lowered?,
            span: self.span(member),
        }))
    }

    fn makes_checks(&self, body: Node) -> bool {
        let mut pending = vec![body];
        while let Some(node) = pending.pop() {
            match node.kind() {
                "assert_statement" | "throw_statement" => return true,
                "method_invocation" => {
                    let name = field(node, "name").map(|n| self.text(n)).unwrap_or_default();
                    if self.checkers.contains_key(name) {
                        return true;
                    }
                }
                _ => {}
            }
            pending.extend(children(node));
        }
        false
    }

    /// What a statement checks, within a test; `None` for statements that mean what they say.
    pub(super) fn test_stmt(&mut self, node: Node) -> Outcome<Option<Vec<Stmt>>> {
        let kinds = match node.kind() {
            "local_variable_declaration" => self.verdicts_declared(node)?,
            "if_statement" => self.guard(node)?,
            "try_statement" => self.expected_exception(node)?,
            "expression_statement" => match children(node)[..] {
                [call] if call.kind() == "method_invocation" => self.check_call(call)?,
                _ => None,
            },
            _ => None,
        };
        let span = self.span(node);
        Ok(kinds.map(|kinds| kinds.into_iter().map(|kind| Stmt { kind, span }).collect()))
    }

    /// `List<Boolean> correct = Arrays.asList(…)`, if the test later looks for `false` in it.
    fn verdicts_declared(&mut self, node: Node) -> Outcome<Option<Vec<StmtKind>>> {
        let [declarator] = fields(node, "declarator")[..] else { return Ok(None) };
        let name = field(declarator, "name").map(|n| self.text(n)).unwrap_or_default();
        let searched = self.test_text.is_some_and(|t| t.contains(&format!("{name}.contains(false)")));
        let list = field(declarator, "value").filter(|v| v.kind() == "method_invocation" && searched);
        let Some(list) = list else { return Ok(None) };
        let mut out = Vec::new();
        for verdict in field(list, "arguments").map(children).unwrap_or_default() {
            out.push(StmtKind::Assert { condition: self.condition(verdict)?, message: None });
        }
        Ok(Some(out))
    }

    /// `if (!condition) throw new AssertionError();`
    fn guard(&mut self, node: Node) -> Outcome<Option<Vec<StmtKind>>> {
        let Some(condition) = self.guarded(node) else { return Ok(None) };
        if self.text(condition).contains(".contains(false)") {
            return Ok(Some(Vec::new()));
        }
        let condition = negated(self.condition(condition)?);
        Ok(Some(vec![StmtKind::Assert { condition, message: None }]))
    }

    /// The condition of an `if` that does nothing but throw an error.
    fn guarded<'t>(&self, node: Node<'t>) -> Option<Node<'t>> {
        if node.kind() != "if_statement" || field(node, "alternative").is_some() {
            return None;
        }
        let throw = only_statement(field(node, "consequence")?)?;
        self.throws_error(throw).then(|| field(node, "condition"))?
    }

    fn throws_error(&self, node: Node) -> bool {
        let created = children(node).first().copied().filter(|_| node.kind() == "throw_statement");
        let class = created.and_then(|c| field(c, "type")).map(|c| self.text(c)).unwrap_or_default();
        matches!(
            class,
            "AssertionError" | "RuntimeException" | "IllegalStateException" | "Exception" | "Error"
        )
    }

    /// The method does nothing but throw an error under a condition.
    pub(super) fn is_checker(&self, member: Node) -> bool {
        let statement = field(member, "body").and_then(only_statement);
        let is_void = field(member, "type").is_some_and(|t| t.kind() == "void_type");
        is_void && statement.is_some_and(|s| self.guarded(s).is_some())
    }

    /// A call of a checking method, of JUnit's, or output.
    fn check_call(&mut self, call: Node) -> Outcome<Option<Vec<StmtKind>>> {
        let name = field(call, "name").map(|n| self.text(n)).unwrap_or_default();
        let object = field(call, "object").map(|n| self.text(n)).unwrap_or_default();
        let args = field(call, "arguments").map(children).unwrap_or_default();
        if object == "System.out" {
            return Ok(Some(Vec::new()));
        }
        if let Some(member) = self.checkers.get(name).copied() {
            return Ok(Some(vec![self.checked(member, call, &args)?]));
        }
        if matches!(object, "" | "Assert" | "Assertions")
            && name.starts_with("assert")
            && !self.methods.contains_key(name)
        {
            return Ok(Some(vec![self.junit(call, name, &args)?]));
        }
        Ok(None)
    }

    /// The check that a checking method makes of its arguments.
    fn checked(&mut self, member: Node<'s>, call: Node, args: &[Node]) -> Outcome<StmtKind> {
        let params = field(member, "parameters").map(children).unwrap_or_default();
        let condition = field(member, "body").and_then(only_statement).and_then(|s| self.guarded(s));
        let (Some(condition), true) = (condition, params.len() == args.len()) else {
            return Err(self.reject("java.method", call, "a check with another number of arguments"));
        };
        let mut message = None;
        let mut by_name = BTreeMap::new();
        let lowered = self.scoped(|l| {
            for (param, arg) in params.iter().zip(args) {
                let ty = l.jtype_in(*param, "type")?;
                let value = l.value_of(*arg, &ty)?;
                let spelled = field(*param, "name").map(|n| l.text(n)).unwrap_or_default();
                if ty == JType::Str && !l.text(condition).contains(spelled) {
                    message = Some(value.clone());
                }
                by_name.insert(spelled, (ty, value));
            }
            let names: Vec<(String, Expr)> = by_name
                .into_iter()
                .map(|(spelled, (ty, value))| (l.declare_bound(spelled, ty), value))
                .collect();
            let mut condition = l.condition(condition)?;
            Substitute(&names).expr(&mut condition);
            Ok(condition)
        })?;
        Ok(StmtKind::Assert { condition: negated(lowered), message })
    }

    /// JUnit's assert methods.
    fn junit(&mut self, call: Node, name: &str, args: &[Node]) -> Outcome<StmtKind> {
        let condition = match (name, args) {
            ("assertTrue", [condition] | [condition, _]) => self.condition(*condition)?,
            ("assertFalse", [condition] | [condition, _]) => negated(self.condition(*condition)?),
            ("assertEquals" | "assertNotEquals" | "assertArrayEquals", [expected, actual]) => {
                let equal = self.equal(call, *expected, *actual)?;
                if name == "assertNotEquals" { negated(equal) } else { equal }
            }
            ("assertEquals", [expected, actual, delta]) => {
                let (left, right) =
                    (self.value_of(*expected, &JType::Double)?, self.value_of(*actual, &JType::Double)?);
                let delta = Value { expr: self.value_of(*delta, &JType::Double)?, ty: JType::Double };
                let difference = self.arithmetic(call, BinaryOp::Sub, left, right, JType::Double).expr;
                let distance = self.intrinsic(call, Intrinsic::Abs, vec![difference], JType::Double);
                self.compare(call, CompareOp::Le, distance, delta)?.expr
            }
            ("assertThrows", [class, lambda]) => return self.throws(call, *class, *lambda),
            _ => return Err(self.unsupported_method(call, "JUnit", name)),
        };
        Ok(StmtKind::Assert { condition, message: None })
    }

    /// `expected.equals(actual)`, written with the actual value first.
    fn equal(&mut self, call: Node, expected: Node, actual: Node) -> Outcome<Expr> {
        let right = self.expr(actual)?;
        let left = self.expr_for(expected, Some(&right.ty))?;
        if left.ty.is_numeric() && right.ty.is_numeric() {
            return Ok(self.compare(call, CompareOp::Eq, right, left)?.expr);
        }
        if left.ty.ir() != right.ty.ir() {
            return Err(self.reject("java.conversion", call, "values of two types are compared"));
        }
        let kind =
            ExprKind::Compare { op: CompareOp::Eq, left: Box::new(right.expr), right: Box::new(left.expr) };
        Ok(self.make(call, kind, JType::Boolean).expr)
    }

    /// `assertThrows(X.class, () -> call)`.
    fn throws(&mut self, call: Node, class: Node, lambda: Node) -> Outcome<StmtKind> {
        let name = self.text(class).trim_end_matches(".class").trim();
        let body = field(lambda, "body").filter(|_| lambda.kind() == "lambda_expression");
        let (Some(kind), Some(body)) = (exception(name), body) else {
            return Err(self.unsupported_method(call, "JUnit", "assertThrows"));
        };
        let body = if body.kind() == "block" { self.block(body)? } else { self.effect(body)? };
        Ok(StmtKind::ExpectRaise { kinds: vec![kind], body })
    }

    /// `try { call; throw new AssertionError(); } catch (X e) { }`.
    fn expected_exception(&mut self, node: Node) -> Outcome<Option<Vec<StmtKind>>> {
        let statements = field(node, "body").map(children).unwrap_or_default();
        let Some((last, guarded)) = statements.split_last() else { return Ok(None) };
        let parts = children(node);
        let [_, clause] = parts[..] else { return Ok(None) };
        let quiet = field(clause, "body").is_some_and(|b| children(b).iter().all(|s| self.is_output(*s)));
        let fails = last.kind() == "throw_statement" && self.text(*last).contains("AssertionError");
        if clause.kind() != "catch_clause" || !quiet || !fails || guarded.is_empty() {
            return Ok(None);
        }
        let parameter = children(clause).into_iter().find(|n| n.kind() == "catch_formal_parameter");
        let classes = parameter.and_then(|p| children(p).into_iter().find(|n| n.kind() == "catch_type"));
        let mut kinds = Vec::new();
        for class in classes.map(children).unwrap_or_default() {
            match exception(self.text(class)) {
                Some(kind) => kinds.push(kind),
                None => return Ok(None),
            }
        }
        let end = last.start_byte();
        let body = self.scoped(|l| l.statements(guarded, end))?;
        Ok(Some(vec![StmtKind::ExpectRaise { kinds, body }]))
    }

    fn is_output(&self, statement: Node) -> bool {
        self.text(statement).starts_with("System.out.")
    }
}

/// The one statement of a block, or the statement itself.
fn only_statement(node: Node<'_>) -> Option<Node<'_>> {
    if node.kind() != "block" {
        return Some(node);
    }
    match children(node)[..] {
        [only] => Some(only),
        _ => None,
    }
}

/// The opposite of a condition, as a person would write it.
fn negated(condition: Expr) -> Expr {
    let (ty, span) = (condition.ty, condition.span);
    let kind = match condition.kind {
        ExprKind::Not(inner) => return *inner,
        ExprKind::Compare { op: CompareOp::Ne, left, right } => {
            ExprKind::Compare { op: CompareOp::Eq, left, right }
        }
        ExprKind::Compare { op: CompareOp::Eq, left, right } => {
            ExprKind::Compare { op: CompareOp::Ne, left, right }
        }
        kind => ExprKind::Not(Box::new(Expr { kind, ty: ty.clone(), span })),
    };
    Expr { kind, ty, span }
}

/// Puts arguments in the place of parameters.
struct Substitute<'a>(&'a [(String, Expr)]);

impl VisitMut for Substitute<'_> {
    fn expr(&mut self, expr: &mut Expr) {
        if let ExprKind::Local(name) = &expr.kind {
            if let Some((_, value)) = self.0.iter().find(|(n, _)| n == name) {
                *expr = value.clone();
            }
            return;
        }
        walk_expr_mut(self, expr);
    }
}
