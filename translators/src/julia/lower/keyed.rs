//! Dicts whose insertion order can be seen: a vector of their keys stands beside them.
//!
//! ```text
//! counts = {}                      counts = Dict{String,Int}()
//! for word in words:               order = String[]
//!     counts[word] = 1      →      for word in words
//! for word in counts: …                haskey(counts, word) || push!(order, word)
//!                                      counts[word] = 1
//!                                  end
//!                                  for word in order …
//! ```
//!
//! It is kept for locals only, of which every use is in sight, and which lose no keys.

use super::text::Repr;
use super::{Lower, Lowering};
use crate::julia::tree::{Clause, ComprehensionForm, Expr, Stmt};
use grammars::ir::visit::{Visit, each_subexpr, walk_expr, walk_stmt};
use grammars::ir::{self, Block, ExprKind, Function, Intrinsic, Pattern, Place, StmtKind, Type};

/// The dict variable whose order an iterable has.
pub(super) fn root_of(iter: &ir::Expr) -> Option<&str> {
    match &iter.kind {
        ExprKind::Local(name) if matches!(iter.ty, Type::Dict(..)) => Some(name),
        ExprKind::Intrinsic { args, .. } => args.iter().find_map(root_of),
        ExprKind::Comprehension { clauses, .. } => clauses.iter().find_map(|c| root_of(&c.iter)),
        _ => None,
    }
}

/// Whether a vector of keys can be kept for the dict `name` of `function`.
pub(super) fn can_be_keyed(name: &str, function: &Function) -> bool {
    let local = function.locals.iter().any(|l| l.name == name && matches!(l.ty, Type::Dict(..)));
    let mut uses = Uses { name, all: 0, allowed: 0, refused: false };
    uses.block(&function.body);
    local && !uses.refused && uses.all == uses.allowed
}

/// Counts the uses of a dict, and those that keep its keys in sight.
struct Uses<'n> {
    name: &'n str,
    all: usize,
    allowed: usize,
    refused: bool,
}

impl Uses<'_> {
    fn is_it(&self, expr: &ir::Expr) -> bool {
        expr.as_local() == Some(self.name)
    }

    fn allow(&mut self, expr: &ir::Expr) {
        self.allowed += usize::from(self.is_it(expr));
    }
}

impl<'a> Visit<'a> for Uses<'_> {
    fn expr(&mut self, expr: &'a ir::Expr) {
        match &expr.kind {
            ExprKind::Local(name) => self.all += usize::from(name == self.name),
            ExprKind::Lookup { base, .. } => self.allow(base),
            ExprKind::Intrinsic { op, args } => {
                let reads = matches!(
                    op,
                    Intrinsic::Contains
                        | Intrinsic::Get
                        | Intrinsic::GetOr
                        | Intrinsic::SetDefault
                        | Intrinsic::Len
                        | Intrinsic::IsEmpty
                        | Intrinsic::Keys
                        | Intrinsic::Values
                        | Intrinsic::Items
                        | Intrinsic::ToList
                        | Intrinsic::Sorted { .. }
                        | Intrinsic::Min { .. }
                        | Intrinsic::Max { .. }
                );
                if reads && let Some(first) = args.first() {
                    self.allow(first);
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn clause(&mut self, clause: &'a ir::Clause) {
        self.allow(&clause.iter);
        ir::visit::walk_clause(self, clause);
    }

    fn place(&mut self, place: &'a Place) {
        match place {
            Place::Item { base, .. } => self.allow(base),
            Place::Variable { name, .. } => self.refused |= name == self.name,
            _ => {}
        }
        ir::visit::walk_place(self, place);
    }

    fn stmt(&mut self, stmt: &'a ir::Stmt) {
        match &stmt.kind {
            StmtKind::For { iter, .. } => self.allow(iter),
            StmtKind::Return(Some(value)) => self.allow(value),
            // A new dict with its keys in sight.
            StmtKind::Assign { place: Place::Variable { name, .. }, value } if name == self.name => {
                self.refused |= !starts_keyed(value);
                return self.expr(value);
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn function(&mut self, function: &'a Function) {
        self.refused |= function.captures.iter().chain(&function.rebinds).any(|n| n == self.name);
    }
}

/// Whether a value is a dict whose keys are written out, or a tally.
fn starts_keyed(value: &ir::Expr) -> bool {
    match &value.kind {
        ExprKind::Dict(pairs) => {
            let literal = |key: &ir::Expr| matches!(key.kind, ExprKind::Str(_) | ExprKind::Int(_));
            let distinct =
                (1..pairs.len()).all(|i| pairs[..i].iter().all(|(k, _)| k.kind != pairs[i].0.kind));
            distinct && pairs.iter().all(|(key, _)| literal(key))
        }
        _ => is_tally(value),
    }
}

/// Whether a value counts the items of a sequence.
pub(super) fn is_tally(value: &ir::Expr) -> bool {
    match &value.kind {
        ExprKind::Intrinsic { op: Intrinsic::Tally, args } => !matches!(args[0].ty, Type::Dict(..)),
        _ => false,
    }
}

impl Lower<'_> {
    /// The vector of keys of a dict, where it has one.
    pub(super) fn keys_of(&self, dict: &ir::Expr) -> Option<Expr> {
        self.scope.keyed.get(dict.as_local()?).map(|order| Expr::Local(order.clone()))
    }

    /// Behind the assignment of a dict: its keys.
    pub(super) fn first_keys(&mut self, place: &Place, value: &ir::Expr) -> Lowering<Option<Stmt>> {
        let Place::Variable { name, ty: Type::Dict(key, _) } = place else { return Ok(None) };
        let Some(order) = self.scope.keyed.get(name).cloned() else { return Ok(None) };
        let keys: Vec<ir::Expr> = match &value.kind {
            ExprKind::Dict(pairs) => pairs.iter().map(|(key, _)| key.clone()).collect(),
            _ => Vec::new(),
        };
        let list = ir::Expr::new(ExprKind::List(keys), Type::List(key.clone()));
        Ok(Some(Stmt::Assign(Expr::Local(order), "=", self.lower_expr(&list)?)))
    }

    /// A dict of counts, filled by a loop.
    pub(super) fn counting(&mut self, place: &Place, value: &ir::Expr) -> Lowering<Vec<Stmt>> {
        let ExprKind::Intrinsic { args, .. } = &value.kind else { return Ok(Vec::new()) };
        let dict = self.place(place)?;
        let empty = Expr::call(Expr::Type(self.ty(&value.ty, value.span)?), vec![]);
        let mut statements = vec![Stmt::Assign(dict.clone(), "=", empty)];
        let order = self.first_keys(place, value)?;
        let items = self.iterable(&args[0])?;
        let item = Expr::Local(self.fresh(&["item"]));
        let key = match self.element_repr(&args[0]) {
            Repr::Char => Expr::base_call("string", vec![item.clone()]),
            _ => item.clone(),
        };
        let mut body = Vec::new();
        if let Some(Stmt::Assign(order, ..)) = &order {
            let known = Expr::base_call("haskey", vec![dict.clone(), key.clone()]);
            let push = Expr::base_call("push!", vec![order.clone(), key.clone()]);
            body.push(Stmt::Expr(Expr::binary("||", known, push)));
        }
        let before = Expr::base_call("get", vec![dict.clone(), key.clone(), Expr::Int(0)]);
        body.push(Stmt::Assign(Expr::index(dict, key), "=", before.plus(1)));
        statements.extend(order);
        statements.push(Stmt::For { outer: false, clauses: vec![(item, items)], body });
        Ok(statements)
    }

    /// Before a statement: notes the keys that it may add.
    pub(super) fn note_keys(&mut self, stmt: &ir::Stmt, out: &mut Vec<Stmt>) -> Lowering<()> {
        if self.scope.keyed.is_empty() {
            return Ok(());
        }
        let mut added: Vec<(ir::Expr, ir::Expr)> = Vec::new();
        let mut find = |expr: &ir::Expr| {
            each_subexpr(expr, |e| {
                if let ExprKind::Intrinsic { op: Intrinsic::SetDefault, args } = &e.kind {
                    added.push((args[0].clone(), args[1].clone()));
                }
            });
        };
        match &stmt.kind {
            StmtKind::AugAssign { value, .. } => find(value),
            StmtKind::Assign { place, value } => {
                find(value);
                if let Place::Item { base, index, .. } = place {
                    find(base);
                    added.push((base.clone(), index.clone()));
                }
            }
            StmtKind::Expr(expr) | StmtKind::Return(Some(expr)) => find(expr),
            _ => {}
        }
        for (dict, key) in added {
            let Some(order) = self.keys_of(&dict) else { continue };
            let key_value = self.lower_expr(&key)?;
            let known = Expr::base_call("haskey", vec![self.lower_expr(&dict)?, key_value.clone()]);
            let push = Expr::base_call("push!", vec![order, key_value]);
            let absent = self.scope.absent.iter().any(|(d, k)| *d == dict.kind && *k == key.kind);
            out.push(Stmt::Expr(if absent { push } else { Expr::binary("||", known, push) }));
        }
        Ok(())
    }

    /// The values, or the entries, of a dict with a vector of keys, in order.
    pub(super) fn in_key_order(&mut self, dict: &ir::Expr, entries: bool) -> Lowering<Option<Expr>> {
        let Some(order) = self.keys_of(dict) else { return Ok(None) };
        let key = Expr::Local(self.fresh(&["key"]));
        let value = Expr::index(self.lower_expr(dict)?, key.clone());
        let element = if entries { Expr::Tuple(vec![key.clone(), value]) } else { value };
        let clauses = vec![Clause { target: key, iter: order, condition: None }];
        let form = ComprehensionForm::Generator;
        Ok(Some(Expr::Comprehension { form, element: Box::new(element), clauses }))
    }

    /// `for key, value in d.items()` over the keys, with the value looked up first.
    pub(super) fn keyed_loop(
        &mut self,
        pattern: &Pattern,
        iter: &ir::Expr,
    ) -> Lowering<Option<(Expr, Expr, Stmt)>> {
        let ExprKind::Intrinsic { op: Intrinsic::Items, args } = &iter.kind else { return Ok(None) };
        let Pattern::Tuple(parts) = pattern else { return Ok(None) };
        let ([key @ Pattern::Name { .. }, value @ Pattern::Name { .. }], Some(order)) =
            (parts.as_slice(), self.keys_of(&args[0]))
        else {
            return Ok(None);
        };
        let (key, value) = (self.target(key), self.target(value));
        let found = Expr::index(self.lower_expr(&args[0])?, key.clone());
        Ok(Some((key, order, Stmt::Assign(value, "=", found))))
    }

    /// `… for key, value in d.items()` over the keys: the value is looked up where it is used.
    pub(super) fn keyed_clause(
        &mut self,
        pattern: &Pattern,
        iter: &ir::Expr,
    ) -> Lowering<Option<(Expr, Expr)>> {
        let Some((key, order, Stmt::Assign(value, _, found))) = self.keyed_loop(pattern, iter)? else {
            return Ok(None);
        };
        if let Expr::Local(name) = value {
            self.scope.substituted.insert(name, found);
        }
        Ok(Some((key, order)))
    }

    /// Lowers a block in which a key is known to be absent, where `condition` says so.
    pub(super) fn block_under(&mut self, condition: &ir::Expr, block: &Block) -> Lowering<Vec<Stmt>> {
        let absent = match &condition.kind {
            ExprKind::Not(inner) => match &inner.kind {
                ExprKind::Intrinsic { op: Intrinsic::Contains, args } if !self.scope.keyed.is_empty() => {
                    Some((args[0].kind.clone(), args[1].kind.clone()))
                }
                _ => None,
            },
            _ => None,
        };
        let known = self.scope.absent.len();
        self.scope.absent.extend(absent);
        let learnt = self.learn(condition);
        let lowered = self.block(block);
        if let Some(name) = learnt {
            self.unlearn(&name);
        }
        self.scope.absent.truncate(known);
        lowered
    }
}
