//! Which answers become tests.

use super::{Input, Value};
use crate::oracle::calls::{Answer, Reply};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the source's run on an input shows about the values that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// An integer is beyond 64 bits.
    pub wide: bool,
    /// All text is ASCII.
    pub ascii: bool,
    /// Characters of the longest text.
    pub text: usize,
    /// Items of the largest container.
    pub items: usize,
}

/// An input with what the source does for it, both times that it was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreed {
    /// The input.
    pub input: Input,
    /// What comes out.
    pub reply: Reply,
    /// The arguments afterwards, where the call changed one.
    pub after: Option<Vec<Value>>,
    /// What the run shows.
    pub facts: Facts,
}

/// Of `inputs` with their `answers` those that say something, `count` at most for each function, in their
/// order: no input for which the source does not answer, or answers differently the second time. What
/// is answered alike over and over gives way to what is not.
pub fn choose(inputs: Vec<Input>, answers: Vec<Option<Answer>>, count: usize) -> Vec<Agreed> {
    let answered: Vec<Agreed> =
        inputs.into_iter().zip(answers).filter_map(|(input, answer)| agreed(input, answer?)).collect();
    let mut alike: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut rank = |agreed: &Agreed| {
        let key = (agreed.input.function.clone(), format!("{:?}", agreed.reply));
        let before = alike.entry(key).or_default();
        *before += 1;
        *before - 1
    };
    let ranks: Vec<usize> = answered.iter().map(&mut rank).collect();
    let mut order: Vec<usize> = (0..answered.len()).collect();
    order.sort_by_key(|&at| (ranks[at] / ALIKE, at));
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    let mut chosen: Vec<usize> = order
        .into_iter()
        .filter(|&at| {
            let taken = taken.entry(&answered[at].input.function).or_default();
            *taken += 1;
            *taken <= count
        })
        .collect();
    chosen.sort_unstable();
    let mut answered: Vec<Option<Agreed>> = answered.into_iter().map(Some).collect();
    chosen.into_iter().filter_map(|at| answered[at].take()).collect()
}

/// So many equal answers are taken before others get their turn.
const ALIKE: usize = 4;

fn agreed(input: Input, answer: Answer) -> Option<Agreed> {
    let Answer { reply, after, facts } = answer;
    let has_encoding = |value: &Value| !value.any(&|part| matches!(part, Value::Other(_)));
    let says = match &reply {
        Reply::Returned(value) => has_encoding(value),
        Reply::Raised { .. } => true,
        Reply::Refused(_) => false,
    };
    let says = says && after.iter().flatten().all(has_encoding);
    says.then_some(Agreed { input, reply, after, facts })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts = Facts { wide: false, ascii: true, text: 0, items: 0 };

    fn input(arg: i128) -> Input {
        Input { function: "f".into(), args: vec![Value::Int(arg)] }
    }

    fn answer(value: Value) -> Option<Answer> {
        Some(Answer { reply: Reply::Returned(value), after: None, facts: FACTS })
    }

    #[test]
    fn what_has_no_answer_is_left_out() {
        let refused = Answer { reply: Reply::Refused("it does not end".into()), after: None, facts: FACTS };
        let answers = vec![
            None,
            Some(refused),
            answer(Value::Other("generator".into())),
            answer(Value::List(vec![Value::Other("generator".into())])),
            answer(Value::Int(1)),
        ];
        let chosen = choose((0..5).map(input).collect(), answers, 10);
        assert_eq!(chosen.iter().map(|a| a.input.clone()).collect::<Vec<_>>(), [input(4)]);
    }

    #[test]
    fn different_answers_come_before_equal_ones() {
        let answers = (0..12).map(|n| answer(Value::Bool(n == 11))).collect();
        let chosen = choose((0..12).map(input).collect(), answers, 5);
        assert_eq!(chosen.len(), 5);
        assert_eq!(chosen.last().map(|a| a.input.clone()), Some(input(11)));
    }
}
