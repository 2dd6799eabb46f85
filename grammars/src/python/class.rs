//! Classes.

use super::lower::Lowering;
use super::scope::{Scope, ScopeKind};
use super::stmt::path_of;
use crate::Rejection;
use crate::surface::{Class, ClassDecorator, ExprKind};
use crate::tree::{children, field};
use tree_sitter::Node;

impl Lowering<'_> {
    /// A class; `whole` is the definition with its decorators.
    pub(super) fn class(&mut self, node: Node, whole: Node, limit: usize) -> Result<Class, Rejection> {
        let decorators = self.class_decorators(whole)?;
        let bases = self.bases(node)?;
        let mut scope = Scope::new(ScopeKind::Class);
        let body_node = field(node, "body");
        if let Some(body) = body_node {
            scope.collect(body, self.source);
        }
        let (doc, body) = self.scoped(scope, |l| {
            let mut statements = body_node.map(children).unwrap_or_default();
            let column = statements.first().map_or(0, |n| n.start_position().column);
            let doc = l.take_doc(&mut statements);
            (doc, l.block(&statements, column, limit))
        });
        Ok(Class {
            name: field(node, "name").map(|n| self.text(n).to_owned()).unwrap_or_default(),
            bases,
            doc,
            body,
            decorators,
            span: self.span(whole),
        })
    }

    /// `object` is everybody's base and left out; of `Generic[T]` the path counts.
    fn bases(&mut self, node: Node) -> Result<Vec<String>, Rejection> {
        let mut out = Vec::new();
        for base in field(node, "superclasses").map(children).unwrap_or_default() {
            let class = if base.kind() == "subscript" { field(base, "value").unwrap_or(base) } else { base };
            let path = match class.kind() {
                "keyword_argument" => self.abstract_base(class),
                _ => self.path(class),
            };
            match path {
                Some(path) if path == "object" => {}
                Some(path) => out.push(path),
                None => {
                    let message = format!("the base `{}` is no plain name of a class", self.text(base));
                    return Err(self.reject("python.base-class", base, message));
                }
            }
        }
        Ok(out)
    }

    /// `metaclass=ABCMeta` says what the base `ABC` says.
    fn abstract_base(&mut self, keyword: Node) -> Option<String> {
        let name = field(keyword, "name").map(|n| self.text(n).to_owned())?;
        let value = field(keyword, "value").and_then(|n| self.path(n))?;
        (name == "metaclass" && value == "abc.ABCMeta").then(|| "abc.ABC".to_owned())
    }

    fn class_decorators(&mut self, whole: Node) -> Result<Vec<ClassDecorator>, Rejection> {
        let mut out = Vec::new();
        for decorator in children(whole).into_iter().filter(|n| n.kind() == "decorator") {
            let expr = children(decorator).first().map(|n| self.expr(*n));
            let path_and_keywords = expr.and_then(|e| match e.kind {
                ExprKind::Call { callee, args, keywords } if args.is_empty() => {
                    Some((path_of(&callee)?, keywords))
                }
                _ => Some((path_of(&e)?, Vec::new())),
            });
            let Some(found) = path_and_keywords else {
                let message = format!("the decorator `{}` is no plain name", self.text(decorator).trim());
                return Err(self.reject("python.decorator", decorator, message));
            };
            out.push(found);
        }
        Ok(out)
    }
}
