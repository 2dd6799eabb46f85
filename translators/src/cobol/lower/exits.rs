//! Exceptions: a program that ends with one says so in `RETURN-CODE`, and its callers look there.

use super::{BodyKind, Lower, Result, reject};
use crate::cobol::tree::{Cond, Expr, Paragraph, Ref, Relation, Stmt};
use crate::passes::exceptions::{catches as handles, implicit_kinds};
use crate::passes::purity::Purity;
use grammars::Span;
use grammars::ir::visit::{each_expr, each_function, each_stmt};
use grammars::ir::{self, Block, ExceptionKind, ExprKind, Handler, Module, StmtKind};
use std::collections::BTreeSet;

/// A guarded block around a statement: it lies in a paragraph of its own.
#[derive(Clone, Debug)]
pub struct Guard;

/// Whether a module or its tests catch exceptions.
pub fn catches(module: &Module) -> bool {
    let mut found = false;
    let mut look = |block: &Block| {
        each_stmt(block, |stmt| {
            found |= matches!(stmt.kind, StmtKind::Try { .. } | StmtKind::ExpectRaise { .. });
        });
    };
    module.functions().for_each(|f| look(&f.body));
    module.tests.iter().for_each(|t| look(&t.body));
    found
}

impl<'m> Lower<'m> {
    /// `raise`.
    pub fn raise(&mut self, kind: &ExceptionKind, message: Option<&ir::Expr>, span: Span) -> Result<()> {
        // Nobody reads the message, but making it may do something.
        if let Some(message) = message.filter(|m| Purity::new(self.context.module).has_effects(m)) {
            self.effect(message)?;
        }
        if self.tells_exceptions() {
            let code = code(kind, self.context.module);
            self.emit(Stmt::Move(Expr::int(code), Ref::item("RETURN-CODE")));
            let leave = self.leave_raised(span)?;
            self.out.extend(leave);
            return Ok(());
        }
        let mut items = vec![Expr::Text(format!("{}: {}", self.id, word(kind)))];
        if let Some(message) = message
            && let ExprKind::Str(text) = &message.kind
            && text.is_ascii()
            && !text.is_empty()
        {
            items = vec![Expr::Text(format!("{}: {text}", self.id))];
        }
        self.emit(Stmt::Display { items, to_stderr: true, no_advancing: false });
        self.emit(Stmt::StopRun { failed: true });
        Ok(())
    }

    /// Whether somebody may look whether this program ended with an exception.
    fn tells_exceptions(&self) -> bool {
        !self.handlers.is_empty() || self.kind == BodyKind::Callee && catches(self.context.module)
    }

    /// How to leave when `RETURN-CODE` tells of an exception.
    pub fn leave_raised(&mut self, span: Span) -> Result<Vec<Stmt>> {
        if !self.handlers.is_empty() {
            return Ok(vec![Stmt::ExitParagraph]);
        }
        match self.kind {
            BodyKind::Callee => Ok(vec![Stmt::Goback]),
            BodyKind::Test => Ok(self.failure(span)),
        }
    }

    /// `try`: the guarded block is a paragraph that is left when something is raised.
    pub fn try_block(
        &mut self,
        body: &'m Block,
        handlers: &'m [Handler],
        (orelse, finally): (&'m Block, &'m Block),
        span: Span,
    ) -> Result<()> {
        if !finally.is_empty() || !orelse.is_empty() {
            return reject("exception", span, "else and finally of a try have no COBOL form");
        }
        if handlers.iter().any(|handler| handler.binding.is_some()) {
            return reject("exception", span, "the text of an exception has no COBOL item");
        }
        // A handler without kinds catches everything.
        let any = [ExceptionKind::Any];
        let bare = handlers.iter().any(|handler| handler.kinds.is_empty());
        let kinds = handlers.iter().flat_map(|handler| &handler.kinds).chain(any.iter().filter(|_| bare));
        self.check_explicit(body, kinds, span)?;
        self.guarded(body, "TRY-BLOCK")?;
        let code = Expr::from(Ref::item("RETURN-CODE"));
        let mut whens = Vec::new();
        for handler in handlers {
            let cond = self.caught(&handler.kinds);
            let block = self.block(|this| {
                this.emit(Stmt::Move(Expr::int(0), Ref::item("RETURN-CODE")));
                this.statements(&handler.body)
            })?;
            whens.push((cond, block));
        }
        let other = self.leave_raised(span)?;
        whens.push((Cond::Relation(code, Relation::Ne, Expr::int(0)), other));
        self.emit(Stmt::Evaluate(whens, Vec::new()));
        Ok(())
    }

    /// Performs `body` as a paragraph of its own.
    fn guarded(&mut self, body: &'m Block, wish: &str) -> Result<()> {
        let name = self.names.fresh(wish, "BLOCK");
        self.handlers.push(Guard);
        let written = self.block(|this| this.statements(body));
        self.handlers.pop();
        self.paragraphs.push(Paragraph { name: name.clone(), body: written? });
        self.emit(Stmt::Move(Expr::int(0), Ref::item("RETURN-CODE")));
        self.emit(Stmt::PerformParagraph(name));
        Ok(())
    }

    /// The condition that one of `kinds` was raised.
    fn caught(&self, kinds: &[ExceptionKind]) -> Cond {
        let code = Expr::from(Ref::item("RETURN-CODE"));
        if kinds.is_empty() || kinds.contains(&ExceptionKind::Any) {
            return Cond::Relation(code, Relation::Ne, Expr::int(0));
        }
        let mut codes: Vec<i128> =
            kinds.iter().flat_map(below).map(|kind| super::exits::code(&kind, self.context.module)).collect();
        codes.sort_unstable();
        codes.dedup();
        let same = codes.into_iter().map(|n| Cond::Relation(code.clone(), Relation::Eq, Expr::int(n)));
        Cond::any(same.collect())
    }

    /// Rejects a guarded block in which the language itself could raise one of `kinds`.
    fn check_explicit<'a>(
        &self,
        body: &Block,
        kinds: impl Iterator<Item = &'a ExceptionKind>,
        span: Span,
    ) -> Result<()> {
        let kinds: Vec<ExceptionKind> = kinds.cloned().collect();
        let mut jumps = false;
        each_stmt(body, |stmt| jumps |= matches!(stmt.kind, StmtKind::Break | StmtKind::Continue));
        if jumps {
            return reject("exception", span, "break and continue in a try have no COBOL form");
        }
        let module = self.context.module;
        if implicit_in(body, module).iter().any(|kind| handles(&kinds, kind, module)) {
            return reject("exception", span, "an error found by the language itself is not caught in COBOL");
        }
        Ok(())
    }

    /// In tests: `body` must raise one of `kinds`.
    pub fn expect_raise(&mut self, kinds: &[ExceptionKind], body: &'m Block, span: Span) -> Result<()> {
        self.check_explicit(body, kinds.iter(), span)?;
        self.guarded(body, "RAISING-CASE")?;
        let caught = self.caught(kinds);
        let failure = self.failure(span);
        self.emit(Stmt::If(caught.negated(), failure, Vec::new()));
        self.emit(Stmt::Move(Expr::int(0), Ref::item("RETURN-CODE")));
        Ok(())
    }
}

/// What the language itself may raise in a block, or in a function that is called from there.
fn implicit_in(block: &Block, module: &Module) -> BTreeSet<ExceptionKind> {
    let mut kinds = implicit_kinds(block);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut open = called(block, module);
    while let Some(function) = open.pop() {
        if seen.insert(&function.name) {
            kinds.extend(implicit_kinds(&function.body));
            open.extend(called(&function.body, module));
        }
    }
    kinds
}

/// The functions and methods that a block calls; a name stands for all that bear it.
fn called<'m>(block: &Block, module: &'m Module) -> Vec<&'m ir::Function> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    each_expr(block, |e| match &e.kind {
        ExprKind::Call { function: name, .. }
        | ExprKind::FunctionRef(name)
        | ExprKind::CallMethod { method: name, .. }
        | ExprKind::CallStatic { method: name, .. } => {
            names.insert(name.clone());
        }
        _ => {}
    });
    let mut found = Vec::new();
    each_function(module, |function| {
        if names.contains(&function.name) {
            found.push(function);
        }
    });
    found
}

/// The kinds that a handler for `kind` catches.
fn below(kind: &ExceptionKind) -> Vec<ExceptionKind> {
    use ExceptionKind::{
        Arithmetic, Index, Key, Lookup, NotImplemented, Overflow, Recursion, Runtime, ZeroDivision,
    };
    match kind {
        Arithmetic => vec![Arithmetic, ZeroDivision, Overflow],
        Lookup => vec![Lookup, Index, Key],
        Runtime => vec![Runtime, NotImplemented, Recursion],
        other => vec![other.clone()],
    }
}

/// The `RETURN-CODE` of an exception.
fn code(kind: &ExceptionKind, module: &Module) -> i128 {
    use ExceptionKind as K;
    match kind {
        K::Any => 1,
        K::Arithmetic => 2,
        K::ZeroDivision => 3,
        K::Overflow => 4,
        K::Lookup => 5,
        K::Index => 6,
        K::Key => 7,
        K::Value => 8,
        K::Type => 9,
        K::Attribute => 10,
        K::Assertion => 11,
        K::Runtime => 12,
        K::Recursion => 13,
        K::NotImplemented => 14,
        K::StopIteration => 15,
        K::Custom(name) => 16 + module.classes().position(|class| class.name == *name).unwrap_or(0) as i128,
    }
}

/// What an exception is called in a message.
fn word(kind: &ExceptionKind) -> &'static str {
    use ExceptionKind as K;
    match kind {
        K::Arithmetic | K::ZeroDivision | K::Overflow => "ARITHMETIC ERROR",
        K::Lookup | K::Index | K::Key => "LOOKUP ERROR",
        K::Value => "INVALID VALUE",
        K::Type | K::Attribute => "INVALID TYPE",
        K::NotImplemented => "NOT IMPLEMENTED",
        _ => "ERROR",
    }
}
