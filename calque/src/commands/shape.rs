//! `calque shape`: from the records of a build to what a trainer reads.

use crate::arguments::{CutChoice, ShapeArguments, ShapeKind, TaskChoice, Way};
use crate::failure::Failure;
use crate::progress::Progress;
use corpora::readers::rows;
use corpora::shapes::convention::{Alpaca, Convention, Messages, Prompt, ShareGpt};
use corpora::shapes::fim::{Context, Cut, MODELS, Sentinels};
use corpora::shapes::{
    Chat, Fim, Length, Plain, Repositories, Shape, Task, Written, card, data_file, write, write_repositories,
};
use corpora::{Format, Language, Languages, Manifest, Record, writers};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs the command.
pub(crate) fn run(arguments: &ShapeArguments) -> Result<ExitCode, Failure> {
    let manifest = super::report::manifest(&arguments.corpus)?;
    claim(&arguments.out)?;
    let seed = arguments.seed.unwrap_or(manifest.seed);
    let (written, how) =
        crate::guard::with_workers(arguments.jobs.jobs, || shaped(arguments, &manifest, seed))?;
    let format = arguments.format.unwrap_or_default();
    remove_stale(&arguments.out, &written, format)?;
    let name = format!("{}: {}", manifest.name, arguments.shape.as_str());
    let card = card(&name, &how, format, &written);
    writers::write_text(&arguments.out.join("README.md"), &card)?;
    let rows: usize = written.rows.values().sum();
    let dropped: usize = written.dropped.values().sum();
    eprintln!("{rows} rows in {}; {dropped} records left out", arguments.out.display());
    Ok(if rows == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The folder has to be new, empty, or that of an earlier run.
fn claim(folder: &Path) -> Result<(), Failure> {
    let ours = folder.join("dropped.jsonl").exists();
    let filled = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if filled && !ours {
        let message = format!("{} is not empty and was not made by calque shape", folder.display());
        return Err(Failure::new(message));
    }
    Ok(())
}

/// Removes the tables of an earlier run with other splits or another format: they would be read with the new ones.
fn remove_stale(folder: &Path, written: &Written, format: Format) -> Result<(), Failure> {
    let kept: Vec<PathBuf> = written.rows.keys().map(|split| folder.join(data_file(split, format))).collect();
    let fail = |error| Failure::write(folder, error);
    let Ok(entries) = std::fs::read_dir(folder.join("data")) else { return Ok(()) };
    for entry in entries {
        let path = entry.map_err(fail)?.path();
        if !kept.contains(&path) {
            std::fs::remove_file(&path).map_err(fail)?;
        }
    }
    Ok(())
}

/// Writes the rows; returns also how they were made, a line each.
fn shaped(
    arguments: &ShapeArguments,
    manifest: &Manifest,
    seed: u64,
) -> Result<(Written, Vec<String>), Failure> {
    let languages = languages();
    let mut how = vec![format!("shape: {}", arguments.shape.as_str()), format!("seed: {seed}")];
    let written = match arguments.shape {
        ShapeKind::Text => {
            let shape = Plain { languages, with_tests: arguments.with_tests };
            run_shape(&shape, arguments, manifest)?
        }
        ShapeKind::Repository => {
            let shape = Repositories { languages, context: context(arguments)? };
            let folder = &arguments.out;
            let format = arguments.format.unwrap_or_default();
            let mut progress = progress(manifest);
            let advance = |count| progress.advance(count, "read");
            write_repositories(&shape, records(arguments, manifest)?, folder, format, advance)?
        }
        ShapeKind::Fim => {
            let shape = fim(arguments, seed)?;
            how.push(format!("sentinels: {:?}", shape.sentinels));
            how.push(format!("rate {}, of which SPM {}, cut by {:?}", shape.rate, shape.spm, shape.cut));
            run_shape(&shape, arguments, manifest)?
        }
        ShapeKind::Chat => conversation(tasks(arguments), languages, arguments, manifest, seed)?,
        ShapeKind::Pairs => conversation(Task::PAIRS.to_vec(), languages, arguments, manifest, seed)?,
    };
    Ok((written, how))
}

/// All languages that a corpus may hold.
fn languages() -> Languages {
    let language = |target: &&'static dyn translators::Target| {
        let spec = target.spec();
        Language::new(spec.id.clone(), spec.name, spec.extension, spec.comment)
    };
    Languages::new(translators::targets().iter().map(language))
}

fn progress(manifest: &Manifest) -> Progress {
    Progress::new(manifest.targets.iter().map(|target| target.records).sum())
}

/// The records of all targets that are asked for, target after target.
fn records<'a>(
    arguments: &ShapeArguments,
    manifest: &'a Manifest,
) -> Result<impl Iterator<Item = Result<Record, Failure>> + use<'a>, Failure> {
    let asked = |id: &grammars::LangId| {
        arguments.lang.is_empty() || arguments.lang.iter().any(|choice| choice.0.spec().id == *id)
    };
    let tables = manifest.targets.iter().filter(|target| target.records > 0 && asked(&target.id));
    let open = |id| rows::<Record>(&arguments.corpus.join(manifest.data_file(id)), manifest.format);
    let tables = tables.map(|target| open(&target.id)).collect::<Result<Vec<_>, _>>()?;
    Ok(tables.into_iter().flatten().map(|row| row.map_err(Failure::from)))
}

fn run_shape<S: Shape>(
    shape: &S,
    arguments: &ShapeArguments,
    manifest: &Manifest,
) -> Result<Written, Failure> {
    let mut progress = progress(manifest);
    let format = arguments.format.unwrap_or_default();
    let advance = |count| progress.advance(count, "shaped");
    let written = write(shape, records(arguments, manifest)?, &arguments.out, format, advance)?;
    progress.finish();
    Ok(written)
}

fn conversation(
    tasks: Vec<Task>,
    languages: Languages,
    arguments: &ShapeArguments,
    manifest: &Manifest,
    seed: u64,
) -> Result<Written, Failure> {
    fn ask<C: Convention + Send>(
        (tasks, languages): (Vec<Task>, Languages),
        arguments: &ShapeArguments,
        manifest: &Manifest,
        seed: u64,
    ) -> Result<Written, Failure> {
        let shape = Chat::<C> { languages, tasks, seed, convention: PhantomData };
        run_shape(&shape, arguments, manifest)
    }
    let what = (tasks, languages);
    match arguments.convention {
        Way::Messages => ask::<Messages>(what, arguments, manifest, seed),
        Way::Sharegpt => ask::<ShareGpt>(what, arguments, manifest, seed),
        Way::Alpaca => ask::<Alpaca>(what, arguments, manifest, seed),
        Way::Prompt => ask::<Prompt>(what, arguments, manifest, seed),
    }
}

fn tasks(arguments: &ShapeArguments) -> Vec<Task> {
    if arguments.tasks.is_empty() {
        return Task::CHAT.to_vec();
    }
    let task = |choice: &TaskChoice| match choice {
        TaskChoice::Write => Task::Write,
        TaskChoice::Tests => Task::Tests,
        TaskChoice::Explain => Task::Explain,
        TaskChoice::Complete => Task::Complete,
    };
    arguments.tasks.iter().map(task).collect()
}

fn context(arguments: &ShapeArguments) -> Result<Option<Context>, Failure> {
    let length = match &arguments.tokenizer {
        Some(path) => Length::of_tokenizer(path).map_err(|error| Failure::new(error.to_string()))?,
        None => Length::Characters,
    };
    Ok(arguments.context.map(|size| Context { length, size }))
}

fn fim(arguments: &ShapeArguments, seed: u64) -> Result<Fim, Failure> {
    let sentinels = match arguments.sentinels.as_slice() {
        [] => Sentinels::of_model(&arguments.model).ok_or_else(|| {
            let known = MODELS.join(", ");
            Failure::usage(format!(
                "no sentinels are known for {}; known are {known}, or give --sentinels",
                arguments.model
            ))
        })?,
        [prefix, suffix, middle, end] => Sentinels::custom(prefix, suffix, middle, end),
        _ => return Err(Failure::usage("give --sentinels as PREFIX,SUFFIX,MIDDLE,END")),
    };
    let default = match (sentinels.psm, sentinels.spm) {
        (None, _) => 1.0,
        (_, None) => 0.0,
        _ => 0.5,
    };
    let cut = match arguments.cut {
        CutChoice::Character => Cut::Character,
        CutChoice::Line => Cut::Line,
        CutChoice::Node => Cut::Node,
    };
    let spm = arguments.spm.unwrap_or(default);
    let fim = Fim { sentinels, rate: arguments.rate, spm, cut, context: context(arguments)?, seed };
    fim.check().map_err(Failure::usage)?;
    Ok(fim)
}
