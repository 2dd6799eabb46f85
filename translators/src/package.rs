//! Packages: modules that import one another, translated together and written apart.
//!
//! A package is typed as one program, so that types flow between its modules; [`Package`] says which
//! module each name belongs to, and a target writes one file for each.

use grammars::ir::visit::{each_expr_in_module, each_stmt};
use grammars::ir::{ExprKind, Item, Module, Place, StmtKind, TestCase};
use grammars::surface::TestOrigin;
use grammars::{Rejection, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A module of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Where it stands, from the package's own folder on: `shapes`, `areas`.
    pub path: Vec<String>,
    /// Its documentation.
    pub doc: Option<String>,
    /// What it defines, tests included, as it is called in the whole program.
    pub names: BTreeSet<String>,
}

/// A package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its modules.
    pub parts: Vec<Part>,
}

/// A file of a translated package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageFile {
    /// Where it stands, folders and ending included.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Part {
    /// The last word of its path.
    pub fn stem(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// The path of a file of it: `shapes/areas` with an ending of its own.
    pub(crate) fn file(&self, ending: &str) -> String {
        format!("{}{ending}", self.path.join("/"))
    }

    /// The path of its tests; a module of tests keeps its name.
    pub(crate) fn test_file(&self, extension: &str) -> String {
        let end = if self.stem().starts_with("test_") { "" } else { "_test" };
        self.file(&format!("{end}.{extension}"))
    }

    /// The words of its path below the package's folder.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.path.iter().skip(1).flat_map(|part| part.split('_')).filter(|word| !word.is_empty())
    }
}

impl Package {
    /// The package with a place for everything in `module`, its parts so ordered that each stands
    /// behind those whose names it uses.
    ///
    /// # Errors
    /// `package.cycle` where modules need each other in a circle, `package.tests` where a test belongs to
    /// none of them.
    pub(crate) fn placed(&self, module: &Module) -> Result<Package, Rejection> {
        let mut placed = self.clone();
        let mut at = 0;
        for name in module.items.iter().filter_map(name_of) {
            if let Some(part) = placed.part_of(name) {
                at = part;
            } else if let Some(part) = placed.parts.get_mut(at) {
                // A copy of a function for other types stands behind it.
                part.names.insert(name.to_owned());
            }
        }
        if let Some(test) = module.tests.iter().find(|test| placed.part_of(owner(test)).is_none()) {
            let message = format!("The test `{}` belongs to no module of the package.", test.name);
            return Err(Rejection::new("package.tests", test.span, message));
        }
        placed.sort(module)?;
        Ok(placed)
    }

    /// The part that defines `name`.
    pub(crate) fn part_of(&self, name: &str) -> Option<usize> {
        self.parts.iter().position(|part| part.names.contains(name))
    }

    /// The names of other parts that the items of part number `at` use, by part.
    pub(crate) fn uses(&self, module: &Module, at: usize) -> BTreeMap<usize, BTreeSet<String>> {
        let own = Module {
            items: module.items.iter().filter(|item| self.is_in(item, at)).cloned().collect(),
            tests: Vec::new(),
            ..module.clone()
        };
        self.by_part(&own, at)
    }

    /// The names that the tests of part number `at` use, by part.
    pub(crate) fn test_uses(&self, module: &Module, at: usize) -> BTreeMap<usize, BTreeSet<String>> {
        let tests = Module { items: Vec::new(), ..self.with_tests(module, at) };
        self.by_part(&tests, self.parts.len())
    }

    fn by_part(&self, module: &Module, own: usize) -> BTreeMap<usize, BTreeSet<String>> {
        let mut uses: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for name in mentioned(module) {
            if let Some(part) = self.part_of(&name).filter(|part| *part != own) {
                uses.entry(part).or_default().insert(name);
            }
        }
        uses
    }

    fn is_in(&self, item: &Item, at: usize) -> bool {
        name_of(item).is_some_and(|name| self.part_of(name) == Some(at))
    }

    /// The program with the tests of one part only, named after it.
    pub(crate) fn with_tests(&self, module: &Module, at: usize) -> Module {
        let belongs = |test: &&TestCase| self.part_of(owner(test)) == Some(at);
        Module {
            name: self.parts.get(at).map_or("", Part::stem).to_owned(),
            doc: None,
            tests: module.tests.iter().filter(belongs).cloned().collect(),
            entry_point: None,
            ..module.clone()
        }
    }

    fn sort(&mut self, module: &Module) -> Result<(), Rejection> {
        let needs: Vec<BTreeSet<usize>> =
            (0..self.parts.len()).map(|at| self.uses(module, at).into_keys().collect()).collect();
        let mut order: Vec<usize> = Vec::new();
        while order.len() < self.parts.len() {
            let ready = (0..self.parts.len())
                .find(|at| !order.contains(at) && needs[*at].iter().all(|need| order.contains(need)));
            let Some(next) = ready else {
                let message = "Modules of the package need each other in a circle.";
                return Err(Rejection::new("package.cycle", Span::default(), message));
            };
            order.push(next);
        }
        self.parts = order.into_iter().map(|at| self.parts[at].clone()).collect();
        Ok(())
    }
}

/// What a test belongs to: the owner of the documentation, or its own name.
fn owner(test: &TestCase) -> &str {
    let owner = match test.origin {
        TestOrigin::Doctest => test.name.split(' ').nth(1).unwrap_or_default(),
        _ => test.name.as_str(),
    };
    owner.split('.').next().unwrap_or_default()
}

fn name_of(item: &Item) -> Option<&str> {
    match item {
        Item::Comment(_) => None,
        Item::Constant(constant) => Some(&constant.name),
        Item::Function(function) => Some(&function.name),
        Item::Class(class) => Some(&class.name),
    }
}

/// Names at top level that the module's items and tests use.
fn mentioned(module: &Module) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    each_expr_in_module(module, |expr| match &expr.kind {
        ExprKind::Global(name)
        | ExprKind::FunctionRef(name)
        | ExprKind::Call { function: name, .. }
        | ExprKind::New { class: name, .. }
        | ExprKind::CallStatic { class: name, .. } => {
            names.insert(name.clone());
        }
        _ => {}
    });
    let bodies = module.functions().map(|f| &f.body).chain(module.tests.iter().map(|test| &test.body));
    for body in bodies {
        each_stmt(body, |stmt| {
            if let StmtKind::Assign { place: Place::Variable { name, .. }, .. } = &stmt.kind {
                names.insert(name.clone());
            }
        });
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(parts: &[(&str, &[&str])]) -> Package {
        let part = |(stem, names): &(&str, &[&str])| Part {
            path: vec!["p".to_owned(), (*stem).to_owned()],
            doc: None,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        Package { name: "p".to_owned(), parts: parts.iter().map(part).collect() }
    }

    const SOURCE: &str = "\
UNIT = 2

def low(x: int) -> int:
    return x * UNIT

def high(x: int) -> int:
    \"\"\"High.

    >>> high(1)
    2
    \"\"\"
    return low(x)
";

    fn module() -> Module {
        let surface = grammars::python::parse("p", SOURCE).expect("well-formed");
        crate::prepare(&surface).expect("typed")
    }

    #[test]
    fn modules_stand_behind_those_that_they_use() {
        let module = module();
        let placed = package(&[("a", &["high"]), ("b", &["low", "UNIT"])]).placed(&module).unwrap();
        assert_eq!(placed.parts.iter().map(Part::stem).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(placed.uses(&module, 1), BTreeMap::from([(0, ["low".to_owned()].into())]));
        assert_eq!(placed.with_tests(&module, 1).tests.len(), 1);
        assert!(placed.with_tests(&module, 0).tests.is_empty());
    }

    #[test]
    fn circles_are_rejected() {
        let rejection = package(&[("a", &["high", "UNIT"]), ("b", &["low"])]).placed(&module()).unwrap_err();
        assert_eq!(rejection.code.as_str(), "package.cycle");
    }
    #[test]
    fn a_test_without_a_module_is_not_dropped() {
        let rejection = package(&[("b", &["low", "UNIT"])]).placed(&orphaned()).unwrap_err();
        assert_eq!(rejection.code.as_str(), "package.tests");
    }

    /// The program, with a test of a name that no module has.
    fn orphaned() -> Module {
        let mut module = module();
        for test in &mut module.tests {
            test.name = "doctest elsewhere 1".to_owned();
        }
        module
    }
}
