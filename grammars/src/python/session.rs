//! Interactive examples that depend on each other.
//!
//! ```text
//! >>> xs = [3, 1]        # one session of two checks
//! >>> smallest(xs)
//! 1
//! >>> xs.append(0)
//! >>> smallest(xs)
//! 0
//! ```
//!
//! Statements belong together that read what others assigned. Functions that the examples define are
//! part of every session that uses them.

use super::doc::is_print;
use crate::Span;
use crate::surface::names::{self, Names};
use crate::surface::visit::{Visit, walk_expr, walk_stmt};
use crate::surface::{CompareOp, DocSession, Expr, ExprKind, FormatPart, Stmt, StmtKind};
use std::collections::BTreeMap;

/// An example as a step of a session.
pub(super) struct Step {
    /// Its number.
    pub number: usize,
    /// What it does; `None` if it cannot be expressed.
    pub body: Option<Vec<Stmt>>,
    /// Names that its text mentions.
    pub words: Names,
    /// It is a check.
    pub checks: bool,
}

/// Sessions in the making.
pub(super) struct Sessions {
    /// Names that examples assign.
    assigned: Names,
    /// Which group a name belongs to at present.
    groups_of: BTreeMap<String, usize>,
    groups: Vec<Group>,
    /// Functions that examples define, with what they use of other examples.
    functions: BTreeMap<String, (Stmt, Names)>,
}

#[derive(Default)]
struct Group {
    steps: Vec<Step>,
    broken: bool,
    merged_into: Option<usize>,
}

impl Sessions {
    /// For examples that assign these names.
    pub(super) fn new(assigned: Names) -> Self {
        Sessions { assigned, groups_of: BTreeMap::new(), groups: Vec::new(), functions: BTreeMap::new() }
    }

    /// Whether the expression depends on other examples.
    pub(super) fn concern(&self, expr: &Expr) -> bool {
        names::used_by_expr(expr).iter().any(|name| self.assigned.contains(name))
    }

    /// Adds the next example.
    pub(super) fn add(&mut self, step: Step) {
        if let Some([stmt]) = step.body.as_deref()
            && let Some(name) = function_name(stmt)
        {
            let used = names::used(std::slice::from_ref(stmt));
            self.functions.insert(name, (stmt.clone(), used));
            return;
        }
        let (used, bound) = match &step.body {
            Some(body) => (names::used(body), names::bound(body)),
            None => (step.words.clone(), step.words.clone()),
        };
        let rebound: Names = match step.body.as_deref() {
            Some([Stmt { kind: StmtKind::Assign { value, targets }, .. }])
                if targets.iter().all(|t| matches!(t.kind, ExprKind::Name(_) | ExprKind::Tuple(_))) =>
            {
                let read = names::used_by_expr(value);
                bound.difference(&read).cloned().collect()
            }
            _ => Names::new(),
        };
        let of_session =
            |name: &&String| self.assigned.contains(*name) && !self.functions.contains_key(*name);
        let touched: Vec<String> =
            used.union(&bound).filter(of_session).filter(|name| !rebound.contains(*name)).cloned().collect();
        let group = self.group(&touched);
        let names = touched.iter().chain(rebound.iter());
        self.groups_of.extend(names.map(|name| (name.clone(), group)));
        self.groups[group].broken |= step.body.is_none();
        self.groups[group].steps.push(step);
    }

    /// The group of all these names, merged if they were several.
    fn group(&mut self, names: &[String]) -> usize {
        let mut known: Vec<usize> =
            names.iter().filter_map(|name| self.groups_of.get(name)).map(|at| self.root(*at)).collect();
        known.sort_unstable();
        known.dedup();
        let Some((&first, others)) = known.split_first() else {
            self.groups.push(Group::default());
            return self.groups.len() - 1;
        };
        for &other in others {
            let steps = std::mem::take(&mut self.groups[other].steps);
            let broken = self.groups[other].broken;
            self.groups[other].merged_into = Some(first);
            let group = &mut self.groups[first];
            group.steps.extend(steps);
            group.steps.sort_by_key(|step| step.number);
            group.broken |= broken;
        }
        first
    }

    fn root(&self, mut at: usize) -> usize {
        while let Some(next) = self.groups[at].merged_into {
            at = next;
        }
        at
    }

    /// The sessions that check something and can be expressed, in the order of the text.
    pub(super) fn finish(self, span: Span) -> Vec<DocSession> {
        let mut sessions = Vec::new();
        for group in &self.groups {
            let numbers: Vec<usize> = group.steps.iter().filter(|s| s.checks).map(|s| s.number).collect();
            if group.broken || numbers.is_empty() {
                continue;
            }
            let steps: Vec<Stmt> =
                group.steps.iter().flat_map(|s| s.body.clone().unwrap_or_default()).collect();
            let mut body = self.functions_for(&names::used(&steps));
            body.extend(steps);
            sessions.push(DocSession { numbers, body, span });
        }
        sessions.sort_by_key(|session| session.numbers.first().copied());
        sessions
    }

    /// The functions among `names`, with those that they use, in a fixed order.
    fn functions_for(&self, names: &Names) -> Vec<Stmt> {
        let mut wanted = Names::new();
        let mut pending: Vec<String> = names.iter().cloned().collect();
        while let Some(name) = pending.pop() {
            if let Some((_, used)) = self.functions.get(&name)
                && wanted.insert(name)
            {
                pending.extend(used.iter().cloned());
            }
        }
        wanted.iter().filter_map(|name| self.functions.get(name)).map(|(stmt, _)| stmt.clone()).collect()
    }
}

/// The name of the function that the statement defines, as `def` or as a `lambda`.
fn function_name(stmt: &Stmt) -> Option<String> {
    match &stmt.kind {
        StmtKind::Function(f) => Some(f.name.clone()),
        StmtKind::Assign { targets, value } => match (targets.as_slice(), &value.kind) {
            ([Expr { kind: ExprKind::Name(name), .. }], ExprKind::Lambda { .. }) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// `actual == promised`.
pub(super) fn equal(actual: Expr, promised: Expr, span: Span) -> Stmt {
    let compare = ExprKind::Compare { operands: vec![actual, promised], ops: vec![CompareOp::Eq] };
    Stmt { kind: StmtKind::Assert { condition: Expr { kind: compare, span }, message: None }, span }
}

/// `print(value)` with the text that it prints, as a check of `str(value)`; `print(a, b)` as one of
/// `f"{a} {b}"`. `None` where more is said than values.
pub(super) fn printed(call: &Expr, text: &str) -> Option<Stmt> {
    let ExprKind::Call { args, keywords, .. } = &call.kind else { return None };
    let starred = args.iter().any(|arg| matches!(arg.kind, ExprKind::Star(_)));
    if !is_print(call) || !keywords.is_empty() || starred {
        return None;
    }
    let span = call.span;
    let shown = match args.as_slice() {
        [] => return None,
        [value] => ExprKind::Call {
            callee: Box::new(Expr { kind: ExprKind::Library("builtins.str".to_owned()), span }),
            args: vec![value.clone()],
            keywords: Vec::new(),
        },
        [first, others @ ..] => {
            let part = |value: &Expr| FormatPart::Value {
                value: value.clone(),
                conversion: Some('s'),
                spec: String::new(),
            };
            let apart = others.iter().flat_map(|value| [FormatPart::Text(" ".to_owned()), part(value)]);
            ExprKind::Format(std::iter::once(part(first)).chain(apart).collect())
        }
    };
    let promised = Expr { kind: ExprKind::Str(text.to_owned()), span };
    Some(equal(Expr { kind: shown, span }, promised, span))
}

/// Something in the statements has no node.
pub(super) fn is_expressible(body: &[Stmt]) -> bool {
    struct Finder(bool);
    impl Visit for Finder {
        fn stmt(&mut self, stmt: &Stmt) {
            self.0 |= matches!(stmt.kind, StmtKind::Unsupported(_) | StmtKind::Class(_));
            walk_stmt(self, stmt);
        }

        fn expr(&mut self, expr: &Expr) {
            self.0 |= matches!(expr.kind, ExprKind::Unsupported(_)) || is_print(expr);
            walk_expr(self, expr);
        }
    }
    let mut finder = Finder(false);
    body.iter().for_each(|stmt| finder.stmt(stmt));
    !finder.0
}
