//! What a program and its tests show: the arguments that its tests call it with, and its constants.

use super::Value;
use grammars::ir::visit::{each_expr, each_subexpr};
use grammars::ir::{BinaryOp, Block, Expr, ExprKind, Function, Intrinsic, Module, Place, StmtKind, UnaryOp};
use std::collections::{BTreeMap, BTreeSet};

/// Constants of the program, of one kind each, without repeats.
#[derive(Clone, Debug, Default)]
pub(super) struct Constants {
    pub(super) ints: Vec<i128>,
    pub(super) floats: Vec<f64>,
    pub(super) texts: Vec<String>,
}

/// The arguments of each call of `function` in the tests of `module` that are known without running
/// anything; those that are left out at the end are missing.
pub(super) fn calls_of(function: &str, module: &Module) -> Vec<Vec<Value>> {
    let mut calls: Vec<Vec<Value>> = Vec::new();
    for test in &module.tests {
        let known = known_variables(&test.body);
        each_expr(&test.body, |expr| {
            if let ExprKind::Call { function: called, args } = &expr.kind
                && called == function
                && let Some(args) = args.iter().map(|arg| constant(arg, &known)).collect::<Option<Vec<_>>>()
                && !calls.contains(&args)
            {
                calls.push(args);
            }
        });
    }
    calls
}

/// The functions at top level that the tests call, in the order of the program.
pub(super) fn tested(module: &Module) -> Vec<&Function> {
    let mut called = BTreeSet::new();
    for test in &module.tests {
        each_expr(&test.body, |expr| {
            if let ExprKind::Call { function, .. } = &expr.kind {
                called.insert(function.clone());
            }
        });
    }
    module.functions().filter(|function| called.contains(&function.name)).collect()
}

/// The constants in the bodies of all functions of `module`.
pub(super) fn constants(module: &Module) -> Constants {
    let mut found = Constants::default();
    let mut look = |expr: &Expr| match &expr.kind {
        ExprKind::Int(value) if !found.ints.contains(value) => found.ints.push(*value),
        ExprKind::Float(value) if !found.floats.contains(value) => found.floats.push(*value),
        ExprKind::Str(text) if text.chars().count() <= LONGEST && !found.texts.contains(text) => {
            found.texts.push(text.clone());
        }
        _ => {}
    };
    grammars::ir::visit::each_function(module, |function| each_expr(&function.body, &mut look));
    module.constants().for_each(|constant| each_subexpr(&constant.value, &mut look));
    found
}

/// Longer texts are messages and tables.
const LONGEST: usize = 20;

/// The variables of a test that are assigned once, a value that is known.
fn known_variables(body: &Block) -> BTreeMap<String, Value> {
    let mut known = BTreeMap::new();
    let mut changed = BTreeSet::new();
    for stmt in body {
        if let StmtKind::Assign { place: Place::Variable { name, .. }, value } = &stmt.kind {
            match constant(value, &known) {
                Some(value) if !known.contains_key(name) => {
                    known.insert(name.clone(), value);
                }
                _ => {
                    changed.insert(name.clone());
                }
            }
        }
    }
    known.retain(|name, _| !changed.contains(name));
    known
}

/// The value of an expression that needs no running.
fn constant(expr: &Expr, known: &BTreeMap<String, Value>) -> Option<Value> {
    let all = |items: &[Expr]| items.iter().map(|item| constant(item, known)).collect::<Option<Vec<_>>>();
    Some(match &expr.kind {
        ExprKind::None => Value::None,
        ExprKind::Bool(value) => Value::Bool(*value),
        ExprKind::Int(value) => Value::Int(*value),
        ExprKind::Float(value) => Value::Float(*value),
        ExprKind::Str(text) => Value::Text(text.clone()),
        ExprKind::List(items) => Value::List(all(items)?),
        ExprKind::Tuple(items) => Value::Tuple(all(items)?),
        ExprKind::Set(items) => Value::Set(all(items)?),
        ExprKind::Dict(pairs) => {
            let pair = |(key, value): &(Expr, Expr)| Some((constant(key, known)?, constant(value, known)?));
            Value::Dict(pairs.iter().map(pair).collect::<Option<_>>()?)
        }
        ExprKind::Local(name) => known.get(name)?.clone(),
        ExprKind::Unary { op: UnaryOp::Neg, operand } => match constant(operand, known)? {
            Value::Int(value) => Value::Int(value.checked_neg()?),
            Value::Float(value) => Value::Float(-value),
            _ => return None,
        },
        ExprKind::Binary { op: BinaryOp::Repeat, left, right, .. } => {
            let (Value::Int(times), times_of) = (constant(right, known)?, constant(left, known)?) else {
                return None;
            };
            repeated(times_of, usize::try_from(times).ok()?)?
        }
        ExprKind::Convert { value, .. } => match (constant(value, known)?, &expr.ty) {
            (Value::Int(value), grammars::ir::Type::Float) => Value::Float(value as f64),
            (Value::Bool(value), grammars::ir::Type::Int) => Value::Int(i128::from(value)),
            (value, _) => value,
        },
        ExprKind::Intrinsic { op: Intrinsic::Infinity, .. } => Value::Float(f64::INFINITY),
        ExprKind::Intrinsic { op: Intrinsic::NotANumber, .. } => Value::Float(f64::NAN),
        _ => return None,
    })
}

/// No argument that is longer helps.
const LARGEST: usize = 200;

fn repeated(value: Value, times: usize) -> Option<Value> {
    match value {
        Value::Text(text) if text.len() * times <= LARGEST => Some(Value::Text(text.repeat(times))),
        Value::List(items) if items.len() * times <= LARGEST => {
            Some(Value::List(items.iter().cycle().take(items.len() * times).cloned().collect()))
        }
        _ => None,
    }
}
