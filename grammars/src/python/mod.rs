//! The Python front end: source text to the surface tree.

mod builtins;
mod class;
mod comments;
mod doc;
pub mod equivalents;
mod expr;
mod function;
mod hint;
pub mod linking;
mod literal;
mod lower;
mod matching;
pub mod regex;
mod scope;
mod session;
mod stmt;
mod string;
mod testing;

#[cfg(test)]
mod tests;

use crate::surface::Module;
use crate::{LangId, Rejection, tree};

/// What the grammar takes and only Python 2 has.
const PYTHON_2: &[&str] = &["print_statement", "exec_statement", "<>"];

/// Reads a Python 3 file.
///
/// `name` is the file's stem. What the surface tree has no node for becomes an `Unsupported`
/// statement or expression, so that the rest of the file remains usable.
///
/// # Errors
///
/// A rejection that takes the whole file: `python.size`, `python.binary`, `python.empty`,
/// `python.syntax`, `python.nesting`.
pub fn parse(name: &str, source: &str) -> Result<Module, Rejection> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let tree = tree::parse("python", &tree_sitter_python::LANGUAGE.into(), PYTHON_2, source)?;
    let mut lowering = lower::Lowering::new(source);
    let (doc, body) = lowering.module(tree.root_node())?;
    let separated = testing::separate(name, doc.as_ref(), body);
    Ok(Module {
        lang: LangId::PYTHON,
        name: name.to_owned(),
        doc,
        body: separated.program,
        tests: separated.tests,
    })
}
