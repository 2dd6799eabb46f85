//! Iterators that are stepped through by hand.
//!
//! ```python
//! it = iter(xs)
//! first = next(it, None)
//! for x in it: ...
//! ```
//!
//! A finite iterator is the list of what it has yet to give: `iter` copies, `next` takes the first item
//! away, and so does a loop that others come after or that uses the iterator inside. That is right as long
//! as nothing looks at the iterator after something has used it up, so that a variable is only rewritten if
//! everything that takes it whole leaves the function, or stands behind all other uses and in no loop. `try: x = next(it)` with a handler for `StopIteration` becomes a question whether items are left;
//! where more than that step is guarded the variable stays, since an empty list raises something else.

use super::walk::blocks;
use grammars::Span;
use grammars::surface::names::{bound, used, used_by_expr};
use grammars::surface::visit::{Visit, VisitMut, walk_expr, walk_expr_mut, walk_stmt, walk_stmt_mut};
use grammars::surface::{ComprehensionKind, Expr, ExprKind, Handler, Module, Stmt, StmtKind, UnaryOp};
use std::collections::BTreeSet;

const STOP: &str = "StopIteration";

/// What handlers call the end of an iterator, or of a list.
const ENDS: [&str; 3] = [STOP, "IndexError", "LookupError"];

/// The module with its iterators as lists; `None` where it has none that can be written so.
pub(super) fn rewritten(module: &Module) -> Option<Module> {
    let classes = module.body.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Class(class) => Some(class.name.clone()),
        _ => None,
    });
    let mut rewriter = Bodies { changed: false, classes: classes.collect() };
    let mut result = module.clone();
    result.body.iter_mut().for_each(|stmt| rewriter.stmt(stmt));
    for test in &mut result.tests {
        rewriter.body(&mut test.body);
        test.body.iter_mut().for_each(|stmt| rewriter.stmt(stmt));
    }
    rewriter.changed.then_some(result)
}

/// Rewrites function after function.
struct Bodies {
    changed: bool,
    /// Their objects may be iterators of their own making.
    classes: BTreeSet<String>,
}

impl VisitMut for Bodies {
    fn stmt(&mut self, stmt: &mut Stmt) {
        if let StmtKind::Function(f) = &mut stmt.kind {
            self.body(&mut f.body);
        }
        walk_stmt_mut(self, stmt);
    }

    fn expr(&mut self, _: &mut Expr) {}
}

impl Bodies {
    fn body(&mut self, body: &mut Vec<Stmt>) {
        for name in bound(body) {
            let uses = Uses::of(&name, body, &self.classes);
            if uses.are_a_cursor() && !changes_any(body, &uses.sources) {
                Cursor { name: &name, loops_step: uses.loops_step() }.block(body);
                self.changed = true;
            }
        }
    }
}

/// How a variable is used, in the order of the text.
struct Uses<'n> {
    name: &'n str,
    classes: &'n BTreeSet<String>,
    /// Variables that are iterated.
    sources: BTreeSet<String>,
    /// The loop around the place; 0 outside of all.
    inside: usize,
    /// Loops so far.
    loops: usize,
    places: Vec<Use>,
    /// The statement leaves the function, or the next one does.
    leaves: bool,
    /// `try` statements around the place.
    guards: usize,
    /// What it is assigned.
    made: Made,
    /// It is used in a way that has nothing to do with iterators, or within a function inside.
    other: bool,
}

/// What a variable is assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// `iter(…)`.
    Iter,
    /// What is an iterator too.
    Iterator,
    /// Perhaps none.
    Something,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Assigned what can be copied.
    Bound { inside: usize },
    /// `next(it)`.
    Step,
    /// `for x in it`.
    Loop { inside: usize },
    /// Used up.
    Whole { inside: usize, leaves: bool },
}

impl<'n> Uses<'n> {
    fn of(name: &'n str, body: &[Stmt], classes: &'n BTreeSet<String>) -> Self {
        let sources = BTreeSet::new();
        let places = Vec::new();
        let mut uses = Uses {
            name,
            classes,
            sources,
            inside: 0,
            loops: 0,
            places,
            leaves: false,
            guards: 0,
            made: Made::Something,
            other: false,
        };
        uses.block(body);
        uses
    }

    /// One assignment, then steps and loops, then perhaps one use of the whole.
    fn are_a_cursor(&self) -> bool {
        let [Use::Bound { inside: bound }, rest @ ..] = self.places.as_slice() else { return false };
        let (last, steps) = match rest.split_last() {
            Some((Use::Whole { inside, leaves }, steps)) => (*leaves || inside == bound, steps),
            _ => (true, rest),
        };
        let takes = |place: &Use| !matches!(place, Use::Bound { .. } | Use::Whole { leaves: false, .. });
        let known = match self.made {
            _ if rest.contains(&Use::Step) => true,
            Made::Iter => true,
            Made::Iterator => self.loops_step(),
            Made::Something => false,
        };
        !self.other && last && known && !rest.is_empty() && steps.iter().all(takes)
    }

    /// Loops take the items away one by one, since something else uses the iterator after them or inside.
    fn loops_step(&self) -> bool {
        match self.places.as_slice() {
            [Use::Bound { inside: bound }, steps @ .., Use::Loop { inside }] => {
                inside != bound || steps.iter().any(|place| *place != Use::Step)
            }
            places => places.iter().any(|place| matches!(place, Use::Loop { .. })),
        }
    }

    /// Statements in their order; a use of the whole leaves the function if its statement or the next does.
    fn block(&mut self, body: &[Stmt]) {
        for (at, stmt) in body.iter().enumerate() {
            let ends = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Return(_) | StmtKind::Raise(_));
            let next = body.get(at + 1).is_some_and(|next| ends(next) && !mentions(next, self.name));
            self.leaves = self.guards == 0 && (ends(stmt) || next);
            let before = self.places.len();
            self.stmt(stmt);
            let places = &self.places[before..];
            let whole = places.iter().any(|place| matches!(place, Use::Whole { leaves: true, .. }));
            // Something else of the statement may come after what uses the iterator up.
            self.other |= blocks(stmt).is_empty() && whole && places.len() > 1;
        }
        self.leaves = false;
    }

    fn is_it(&self, e: &Expr) -> bool {
        matches!(&e.kind, ExprKind::Name(name) if name == self.name)
    }

    /// The value is an iterator that nothing else holds: `iter(…)`, a call of a function, or a
    /// generator expression.
    fn is_fresh(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Call { callee, .. } => {
                !matches!(&callee.kind, ExprKind::Name(name) if self.classes.contains(name))
            }
            ExprKind::Comprehension { .. } => true,
            _ => false,
        }
    }

    fn whole(&mut self) {
        self.places.push(Use::Whole { inside: self.inside, leaves: self.leaves });
    }

    fn within_loop(&mut self, walk: impl FnOnce(&mut Self)) {
        self.loops += 1;
        let outer = std::mem::replace(&mut self.inside, self.loops);
        walk(self);
        self.inside = outer;
    }
}

impl Visit for Uses<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Assign { targets, value } => match targets.as_slice() {
                [target] if self.is_it(target) => {
                    // Another name for an iterator steps through the same one.
                    self.other |= !self.is_fresh(value);
                    self.made = made(value);
                    self.sources.extend(used_by_expr(value));
                    self.expr(value);
                    self.places.push(Use::Bound { inside: self.inside });
                }
                _ => walk_stmt(self, stmt),
            },
            StmtKind::For { target, iter, .. } => {
                if self.is_it(iter) {
                    self.places.push(Use::Loop { inside: self.inside });
                } else {
                    self.leaves = false;
                    self.expr(iter);
                }
                self.expr(target);
                self.within_loop(|uses| blocks(stmt).into_iter().for_each(|block| uses.block(block)));
            }
            StmtKind::While { condition, .. } => self.within_loop(|uses| {
                uses.leaves = false;
                uses.expr(condition);
                blocks(stmt).into_iter().for_each(|block| uses.block(block));
            }),
            StmtKind::If { branches, .. } => {
                self.leaves = false;
                branches.iter().for_each(|(condition, _)| self.expr(condition));
                blocks(stmt).into_iter().for_each(|block| self.block(block));
            }
            StmtKind::Try { body, handlers, .. } => {
                let caught = handlers.iter().flat_map(|h| &h.kinds).any(|k| ENDS.contains(&k.as_str()));
                self.other |= caught && question(stmt, self.name).is_none() && used(body).contains(self.name);
                self.leaves = false;
                self.guards += 1;
                blocks(stmt).into_iter().for_each(|block| self.block(block));
                self.guards -= 1;
            }
            StmtKind::Function(f) => {
                self.other |= used(&f.body).contains(self.name);
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let Some((taken, default)) = next_of(expr)
            && self.is_it(taken)
        {
            self.places.push(Use::Step);
            default.into_iter().for_each(|e| self.expr(e));
            return;
        }
        match &expr.kind {
            ExprKind::Name(_) if self.is_it(expr) => self.whole(),
            ExprKind::Comprehension { clauses, element, value, .. } => {
                clauses.iter().take(1).for_each(|outermost| self.expr(&outermost.iter));
                self.within_loop(|uses| {
                    for (at, clause) in clauses.iter().enumerate() {
                        if at > 0 {
                            uses.expr(&clause.iter);
                        }
                        clause.conditions.iter().for_each(|e| uses.expr(e));
                    }
                    uses.expr(element);
                    value.iter().for_each(|e| uses.expr(e));
                });
            }
            ExprKind::Lambda { .. } => {
                self.other |= used_by_expr(expr).contains(self.name);
            }
            ExprKind::Compare { operands, .. } => {
                self.other |= operands.iter().any(|e| self.is_it(e));
                walk_expr(self, expr);
            }
            ExprKind::Attribute { value, .. } => {
                self.other |= self.is_it(value);
                walk_expr(self, expr);
            }
            ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Unary { .. } | ExprKind::IfElse { .. } => {
                self.other |= super::walk::children(expr).iter().any(|e| self.is_it(e));
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// Whether the value is surely an iterator.
fn made(value: &Expr) -> Made {
    const ITERATORS: [&str; 5] =
        ["builtins.map", "builtins.filter", "builtins.zip", "builtins.enumerate", "builtins.reversed"];
    match &value.kind {
        ExprKind::Comprehension { kind: ComprehensionKind::Generator, .. } => Made::Iterator,
        ExprKind::Call { callee, .. } => match &callee.kind {
            ExprKind::Library(path) if path == "builtins.iter" => Made::Iter,
            ExprKind::Library(path)
                if path.starts_with("itertools.") || ITERATORS.contains(&path.as_str()) =>
            {
                Made::Iterator
            }
            _ => Made::Something,
        },
        _ => Made::Something,
    }
}

fn mentions(stmt: &Stmt, name: &str) -> bool {
    used(std::slice::from_ref(stmt)).contains(name)
}

/// Whether the statements change one of these variables' values in place; a copy would not notice.
fn changes_any(body: &[Stmt], names: &BTreeSet<String>) -> bool {
    const CHANGING: [&str; 14] = [
        "append",
        "appendleft",
        "add",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "reverse",
        "sort",
        "update",
    ];
    struct Changes<'n>(&'n BTreeSet<String>, bool);
    impl Changes<'_> {
        fn is_one(&self, e: &Expr) -> bool {
            matches!(&e.kind, ExprKind::Name(name) if self.0.contains(name))
        }
    }
    impl Visit for Changes<'_> {
        fn stmt(&mut self, stmt: &Stmt) {
            let targets: &[Expr] = match &stmt.kind {
                StmtKind::Assign { targets, .. } | StmtKind::Delete(targets) => targets,
                StmtKind::AugAssign { target, .. } => std::slice::from_ref(target),
                _ => &[],
            };
            if let StmtKind::AugAssign { target, .. } = &stmt.kind {
                self.1 |= self.is_one(target);
            }
            for target in targets {
                if let ExprKind::Subscript { value, .. } | ExprKind::Slice { value, .. } = &target.kind {
                    self.1 |= self.is_one(value);
                }
            }
            walk_stmt(self, stmt);
        }

        fn expr(&mut self, expr: &Expr) {
            if let ExprKind::Attribute { value, name } = &expr.kind {
                self.1 |= CHANGING.contains(&name.as_str()) && self.is_one(value);
            }
            walk_expr(self, expr);
        }
    }
    let mut changes = Changes(names, false);
    body.iter().for_each(|stmt| changes.stmt(stmt));
    changes.1
}

/// `next(iterator)` or `next(iterator, default)`.
fn next_of(e: &Expr) -> Option<(&Expr, Option<&Expr>)> {
    let args = library_call(e, "builtins.next")?;
    match args {
        [iterator] => Some((iterator, None)),
        [iterator, default] => Some((iterator, Some(default))),
        _ => None,
    }
}

fn library_call<'e>(e: &'e Expr, wanted: &str) -> Option<&'e [Expr]> {
    let ExprKind::Call { callee, args, keywords } = &e.kind else { return None };
    let is_it = matches!(&callee.kind, ExprKind::Library(path) if path == wanted);
    (is_it && keywords.is_empty()).then_some(args)
}

/// `try: x = next(it)` with a handler for its end.
struct Question<'s> {
    step: &'s Stmt,
    handler: &'s [Stmt],
    orelse: &'s [Stmt],
}

/// The `try` as a question whether the iterator `name` has items left.
fn question<'s>(stmt: &'s Stmt, name: &str) -> Option<Question<'s>> {
    let StmtKind::Try { body, handlers, orelse, finally } = &stmt.kind else { return None };
    let ([step], [Handler { kinds, binding: None, body: handler, .. }], []) =
        (body.as_slice(), handlers.as_slice(), finally.as_slice())
    else {
        return None;
    };
    (*kinds == [STOP] && is_plain_step(step, name)).then_some(Question { step, handler, orelse })
}

/// `x = next(it)`, `return next(it)` or `next(it)`.
fn is_plain_step(stmt: &Stmt, iterator: &str) -> bool {
    let value = match &stmt.kind {
        StmtKind::Assign { targets, value } => {
            if !targets.iter().all(|t| matches!(t.kind, ExprKind::Name(_))) {
                return false;
            }
            value
        }
        StmtKind::Return(Some(value)) | StmtKind::Expr(value) => value,
        _ => return false,
    };
    matches!(next_of(value), Some((Expr { kind: ExprKind::Name(name), .. }, None)) if name == iterator)
}

/// Rewrites the uses of one variable.
struct Cursor<'n> {
    name: &'n str,
    /// `for x in it` becomes `while it: x = it.pop(0)`.
    loops_step: bool,
}

impl Cursor<'_> {
    fn block(&mut self, body: &mut Vec<Stmt>) {
        let mut out = Vec::new();
        for mut stmt in std::mem::take(body) {
            match self.attempt(&stmt) {
                Some(replaced) => out.extend(replaced),
                None => {
                    self.stmt(&mut stmt);
                    out.push(stmt);
                }
            }
        }
        *body = out;
    }

    /// `try: … next(it) … except StopIteration: …` as a question.
    fn attempt(&mut self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        if let StmtKind::For { target, iter, body, orelse } = &stmt.kind
            && self.loops_step
            && matches!(&iter.kind, ExprKind::Name(name) if name == self.name)
        {
            return Some(vec![self.stepping(target, body, orelse, stmt.span)]);
        }
        if let Some(skipped) = self.skipped(stmt) {
            return Some(vec![skipped]);
        }
        let Question { step, handler, orelse } = question(stmt, self.name)?;
        let span = stmt.span;
        let left = self.items(span);
        let empty = Expr { kind: ExprKind::Unary { op: UnaryOp::Not, operand: Box::new(left) }, span };
        let mut otherwise = vec![step.clone()];
        otherwise.extend(orelse.iter().cloned());
        let mut handler = handler.to_vec();
        self.block(&mut handler);
        self.block(&mut otherwise);
        Some(vec![Stmt { kind: StmtKind::If { branches: vec![(empty, handler)], orelse: otherwise }, span }])
    }

    /// `next(it, None)` for its own sake takes an item away if there is one.
    fn skipped(&self, stmt: &Stmt) -> Option<Stmt> {
        let StmtKind::Expr(e) = &stmt.kind else { return None };
        let (iterator, default) = next_of(e)?;
        let constant = matches!(default?.kind, ExprKind::None | ExprKind::Int(_) | ExprKind::Str(_));
        let own = matches!(&iterator.kind, ExprKind::Name(name) if name == self.name);
        (constant && own).then(|| {
            let step = Stmt { kind: StmtKind::Expr(self.step(e.span)), span: stmt.span };
            let branches = vec![(self.items(e.span), vec![step])];
            Stmt { kind: StmtKind::If { branches, orelse: Vec::new() }, span: stmt.span }
        })
    }

    /// `while it: target = it.pop(0)` and the rest of the loop.
    fn stepping(&mut self, target: &Expr, body: &[Stmt], orelse: &[Stmt], span: Span) -> Stmt {
        let assign = StmtKind::Assign { targets: vec![target.clone()], value: self.step(span) };
        let (mut rest, mut orelse) = (body.to_vec(), orelse.to_vec());
        self.block(&mut rest);
        self.block(&mut orelse);
        let mut body = vec![Stmt { kind: assign, span: target.span }];
        body.append(&mut rest);
        Stmt { kind: StmtKind::While { condition: self.items(span), body, orelse }, span }
    }

    fn items(&self, span: Span) -> Expr {
        Expr { kind: ExprKind::Name(self.name.to_owned()), span }
    }

    /// `it.pop(0)`.
    fn step(&self, span: Span) -> Expr {
        let attribute = ExprKind::Attribute { value: Box::new(self.items(span)), name: "pop".to_owned() };
        let first = Expr { kind: ExprKind::Int("0".to_owned()), span };
        let callee = Box::new(Expr { kind: attribute, span });
        Expr { kind: ExprKind::Call { callee, args: vec![first], keywords: Vec::new() }, span }
    }
}

impl VisitMut for Cursor<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        match &mut stmt.kind {
            StmtKind::Assign { targets, value } if matches!(targets.as_slice(), [Expr { kind: ExprKind::Name(name), .. }] if name == self.name) =>
            {
                self.expr(value);
                *value = listed(value);
            }
            StmtKind::If { branches, orelse } => {
                for (condition, block) in branches {
                    self.expr(condition);
                    self.block(block);
                }
                self.block(orelse);
            }
            StmtKind::While { condition, body, orelse } => {
                self.expr(condition);
                self.block(body);
                self.block(orelse);
            }
            StmtKind::For { iter, body, orelse, .. } => {
                self.expr(iter);
                self.block(body);
                self.block(orelse);
            }
            StmtKind::ExpectRaise { kinds, body } => {
                // What takes an item from an empty list raises this.
                let steps = body.iter().any(|s| is_plain_step(s, self.name));
                if steps && body.len() == 1 && *kinds == [STOP] {
                    *kinds = vec!["IndexError".to_owned()];
                }
                self.block(body);
            }
            _ => walk_stmt_mut(self, stmt),
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        let default = match next_of(expr) {
            Some((Expr { kind: ExprKind::Name(name), .. }, default)) if name == self.name => default.cloned(),
            _ => return walk_expr_mut(self, expr),
        };
        let (step, span) = (self.step(expr.span), expr.span);
        *expr = match default {
            None => step,
            Some(mut default) => {
                self.expr(&mut default);
                let condition = Box::new(self.items(span));
                let kind = ExprKind::IfElse { condition, then: Box::new(step), orelse: Box::new(default) };
                Expr { kind, span }
            }
        };
    }
}

/// `list(value)`, or `list(xs)` for `iter(xs)`.
fn listed(value: &Expr) -> Expr {
    let source = match library_call(value, "builtins.iter") {
        Some([source]) => source.clone(),
        _ => value.clone(),
    };
    let callee = Box::new(Expr { kind: ExprKind::Library("builtins.list".to_owned()), span: value.span });
    let kind = ExprKind::Call { callee, args: vec![source], keywords: Vec::new() };
    Expr { kind, span: value.span }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten_text(source: &str) -> Option<String> {
        let module = grammars::python::parse("file", source).expect("well-formed");
        rewritten(&module).map(|module| format!("{:?}", module.body))
    }

    #[test]
    fn an_iterator_that_is_stepped_through_becomes_a_list() {
        let text = rewritten_text(
            "def f(xs):\n    it = iter(xs)\n    total = next(it, 0)\n    for x in it:\n        total += x\n    return total\n",
        )
        .expect("rewritten");
        assert!(text.contains("\"pop\"") && text.contains("builtins.list"));
        assert!(!text.contains("builtins.next") && !text.contains("builtins.iter"));
    }

    #[test]
    fn the_end_is_asked_for_and_not_caught() {
        let text = rewritten_text(
            "def f(xs):\n    it = iter(xs)\n    try:\n        return next(it)\n    except StopIteration:\n        return 0\n",
        )
        .expect("rewritten");
        assert!(!text.contains("Try") && text.contains("Not"));
    }

    #[test]
    fn what_looks_at_an_iterator_that_was_used_up_stays() {
        let after = "def f(xs):\n    it = iter(xs)\n    a = list(it)\n    return a, next(it, 0)\n";
        assert_eq!(rewritten_text(after), None);
        let pairs = "def f(xs):\n    it = iter(xs)\n    next(it)\n    return list(zip(it, it))\n";
        assert_eq!(rewritten_text(pairs), None);
        let changed = "def f(xs):\n    it = iter(xs)\n    xs.append(next(it))\n    return next(it)\n";
        assert_eq!(rewritten_text(changed), None);
        let alias = "def f(it):\n    jt = it\n    return next(jt)\n";
        assert_eq!(rewritten_text(alias), None);
        let grown = "def f(xs):\n    it = iter(xs)\n    xs += [1]\n    return next(it)\n";
        assert_eq!(rewritten_text(grown), None);
        let twice = "def f(xs):\n    for _ in xs:\n        it = iter(xs)\n    next(it)\n    for _ in xs:\n        print(sum(it))\n";
        assert_eq!(rewritten_text(twice), None);
        let rebound =
            "def f(xs, its):\n    it = iter(xs)\n    next(it)\n    for it in its:\n        next(it)\n";
        assert_eq!(rewritten_text(rebound), None);
    }

    #[test]
    fn loops_that_share_an_iterator_take_its_items_away() {
        let nested = "def f(xs):\n    it = iter(xs)\n    for a in it:\n        for b in it:\n            print(b)\n        return a\n";
        let text = rewritten_text(nested).expect("rewritten");
        assert_eq!(text.matches("While").count(), 2);
        let rest = "def f(xs):\n    it = iter(xs)\n    for x in it:\n        if x:\n            print(list(it))\n            return 1\n    return 0\n";
        assert!(rewritten_text(rest).expect("rewritten").contains("While"));
        let alone = "def f(xs):\n    it = iter(xs)\n    for x in it:\n        print(x)\n";
        assert!(!rewritten_text(alone).expect("rewritten").contains("While"));
        let goes_on =
            "def f(xs):\n    it = iter(xs)\n    for x in it:\n        print(list(it))\n    return 0\n";
        assert_eq!(rewritten_text(goes_on), None);
        let looked_at = "def f(xs):\n    it = iter(xs)\n    for x in it:\n        if x:\n            print(sum(it))\n            return next(it)\n    return 0\n";
        assert_eq!(rewritten_text(looked_at), None);
    }

    #[test]
    fn the_end_is_not_caught_around_more_than_a_step() {
        let f = |step: &str, kind: &str| {
            rewritten_text(&format!(
                "def f(xs):\n    it = iter(xs)\n    try:\n        print({step})\n    except {kind}:\n        pass\n"
            ))
        };
        assert_eq!(f("next(it)", "StopIteration"), None);
        assert_eq!(f("next(it)", "IndexError"), None);
        assert!(f("next(it)", "ValueError").is_some());
        assert!(f("next(it)", "Exception").is_some());
    }
}
