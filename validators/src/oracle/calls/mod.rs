//! Calls of a source's functions, answered by the source's own language.
//!
//! Every question is asked twice, the second time in the reverse order and with another order of sets, so
//! that what depends on either is found out.

use super::Oracle;
use crate::agreement::{Facts, Value};
use crate::cache::{Entry, Key};
use crate::climb::{Means, PLANNED_SEAL, write_files};
use crate::{End, Finished, Infrastructure, Plan, PlanError};
use grammars::LangId;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value as Json, json};

/// A call of a function of the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function, at top level.
    pub function: String,
    /// The arguments by position.
    pub args: Vec<Value>,
    /// The arguments by name.
    pub named: Vec<(String, Value)>,
}

impl Serialize for Call {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let args: Vec<Json> = self.args.iter().map(Value::to_json).collect();
        let named: Vec<Json> = self.named.iter().map(|(name, v)| json!([name, v.to_json()])).collect();
        json!({"function": self.function, "args": args, "named": named}).serialize(serializer)
    }
}

/// Calls to be answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Questions {
    /// The source's language.
    pub lang: LangId,
    /// File stem.
    pub name: String,
    /// The text.
    pub text: String,
    /// The calls.
    pub calls: Vec<Call>,
}

/// What comes of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// A value.
    Returned(Value),
    /// An exception.
    Raised {
        /// Its class and the classes that it derives from, from itself on.
        classes: Vec<String>,
        /// The program says so itself, by `raise` or `assert`, where the exception arose.
        explicit: bool,
    },
    /// Nothing that could be told, and why.
    Refused(String),
}

/// The answer to one call.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What comes of it.
    pub reply: Reply,
    /// The arguments by position after the call, if one was changed.
    pub after: Option<Vec<Value>>,
    /// What the run shows.
    pub facts: Facts,
}

/// In which order calls are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// As they stand.
    First,
    /// Backwards, and sets in another order.
    Second,
}

/// The answers to `questions`, in their order; `None` for a call that gets none, or not the same when it is
/// made again.
pub(crate) fn answer(
    oracle: &dyn Oracle,
    means: &Means<'_>,
    questions: &Questions,
) -> Result<Vec<Option<Answer>>, Infrastructure> {
    let first = run(oracle, means, questions, Turn::First)?;
    if first.iter().all(Option::is_none) {
        return Ok(first);
    }
    let second = run(oracle, means, questions, Turn::Second)?;
    let same = |(first, second): (Option<Answer>, Option<Answer>)| if first == second { first } else { None };
    Ok(first.into_iter().zip(second).map(same).collect())
}

fn run(
    oracle: &dyn Oracle,
    means: &Means<'_>,
    questions: &Questions,
    turn: Turn,
) -> Result<Vec<Option<Answer>>, Infrastructure> {
    let nothing = || vec![None; questions.calls.len()];
    let plan = |seal: &str| match oracle.plan_calls(questions, turn, seal) {
        Ok(plan) => Ok(Some(plan)),
        Err(PlanError::Candidate(_)) => Ok(None),
        Err(PlanError::Infrastructure(e)) => Err(e),
    };
    let Some(planned) = plan(PLANNED_SEAL)? else { return Ok(nothing()) };
    let key = Key::new(questions, &planned, oracle.tools(), means.executor.isolation());
    let known: Option<Vec<Json>> = means.cache.and_then(|cache| cache.get(&key));
    let lines = match known {
        Some(lines) => lines,
        None => {
            let seal = (means.seal)()?;
            let Some(plan) = plan(&seal)? else { return Ok(nothing()) };
            // A program that does not load says nothing; nor does a machine that is too busy.
            let Some(lines) = carry_out(means, &plan, &seal)? else { return Ok(nothing()) };
            if let Some(cache) = means.cache {
                cache.put(Entry::new(&key, &lines))?;
            }
            lines
        }
    };
    let mut answers = nothing();
    for line in &lines {
        if let Some((number, answer)) = read(line)
            && let Some(place) = answers.get_mut(number)
        {
            *place = Some(answer);
        }
    }
    Ok(answers)
}

/// The lines that `plan` writes; `None` where it does not come to its end.
fn carry_out(means: &Means<'_>, plan: &Plan, seal: &str) -> Result<Option<Vec<Json>>, Infrastructure> {
    let folder = means.executor.folder()?;
    write_files(folder.path(), &plan.files)?;
    let mut lines = Vec::new();
    for step in &plan.steps {
        let finished = means.executor.execute(folder.path(), &step.command)?;
        match said(&finished, seal) {
            Some(said) => lines = said,
            None => return Ok(None),
        }
    }
    Ok(Some(lines))
}

/// The lines of a run that came to its end; none for a step that does not answer.
fn said(finished: &Finished, seal: &str) -> Option<Vec<Json>> {
    if finished.end != End::Exit(0) {
        return None;
    }
    let lines: Vec<&str> = finished.stdout.lines().collect();
    match lines.split_last() {
        None => Some(Vec::new()),
        Some((last, lines)) if *last == seal => {
            Some(lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect())
        }
        Some(_) => None,
    }
}

/// What a line says: the number of a call, and its answer.
fn read(line: &Json) -> Option<(usize, Answer)> {
    #[derive(Deserialize)]
    struct Coded {
        value: Option<Json>,
        raises: Option<Vec<String>>,
        #[serde(default)]
        explicit: bool,
        refused: Option<String>,
        after: Option<Vec<Json>>,
        #[serde(flatten)]
        facts: Option<Facts>,
    }
    let number = usize::try_from(line.get(0)?.as_u64()?).ok()?;
    let coded: Coded = serde_json::from_value(line.get(1)?.clone()).ok()?;
    let reply = match (coded.value, coded.raises, coded.refused) {
        (Some(value), None, None) => Reply::Returned(Value::from_json(&value)?),
        (None, Some(classes), None) => Reply::Raised { classes, explicit: coded.explicit },
        (None, None, Some(why)) => Reply::Refused(why),
        _ => return None,
    };
    let facts = match &reply {
        Reply::Refused(_) => Facts { wide: false, ascii: true, text: 0, items: 0 },
        _ => coded.facts?,
    };
    let after = match coded.after {
        Some(after) => Some(after.iter().map(Value::from_json).collect::<Option<_>>()?),
        None => None,
    };
    Some((number, Answer { reply, after, facts }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_encoding_is_no_answer() {
        let facts = json!({"after": null, "wide": false, "ascii": true, "text": 0, "items": 0});
        let with = |more: Json| {
            let mut answer = facts.clone();
            for (key, value) in more.as_object().cloned().unwrap_or_default() {
                answer[key] = value;
            }
            read(&json!([0, answer]))
        };
        assert!(with(json!({"value": ["i", "1"]})).is_some());
        assert!(with(json!({"raises": ["KeyError"], "explicit": true})).is_some());
        assert_eq!(with(json!({"value": ["i", 1]})), None);
        assert_eq!(with(json!({"value": ["z"]})), None);
        assert_eq!(with(json!({"value": ["n"], "raises": ["KeyError"]})), None);
        assert_eq!(with(json!({"value": ["n"], "after": [["i"]]})), None);
        assert_eq!(with(json!({})), None);
        assert_eq!(read(&json!([0, {"value": ["n"]}])), None, "without facts");
        assert_eq!(read(&json!(["0", {"refused": "x"}])), None);
    }
}
