//! Packages: one Fortran module for each module of the source, with `use` between them.
//!
//! Derived types stand in a module of their own, which all others use; helpers stay private to each
//! module that calls them.

use super::module::{
    definitions, intrinsic_uses, items, kinds, mentions, test_names, unit, used_helpers, used_operators,
};
use super::tests::{self, TestProgram};
use super::{Unit, reject};
use crate::fortran::helpers::Helpers;
use crate::fortran::names::spelling;
use crate::fortran::print;
use crate::fortran::tree::{Module, ModuleItem};
use crate::package::{Package, PackageFile, Part};
use grammars::Rejection;
use grammars::ir;
use std::collections::{BTreeMap, BTreeSet};

const EXTENSION: &str = "f90";

/// Names of other modules, by module.
type Uses = Vec<(String, Vec<String>)>;

/// Translates a package.
///
/// # Errors
/// A rejection `fortran.reason` for what has no right rendering.
pub fn translate(module: &ir::Module, package: &Package) -> Result<Vec<PackageFile>, Rejection> {
    let package = package.placed(module)?;
    if let Some(class) = module.classes().next() {
        let message = format!("the class `{}`, which modules of a package share", class.name);
        return reject("package", class.span, message);
    }
    let with_tests: Vec<ir::Module> =
        (0..package.parts.len()).map(|at| package.with_tests(module, at)).collect();
    let mut unit = unit(module)?;
    package.parts.iter().for_each(|part| unit.names.take(&module_name(part)));
    super::aliasing::check(module, &unit.signatures)?;
    let items = items(&mut unit)?;
    let tests = test_programs(&mut unit, &with_tests, &package)?;
    unit.module = module;
    super::classes::refuse_identity(&unit)?;
    let mut operators = BTreeMap::new();
    let (types, bound) = definitions(&mut unit, &mut operators);
    let helpers = unit.helpers.items(&mut unit.types, &mut unit.names);
    let shared = Module {
        name: format!("{}_types_mod", spelling(&package.name)),
        types,
        operators: operators.into_iter().collect(),
        procedures: bound,
        ..empty()
    };
    let names = Names::of(&mut unit, &package);
    let mut files = Vec::new();
    let ieee = intrinsic_uses(&unit.ieee);
    let shared_names = public_of_types(&shared);
    if !shared.types.is_empty() {
        let tree = Module { public: shared_names.clone(), ..shared.clone() };
        let path = format!("{}/{}.{EXTENSION}", package.name, shared.name.trim_end_matches("_mod"));
        files.push(PackageFile { path, text: finished(tree, &helpers, &ieee) });
    }
    let types = Shared { name: shared.name.clone(), public: shared_names };
    let mut tests = tests.into_iter().peekable();
    for (at, part) in package.parts.iter().enumerate() {
        let mut tree = Module { name: module_name(part), doc: lines(part.doc.as_deref()), ..empty() };
        tree.public = names.of_part(at);
        tree.constants = items.constants.iter().filter(|c| tree.public.contains(&c.name)).cloned().collect();
        tree.procedures = procedures(&items.procedures, &tree.public);
        if !tree.constants.is_empty() || !tree.procedures.is_empty() {
            tree.uses = names.uses(&package, &package.uses(module, at));
            types.add_to(&mut tree);
            let ending = format!(".{EXTENSION}");
            files.push(PackageFile { path: part.file(&ending), text: finished(tree, &helpers, &ieee) });
        }
        if let Some((_, test, operators)) = tests.next_if(|(of, _, _)| *of == at) {
            let mut uses = names.uses(&package, &package.test_uses(module, at));
            uses.extend(types.used_in(&test.text(), operators));
            files.push(PackageFile { path: part.test_file(EXTENSION), text: test.print_using(uses).0 });
        }
    }
    Ok(files)
}

/// The test programs of the parts that have tests, with the operators that they use.
fn test_programs<'m>(
    unit: &mut Unit<'m>,
    with_tests: &'m [ir::Module],
    package: &Package,
) -> Result<Vec<(usize, TestProgram, Vec<String>)>, Rejection> {
    let helpers = std::mem::take(&mut unit.helpers);
    let ieee = std::mem::take(&mut unit.ieee);
    let mut programs = Vec::new();
    for (at, (module, part)) in with_tests.iter().zip(&package.parts).enumerate() {
        if module.tests.is_empty() {
            continue;
        }
        unit.module = module;
        unit.test_names = Some(test_names(unit));
        unit.types.forget_recent();
        let stem = spelling(part.stem());
        let program = tests::program(unit, stem.strip_prefix("test_").unwrap_or(&stem))?;
        programs.push((at, program, used_operators(unit)));
        unit.helpers = Helpers::default();
        unit.ieee.clear();
    }
    unit.helpers = helpers;
    unit.ieee = ieee;
    unit.test_names = None;
    Ok(programs)
}

/// What the program's names are called in Fortran, by part.
struct Names(Vec<BTreeMap<String, String>>);

impl Names {
    fn of(unit: &mut Unit<'_>, package: &Package) -> Names {
        let mut parts = vec![BTreeMap::new(); package.parts.len()];
        for item in &unit.module.items {
            let name = match item {
                ir::Item::Function(function) => &function.name,
                ir::Item::Constant(constant) => &constant.name,
                ir::Item::Class(_) | ir::Item::Comment(_) => continue,
            };
            let target = unit.globals.get(name, &mut unit.names);
            if let Some(names) = package.part_of(name).and_then(|part| parts.get_mut(part)) {
                names.insert(name.clone(), target);
            }
        }
        Names(parts)
    }

    fn of_part(&self, at: usize) -> Vec<String> {
        self.0.get(at).into_iter().flat_map(|names| names.values().cloned()).collect()
    }

    fn uses(&self, package: &Package, uses: &BTreeMap<usize, BTreeSet<String>>) -> Uses {
        let entry = |(at, names): (&usize, &BTreeSet<String>)| {
            let part = package.parts.get(*at)?;
            let known = self.0.get(*at)?;
            let names: Vec<String> = names.iter().filter_map(|name| known.get(name).cloned()).collect();
            (!names.is_empty()).then(|| (module_name(part), names))
        };
        uses.iter().filter_map(entry).collect()
    }
}

/// The module of derived types.
struct Shared {
    name: String,
    public: Vec<String>,
}

impl Shared {
    fn add_to(&self, tree: &mut Module) {
        let text = print::module(tree);
        let operators = self.public.iter().filter(|name| name.contains('(')).cloned().collect();
        tree.uses.extend(self.used_in(&text, operators));
    }

    /// The names of the module that the text uses, with these operators.
    fn used_in(&self, text: &str, operators: Vec<String>) -> Option<(String, Vec<String>)> {
        let types = self.public.iter().filter(|name| !name.contains('(') && mentions(text, name));
        let mut used: Vec<String> = types.cloned().collect();
        if used.is_empty() && operators.is_empty() {
            return None;
        }
        used.extend(operators);
        Some((self.name.clone(), used))
    }
}

fn public_of_types(shared: &Module) -> Vec<String> {
    let types = shared.types.iter().map(|ty| ty.name.clone());
    types.chain(shared.operators.iter().map(|(operator, _)| format!("operator({operator})"))).collect()
}

/// The procedures with these names, each with the comment before it.
fn procedures(all: &[ModuleItem], names: &[String]) -> Vec<ModuleItem> {
    let mut chosen = Vec::new();
    let mut comment = None;
    for item in all {
        match item {
            ModuleItem::Comment(_) => comment = Some(item.clone()),
            ModuleItem::Procedure(procedure) if names.contains(&procedure.name) => {
                chosen.extend(comment.take());
                chosen.push(item.clone());
            }
            ModuleItem::Procedure(_) | ModuleItem::Helper(_) => comment = None,
        }
    }
    chosen
}

/// The text of a module with the helpers, kinds and intrinsic modules that it needs.
fn finished(mut tree: Module, helpers: &[ModuleItem], ieee: &Uses) -> String {
    let text = print::module(&tree);
    tree.procedures.extend(used_helpers(helpers.to_vec(), &text));
    let text = print::module(&tree);
    tree.kinds = kinds(&text);
    for (module, names) in ieee {
        let used: Vec<String> = names.iter().filter(|name| mentions(&text, name)).cloned().collect();
        if !used.is_empty() {
            tree.uses.insert(0, (module.clone(), used));
        }
    }
    print::module(&tree)
}

fn module_name(part: &Part) -> String {
    let words: Vec<&str> = part.words().collect();
    format!("{}_mod", spelling(&words.join("_")))
}

fn lines(doc: Option<&str>) -> Vec<String> {
    doc.map(|doc| doc.lines().map(str::to_owned).collect()).unwrap_or_default()
}

fn empty() -> Module {
    Module {
        name: String::new(),
        doc: Vec::new(),
        kinds: Vec::new(),
        uses: Vec::new(),
        public: Vec::new(),
        constants: Vec::new(),
        types: Vec::new(),
        constructors: Vec::new(),
        operators: Vec::new(),
        procedures: Vec::new(),
    }
}
