//! Tests on types that the types decide: `isinstance(x, int)`, `type(x) == int`.

use grammars::surface::{CompareOp, Expr, ExprKind, UnaryOp};

/// A condition that asks for the type of a value.
#[derive(Clone, Debug)]
pub(super) struct TypeTest<'m> {
    pub value: &'m Expr,
    /// The types, by path or name.
    pub types: Vec<String>,
    /// The condition holds if the value has one of the types, or if it has none of them.
    pub holds: bool,
    /// Subtypes do not count.
    pub exact: bool,
}

/// Reads a condition as a test on the type of a value.
pub(super) fn type_test(condition: &Expr) -> Option<TypeTest<'_>> {
    match &condition.kind {
        ExprKind::Unary { op: UnaryOp::Not, operand } => {
            type_test(operand).map(|test| TypeTest { holds: !test.holds, ..test })
        }
        ExprKind::Call { callee, args, .. } => match (&callee.kind, args.as_slice()) {
            (ExprKind::Library(path), [value, types]) if path == "builtins.isinstance" => {
                Some(TypeTest { value, types: type_names(types)?, holds: true, exact: false })
            }
            _ => None,
        },
        ExprKind::Compare { operands, ops } => match (operands.as_slice(), ops.as_slice()) {
            ([left, right], [op]) => compared_type(left, *op, right),
            _ => None,
        },
        _ => None,
    }
}

fn compared_type<'m>(left: &'m Expr, op: CompareOp, right: &'m Expr) -> Option<TypeTest<'m>> {
    let ExprKind::Call { callee, args, .. } = &left.kind else { return None };
    let (ExprKind::Library(path), [value]) = (&callee.kind, args.as_slice()) else { return None };
    let holds = match op {
        CompareOp::Eq | CompareOp::Is | CompareOp::In => true,
        CompareOp::Ne | CompareOp::IsNot | CompareOp::NotIn => false,
        _ => return None,
    };
    let asks = path == "builtins.type";
    asks.then_some(())?;
    Some(TypeTest { value, types: type_names(right)?, holds, exact: true })
}

/// The types that an expression names.
fn type_names(e: &Expr) -> Option<Vec<String>> {
    match &e.kind {
        ExprKind::Library(path) => Some(vec![path.clone()]),
        ExprKind::Name(name) => Some(vec![name.clone()]),
        ExprKind::Call { callee, args, .. } => match (&callee.kind, args.as_slice()) {
            (ExprKind::Library(path), [example]) if path == "builtins.type" => type_of_literal(example),
            _ => None,
        },
        ExprKind::Tuple(items) | ExprKind::List(items) => {
            Some(items.iter().map(type_names).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
        }
        _ => None,
    }
}

/// The type of something written out: `type([])`.
fn type_of_literal(e: &Expr) -> Option<Vec<String>> {
    let name = match &e.kind {
        ExprKind::List(_) => "list",
        ExprKind::Dict(_) => "dict",
        ExprKind::Set(_) => "set",
        ExprKind::Tuple(_) => "tuple",
        ExprKind::Str(_) | ExprKind::Format(_) => "str",
        ExprKind::Int(_) => "int",
        ExprKind::Float(_) => "float",
        ExprKind::Bool(_) => "bool",
        _ => return None,
    };
    Some(vec![format!("builtins.{name}")])
}
