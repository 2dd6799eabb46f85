//! Functions and parameters.

use super::lower::Lowering;
use super::scope::{Scope, ScopeKind};
use super::stmt::path_of;
use crate::Rejection;
use crate::surface::{ExprKind, Function, Param, ParamKind};
use crate::tree::{children, field, has_token};
use tree_sitter::Node;

impl Lowering<'_> {
    /// A function; `whole` is the definition with its decorators.
    pub(super) fn function(&mut self, node: Node, whole: Node, limit: usize) -> Result<Function, Rejection> {
        if has_token(node, "async") {
            return Err(self.reject("python.async", node, "`async def` has no counterpart"));
        }
        let decorators = self.function_decorators(whole)?;
        let params = match field(node, "parameters") {
            Some(list) => self.params(list)?,
            None => Vec::new(),
        };
        let returns = field(node, "return_type").and_then(|n| self.hint(n));
        let mut scope = Scope::new(ScopeKind::Function);
        let body_node = field(node, "body");
        if let Some(body) = body_node {
            scope.collect(body, self.source);
        }
        params.iter().for_each(|p| scope.bind(&p.name));
        let outer_names = scope.outer_names.clone();
        let (doc, body) = self.scoped(scope, |l| {
            let mut statements = body_node.map(children).unwrap_or_default();
            let column = statements.first().map_or(0, |n| n.start_position().column);
            let doc = l.take_doc(&mut statements);
            let block = l.block(&statements, column, limit);
            (doc, l.or_pass(block, node))
        });
        Ok(Function {
            name: field(node, "name").map(|n| self.text(n).to_owned()).unwrap_or_default(),
            params,
            returns,
            doc,
            body,
            decorators,
            is_generator: body_node.is_some_and(yields),
            outer_names,
            span: self.span(whole),
        })
    }

    /// The parameters of a function or lambda.
    pub(super) fn params(&mut self, list: Node) -> Result<Vec<Param>, Rejection> {
        let mut out = Vec::new();
        let mut kind = ParamKind::Normal;
        for node in children(list) {
            match node.kind() {
                "positional_separator" => continue,
                "keyword_separator" => {
                    kind = ParamKind::KeywordOnly;
                    continue;
                }
                _ => {}
            }
            let param = self.param(node, kind)?;
            if param.kind == ParamKind::VarArgs {
                kind = ParamKind::KeywordOnly;
            }
            out.push(param);
        }
        Ok(out)
    }

    fn param(&mut self, node: Node, kind: ParamKind) -> Result<Param, Rejection> {
        let name = match node.kind() {
            "default_parameter" | "typed_default_parameter" => field(node, "name"),
            "typed_parameter" => children(node).first().copied(),
            _ => Some(node),
        };
        let name = name.unwrap_or(node);
        let (kind, name) = match name.kind() {
            "identifier" => (kind, self.text(name)),
            "list_splat_pattern" => (ParamKind::VarArgs, self.text(name).trim_start_matches(['*', ' '])),
            "dictionary_splat_pattern" => {
                (ParamKind::KeywordArgs, self.text(name).trim_start_matches(['*', ' ']))
            }
            _ => {
                let message = format!("the parameter `{}` is not supported", self.text(node));
                return Err(self.reject("python.parameter", node, message));
            }
        };
        Ok(Param {
            name: name.to_owned(),
            hint: field(node, "type").and_then(|n| self.hint(n)),
            default: field(node, "value").map(|n| self.expr(n)),
            kind,
            span: self.span(node),
        })
    }

    fn function_decorators(&mut self, whole: Node) -> Result<Vec<String>, Rejection> {
        let mut out = Vec::new();
        for decorator in children(whole).into_iter().filter(|n| n.kind() == "decorator") {
            let expr = children(decorator).first().map(|n| self.expr(*n));
            let path = expr.and_then(|e| match &e.kind {
                ExprKind::Call { callee, .. } => path_of(callee),
                _ => path_of(&e),
            });
            let Some(path) = path else {
                let message = format!("the decorator `{}` is no plain name", self.text(decorator).trim());
                return Err(self.reject("python.decorator", decorator, message));
            };
            out.push(path);
        }
        Ok(out)
    }
}

/// The body contains `yield`, not counting functions inside.
fn yields(body: Node) -> bool {
    let mut pending = vec![body];
    while let Some(node) = pending.pop() {
        match node.kind() {
            "yield" => return true,
            "function_definition" | "class_definition" | "lambda" => {}
            _ => pending.extend(children(node)),
        }
    }
    false
}
