//! Answers as a test of the IR.

use super::literal::literal;
use super::{Agreed, Value};
use crate::oracle::calls::Reply;
use grammars::Span;
use grammars::ir::names::FreshNames;
use grammars::ir::{
    CompareOp, ExceptionKind, Expr, ExprKind, Function, IndexMode, Intrinsic, Local, Module, Stmt, StmtKind,
    TestCase, Type,
};
use grammars::surface::{ParamKind, TestOrigin};

/// The name of the test.
const NAME: &str = "generated inputs";

/// The test that checks all of `agreed`, and which of them it checks; none where the types of the program
/// do not hold the arguments or what the source returns, or where the answer cannot be told.
pub fn test_case(agreed: &[Agreed], module: &Module) -> (TestCase, Vec<bool>) {
    let mut writer = Writer { module, names: FreshNames::in_module(module), locals: Vec::new() };
    let mut body = Vec::new();
    let mut written = Vec::new();
    for agreed in agreed {
        let locals = writer.locals.len();
        let checks = writer.checks(agreed);
        written.push(checks.is_some());
        match checks {
            Some(checks) => body.extend(checks),
            None => writer.locals.truncate(locals),
        }
    }
    let test = TestCase {
        name: NAME.to_owned(),
        origin: TestOrigin::Generated,
        locals: writer.locals,
        body,
        span: Span::default(),
    };
    (test, written)
}

struct Writer<'m> {
    module: &'m Module,
    names: FreshNames,
    locals: Vec<Local>,
}

impl Writer<'_> {
    fn checks(&mut self, agreed: &Agreed) -> Option<Vec<Stmt>> {
        let function = self.module.function(&agreed.input.function)?;
        let mut stmts = Vec::new();
        let mut args = Vec::new();
        let mut later = Vec::new();
        let after = agreed.after.as_ref();
        for (at, (param, arg)) in function.params.iter().zip(&agreed.input.args).enumerate() {
            let value = literal(arg, &param.ty, self.module)?;
            if !param.mutated {
                args.push(value);
                continue;
            }
            let variable = self.variable(&param.name, &param.ty);
            stmts.push(Stmt::assign(variable.as_local()?.to_owned(), value));
            args.push(variable.clone());
            // Without a change nothing was said of what the argument is afterwards.
            let now = after.map_or(Some(arg), |after| after.get(position(function, at)?))?;
            later.extend(self.equal(variable, now, &param.ty)?);
        }
        let changes = function.params.iter().any(|param| param.mutated);
        if after.is_some() && !changes {
            // The analyses do not see the change, so that nothing can be said about it.
            return None;
        }
        let kind = ExprKind::Call { function: function.name.clone(), args };
        let call = Expr::new(kind, function.ret.clone());
        match &agreed.reply {
            Reply::Returned(value) => {
                if function.ret == Type::None {
                    stmts.push(Stmt::expr(call));
                    // A call that neither returns nor changes anything checks nothing.
                    later.first()?;
                } else if function.ret.is_union() {
                    return None;
                } else {
                    stmts.extend(self.equal(call, value, &function.ret)?);
                }
                stmts.extend(later);
            }
            Reply::Raised { classes, explicit: true } => {
                let kind = self.kind(classes)?;
                let body = vec![Stmt::expr(call)];
                stmts.push(Stmt::new(StmtKind::ExpectRaise { kinds: vec![kind], body }));
            }
            Reply::Raised { .. } | Reply::Refused(_) => return None,
        }
        Some(stmts)
    }

    /// A new variable of the test.
    fn variable(&mut self, name: &str, ty: &Type) -> Expr {
        let name = self.names.fresh(name);
        self.locals.push(Local { name: name.clone(), ty: ty.clone() });
        Expr::local(name, ty.clone())
    }

    /// Checks that `actual` is `value`. Floats are compared as `math.isclose` does, since the last digit of a
    /// power or a logarithm depends on the library.
    fn equal(&mut self, actual: Expr, value: &Value, ty: &Type) -> Option<Vec<Stmt>> {
        let expected = literal(value, ty, self.module)?;
        let condition = match (ty, value) {
            (Type::Bool, Value::Bool(true)) => actual,
            (Type::Bool, Value::Bool(false)) => actual.negated(),
            (Type::Optional(_), Value::None) => Expr::new(ExprKind::IsNone(Box::new(actual)), Type::Bool),
            (Type::Float, _) => self.close(actual, value, expected)?,
            (Type::List(item), Value::List(items)) if **item == Type::Float && items.len() <= FLOATS => {
                let result = self.variable("result", ty);
                let length = Expr::len(result.clone());
                let count = Expr::int(i128::try_from(items.len()).ok()?);
                let mut stmts = vec![
                    Stmt::assign(result.as_local()?.to_owned(), actual),
                    check(Expr::compare(CompareOp::Eq, length, count)),
                ];
                for (at, item) in items.iter().enumerate() {
                    let at = Expr::int(i128::try_from(at).ok()?);
                    let actual = Expr::index(result.clone(), at, IndexMode::InRange);
                    stmts.extend(self.equal(actual, item, &Type::Float)?);
                }
                return Some(stmts);
            }
            (Type::Tuple(types), Value::Tuple(items)) if types.contains(&Type::Float) => {
                let result = self.variable("result", ty);
                let mut stmts = vec![Stmt::assign(result.as_local()?.to_owned(), actual)];
                for (at, (item, ty)) in items.iter().zip(types).enumerate() {
                    let (base, index) = (Box::new(result.clone()), Box::new(Expr::int(at.try_into().ok()?)));
                    let kind = ExprKind::Index { base, index, mode: IndexMode::InRange };
                    stmts.extend(self.equal(Expr::new(kind, ty.clone()), item, ty)?);
                }
                return Some(stmts);
            }
            _ if value.any(&|part| matches!(part, Value::Float(float) if float.is_nan())) => return None,
            _ => Expr::compare(CompareOp::Eq, actual, expected),
        };
        Some(vec![check(condition)])
    }

    fn close(&self, actual: Expr, value: &Value, expected: Expr) -> Option<Expr> {
        let float = match value {
            Value::Float(float) => *float,
            Value::Int(int) => *int as f64,
            Value::Bool(truth) => f64::from(u8::from(*truth)),
            _ => return None,
        };
        if float.is_nan() {
            return Some(Expr::intrinsic(Intrinsic::IsNan, vec![actual], Type::Bool));
        }
        if float.is_infinite() {
            return Some(Expr::compare(CompareOp::Eq, actual, expected));
        }
        // What is left of a difference is noise, and zero may be such a difference.
        (float.abs() > NOISE).then(|| Expr::intrinsic(Intrinsic::IsClose, vec![actual, expected], Type::Bool))
    }

    /// The kind that a class of exception, given with its bases from itself on, stands for.
    fn kind(&self, classes: &[String]) -> Option<ExceptionKind> {
        classes.iter().find_map(|class| known_kind(class).or_else(|| self.own_kind(class)))
    }

    fn own_kind(&self, class: &str) -> Option<ExceptionKind> {
        let class = self.module.class(class).filter(|class| class.exception)?;
        Some(ExceptionKind::Custom(class.name.clone()))
    }
}

/// Longer lists of floats are compared as they are.
const FLOATS: usize = 8;
/// A float result that is nearer to zero is not compared.
const NOISE: f64 = 1e-9;

fn check(condition: Expr) -> Stmt {
    Stmt::new(StmtKind::Assert { condition, message: None })
}

/// Where the argument of the parameter at `at` stands among those given by position; `None` for others.
fn position(function: &Function, at: usize) -> Option<usize> {
    function.params[..=at].iter().all(|param| param.kind == ParamKind::Normal).then_some(at)
}

fn known_kind(class: &str) -> Option<ExceptionKind> {
    Some(match class {
        "ZeroDivisionError" => ExceptionKind::ZeroDivision,
        "OverflowError" => ExceptionKind::Overflow,
        "ArithmeticError" | "ArithmeticException" => ExceptionKind::Arithmetic,
        "IndexError" | "IndexOutOfBoundsException" => ExceptionKind::Index,
        "KeyError" => ExceptionKind::Key,
        "LookupError" => ExceptionKind::Lookup,
        "ValueError" | "IllegalArgumentException" => ExceptionKind::Value,
        "TypeError" => ExceptionKind::Type,
        "AttributeError" => ExceptionKind::Attribute,
        "AssertionError" => ExceptionKind::Assertion,
        "NotImplementedError" | "UnsupportedOperationException" => ExceptionKind::NotImplemented,
        "RuntimeError" | "IllegalStateException" => ExceptionKind::Runtime,
        "StopIteration" | "NoSuchElementException" => ExceptionKind::StopIteration,
        "Exception" | "BaseException" => ExceptionKind::Any,
        _ => return None,
    })
}
