//! unittest's assert methods as plain checks.

use crate::python::stmt::path_of;
use crate::surface::{BinaryOp, CompareOp, Expr, ExprKind, Stmt, StmtKind, UnaryOp};
use crate::{Rejection, Span};

/// `self.NAME(args)` as a check.
pub(super) fn check(name: &str, args: Vec<Expr>, keywords: Vec<(String, Expr)>, span: Span) -> StmtKind {
    let call = Assertion { args, keywords, span };
    let kind = match name {
        "assertRaises" => call.raises(),
        "assertAlmostEqual" | "assertNotAlmostEqual" => call.almost(name == "assertAlmostEqual"),
        _ => call.plain(name),
    };
    kind.unwrap_or_else(|| {
        let message = format!("the test method `{name}` is not supported with these arguments");
        StmtKind::Unsupported(Rejection::new("python.test-method", span, message))
    })
}

struct Assertion {
    args: Vec<Expr>,
    keywords: Vec<(String, Expr)>,
    span: Span,
}

impl Assertion {
    fn expr(&self, kind: ExprKind) -> Expr {
        Expr { kind, span: self.span }
    }

    fn compare(&self, left: Expr, op: CompareOp, right: Expr) -> Expr {
        self.expr(ExprKind::Compare { operands: vec![left, right], ops: vec![op] })
    }

    fn builtin(&self, name: &str, args: Vec<Expr>) -> Expr {
        let callee = Box::new(self.expr(ExprKind::Library(format!("builtins.{name}"))));
        self.expr(ExprKind::Call { callee, args, keywords: Vec::new() })
    }

    /// The `at`-th argument, the message, if it is given.
    fn message(&self, at: usize) -> Option<Expr> {
        self.args.get(at).or_else(|| self.keyword("msg")).cloned()
    }

    fn keyword(&self, name: &str) -> Option<&Expr> {
        self.keywords.iter().find(|(n, _)| n == name).map(|(_, e)| e)
    }

    /// Methods of one or two values and a message.
    fn plain(&self, name: &str) -> Option<StmtKind> {
        if self.keywords.iter().any(|(n, _)| n != "msg") {
            return None;
        }
        let one = self.args.first().cloned();
        let (values, condition) = match name {
            "assertTrue" | "assert_" => (1, one?),
            "assertFalse" => (1, self.expr(ExprKind::Unary { op: UnaryOp::Not, operand: Box::new(one?) })),
            "assertIsNone" => (1, self.compare(one?, CompareOp::Is, self.expr(ExprKind::None))),
            "assertIsNotNone" => (1, self.compare(one?, CompareOp::IsNot, self.expr(ExprKind::None))),
            "fail" => (0, self.expr(ExprKind::Bool(false))),
            _ => (2, self.relation(name, one?, self.args.get(1)?.clone())?),
        };
        (self.args.len() <= values + 1).then(|| StmtKind::Assert { condition, message: self.message(values) })
    }

    fn relation(&self, name: &str, left: Expr, right: Expr) -> Option<Expr> {
        let op = match name {
            "assertEqual"
            | "assertEquals"
            | "assertListEqual"
            | "assertTupleEqual"
            | "assertDictEqual"
            | "assertSetEqual"
            | "assertSequenceEqual"
            | "assertMultiLineEqual" => CompareOp::Eq,
            "assertNotEqual" | "assertNotEquals" => CompareOp::Ne,
            "assertIs" => CompareOp::Is,
            "assertIsNot" => CompareOp::IsNot,
            "assertIn" => CompareOp::In,
            "assertNotIn" => CompareOp::NotIn,
            "assertLess" => CompareOp::Lt,
            "assertLessEqual" => CompareOp::Le,
            "assertGreater" => CompareOp::Gt,
            "assertGreaterEqual" => CompareOp::Ge,
            "assertCountEqual" | "assertItemsEqual" => {
                let (left, right) = (self.builtin("sorted", vec![left]), self.builtin("sorted", vec![right]));
                return Some(self.compare(left, CompareOp::Eq, right));
            }
            "assertIsInstance" => return Some(self.builtin("isinstance", vec![left, right])),
            _ => return None,
        };
        Some(self.compare(left, op, right))
    }

    /// `round(a - b, places) == 0` says that the difference is less than half a unit of the last
    /// place.
    fn almost(&self, equal: bool) -> Option<StmtKind> {
        let [left, right, rest @ ..] = self.args.as_slice() else { return None };
        let (left, right) = (Box::new(left.clone()), Box::new(right.clone()));
        let difference = self.expr(ExprKind::Binary { op: BinaryOp::Sub, left, right });
        let distance = self.builtin("abs", vec![difference]);
        let condition = if let Some(delta) = self.keyword("delta") {
            let op = if equal { CompareOp::Le } else { CompareOp::Gt };
            self.compare(distance, op, delta.clone())
        } else {
            let places = match rest.first().or_else(|| self.keyword("places")).map(|e| &e.kind) {
                None => 7,
                Some(ExprKind::Int(digits)) => digits.parse().ok()?,
                Some(_) => return None,
            };
            // Written as a decimal and read back, so that the literal is the nearest float.
            let limit = format!("5e-{}", places + 1u32).parse().ok()?;
            let op = if equal { CompareOp::Lt } else { CompareOp::Ge };
            self.compare(distance, op, self.expr(ExprKind::Float(limit)))
        };
        Some(StmtKind::Assert { condition, message: self.message(3) })
    }

    /// `assertRaises(E, f, args…)` calls `f`.
    fn raises(&self) -> Option<StmtKind> {
        let [class, callee, args @ ..] = self.args.as_slice() else { return None };
        let kinds = match &class.kind {
            ExprKind::Tuple(several) => several.iter().map(path_of).collect::<Option<Vec<_>>>()?,
            _ => vec![path_of(class)?],
        };
        let call = ExprKind::Call {
            callee: Box::new(callee.clone()),
            args: args.to_vec(),
            keywords: self.keywords.clone(),
        };
        let body = vec![Stmt { kind: StmtKind::Expr(self.expr(call)), span: self.span }];
        Some(StmtKind::ExpectRaise { kinds, body })
    }
}
