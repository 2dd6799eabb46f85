//! Ways of saying things that have no types of their own, said in words that have.
//!
//! | source | becomes |
//! |---|---|
//! | `missing = object()`, asked for with `is` | a class of its own, asked for with `isinstance` |
//! | `add = seen.add`, only called | `seen.add` where it is called |
//! | `a, b = tee(xs)` | an iterator of `xs` for each |
//! | `return iter(xs)` | the list of what it gives, as for all iterators |
//! | a parameter `factory=dict`, called as `factory()` | one with the default `lambda: {}` |
//! | `queue.Queue()` of one thread | a `deque` |

mod bound_methods;
mod factories;
mod iterators;
mod queues;
mod sentinels;

use grammars::surface::visit::{Visit, VisitMut, walk_expr, walk_expr_mut, walk_stmt};
use grammars::surface::{Expr, ExprKind, Module, Stmt, StmtKind};

/// The module in simpler words; `None` where it says nothing that needs them.
pub(super) fn simplified(module: &Module) -> Option<Module> {
    let mut search = Search(false);
    module.body.iter().for_each(|stmt| search.stmt(stmt));
    module.tests.iter().flat_map(|test| &test.body).for_each(|stmt| search.stmt(stmt));
    if !search.0 {
        return None;
    }
    let mut result = module.clone();
    sentinels::rewrite(&mut result);
    let mut bodies = Bodies;
    result.body.iter_mut().for_each(|stmt| bodies.stmt(stmt));
    for test in &mut result.tests {
        body(&mut test.body);
        test.body.iter_mut().for_each(|stmt| bodies.stmt(stmt));
    }
    (result != *module).then_some(result)
}

/// What the body of one function, or of a test, says.
fn body(statements: &mut Vec<Stmt>) {
    bound_methods::rewrite(statements);
    queues::rewrite(statements);
    iterators::rewrite(statements);
}

/// Goes through the functions.
struct Bodies;

impl VisitMut for Bodies {
    fn stmt(&mut self, stmt: &mut Stmt) {
        if let StmtKind::Function(f) = &mut stmt.kind {
            factories::rewrite(f);
            body(&mut f.body);
        }
        grammars::surface::visit::walk_stmt_mut(self, stmt);
    }

    fn expr(&mut self, _: &mut Expr) {}
}

/// Whether anything of the kind is there at all; most programs are spared a copy by that.
struct Search(bool);

impl Visit for Search {
    fn stmt(&mut self, stmt: &Stmt) {
        self.0 |= bound_methods::alias(stmt).is_some();
        if let StmtKind::Function(f) = &stmt.kind {
            self.0 |= f.params.iter().filter_map(|p| p.default.as_ref()).any(factories::is_kind);
        }
        walk_stmt(self, stmt);
    }

    fn expr(&mut self, expr: &Expr) {
        const PATHS: [&str; 4] = ["builtins.object", "builtins.iter", "itertools.tee", "queue.Queue"];
        self.0 |= matches!(&expr.kind, ExprKind::Library(path) if PATHS.contains(&path.as_str()));
        walk_expr(self, expr);
    }
}

/// `name` of an expression that is nothing but a name.
fn name_of(e: &Expr) -> Option<&str> {
    match &e.kind {
        ExprKind::Name(name) => Some(name),
        _ => None,
    }
}

/// The arguments of a call of this function of the library, all of them by position.
fn library_call<'e>(e: &'e Expr, wanted: &str) -> Option<&'e [Expr]> {
    let ExprKind::Call { callee, args, keywords } = &e.kind else { return None };
    let is_it = matches!(&callee.kind, ExprKind::Library(path) if path == wanted);
    (is_it && keywords.is_empty()).then_some(args)
}

/// How often a variable is used, in all ways, and how often it is assigned.
#[derive(Default)]
struct Count<'n> {
    name: &'n str,
    uses: usize,
    stores: usize,
}

impl<'n> Count<'n> {
    fn of(name: &'n str, body: &[Stmt]) -> Self {
        let mut count = Count { name, uses: 0, stores: 0 };
        body.iter().for_each(|stmt| count.stmt(stmt));
        count
    }
}

impl Visit for Count<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        let own = std::slice::from_ref(stmt);
        let is_block = !super::walk::blocks(stmt).is_empty();
        match &stmt.kind {
            StmtKind::Function(f) => {
                let takes = f.params.iter().any(|p| p.name == self.name);
                self.stores +=
                    usize::from(takes || f.name == self.name || f.outer_names.iter().any(|n| n == self.name));
            }
            StmtKind::Class(_) => {
                self.stores += usize::from(grammars::surface::names::used(own).contains(self.name))
            }
            StmtKind::For { target, .. } => {
                let bound = grammars::surface::names::bound_by_target(target);
                self.stores += usize::from(bound.contains(self.name));
            }
            _ if !is_block => {
                self.stores += usize::from(grammars::surface::names::bound(own).contains(self.name));
            }
            StmtKind::Try { handlers, .. } => {
                self.stores += handlers.iter().filter(|h| h.binding.as_deref() == Some(self.name)).count();
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn expr(&mut self, expr: &Expr) {
        self.uses += usize::from(name_of(expr) == Some(self.name));
        if let ExprKind::Lambda { params, .. } = &expr.kind {
            self.stores += params.iter().filter(|p| p.name == self.name).count();
        }
        if let ExprKind::Comprehension { clauses, .. } = &expr.kind {
            let bound = clauses
                .iter()
                .filter(|c| grammars::surface::names::bound_by_target(&c.target).contains(self.name));
            self.stores += bound.count();
        }
        if let ExprKind::Walrus { name, .. } = &expr.kind {
            self.stores += usize::from(name == self.name);
        }
        walk_expr(self, expr);
    }
}

/// Puts other expressions in place of those that `change` wants to change.
struct Replace<F>(F);

impl<F: FnMut(&mut Expr)> VisitMut for Replace<F> {
    fn expr(&mut self, expr: &mut Expr) {
        (self.0)(expr);
        walk_expr_mut(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simpler(source: &str) -> Option<String> {
        let module = grammars::python::parse("file", source).expect("well-formed");
        simplified(&module).map(|module| format!("{:?}{:?}", module.body, module.tests))
    }

    #[test]
    fn objects_that_mark_what_is_missing_become_a_class() {
        let source = "_missing = object()\n\n\ndef f(x=_missing):\n    return 0 if x is _missing else x\n";
        let text = simpler(source).expect("simpler");
        assert!(text.contains("Class(") && text.contains("builtins.isinstance"));
        assert!(!text.contains("builtins.object"));
        // What is compared otherwise is left alone.
        assert_eq!(simpler("_missing = object()\n\n\ndef f(x=_missing):\n    return x == _missing\n"), None);
        assert_eq!(simpler("a = object()\na = object()\n\n\ndef f(x):\n    return x is a\n"), None);
        assert_eq!(simpler("a = object()\nb = a\n\n\ndef f(x):\n    return x is a\n"), None);
    }

    #[test]
    fn methods_that_were_taken_out_are_called_where_they_are() {
        let source = "def f(xs):\n    seen = set()\n    add = seen.add\n    for x in xs:\n        add(x)\n    return seen\n";
        let text = simpler(source).expect("simpler");
        assert_eq!(text.matches("name: \"add\"").count(), 1);
        let rebound = "def f(xs):\n    seen = set()\n    add = seen.add\n    seen = set()\n    add(1)\n    return seen\n";
        assert_eq!(simpler(rebound), None);
        let passed = "def f(xs):\n    seen = set()\n    add = seen.add\n    return list(map(add, xs))\n";
        assert_eq!(simpler(passed), None);
        let twice =
            "def f(xs, seen):\n    add = seen.add\n    if xs:\n        add = seen.discard\n    add(1)\n";
        assert_eq!(simpler(twice), None);
        let field = "def f(point):\n    x = point.x\n    return x + 1\n";
        assert_eq!(simpler(field), None);
    }

    #[test]
    fn a_pair_of_iterators_is_two_of_one_source() {
        let source = "from itertools import tee\n\n\ndef f(xs):\n    a, b = tee(xs)\n    next(b, None)\n    return list(zip(a, b))\n";
        let text = simpler(source).expect("simpler");
        assert_eq!(text.matches("builtins.iter").count(), 2);
        let again = "from itertools import tee\n\n\ndef f(xs):\n    a, b = tee(xs)\n    return list(a), list(b), list(xs)\n";
        assert_eq!(simpler(again), None);
    }

    #[test]
    fn an_iterator_that_is_returned_is_the_list_of_its_items() {
        let text = simpler("def f(xs):\n    return iter(xs[1:])\n").expect("simpler");
        assert!(text.contains("builtins.list") && !text.contains("builtins.iter"));
        assert_eq!(simpler("def f(xs):\n    return iter(xs, 0)\n"), None);
    }

    #[test]
    fn a_kind_of_container_that_is_only_made_is_a_function() {
        let text = simpler("def f(make=dict):\n    return make()\n").expect("simpler");
        assert!(text.contains("Lambda") && !text.contains("builtins.dict"));
        assert_eq!(simpler("def f(pairs, make=dict):\n    return make(pairs)\n"), None);
        assert_eq!(simpler("def f(x, make=dict):\n    return isinstance(x, make) or make()\n"), None);
    }

    #[test]
    fn the_queue_of_one_thread_is_a_deque() {
        let source = "from queue import Queue\n\n\ndef f(x):\n    q = Queue()\n    q.put(x)\n    while not q.empty():\n        x = q.get()\n    return x\n";
        let text = simpler(source).expect("simpler");
        assert!(text.contains("collections.deque") && text.contains("popleft") && text.contains("append"));
        let joined = "from queue import Queue\n\n\ndef f(x):\n    q = Queue()\n    q.put(x)\n    q.join()\n";
        assert_eq!(simpler(joined), None);
        let bounded = "from queue import Queue\n\n\ndef f(x):\n    q = Queue(3)\n    q.put(x)\n";
        assert_eq!(simpler(bounded), None);
    }
}
