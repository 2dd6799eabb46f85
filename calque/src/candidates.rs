//! Programs of target languages that exist already: files with their tests beside them, folders,
//! JSON lines.

use crate::failure::Failure;
use corpora::readers::MAX_BYTES;
use grammars::LangId;
use serde::Deserialize;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use validators::Candidate;

/// How the stem of a file with tests ends.
const TESTS: &str = "_test";

/// A program to be judged.
pub(crate) struct Question {
    /// What it is called in the answer.
    pub(crate) id: String,
    /// The program, or why there is none.
    pub(crate) candidate: Result<Candidate, String>,
}

/// One line of a file of questions.
#[derive(Deserialize)]
struct Line {
    id: String,
    lang: LangId,
    program: String,
    #[serde(default)]
    tests: String,
}

/// Whether `path` holds questions as JSON lines.
pub(crate) fn is_json_lines(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "jsonl")
}

/// The programs that `path` names, in order.
pub(crate) fn read(path: &Path) -> Result<Box<dyn Iterator<Item = Question>>, Failure> {
    let fail = |error| Failure::new(format!("cannot read {}: {error}", path.display()));
    if path.is_dir() {
        let entries = fs::read_dir(path).map_err(fail)?;
        let mut files =
            entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>().map_err(fail)?;
        files.retain(|file| language(file).is_some() && program_of(file).is_none());
        files.sort();
        if files.is_empty() {
            return Err(Failure::new(format!("{} contains no programs ({})", path.display(), endings())));
        }
        return Ok(Box::new(files.into_iter().map(|file| from_file(&file))));
    }
    let file = File::open(path).map_err(fail)?;
    if is_json_lines(path) {
        return Ok(Box::new(BufReader::new(file).lines().enumerate().filter_map(from_line)));
    }
    if program_of(path).is_some() {
        return Ok(Box::new(std::iter::empty()));
    }
    Ok(Box::new(std::iter::once(from_file(path))))
}

/// The language that a file's ending announces.
fn language(path: &Path) -> Option<LangId> {
    let ending = path.extension()?;
    let specs = translators::targets().iter().map(|target| target.spec());
    specs.into_iter().find(|spec| ending == spec.extension).map(|spec| spec.id.clone())
}

fn endings() -> String {
    translators::targets().iter().map(|t| format!(".{}", t.spec().extension)).collect::<Vec<_>>().join(", ")
}

/// The program that the file at `path` tests, if it is one of tests.
fn program_of(path: &Path) -> Option<PathBuf> {
    let stem = path.file_stem()?.to_str()?.strip_suffix(TESTS)?;
    let program = path.with_file_name(stem).with_extension(path.extension()?);
    program.is_file().then_some(program)
}

/// The file of tests beside the program at `path`.
fn tests_of(path: &Path) -> Option<PathBuf> {
    let name = format!("{}{TESTS}.{}", path.file_stem()?.to_str()?, path.extension()?.to_str()?);
    Some(path.with_file_name(name)).filter(|tests| tests.is_file())
}

fn from_file(path: &Path) -> Question {
    let candidate =
        language(path).ok_or_else(|| format!("its ending is none of {}", endings())).and_then(|lang| {
            let tests = tests_of(path).map_or(Ok(String::new()), |tests| text(&tests))?;
            Ok(candidate(lang, text(path)?, tests))
        });
    Question { id: path.display().to_string(), candidate }
}

/// The text of a file of bounded size.
fn text(path: &Path) -> Result<String, String> {
    let read = |path| -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read(path).map_err(|error| format!("it cannot be read: {error}"))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("it is larger than {} MiB", MAX_BYTES / (1024 * 1024)));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}

fn from_line((index, line): (usize, std::io::Result<String>)) -> Option<Question> {
    let number = index + 1;
    let parsed = match line {
        Ok(line) if line.trim().is_empty() => return None,
        Ok(line) => serde_json::from_str::<Line>(&line).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    Some(match parsed {
        Ok(line) => Question { id: line.id, candidate: Ok(candidate(line.lang, line.program, line.tests)) },
        Err(reason) => {
            Question { id: format!("line {number}"), candidate: Err(format!("line {number}: {reason}")) }
        }
    })
}

/// The number of checks is not known; that there are tests is.
fn candidate(lang: LangId, program: String, tests: String) -> Candidate {
    let checks = u32::from(!tests.trim().is_empty());
    Candidate { lang, program, tests, checks }
}
