//! Exceptions as status.
//!
//! ```text
//! def withdraw(amount):                  subroutine withdraw(amount, status)
//!     if amount > balance:                 integer, intent(out), optional :: status
//!         raise ValueError("too much")     …
//!                                          call fail(status, value_error, "too much")
//!                                          return
//!
//! try:                                   call withdraw(1000_int64, status)
//!     withdraw(1000)                     if (status == value_error) then
//! except ValueError:                       …
//!     …                                  end if
//! ```
//!
//! As with the language's own `stat=`, a failure stops the program where nobody asks for the status. Only
//! procedures that a guarded block calls have one. A guarded block is a `block` that is left as soon as
//! a status is not 0.

use super::signature::{Signature, called};
use super::{Body, Unit, reject};
use crate::fortran::tree::build::{binary, call, int, name, text};
use crate::fortran::tree::{Attribute, Declaration, Expr, Kind, Op, Stmt, TypeSpec};
use crate::passes::exceptions::{catches, implicit, implicit_kinds, unpacks};
use crate::passes::purity::Purity;
use grammars::ir::visit::{any_expr_in, each_stmt};
use grammars::ir::{self, Block, ExceptionKind, ExprKind, Handler, Intrinsic, StmtKind};
use grammars::{Rejection, Span};

/// A guarded block that is being filled.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The label of the block.
    label: String,
    /// The variable that tells what was raised.
    status: String,
    /// What its handlers catch.
    caught: Vec<ExceptionKind>,
    /// Something else may be raised in it.
    open: bool,
}

/// The names of the codes: all kinds that are raised or caught somewhere.
pub fn prepare(unit: &mut Unit<'_>) {
    let mut kinds = std::collections::BTreeSet::new();
    let mut look = |block: &Block| {
        each_stmt(block, |stmt| match &stmt.kind {
            StmtKind::Raise { kind, .. } => {
                kinds.insert(kind.clone());
            }
            StmtKind::Try { handlers, .. } => kinds.extend(handlers.iter().flat_map(|h| h.kinds.clone())),
            StmtKind::ExpectRaise { kinds: expected, .. } => kinds.extend(expected.iter().cloned()),
            _ => {}
        });
    };
    ir::visit::each_function(unit.module, |f| look(&f.body));
    unit.module.tests.iter().for_each(|t| look(&t.body));
    if unit.signatures.caught().is_empty() {
        return;
    }
    kinds.extend([
        ExceptionKind::Index,
        ExceptionKind::Key,
        ExceptionKind::Value,
        ExceptionKind::ZeroDivision,
    ]);
    for kind in kinds {
        let word = match &kind {
            ExceptionKind::Custom(class) => crate::fortran::names::spelling(class),
            other => word(other).to_string(),
        };
        let constant = unit.names.fresh(&word);
        unit.codes.push((kind, constant));
    }
}

/// The constants for the codes that a text uses.
pub fn constants(unit: &Unit<'_>, text: &str) -> Vec<Declaration> {
    let used = unit.codes.iter().filter(|(_, constant)| super::module::mentions(text, constant));
    used.zip(1..)
        .map(|((_, constant), code)| Declaration {
            ty: TypeSpec::Integer(Kind::Default),
            attributes: vec![Attribute::Parameter],
            name: constant.clone(),
            bounds: None,
            value: Some(int(code)),
        })
        .collect()
}

fn word(kind: &ExceptionKind) -> &'static str {
    match kind {
        ExceptionKind::Arithmetic => "arithmetic_error",
        ExceptionKind::ZeroDivision => "zero_division",
        ExceptionKind::Overflow => "overflow_error",
        ExceptionKind::Lookup => "lookup_error",
        ExceptionKind::Index => "index_error",
        ExceptionKind::Key => "key_error",
        ExceptionKind::Value => "value_error",
        ExceptionKind::Type => "type_error",
        ExceptionKind::Attribute => "attribute_error",
        ExceptionKind::Assertion => "assertion_error",
        ExceptionKind::NotImplemented => "not_implemented",
        ExceptionKind::Recursion => "recursion_error",
        ExceptionKind::StopIteration => "end_of_iteration",
        ExceptionKind::Runtime => "runtime_error",
        ExceptionKind::Any | ExceptionKind::Custom(_) => "failure",
    }
}

/// The declaration of the status argument.
pub fn status_argument(dummy: &str) -> Declaration {
    Declaration {
        ty: TypeSpec::Integer(Kind::Default),
        attributes: vec![Attribute::IntentOut, Attribute::Optional],
        name: dummy.to_string(),
        bounds: None,
        value: None,
    }
}

impl Body<'_, '_> {
    /// Gives a procedure its status argument; nothing has failed at its beginning.
    pub fn open_status(&mut self, body: &Block, span: Span) -> Result<String, Rejection> {
        let caught = self.unit.signatures.caught().to_vec();
        self.refuse_unguarded(body, &caught, span)?;
        let dummy = self.names.fresh_of(&["status", "outcome"]);
        self.own_status = Some(dummy.clone());
        let cleared = Stmt::Assign(name(&dummy), int(0));
        let present = call("present", vec![name(&dummy)]);
        self.emit(Stmt::If { branches: vec![(present, vec![cleared])], orelse: Vec::new() });
        Ok(dummy)
    }

    /// A function that fails returns as well, and its result has to be defined then (Fortran 2018, 15.6.2.2):
    /// one that is allocated as it is assigned is empty until then.
    pub fn open_result(&mut self, span: Span) -> Result<(), Rejection> {
        let Some((result, ty)) = self.result.clone() else { return Ok(()) };
        let empty = match &ty {
            ir::Type::Str => text(""),
            ir::Type::List(element) | ir::Type::Set(element) | ir::Type::Array { element, rank: 1 } => {
                let spec = self.unit.types.element(element, &mut self.unit.names);
                Expr::Array(Some(spec), Vec::new())
            }
            ir::Type::Array { .. } => {
                return reject("exceptions", span, "a matrix as the result of a function that may fail");
            }
            _ => return Ok(()),
        };
        self.emit(Stmt::Assign(name(result), empty));
        Ok(())
    }

    /// What may fail and has no test that could be made before it.
    fn refuse_unguarded(&self, body: &Block, caught: &[ExceptionKind], span: Span) -> Result<(), Rejection> {
        let module = self.unit.module;
        let guarded = |e: &ir::Expr| match &e.kind {
            ExprKind::Intrinsic { op: Intrinsic::ParseInt, args } => args.len() == 1,
            ExprKind::Intrinsic { op: Intrinsic::Pop, args } => args.len() == 1,
            ExprKind::Intrinsic { op, .. } => matches!(op, Intrinsic::PopFirst),
            _ => true,
        };
        let open = any_expr_in(body, |e| {
            !guarded(e) && implicit(e).is_some_and(|kind| catches(caught, &kind, module))
        });
        if open || (unpacks(body) && caught.contains(&ExceptionKind::Any)) {
            return reject(
                "exceptions",
                span,
                "an exception that the language itself raises in a guarded block",
            );
        }
        Ok(())
    }

    /// `raise`.
    pub fn raise(
        &mut self,
        kind: &ExceptionKind,
        message: Option<&ir::Expr>,
        span: Span,
    ) -> Result<(), Rejection> {
        let module = self.unit.module;
        if let Some(attempt) = self.attempts.iter().rfind(|a| catches(&a.caught, kind, module)).cloned() {
            // Nobody reads the message, but making it may do something.
            if let Some(message) = message.filter(|m| Purity::new(module).has_effects(m)) {
                self.effect(message)?;
            }
            let code = self.code(kind, span)?;
            self.emit(Stmt::Assign(name(&attempt.status), code));
            self.emit(Stmt::Exit(Some(attempt.label)));
            return Ok(());
        }
        let message = self.stop_message(kind, message)?;
        let Some(status) = self.own_status.clone() else {
            self.emit(Stmt::ErrorStop(Some(message)));
            return Ok(());
        };
        let code = self.code(kind, span)?;
        let fail = self.unit.helper("fail", None);
        self.emit(Stmt::Call(name(fail), vec![name(status), code, message]));
        self.emit(Stmt::Return);
        Ok(())
    }

    fn stop_message(&mut self, kind: &ExceptionKind, message: Option<&ir::Expr>) -> Result<Expr, Rejection> {
        let Some(message) = message else { return Ok(text(super::stmt::kind_words(kind))) };
        let value = self.expr(message)?;
        // gfortran 12 takes no call of a function that it has not read yet as a stop code.
        Ok(if value == text("") {
            text(super::stmt::kind_words(kind))
        } else {
            self.held(value, &["message"], &ir::Type::Str)
        })
    }

    fn code(&self, kind: &ExceptionKind, span: Span) -> Result<Expr, Rejection> {
        match self.unit.codes.iter().find(|(known, _)| known == kind) {
            Some((_, constant)) => Ok(name(constant)),
            None => reject("exceptions", span, "an exception without a code"),
        }
    }

    /// What an operation of the language would raise, where somebody here or around could catch it: the
    /// test is made before.
    pub fn guard(
        &mut self,
        kind: ExceptionKind,
        fails: impl FnOnce(&mut Self) -> Expr,
    ) -> Result<(), Rejection> {
        if !self.is_guarded(&kind) {
            return Ok(());
        }
        let condition = fails(self);
        let (raised, ()) = self.block(|b| b.raise(&kind, None, Span::default()))?;
        self.emit(Stmt::If { branches: vec![(condition, raised)], orelse: Vec::new() });
        Ok(())
    }

    /// Whether an exception of this kind would be seen.
    pub fn is_guarded(&self, kind: &ExceptionKind) -> bool {
        let module = self.unit.module;
        let here = self.attempts.iter().any(|a| catches(&a.caught, kind, module));
        here || (self.own_status.is_some() && self.unit.signatures.is_caught(kind, module))
    }

    /// The status that a call passes on, if the callee has one and somebody here looks at it.
    pub fn passed_status(&mut self, signature: &Signature) -> Option<Expr> {
        if !signature.status {
            return None;
        }
        let status = self.attempts.last().map(|a| a.status.clone()).or(self.own_status.clone());
        status.map(name)
    }

    /// Behind a call: leaves where it failed.
    pub fn leave_failed(&mut self, signature: &Signature) {
        if !signature.status {
            return;
        }
        let module = self.unit.module;
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.open |= signature.raises.iter().any(|kind| !catches(&attempt.caught, kind, module));
            let attempt = attempt.clone();
            let failed = binary(Op::Ne, name(&attempt.status), int(0));
            let leave = vec![Stmt::Exit(Some(attempt.label))];
            self.emit(Stmt::If { branches: vec![(failed, leave)], orelse: Vec::new() });
        } else if let Some(status) = self.own_status.clone() {
            let failed = binary(Op::Ne, name(&status), int(0));
            let inner = Stmt::If { branches: vec![(failed, vec![Stmt::Return])], orelse: Vec::new() };
            let present = call("present", vec![name(status)]);
            self.emit(Stmt::If { branches: vec![(present, vec![inner])], orelse: Vec::new() });
        }
    }

    /// `try`.
    pub fn try_statement(
        &mut self,
        body: &Block,
        handlers: &[Handler],
        orelse: &Block,
        (finally, last): (&Block, bool),
        span: Span,
    ) -> Result<(), Rejection> {
        refuse_forms(body, handlers, span)?;
        if !finally.is_empty() && self.may_leave(body, handlers, orelse) {
            return reject("exceptions", span, "`finally` behind a block that may be left early");
        }
        if handlers.is_empty() {
            self.statements(body)?;
            return self.statements(finally);
        }
        let mut caught: Vec<ExceptionKind> = handlers.iter().flat_map(|h| h.kinds.clone()).collect();
        if handlers.iter().any(|h| h.kinds.is_empty()) {
            caught.push(ExceptionKind::Any);
        }
        self.refuse_unguarded(body, &caught, span)?;
        let status = self.counter(&["status", "outcome", "result_code"]);
        let open = self.guarded(body, &status, caught)?;
        let last = last && finally.is_empty();
        let mut branches = Vec::new();
        if !orelse.is_empty() {
            let (stmts, ()) = self.block(|b| b.statements_at(orelse, last))?;
            branches.push((binary(Op::Eq, name(&status), int(0)), stmts));
        }
        for handler in handlers {
            let condition = self.is_raised(&handler.kinds, &status);
            let saved = self.handled.replace(status.clone());
            let handled = self.block(|b| b.statements_at(&handler.body, last));
            self.handled = saved;
            branches.push((condition, handled?.0));
        }
        if open {
            let (stmts, ()) = self.block(|b| b.propagate(&status))?;
            branches.push((binary(Op::Ne, name(&status), int(0)), stmts));
        }
        // A handler that does nothing asks for no test.
        while branches.last().is_some_and(|(_, stmts)| stmts.is_empty()) {
            branches.pop();
        }
        if !branches.is_empty() {
            self.emit(Stmt::If { branches, orelse: Vec::new() });
        }
        self.statements(finally)
    }

    /// Whether control may leave a `try` but at its end, by a statement or by an exception that its
    /// handlers do not catch and somebody around does.
    fn may_leave(&self, body: &Block, handlers: &[Handler], orelse: &Block) -> bool {
        let caught: Vec<&[ExceptionKind]> = handlers.iter().map(|h| h.kinds.as_slice()).collect();
        let behind = handlers.iter().map(|h| &h.body).chain([orelse]);
        self.may_fail(body, &caught)
            || leaves(body)
            || behind.into_iter().any(|block| leaves(block) || self.may_fail(block, &[]))
    }

    /// Whether a block may raise what none of these handlers catch, and somebody around does.
    fn may_fail(&self, block: &Block, caught: &[&[ExceptionKind]]) -> bool {
        let module = self.unit.module;
        let mut kinds = implicit_kinds(block);
        for callee in called(block) {
            kinds.extend(self.unit.signatures.get(&callee).into_iter().flat_map(|s| s.raises.clone()));
        }
        kinds
            .iter()
            .any(|kind| self.is_guarded(kind) && !caught.iter().any(|handler| catches(handler, kind, module)))
    }

    /// The statements of a guarded block; whether it may raise what its handlers do not catch. Where
    /// only the last one can fail, no block is needed.
    fn guarded(&mut self, body: &Block, status: &str, caught: Vec<ExceptionKind>) -> Result<bool, Rejection> {
        let label = self.names.fresh_of(&["attempt", "trial"]);
        self.attempts.push(Attempt { label: label.clone(), status: status.to_string(), caught, open: false });
        let filled = self.block(|b| b.statements(body));
        let open = self.attempts.pop().is_some_and(|a| a.open);
        let (mut stmts, ()) = filled?;
        let leave = |s: &Stmt| match s {
            Stmt::If { branches, orelse } if orelse.is_empty() => {
                matches!(branches.as_slice(), [(_, inner)] if *inner == vec![Stmt::Exit(Some(label.clone()))])
            }
            _ => false,
        };
        if stmts.last().is_some_and(leave) && stmts.iter().filter(|s| exits(s, &label)).count() == 1 {
            stmts.pop();
            stmts.into_iter().for_each(|s| self.emit(s));
            return Ok(open);
        }
        self.emit(Stmt::Assign(name(status), int(0)));
        if stmts.iter().any(|s| exits(s, &label)) {
            self.emit(Stmt::Block { label, body: stmts });
        } else {
            stmts.into_iter().for_each(|s| self.emit(s));
        }
        Ok(open)
    }

    /// Whether a status tells of one of these exceptions.
    fn is_raised(&self, kinds: &[ExceptionKind], status: &str) -> Expr {
        if kinds.is_empty() || kinds.contains(&ExceptionKind::Any) {
            return binary(Op::Ne, name(status), int(0));
        }
        let module = self.unit.module;
        let codes = self.unit.codes.iter().filter(|(kind, _)| catches(kinds, kind, module));
        let tests = codes.map(|(_, constant)| binary(Op::Eq, name(status), name(constant)));
        tests.reduce(|a, b| binary(Op::Or, a, b)).unwrap_or(Expr::Logical(false))
    }

    /// What no handler here catches goes on to those around.
    fn propagate(&mut self, status: &str) -> Result<(), Rejection> {
        if let Some(outer) = self.attempts.last_mut() {
            outer.open = true;
            let outer = outer.clone();
            self.emit(Stmt::Assign(name(outer.status), name(status)));
            self.emit(Stmt::Exit(Some(outer.label)));
            return Ok(());
        }
        let message = text("an exception that nothing catches");
        match self.own_status.clone() {
            Some(own) => {
                let fail = self.unit.helper("fail", None);
                self.emit(Stmt::Call(name(fail), vec![name(own), name(status), message]));
                self.emit(Stmt::Return);
            }
            None => self.emit(Stmt::ErrorStop(Some(message))),
        }
        Ok(())
    }

    /// `raise` within a handler.
    pub fn reraise(&mut self, span: Span) -> Result<(), Rejection> {
        match self.handled.clone() {
            Some(status) => self.propagate(&status),
            None => reject("exceptions", span, "`raise` outside of a handler"),
        }
    }

    /// In tests: the block must raise one of the kinds.
    pub fn expect_raise(
        &mut self,
        kinds: &[ExceptionKind],
        body: &Block,
        words: String,
        span: Span,
    ) -> Result<(), Rejection> {
        self.refuse_unguarded(body, kinds, span)?;
        let status = self.counter(&["status", "outcome", "result_code"]);
        self.guarded(body, &status, kinds.to_vec())?;
        let failed = crate::fortran::tree::build::not(self.is_raised(kinds, &status));
        let stop = Stmt::ErrorStop(Some(text(words)));
        self.emit(Stmt::If { branches: vec![(failed, vec![stop])], orelse: Vec::new() });
        Ok(())
    }
}

/// Forms of `try` that have no rule.
fn refuse_forms(body: &Block, handlers: &[Handler], span: Span) -> Result<(), Rejection> {
    if handlers.iter().any(|h| h.binding.as_ref().is_some_and(|b| reads_binding(&h.body, b))) {
        return reject("exceptions", span, "the text of an exception");
    }
    let all = handlers.iter().any(|h| h.kinds.is_empty() || h.kinds.contains(&ExceptionKind::Any));
    let mut asserts = false;
    each_stmt(body, |s| asserts |= matches!(s.kind, StmtKind::Assert { .. }));
    let caught = all || handlers.iter().any(|h| h.kinds.contains(&ExceptionKind::Assertion));
    if asserts && caught {
        return reject("exceptions", span, "an assertion whose failure is caught");
    }
    Ok(())
}

/// Whether a block has a statement that goes elsewhere.
fn leaves(block: &Block) -> bool {
    let mut found = false;
    each_stmt(block, |s| {
        found |= matches!(
            s.kind,
            StmtKind::Return(_)
                | StmtKind::Break
                | StmtKind::Continue
                | StmtKind::Raise { .. }
                | StmtKind::Reraise
        );
    });
    found
}

fn reads_binding(body: &Block, binding: &str) -> bool {
    ir::names::names_read(body).contains(binding)
}

/// Whether a statement can leave the block with this label.
fn exits(stmt: &Stmt, label: &str) -> bool {
    match stmt {
        Stmt::Exit(Some(target)) => target == label,
        Stmt::If { branches, orelse } => {
            branches.iter().flat_map(|(_, b)| b).chain(orelse).any(|s| exits(s, label))
        }
        Stmt::Do { body, .. } | Stmt::Block { body, .. } => body.iter().any(|s| exits(s, label)),
        Stmt::Select { cases, default, .. } => {
            cases.iter().flat_map(|(_, b)| b).chain(default).any(|s| exits(s, label))
        }
        _ => false,
    }
}
