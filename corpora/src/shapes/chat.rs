//! Questions and answers: documentation to program, program to tests, explanation, completion, and translation
//! in both directions.

use super::convention::{Convention, Exchange};
use super::without_tests::without_tests;
use super::{Dropped, Shape};
use crate::{Dice, Languages, Record};
use std::marker::PhantomData;

/// A kind of question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// The program that a documentation describes.
    Write,
    /// The tests of a program.
    Tests,
    /// What a program does.
    Explain,
    /// The rest of a program.
    Complete,
    /// The target's program for the source's.
    Forward,
    /// The source's program for the target's.
    Backward,
}

impl Task {
    /// Those of a chat.
    pub const CHAT: [Task; 4] = [Task::Write, Task::Tests, Task::Explain, Task::Complete];
    /// Those of translation pairs.
    pub const PAIRS: [Task; 2] = [Task::Forward, Task::Backward];

    /// Its word in rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Task::Write => "write",
            Task::Tests => "tests",
            Task::Explain => "explain",
            Task::Complete => "complete",
            Task::Forward | Task::Backward => "translate",
        }
    }
}

/// Exchanges about each record, written down in the way of `C`.
#[derive(Debug)]
pub struct Chat<C> {
    /// The languages.
    pub languages: Languages,
    /// The questions that are asked, where a record has what they need.
    pub tasks: Vec<Task>,
    /// The seed.
    pub seed: u64,
    /// How exchanges are written down.
    pub convention: PhantomData<C>,
}

impl<C: Convention> Chat<C> {
    fn exchange(&self, record: &Record, task: Task) -> Option<Exchange> {
        let target = self.languages.get(&record.target_lang);
        let source = self.languages.get(&record.source_lang);
        let fenced = |text: &str| format!("```{}\n{}\n```", target.id, text.trim_end());
        let program = fenced(&record.target);
        let mut dice = Dice::new(self.seed, task.as_str(), &record.id);
        let pick = |dice: &mut Dice, ways: &[&str]| ways[dice.below(ways.len())].replace("{}", &target.name);
        let (instruction, input, output, lang) = match task {
            Task::Write => {
                let signature =
                    record.signature.as_deref().map(|signature| format!("\n\nSignature: {signature}"));
                let about = format!("{}{}", prose(record)?, signature.unwrap_or_default());
                (pick(&mut dice, WRITE), about, program, &target)
            }
            Task::Tests if record.tests.is_empty() => return None,
            Task::Tests => (pick(&mut dice, TESTS), program, fenced(&record.tests), &target),
            Task::Explain => (pick(&mut dice, EXPLAIN), program, explanation(record)?, &target),
            Task::Complete => {
                let start = beginning(&record.target, &mut dice)?;
                (pick(&mut dice, COMPLETE), fenced(start), program, &target)
            }
            Task::Forward | Task::Backward => {
                let original = format!("```{}\n{}\n```", source.id, without_tests(record).trim_end());
                let (from, to, input, output) = match task {
                    Task::Forward => (&source, &target, original, program),
                    _ => (&target, &source, program, original),
                };
                let way = TRANSLATE[dice.below(TRANSLATE.len())];
                (way.replace("{from}", &from.name).replace("{to}", &to.name), input, output, to)
            }
        };
        let (task, lang) = (task.as_str(), lang.id.to_string());
        let (id, license) = (record.id.clone(), record.license.clone());
        Some(Exchange { instruction, input, output, task, id, lang, license })
    }
}

impl<C: Convention + Send> Shape for Chat<C> {
    type Row = C::Row;

    fn rows(&self, record: &Record) -> Result<Vec<C::Row>, Dropped> {
        let exchanges = self.tasks.iter().filter_map(|&task| self.exchange(record, task));
        let rows: Vec<C::Row> = exchanges.map(C::row).collect();
        if rows.is_empty() {
            let message = "It has neither the documentation nor the tests that the questions need.";
            return Err(Dropped::new(record, "shape.nothing-to-ask", message));
        }
        Ok(rows)
    }
}

const WRITE: &[&str] = &[
    "Write a {} program that does the following.",
    "Implement this in {}.",
    "Please write {} code for this description.",
];
const TESTS: &[&str] = &[
    "Write tests for this {} program.",
    "Which tests would you write for this {} code?",
    "Test the following {} program.",
];
const EXPLAIN: &[&str] = &[
    "What does this {} program do?",
    "Explain this {} code.",
    "Describe what the following {} program does.",
];
const COMPLETE: &[&str] = &[
    "Complete this {} program.",
    "This {} program breaks off. Write it to its end.",
    "Finish the following {} code.",
];
const TRANSLATE: &[&str] = &[
    "Translate this program from {from} to {to}.",
    "Rewrite this {from} program in {to}.",
    "What does this {from} program look like in {to}?",
];

/// The documentation without examples in the source language; `None` where nothing is left.
fn prose(record: &Record) -> Option<String> {
    let mut kept = Vec::new();
    let mut in_example = false;
    for line in record.doc.as_deref()?.lines() {
        if line.trim_start().starts_with(">>>") {
            in_example = true;
        } else if line.trim().is_empty() {
            in_example = false;
        }
        if !in_example {
            kept.push(line.trim_end());
        }
    }
    let text = kept.join("\n");
    // A heading of examples that are gone says nothing.
    let text = text.trim().trim_end_matches("Examples:").trim_end_matches("Example:").trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// What the program does and what it cannot hold.
fn explanation(record: &Record) -> Option<String> {
    let mut text = prose(record)?;
    if let Some(entry) = &record.entry_point {
        text = format!("The entry point is `{entry}`. {text}");
    }
    if !record.domain.is_empty() {
        text.push_str("\n\nLimits:");
        for limit in &record.domain {
            text.push_str("\n- ");
            text.push_str(limit);
        }
    }
    Some(text)
}

/// The first lines of a program, between 30 and 70 percent of them; `None` where there are too few.
fn beginning<'a>(program: &'a str, dice: &mut Dice) -> Option<&'a str> {
    let lines: Vec<&str> = program.split_inclusive('\n').collect();
    let least = (lines.len() * 3).div_ceil(10);
    let most = lines.len() * 7 / 10;
    if least == 0 || most < least {
        return None;
    }
    let count = least + dice.below(most - least + 1);
    let length = lines[..count].iter().map(|line| line.len()).sum();
    program.get(..length).filter(|start| !start.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;
    use crate::record::example;
    use crate::shapes::convention::{Alpaca, AlpacaRow};

    fn rows(tasks: &[Task], record: &Record) -> Result<Vec<AlpacaRow>, Dropped> {
        let target = Language::new(record.target_lang.clone(), "Target", "t", "! ");
        let languages = Languages::new([target]);
        Chat::<Alpaca> { languages, tasks: tasks.to_vec(), seed: 1, convention: PhantomData }.rows(record)
    }

    fn documented() -> Record {
        let doc = "Give it back.\n\n>>> f(1)\n1\n\nAlways.";
        let target = "first\nsecond\nthird\nfourth\n".to_owned();
        let signature = Some("f(n: int) -> int".to_owned());
        Record { doc: Some(doc.into()), signature, target, ..example("f") }
    }

    #[test]
    fn asks_for_what_the_documentation_says_without_its_examples() {
        let row = rows(&[Task::Write], &documented()).unwrap().remove(0);
        assert_eq!(row.input, "Give it back.\n\n\nAlways.\n\nSignature: f(n: int) -> int");
        assert!(row.output.ends_with("\nfirst\nsecond\nthird\nfourth\n```"), "{}", row.output);
        assert!(row.instruction.contains("Target"), "{}", row.instruction);
    }

    #[test]
    fn a_completion_begins_with_what_was_given() {
        let row = rows(&[Task::Complete], &documented()).unwrap().remove(0);
        let given = row.input.trim_end_matches("\n```");
        assert!(row.output.starts_with(given) && row.output.len() > row.input.len(), "{row:?}");
    }

    #[test]
    fn pairs_go_both_ways_and_leave_tests_out() {
        let source = "def f(n):\n    return n\n\nassert f(1) == 1\n".to_owned();
        let rows = rows(&Task::PAIRS, &Record { source, ..example("f") }).unwrap();
        assert_eq!(rows[0].input, "```python\ndef f(n):\n    return n\n```");
        assert_eq!((&rows[0].input, &rows[0].output), (&rows[1].output, &rows[1].input));
        assert_eq!(rows[1].origin.lang, "python");
    }

    #[test]
    fn what_lacks_documentation_and_tests_is_left_out() {
        let bare = Record { tests: String::new(), ..example("f") };
        let dropped = rows(&[Task::Write, Task::Tests, Task::Explain], &bare).unwrap_err();
        assert_eq!(dropped.code, "shape.nothing-to-ask");
    }
}
