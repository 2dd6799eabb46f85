//! Which expressions can be evaluated earlier, later, twice or not at all without anybody noticing.

use super::effects::{changes_first, is_shared};
use grammars::ir::names::names_assigned;
use grammars::ir::visit::{any_expr, any_expr_in, each_child, each_function};
use grammars::ir::{Block, Expr, ExprKind, Function, Intrinsic, Module};
use std::collections::BTreeSet;

/// What a module's functions may do, as far as moving code is concerned. The pass `effects` must
/// have run.
pub(crate) struct Purity {
    /// Names of functions and methods that have effects; one name stands for all that bear it.
    loud: BTreeSet<String>,
    /// Classes whose constructor has effects besides making the object.
    loud_classes: BTreeSet<String>,
    /// Variables that a nested function rebinds.
    rebound: BTreeSet<String>,
    /// Variables that a nested function sees.
    captured: BTreeSet<String>,
    /// Globals that change.
    changing: BTreeSet<String>,
}

impl Purity {
    /// Collects what `effects` found in `module`.
    pub(crate) fn new(module: &Module) -> Purity {
        let mut purity = Purity {
            loud: BTreeSet::new(),
            loud_classes: BTreeSet::new(),
            rebound: BTreeSet::new(),
            captured: BTreeSet::new(),
            changing: module.constants().filter(|c| c.mutated).map(|c| c.name.clone()).collect(),
        };
        each_function(module, |function| {
            if !function.effects.pure {
                purity.loud.insert(function.name.clone());
            }
            purity.rebound.extend(function.rebinds.iter().cloned());
            purity.captured.extend(function.captures.iter().cloned());
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

    /// Whether a nested function rebinds the variable `name`.
    pub(crate) fn is_rebound(&self, name: &str) -> bool {
        self.rebound.contains(name)
    }

    /// Whether a nested function sees the variable `name`.
    pub(crate) fn is_captured(&self, name: &str) -> bool {
        self.captured.contains(name)
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

    /// Whether evaluating `expr` does something besides giving a value (or raising).
    pub(crate) fn has_effects(&self, expr: &Expr) -> bool {
        any_expr(expr, |e| self.is_loud(e))
    }

    /// Whether `expr` gives the same value even after other code has run: it has no effects, looks
    /// into no object that can change, and reads no variable that others rebind.
    pub(crate) fn is_stable(&self, expr: &Expr) -> bool {
        let own = match &expr.kind {
            ExprKind::Local(name) => !self.rebound.contains(name),
            ExprKind::Global(name) => !self.changing.contains(name),
            ExprKind::ClassConstant { .. } => !is_shared(&expr.ty),
            ExprKind::Comprehension { .. }
            | ExprKind::SetComprehension { .. }
            | ExprKind::DictComprehension { .. }
            | ExprKind::Lambda { .. } => false,
            _ => !self.is_loud(expr),
        };
        let mut stable = own;
        each_child(expr, |child| stable = stable && !is_shared(&child.ty) && self.is_stable(child));
        stable
    }

    /// Whether `block` changes nothing but variables that it assigns itself.
    pub(crate) fn is_inert(&self, block: &Block) -> bool {
        let own = names_assigned(block);
        !any_expr_in(block, |e| match &e.kind {
            ExprKind::Intrinsic { op, args } if changes_first(op) => {
                !args.first().and_then(Expr::as_local).is_some_and(|name| own.iter().any(|n| n == name))
            }
            _ => self.is_loud(e),
        })
    }

    /// Whether `expr` may be evaluated after `block` instead of before it.
    pub(crate) fn can_follow(&self, expr: &Expr, block: &Block) -> bool {
        !self.has_effects(expr) && (self.is_stable(expr) || self.is_inert(block))
    }
}

/// Whether evaluating `expr` again costs next to nothing and gives the same value when nothing
/// happened in between: a variable, a literal, a length, a little arithmetic on those.
pub(crate) fn is_trivial(expr: &Expr) -> bool {
    let mut size = 0;
    grammars::ir::visit::each_subexpr(expr, |_| size += 1);
    let plain = |e: &Expr| {
        matches!(
            e.kind,
            ExprKind::None
                | ExprKind::Bool(_)
                | ExprKind::Int(_)
                | ExprKind::Float(_)
                | ExprKind::Str(_)
                | ExprKind::Local(_)
                | ExprKind::Global(_)
                | ExprKind::ClassConstant { .. }
                | ExprKind::Field { .. }
                | ExprKind::Index { .. }
                | ExprKind::Unary { .. }
                | ExprKind::Binary { .. }
                | ExprKind::Convert { .. }
                | ExprKind::Intrinsic { op: Intrinsic::Len, .. }
        )
    };
    size <= 4 && !any_expr(expr, |e| !plain(e))
}
