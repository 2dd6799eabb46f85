//! Refuses programs that can see one object through two names and change it.
//!
//! ```text
//! rows.append(row)
//! row.append(1)          the source sees the change in `rows`, an array of copies does not
//! ```
//!
//! Arrays and derived types are values here, lists, dicts and sets are references in the source.
//! This walks each body in the order of execution and keeps what shares what: two names of one
//! object, an object inside another, and containers whose items are also elsewhere. A change to
//! something shared is a rejection; rebinding a name ends its share. Loops are walked twice.

use super::mutation::root;
use super::reject;
use super::signature::{Signatures, method_key};
use crate::passes::effects::changes_first;
use grammars::ir::visit::{each_child, each_function, each_subexpr};
use grammars::ir::{
    self, BinaryOp, Block, Conversion, Expr, ExprKind, Function, Intrinsic, Module, Pattern, Place, Stmt,
    StmtKind, Type,
};
use grammars::{Rejection, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Checks all bodies of a module.
///
/// # Errors
/// `fortran.aliasing` at the first change of something shared.
pub fn check(module: &Module, signatures: &Signatures) -> Result<(), Rejection> {
    let mut returned: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut functions: Vec<(String, &Function)> = Vec::new();
    each_function(module, |f| functions.push((f.name.clone(), f)));
    for class in module.classes() {
        for method in class.methods.iter().chain(&class.statics) {
            functions.push((method_key(&class.name, &method.name), method));
        }
    }
    // Twice, so that what callees return is known to callers that stand before them.
    for _ in 0..2 {
        for (key, function) in &functions {
            let mut walk = Walk::new(signatures, &returned);
            walk.params = function.params.iter().map(|p| p.name.clone()).collect();
            walk.block(&function.body)?;
            let found = walk.returned;
            returned.insert(key.clone(), found);
        }
    }
    for test in &module.tests {
        Walk::new(signatures, &returned).block(&test.body)?;
    }
    Ok(())
}

/// Whether values of a type are references that can be changed, or hold such.
fn is_mutable(ty: &Type) -> bool {
    match ty {
        Type::List(_) | Type::Set(_) | Type::Dict(..) | Type::Class(_) | Type::Array { .. } => true,
        Type::Tuple(items) => items.iter().any(is_mutable),
        Type::Optional(t) | Type::Iter(t) => is_mutable(t),
        _ => false,
    }
}

/// Whether the items of a container are such values.
fn has_mutable_items(ty: &Type) -> bool {
    match ty {
        Type::List(t) | Type::Set(t) | Type::Optional(t) | Type::Iter(t) => is_mutable(t),
        Type::Class(_) => true,
        Type::Dict(k, v) => is_mutable(k) || is_mutable(v),
        Type::Tuple(items) => items.iter().any(is_mutable),
        _ => false,
    }
}

/// What shares what.
#[derive(Clone, Debug, Default, PartialEq)]
struct Shares {
    /// Two names of one object.
    same: BTreeSet<(String, String)>,
    /// The object of the first name is an item of the second.
    inside: BTreeSet<(String, String)>,
    /// Items of this container are also elsewhere.
    items: BTreeSet<String>,
}

impl Shares {
    fn join(&mut self, other: Shares) {
        self.same.extend(other.same);
        self.inside.extend(other.inside);
        self.items.extend(other.items);
    }

    /// The name gets another object.
    fn rebind(&mut self, name: &str) {
        self.same.retain(|(a, b)| a != name && b != name);
        self.inside.retain(|(a, b)| a != name && b != name);
        self.items.remove(name);
    }

    fn add_same(&mut self, a: &str, b: &str) {
        if a != b {
            self.same.insert((a.to_string(), b.to_string()));
            if self.items.contains(b) {
                self.items.insert(a.to_string());
            }
        }
    }
}

/// How a value is connected with variables.
#[derive(Debug)]
enum Source {
    /// It is the variable's object.
    Same(String),
    /// It is an item of the variable's object.
    ItemOf(String),
    /// It is new and holds the variable's object.
    Holds(String),
    /// It is new and holds items of the variable's object.
    HoldsItemsOf(String),
    /// It is new and holds one object several times.
    Repeats,
}

struct Walk<'a> {
    signatures: &'a Signatures,
    returns: &'a BTreeMap<String, BTreeSet<usize>>,
    shares: Shares,
    params: Vec<String>,
    returned: BTreeSet<usize>,
}

impl<'a> Walk<'a> {
    fn new(signatures: &'a Signatures, returns: &'a BTreeMap<String, BTreeSet<usize>>) -> Self {
        Walk { signatures, returns, shares: Shares::default(), params: Vec::new(), returned: BTreeSet::new() }
    }

    fn block(&mut self, block: &Block) -> Result<(), Rejection> {
        block.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Result<(), Rejection> {
        match &stmt.kind {
            StmtKind::Assign { place, value } => {
                self.expr(value)?;
                self.assign(place, value)
            }
            StmtKind::AugAssign { place, value, .. } => {
                self.expr(value)?;
                self.changed_place(place, value.span)?;
                if let Place::Variable { name, ty } = place
                    && is_mutable(ty)
                {
                    self.change(name, false, value.span)?;
                    self.stored_items(name, value);
                }
                Ok(())
            }
            StmtKind::Return(Some(value)) => {
                self.expr(value)?;
                self.returns(value);
                Ok(())
            }
            StmtKind::Expr(e) => self.expr(e),
            StmtKind::If { branches, orelse } => {
                let before = self.shares.clone();
                let mut after = Shares::default();
                for (condition, block) in branches {
                    self.shares = before.clone();
                    self.expr(condition)?;
                    self.block(block)?;
                    after.join(self.shares.clone());
                }
                self.shares = before;
                self.block(orelse)?;
                self.shares.join(after);
                Ok(())
            }
            StmtKind::While { condition, body, orelse } => {
                for _ in 0..2 {
                    let before = self.shares.clone();
                    self.expr(condition)?;
                    self.block(body)?;
                    self.shares.join(before);
                }
                self.block(orelse)
            }
            StmtKind::For { pattern, iter, body, orelse } => {
                self.expr(iter)?;
                for _ in 0..2 {
                    let before = self.shares.clone();
                    self.bind(pattern, iter);
                    self.block(body)?;
                    self.shares.join(before);
                }
                self.block(orelse)
            }
            StmtKind::Loop { condition, update, body, .. } => {
                for _ in 0..2 {
                    let before = self.shares.clone();
                    self.expr(condition)?;
                    self.block(body)?;
                    self.block(update)?;
                    self.shares.join(before);
                }
                Ok(())
            }
            StmtKind::Try { body, handlers, orelse, finally } => {
                self.block(body)?;
                for handler in handlers {
                    self.block(&handler.body)?;
                }
                self.block(orelse)?;
                self.block(finally)
            }
            StmtKind::Assert { condition, .. } => self.expr(condition),
            StmtKind::ExpectRaise { body, .. } => self.block(body),
            _ => Ok(()),
        }
    }

    /// What a loop binds: items of what it runs over. The lowering lets loop variables stand for
    /// the items themselves, so a change through one is seen in the container, and only there.
    fn bind(&mut self, pattern: &Pattern, iter: &Expr) {
        let mut over = Vec::new();
        each_subexpr(iter, |e| over.extend(e.as_local().map(str::to_string)));
        for (name, ty) in pattern.names() {
            self.shares.rebind(name);
            if is_mutable(ty) {
                for container in over.iter().filter(|c| self.shares.items.contains(*c)) {
                    self.shares.inside.insert((name.to_string(), container.clone()));
                }
            }
        }
    }

    fn assign(&mut self, place: &Place, value: &Expr) -> Result<(), Rejection> {
        match place {
            Place::Variable { name, ty } => {
                let sources = if is_mutable(ty) { self.sources(value) } else { Vec::new() };
                // `xs = xs + [1]` makes a new object from the old one's items.
                self.shares.rebind(name);
                for source in sources {
                    self.connect(name, source);
                }
                Ok(())
            }
            Place::Tuple(places) => match &value.kind {
                ExprKind::Tuple(values) if values.len() == places.len() => {
                    places.iter().zip(values).try_for_each(|(p, v)| self.assign(p, v))
                }
                _ => places.iter().try_for_each(|p| self.assign(p, value)),
            },
            _ => {
                self.changed_place(place, value.span)?;
                let container = match place {
                    Place::Item { base, .. } | Place::Slice { base, .. } => root(base),
                    Place::Field { object, .. } => root(object),
                    _ => None,
                };
                if let Some(container) = container.map(str::to_string) {
                    self.stored(&container, value);
                }
                Ok(())
            }
        }
    }

    fn connect(&mut self, name: &str, source: Source) {
        match source {
            Source::Same(other) => self.shares.add_same(name, &other),
            Source::ItemOf(other) if other != name => {
                self.shares.inside.insert((name.to_string(), other));
            }
            Source::Holds(other) if other != name => {
                self.shares.inside.insert((other, name.to_string()));
            }
            Source::HoldsItemsOf(other) if other != name => {
                self.shares.items.insert(name.to_string());
                self.shares.items.insert(other);
            }
            Source::Repeats => {
                self.shares.items.insert(name.to_string());
            }
            _ => {}
        }
    }

    /// A value becomes an item of a container.
    fn stored(&mut self, container: &str, value: &Expr) {
        if !is_mutable(&value.ty) {
            return;
        }
        for source in self.sources(value) {
            match source {
                Source::Same(name) | Source::Holds(name) => {
                    self.shares.inside.insert((name, container.to_string()));
                }
                Source::ItemOf(name) | Source::HoldsItemsOf(name) => {
                    self.shares.items.insert(name);
                    self.shares.items.insert(container.to_string());
                }
                Source::Repeats => {
                    self.shares.items.insert(container.to_string());
                }
            }
        }
    }

    /// The items of a value become items of a container.
    fn stored_items(&mut self, container: &str, value: &Expr) {
        if !has_mutable_items(&value.ty) {
            return;
        }
        for source in self.sources(value) {
            if let Source::Same(name)
            | Source::Holds(name)
            | Source::ItemOf(name)
            | Source::HoldsItemsOf(name) = source
            {
                self.shares.items.insert(name);
                self.shares.items.insert(container.to_string());
            }
        }
    }

    /// The variables that a value is connected with.
    fn sources(&self, e: &Expr) -> Vec<Source> {
        match &e.kind {
            ExprKind::Local(name) | ExprKind::Global(name) => vec![Source::Same(name.clone())],
            ExprKind::Index { base, .. } | ExprKind::Lookup { base, .. } => within(base),
            ExprKind::Field { object, .. } => within(object),
            ExprKind::Convert {
                conversion: Conversion::Unwrap | Conversion::ToOptional | Conversion::Upcast,
                value,
            } => self.sources(value),
            ExprKind::IfElse { then, orelse, .. } => {
                let mut sources = self.sources(then);
                sources.extend(self.sources(orelse));
                sources
            }
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => self.held(items.iter()),
            ExprKind::Dict(items) => self.held(items.iter().flat_map(|(k, v)| [k, v])),
            ExprKind::Binary { op: BinaryOp::Repeat, left, .. } if has_mutable_items(&left.ty) => {
                vec![Source::Repeats]
            }
            ExprKind::Call { function, args } => self.call_sources(function, args.iter(), &e.ty),
            ExprKind::CallMethod { object, class, method, args } => {
                let all = std::iter::once(&**object).chain(args);
                self.call_sources(&method_key(class, method), all, &e.ty)
            }
            ExprKind::CallStatic { class, method, args } => {
                self.call_sources(&method_key(class, method), args.iter(), &e.ty)
            }
            ExprKind::New { args, .. } => self.held(args.iter()),
            ExprKind::Intrinsic { op: Intrinsic::DeepCopy, .. } => Vec::new(),
            ExprKind::Intrinsic {
                op:
                    Intrinsic::Get
                    | Intrinsic::GetOr
                    | Intrinsic::SetDefault
                    | Intrinsic::Min { .. }
                    | Intrinsic::Max { .. },
                args,
            } => args.iter().flat_map(within_or_same).collect(),
            // Taken out of its container, an object has one name less.
            ExprKind::Intrinsic { op: Intrinsic::Pop | Intrinsic::PopFirst | Intrinsic::PopKey, args } => {
                let shared = args.first().and_then(root).filter(|r| self.shares.items.contains(*r));
                shared.map(|r| Source::ItemOf(r.to_string())).into_iter().collect()
            }
            _ if has_mutable_items(&e.ty) => self.items_from(e),
            _ => Vec::new(),
        }
    }

    fn held<'e>(&self, items: impl Iterator<Item = &'e Expr>) -> Vec<Source> {
        let mut sources = Vec::new();
        for item in items.filter(|i| is_mutable(&i.ty)) {
            for source in self.sources(item) {
                sources.push(match source {
                    Source::Same(name) | Source::Holds(name) => Source::Holds(name),
                    Source::ItemOf(name) | Source::HoldsItemsOf(name) => Source::HoldsItemsOf(name),
                    Source::Repeats => Source::Repeats,
                });
            }
        }
        sources
    }

    /// A new container whose items come from the variables in it.
    fn items_from(&self, e: &Expr) -> Vec<Source> {
        if let ExprKind::Comprehension { element, .. } = &e.kind
            && self.sources(element).is_empty()
        {
            return Vec::new();
        }
        let mut names = BTreeSet::new();
        each_subexpr(e, |inner| {
            if let (Some(name), true) = (inner.as_local(), is_mutable(&inner.ty)) {
                names.insert(name.to_string());
            }
        });
        names.into_iter().map(Source::HoldsItemsOf).collect()
    }

    fn call_sources<'e>(
        &self,
        function: &str,
        args: impl Iterator<Item = &'e Expr>,
        ret: &Type,
    ) -> Vec<Source> {
        if !is_mutable(ret) {
            return Vec::new();
        }
        let Some(returned) = self.returns.get(function) else { return Vec::new() };
        let given = args.enumerate().filter(|(i, _)| returned.contains(i));
        given
            .flat_map(|(_, arg)| {
                let same = arg.ty == *ret;
                self.sources(arg).into_iter().map(move |source| match source {
                    Source::Same(name) if !same => Source::Holds(name),
                    other => other,
                })
            })
            .collect()
    }

    /// Notes the parameters that a returned value is connected with.
    fn returns(&mut self, value: &Expr) {
        if !is_mutable(&value.ty) {
            return;
        }
        let mut names: BTreeSet<String> = BTreeSet::new();
        for source in self.sources(value) {
            match source {
                Source::Same(n) | Source::ItemOf(n) | Source::Holds(n) | Source::HoldsItemsOf(n) => {
                    names.insert(n);
                }
                Source::Repeats => {}
            }
        }
        let links = self.shares.same.iter().chain(&self.shares.inside).cloned().collect::<Vec<_>>();
        for _ in 0..links.len().min(8) {
            for (a, b) in &links {
                if names.contains(a) || names.contains(b) {
                    names.insert(a.clone());
                    names.insert(b.clone());
                }
            }
        }
        let found = self.params.iter().enumerate().filter(|(_, p)| names.contains(*p)).map(|(i, _)| i);
        self.returned.extend(found);
    }

    /// The changes and stores within an expression.
    fn expr(&mut self, e: &Expr) -> Result<(), Rejection> {
        let mut children = Vec::new();
        each_child(e, |child| children.push(child));
        for child in children {
            self.expr(child)?;
        }
        match &e.kind {
            ExprKind::Intrinsic { op, args } if changes_first(op) => self.changed_by(op, args, e.span),
            ExprKind::Call { function, args } => {
                self.called(function, &args.iter().collect::<Vec<_>>(), e.span)
            }
            ExprKind::CallMethod { object, class, method, args } => {
                let all: Vec<&Expr> = std::iter::once(&**object).chain(args).collect();
                self.called(&method_key(class, method), &all, e.span)
            }
            ExprKind::CallStatic { class, method, args } => {
                self.called(&method_key(class, method), &args.iter().collect::<Vec<_>>(), e.span)
            }
            _ => Ok(()),
        }
    }

    /// A call changes arguments, and may store others in them.
    fn called(&mut self, function: &str, args: &[&Expr], span: Span) -> Result<(), Rejection> {
        let mutated = |i: usize| self.signatures.param(function, i).is_some_and(|p| p.mutated);
        let changed: Vec<usize> = (0..args.len()).filter(|i| mutated(*i)).collect();
        for i in changed {
            let Some(name) = root(args[i]).map(str::to_string) else { continue };
            let deep = args[i].as_local().is_none() || has_mutable_items(&args[i].ty);
            self.change(&name, deep, span)?;
            if matches!(args[i].ty, Type::Class(_)) {
                for (j, other) in args.iter().enumerate().filter(|(j, _)| *j != i) {
                    if self.signatures.param(function, j).is_some() {
                        self.stored(&name, other);
                    }
                }
            }
        }
        Ok(())
    }

    fn changed_by(&mut self, op: &Intrinsic, args: &[Expr], span: Span) -> Result<(), Rejection> {
        let Some(target) = args.first() else { return Ok(()) };
        let Some(name) = root(target).map(str::to_string) else { return Ok(()) };
        self.change(&name, target.as_local().is_none(), span)?;
        for item in args.iter().skip(1) {
            match op {
                Intrinsic::Extend | Intrinsic::Update | Intrinsic::AddAll => self.stored_items(&name, item),
                _ => self.stored(&name, item),
            }
        }
        Ok(())
    }

    fn changed_place(&mut self, place: &Place, span: Span) -> Result<(), Rejection> {
        let base = match place {
            Place::Item { base, .. } | Place::Slice { base, .. } => base,
            Place::Field { object, .. } => object,
            Place::Variable { .. } | Place::Tuple(_) | Place::Part(_) => return Ok(()),
        };
        self.expr(base)?;
        match root(base).map(str::to_string) {
            Some(name) => self.change(&name, base.as_local().is_none(), span),
            None => Ok(()),
        }
    }

    /// The object of a name changes; `deep`: something within it does.
    fn change(&mut self, name: &str, deep: bool, span: Span) -> Result<(), Rejection> {
        let aliased = self.shares.same.iter().find_map(|(a, b)| other(a, b, name));
        let inside = self.shares.inside.iter().find(|(item, _)| item == name).map(|(_, c)| c.clone());
        let holds = self.shares.inside.iter().find(|(_, c)| deep && c == name).map(|(item, _)| item.clone());
        if let Some(other) = aliased.or(inside).or(holds) {
            return reject("aliasing", span, format!("a change to `{name}`, which `{other}` shares"));
        }
        if deep && self.shares.items.contains(name) {
            return reject("aliasing", span, format!("a change to an item of `{name}`, which is shared"));
        }
        Ok(())
    }
}

fn other(a: &str, b: &str, name: &str) -> Option<String> {
    if a == name {
        Some(b.to_string())
    } else if b == name {
        Some(a.to_string())
    } else {
        None
    }
}

fn within(base: &Expr) -> Vec<Source> {
    root(base).map(|r| Source::ItemOf(r.to_string())).into_iter().collect()
}

fn within_or_same(arg: &ir::Expr) -> Vec<Source> {
    if is_mutable(&arg.ty) { within(arg) } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(name: &str, ty: Type) -> Expr {
        Expr::local(name, Type::list(ty))
    }

    fn append(target: Expr, item: Expr) -> Stmt {
        Stmt::expr(Expr::intrinsic(Intrinsic::Append, vec![target, item], Type::None))
    }

    fn verdict(block: Block) -> Option<String> {
        let (signatures, returns) = (Signatures::default(), BTreeMap::new());
        Walk::new(&signatures, &returns).block(&block).err().map(|r| r.code.to_string())
    }

    fn store() -> Stmt {
        append(list("rows", Type::list(Type::Int)), list("row", Type::Int))
    }

    #[test]
    fn a_change_after_storing_is_refused() {
        let change = append(list("row", Type::Int), Expr::int(1));
        assert_eq!(verdict(vec![store(), change]).as_deref(), Some("fortran.aliasing"));
    }

    #[test]
    fn a_new_object_may_change() {
        let fresh = Stmt::assign("row", Expr::new(ExprKind::List(Vec::new()), Type::list(Type::Int)));
        let change = append(list("row", Type::Int), Expr::int(1));
        assert_eq!(verdict(vec![store(), fresh, change]), None);
    }

    #[test]
    fn a_second_name_may_not_change_it() {
        let alias = Stmt::assign("b", list("a", Type::Int));
        let change = append(list("b", Type::Int), Expr::int(1));
        assert_eq!(verdict(vec![alias, change]).as_deref(), Some("fortran.aliasing"));
    }

    #[test]
    fn a_loop_sees_what_its_last_turn_shared() {
        let body = vec![append(list("row", Type::Int), Expr::int(1)), store()];
        let turn = Stmt::new(StmtKind::While { condition: Expr::bool(true), body, orelse: Vec::new() });
        assert_eq!(verdict(vec![turn]).as_deref(), Some("fortran.aliasing"));
    }
}
