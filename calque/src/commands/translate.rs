//! `calque translate`: programs in, programs and tests of the target language out.

use crate::arguments::TranslateArguments;
use crate::failure::Failure;
use crate::{compile, diagnostics, guard};
use corpora::readers::{self, Input, ReadOptions};
use grammars::Rejection;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use translators::{Target, Translation};

/// One input translated to one target.
struct Outcome {
    path: String,
    stem: String,
    text: String,
    result: Result<Translation, Rejection>,
}

/// Runs the command.
pub(crate) fn run(arguments: &TranslateArguments) -> Result<ExitCode, Failure> {
    let inputs = read(&arguments.files)?;
    let mut translated = 0;
    let mut rejected = Vec::new();
    let mut sink = Sink::open(arguments.out.as_deref(), inputs.len() > 1)?;
    for target in &arguments.to.targets {
        let outcomes = guard::with_workers(arguments.jobs.jobs, || {
            Ok(inputs.par_iter().map(|input| translate(input, target.0)).collect::<Vec<_>>())
        })?;
        for outcome in outcomes {
            match sink.accept(&outcome, target.0)? {
                Ok(()) => translated += 1,
                Err(rejection) => {
                    diagnostics::print(&outcome.path, &outcome.text, &rejection);
                    rejected.push(Rejected::new(&outcome.path, target.0, rejection));
                }
            }
        }
    }
    sink.finish(&rejected)?;
    eprintln!("{translated} translated, {} rejected", rejected.len());
    Ok(if translated == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
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

fn translate(input: &Input, target: &dyn Target) -> Outcome {
    match input {
        Err(unreadable) => Outcome {
            path: unreadable.path.clone(),
            stem: unreadable.stem.clone(),
            text: String::new(),
            result: Err(unreadable.rejection.clone()),
        },
        Ok(source) => Outcome {
            path: source.path.clone(),
            stem: source.stem.clone(),
            text: source.text.clone(),
            result: guard::guarded(|| target.translate(&compile::typed(source)?)),
        },
    }
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
    fn accept(&mut self, outcome: &Outcome, target: &dyn Target) -> Result<Result<(), Rejection>, Failure> {
        match self {
            Sink::Stdout { headings } => match &outcome.result {
                Ok(translation) => print(&outcome.path, translation, *headings).map(Ok),
                Err(rejection) => Ok(Err(rejection.clone())),
            },
            Sink::Folder { folder, taken } => {
                let extension = target.spec().extension;
                let names = ["", "_test"].map(|end| format!("{}{end}.{extension}", outcome.stem));
                if let Some(other) = names.iter().find_map(|name| taken.get(name)) {
                    return Ok(Err(same_name(other)));
                }
                for name in &names {
                    taken.insert(name.clone(), outcome.path.clone());
                }
                let [program, tests] = names.map(|name| folder.join(name));
                put(&program, outcome.result.as_ref().ok().map(|t| t.program.as_str()))?;
                put(
                    &tests,
                    outcome.result.as_ref().ok().map(|t| t.tests.as_str()).filter(|t| !t.is_empty()),
                )?;
                Ok(outcome.result.as_ref().map(drop).map_err(Clone::clone))
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
    io::stdout()
        .lock()
        .write_all(text.as_bytes())
        .map_err(|error| Failure::new(format!("cannot write to stdout: {error}")))
}

fn same_name(other: &str) -> Rejection {
    let message = format!(
        "Its translation would have the same file name as that of {other}; translate it into another folder."
    );
    Rejection::new("translate.same-name", grammars::Span::default(), message)
}
