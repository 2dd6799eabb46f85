//! Cuts a file into units: one function or class with everything of the file that it needs.

use super::names::{self, Names};
use super::*;
use std::collections::BTreeMap;

/// One module for each function and class at top level, in source order: the definition, the
/// definitions and constants that it uses directly or through others, and the tests that call it
/// and use nothing else of the file. The unit is named after the definition.
///
/// A name defined twice gives one unit with both definitions.
pub fn units(module: &Module) -> Vec<Module> {
    let items: Vec<Names> = module.body.iter().map(|s| names::bound(std::slice::from_ref(s))).collect();
    let used: Vec<Names> = module.body.iter().map(|s| names::used(std::slice::from_ref(s))).collect();
    let mut binders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, bound) in items.iter().enumerate() {
        bound.iter().for_each(|name| binders.entry(name).or_default().push(i));
    }
    let file = File { module, used: &used, binders: &binders };
    let mut seen = Names::new();
    module
        .body
        .iter()
        .filter_map(definition)
        .filter(|name| seen.insert((*name).to_owned()))
        .map(|name| file.unit(name))
        .collect()
}

fn definition(stmt: &Stmt) -> Option<&str> {
    match &stmt.kind {
        StmtKind::Function(f) => Some(&f.name),
        StmtKind::Class(c) => Some(&c.name),
        _ => None,
    }
}

struct File<'a> {
    module: &'a Module,
    /// For each statement the names that it uses.
    used: &'a [Names],
    /// For each name of the file the statements that bind it.
    binders: &'a BTreeMap<&'a str, Vec<usize>>,
}

impl File<'_> {
    fn unit(&self, root: &str) -> Module {
        let closure = self.closure(root);
        let mut wanted: Vec<bool> = vec![false; self.module.body.len()];
        closure.iter().flat_map(|n| &self.binders[n.as_str()]).for_each(|i| wanted[*i] = true);
        self.add_comments(&mut wanted);
        let body = self.module.body.iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(s, _)| s.clone());
        Module {
            lang: self.module.lang.clone(),
            name: root.to_owned(),
            doc: None,
            body: body.collect(),
            tests: self.module.tests.iter().filter_map(|t| self.test(t, root, &closure)).collect(),
        }
    }

    /// The names of the file that `root` needs, itself included.
    fn closure(&self, root: &str) -> Names {
        let mut closure = Names::from([root.to_owned()]);
        let mut pending = vec![root.to_owned()];
        while let Some(name) = pending.pop() {
            for i in self.binders.get(name.as_str()).into_iter().flatten() {
                for next in &self.used[*i] {
                    if self.binders.contains_key(next.as_str()) && closure.insert(next.clone()) {
                        pending.push(next.clone());
                    }
                }
            }
        }
        closure
    }

    /// Comments go with the statement after them; trailing ones with the statement before them.
    fn add_comments(&self, wanted: &mut [bool]) {
        let body = &self.module.body;
        let trailing = |i: usize| matches!(body[i].kind, StmtKind::Comment { trailing: true, .. });
        let own_line = |i: usize| matches!(body[i].kind, StmtKind::Comment { trailing: false, .. });
        for i in 1..body.len() {
            wanted[i] |= trailing(i) && wanted[i - 1];
        }
        for i in (0..body.len().saturating_sub(1)).rev() {
            wanted[i] |= own_line(i) && wanted[i + 1] && !trailing(i + 1);
        }
    }

    /// The test, or what of it is about `root`.
    fn test(&self, test: &TestCase, root: &str, closure: &Names) -> Option<TestCase> {
        let body = match test.origin {
            TestOrigin::Assert => self.asserts_within(&test.body, closure),
            _ if self.is_within(&names::used(&test.body), closure) => test.body.clone(),
            _ => return None,
        };
        names::used(&body).contains(root).then(|| TestCase { body, ..test.clone() })
    }

    fn is_within(&self, used: &Names, closure: &Names) -> bool {
        used.iter().all(|n| closure.contains(n) || !self.binders.contains_key(n.as_str()))
    }

    /// The statements that neither use other definitions of the file nor variables that depend on
    /// them.
    fn asserts_within(&self, body: &[Stmt], closure: &Names) -> Vec<Stmt> {
        let local = names::bound(body);
        let parts: Vec<Names> = body.iter().map(|s| names::used(std::slice::from_ref(s))).collect();
        let mut tainted = Names::new();
        loop {
            let before = tainted.len();
            for used in &parts {
                if !self.is_within(used, closure) || used.iter().any(|n| tainted.contains(n)) {
                    tainted.extend(used.intersection(&local).cloned());
                }
            }
            if tainted.len() == before {
                break;
            }
        }
        let keeps = |used: &Names| self.is_within(used, closure) && used.is_disjoint(&tainted);
        body.iter().zip(&parts).filter(|(_, used)| keeps(used)).map(|(s, _)| s.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units_of(source: &str) -> Vec<Module> {
        units(&crate::python::parse("file", source).expect("well-formed"))
    }

    fn bound(module: &Module) -> Vec<String> {
        names::bound(&module.body).into_iter().collect()
    }

    const FILE: &str = "\
# The longest side.
LIMIT = 10
UNUSED = 1

def clip(x):
    return min(x, LIMIT)

# Area of a clipped square.
def area(x):
    return clip(x) ** 2

def other():
    return 1

assert clip(11) == 10
side = clip(3)
assert area(side) == 9
assert other() == 1
";

    #[test]
    fn a_unit_holds_what_its_definition_needs() {
        let units = units_of(FILE);
        assert_eq!(units.iter().map(|u| u.name.as_str()).collect::<Vec<_>>(), ["clip", "area", "other"]);
        assert_eq!(bound(&units[0]), ["LIMIT", "clip"]);
        assert_eq!(bound(&units[1]), ["LIMIT", "area", "clip"]);
        assert_eq!(bound(&units[2]), ["other"]);
    }

    #[test]
    fn asserts_go_to_the_units_that_they_are_about() {
        let units = units_of(FILE);
        let sizes: Vec<usize> = units.iter().map(|u| u.tests[0].body.len()).collect();
        assert_eq!(sizes, [1, 3, 1]);
    }

    #[test]
    fn comments_stay_with_the_statement_behind_them() {
        let units = units_of(FILE);
        let comments =
            |m: &Module| m.body.iter().filter(|s| matches!(s.kind, StmtKind::Comment { .. })).count();
        assert_eq!(units.iter().map(comments).collect::<Vec<_>>(), [1, 2, 0]);
    }

    #[test]
    fn mutual_recursion_ends() {
        let units = units_of(
            "def even(n):\n    return n == 0 or odd(n - 1)\n\ndef odd(n):\n    return n != 0 and even(n - 1)\n",
        );
        assert!(units.iter().all(|u| u.body.len() == 2));
    }
}
