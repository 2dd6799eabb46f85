//! `calque translate PACKAGE_DIR`: the modules of a package as modules of the target language.

use super::translate::languages;
use crate::arguments::TranslateArguments;
use crate::failure::Failure;
use crate::oracle::{self, Setback};
use crate::package::{self, Whole};
use crate::{compile, diagnostics, guard};
use corpora::readers::Input;
use corpora::{Source, writers};
use grammars::{Rejection, ir};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// Translates the package in `folder` to `out`; `None` where the folder is no package, or its modules
/// do not go together, which is said: its files are then translated one by one.
pub(super) fn run(
    arguments: &TranslateArguments,
    folder: &Path,
    inputs: &[Input],
    out: &Path,
) -> Result<Option<ExitCode>, Failure> {
    // Files without a line, as many `__init__` are, belong to the package as well.
    let sources: Vec<&Source> = inputs.iter().flatten().collect();
    let whole = match guard::guarded(|| package::whole(folder, &sources)) {
        Ok(Some(whole)) => whole,
        Ok(None) => return Ok(None),
        Err(rejection) => {
            refuse(folder, "", &rejection);
            return Ok(None);
        }
    };
    let module = match typed(arguments, inputs, &whole) {
        Ok(module) => module,
        Err(Setback::Rejected(rejection)) => {
            refuse(folder, &whole.source.text, &rejection);
            return Ok(None);
        }
        Err(Setback::Failed(failure)) => return Err(failure.into()),
    };
    let mut translations = Vec::new();
    for target in &arguments.to.targets {
        match guard::guarded(|| target.0.translate_package(&module, &whole.package)) {
            Ok(files) => translations.push(files),
            Err(rejection) => refuse(folder, &whole.source.text, &rejection),
        }
    }
    if translations.is_empty() {
        return Ok(None);
    }
    let mut written = 0;
    for file in translations.iter().flatten() {
        let path = out.join(&file.path);
        let parent = path.parent().unwrap_or(out);
        fs::create_dir_all(parent).map_err(|error| Failure::write(parent, error))?;
        writers::write_text(&path, &file.text)?;
        written += 1;
    }
    eprintln!("{} modules translated, {written} files written", whole.package.parts.len());
    Ok(Some(ExitCode::SUCCESS))
}

fn typed(arguments: &TranslateArguments, inputs: &[Input], whole: &Whole) -> Result<ir::Module, Setback> {
    let ladder = if arguments.no_oracle { None } else { oracle::ladder(&languages(inputs)) };
    let mut program = guard::guarded(|| compile::parse(&whole.source)).map_err(Setback::Rejected)?;
    if let Some(ladder) = ladder {
        let text = &whole.source.text;
        for refuted in oracle::consult(&ladder, &whole.source, text, &mut program)? {
            diagnostics::print(&whole.source.origin.path, text, &refuted.rejection);
        }
    }
    guard::guarded(|| compile::typed(&program, &whole.source)).map_err(Setback::Rejected)
}

/// Says why the package is not translated as one.
fn refuse(folder: &Path, text: &str, rejection: &Rejection) {
    diagnostics::print(&folder.display().to_string(), text, rejection);
}
