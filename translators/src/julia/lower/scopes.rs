//! Where variables live. The source's belong to the function; in Julia a loop or `try` has a scope of
//! its own, so that a variable first assigned there and used outside must be declared before.

use grammars::ir::names::{self, always_leaves, free_names, variables_of};
use grammars::ir::{Block, Expr, Pattern, Place, Stmt, StmtKind};
use std::collections::{BTreeMap, BTreeSet};

/// What a body needs besides its statements.
#[derive(Clone, Debug, Default)]
pub(super) struct Declarations {
    /// Names to be declared before the statement at this address.
    before: BTreeMap<usize, Vec<String>>,
    /// Loops that bind a variable whose value is read behind them.
    escaping: BTreeSet<usize>,
    /// Variables that live in loops only.
    in_loops: BTreeSet<String>,
}

impl Declarations {
    /// The names to be declared before `stmt`.
    pub fn before(&self, stmt: &Stmt) -> &[String] {
        self.before.get(&address(stmt)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a variable that the loop `stmt` binds is read behind it.
    pub fn escapes(&self, stmt: &Stmt) -> bool {
        self.escaping.contains(&address(stmt))
    }

    /// Whether the variable lives in loops that bind it only.
    pub fn is_loop_variable(&self, name: &str) -> bool {
        self.in_loops.contains(name)
    }
}

fn address(stmt: &Stmt) -> usize {
    std::ptr::from_ref(stmt) as usize
}

/// Finds out where the `locals` of a body must be declared.
pub(super) fn declarations<'a>(locals: impl Iterator<Item = &'a str>, body: &Block) -> Declarations {
    let mut result = Declarations::default();
    for name in locals {
        let mut loops = Vec::new();
        loops_binding(name, body, &[], &mut loops);
        let escaping = loops.iter().filter(|(_, escapes)| *escapes).map(|(stmt, _)| address(stmt));
        let before = result.escaping.len();
        result.escaping.extend(escaping);
        let kept = result.escaping.len() == before;
        if !loops.is_empty() && kept && body.iter().all(|stmt| !mentions_outside(name, stmt)) {
            result.in_loops.insert(name.to_string());
        } else {
            place(name, body, &mut result);
        }
    }
    result
}

/// Decides for one variable within one scope.
fn place(name: &str, block: &Block, result: &mut Declarations) {
    let mut units = Units { name, direct_assignment: false, direct_read: false, nested: Vec::new() };
    for stmt in block {
        units.collect(stmt, stmt);
    }
    if units.direct_assignment {
        return;
    }
    let separable = !units.direct_read
        && units
            .nested
            .iter()
            .all(|(_, nested)| scopes_of(nested).iter().all(|scope| is_closed(name, nested, scope)))
        && units.nested.iter().all(|(_, nested)| mentioning(name, nested) <= 1);
    if separable {
        for (_, nested) in &units.nested {
            for scope in scopes_of(nested) {
                place(name, scope, result);
            }
        }
        return;
    }
    if let Some((top, _)) = units.nested.first() {
        result.before.entry(address(top)).or_default().push(name.to_string());
    }
}

/// How many scopes of a statement mention the variable, its head counting as one.
fn mentioning(name: &str, stmt: &Stmt) -> usize {
    let inner = scopes_of(stmt).into_iter().filter(|scope| scope.iter().any(|s| mentions(name, s))).count();
    inner + usize::from(head_mentions(name, stmt))
}

/// Whether a scope assigns the variable before it reads it, each time it runs.
fn is_closed(name: &str, stmt: &Stmt, scope: &Block) -> bool {
    let repeats = matches!(stmt.kind, StmtKind::For { .. } | StmtKind::While { .. } | StmtKind::Loop { .. });
    !repeats || !matches!(first_use(name, scope), Use::Read)
}

/// The statements of one Julia scope: `if` has none of its own.
struct Units<'n, 'a> {
    name: &'n str,
    direct_assignment: bool,
    direct_read: bool,
    /// Statements with scopes of their own that mention the variable, each with the statement of the
    /// block that holds it.
    nested: Vec<(&'a Stmt, &'a Stmt)>,
}

impl<'a> Units<'_, 'a> {
    fn collect(&mut self, top: &'a Stmt, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::If { branches, orelse } => {
                for (condition, block) in branches {
                    self.direct_read |= reads(self.name, condition);
                    block.iter().for_each(|inner| self.collect(top, inner));
                }
                orelse.iter().for_each(|inner| self.collect(top, inner));
            }
            StmtKind::Assign { place, value } => {
                self.direct_read |= reads(self.name, value) || place_reads(self.name, place);
                self.direct_assignment |= place_assigns(self.name, place);
            }
            StmtKind::AugAssign { place, value, .. } => {
                self.direct_read |= reads(self.name, value) || place_reads(self.name, place);
                self.direct_assignment |= place_assigns(self.name, place);
            }
            StmtKind::For { orelse, .. } | StmtKind::While { orelse, .. } => {
                if mentions_own(self.name, stmt) {
                    self.nested.push((top, stmt));
                }
                // The `else` block runs after the loop, in the scope around it.
                orelse.iter().for_each(|inner| self.collect(top, inner));
            }
            StmtKind::Loop { .. } | StmtKind::Try { .. } | StmtKind::ExpectRaise { .. } => {
                if mentions(self.name, stmt) {
                    self.nested.push((top, stmt));
                }
            }
            _ => self.direct_read |= mentions(self.name, stmt),
        }
    }
}

/// The blocks of a statement that are scopes of their own.
fn scopes_of(stmt: &Stmt) -> Vec<&Block> {
    match &stmt.kind {
        StmtKind::For { body, .. } | StmtKind::While { body, .. } => vec![body],
        StmtKind::Loop { body, .. } | StmtKind::ExpectRaise { body, .. } => vec![body],
        StmtKind::Try { body, handlers, orelse, finally } => {
            let mut blocks = vec![body];
            blocks.extend(handlers.iter().map(|h| &h.body));
            blocks.extend([orelse, finally]);
            blocks
        }
        _ => Vec::new(),
    }
}

/// Whether the part of a statement outside its scopes mentions the variable.
fn head_mentions(name: &str, stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::For { pattern, iter, .. } => binds(name, pattern) || reads(name, iter),
        StmtKind::While { condition, .. } => reads(name, condition),
        StmtKind::Loop { condition, update, .. } => {
            reads(name, condition) || update.iter().any(|s| mentions(name, s))
        }
        _ => false,
    }
}

fn mentions_own(name: &str, stmt: &Stmt) -> bool {
    mentioning(name, stmt) > 0
}

/// How a block first uses a variable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    None,
    Assigned,
    Read,
}

fn first_use(name: &str, block: &[Stmt]) -> Use {
    let mut maybe = false;
    for stmt in block {
        let used = match &stmt.kind {
            StmtKind::Assign { place, value } if place_assigns(name, place) => {
                if reads(name, value) || place_reads(name, place) { Use::Read } else { Use::Assigned }
            }
            StmtKind::If { branches, orelse } => {
                let (used, partly) = first_use_in_branches(name, branches, orelse);
                maybe |= partly;
                used
            }
            StmtKind::For { pattern, iter, .. } if binds(name, pattern) => {
                if reads(name, iter) {
                    Use::Read
                } else {
                    Use::None
                }
            }
            // A loop may not run at all.
            StmtKind::For { body, orelse, .. } | StmtKind::While { body, orelse, .. }
                if !head_mentions(name, stmt) =>
            {
                let uses = [first_use(name, body), first_use(name, orelse)];
                maybe |= uses.contains(&Use::Assigned);
                if uses.contains(&Use::Read) { Use::Read } else { Use::None }
            }
            _ if mentions(name, stmt) => Use::Read,
            _ => Use::None,
        };
        match used {
            Use::None => {}
            Use::Assigned => return Use::Assigned,
            Use::Read => return Use::Read,
        }
    }
    if maybe { Use::Assigned } else { Use::None }
}

/// The use common to all branches, and whether only some of them assign.
fn first_use_in_branches(name: &str, branches: &[(Expr, Block)], orelse: &Block) -> (Use, bool) {
    if branches.iter().any(|(condition, _)| reads(name, condition)) {
        return (Use::Read, false);
    }
    let blocks: Vec<&Block> = branches.iter().map(|(_, block)| block).chain([orelse]).collect();
    let uses: Vec<Use> = blocks.iter().map(|block| first_use(name, block)).collect();
    if uses.contains(&Use::Read) {
        return (Use::Read, false);
    }
    let assigned = |(used, block): (&Use, &&Block)| *used == Use::Assigned || always_leaves(block);
    if uses.contains(&Use::Assigned) && uses.iter().zip(&blocks).all(assigned) {
        return (Use::Assigned, false);
    }
    (Use::None, uses.contains(&Use::Assigned))
}

/// The loops that bind the variable, each with whether its value is read behind the loop.
fn loops_binding<'a>(name: &str, block: &'a Block, after: &[&'a [Stmt]], found: &mut Vec<(&'a Stmt, bool)>) {
    for (i, stmt) in block.iter().enumerate() {
        let mut rest: Vec<&[Stmt]> = vec![&block[i + 1..]];
        rest.extend(after);
        match &stmt.kind {
            StmtKind::For { pattern, body, orelse, .. } => {
                if binds(name, pattern) {
                    let mut behind: Vec<&[Stmt]> = vec![orelse];
                    behind.extend(&rest);
                    found.push((stmt, read_first(name, &behind)));
                }
                in_loop(name, body, orelse, &rest, found);
            }
            StmtKind::While { body, orelse, .. } => in_loop(name, body, orelse, &rest, found),
            StmtKind::Loop { body, .. } => in_loop(name, body, &[], &rest, found),
            StmtKind::If { branches, orelse } => {
                branches.iter().for_each(|(_, block)| loops_binding(name, block, &rest, found));
                loops_binding(name, orelse, &rest, found);
            }
            StmtKind::Try { body, handlers, orelse, finally } => {
                let mut behind: Vec<&[Stmt]> = handlers.iter().map(|h| h.body.as_slice()).collect();
                behind.extend([orelse.as_slice(), finally.as_slice()]);
                behind.extend(&rest);
                loops_binding(name, body, &behind, found);
                for block in handlers.iter().map(|h| &h.body).chain([orelse, finally]) {
                    loops_binding(name, block, &rest, found);
                }
            }
            StmtKind::ExpectRaise { body, .. } => loops_binding(name, body, &rest, found),
            _ => {}
        }
    }
}

/// Behind a turn of a loop comes the next turn, or what follows the loop.
fn in_loop<'a>(
    name: &str,
    body: &'a Block,
    orelse: &'a [Stmt],
    rest: &[&'a [Stmt]],
    found: &mut Vec<(&'a Stmt, bool)>,
) {
    let mut after: Vec<&[Stmt]> = vec![body, orelse];
    after.extend(rest);
    loops_binding(name, body, &after, found);
}

/// Whether the variable is read before it is assigned in what comes next.
fn read_first(name: &str, behind: &[&[Stmt]]) -> bool {
    for block in behind {
        match first_use(name, block) {
            Use::Read => return true,
            Use::Assigned => return false,
            Use::None => {}
        }
    }
    false
}

/// Whether a statement mentions the variable outside of the loops that bind it.
fn mentions_outside(name: &str, stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::For { pattern, iter, orelse, .. } if binds(name, pattern) => {
            reads(name, iter) || orelse.iter().any(|s| mentions_outside(name, s))
        }
        StmtKind::For { iter, body, orelse, .. } => {
            reads(name, iter) || body.iter().chain(orelse).any(|s| mentions_outside(name, s))
        }
        StmtKind::While { condition, body, orelse } => {
            reads(name, condition) || body.iter().chain(orelse).any(|s| mentions_outside(name, s))
        }
        StmtKind::If { branches, orelse } => {
            branches
                .iter()
                .any(|(c, block)| reads(name, c) || block.iter().any(|s| mentions_outside(name, s)))
                || orelse.iter().any(|s| mentions_outside(name, s))
        }
        _ => mentions(name, stmt),
    }
}

fn binds(name: &str, pattern: &Pattern) -> bool {
    pattern.names().iter().any(|(n, _)| *n == name)
}

fn place_assigns(name: &str, place: &Place) -> bool {
    variables_of(place).contains(&name)
}

fn place_reads(name: &str, place: &Place) -> bool {
    match place {
        Place::Variable { .. } => false,
        Place::Item { base, index, .. } => reads(name, base) || reads(name, index),
        Place::Field { object, .. } => reads(name, object),
        Place::Slice { base, start, stop } => {
            reads(name, base) || [start, stop].into_iter().flatten().any(|bound| reads(name, bound))
        }
        Place::Part(selection) => reads(name, selection),
        Place::Tuple(places) => places.iter().any(|p| place_reads(name, p)),
    }
}

/// Whether an expression reads the variable, and not another one of that name within it.
fn reads(name: &str, expr: &Expr) -> bool {
    free_names(expr).contains(name)
}

/// Whether a statement reads, assigns or captures the variable.
fn mentions(name: &str, stmt: &Stmt) -> bool {
    names::mentions(std::slice::from_ref(stmt), name)
}
