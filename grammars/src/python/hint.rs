//! Annotations.

use super::builtins;
use super::lower::Lowering;
use super::scope::{self, Resolved};
use crate::surface::TypeHint;
use crate::tree::{children, field, fields};
use tree_sitter::Node;

/// Modules whose type names are spelled without module and in lower case.
const TYPE_MODULES: &[&str] =
    &["typing", "typing_extensions", "collections", "collections.abc", "builtins", "numbers"];

/// How deep annotations are followed.
const MAX_DEPTH: usize = 20;

fn hint(name: impl Into<String>, args: Vec<TypeHint>) -> TypeHint {
    TypeHint { name: name.into(), args }
}

impl Lowering<'_> {
    /// Reads an annotation; `None` for what is no type that inference could use.
    pub(super) fn hint(&mut self, node: Node) -> Option<TypeHint> {
        self.hint_at(node, MAX_DEPTH)
    }

    fn hint_at(&mut self, node: Node, depth: usize) -> Option<TypeHint> {
        let depth = depth.checked_sub(1)?;
        match node.kind() {
            "type" | "parenthesized_expression" => match children(node).as_slice() {
                [inner] => self.hint_at(*inner, depth),
                _ => None,
            },
            "none" => Some(hint("none", Vec::new())),
            "identifier" | "attribute" | "member_type" => {
                let name = self.hint_name(node)?;
                Some(normalized(&name, Vec::new()))
            }
            "string" | "concatenated_string" => {
                let spelled = self.plain_string(node)?;
                let place = self.span(node);
                self.snippet(spelled.trim(), place, |inner, root| {
                    let statement = *children(root).first()?;
                    inner.hint_at(*children(statement).first()?, depth)
                })
            }
            "generic_type" => {
                let parts = children(node);
                let name = self.hint_name(*parts.first()?)?;
                let args = parts.get(1).map(|list| children(*list)).unwrap_or_default();
                self.generic(&name, &args, depth)
            }
            "subscript" => {
                let name = self.hint_name(field(node, "value")?)?;
                self.generic(&name, &fields(node, "subscript"), depth)
            }
            "union_type" => self.union(&children(node), depth),
            "binary_operator" if field(node, "operator")?.kind() == "|" => {
                self.union(&[field(node, "left")?, field(node, "right")?], depth)
            }
            _ => None,
        }
    }

    /// The path of a type: without module for the types of the language.
    fn hint_name(&mut self, node: Node) -> Option<String> {
        if !matches!(node.kind(), "identifier" | "attribute" | "member_type" | "type") {
            return None;
        }
        let spelled: String = self.text(node).split_whitespace().collect();
        let (first, rest) = match spelled.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (spelled.as_str(), None),
        };
        let path = match scope::resolve(&self.scopes, first) {
            Resolved::Own => return Some(spelled),
            Resolved::Library(path) => rest.map_or(path.clone(), |rest| format!("{path}.{rest}")),
            // Many snippets use the names of `typing` without importing them.
            _ if rest.is_none() && builtins::is_typing(first) => format!("typing.{first}"),
            _ => return Some(spelled),
        };
        match path.rsplit_once('.') {
            Some((module, name)) if TYPE_MODULES.contains(&module) => Some(name.to_ascii_lowercase()),
            _ => Some(path),
        }
    }

    fn generic(&mut self, name: &str, args: &[Node], depth: usize) -> Option<TypeHint> {
        match name {
            "callable" => Some(self.callable(args, depth)),
            "literal" => self.literal_type(args),
            "union" => self.union(args, depth),
            "tuple" if args.last().is_some_and(|n| self.text(*n).trim() == "...") => {
                Some(hint("vartuple", vec![self.hint_at(*args.first()?, depth)?]))
            }
            "tuple" if matches!(args, [one] if self.text(*one).trim() == "()") => {
                Some(hint("tuple", Vec::new()))
            }
            "annotated" | "final" | "required" | "notrequired" => self.hint_at(*args.first()?, depth),
            _ => {
                let args: Option<Vec<_>> = args.iter().map(|n| self.hint_at(*n, depth)).collect();
                Some(normalized(name, args?))
            }
        }
    }

    /// `Callable[[A], R]`; without the list of parameters there is nothing to say about them.
    fn callable(&mut self, args: &[Node], depth: usize) -> TypeHint {
        let plain = hint("callable", Vec::new());
        let [params, ret] = args else { return plain };
        let list = if params.kind() == "type" { children(*params).first().copied() } else { Some(*params) };
        let Some(list) = list.filter(|n| n.kind() == "list") else { return plain };
        let mut all = Vec::new();
        for part in children(list).into_iter().chain([*ret]) {
            match self.hint_at(part, depth) {
                Some(part) => all.push(part),
                None => return plain,
            }
        }
        hint("callable", all)
    }

    /// `Literal["a", "b"]` is the type of its values.
    fn literal_type(&mut self, args: &[Node]) -> Option<TypeHint> {
        let first = *args.first()?;
        let value = if first.kind() == "type" { *children(first).first()? } else { first };
        let name = match value.kind() {
            "string" => "str",
            "integer" | "unary_operator" => "int",
            "true" | "false" => "bool",
            "none" => "none",
            _ => return None,
        };
        Some(hint(name, Vec::new()))
    }

    fn union(&mut self, members: &[Node], depth: usize) -> Option<TypeHint> {
        let mut kinds: Vec<TypeHint> = Vec::new();
        let mut optional = false;
        for member in members {
            let member = self.hint_at(*member, depth)?;
            let parts = match member.name.as_str() {
                "union" => member.args,
                "optional" => {
                    optional = true;
                    member.args
                }
                _ => vec![member],
            };
            for part in parts {
                if part.name == "none" {
                    optional = true;
                } else if !kinds.contains(&part) {
                    kinds.push(part);
                }
            }
        }
        let inner =
            if kinds.len() > 1 { hint("union", kinds) } else { kinds.pop().unwrap_or(hint("none", vec![])) };
        Some(if optional && inner.name != "none" { hint("optional", vec![inner]) } else { inner })
    }
}

/// Synonyms get one name.
fn normalized(name: &str, args: Vec<TypeHint>) -> TypeHint {
    match name {
        "any" | "object" => hint("any", Vec::new()),
        "text" => hint("str", args),
        "nonetype" => hint("none", args),
        "optional" if matches!(args.as_slice(), [inner] if inner.name == "optional") => {
            args.into_iter().next().unwrap_or(hint("any", Vec::new()))
        }
        _ => hint(name, args),
    }
}
