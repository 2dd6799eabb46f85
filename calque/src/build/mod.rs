//! Building a corpus: inputs in chunks, each chunk in rounds, results in order.

mod assemble;
mod round;
mod selection;
mod sink;
mod times;
mod work;

#[cfg(test)]
mod tests;

use crate::arguments;
use crate::cell;
use crate::failure::Failure;
use crate::guard;
use crate::progress::Progress;
use crate::settings::Settings;
use assemble::Product;
use corpora::readers::{self, Input, ReadOptions};
use corpora::{Audit, Manifest, TargetInfo, Tool};
use grammars::LangId;
use sink::Sink;
use std::path::Path;
use times::Times;
use translators::Target;
use validators::{Config, Confirm, Ladder, Probe};
use work::Work;

/// Inputs that are in memory at the same time.
const CHUNK_INPUTS: usize = 256;
/// Bytes of text after which a chunk ends early.
const CHUNK_BYTES: usize = 64 * 1024 * 1024;

/// The file of verdicts, beside the lock.
const VERDICTS: &str = "verdicts.redb";

/// What came of a build.
pub(crate) struct Built {
    /// The text report.
    pub(crate) report: String,
    /// Where the time went.
    pub(crate) times: String,
    /// How many records there are.
    pub(crate) records: usize,
    /// How many programs the machine failed to judge.
    pub(crate) unjudged: usize,
}

/// Builds the corpus that `settings` describe.
pub(crate) fn run(settings: &Settings) -> Result<Built, Failure> {
    let mut inputs = open(settings)?;
    let (state, lock) = sink::claim(&settings.out)?;
    let confirm = match settings.confirm {
        Confirm::Sample(_) => Confirm::Sample(settings.seed),
        other => other,
    };
    let ladder = Ladder::new(Config { cache: Some(state.join(VERDICTS)), confirm, ..cell::config()? })?;
    if let Some(notice) = ladder.notice() {
        eprintln!("calque: {notice}");
    }
    let manifest = manifest(settings, &ladder);
    announce_missing(&manifest);
    let work = Work {
        targets: settings.targets.iter().map(|choice| choice.0).collect(),
        level: settings.level,
        inputs: settings.agreement(),
        ladder: &ladder,
        times: Times::new(),
    };
    let sink = Sink::open(settings, manifest, lock)?;
    let total = settings.sources.iter().map(|path| readers::count(path)).sum();
    let progress = Progress::new(total);
    guard::with_workers(settings.jobs, move || drive(&mut inputs, &work, sink, progress))
}

/// Every input, in order.
type Inputs = Box<dyn Iterator<Item = Input> + Send>;

/// Opens all sources before anything is written, so that a wrong path costs nothing.
fn open(settings: &Settings) -> Result<Inputs, Failure> {
    let options = ReadOptions { license: settings.license.clone() };
    let opened = settings.sources.iter().map(|path| readers::read(path, &options));
    let opened = opened.collect::<Result<Vec<_>, _>>()?;
    Ok(Box::new(opened.into_iter().flatten()))
}

/// Works through the inputs chunk by chunk.
fn drive(
    inputs: &mut Inputs,
    work: &Work<'_>,
    mut sink: Sink,
    mut progress: Progress,
) -> Result<Built, Failure> {
    let mut done = 0;
    loop {
        let chunk = next_chunk(inputs);
        if chunk.is_empty() {
            break;
        }
        let inputs = chunk.len();
        let round = round::run(work, chunk)?;
        sink.audit(round.audit);
        for product in round.products {
            match product {
                Product::Record(record) => sink.record(*record)?,
                Product::Rejected(rejected) => sink.reject(rejected)?,
            }
        }
        done += inputs;
        progress.advance(inputs, &format!("{} records", sink.count()));
    }
    progress.finish();
    let finished = sink.finish(done)?;
    Ok(Built {
        report: finished.report,
        times: work.times.text(),
        records: finished.records,
        unjudged: finished.unjudged,
    })
}

fn next_chunk(inputs: &mut Inputs) -> Vec<Input> {
    let mut chunk = Vec::new();
    let mut bytes = 0;
    while chunk.len() < CHUNK_INPUTS && bytes < CHUNK_BYTES {
        let Some(input) = inputs.next() else { break };
        bytes += input.as_ref().map_or(0, |source| source.text.len());
        chunk.push(input);
    }
    chunk
}

/// What is asked for, and the tools of this machine.
fn manifest(settings: &Settings, ladder: &Ladder) -> Manifest {
    Manifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        name: settings.name.clone(),
        sources: settings.sources.iter().map(|path| base_name(path)).collect(),
        inputs: 0,
        level: settings.level,
        seed: settings.seed,
        format: settings.format,
        isolation: ladder.isolation().as_str().to_owned(),
        near_duplicates: settings.near_duplicates,
        decontaminated: settings.decontaminate.iter().map(|path| base_name(path)).collect(),
        audit: Audit { confirm: arguments::confirm_word(settings.confirm).to_owned(), ..Audit::default() },
        oracles: oracles(ladder),
        targets: settings.targets.iter().map(|choice| target_info(choice.0, ladder)).collect(),
    }
}

/// The last name of a path, whatever way leads to it.
fn base_name(path: &Path) -> String {
    let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    absolute.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The tools that run sources: those of the doctor's languages that are no targets.
fn oracles(ladder: &Ladder) -> Vec<Tool> {
    let sources = [LangId::PYTHON, LangId::JAVA];
    let probes = ladder.doctor().into_iter().filter(|probe| sources.contains(&probe.lang));
    probes
        .map(|probe| Tool {
            name: probe.lang.to_string(),
            version: ladder.toolchain_version(&probe.lang),
            advice: (!probe.usable()).then(|| advice(&probe)),
        })
        .collect()
}

fn target_info(target: &dyn Target, ladder: &Ladder) -> TargetInfo {
    let spec = target.spec();
    let version = ladder.toolchain_version(&spec.id);
    let advice = version.is_none().then(|| remedy(ladder, target));
    TargetInfo {
        id: spec.id.clone(),
        name: spec.name.to_owned(),
        translator: assemble::translator(target),
        toolchain: Tool { name: spec.name.to_owned(), version, advice },
        records: 0,
    }
}

/// What to do about a target's missing tools.
fn remedy(ladder: &Ladder, target: &dyn Target) -> String {
    let probe = ladder.doctor().into_iter().find(|probe| probe.lang == target.spec().id);
    probe.map_or_else(|| "no toolchain is registered".to_owned(), |probe| advice(&probe))
}

/// What is wrong with a language's tools, and what to do about it.
fn advice(probe: &Probe) -> String {
    let problem = |tool: &validators::Tool| {
        tool.problem.as_ref().map(|problem| format!("{}: {problem}; {}", tool.name, tool.remedy))
    };
    probe.tools.iter().filter_map(problem).collect::<Vec<_>>().join("; ")
}

/// Says at the start which rungs there are not.
fn announce_missing(manifest: &Manifest) {
    for target in &manifest.targets {
        if let Some(advice) = &target.toolchain.advice {
            eprintln!("calque: {} cannot be judged here, nothing of it will be kept: {advice}", target.name);
        }
    }
    for oracle in &manifest.oracles {
        if let Some(advice) = &oracle.advice {
            eprintln!("calque: sources in {} cannot run their own tests here: {advice}", oracle.name);
        }
    }
    if manifest.isolation == "none" {
        eprintln!("calque: programs cannot be isolated here, so that none will be run; see `calque doctor`");
    }
}
