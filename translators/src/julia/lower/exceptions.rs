//! Exceptions: raising, catching, and which kinds a module can tell apart.

use super::{Lower, Lowering, reject};
use crate::julia::names;
use crate::julia::tree::{Expr, Stmt, Type};
use grammars::Span;
use grammars::ir::visit::{each_function, each_stmt};
use grammars::ir::{self, ExceptionKind, Handler, Module, StmtKind};
use std::collections::BTreeSet;

/// The kinds that handlers and tests of a module catch.
pub(super) fn caught_kinds(module: &Module) -> BTreeSet<ExceptionKind> {
    let mut kinds = BTreeSet::new();
    each_block(module, &mut |stmt| match &stmt.kind {
        StmtKind::Try { handlers, .. } => {
            for handler in handlers {
                kinds.extend(handler.kinds.iter().cloned());
                if handler.kinds.is_empty() {
                    kinds.insert(ExceptionKind::Any);
                }
            }
        }
        StmtKind::ExpectRaise { kinds: expected, .. } => kinds.extend(expected.iter().cloned()),
        _ => {}
    });
    kinds
}

/// The kinds that a module raises itself.
pub(super) fn raised_kinds(module: &Module) -> BTreeSet<ExceptionKind> {
    let mut kinds = BTreeSet::new();
    each_block(module, &mut |stmt| {
        if let StmtKind::Raise { kind, .. } = &stmt.kind {
            kinds.insert(kind.clone());
        }
    });
    kinds
}

/// Calls `f` for every statement of functions and tests.
fn each_block(module: &Module, f: &mut impl FnMut(&ir::Stmt)) {
    each_function(module, |function| each_stmt(&function.body, &mut *f));
    for test in &module.tests {
        each_stmt(&test.body, &mut *f);
    }
}

/// The Julia type that stands for a kind, where it has one of its own.
fn own_type(kind: &ExceptionKind) -> Option<&'static str> {
    Some(match kind {
        ExceptionKind::ZeroDivision => "DivideError",
        ExceptionKind::Overflow => "OverflowError",
        ExceptionKind::Index => "BoundsError",
        ExceptionKind::Key => "KeyError",
        ExceptionKind::Value => "ArgumentError",
        ExceptionKind::Assertion => "AssertionError",
        ExceptionKind::Recursion => "StackOverflowError",
        _ => return None,
    })
}

impl Lower<'_> {
    /// Whether an exception of this kind is caught somewhere by its own or a wider kind.
    pub(super) fn catches(&self, kind: &ExceptionKind) -> bool {
        let wider = match kind {
            ExceptionKind::ZeroDivision | ExceptionKind::Overflow => Some(ExceptionKind::Arithmetic),
            ExceptionKind::Index | ExceptionKind::Key => Some(ExceptionKind::Lookup),
            _ => None,
        };
        self.caught.contains(kind)
            || self.caught.contains(&ExceptionKind::Any)
            || wider.is_some_and(|wider| self.caught.contains(&wider))
    }

    /// `raise kind(message)`.
    pub(super) fn raise(
        &mut self,
        kind: &ExceptionKind,
        message: Option<&ir::Expr>,
        span: Span,
    ) -> Lowering<Stmt> {
        let text = match message {
            Some(message) => self.lower_expr(message)?,
            None => Expr::text(""),
        };
        let error = match kind {
            ExceptionKind::Custom(class) => {
                let args = if self.exception_has_message(class) { vec![text] } else { vec![] };
                Expr::call(Expr::Global(names::legal(class)), args)
            }
            ExceptionKind::ZeroDivision | ExceptionKind::Index | ExceptionKind::Recursion => {
                Expr::base_call(own_type(kind).unwrap_or("ErrorException"), vec![])
            }
            _ => match own_type(kind) {
                Some(name) => Expr::base_call(name, vec![text]),
                None => {
                    self.check_plain_error(kind, span)?;
                    return Ok(Stmt::Expr(Expr::base_call("error", vec![text])));
                }
            },
        };
        Ok(Stmt::Expr(Expr::base_call("throw", vec![error])))
    }

    /// Kinds without a type of their own share `ErrorException`: no handler may have to tell them apart.
    fn check_plain_error(&self, kind: &ExceptionKind, span: Span) -> Lowering<()> {
        let shares = |other: &ExceptionKind| {
            own_type(other).is_none() && !matches!(other, ExceptionKind::Custom(_) | ExceptionKind::Any)
        };
        let raised_others = self.raised.iter().any(|other| other != kind && shares(other));
        if raised_others && self.caught.iter().any(shares) {
            return reject(
                "julia.exception-kind",
                span,
                "exceptions that Julia has one type for are told apart",
            );
        }
        Ok(())
    }

    /// The types that a handler of these kinds catches; `None` for all.
    fn caught_types(&self, kinds: &[ExceptionKind]) -> Option<Vec<Expr>> {
        let mut types: Vec<Expr> = Vec::new();
        let mut add = |ty: Expr| {
            if !types.contains(&ty) {
                types.push(ty);
            }
        };
        for kind in kinds {
            match kind {
                ExceptionKind::Any => return None,
                ExceptionKind::Arithmetic => {
                    add(Expr::Base("DivideError"));
                    add(Expr::Base("OverflowError"));
                }
                ExceptionKind::Lookup => {
                    add(Expr::Base("KeyError"));
                    add(Expr::Base("BoundsError"));
                }
                ExceptionKind::Custom(class) => {
                    for name in self.with_subclasses(class) {
                        add(Expr::Global(names::legal(&name)));
                    }
                }
                _ => add(Expr::Base(own_type(kind).unwrap_or("ErrorException"))),
            }
        }
        if kinds.is_empty() { None } else { Some(types) }
    }

    /// A class of exceptions and those that derive from it.
    fn with_subclasses(&self, class: &str) -> Vec<String> {
        let mut names = vec![class.to_string()];
        let mut next = 0;
        while next < names.len() {
            for c in self.module.classes() {
                if c.base.as_deref() == Some(names[next].as_str()) && !names.contains(&c.name) {
                    names.push(c.name.clone());
                }
            }
            next += 1;
        }
        names
    }

    /// The type that a test expects; several are a union.
    pub(super) fn expected_type(&self, kinds: &[ExceptionKind]) -> Expr {
        match self.caught_types(kinds) {
            None => Expr::Base("Exception"),
            Some(mut types) if types.len() == 1 => types.remove(0),
            Some(types) => union(types),
        }
    }

    /// `try` with its handlers as tests of one `catch`.
    pub(super) fn guarded(
        &mut self,
        body: &ir::Block,
        handlers: &[Handler],
        orelse: &ir::Block,
        finally: &ir::Block,
        span: Span,
    ) -> Lowering<Vec<Stmt>> {
        let mut statements = Vec::new();
        let flag = if orelse.is_empty() { None } else { Some(self.fresh(&["succeeded"])) };
        let mut guarded = self.block(body)?;
        if let Some(flag) = &flag {
            let flag = Expr::Local(flag.clone());
            statements.push(Stmt::Assign(flag.clone(), "=", Expr::Bool(false)));
            guarded.push(Stmt::Assign(flag, "=", Expr::Bool(true)));
        }
        let catch = if handlers.is_empty() { None } else { Some(self.catch(handlers)?) };
        if flag.is_some() && !finally.is_empty() {
            return reject("julia.try-else", span, "`try` with both `else` and `finally`");
        }
        let finally = self.block(finally)?;
        statements.push(Stmt::Try { body: guarded, catch, finally });
        if let Some(flag) = flag {
            let block = self.block(orelse)?;
            statements.push(Stmt::If(vec![(Expr::Local(flag), block)], vec![]));
        }
        Ok(statements)
    }

    fn catch(&mut self, handlers: &[Handler]) -> Lowering<(Option<Expr>, Vec<Stmt>)> {
        let error = self.fresh(&["err"]);
        let mut branches = Vec::new();
        let mut rest: Option<Vec<Stmt>> = None;
        let mut named = false;
        for handler in handlers {
            named |= handler.binding.is_some();
            self.scope.caught_as.push(error.clone());
            if let Some(binding) = &handler.binding {
                self.scope.messages.insert(binding.clone(), error.clone());
            }
            let block = self.block(&handler.body);
            if let Some(binding) = &handler.binding {
                self.scope.messages.remove(binding);
            }
            self.scope.caught_as.pop();
            let block = block?;
            match self.caught_types(&handler.kinds) {
                None => {
                    rest = Some(block);
                    break;
                }
                Some(types) => branches.push((is_one_of(&error, types), block)),
            }
        }
        let rethrow = Stmt::Expr(Expr::base_call("rethrow", vec![]));
        if branches.is_empty() {
            let name = named.then_some(Expr::Local(error));
            return Ok((name, rest.unwrap_or_default()));
        }
        if let (1, None) = (branches.len(), &rest) {
            let (test, block) = branches.remove(0);
            let Stmt::Expr(rethrow) = rethrow else { return Ok((None, block)) };
            let mut checked = vec![Stmt::Expr(Expr::binary("||", test, rethrow))];
            checked.extend(block);
            return Ok((Some(Expr::Local(error)), checked));
        }
        let orelse = rest.unwrap_or_else(|| vec![rethrow]);
        Ok((Some(Expr::Local(error)), vec![Stmt::If(branches, orelse)]))
    }

    /// The message of a caught exception.
    pub(super) fn message_of(&self, binding: &str) -> Expr {
        let error = self.scope.messages.get(binding).cloned().unwrap_or_default();
        Expr::Field(Box::new(Expr::Local(error)), "msg".into())
    }
}

fn is_one_of(error: &str, mut types: Vec<Expr>) -> Expr {
    let ty = if types.len() == 1 { types.remove(0) } else { union(types) };
    Expr::binary("isa", Expr::Local(error.to_string()), ty)
}

/// `Union{A,B}`.
fn union(types: Vec<Expr>) -> Expr {
    let params = types.into_iter().filter_map(|ty| match ty {
        Expr::Base(name) => Some(Type::plain(name)),
        Expr::Global(name) => Some(Type::plain(name)),
        _ => None,
    });
    Expr::Type(Type::with("Union", params.collect()))
}
