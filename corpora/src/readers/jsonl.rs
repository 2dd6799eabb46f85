//! Data sets in JSON lines: the layouts of HumanEval and MBPP, told apart by their fields.

use super::file::unify_lines;
use super::license::Licenses;
use super::{Input, MAX_BYTES, ReadOptions};
use crate::source::{Origin, Source, Unreadable};
use grammars::LangId;
use serde_json::{Map, Value};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Opens the data set at `path`; blank lines are passed over.
pub(super) fn read(
    path: &Path,
    options: ReadOptions,
) -> io::Result<impl Iterator<Item = Input> + Send + use<>> {
    let license = options.license.unwrap_or_else(|| Licenses::new(None).find("", path));
    let file = DataSet { origin: Origin::of_file(path, path), license };
    let mut lines = Lines { reader: BufReader::new(File::open(path)?), number: 0 };
    Ok(std::iter::from_fn(move || {
        loop {
            let (number, line) = lines.next()?;
            match line {
                Ok(bytes) if bytes.trim_ascii().is_empty() => continue,
                Ok(bytes) => return Some(file.program(number, &bytes)),
                Err(error) => return Some(Err(file.refuse(number, "read.unreadable", format!("{error}.")))),
            }
        }
    }))
}

/// How many lines there are.
pub(super) fn count(path: &Path) -> io::Result<usize> {
    let mut reader = BufReader::new(File::open(path)?);
    let mut lines = 0;
    while reader.skip_until(b'\n')? > 0 {
        lines += 1;
    }
    Ok(lines)
}

/// Lines of bounded length with their numbers.
struct Lines {
    reader: BufReader<File>,
    number: usize,
}

impl Lines {
    /// The next line without its end; one that is too long is skipped and reported.
    fn next(&mut self) -> Option<(usize, io::Result<Vec<u8>>)> {
        self.number += 1;
        let mut line = Vec::new();
        match self.reader.by_ref().take(MAX_BYTES + 1).read_until(b'\n', &mut line) {
            Err(error) => Some((self.number, Err(error))),
            Ok(0) => None,
            Ok(_) if line.len() as u64 > MAX_BYTES => {
                let skipped = self.reader.skip_until(b'\n');
                let too_long = io::Error::other(format!("The line is longer than {MAX_BYTES} bytes"));
                Some((self.number, skipped.and(Err(too_long))))
            }
            Ok(_) => Some((self.number, Ok(line))),
        }
    }
}

/// What the lines of one file share.
struct DataSet {
    origin: Origin,
    license: String,
}

impl DataSet {
    fn refuse(&self, line: usize, code: &'static str, message: String) -> Box<Unreadable> {
        self.origin.line(line, self.stem(line)).refuse(code, line, message)
    }

    /// The name of a line without a problem id.
    fn stem(&self, line: usize) -> String {
        format!("{}_{line}", self.origin.stem)
    }

    /// The program on one line.
    fn program(&self, line: usize, bytes: &[u8]) -> Input {
        let bad = |message| self.refuse(line, "read.bad-line", message);
        let text =
            std::str::from_utf8(bytes).map_err(|error| bad(format!("The line is not UTF-8: {error}.")))?;
        let value: Value =
            serde_json::from_str(text).map_err(|error| bad(format!("The line is not JSON: {error}.")))?;
        let Value::Object(fields) = value else {
            return Err(bad("The line is no JSON object.".into()));
        };
        let problem = problem(&fields).map_err(bad)?;
        let license = field(&fields, "license").unwrap_or(&self.license).to_owned();
        Ok(Source {
            origin: self.origin.line(line, problem.name.unwrap_or_else(|| self.stem(line))),
            lang: problem.lang,
            text: unify_lines(&problem.text),
            entry_point: problem.entry_point,
            repo: None,
            revision: None,
            license,
        })
    }
}

/// What a layout's fields say.
struct Problem {
    name: Option<String>,
    lang: LangId,
    text: String,
    entry_point: Option<String>,
}

/// Recognises the layout of a line by its fields.
fn problem(fields: &Map<String, Value>) -> Result<Problem, String> {
    if fields.contains_key("prompt") && fields.contains_key("canonical_solution") {
        human_eval(fields)
    } else if fields.contains_key("code") && fields.contains_key("test_list") {
        mbpp(fields)
    } else {
        Err("The line has neither the fields of HumanEval (prompt, canonical_solution, test, entry_point) \
             nor those of MBPP (text, code, test_list)."
            .into())
    }
}

/// HumanEval: a prompt to be continued, and a test that may define `check(candidate)`; without an
/// entry point the test is a program of its own, as in HumanEval-X for Java.
fn human_eval(fields: &Map<String, Value>) -> Result<Problem, String> {
    let text_of =
        |name: &str| field(fields, name).ok_or_else(|| format!("The field `{name}` is missing or no text."));
    let (prompt, solution, test) = (text_of("prompt")?, text_of("canonical_solution")?, text_of("test")?);
    let entry_point = field(fields, "entry_point").map(str::to_owned);
    let java = test.contains("public class ")
        || prompt.contains("public class ")
        || prompt.contains("class Solution");
    let mut text = format!("{prompt}{solution}\n\n{test}\n");
    if let Some(entry) = entry_point.as_ref().filter(|_| test.contains("def check(")) {
        text.push_str(&format!("\ncheck({entry})\n"));
    }
    let lang = if java { LangId::JAVA } else { LangId::PYTHON };
    Ok(Problem { name: identifier(fields), lang, text, entry_point })
}

/// MBPP: a program, set-up code, and a list of asserts.
fn mbpp(fields: &Map<String, Value>) -> Result<Problem, String> {
    let code = field(fields, "code").ok_or("The field `code` is no text.")?;
    let setup = field(fields, "test_setup_code").unwrap_or_default();
    let tests =
        fields.get("test_list").and_then(Value::as_array).ok_or("The field `test_list` is no list.")?;
    let tests: Option<Vec<&str>> = tests.iter().map(Value::as_str).collect();
    let tests = tests.ok_or("The field `test_list` holds something that is no text.")?;
    let text = format!("{code}\n\n{setup}\n{}\n", tests.join("\n"));
    let name = identifier(fields)
        .map(|id| if id.starts_with(|c: char| c.is_ascii_digit()) { format!("mbpp_{id}") } else { id });
    Ok(Problem {
        name,
        lang: LangId::PYTHON,
        text,
        entry_point: field(fields, "entry_point").map(str::to_owned),
    })
}

/// `task_id` as a file name: letters, digits, `-`, `_` and `.` kept, others replaced by `_`.
fn identifier(fields: &Map<String, Value>) -> Option<String> {
    let id = match fields.get("task_id").or_else(|| fields.get("name"))? {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    let kept = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = id.trim_start_matches('.').chars().map(kept).take(100).collect();
    (!name.is_empty()).then_some(name)
}

fn field<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read_lines(lines: &[&str]) -> Vec<Input> {
        let mut file = tempfile::Builder::new().suffix(".jsonl").tempfile().unwrap();
        write!(file, "{}", lines.join("\n")).unwrap();
        read(file.path(), ReadOptions::default()).unwrap().collect()
    }

    #[test]
    fn puts_a_humaneval_problem_together() {
        let line = r#"{"task_id": "Own/3", "prompt": "def twice(n):\n", "canonical_solution": "    return 2 * n\n", "test": "def check(candidate):\n    assert candidate(2) == 4\n", "entry_point": "twice"}"#;
        let source = read_lines(&[line]).remove(0).unwrap();
        assert_eq!(source.origin.stem, "Own_3");
        assert_eq!(source.entry_point.as_deref(), Some("twice"));
        assert_eq!(
            source.text,
            "def twice(n):\n    return 2 * n\n\n\ndef check(candidate):\n    assert candidate(2) == 4\n\n\ncheck(twice)\n"
        );
    }

    #[test]
    fn puts_an_mbpp_problem_together() {
        let line = r#"{"text": "Double.", "code": "def twice(n):\r\n  return 2 * n", "task_id": 7, "test_setup_code": "k = 1", "test_list": ["assert twice(k) == 2", "assert twice(3) == 6"]}"#;
        let source = read_lines(&["", line]).remove(0).unwrap();
        assert_eq!(source.origin.stem, "mbpp_7");
        assert!(source.origin.path.ends_with("#2"));
        assert_eq!(
            source.text,
            "def twice(n):\n  return 2 * n\n\nk = 1\nassert twice(k) == 2\nassert twice(3) == 6\n"
        );
    }

    #[test]
    fn reports_bad_lines_and_goes_on() {
        let good = r#"{"code": "x = 1", "task_id": 1, "test_list": []}"#;
        let inputs = read_lines(&[r#"{"a": 1}"#, "[1]", good, r#"{"code": "x", "test_li"#]);
        let lines: Vec<Result<(), u32>> =
            inputs.into_iter().map(|i| i.map(drop).map_err(|u| u.rejection.span.line)).collect();
        assert_eq!(lines, [Err(1), Err(2), Ok(()), Err(4)]);
    }
}
