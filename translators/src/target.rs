//! What a target language offers to the rest of calque.

use crate::package::{Package, PackageFile};
use grammars::ir::Module;
use grammars::{LangId, Rejection};

/// What a target says about itself, so that nothing outside its folder matches on its name.
#[derive(Clone, Debug)]
pub struct TargetSpec {
    /// Identifier.
    pub id: LangId,
    /// For people: `Julia`.
    pub name: &'static str,
    /// File ending without dot.
    pub extension: &'static str,
    /// How a line that is a comment begins, up to the text: `# `.
    pub comment: &'static str,
    /// Changes whenever the output may change; part of a record's id.
    pub version: u32,
}

/// A program in the target language with its tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The program.
    pub program: String,
    /// The tests: a file to run after the program (Julia), or a main program to compile with it.
    /// Empty where the source has no tests.
    pub tests: String,
    /// How many checks `tests` makes; at least one for each assert of the source.
    pub checks: usize,
    /// What the representation cannot hold, one short sentence each; in order, without repeats.
    pub domain: Vec<String>,
    /// Those of them that can be told of a value.
    pub limits: Limits,
}

/// What values the representations of a translation hold, beside integers of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Text outside of ASCII.
    pub beyond_ascii: bool,
    /// Characters of one text.
    pub text: usize,
    /// Items of one list, set or dict.
    pub items: usize,
}

impl Limits {
    /// As much as memory holds.
    pub const NONE: Limits = Limits { beyond_ascii: true, text: usize::MAX, items: usize::MAX };
}

/// A target language: typed IR in, text out.
pub trait Target: Sync {
    /// What it is.
    fn spec(&self) -> &TargetSpec;

    /// Translates a module with its tests.
    ///
    /// # Errors
    /// A [`Rejection`] with a code `ID.reason` where the target has no right rendering. If one
    /// check cannot be translated, the whole module is rejected: tests are never weakened.
    fn translate(&self, module: &Module) -> Result<Translation, Rejection>;

    /// Translates a package, typed as one module, to one file for each of its modules, with a file
    /// of tests beside those that have some.
    ///
    /// # Errors
    /// As [`Target::translate`]; also where the modules cannot be told apart in the target.
    fn translate_package(&self, module: &Module, package: &Package) -> Result<Vec<PackageFile>, Rejection>;
}
