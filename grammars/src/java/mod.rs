//! The Java front end: source text straight to the typed IR.

mod call;
mod class;
mod collection;
mod convert;
mod doc;
mod effect;
mod expr;
mod literal;
mod loops;
mod lower;
mod order;
mod stmt;
mod switch;
mod testing;
mod text;
mod types;

#[cfg(test)]
mod tests;

use self::lower::Lowering;
use crate::comments::Comments;
use crate::ir::visit::each_expr;
use crate::ir::{Expr, ExprKind, Item, Module, TestCase};
use crate::tree::{children, field, text};
use crate::{LangId, Rejection, tree};
use std::collections::BTreeMap;
use tree_sitter::Node;

/// Reads a Java file whose classes have static members, or no state.
///
/// The static methods of all classes become functions, their static fields constants; `main`
/// methods that check and JUnit's test methods become tests. `name` is the file's stem.
///
/// # Errors
///
/// A rejection for the first construct that has no counterpart; it takes the whole file.
pub fn parse(name: &str, source: &str) -> Result<Module, Rejection> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let tree = tree::parse("java", &tree_sitter_java::LANGUAGE.into(), &[], source)?;
    let root = tree.root_node();
    let mut lowering = Lowering::new(source, comments(root, source));
    let classes = classes(root, source)?;
    let names = classes.iter().filter_map(|c| field(*c, "name")).map(|n| text(n, source).to_owned());
    lowering.stateless = names.collect();
    for class in &classes {
        lowering.declare_class(*class)?;
    }
    let mut items = Vec::new();
    for class in &classes {
        lowering.class_items(*class, &mut items)?;
    }
    let changed = lowering.changed_fields;
    for item in &mut items {
        if let Item::Constant(constant) = item {
            constant.mutated = changed.contains(&constant.name);
        }
    }
    let doc = classes.first().and_then(|c| Lowering::new(source, Comments::default()).doc_before(*c));
    let tests = lowering.tests;
    let entry_point = entry_point(&items, &tests);
    Ok(Module { source_lang: LangId::JAVA, name: name.to_owned(), doc, items, tests, entry_point })
}

/// The classes at top level. Other kinds of types are rejected.
fn classes<'t>(root: Node<'t>, source: &str) -> Result<Vec<Node<'t>>, Rejection> {
    let mut out = Vec::new();
    for node in children(root) {
        match node.kind() {
            "class_declaration"
                if field(node, "superclass").is_none() && field(node, "type_parameters").is_none() =>
            {
                out.push(node);
            }
            "import_declaration" | "package_declaration" | ";" => {}
            other => {
                let shown = text(node, source).lines().next().unwrap_or_default();
                let message = format!("the {} `{shown}` is not supported", other.replace('_', " "));
                return Err(Rejection::new("java.type-declaration", tree::span(node), message));
            }
        }
    }
    if out.is_empty() {
        return Err(Rejection::new("java.empty", tree::span(root), "the file declares no class"));
    }
    Ok(out)
}

/// The comments that are no Javadoc.
fn comments(root: Node, source: &str) -> Comments {
    Comments::collect(root, source, |node| {
        let comment = text(node, source);
        let plain = match node.kind() {
            "line_comment" => comment.trim_start_matches('/').to_owned(),
            "block_comment" if !comment.starts_with("/**") => {
                let inner = comment.trim_start_matches("/*").trim_end_matches("*/");
                let lines = inner.lines().map(|l| l.trim().trim_start_matches('*').trim());
                lines.filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n")
            }
            _ => return None,
        };
        let plain = plain.strip_prefix(' ').unwrap_or(&plain).trim_end();
        (!plain.is_empty()).then(|| plain.to_owned())
    })
}

/// The method that most checks call; without checks the last one.
fn entry_point(items: &[Item], tests: &[TestCase]) -> Option<String> {
    let functions: Vec<&str> = items
        .iter()
        .filter_map(|i| match i {
            Item::Function(f) => Some(f.name.as_str()),
            _ => None,
        })
        .collect();
    let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
    for test in tests {
        each_expr(&test.body, |e: &Expr| {
            if let ExprKind::Call { function, .. } = &e.kind {
                *calls.entry(function).or_default() += 1;
            }
        });
    }
    let most = functions.iter().filter(|f| calls.contains_key(**f)).max_by_key(|f| calls[**f]);
    most.or(functions.last()).map(|f| (*f).to_owned())
}
