//! How many characters and elements the tables hold: derived from the literals of the program and
//! its tests, one capacity for each type, so that layouts agree between programs.

use super::names::Records;
use grammars::ir::visit::{each_expr, each_expr_in_module, each_stmt};
use grammars::ir::{BinaryOp, Expr, ExprKind, Module, Place, StmtKind, Type};

/// Capacities of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacities {
    /// Characters in a text.
    pub text: usize,
    /// Elements of a table of small elements.
    pub table: usize,
    /// Elements that every table must hold.
    pub least: usize,
    /// The fields of classes.
    pub records: Records,
}

/// What tables and texts hold at least.
const DEFAULT: usize = 100;
/// Whole numbers in tests up to this size may be numbers of elements.
const LARGEST_COUNT: i128 = 100_000;
/// A table should not be larger than this many bytes.
const LARGEST_TABLE: usize = 16_000_000;

impl Capacities {
    /// The capacities that `module` and its tests need.
    pub fn of(module: &Module) -> Capacities {
        let (mut longest_text, mut longest_table, mut counts) = (0, 0, false);
        each_expr_in_module(module, |expr| match &expr.kind {
            ExprKind::Str(text) => longest_text = longest_text.max(text.chars().count()),
            ExprKind::List(items) | ExprKind::Set(items) => longest_table = longest_table.max(items.len()),
            ExprKind::Dict(entries) => longest_table = longest_table.max(entries.len()),
            ExprKind::Binary { op: BinaryOp::Repeat, left, right, .. } => {
                let times = literal_count(right, module);
                match left.ty {
                    Type::Str => longest_text = longest_text.max(times / 2),
                    _ => longest_table = longest_table.max(times / 2 + 1),
                }
            }
            ExprKind::Range { stop, .. } => {
                counts = true;
                longest_table = longest_table.max(literal_count(stop, module) / 2 + 1);
            }
            _ => {}
        });
        let count = if counts { largest_count(module) } else { 0 };
        let table = longest_table.saturating_mul(2).max(count + count / 10).max(longest_text);
        Capacities {
            text: rounded(longest_text * 2 + count),
            table: rounded(table),
            least: longest_table.max(30),
            records: crate::passes::class_functions::records(module),
        }
    }

    /// Elements of a list of `element`, a set of them, or a dict with such entries.
    pub fn table_of(&self, elements: &[&Type]) -> usize {
        let size: usize = elements.iter().map(|t| self.size(t)).sum();
        self.table.min((LARGEST_TABLE / size.max(1)).max(self.least))
    }

    /// Bytes that a value takes.
    fn size(&self, ty: &Type) -> usize {
        match ty {
            Type::Bool | Type::Char => 1,
            Type::Str => self.text + 4,
            Type::List(t) | Type::Set(t) => 4 + self.table_of(&[t]).saturating_mul(self.size(t)),
            Type::Dict(k, v) => {
                4 + self.table_of(&[k, v]).saturating_mul(self.size(k).saturating_add(self.size(v)))
            }
            Type::Tuple(parts) => parts.iter().map(|t| self.size(t)).sum(),
            Type::Optional(inner) => 1 + self.size(inner),
            Type::Class(class) => {
                self.records.get(class).into_iter().flatten().map(|(_, ty)| self.size(ty)).sum()
            }
            _ => 8,
        }
    }
}

/// The value of an integer literal or constant that may be a number of elements.
fn literal_count(e: &Expr, module: &Module) -> usize {
    let value = match &e.kind {
        ExprKind::Local(name) => largest_assigned(name, module),
        ExprKind::Global(name) => module
            .constants()
            .find(|constant| constant.name == *name)
            .and_then(|constant| constant.value.as_int()),
        ExprKind::Binary { op: BinaryOp::Add, left, right, .. } => {
            return literal_count(left, module) + literal_count(right, module);
        }
        _ => e.as_int(),
    };
    value.filter(|value| *value <= LARGEST_COUNT).and_then(|value| usize::try_from(value).ok()).unwrap_or(0)
}

/// The largest literal that a variable called `name` is assigned.
fn largest_assigned(name: &str, module: &Module) -> Option<i128> {
    let mut largest = None;
    for function in module.functions() {
        each_stmt(&function.body, |stmt| {
            if let StmtKind::Assign { place: Place::Variable { name: assigned, .. }, value } = &stmt.kind
                && assigned == name
            {
                largest = largest.max(value.as_int());
            }
        });
    }
    largest
}

/// The largest whole number in a test that may stand for a number of elements.
fn largest_count(module: &Module) -> usize {
    let mut largest = 0;
    let mut visit = |expr: &Expr| {
        if let ExprKind::Int(value) = expr.kind
            && value <= LARGEST_COUNT
        {
            largest = largest.max(value);
        }
    };
    for test in &module.tests {
        each_expr(&test.body, &mut visit);
    }
    usize::try_from(largest).unwrap_or(0)
}

/// `need`, at least the default, as a round number.
fn rounded(need: usize) -> usize {
    if need <= DEFAULT { DEFAULT } else { need.div_ceil(50) * 50 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_elements_make_small_tables() {
        let capacities = Capacities { text: 100, table: 5000, least: 30, records: Records::new() };
        assert_eq!(capacities.table_of(&[&Type::Int]), 5000);
        assert_eq!(capacities.table_of(&[&Type::list(Type::Int)]), 399);
        assert_eq!(capacities.table_of(&[&Type::list(Type::list(Type::Int))]), 30);
    }

    #[test]
    fn capacities_are_round_numbers() {
        assert_eq!(rounded(7), 100);
        assert_eq!(rounded(101), 150);
    }
}
