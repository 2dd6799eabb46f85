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
//! something that shares its memory is changed has no translation. Fields share memory by name, whatever
//! their class, and across bodies. A view that is handed to a constructor is not followed. The pass
//! `effects` must have run.

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
    let mut functions = Vec::new();
    each_function(module, |function| functions.push(function));
    let mut giving = Giving::new();
    loop {
        let mut found = Giving::new();
        for function in &functions {
            if let Some(origins) = Sharing::of(&function.body, &functions, &giving).given(function) {
                found.entry(function.name.clone()).or_default().extend(origins);
            }
        }
        if found == giving {
            break;
        }
        giving = found;
    }
    let bodies = functions.iter().map(|f| &f.body).chain(module.tests.iter().map(|test| &test.body));
    let mut fields = Sharing::new(&functions, &giving);
    for body in bodies {
        let sharing = Sharing::of(body, &functions, &giving);
        sharing.verdict()?;
        fields.join_fields_of(&sharing);
    }
    fields.verdict()
}

/// Functions, by name, that may give a view of an argument, and of which fields and variables of the
/// module besides.
type Giving = BTreeMap<String, BTreeSet<String>>;

/// Two names of a body that may share memory.
struct Pair {
    names: (String, String),
    /// One is a view and not just another name.
    view: bool,
    span: Span,
}

struct Sharing<'m> {
    functions: &'m [&'m Function],
    giving: &'m Giving,
    pairs: Vec<Pair>,
    changed: BTreeSet<String>,
    /// What `return` gives that may be or share an array of a variable.
    returned: BTreeSet<String>,
    returns_view: bool,
    /// A view that is changed or swapped where it stands.
    direct: Option<Span>,
}

impl<'m> Sharing<'m> {
    fn of(body: &'m Block, functions: &'m [&'m Function], giving: &'m Giving) -> Sharing<'m> {
        let mut sharing = Sharing::new(functions, giving);
        sharing.block(body);
        sharing
    }

    fn new(functions: &'m [&'m Function], giving: &'m Giving) -> Sharing<'m> {
        Sharing {
            functions,
            giving,
            pairs: Vec::new(),
            changed: BTreeSet::new(),
            returned: BTreeSet::new(),
            returns_view: false,
            direct: None,
        }
    }

    /// Adds what a body says of fields, which other bodies see.
    fn join_fields_of(&mut self, body: &Sharing<'_>) {
        for pair in &body.pairs {
            let (group, view) = body.group(&pair.names.0);
            let fields: Vec<&str> = group.into_iter().filter(|name| is_field(name)).collect();
            self.pairs.extend(fields.windows(2).map(|two| Pair {
                names: (two[0].to_owned(), two[1].to_owned()),
                view,
                span: pair.span,
            }));
        }
        for name in &body.changed {
            let (group, _) = body.group(name);
            let fields = group.into_iter().chain([name.as_str()]).filter(|name| is_field(name));
            self.changed.extend(fields.map(str::to_owned));
        }
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

    /// The fields and variables of the module of which the result may be a view; `None` where it is a
    /// view neither of them nor of an argument.
    fn given(&self, function: &Function) -> Option<BTreeSet<String>> {
        let mut origins: Option<BTreeSet<String>> = None;
        for name in &self.returned {
            let (group, views) = self.group(name);
            let outer = group.into_iter().chain([name.as_str()]);
            let outer = outer.filter(|n| !function.locals.iter().any(|local| local.name == *n));
            for name in outer.filter(|_| views || self.returns_view) {
                let origins = origins.get_or_insert_default();
                if !function.params.iter().any(|param| param.name == name) {
                    origins.insert(name.to_owned());
                }
            }
        }
        origins
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

    /// The variables and fields whose memory the value may share, and whether through a view.
    fn shared(&self, value: &Expr) -> BTreeMap<String, bool> {
        if !holds_array(&value.ty) {
            return BTreeMap::new();
        }
        match &value.kind {
            ExprKind::Local(name) | ExprKind::Global(name) => BTreeMap::from([(name.clone(), false)]),
            ExprKind::Field { field, .. } => BTreeMap::from([(field_name(field), false)]),
            ExprKind::Intrinsic { op: Intrinsic::Array(op), args }
                if is_view(op) || *op == ArrayOp::Items =>
            {
                through_view(self.shared_by(args.iter().take(1)))
            }
            ExprKind::Intrinsic { op: Intrinsic::Array(_) | Intrinsic::DeepCopy, .. } => BTreeMap::new(),
            ExprKind::Intrinsic { args: parts, .. } | ExprKind::List(parts) | ExprKind::Tuple(parts) => {
                self.shared_by(parts)
            }
            ExprKind::Dict(entries) => self.shared_by(entries.iter().map(|(_, value)| value)),
            ExprKind::IfElse { then, orelse, .. } => self.shared_by([&**then, &**orelse]),
            ExprKind::Comprehension { element: part, .. }
            | ExprKind::DictComprehension { value: part, .. }
            | ExprKind::Index { base: part, .. }
            | ExprKind::Lookup { base: part, .. }
            | ExprKind::Slice { base: part, .. }
            | ExprKind::Convert { value: part, .. } => self.shared(part),
            ExprKind::Call { function, args } | ExprKind::CallStatic { method: function, args, .. } => {
                self.given_by(function, args)
            }
            ExprKind::CallMethod { method, args, .. } => self.given_by(method, args),
            _ => BTreeMap::new(),
        }
    }

    fn shared_by<'e>(&self, parts: impl IntoIterator<Item = &'e Expr>) -> BTreeMap<String, bool> {
        let mut all = BTreeMap::new();
        for (name, view) in parts.into_iter().flat_map(|part| self.shared(part)) {
            *all.entry(name).or_default() |= view;
        }
        all
    }

    fn given_by(&self, function: &str, args: &[Expr]) -> BTreeMap<String, bool> {
        let Some(origins) = self.giving.get(function) else { return BTreeMap::new() };
        let mut all = self.shared_by(args);
        all.extend(origins.iter().map(|name| (name.clone(), true)));
        through_view(all)
    }

    fn is_view_of_something(&self, value: &Expr) -> bool {
        self.shared(value).values().any(|view| *view)
    }

    fn keep(&mut self, holder: &str, value: &Expr) {
        for (name, view) in self.shared(value) {
            self.pairs.push(Pair { names: (holder.to_owned(), name), view, span: value.span });
        }
    }

    fn change(&mut self, target: &Expr) {
        let names = self.shared(target);
        self.changed.extend(names.into_keys());
    }

    /// What a call does to the arrays that it is given.
    fn called<'e>(&mut self, function: &str, args: impl Iterator<Item = &'e Expr> + Clone) {
        let functions = self.functions;
        for callee in functions.iter().filter(|f| f.name == function) {
            let of_object = callee.params.len().saturating_sub(args.clone().count());
            let params = callee.params.iter().skip(of_object.min(1));
            for (arg, _) in args.clone().zip(params).filter(|(_, param)| param.mutated) {
                if self.is_view_of_something(arg) {
                    self.direct = Some(arg.span);
                }
                self.change(arg);
            }
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
                let names = (name.to_owned(), String::clone(root));
                self.pairs.push(Pair { names, view: true, span: iter.span });
            }
        }
    }

    fn assigned(&mut self, place: &Place, value: &Expr) {
        match (place, &value.kind) {
            (Place::Variable { name, .. }, _) => self.keep(name, value),
            (Place::Field { field, .. }, _) => self.keep(&field_name(field), value),
            (Place::Item { base, .. }, _) => {
                self.shared(base).keys().for_each(|name| self.keep(name, value));
            }
            (Place::Tuple(places), ExprKind::Tuple(items)) if places.len() == items.len() => {
                for (place, item) in places.iter().zip(items) {
                    if matches!(place, Place::Part(_)) && self.is_view_of_something(item) {
                        self.direct = Some(item.span);
                    }
                    self.assigned(place, item);
                }
            }
            (Place::Tuple(places), _) => places.iter().for_each(|place| self.assigned(place, value)),
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
                for holder in self.shared(&args[0]).into_keys() {
                    args.iter().skip(1).for_each(|item| self.keep(&holder, item));
                }
            }
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                // What is written out together may be kept together.
                for item in items {
                    for (name, _) in self.shared(item).into_iter().filter(|(_, view)| *view) {
                        self.pairs.push(Pair { names: (name.clone(), name), view: true, span: item.span });
                    }
                }
            }
            ExprKind::Call { function, args } => self.called(function, args.iter()),
            ExprKind::CallMethod { method, args, .. } | ExprKind::CallStatic { method, args, .. } => {
                self.called(method, args.iter());
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
                for (name, view) in self.shared(value) {
                    self.returned.insert(name);
                    self.returns_view |= view;
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

/// Fields go by names that no variable has.
fn field_name(field: &str) -> String {
    format!(".{field}")
}

fn is_field(name: &str) -> bool {
    name.starts_with('.')
}

fn through_view(names: BTreeMap<String, bool>) -> BTreeMap<String, bool> {
    names.into_keys().map(|name| (name, true)).collect()
}

fn holds_array(ty: &Type) -> bool {
    match ty {
        Type::Array { .. } => true,
        Type::List(inner) | Type::Optional(inner) | Type::Iter(inner) | Type::Dict(_, inner) => {
            holds_array(inner)
        }
        Type::Tuple(items) => items.iter().any(holds_array),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::passes::testing::python;

    fn is_rejected(body: &str) -> bool {
        check(&python(&format!("import numpy as np\n\n\n{body}"))).is_err()
    }

    #[test]
    fn a_part_that_is_kept_and_changed_has_no_translation() {
        let f = |lines: &str| {
            format!("def f() -> float:\n    a = np.zeros((2, 2))\n    {lines}\n    return a[0, 0]\n")
        };
        for lines in [
            "b = a[0]\n    b[0] = 9.0",
            "rows = [a[0], a[1]]\n    rows[0][0] = 9.0",
            "rows = [a[i] for i in range(2)]\n    rows[0][0] = 9.0",
            "rows = {'x': a[0]}\n    rows['x'][0] = 9.0",
            "b = np.ones(2) if a.sum() > 0 else a[0]\n    b[0] = 9.0",
        ] {
            assert!(is_rejected(&f(lines)), "{lines}");
        }
        for lines in ["b = a[0].copy()\n    b[0] = 9.0", "rows = [a[0], a[1]]\n    s = rows[0].sum()"] {
            assert!(!is_rejected(&f(lines)), "{lines}");
        }
    }

    #[test]
    fn views_leave_functions() {
        let halves = "def halves(a: np.ndarray):\n    return a[:2], a[2:]\n\n\ndef f() -> float:\n    a = np.zeros(4)\n    left, right = halves(a)\n    left[0] = 9.0\n    return a[0]\n";
        assert!(is_rejected(halves));
        assert!(!is_rejected(&halves.replace("    left[0] = 9.0\n", "")));
    }

    #[test]
    fn fields_are_seen_by_all_methods() {
        let pair = "class Pair:\n    def __init__(self, n: int):\n        self.whole = np.zeros(n)\n        self.rest = self.whole[1:]\n\n    def mark(self) -> None:\n        self.rest[0] = 9.0\n\n\ndef f() -> float:\n    p = Pair(3)\n    p.mark()\n    return p.whole[1]\n";
        assert!(is_rejected(pair));
        assert!(!is_rejected(&pair.replace("self.whole[1:]", "np.ones(n)")));
        let grid = "class Grid:\n    def __init__(self, n: int):\n        self.data = np.zeros((n, n))\n\n    def row(self, i: int):\n        return self.data[i]\n\n\ndef f() -> float:\n    g = Grid(2)\n    r = g.row(0)\n    r[0] = 9.0\n    return g.data[0, 0]\n";
        assert!(is_rejected(grid));
        assert!(!is_rejected(&grid.replace("    r[0] = 9.0\n", "")));
    }
}
