//! From a source to the typed IR: front end, inference, passes.

use corpora::Source;
use grammars::{LangId, Rejection, Span, ir, surface};
use translators::{analysed, infer};

/// What a front end delivers.
#[derive(Debug)]
pub(crate) enum Program {
    /// A program of a dynamically typed language, its types yet to be found.
    Surface(surface::Module),
    /// A typed program.
    Typed(ir::Module),
}

impl Program {
    /// It has tests of its own.
    pub(crate) fn has_tests(&self) -> bool {
        match self {
            Program::Surface(module) => !module.tests.is_empty(),
            Program::Typed(module) => !module.tests.is_empty(),
        }
    }

    /// Where the test called `name` stands.
    pub(crate) fn test_span(&self, name: &str) -> Option<Span> {
        match self {
            Program::Surface(module) => {
                module.tests.iter().find(|test| test.name == name).map(|test| test.span)
            }
            Program::Typed(module) => {
                module.tests.iter().find(|test| test.name == name).map(|test| test.span)
            }
        }
    }
}

/// A front end: name and text in, program out.
type FrontEnd = fn(&str, &str) -> Result<Program, Rejection>;

/// The front ends, one line each.
const FRONT_ENDS: [(LangId, FrontEnd); 2] = [
    (LangId::PYTHON, |name, text| grammars::python::parse(name, text).map(Program::Surface)),
    (LangId::JAVA, |name, text| grammars::java::parse(name, text).map(Program::Typed)),
];

/// Reads `source` with the front end of its language.
pub(crate) fn parse(source: &Source) -> Result<Program, Rejection> {
    match FRONT_ENDS.iter().find(|(lang, _)| *lang == source.lang) {
        Some((_, front_end)) => with_definitions(front_end(&source.origin.stem, &source.text)?),
        None => {
            let message = format!("There is no front end for {}.", source.lang);
            Err(Rejection::new("read.language", Span::default(), message))
        }
    }
}

/// A file that defines nothing has nothing to translate.
fn with_definitions(program: Program) -> Result<Program, Rejection> {
    let is_definition = |stmt: &surface::Stmt| {
        matches!(stmt.kind, surface::StmtKind::Function(_) | surface::StmtKind::Class(_))
    };
    let defines = match &program {
        Program::Surface(module) => module.body.iter().any(is_definition),
        Program::Typed(module) => module.functions().next().is_some() || module.classes().next().is_some(),
    };
    if defines {
        return Ok(program);
    }
    let message = "The file defines no function and no class.";
    Err(Rejection::new("source.no-definitions", Span::default(), message))
}

/// The typed program, with what all targets rely on; `source` may name the entry point.
pub(crate) fn typed(program: &Program, source: &Source) -> Result<ir::Module, Rejection> {
    analysed(inferred(program, source)?)
}

/// The typed program as [`typed`] finds it before the analyses.
pub(crate) fn inferred(program: &Program, source: &Source) -> Result<ir::Module, Rejection> {
    let mut module = match program {
        Program::Surface(module) => infer(module)?,
        Program::Typed(module) => module.clone(),
    };
    if let Some(entry) = source.entry_point.as_ref().filter(|name| module.function(name).is_some()) {
        module.entry_point = Some(entry.clone());
    }
    Ok(module)
}

/// The definitions of `program`, each with what it needs, where it can be cut.
pub(crate) fn parts(program: &Program) -> Vec<surface::Module> {
    match program {
        Program::Surface(module) => surface::slice::units(module),
        Program::Typed(_) => Vec::new(),
    }
}
