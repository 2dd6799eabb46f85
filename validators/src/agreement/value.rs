//! Values on their way between a source's own language and calque.
//!
//! One encoding for all sources, JSON arrays that begin with a tag: `["n"]`, `["b", true]`, `["i", "-3"]` (an
//! integer of any size, in decimal), `["f", "3ff8000000000000"]` (the bits of a float), `["s", [97, 98]]` (code
//! points), `["l", […]]`, `["t", […]]` and `["S", […]]` (list, tuple, set; a set's items are sorted by their encoding), `["d",
//! [[key, value], …]]` (in order), `["o", "Class", [["field", value], …]]`, and `["?", "what"]` for what has no encoding.

use serde_json::{Value as Json, json};
use std::fmt;

/// A value of the source's language.
#[derive(Clone, Debug)]
pub enum Value {
    /// `None`, `null`.
    None,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// An integer beyond 128 bits, in decimal.
    Huge(String),
    /// A float; NaN and the sign of zero count.
    Float(f64),
    /// Text.
    Text(String),
    /// A list or an array.
    List(Vec<Value>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A set, sorted by the encoding of its items.
    Set(Vec<Value>),
    /// A dict, in its order.
    Dict(Vec<(Value, Value)>),
    /// An object: its class and its fields.
    Object {
        /// The class.
        class: String,
        /// The fields in order.
        fields: Vec<(String, Value)>,
    },
    /// What has no encoding: a function, an iterator, text that is not Unicode.
    Other(String),
}

impl Value {
    /// The encoding.
    pub fn to_json(&self) -> Json {
        let all = |items: &[Value]| items.iter().map(Value::to_json).collect::<Vec<_>>();
        match self {
            Value::None => json!(["n"]),
            Value::Bool(value) => json!(["b", value]),
            Value::Int(value) => json!(["i", value.to_string()]),
            Value::Huge(digits) => json!(["i", digits]),
            Value::Float(value) => json!(["f", format!("{:016x}", value.to_bits())]),
            Value::Text(text) => json!(["s", text.chars().map(u32::from).collect::<Vec<_>>()]),
            Value::List(items) => json!(["l", all(items)]),
            Value::Tuple(items) => json!(["t", all(items)]),
            Value::Set(items) => json!(["S", all(items)]),
            Value::Dict(pairs) => {
                let pairs: Vec<_> = pairs.iter().map(|(k, v)| json!([k.to_json(), v.to_json()])).collect();
                json!(["d", pairs])
            }
            Value::Object { class, fields } => {
                let fields: Vec<_> = fields.iter().map(|(name, v)| json!([name, v.to_json()])).collect();
                json!(["o", class, fields])
            }
            Value::Other(what) => json!(["?", what]),
        }
    }

    /// The value of an encoding; `None` where it is not one.
    pub fn from_json(json: &Json) -> Option<Value> {
        let parts = json.as_array()?;
        let content = parts.get(1);
        let all = || content?.as_array()?.iter().map(Value::from_json).collect::<Option<Vec<_>>>();
        Some(match parts.first()?.as_str()? {
            "n" => Value::None,
            "b" => Value::Bool(content?.as_bool()?),
            "i" => integer(content?.as_str()?)?,
            "f" => Value::Float(f64::from_bits(u64::from_str_radix(content?.as_str()?, 16).ok()?)),
            "s" => text(content?.as_array()?)?,
            "l" => Value::List(all()?),
            "t" => Value::Tuple(all()?),
            "S" => Value::Set(all()?),
            "d" => {
                let pair =
                    |pair: &Json| Some((Value::from_json(pair.get(0)?)?, Value::from_json(pair.get(1)?)?));
                Value::Dict(content?.as_array()?.iter().map(pair).collect::<Option<_>>()?)
            }
            "o" => {
                let field = |field: &Json| {
                    Some((field.get(0)?.as_str()?.to_owned(), Value::from_json(field.get(1)?)?))
                };
                let fields = parts.get(2)?.as_array()?.iter().map(field).collect::<Option<_>>()?;
                Value::Object { class: content?.as_str()?.to_owned(), fields }
            }
            "?" => Value::Other(content?.as_str()?.to_owned()),
            _ => return None,
        })
    }

    /// The values directly within.
    pub(crate) fn parts(&self) -> Vec<&Value> {
        match self {
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => items.iter().collect(),
            Value::Dict(pairs) => pairs.iter().flat_map(|(k, v)| [k, v]).collect(),
            Value::Object { fields, .. } => fields.iter().map(|(_, v)| v).collect(),
            _ => Vec::new(),
        }
    }

    /// How many values it consists of, itself and the characters of text included.
    pub fn size(&self) -> usize {
        let own = if let Value::Text(text) = self { 1 + text.chars().count() } else { 1 };
        own + self.parts().into_iter().map(Value::size).sum::<usize>()
    }

    /// Whether `holds` for it or for a value within.
    pub fn any(&self, holds: &dyn Fn(&Value) -> bool) -> bool {
        holds(self) || self.parts().into_iter().any(|part| part.any(holds))
    }
}

fn integer(digits: &str) -> Option<Value> {
    if let Ok(value) = digits.parse() {
        return Some(Value::Int(value));
    }
    let plain = digits.strip_prefix('-').unwrap_or(digits);
    let is_number = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| Value::Huge(digits.to_owned()))
}

fn text(points: &[Json]) -> Option<Value> {
    let points: Vec<u32> =
        points.iter().map(|point| u32::try_from(point.as_u64()?).ok()).collect::<Option<_>>()?;
    let text: Option<String> = points.iter().map(|&point| char::from_u32(point)).collect();
    // Half a surrogate pair is text for Python, but for nobody else.
    Some(text.map_or_else(|| Value::Other("text that is not Unicode".to_owned()), Value::Text))
}

/// The same value with the same representation: floats by their bits, dicts in their order.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.to_json() == other.to_json()
    }
}

/// As Python writes it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |items: &[Value]| items.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Value::None => write!(f, "None"),
            Value::Bool(true) => write!(f, "True"),
            Value::Bool(false) => write!(f, "False"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Huge(digits) => write!(f, "{digits}"),
            Value::Float(value) if value.is_nan() => write!(f, "nan"),
            Value::Float(value) if value.is_infinite() => write!(f, "{value}"),
            Value::Float(value) => write!(f, "{value:?}"),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::List(items) => write!(f, "[{}]", list(items)),
            Value::Tuple(items) if items.len() == 1 => write!(f, "({},)", list(items)),
            Value::Tuple(items) => write!(f, "({})", list(items)),
            Value::Set(items) if items.is_empty() => write!(f, "set()"),
            Value::Set(items) => write!(f, "{{{}}}", list(items)),
            Value::Dict(pairs) => {
                let pairs: Vec<_> = pairs.iter().map(|(k, v)| format!("{k}: {v}")).collect();
                write!(f, "{{{}}}", pairs.join(", "))
            }
            Value::Object { class, fields } => {
                let fields: Vec<_> = fields.iter().map(|(name, v)| format!("{name}={v}")).collect();
                write!(f, "{class}({})", fields.join(", "))
            }
            Value::Other(what) => write!(f, "<{what}>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Vec<Value> {
        vec![
            Value::None,
            Value::Bool(true),
            Value::Int(-(1 << 70)),
            Value::Huge(format!("-1{}", "0".repeat(60))),
            Value::Float(-0.0),
            Value::Float(f64::from_bits(0x7ff8_0000_0000_0001)),
            Value::Text("añ𝄞\0".into()),
            Value::List(vec![Value::Int(1), Value::Tuple(vec![])]),
            Value::Set(vec![Value::Int(1)]),
            Value::Dict(vec![(Value::Text("b".into()), Value::None), (Value::Text("a".into()), Value::None)]),
            Value::Object { class: "P".into(), fields: vec![("x".into(), Value::Float(1.5))] },
            Value::Other("generator".into()),
        ]
    }

    #[test]
    fn every_value_comes_back_as_it_was() {
        for value in samples() {
            assert_eq!(Value::from_json(&value.to_json()), Some(value));
        }
    }

    #[test]
    fn what_differs_in_bits_or_order_differs() {
        assert_ne!(Value::Float(0.0), Value::Float(-0.0));
        assert_ne!(Value::Int(1), Value::Float(1.0));
        assert_ne!(Value::Int(1), Value::Bool(true));
        assert_ne!(Value::List(vec![]), Value::Tuple(vec![]));
        let pair = |key: i128| (Value::Int(key), Value::None);
        assert_ne!(Value::Dict(vec![pair(1), pair(2)]), Value::Dict(vec![pair(2), pair(1)]));
    }

    #[test]
    fn a_damaged_encoding_is_noticed() {
        for json in [
            json!([]),
            json!(["i", 3]),
            json!(["i", "3x"]),
            json!(["i", "-"]),
            json!(["f", "zz"]),
            json!(["s", "ab"]),
            json!(["l", [["x"]]]),
            json!(["d", [[["n"]]]]),
            json!(["o", "P"]),
            json!("n"),
        ] {
            assert!(Value::from_json(&json).is_none(), "{json}");
        }
        assert!(matches!(Value::from_json(&json!(["s", [0xd800]])), Some(Value::Other(_))));
    }
}
