//! Judges a folder of translations one by one and together, says where the two differ, and what each cost.
//!
//! usage: together LANG FOLDER HELPER [--only together|alone] [--limit N]
//!
//! FOLDER holds STEM.EXT and STEM_test.EXT as `calque translate` writes them; HELPER is a binary of calque.

use grammars::{LangId, Level};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;
use validators::{Candidate, Config, Ladder, Outcome, toolchains};

type Outcomes = Vec<Outcome>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let usage = "usage: together LANG FOLDER HELPER [--only together|alone] [--limit N]";
    let (lang, folder, helper) =
        (words.next().ok_or(usage)?, words.next().ok_or(usage)?, words.next().ok_or(usage)?);
    let (mut only, mut limit) = (String::new(), usize::MAX);
    while let (Some(option), Some(value)) = (words.next(), words.next()) {
        match option.as_str() {
            "--only" => only = value,
            "--limit" => limit = value.parse()?,
            _ => return Err(usage.into()),
        }
    }
    let lang = LangId::from(lang);
    let mut candidates = read(&lang, Path::new(&folder))?;
    candidates.truncate(limit);
    let mut out = stdout().lock();
    let mut judged: Vec<Outcomes> = Vec::new();
    let asked: Vec<_> = candidates.iter().map(|(_, candidate)| (candidate, Level::Tests)).collect();
    let ladder = Ladder::new(Config::default())?;
    let toolchain = toolchains::all(Some(Path::new(&helper)))
        .into_iter()
        .find(|toolchain| toolchain.lang() == lang)
        .ok_or("no such language")?;
    let executor = ladder.executor()?;
    for way in ["together", "alone"] {
        if !only.is_empty() && only != way {
            continue;
        }
        let start = Instant::now();
        let outcomes = match toolchain.batch().filter(|_| way == "together") {
            Some(batch) => {
                let judged: Result<Vec<_>, _> = asked
                    .par_chunks(batch.size())
                    .map(|chunk| batch.judge(executor.as_ref(), chunk))
                    .collect();
                let judged: Vec<_> = judged?.into_iter().flatten().collect();
                let open: Vec<_> = (0..asked.len()).filter(|&at| judged[at].is_none()).collect();
                writeln!(out, "{} of {} are left to be judged alone", open.len(), asked.len())?;
                let names: Vec<&str> = open.iter().map(|&at| candidates[at].0.as_str()).take(20).collect();
                writeln!(out, "  {}", names.join(" "))?;
                let alone: Vec<_> = open.iter().map(|&at| asked[at]).collect();
                let mut alone = ladder.climb_all(&alone).into_iter();
                let all = judged.into_iter().filter_map(|outcome| outcome.map(Ok).or_else(|| alone.next()));
                all.collect::<Result<Outcomes, _>>()?
            }
            None => ladder.climb_all(&asked).into_iter().collect::<Result<Outcomes, _>>()?,
        };
        let passed = outcomes.iter().filter(|outcome| outcome.reached(Level::Tests)).count();
        let reported: u64 = outcomes.iter().map(|outcome| outcome.cpu_ms).sum();
        writeln!(
            out,
            "{way}: {} programs, {passed} passed, {:.2} ms on the clock each, {:.2} ms of CPU without the sandbox's",
            outcomes.len(),
            start.elapsed().as_secs_f64() * 1000.0 / outcomes.len().max(1) as f64,
            reported as f64 / outcomes.len().max(1) as f64,
        )?;
        judged.push(outcomes);
    }
    if let [together, alone] = judged.as_slice() {
        report(&mut out, &candidates, together, alone)?;
    }
    Ok(())
}

/// The translations of a folder, by name.
fn read(lang: &LangId, folder: &Path) -> std::io::Result<Vec<(String, Candidate)>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let tests = path.with_file_name(format!(
            "{name}_test.{}",
            path.extension().unwrap_or_default().to_string_lossy()
        ));
        if tests.is_file() {
            let (program, tests) = (std::fs::read_to_string(&path)?, std::fs::read_to_string(&tests)?);
            found.push((name, Candidate { lang: lang.clone(), program, tests, checks: 1 }));
        }
    }
    Ok(found)
}

/// Where the two ways disagree, and what they agree on.
fn report(
    out: &mut impl Write,
    candidates: &[(String, Candidate)],
    together: &[Outcome],
    alone: &[Outcome],
) -> std::io::Result<()> {
    let mut verdicts: BTreeMap<String, usize> = BTreeMap::new();
    let mut disagreements = 0;
    for (((name, _), one), other) in candidates.iter().zip(together).zip(alone) {
        *verdicts.entry(format!("{}, {}", other.level, other.verdict)).or_default() += 1;
        let what = |outcome: &Outcome| (outcome.level, outcome.verdict, outcome.warnings.clone());
        if what(one) != what(other) {
            disagreements += 1;
            writeln!(out, "{name}: together {:?} {}", what(one), one.detail)?;
            writeln!(out, "{name}: alone    {:?} {}", what(other), other.detail)?;
        } else if one.detail != other.detail {
            writeln!(out, "{name}: the same for another reason: {:?} {:?}", one.detail, other.detail)?;
        }
    }
    for (verdict, count) in verdicts {
        writeln!(out, "  {count:5} {verdict}")?;
    }
    writeln!(out, "{disagreements} disagreements")
}
