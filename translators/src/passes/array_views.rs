//! Rejects programs that can tell a view of an array from a copy.
//!
//! ```text
//! b = a[1:]
//! b[0] = 5         a changes too
//! ```
//!
//! In NumPy a slice, a row, a transpose or a reshaped array shares memory with what it was taken from;
//! in the targets each is an array of its own. That is the same unless one of them is changed while the
//! other is kept. Which statement comes first is not looked at: a body in which a view is kept and
//! something that shares its memory is changed has no translation. The pass `effects` must have run.

use grammars::ir::visit::{Visit, each_function, walk_expr, walk_stmt};
use grammars::ir::{
    ArrayOp, Axis, Block, Clause, Expr, ExprKind, Function, Intrinsic, Module, Pattern, Place, Stmt,
    StmtKind, Type,
};
use grammars::{Rejection, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Checks all bodies of `module`.
///
/// # Errors
/// `infer.array-view` where a view is kept and its memory changes.
pub fn check(module: &Module) -> Result<(), Rejection> {
    let mut functions = BTreeMap::new();
    each_function(module, |function| {
        functions.insert(function.name.clone(), function);
    });
    let mut giving = BTreeSet::new();
    loop {
        let found: BTreeSet<String> = functions
            .values()
            .filter(|f| Sharing::of(&f.body, &functions, &giving).gives_view(f))
            .map(|f| f.name.clone())
            .collect();
        if found == giving {
            break;
        }
        giving = found;
    }
    for function in functions.values() {
        Sharing::of(&function.body, &functions, &giving).verdict()?;
    }
    module.tests.iter().try_for_each(|test| Sharing::of(&test.body, &functions, &giving).verdict())
}

/// Two names of a body that may share memory.
struct Pair {
    names: (String, String),
    /// One is a view and not just another name.
    view: bool,
    span: Span,
}

struct Sharing<'m> {
    functions: &'m BTreeMap<String, &'m Function>,
    /// Functions that may give a view of an argument.
    giving: &'m BTreeSet<String>,
    pairs: Vec<Pair>,
    changed: BTreeSet<String>,
    /// What `return` gives that may be or share an array of a variable.
    returned: BTreeSet<String>,
    returns_view: bool,
    /// A view that is changed or swapped where it stands.
    direct: Option<Span>,
}

impl<'m> Sharing<'m> {
    fn of(
        body: &'m Block,
        functions: &'m BTreeMap<String, &'m Function>,
        giving: &'m BTreeSet<String>,
    ) -> Sharing<'m> {
        let mut sharing = Sharing {
            functions,
            giving,
            pairs: Vec::new(),
            changed: BTreeSet::new(),
            returned: BTreeSet::new(),
            returns_view: false,
            direct: None,
        };
        sharing.block(body);
        sharing
    }

    /// The names that may share memory with `name`, and whether some of them is a view.
    fn group(&self, name: &str) -> (BTreeSet<&str>, bool) {
        let mut group: BTreeSet<&str> = self
            .pairs
            .iter()
            .flat_map(|p| [&p.names.0, &p.names.1])
            .map(String::as_str)
            .filter(|n| *n == name)
            .collect();
        let mut views = false;
        loop {
            let before = group.len();
            for pair in &self.pairs {
                if group.contains(pair.names.0.as_str()) || group.contains(pair.names.1.as_str()) {
                    group.extend([pair.names.0.as_str(), pair.names.1.as_str()]);
                    views |= pair.view;
                }
            }
            if group.len() == before {
                return (group, views);
            }
        }
    }

    /// Whether the result may be a view of an argument or of a module's variable.
    fn gives_view(&self, function: &Function) -> bool {
        let outer = |name: &str| !function.locals.iter().any(|l| l.name == name);
        self.returned.iter().any(|name| {
            let (group, views) = self.group(name);
            (views && group.iter().any(|n| outer(n)))
                || (self.returns_view && (outer(name) || group.iter().any(|n| outer(n))))
        })
    }

    fn verdict(&self) -> Result<(), Rejection> {
        let rejected = |span: Span| {
            let message =
                "A part of an array is kept while the array, or the part, is changed: in NumPy both change.";
            Err(Rejection::new("infer.array-view", span, message))
        };
        if let Some(span) = self.direct {
            return rejected(span);
        }
        for pair in self.pairs.iter().filter(|pair| pair.view) {
            let (group, _) = self.group(&pair.names.0);
            if group.iter().any(|name| self.changed.contains(*name)) {
                return rejected(pair.span);
            }
        }
        Ok(())
    }

    /// The variable whose memory the value may share, and whether through a view.
    fn shared(&self, value: &Expr) -> Option<(String, bool)> {
        match &value.kind {
            ExprKind::Local(name) | ExprKind::Global(name) if holds_array(&value.ty) => {
                Some((name.clone(), false))
            }
            ExprKind::Field { object, field } if holds_array(&value.ty) => {
                Some((self.shared(object).map_or(field.clone(), |(name, _)| name), false))
            }
            ExprKind::Intrinsic { op: Intrinsic::Array(op), args }
                if is_view(op) && holds_array(&value.ty) =>
            {
                self.shared(args.first()?).map(|(name, _)| (name, true))
            }
            ExprKind::IfElse { then, orelse, .. } => self.shared(then).or_else(|| self.shared(orelse)),
            ExprKind::Call { function, args } if self.giving.contains(function) => {
                args.iter().find_map(|arg| self.shared(arg)).map(|(name, _)| (name, true))
            }
            _ => None,
        }
    }

    fn keep(&mut self, holder: &str, value: &Expr) {
        if let Some((name, view)) = self.shared(value) {
            self.pairs.push(Pair { names: (holder.to_owned(), name), view, span: value.span });
        }
    }

    fn change(&mut self, target: &Expr) {
        if let Some((name, _)) = self.shared(target) {
            self.changed.insert(name);
        }
    }

    /// Rows that a pattern is bound to are views.
    fn rows(&mut self, pattern: &Pattern, iter: &Expr) {
        let mut roots = Vec::new();
        grammars::ir::visit::each_subexpr(iter, |e| {
            if let ExprKind::Intrinsic { op: Intrinsic::Array(ArrayOp::Items), args } = &e.kind
                && matches!(args[0].ty, Type::Array { rank: 2, .. })
            {
                roots.extend(self.shared(&args[0]));
            }
        });
        for (name, ty) in pattern.names() {
            for (root, _) in roots.iter().filter(|_| holds_array(ty)) {
                let names = (name.to_owned(), root.clone());
                self.pairs.push(Pair { names, view: true, span: iter.span });
            }
        }
    }

    fn assigned(&mut self, place: &Place, value: &Expr) {
        match (place, &value.kind) {
            (Place::Variable { name, .. }, _) => self.keep(name, value),
            (Place::Field { field, .. }, _) => self.keep(field, value),
            (Place::Item { base, .. }, _) => {
                if let Some(name) = base.as_local().map(str::to_owned) {
                    self.keep(&name, value);
                }
            }
            (Place::Tuple(places), ExprKind::Tuple(items)) if places.len() == items.len() => {
                for (place, item) in places.iter().zip(items) {
                    let swaps =
                        matches!(place, Place::Part(_)) && self.shared(item).is_some_and(|(_, view)| view);
                    if swaps {
                        self.direct = Some(item.span);
                    }
                    self.assigned(place, item);
                }
            }
            _ => {}
        }
        self.changed_place(place);
    }

    fn changed_place(&mut self, place: &Place) {
        if let Place::Part(selection) = place
            && let ExprKind::Intrinsic { args, .. } = &selection.kind
            && let Some(base) = args.first()
        {
            self.change(base);
        }
    }
}

impl<'a> Visit<'a> for Sharing<'a> {
    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Intrinsic { op: Intrinsic::Array(ArrayOp::SortInPlace), args } => self.change(&args[0]),
            ExprKind::Intrinsic { op: Intrinsic::Append | Intrinsic::Insert | Intrinsic::Extend, args } => {
                if let Some(name) = args[0].as_local().map(str::to_owned) {
                    args.iter().skip(1).for_each(|item| self.keep(&name, item));
                }
            }
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                // What is written out together may be kept together.
                for item in items {
                    if let Some((name, true)) = self.shared(item) {
                        self.pairs.push(Pair { names: (name.clone(), name), view: true, span: item.span });
                    }
                }
            }
            ExprKind::Call { function, args } => {
                if let Some(callee) = self.functions.get(function).copied() {
                    for (arg, param) in args.iter().zip(&callee.params) {
                        if param.mutated && holds_array(&arg.ty) {
                            if self.shared(arg).is_some_and(|(_, view)| view) {
                                self.direct = Some(arg.span);
                            }
                            self.change(arg);
                        }
                    }
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn clause(&mut self, clause: &'a Clause) {
        self.rows(&clause.pattern, &clause.iter);
        grammars::ir::visit::walk_clause(self, clause);
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Assign { place, value } => self.assigned(place, value),
            StmtKind::AugAssign { place, .. } => {
                if let (Place::Variable { name, .. }, Type::Array { .. }) = (place, place.ty()) {
                    self.changed.insert(name.clone());
                }
                self.changed_place(place);
            }
            StmtKind::For { pattern, iter, .. } => self.rows(pattern, iter),
            StmtKind::Return(Some(value)) => {
                let values = match &value.kind {
                    ExprKind::Tuple(items) => items.iter().collect(),
                    _ => vec![value],
                };
                for value in values {
                    if let Some((name, view)) = self.shared(value) {
                        self.returned.insert(name);
                        self.returns_view |= view;
                    }
                }
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }
}

/// The operation gives a view where NumPy does.
pub(super) fn is_view(op: &ArrayOp) -> bool {
    match op {
        ArrayOp::Select(axes) => axes.iter().all(|axis| !matches!(axis, Axis::Mask | Axis::Positions)),
        ArrayOp::Transpose | ArrayOp::Reshape | ArrayOp::Flatten | ArrayOp::Diagonal | ArrayOp::Flip => true,
        _ => false,
    }
}

fn holds_array(ty: &Type) -> bool {
    match ty {
        Type::Array { .. } => true,
        Type::List(inner) | Type::Optional(inner) => holds_array(inner),
        Type::Tuple(items) => items.iter().any(holds_array),
        _ => false,
    }
}
