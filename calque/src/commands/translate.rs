//! `calque translate`: programs in, programs and tests of the target language out.

use super::packages;
use crate::arguments::TranslateArguments;
use crate::failure::Failure;
use crate::oracle::{self, Setback};
use crate::{compile, diagnostics, guard, output, package};
use corpora::Source;
use corpora::readers::{self, Input, ReadOptions};
use grammars::ir::Module;
use grammars::{LangId, Rejection};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use translators::{Target, Translation};
use validators::Ladder;

/// An input with its typed program, or why there is none.
struct Prepared {
    input: Input,
    module: Result<Module, Rejection>,
}

/// Runs the command.
pub(crate) fn run(arguments: &TranslateArguments) -> Result<ExitCode, Failure> {
    let inputs = read(&arguments.files)?;
    let mut sink = Sink::open(arguments.out.as_deref(), inputs.len() > 1)?;
    if let (Some(out), [folder]) = (&arguments.out, arguments.files.as_slice())
        && let Some(code) = packages::run(arguments, folder, &inputs, out)?
    {
        return Ok(code);
    }
    let ladder = if arguments.no_oracle { None } else { oracle::ladder(&languages(&inputs)) };
    let prepared: Vec<Prepared> = guard::with_workers(arguments.jobs.jobs, || {
        inputs.into_par_iter().map(|input| prepare(input, ladder.as_ref())).collect()
    })?;
    let mut translated = 0;
    let mut rejected = Vec::new();
    for target in &arguments.to.targets {
        let translations: Vec<_> = guard::with_workers(arguments.jobs.jobs, || {
            Ok(prepared.par_iter().map(|prepared| translate(prepared, target.0)).collect())
        })?;
        for (prepared, translation) in prepared.iter().zip(translations) {
            match sink.accept(prepared, translation, target.0)? {
                Ok(()) => translated += 1,
                Err(rejection) => {
                    diagnostics::print(prepared.path(), prepared.text(), &rejection);
                    rejected.push(Rejected::new(prepared.path(), target.0, rejection));
                }
            }
        }
    }
    sink.finish(&rejected)?;
    eprintln!("{translated} translated, {} rejected", rejected.len());
    Ok(if translated == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Prepared {
    fn path(&self) -> &str {
        self.input.as_ref().map_or_else(|unreadable| &unreadable.origin.path, |source| &source.origin.path)
    }

    fn stem(&self) -> &str {
        self.input.as_ref().map_or_else(|unreadable| &unreadable.origin.stem, |source| &source.origin.stem)
    }

    fn text(&self) -> &str {
        self.input.as_ref().map_or("", |source| &source.text)
    }
}

/// Everything that the paths name, in order.
fn read(paths: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    let mut inputs = Vec::new();
    for path in paths {
        let before = inputs.len();
        inputs.extend(readers::read(path, &ReadOptions::default())?);
        if inputs.len() == before {
            return Err(Failure::new(format!("{} contains no programs (.py, .java)", path.display())));
        }
    }
    Ok(inputs)
}

/// The source languages of the inputs.
pub(super) fn languages(inputs: &[Input]) -> BTreeSet<LangId> {
    inputs.iter().flatten().map(|source| source.lang.clone()).collect()
}

/// Reads an input, lets it pass its own tests, and finds its types.
fn prepare(input: Input, ladder: Option<&Ladder>) -> Result<Prepared, Failure> {
    let module = match &input {
        Ok(source) => match typed(source, ladder) {
            Ok(module) => Ok(module),
            Err(Setback::Rejected(rejection)) => Err(rejection),
            Err(Setback::Failed(failure)) => return Err(failure.into()),
        },
        Err(unreadable) => Err(unreadable.rejection.clone()),
    };
    Ok(Prepared { input, module })
}

fn typed(source: &Source, ladder: Option<&Ladder>) -> Result<Module, Setback> {
    let linked = guard::guarded(|| package::link(source)).map_err(Setback::Rejected)?;
    let source = linked.as_ref().map_or(source, |(linked, _)| linked);
    let mut program = guard::guarded(|| compile::parse(source)).map_err(Setback::Rejected)?;
    if let Some(ladder) = ladder {
        for refuted in oracle::consult(ladder, source, &source.text, &mut program)? {
            diagnostics::print(&source.origin.path, &source.text, &refuted.rejection);
        }
    }
    guard::guarded(|| compile::typed(&program, source)).map_err(Setback::Rejected)
}

fn translate(prepared: &Prepared, target: &dyn Target) -> Result<Translation, Rejection> {
    let module = prepared.module.as_ref().map_err(Clone::clone)?;
    guard::guarded(|| target.translate(module))
}

/// One line of `rejections.jsonl`.
#[derive(Serialize)]
struct Rejected {
    file: String,
    target: String,
    stage: String,
    code: String,
    message: String,
    line: u32,
    start: u32,
    end: u32,
}

impl Rejected {
    fn new(file: &str, target: &dyn Target, rejection: Rejection) -> Self {
        Rejected {
            file: file.to_owned(),
            target: target.spec().id.to_string(),
            stage: rejection.code.stage().to_owned(),
            code: rejection.code.to_string(),
            message: rejection.message,
            line: rejection.span.line,
            start: rejection.span.start,
            end: rejection.span.end,
        }
    }
}

/// Where translations go.
enum Sink {
    /// To stdout; with headings where there are several inputs.
    Stdout { headings: bool },
    /// Into a folder; `taken` maps the names used to the inputs that use them.
    Folder { folder: PathBuf, taken: BTreeMap<String, String> },
}

impl Sink {
    fn open(folder: Option<&Path>, headings: bool) -> Result<Sink, Failure> {
        let Some(folder) = folder else { return Ok(Sink::Stdout { headings }) };
        fs::create_dir_all(folder).map_err(|error| Failure::write(folder, error))?;
        Ok(Sink::Folder { folder: folder.to_owned(), taken: BTreeMap::new() })
    }

    /// Writes a translation, or says why the input was rejected.
    fn accept(
        &mut self,
        prepared: &Prepared,
        translation: Result<Translation, Rejection>,
        target: &dyn Target,
    ) -> Result<Result<(), Rejection>, Failure> {
        match self {
            Sink::Stdout { headings } => match translation {
                Ok(translation) => print(prepared.path(), &translation, *headings).map(Ok),
                Err(rejection) => Ok(Err(rejection)),
            },
            Sink::Folder { folder, taken } => {
                let extension = target.spec().extension;
                let names = ["", "_test"].map(|end| format!("{}{end}.{extension}", prepared.stem()));
                if let Some(other) = names.iter().find_map(|name| taken.get(name)) {
                    return Ok(Err(same_name(other)));
                }
                for name in &names {
                    taken.insert(name.clone(), prepared.path().to_owned());
                }
                let [program, tests] = names.map(|name| folder.join(name));
                let written = translation.as_ref().ok();
                put(&program, written.map(|t| t.program.as_str()))?;
                put(&tests, written.map(|t| t.tests.as_str()).filter(|tests| !tests.is_empty()))?;
                Ok(translation.map(drop))
            }
        }
    }

    fn finish(self, rejected: &[Rejected]) -> Result<(), Failure> {
        let Sink::Folder { folder, .. } = self else { return Ok(()) };
        let path = folder.join("rejections.jsonl");
        let write = || -> io::Result<()> {
            let mut file = BufWriter::new(File::create(&path)?);
            for line in rejected {
                serde_json::to_writer(&mut file, line)?;
                file.write_all(b"\n")?;
            }
            file.flush()
        };
        write().map_err(|error| Failure::write(&path, error))
    }
}

/// Writes `text`; without text, removes what an earlier run left under this name.
fn put(path: &Path, text: Option<&str>) -> Result<(), Failure> {
    let done = match text {
        Some(text) => fs::write(path, text),
        None => match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        },
    };
    done.map_err(|error| Failure::write(path, error))
}

fn print(path: &str, translation: &Translation, heading: bool) -> Result<(), Failure> {
    let mut text = String::new();
    if heading {
        text.push_str(&format!("==> {path} <==\n"));
    }
    text.push_str(&translation.program);
    if !translation.tests.is_empty() {
        text.push('\n');
        text.push_str(&translation.tests);
    }
    output::print(&text)
}

fn same_name(other: &str) -> Rejection {
    let message = format!(
        "Its translation would have the same file name as that of {other}; translate it into another folder."
    );
    Rejection::new("translate.same-name", grammars::Span::default(), message)
}
