//! The pseudo-C signatures of Fortran-HumanEval: `bool below(int l_len, int[] l, int t)`.

use super::interface::{Base, Variable};

/// A parameter; what precedes an array as its length is no parameter of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// `int`, `float`, `bool`, `string`, …
    pub kind: String,
    /// Its values are preceded by their number.
    pub is_array: bool,
}

/// The parameters of a signature; `None` if it cannot be read.
pub fn parameters(signature: &str) -> Option<Vec<Parameter>> {
    let (_, rest) = signature.split_once('(')?;
    let (inside, _) = rest.rsplit_once(')')?;
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut previous_is_length = false;
    for part in inside.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (kind, name) = part.split_once(' ').unwrap_or((part, ""));
        let is_array = kind.ends_with("[]");
        if is_array {
            if !previous_is_length {
                return None;
            }
            parameters.pop();
        }
        previous_is_length = name.ends_with("_len");
        parameters.push(Parameter { kind: kind.trim_end_matches("[]").to_owned(), is_array });
    }
    Some(parameters)
}

impl Parameter {
    /// How well a translated argument suits this parameter; `None` when it does not.
    pub fn fit(&self, variable: &Variable) -> Option<u32> {
        let same_base = match self.kind.as_str() {
            "int" => variable.base == Base::Integer,
            "float" | "double" => variable.base == Base::Real,
            "bool" => variable.base == Base::Logical,
            "string" | "char" => variable.base == Base::Text,
            _ => false,
        };
        let is_text = matches!(self.kind.as_str(), "string" | "char");
        let suits = match &variable.base {
            Base::Derived(_) => true,
            Base::Text => is_text,
            _ => !is_text,
        };
        (suits && (variable.rank > 0) == self.is_array).then_some(u32::from(same_base))
    }
}

#[test]
fn lengths_belong_to_the_arrays_after_them() {
    let array = |kind: &str| Parameter { kind: kind.to_owned(), is_array: true };
    let scalar = |kind: &str| Parameter { kind: kind.to_owned(), is_array: false };
    assert_eq!(
        parameters("bool f(int l_len, int[] l, string t)"),
        Some(vec![array("int"), scalar("string")])
    );
    assert_eq!(parameters("int g(string)"), Some(vec![scalar("string")]));
    assert_eq!(parameters("int h(int[] l)"), None);
}
