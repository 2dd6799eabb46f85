//! Expressions.

use super::literal;
use super::lower::Lowering;
use super::scope::{self, Resolved, Scope, ScopeKind};
use crate::Rejection;
use crate::surface::{BinaryOp, Clause, CompareOp, ComprehensionKind, Expr, ExprKind, UnaryOp};
use crate::tree::{children, field, fields, has_token};
use tree_sitter::Node;

impl Lowering<'_> {
    /// Lowers an expression, or an assignment target.
    pub(super) fn expr(&mut self, node: Node) -> Expr {
        let span = self.span(node);
        let kind = self.deeper(node, |l| l.expr_kind(node)).unwrap_or_else(ExprKind::Unsupported);
        Expr { kind, span }
    }

    /// As [`Lowering::expr`], for a field that the grammar guarantees.
    pub(super) fn expr_in(&mut self, node: Node, name: &str) -> Expr {
        match field(node, name) {
            Some(child) => self.expr(child),
            None => Expr {
                kind: ExprKind::Unsupported(self.reject("python.syntax", node, format!("no {name} here"))),
                span: self.span(node),
            },
        }
    }

    pub(super) fn boxed(&mut self, node: Node, name: &str) -> Box<Expr> {
        Box::new(self.expr_in(node, name))
    }

    pub(super) fn exprs(&mut self, nodes: &[Node]) -> Vec<Expr> {
        nodes.iter().map(|n| self.expr(*n)).collect()
    }

    fn expr_kind(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        match node.kind() {
            "none" => Ok(ExprKind::None),
            "true" => Ok(ExprKind::Bool(true)),
            "false" => Ok(ExprKind::Bool(false)),
            "integer" | "float" => self.number(node),
            "string" | "concatenated_string" => self.string(node),
            "identifier" => self.name(node),
            "parenthesized_expression" | "as_pattern_target" | "type" => self.only_child(node),
            "list" | "list_pattern" => Ok(ExprKind::List(self.exprs(&children(node)))),
            "tuple" | "expression_list" | "pattern_list" => Ok(ExprKind::Tuple(self.exprs(&children(node)))),
            "tuple_pattern" => self.tuple_pattern(node),
            "set" => Ok(ExprKind::Set(self.exprs(&children(node)))),
            "dictionary" => self.dictionary(node),
            "list_splat" | "list_splat_pattern" => self.star(node),
            "attribute" => Ok(self.attribute(node)),
            "subscript" => self.subscript(node),
            "call" => self.call(node),
            "unary_operator" | "not_operator" => self.unary(node),
            "binary_operator" => self.binary(node),
            "boolean_operator" => Ok(self.boolean(node)),
            "comparison_operator" => self.comparison(node),
            "conditional_expression" => self.conditional(node),
            "lambda" => self.lambda(node),
            "list_comprehension" => self.comprehension(node, ComprehensionKind::List),
            "set_comprehension" => self.comprehension(node, ComprehensionKind::Set),
            "dictionary_comprehension" => self.comprehension(node, ComprehensionKind::Dict),
            "generator_expression" => self.comprehension(node, ComprehensionKind::Generator),
            "named_expression" => self.walrus(node),
            "await" => Err(self.reject("python.async", node, "`await` has no counterpart")),
            "yield" => {
                Err(self.reject("python.yield-expression", node, "the value of `yield` has no counterpart"))
            }
            "ellipsis" => Err(self.reject("python.ellipsis", node, "`...` as a value has no counterpart")),
            other => {
                let message = format!("`{}` is not supported as an expression", other.replace('_', " "));
                Err(self.reject("python.expression", node, message))
            }
        }
    }

    fn only_child(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        match children(node).as_slice() {
            [inner] => Ok(self.expr(*inner).kind),
            _ => Err(self.reject("python.syntax", node, "one expression was expected in brackets")),
        }
    }

    fn number(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        let spelled = self.text(node);
        let kind = match node.kind() {
            "integer" => literal::integer(spelled).map(ExprKind::Int),
            _ => literal::float(spelled).map(ExprKind::Float),
        };
        kind.ok_or_else(|| {
            self.reject("python.complex", node, format!("the number `{spelled}` is complex or malformed"))
        })
    }

    fn name(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        let name = self.text(node);
        match scope::resolve(&self.scopes, name) {
            Resolved::Own => Ok(ExprKind::Name(name.to_owned())),
            Resolved::Library(path) => Ok(ExprKind::Library(path)),
            Resolved::PerhapsStar(module) => {
                let message =
                    format!("`{name}` may come from `from {module} import *`, whose names are not known");
                Err(self.reject("python.star-import", node, message))
            }
            Resolved::Undefined => Err(self.reject(
                "python.undefined-name",
                node,
                format!("`{name}` is not defined in this file"),
            )),
        }
    }

    /// `(a)` as a target is `a`; `(a,)` is a tuple.
    fn tuple_pattern(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        match children(node).as_slice() {
            [inner] if !has_token(node, ",") => Ok(self.expr(*inner).kind),
            inner => Ok(ExprKind::Tuple(self.exprs(inner))),
        }
    }

    /// `{**a, "k": v}` says the same as `a | {"k": v}`, and `{**a}` as `dict(a)`.
    fn dictionary(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        let span = self.span(node);
        let mut parts: Vec<Expr> = Vec::new();
        let mut splats = 0;
        for child in children(node) {
            if child.kind() == "pair" {
                let item = (self.expr_in(child, "key"), self.expr_in(child, "value"));
                match parts.last_mut().map(|p| &mut p.kind) {
                    Some(ExprKind::Dict(items)) => items.push(item),
                    _ => parts.push(Expr { kind: ExprKind::Dict(vec![item]), span }),
                }
            } else {
                splats += 1;
                let inner = children(child).first().map(|n| self.expr(*n));
                // A display splatted into a display stays apart from the pairs after it.
                parts.extend(inner.map(|e| if matches!(e.kind, ExprKind::Dict(_)) { copied(e) } else { e }));
            }
        }
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else { return Ok(ExprKind::Dict(Vec::new())) };
        let first = if splats == 1 && parts.len() == 0 { copied(first) } else { first };
        let union = |left: Expr, right: Expr| {
            let kind = ExprKind::Binary { op: BinaryOp::BitOr, left: Box::new(left), right: Box::new(right) };
            Expr { kind, span }
        };
        Ok(parts.fold(first, union).kind)
    }

    fn star(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        match children(node).as_slice() {
            [inner] => Ok(ExprKind::Star(Box::new(self.expr(*inner)))),
            _ => Err(self.reject("python.syntax", node, "one expression was expected behind `*`")),
        }
    }

    fn attribute(&mut self, node: Node) -> ExprKind {
        let value = self.boxed(node, "object");
        let name = field(node, "attribute").map(|n| self.text(n).to_owned()).unwrap_or_default();
        match value.kind {
            ExprKind::Library(path) => ExprKind::Library(format!("{path}.{name}")),
            _ => ExprKind::Attribute { value, name },
        }
    }

    fn subscript(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        let value = self.boxed(node, "value");
        let places = fields(node, "subscript");
        if let [slice] = places.as_slice()
            && slice.kind() == "slice"
        {
            return Ok(self.slice(value, *slice));
        }
        let index = match places.as_slice() {
            [index] if !has_token(node, ",") => self.expr(*index),
            several => {
                let items = several.iter().map(|n| self.subscript_item(*n)).collect();
                Expr { kind: ExprKind::Tuple(items), span: self.span(node) }
            }
        };
        Ok(ExprKind::Subscript { value, index: Box::new(index) })
    }

    /// One of several subscripts: a slice among them is the call `slice(start, stop, step)`, as in
    /// the language itself.
    fn subscript_item(&mut self, node: Node) -> Expr {
        if node.kind() != "slice" {
            return self.expr(node);
        }
        let span = self.span(node);
        let bound = |bound: Option<Box<Expr>>| bound.map_or(Expr { kind: ExprKind::None, span }, |b| *b);
        let args = self.slice_bounds(node).map(bound).into();
        let callee = Box::new(Expr { kind: ExprKind::Library("builtins.slice".to_owned()), span });
        Expr { kind: ExprKind::Call { callee, args, keywords: Vec::new() }, span }
    }

    fn slice(&mut self, value: Box<Expr>, node: Node) -> ExprKind {
        let [start, stop, step] = self.slice_bounds(node);
        ExprKind::Slice { value, start, stop, step }
    }

    /// The bounds have no field names: which is which follows from the colons.
    fn slice_bounds(&mut self, node: Node) -> [Option<Box<Expr>>; 3] {
        let mut bounds = [None, None, None];
        let mut at = 0;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if child.kind() == ":" {
                at += 1;
            } else if !child.is_extra() && at < bounds.len() {
                bounds[at] = Some(Box::new(self.expr(child)));
            }
        }
        bounds
    }

    fn call(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        let callee = self.boxed(node, "function");
        let mut args = Vec::new();
        let mut keywords = Vec::new();
        let Some(list) = field(node, "arguments") else {
            return Err(self.reject("python.syntax", node, "a call without arguments in brackets"));
        };
        if list.kind() == "generator_expression" {
            args.push(self.expr(list));
            return Ok(ExprKind::Call { callee, args, keywords });
        }
        for child in children(list) {
            match child.kind() {
                "keyword_argument" => {
                    let name = field(child, "name").map(|n| self.text(n).to_owned()).unwrap_or_default();
                    keywords.push((name, self.expr_in(child, "value")));
                }
                "dictionary_splat" => {
                    return Err(self.reject(
                        "python.keyword-splat",
                        child,
                        "`**` in a call is not supported",
                    ));
                }
                _ => args.push(self.expr(child)),
            }
        }
        Ok(ExprKind::Call { callee, args, keywords })
    }

    fn unary(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        let spelled = field(node, "operator").map_or("not", |n| self.text(n));
        let op = match spelled {
            "not" => UnaryOp::Not,
            "-" => UnaryOp::Neg,
            "+" => UnaryOp::Pos,
            "~" => UnaryOp::Invert,
            other => return Err(self.reject("python.operator", node, format!("unknown operator `{other}`"))),
        };
        Ok(ExprKind::Unary { op, operand: self.boxed(node, "argument") })
    }

    fn binary(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        let spelled = field(node, "operator").map(|n| self.text(n)).unwrap_or_default();
        let Some(op) = binary_op(spelled) else {
            return Err(self.reject("python.operator", node, format!("unknown operator `{spelled}`")));
        };
        Ok(ExprKind::Binary { op, left: self.boxed(node, "left"), right: self.boxed(node, "right") })
    }

    /// `a and b and c` nests to the left; it becomes one node.
    fn boolean(&mut self, node: Node) -> ExprKind {
        let mut operands = Vec::new();
        let mut at = node;
        loop {
            operands.extend(field(at, "right"));
            match field(at, "left") {
                Some(left) if left.kind() == "boolean_operator" && operator(left) == operator(node) => {
                    at = left
                }
                left => {
                    operands.extend(left);
                    break;
                }
            }
        }
        operands.reverse();
        let operands = self.exprs(&operands);
        if operator(node) == Some("and") { ExprKind::And(operands) } else { ExprKind::Or(operands) }
    }

    fn comparison(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        let operands = self.exprs(&children(node).into_iter().filter(|n| n.is_named()).collect::<Vec<_>>());
        let mut ops = Vec::new();
        for operator in fields(node, "operators") {
            let spelled = self.text(operator).split_whitespace().collect::<Vec<_>>().join(" ");
            ops.push(match spelled.as_str() {
                "==" => CompareOp::Eq,
                "!=" => CompareOp::Ne,
                "<" => CompareOp::Lt,
                "<=" => CompareOp::Le,
                ">" => CompareOp::Gt,
                ">=" => CompareOp::Ge,
                "in" => CompareOp::In,
                "not in" => CompareOp::NotIn,
                "is" => CompareOp::Is,
                "is not" => CompareOp::IsNot,
                other => {
                    let message = format!("unknown comparison `{other}`");
                    return Err(self.reject("python.operator", operator, message));
                }
            });
        }
        Ok(ExprKind::Compare { operands, ops })
    }

    fn conditional(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        match children(node).as_slice() {
            [then, condition, orelse] => Ok(ExprKind::IfElse {
                condition: Box::new(self.expr(*condition)),
                then: Box::new(self.expr(*then)),
                orelse: Box::new(self.expr(*orelse)),
            }),
            _ => Err(self.reject("python.syntax", node, "a malformed conditional expression")),
        }
    }

    fn lambda(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        let list = field(node, "parameters");
        let params = list.map(|l| self.params(l)).transpose()?.unwrap_or_default();
        let mut scope = Scope::new(ScopeKind::Function);
        params.iter().for_each(|p| scope.bind(&p.name));
        let body = self.scoped(scope, |l| l.boxed(node, "body"));
        Ok(ExprKind::Lambda { params, body })
    }

    /// The first iterable belongs to the scope around; everything else sees the loop variables.
    fn comprehension(&mut self, node: Node, kind: ComprehensionKind) -> Result<ExprKind, Rejection> {
        let parts: Vec<Node> = children(node).into_iter().skip(1).collect();
        let mut scope = Scope::new(ScopeKind::Comprehension);
        for part in parts.iter().filter_map(|n| field(*n, "left")) {
            scope.bind_pattern(part, self.source);
        }
        let mut outer = parts.first().map(|first| self.iterable(*first));
        self.scoped(scope, |l| {
            let mut clauses: Vec<Clause> = Vec::new();
            for part in parts {
                if part.kind() == "if_clause" {
                    let conditions = l.exprs(&children(part));
                    clauses.last_mut().into_iter().for_each(|c| c.conditions.extend_from_slice(&conditions));
                    continue;
                }
                if has_token(part, "async") {
                    return Err(l.reject("python.async", part, "`async for` has no counterpart"));
                }
                let iter = outer.take().unwrap_or_else(|| l.iterable(part));
                clauses.push(Clause { target: l.expr_in(part, "left"), iter, conditions: Vec::new() });
            }
            let (element, value) = match field(node, "body") {
                Some(pair) if pair.kind() == "pair" => (l.boxed(pair, "key"), Some(l.boxed(pair, "value"))),
                _ => (l.boxed(node, "body"), None),
            };
            Ok(ExprKind::Comprehension { kind, element, value, clauses })
        })
    }

    /// `for … in a, b` iterates over a tuple.
    fn iterable(&mut self, clause: Node) -> Expr {
        let right: Vec<Node> = fields(clause, "right").into_iter().filter(|n| n.is_named()).collect();
        match right.as_slice() {
            [one] => self.expr(*one),
            several => Expr { kind: ExprKind::Tuple(self.exprs(several)), span: self.span(clause) },
        }
    }

    fn walrus(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        let name = field(node, "name").map(|n| self.text(n).to_owned()).unwrap_or_default();
        Ok(ExprKind::Walrus { name, value: self.boxed(node, "value") })
    }
}

/// `dict(value)`.
fn copied(value: Expr) -> Expr {
    let span = value.span;
    let callee = Box::new(Expr { kind: ExprKind::Library("builtins.dict".to_owned()), span });
    Expr { kind: ExprKind::Call { callee, args: vec![value], keywords: Vec::new() }, span }
}

/// The token of an operator node.
fn operator<'t>(node: Node<'t>) -> Option<&'t str> {
    field(node, "operator").map(|o| o.kind())
}

/// The operator spelled so; `None` if there is none.
pub(super) fn binary_op(spelled: &str) -> Option<BinaryOp> {
    Some(match spelled {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "//" => BinaryOp::FloorDiv,
        "%" => BinaryOp::Mod,
        "**" => BinaryOp::Pow,
        "<<" => BinaryOp::Shl,
        ">>" => BinaryOp::Shr,
        "&" => BinaryOp::BitAnd,
        "|" => BinaryOp::BitOr,
        "^" => BinaryOp::BitXor,
        "@" => BinaryOp::MatMul,
        _ => return None,
    })
}
