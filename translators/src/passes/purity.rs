//! Which expressions do something besides giving a value.

use super::effects::changes_first;
use grammars::ir::visit::{any_expr, each_function};
use grammars::ir::{Expr, ExprKind, Function, Intrinsic, Module};
use std::collections::BTreeSet;

/// What a module's functions may do, as far as facts about variables are concerned. The pass `effects` must
/// have run.
pub(crate) struct Purity {
    /// Names of functions and methods that have effects; one name stands for all that bear it.
    loud: BTreeSet<String>,
    /// Classes whose constructor has effects besides making the object.
    loud_classes: BTreeSet<String>,
    /// Variables that a nested function rebinds.
    rebound: BTreeSet<String>,
}

impl Purity {
    /// Collects what `effects` found in `module`.
    pub(crate) fn new(module: &Module) -> Purity {
        let mut purity =
            Purity { loud: BTreeSet::new(), loud_classes: BTreeSet::new(), rebound: BTreeSet::new() };
        each_function(module, |function| {
            if !function.effects.pure {
                purity.loud.insert(function.name.clone());
            }
            purity.rebound.extend(function.rebinds.iter().cloned());
        });
        for class in module.classes() {
            let loud = |f: &Function| {
                f.effects.prints || f.effects.changes_globals || f.params.iter().skip(1).any(|p| p.mutated)
            };
            if class.constructor.as_ref().is_some_and(loud) {
                purity.loud_classes.insert(class.name.clone());
            }
        }
        purity
    }

    /// Whether evaluating an expression does something besides giving a value.
    pub(crate) fn has_effects(&self, expr: &Expr) -> bool {
        any_expr(expr, |e| self.is_loud(e))
    }

    /// Whether a nested function rebinds the variable `name`.
    pub(crate) fn is_rebound(&self, name: &str) -> bool {
        self.rebound.contains(name)
    }

    /// Whether this node by itself, apart from its children, does something besides giving a value.
    pub(crate) fn is_loud(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Call { function: name, .. }
            | ExprKind::FunctionRef(name)
            | ExprKind::CallMethod { method: name, .. }
            | ExprKind::CallStatic { method: name, .. } => self.loud.contains(name),
            ExprKind::New { class, .. } => self.loud_classes.contains(class),
            ExprKind::CallValue { .. } => true,
            ExprKind::Intrinsic { op, .. } => changes_first(op) || matches!(op, Intrinsic::Print { .. }),
            _ => false,
        }
    }
}
