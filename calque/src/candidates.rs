//! Programs of target languages that exist already: files with their tests beside them, folders,
//! JSON lines.

use crate::failure::Failure;
use crate::lines::{Line, lines};
use corpora::readers::MAX_BYTES;
use grammars::LangId;
use serde::Deserialize;
use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use validators::Candidate;

/// How the stem of a file with tests ends.
const TESTS: &str = "_test";

/// Bytes of a line: two texts of the largest size, escaped.
const MAX_LINE: u64 = 8 * MAX_BYTES;
/// Stands for standard input.
const STDIN: &str = "-";

/// A program to be judged.
pub(crate) struct Question {
    /// What it is called in the answer: text, or the number that the line had.
    pub(crate) id: Value,
    /// The program, or why there is none.
    pub(crate) candidate: Result<Candidate, String>,
}

/// One line of a file of questions.
#[derive(Deserialize)]
struct Asked {
    lang: LangId,
    program: String,
    #[serde(default)]
    tests: Option<String>,
}

/// The programs that `path` names, in order.
pub(crate) fn read(path: &Path) -> Result<Box<dyn Iterator<Item = Question>>, Failure> {
    let fail = |error| Failure::new(format!("cannot read {}: {error}", path.display()));
    if path.as_os_str() == STDIN {
        return Ok(Box::new(from_lines(std::io::stdin().lock())));
    }
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
    if path.extension().is_some_and(|ending| ending == "jsonl") {
        return Ok(Box::new(from_lines(BufReader::new(file))));
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
    Question { id: path.display().to_string().into(), candidate }
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

/// Every line that is not empty, in order.
fn from_lines(reader: impl BufRead) -> impl Iterator<Item = Question> {
    lines(reader, MAX_LINE).enumerate().filter_map(|(index, line)| from_line(index + 1, line))
}

fn from_line(number: usize, line: Line) -> Option<Question> {
    let bytes = match line {
        Line::Whole(bytes) if bytes.trim_ascii().is_empty() => return None,
        Line::Whole(bytes) => bytes,
        Line::TooLong => {
            return Some(bad(number, None, &format!("it is longer than {} MiB", MAX_LINE / (1024 * 1024))));
        }
        Line::Unreadable(error) => {
            return Some(bad(number, None, &format!("it cannot be read, nor what follows: {error}")));
        }
    };
    let Ok(text) = str::from_utf8(&bytes) else { return Some(bad(number, None, "it is not UTF-8")) };
    let mut line = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(line)) => line,
        Ok(_) => return Some(bad(number, None, "it is no JSON object")),
        Err(error) => return Some(bad(number, None, &format!("it is no JSON: {error}"))),
    };
    let id = match line.remove("id") {
        Some(id @ (Value::String(_) | Value::Number(_))) => id,
        Some(_) => return Some(bad(number, None, "its `id` is neither text nor a number")),
        None => return Some(bad(number, None, "it has no `id`")),
    };
    Some(match Asked::deserialize(Value::Object(line)) {
        Ok(Asked { lang, program, tests }) => {
            let tests = tests.unwrap_or_default();
            let too_large = [&program, &tests].iter().any(|text| text.len() as u64 > MAX_BYTES);
            if too_large {
                return Some(bad(
                    number,
                    Some(id),
                    &format!("a text is larger than {} MiB", MAX_BYTES / (1024 * 1024)),
                ));
            }
            Question { id, candidate: Ok(candidate(lang, program, tests)) }
        }
        Err(error) => bad(number, Some(id), &error.to_string()),
    })
}

/// A line that asks nothing; without an `id` it is called by its number.
fn bad(number: usize, id: Option<Value>, reason: &str) -> Question {
    let name = format!("line {number}");
    let candidate = Err(format!("{name}: {reason}"));
    Question { id: id.unwrap_or_else(|| name.into()), candidate }
}

/// The number of checks is not known; that there are tests is.
fn candidate(lang: LangId, program: String, tests: String) -> Candidate {
    let checks = u32::from(!tests.trim().is_empty());
    Candidate { lang, program, tests, checks }
}
