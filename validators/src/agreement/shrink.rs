//! Smaller inputs, to find the smallest that still shows a difference.

use super::{Input, Value};

/// Inputs that are smaller than `input` by one step, the largest steps first.
pub fn smaller(input: &Input) -> Vec<Input> {
    let mut found: Vec<Input> = Vec::new();
    for (at, arg) in input.args.iter().enumerate() {
        for arg in smaller_values(arg) {
            let mut args = input.args.clone();
            args[at] = arg;
            let candidate = Input { function: input.function.clone(), args };
            if candidate.size() < input.size() && !found.contains(&candidate) {
                found.push(candidate);
            }
        }
    }
    found.sort_by_key(Input::size);
    found
}

fn smaller_values(value: &Value) -> Vec<Value> {
    match value {
        Value::Int(value) if *value != 0 => [0, value.signum(), value / 2, value - value.signum(), -value]
            .into_iter()
            .filter(|smaller| smaller != value && *smaller >= (*value).min(0))
            .map(Value::Int)
            .collect(),
        Value::Float(value) if value.is_finite() && *value != 0.0 => {
            [0.0, 1.0, value.trunc(), value / 2.0].map(Value::Float).to_vec()
        }
        Value::Float(value) if !value.is_finite() => vec![Value::Float(1.0)],
        Value::Text(text) => {
            let letters: Vec<char> = text.chars().collect();
            let mut texts: Vec<String> = shorter(&letters).into_iter().map(String::from_iter).collect();
            let plainer = |c: &char| if c.is_ascii_lowercase() { 'a' } else { *c };
            texts.push(letters.iter().map(plainer).collect());
            texts.into_iter().map(Value::Text).collect()
        }
        Value::List(items) => {
            let mut lists = shorter(items);
            lists.extend(with_smaller_item(items));
            lists.into_iter().map(Value::List).collect()
        }
        Value::Set(items) => {
            let mut sets = shorter(items);
            sets.extend(with_smaller_item(items));
            sets.into_iter().map(super::generate::set).collect()
        }
        Value::Tuple(items) => with_smaller_item(items).into_iter().map(Value::Tuple).collect(),
        Value::Dict(pairs) => shorter(pairs).into_iter().map(Value::Dict).collect(),
        _ => Vec::new(),
    }
}

/// Nothing, the halves, and all but one.
fn shorter<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return Vec::new();
    }
    let half = items.len() / 2;
    let mut lists = vec![Vec::new(), items[..half].to_vec(), items[half..].to_vec()];
    lists.extend((0..items.len()).map(|at| [&items[..at], &items[at + 1..]].concat()));
    lists
}

fn with_smaller_item(items: &[Value]) -> Vec<Vec<Value>> {
    let mut lists = Vec::new();
    for (at, item) in items.iter().enumerate() {
        for item in smaller_values(item) {
            let mut items = items.to_vec();
            items[at] = item;
            lists.push(items);
        }
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(args: Vec<Value>) -> Input {
        Input { function: "f".into(), args }
    }

    /// The smallest input for which `fails` that single steps lead to.
    fn shrunk(mut at: Input, fails: impl Fn(&Input) -> bool) -> Input {
        while let Some(next) = smaller(&at).into_iter().find(&fails) {
            at = next;
        }
        at
    }

    #[test]
    fn finds_the_small_counterexample() {
        let ints = |values: &[i128]| Value::List(values.iter().map(|v| Value::Int(*v)).collect());
        let start = input(vec![ints(&[5, 9, -40, 3, 77]), Value::Int(12)]);
        let negative =
            |input: &Input| input.args[0].any(&|value| matches!(value, Value::Int(value) if *value < 0));
        assert_eq!(shrunk(start.clone(), negative), input(vec![ints(&[-1]), Value::Int(0)]));
        let long = |input: &Input| input.args[0].parts().len() > 2;
        assert_eq!(shrunk(start, long), input(vec![ints(&[0, 0, 0]), Value::Int(0)]));
    }

    #[test]
    fn every_step_is_smaller_so_that_shrinking_ends() {
        let start = input(vec![
            Value::Text("Abz ß".into()),
            Value::Float(-2.75),
            Value::Tuple(vec![Value::Int(-7), Value::Text("x".into())]),
            Value::Dict(vec![(Value::Int(1), Value::None)]),
        ]);
        let mut open = vec![start];
        let mut steps = 0;
        while let Some(next) = open.pop() {
            steps += 1;
            assert!(smaller(&next).iter().all(|step| step.size() < next.size()));
            open.extend(smaller(&next).into_iter().take(1));
        }
        assert!(steps > 5);
    }
}
