//! Agreement with the source: inputs that nobody wrote, and what the source returns for them, as tests.
//!
//! [`propose`] makes inputs for the functions that a program's tests call: from the arguments that the tests
//! show, changed a little; from the edges of the types and of the constants in the code; and drawn at
//! random. The source's oracle answers them ([`crate::Ladder::answer`]), [`choose`] takes those that say
//! something, and [`test_case`] writes them as a test of the IR, which every target emits as it emits the
//! others. Nothing here touches the world, and the seed alone decides.

mod choice;
mod generate;
mod harvest;
mod literal;
mod random;
mod shrink;
mod value;
mod writing;

pub use choice::{Agreed, Facts, choose};
pub use shrink::smaller;
pub use value::Value;
pub use writing::test_case;

use crate::oracle::calls::Call;
use generate::Stock;
use grammars::ir::{Class, Function, Module, Type};
use grammars::surface::ParamKind;
use random::Random;
use std::collections::BTreeSet;

/// Arguments for a function of a program.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The function.
    pub function: String,
    /// The arguments in the order of the parameters; those that are left out at the end take their
    /// defaults. What goes to `*args` is one list.
    pub args: Vec<Value>,
}

impl Input {
    /// The call in the source's own terms.
    pub fn call(&self, module: &Module) -> Option<Call> {
        let function = module.function(&self.function)?;
        let mut call = Call { function: self.function.clone(), args: Vec::new(), named: Vec::new() };
        for (param, arg) in function.params.iter().zip(&self.args) {
            match (param.kind, arg) {
                (ParamKind::Normal, arg) => call.args.push(arg.clone()),
                (ParamKind::VarArgs, Value::List(items)) => call.args.extend(items.iter().cloned()),
                (ParamKind::KeywordOnly, arg) => call.named.push((param.name.clone(), arg.clone())),
                _ => return None,
            }
        }
        Some(call)
    }

    /// How much there is in it.
    pub(crate) fn size(&self) -> usize {
        self.args.iter().map(weight).sum()
    }
}

/// As Python writes the call.
impl std::fmt::Display for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let args: Vec<String> = self.args.iter().map(Value::to_string).collect();
        write!(f, "{}({})", self.function, args.join(", "))
    }
}

/// Small numbers are smaller than large ones.
fn weight(value: &Value) -> usize {
    let own = match value {
        Value::Int(value) => usize::try_from(128 - value.unsigned_abs().leading_zeros()).unwrap_or(128),
        Value::Float(value) if value.fract() == 0.0 && value.abs() < 100.0 => 4,
        Value::Float(_) => 12,
        Value::Text(text) => text.chars().map(|c| if c.is_ascii_lowercase() { 2 } else { 3 }).sum(),
        _ => 0,
    };
    1 + own + value.parts().into_iter().map(weight).sum::<usize>()
}

/// Inputs for the functions that the tests of `module` call, for each so many that `count` of them can be
/// expected to be answered. `module` has passed the analyses that fill [`grammars::ir::Effects`].
///
/// Functions that change variables of the module, or have parameters that values cannot be made for, have
/// none.
pub fn propose(module: &Module, seed: u64, count: usize) -> Vec<Input> {
    if count == 0 {
        return Vec::new();
    }
    let constants = harvest::constants(module);
    harvest::tested(module)
        .into_iter()
        .filter(|function| !function.effects.changes_globals)
        .flat_map(|function| inputs_of(function, module, &constants, seed, count * ATTEMPTS))
        .collect()
}

/// Inputs tried for one that is kept: the source refuses some.
const ATTEMPTS: usize = 3;

fn inputs_of(
    function: &Function,
    module: &Module,
    constants: &harvest::Constants,
    seed: u64,
    attempts: usize,
) -> Vec<Input> {
    let seen = harvest::calls_of(&function.name, module);
    let types: Vec<&Type> = function.params.iter().map(|param| &param.ty).collect();
    if types.is_empty() {
        return Vec::new();
    }
    let mut stock = Stock { module, constants: constants.clone(), alphabet: Vec::new(), naturals: false };
    stock.learn(&seen);
    let mut random = Random::new(seed, &function.name);
    let mut known: BTreeSet<String> = seen.iter().map(|args| key(args)).collect();
    let edges = edge_inputs(&stock, &types, &seen, &mut random);
    let mut edges = edges.into_iter();
    let mut inputs = Vec::new();
    for turn in 0..attempts * 4 {
        let args = match turn % 4 {
            0 => edges.next(),
            1 | 2 if !seen.is_empty() => changed(&stock, &types, &seen, &mut random),
            _ => types.iter().map(|ty| stock.draw(ty, &mut random, 0)).collect(),
        };
        if let Some(args) = args
            && known.insert(key(&args))
        {
            inputs.push(Input { function: function.name.clone(), args });
        }
        if inputs.len() == attempts {
            break;
        }
    }
    inputs
}

fn key(args: &[Value]) -> String {
    args.iter().map(|arg| arg.to_json().to_string()).collect()
}

/// A call that the tests show, with one or two arguments changed.
fn changed(
    stock: &Stock<'_>,
    types: &[&Type],
    seen: &[Vec<Value>],
    random: &mut Random,
) -> Option<Vec<Value>> {
    let mut args = random.pick(seen)?.clone();
    for _ in 0..=random.below(2) {
        let at = random.below(args.len());
        args[at] = stock.changed(args.get(at)?, types.get(at)?, random)?;
    }
    Some(args)
}

/// Every edge of every parameter, with the others as a test has them or drawn; the parameters take turns.
fn edge_inputs(
    stock: &Stock<'_>,
    types: &[&Type],
    seen: &[Vec<Value>],
    random: &mut Random,
) -> Vec<Vec<Value>> {
    let edges: Vec<Vec<Value>> = types.iter().map(|ty| stock.edges(ty)).collect();
    let most = edges.iter().map(Vec::len).max().unwrap_or(0);
    let mut inputs = Vec::new();
    for turn in 0..most {
        for (at, edges) in edges.iter().enumerate() {
            let Some(edge) = edges.get(turn) else { continue };
            let shown = random.pick(seen).filter(|args| args.len() > at).cloned();
            let others = shown.or_else(|| types.iter().map(|ty| stock.draw(ty, random, 0)).collect());
            if let Some(mut args) = others {
                args[at] = edge.clone();
                inputs.push(args);
            }
        }
    }
    inputs
}

impl Stock<'_> {
    /// What the arguments that the tests show are made of.
    fn learn(&mut self, seen: &[Vec<Value>]) {
        let mut ints = Vec::new();
        let mut open: Vec<&Value> = seen.iter().flatten().collect();
        while let Some(value) = open.pop() {
            match value {
                Value::Int(value) => ints.push(*value),
                Value::Text(text) => {
                    self.alphabet.extend(text.chars());
                    if text.chars().count() <= 20 && !self.constants.texts.contains(text) {
                        self.constants.texts.push(text.clone());
                    }
                }
                _ => open.extend(value.parts()),
            }
        }
        self.naturals = !ints.is_empty() && ints.iter().all(|value| *value >= 0);
        self.alphabet.sort_unstable();
        self.alphabet.dedup();
    }
}

/// Instances are made from their fields, and are equal if those are.
fn is_plain(class: &Class) -> bool {
    class.dataclass && class.constructor.is_none() && class.base.is_none() && !class.exception
}
