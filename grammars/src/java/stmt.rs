//! Statements, except loops and `switch`.

use super::lower::{Lowering, Outcome};
use super::types::{JType, arrays_of};
use crate::comments::Comment;
use crate::ir::{Block, ExceptionKind, Expr, ExprKind, Handler, Place, Stmt, StmtKind};
use crate::tree::{children, field, fields};
use tree_sitter::Node;

impl Lowering<'_> {
    /// A block in a scope of its own; a statement without braces is a block of one.
    pub(super) fn block(&mut self, node: Node) -> Outcome<Block> {
        let statements = if node.kind() == "block" { children(node) } else { vec![node] };
        let end = node.end_byte();
        let mut out = self.scoped(|l| l.statements(&statements, end))?;
        if out.iter().all(|s| matches!(s.kind, StmtKind::Comment { .. })) {
            out.push(Stmt { kind: StmtKind::Pass, span: self.span(node) });
        }
        Ok(out)
    }

    /// Statements with the comments among them, up to the byte `end`.
    pub(super) fn statements(&mut self, statements: &[Node], end: usize) -> Outcome<Block> {
        let mut out = Vec::new();
        for node in statements {
            while let Some(comment) = self.comments.take_if(node.start_byte(), |_| true) {
                out.push(comment_stmt(comment, false));
            }
            let first = out.len();
            out.extend(self.stmt(*node)?);
            let mut at = first;
            while let Some(comment) = self.comments.take_if(node.end_byte(), |_| true) {
                out.insert(at.min(out.len()), comment_stmt(comment, false));
                at += 1;
            }
            let line = node.end_position().row + 1;
            let behind = |c: &Comment| !c.own_line && c.span.line as usize == line;
            if let Some(comment) = self.comments.take_if(end, behind) {
                let trailing = !out.is_empty();
                out.push(comment_stmt(comment, trailing));
            }
        }
        while let Some(comment) = self.comments.take_if(end, |_| true) {
            out.push(comment_stmt(comment, false));
        }
        Ok(out)
    }

    /// One statement with what its expressions leave to be done after it.
    pub(super) fn stmt(&mut self, node: Node) -> Outcome<Vec<Stmt>> {
        let text = self.text(node);
        let simple = matches!(node.kind(), "expression_statement" | "local_variable_declaration");
        let outer = (self.after.take(), self.statement);
        self.after = simple.then(Vec::new);
        self.statement = text;
        let lowered = self.deeper(node, |l| l.stmt_kind(node));
        let after = self.after.take();
        (self.after, self.statement) = outer;
        let mut out = lowered?;
        out.extend(after.into_iter().flatten());
        Ok(out)
    }

    fn stmt_kind(&mut self, node: Node) -> Outcome<Vec<Stmt>> {
        let span = self.span(node);
        let one = |kind| Ok(vec![Stmt { kind, span }]);
        if self.test_text.is_some()
            && let Some(check) = self.test_stmt(node)?
        {
            return Ok(check);
        }
        match node.kind() {
            "local_variable_declaration" => self.declaration(node),
            "expression_statement" => match children(node)[..] {
                [inner] if inner.kind() == "switch_expression" => self.switch(inner),
                [inner] => self.effect(inner),
                _ => Err(self.reject("java.syntax", node, "a malformed statement")),
            },
            "switch_expression" => self.switch(node),
            "block" => self.block(node),
            "if_statement" => one(self.if_statement(node)?),
            "while_statement" => one(self.while_statement(node)?),
            "do_statement" => one(self.do_statement(node)?),
            "for_statement" => self.for_statement(node),
            "enhanced_for_statement" => self.for_each(node),
            "return_statement" => one(StmtKind::Return(self.returned(node)?)),
            "break_statement" | "continue_statement" if !children(node).is_empty() => {
                Err(self.reject("java.label", node, "labels are not supported"))
            }
            "break_statement" => one(StmtKind::Break),
            "continue_statement" => one(StmtKind::Continue),
            "throw_statement" => one(self.throw(node)?),
            "try_statement" => one(self.try_statement(node)?),
            "assert_statement" => one(self.assert(node)?),
            ";" => Ok(Vec::new()),
            "labeled_statement" => Err(self.reject("java.label", node, "labels are not supported")),
            other => {
                let message = format!("`{}` is not supported", other.replace('_', " "));
                Err(self.reject("java.statement", node, message))
            }
        }
    }

    /// `int a = 1, b = 2;`. A declaration without a value leaves no statement.
    pub(super) fn declaration(&mut self, node: Node) -> Outcome<Vec<Stmt>> {
        let mut out = Vec::new();
        let type_node = field(node, "type");
        let inferred = type_node.is_some_and(|t| self.text(t) == "var");
        let declared = if inferred { None } else { Some(self.jtype_in(node, "type")?) };
        for declarator in fields(node, "declarator") {
            let name = field(declarator, "name").map(|n| self.text(n)).unwrap_or_default();
            let dimensions = field(declarator, "dimensions").map_or(0, |d| self.text(d).matches('[').count());
            let ty = declared.clone().map(|t| arrays_of(t, dimensions));
            let value = field(declarator, "value");
            if ty == Some(JType::Stateless) {
                self.declare(name, JType::Stateless);
                continue;
            }
            let Some(value_node) = value else {
                let Some(ty) = ty else {
                    return Err(self.reject("java.syntax", declarator, "`var` without a value"));
                };
                self.declare(name, ty);
                continue;
            };
            let value = self.expr_for(value_node, ty.as_ref())?;
            if value.ty == JType::Builder && value_node.kind() == "identifier" {
                return Err(self.reject("java.builder", value_node, "a StringBuilder with two names"));
            }
            let ty = self.declared_type(ty, &value.ty);
            let value = self.coerce(value, &ty, value_node)?;
            let name = self.declare(name, ty.clone());
            let place = Place::Variable { name, ty: ty.ir() };
            out.push(Stmt { kind: StmtKind::Assign { place, value }, span: self.span(declarator) });
        }
        Ok(out)
    }

    /// What is made decides whether a map keeps its order; `var` takes the value's type.
    fn declared_type(&self, declared: Option<JType>, value: &JType) -> JType {
        match (declared, value) {
            (Some(JType::Map { key, value, .. }), JType::Map { ordered, .. }) => {
                JType::Map { key, value, ordered: *ordered }
            }
            (Some(declared), _) => declared,
            (None, value) => value.clone(),
        }
    }

    /// `if … else if … else`.
    fn if_statement(&mut self, node: Node) -> Outcome<StmtKind> {
        let mut branches = Vec::new();
        let mut at = node;
        loop {
            let (Some(condition), Some(block)) = (field(at, "condition"), field(at, "consequence")) else {
                return Err(self.reject("java.syntax", at, "a malformed `if`"));
            };
            branches.push((self.condition(condition)?, self.block(block)?));
            match field(at, "alternative") {
                Some(next) if next.kind() == "if_statement" => at = next,
                Some(block) => {
                    let orelse = self.block(block)?;
                    return Ok(StmtKind::If { branches, orelse });
                }
                None => return Ok(StmtKind::If { branches, orelse: Vec::new() }),
            }
        }
    }

    fn returned(&mut self, node: Node) -> Outcome<Option<Expr>> {
        let ret = self.ret.clone();
        let value = children(node).first().map(|n| self.value_of(*n, &ret)).transpose()?;
        Ok(value)
    }

    /// `assert condition : message`.
    fn assert(&mut self, node: Node) -> Outcome<StmtKind> {
        let parts = children(node);
        let (Some(condition), message) = (parts.first(), parts.get(1)) else {
            return Err(self.reject("java.syntax", node, "a malformed `assert`"));
        };
        let condition = self.condition(*condition)?;
        let message = match message {
            Some(message) => {
                let value = self.expr(*message)?;
                Some(self.as_text(value, *message)?)
            }
            None => None,
        };
        Ok(StmtKind::Assert { condition, message })
    }

    /// `throw new X(message)`.
    fn throw(&mut self, node: Node) -> Outcome<StmtKind> {
        let parts = children(node);
        let created = parts.first().filter(|n| n.kind() == "object_creation_expression");
        let Some((created, class)) = created.and_then(|c| Some((*c, field(*c, "type")?))) else {
            return Err(self.reject("java.throw", node, "only new exceptions can be thrown"));
        };
        let name = self.text(class);
        let Some(kind) = exception(name) else {
            return Err(self.reject(
                "java.exception",
                class,
                format!("the exception `{name}` is not supported"),
            ));
        };
        let args = field(created, "arguments").map(children).unwrap_or_default();
        let message = match args[..] {
            [] => None,
            [message] => {
                let value = self.expr(message)?;
                Some(self.as_text(value, message)?)
            }
            _ => return Err(self.reject("java.exception", created, "an exception with a cause")),
        };
        Ok(StmtKind::Raise { kind, message })
    }

    fn try_statement(&mut self, node: Node) -> Outcome<StmtKind> {
        let Some(body) = field(node, "body") else {
            return Err(self.reject("java.syntax", node, "a `try` without a block"));
        };
        let body = self.block(body)?;
        let (mut handlers, mut finally) = (Vec::new(), Vec::new());
        for clause in children(node).into_iter().skip(1) {
            match clause.kind() {
                "catch_clause" => handlers.push(self.handler(clause)?),
                "finally_clause" => {
                    if let Some(block) = children(clause).first() {
                        finally = self.block(*block)?;
                    }
                }
                _ => return Err(self.reject("java.statement", clause, "resources are not supported")),
            }
        }
        Ok(StmtKind::Try { body, handlers, orelse: Vec::new(), finally })
    }

    /// Classes that also catch what the runtime throws by itself (an index out of bounds, say) are
    /// rejected: the IR takes for granted that programs do not.
    fn handler(&mut self, clause: Node) -> Outcome<Handler> {
        let parameter = children(clause).into_iter().find(|n| n.kind() == "catch_formal_parameter");
        let classes = parameter.and_then(|p| children(p).into_iter().find(|n| n.kind() == "catch_type"));
        let mut kinds = Vec::new();
        for class in classes.map(children).unwrap_or_default() {
            let name = self.text(class);
            match exception(name).filter(|_| !catches_runtime_errors(name)) {
                Some(kind) => kinds.push(kind),
                None => {
                    let message = format!("catching `{name}` is not supported");
                    return Err(self.reject("java.exception", class, message));
                }
            }
        }
        let name = parameter.and_then(|p| field(p, "name")).map(|n| self.text(n)).unwrap_or_default();
        let Some(block) = field(clause, "body") else {
            return Err(self.reject("java.syntax", clause, "a `catch` without a block"));
        };
        let (binding, body) = self.scoped(|l| {
            let binding = l.declare_bound(name, JType::Str);
            (binding, l.block(block))
        });
        let body = body?;
        let used = self.text(block).contains(&format!("{name}.getMessage()"));
        Ok(Handler { kinds, binding: used.then_some(binding), body })
    }

    /// `e.getMessage()`: the IR's binding of a handler is the message.
    pub(super) fn message_of(&self, node: Node) -> Option<Expr> {
        let object = field(node, "object")?;
        let variable = self.variable(self.text(object)).filter(|v| v.ty == JType::Str)?;
        let kind = ExprKind::Local(variable.name.clone());
        (self.text(field(node, "name")?) == "getMessage").then(|| self.make(node, kind, JType::Str).expr)
    }
}

/// The IR's kind of an exception class of the library.
pub(super) fn exception(name: &str) -> Option<ExceptionKind> {
    Some(match name {
        "IllegalArgumentException" | "NumberFormatException" => ExceptionKind::Value,
        "IllegalStateException" | "RuntimeException" => ExceptionKind::Runtime,
        "ArithmeticException" => ExceptionKind::Arithmetic,
        "IndexOutOfBoundsException"
        | "ArrayIndexOutOfBoundsException"
        | "StringIndexOutOfBoundsException" => ExceptionKind::Index,
        "UnsupportedOperationException" => ExceptionKind::NotImplemented,
        "NoSuchElementException" => ExceptionKind::StopIteration,
        "AssertionError" => ExceptionKind::Assertion,
        _ => return None,
    })
}

fn catches_runtime_errors(name: &str) -> bool {
    name == "RuntimeException" || name == "NoSuchElementException" || name.contains("IndexOutOfBounds")
}

fn comment_stmt(comment: Comment, trailing: bool) -> Stmt {
    Stmt { span: comment.span, kind: StmtKind::Comment { text: comment.text, trailing } }
}
