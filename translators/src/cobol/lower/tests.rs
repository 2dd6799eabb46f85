//! Tests: a main program that calls the programs and stops at the first wrong answer.

use super::{BodyKind, Context, Lower, Result, reject};
use crate::cobol::names::{Names, word};
use crate::cobol::tree::{Expr, Paragraph, Program, Stmt};
use grammars::Span;
use grammars::ir::{self, ExprKind, TestCase, Type};

/// The main program with the tests of a module, and how many checks it makes; `None` without tests.
pub fn test_program(context: &Context) -> Result<Option<(Program, usize)>> {
    if context.module.tests.is_empty() {
        return Ok(None);
    }
    let mut ids = Names::default();
    context.signatures.values().for_each(|signature| ids.take(&signature.id));
    let subject = context.module.entry_point.as_ref().unwrap_or(&context.module.name);
    let id = ids.fresh(&format!("TEST-{}", word(subject)), "TEST");
    let mut lower = Lower::new(context, &id, BodyKind::Test);
    lower.names.take(&id);
    let single = context.module.tests.len() == 1;
    for test in &context.module.tests {
        let body = lower.test_case(test)?;
        if single {
            lower.out.extend(body);
        } else {
            let name = lower.names.fresh(&paragraph_name(test), "TEST");
            lower.emit(Stmt::PerformParagraph(name.clone()));
            lower.paragraphs.push(Paragraph { name, body });
        }
    }
    lower.emit(Stmt::StopRun { failed: false });
    let checks = lower.checks;
    Ok(Some((lower.finish(Vec::new(), Vec::new()), checks)))
}

fn paragraph_name(test: &TestCase) -> String {
    let name = word(&test.name.replace(' ', "_"));
    if ["TEST", "CHECK", "DOCTEST"].iter().any(|start| name.starts_with(start)) {
        name
    } else {
        format!("TEST-{name}")
    }
}

impl<'m> Lower<'m> {
    /// The statements of a test; its variables are its own.
    fn test_case(&mut self, test: &'m TestCase) -> Result<Vec<Stmt>> {
        self.vars.clear();
        self.items_of_loops.clear();
        self.body = Some(&test.body);
        let mut body = self.block(|this| this.statements(&test.body))?;
        let first = std::mem::take(&mut self.first);
        body.splice(0..0, first);
        Ok(body)
    }

    /// `assert`.
    pub fn assertion(&mut self, condition: &ir::Expr, message: Option<&ir::Expr>, span: Span) -> Result<()> {
        if self.kind == BodyKind::Callee {
            let cond = self.cond(condition)?.negated();
            let failed = self.block(|this| this.raise(&ir::ExceptionKind::Assertion, message, span))?;
            self.emit(Stmt::If(cond, failed, Vec::new()));
            return Ok(());
        }
        self.subject = subject(condition, self.context);
        if let ExprKind::Bool(value) = condition.kind {
            return self.constant_check(value, span);
        }
        let cond = self.cond(condition)?.negated();
        let failure = self.failure(span);
        self.emit(Stmt::If(cond, failure, Vec::new()));
        Ok(())
    }

    /// `assert True`: the run came here.
    fn constant_check(&mut self, value: bool, span: Span) -> Result<()> {
        let flag = self.temp("CHECK-REACHED", &Type::Bool, span)?;
        let Some(name) = flag.condition() else { return reject("condition", span, "no flag to set") };
        self.emit(Stmt::Set(name.clone(), value));
        let failure = self.failure(span);
        self.emit(Stmt::If(crate::cobol::tree::Cond::Name(name).negated(), failure, Vec::new()));
        Ok(())
    }

    /// The statements that end a failed run.
    pub fn failure(&mut self, _span: Span) -> Vec<Stmt> {
        self.checks += 1;
        let text = format!("FAILED: {}, CHECK {}", self.subject, self.checks);
        vec![
            Stmt::Display { items: vec![Expr::Text(text)], to_stderr: true, no_advancing: false },
            Stmt::StopRun { failed: true },
        ]
    }
}

/// What a check is about: the first program that it calls.
fn subject(condition: &ir::Expr, context: &Context) -> String {
    let mut name = None;
    ir::visit::each_subexpr(condition, |e| {
        if let ExprKind::Call { function, .. } = &e.kind
            && name.is_none()
        {
            name = context.signatures.get(function).map(|signature| signature.id.clone());
        }
    });
    name.unwrap_or_else(|| "CONDITION".to_string())
}
