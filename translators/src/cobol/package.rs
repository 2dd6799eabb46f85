//! Packages: the programs of each module in a file of their own, calling those of the others.

use super::capacity::Capacities;
use super::lower;
use super::print::print;
use super::tree::Program;
use crate::package::{Package, PackageFile};
use grammars::Rejection;
use grammars::ir::Module;
use std::collections::BTreeMap;

const EXTENSION: &str = "cob";

/// Translates a legalised package.
pub fn translate(module: &Module, package: &Package) -> Result<Vec<PackageFile>, Rejection> {
    let package = package.placed(module)?;
    let capacities = Capacities::of(module);
    let context = lower::Context { signatures: lower::signatures(module), capacities, module };
    let mut programs: BTreeMap<usize, Vec<Program>> = BTreeMap::new();
    for program in lower::programs(&context)? {
        let name = context.signatures.iter().find(|(_, signature)| signature.id == program.id);
        let part = name.and_then(|(name, _)| package.part_of(name)).unwrap_or_default();
        programs.entry(part).or_default().push(program);
    }
    let mut files = Vec::new();
    for (at, part) in package.parts.iter().enumerate() {
        if let Some(programs) = programs.get(&at) {
            let ending = format!(".{EXTENSION}");
            files.push(PackageFile { path: part.file(&ending), text: print(programs) });
        }
        let module = package.with_tests(module, at);
        let context = lower::Context {
            signatures: context.signatures.clone(),
            capacities: Capacities::of(context.module),
            module: &module,
        };
        if let Some((tests, _)) = lower::test_program(&context)? {
            files.push(PackageFile { path: part.test_file(EXTENSION), text: print(&[tests]) });
        }
    }
    Ok(files)
}
