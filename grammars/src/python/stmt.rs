//! Statements.

use super::expr::binary_op;
use super::lower::Lowering;
use crate::comments::Comment;
use crate::surface::{Expr, ExprKind, Handler, Stmt, StmtKind};
use crate::tree::{children, field, fields, has_token};
use crate::{Rejection, Span};
use tree_sitter::Node;

impl Lowering<'_> {
    /// Lowers the statements of a block whose first column is `column`, with the comments among
    /// them. Comments behind the last statement belong to the block if they start before `limit`
    /// and are indented as far as the block.
    pub(super) fn block(&mut self, statements: &[Node], column: usize, limit: usize) -> Vec<Stmt> {
        let mut out = Vec::new();
        for (i, node) in statements.iter().enumerate() {
            self.comments_before(node.start_byte(), &mut out);
            let end = statements.get(i + 1).map_or(limit, |next| next.start_byte());
            let first = out.len();
            self.stmt(*node, end, &mut out);
            self.comments_inside(*node, first, &mut out);
            let line = node.end_position().row + 1;
            self.comment_behind(line, end, &mut out);
        }
        while let Some(comment) = self.comments.take_if(limit, |c| c.own_line && c.column >= column) {
            out.push(comment_stmt(comment, false));
        }
        out
    }

    /// The block of a compound statement: the clause in `field`, or `body` itself.
    pub(super) fn suite(&mut self, body: Option<Node>, limit: usize) -> Vec<Stmt> {
        let Some(body) = body else { return Vec::new() };
        let statements = children(body);
        let column = statements.first().map_or(0, |n| n.start_position().column);
        let block = self.block(&statements, column, limit);
        self.or_pass(block, body)
    }

    /// A block that only held what leaves no trace (imports, `global`) does nothing.
    pub(super) fn or_pass(&self, mut block: Vec<Stmt>, body: Node) -> Vec<Stmt> {
        if block.iter().all(|s| matches!(s.kind, StmtKind::Comment { .. })) {
            block.push(Stmt { kind: StmtKind::Pass, span: self.span(body) });
        }
        block
    }

    fn comments_before(&mut self, limit: usize, out: &mut Vec<Stmt>) {
        while let Some(comment) = self.comments.take_if(limit, |_| true) {
            out.push(comment_stmt(comment, false));
        }
    }

    /// Comments within a statement (between the items of a list, say) go before it.
    fn comments_inside(&mut self, node: Node, first: usize, out: &mut Vec<Stmt>) {
        let mut at = first;
        while let Some(comment) = self.comments.take_if(node.end_byte(), |_| true) {
            out.insert(at.min(out.len()), comment_stmt(comment, false));
            at += 1;
        }
    }

    /// A comment on the last line of the statement before it.
    fn comment_behind(&mut self, line: usize, limit: usize, out: &mut Vec<Stmt>) {
        let same_line = |c: &Comment| !c.own_line && c.span.line as usize == line;
        if let Some(comment) = self.comments.take_if(limit, same_line) {
            let trailing = !out.is_empty();
            out.push(comment_stmt(comment, trailing));
        }
    }

    fn stmt(&mut self, node: Node, limit: usize, out: &mut Vec<Stmt>) {
        let span = self.span(node);
        match self.deeper(node, |l| l.stmt_kinds(node, limit)) {
            Ok(kinds) => out.extend(kinds.into_iter().map(|kind| Stmt { kind, span })),
            Err(rejection) => out.push(Stmt { kind: StmtKind::Unsupported(rejection), span }),
        }
    }

    /// Most nodes give one statement; imports and declarations give none.
    fn stmt_kinds(&mut self, node: Node, limit: usize) -> Result<Vec<StmtKind>, Rejection> {
        let kind = match node.kind() {
            "import_statement" | "import_from_statement" | "future_import_statement" => return Ok(Vec::new()),
            "global_statement" | "nonlocal_statement" => return Ok(Vec::new()),
            "expression_statement" => self.expression_statement(node)?,
            "return_statement" => StmtKind::Return(self.first_expr(node)),
            "raise_statement" => self.raise(node),
            "assert_statement" => self.assert(node)?,
            "delete_statement" => self.delete(node),
            "pass_statement" => StmtKind::Pass,
            "break_statement" => StmtKind::Break,
            "continue_statement" => StmtKind::Continue,
            "if_statement" => self.if_statement(node, limit)?,
            "while_statement" => self.while_statement(node, limit),
            "for_statement" => self.for_statement(node, limit)?,
            "try_statement" => self.try_statement(node, limit)?,
            "with_statement" => return self.with_statement(node, limit),
            "match_statement" => return self.match_statement(node, limit),
            "function_definition" => StmtKind::Function(Box::new(self.function(node, node, limit)?)),
            "class_definition" => StmtKind::Class(Box::new(self.class(node, node, limit)?)),
            "decorated_definition" => self.decorated(node, limit)?,
            other => {
                let word = other.trim_end_matches("_statement").replace('_', " ");
                return Err(self.reject(
                    "python.statement",
                    node,
                    format!("the statement `{word}` is not supported"),
                ));
            }
        };
        Ok(vec![kind])
    }

    fn decorated(&mut self, node: Node, limit: usize) -> Result<StmtKind, Rejection> {
        match field(node, "definition") {
            Some(inner) if inner.kind() == "function_definition" => {
                Ok(StmtKind::Function(Box::new(self.function(inner, node, limit)?)))
            }
            Some(inner) => Ok(StmtKind::Class(Box::new(self.class(inner, node, limit)?))),
            None => Err(self.reject("python.syntax", node, "a decorator without a definition")),
        }
    }

    fn expression_statement(&mut self, node: Node) -> Result<StmtKind, Rejection> {
        let parts = children(node);
        let [only] = parts.as_slice() else {
            return Ok(StmtKind::Expr(Expr {
                kind: ExprKind::Tuple(self.exprs(&parts)),
                span: self.span(node),
            }));
        };
        match only.kind() {
            "assignment" => self.assignment(*only),
            "augmented_assignment" => self.augmented(*only),
            "yield" => self.yield_statement(*only),
            "ellipsis" => Ok(StmtKind::Pass),
            _ if has_token(node, ",") => Ok(StmtKind::Expr(Expr {
                kind: ExprKind::Tuple(vec![self.expr(*only)]),
                span: self.span(node),
            })),
            _ => Ok(StmtKind::Expr(self.expr(*only))),
        }
    }

    /// `a = b = value` nests to the right.
    fn assignment(&mut self, node: Node) -> Result<StmtKind, Rejection> {
        if let Some(annotation) = field(node, "type") {
            return Ok(self.annotated(node, annotation));
        }
        let mut targets = vec![self.expr_in(node, "left")];
        let mut right = field(node, "right");
        while let Some(next) = right.filter(|n| n.kind() == "assignment") {
            targets.push(self.expr_in(next, "left"));
            right = field(next, "right");
        }
        match right {
            Some(value) => Ok(StmtKind::Assign { targets, value: self.expr(value) }),
            None => Err(self.reject("python.syntax", node, "an assignment without a value")),
        }
    }

    /// An annotation that says nothing to inference is left out.
    fn annotated(&mut self, node: Node, annotation: Node) -> StmtKind {
        let target = self.expr_in(node, "left");
        let value = field(node, "right").map(|v| self.expr(v));
        match (self.hint(annotation), value) {
            (Some(hint), value) => StmtKind::AnnAssign { target, hint, value },
            (None, Some(value)) => StmtKind::Assign { targets: vec![target], value },
            (None, None) => {
                let message = format!("the annotation `{}` names no type", self.text(annotation));
                StmtKind::Unsupported(self.reject("python.annotation", annotation, message))
            }
        }
    }

    fn augmented(&mut self, node: Node) -> Result<StmtKind, Rejection> {
        let spelled = field(node, "operator").map(|n| self.text(n)).unwrap_or_default();
        let Some(op) = binary_op(spelled.trim_end_matches('=')) else {
            return Err(self.reject("python.operator", node, format!("unknown operator `{spelled}`")));
        };
        Ok(StmtKind::AugAssign { target: self.expr_in(node, "left"), op, value: self.expr_in(node, "right") })
    }

    /// `yield from xs` yields the items of `xs` one after the other.
    fn yield_statement(&mut self, node: Node) -> Result<StmtKind, Rejection> {
        let span = self.span(node);
        let Some(value) = self.first_expr(node) else {
            return Ok(StmtKind::Yield(Expr { kind: ExprKind::None, span }));
        };
        if !has_token(node, "from") {
            return Ok(StmtKind::Yield(value));
        }
        let name = self.fresh_name("item");
        let item = Expr { kind: ExprKind::Name(name), span };
        let body = vec![Stmt { kind: StmtKind::Yield(item.clone()), span }];
        Ok(StmtKind::For { target: item, iter: value, body, orelse: Vec::new() })
    }

    /// A name that nothing in the current scopes binds.
    pub(super) fn fresh_name(&mut self, stem: &str) -> String {
        let taken = |name: &str| self.scopes.iter().any(|s| s.binds(name));
        let mut name = stem.to_owned();
        let mut count = 1;
        while taken(&name) {
            count += 1;
            name = format!("{stem}_{count}");
        }
        if let Some(scope) = self.scopes.last_mut() {
            scope.bind(&name);
        }
        name
    }

    fn first_expr(&mut self, node: Node) -> Option<Expr> {
        children(node).first().map(|n| self.expr(*n))
    }

    /// The cause of `raise … from cause` only shows in a traceback.
    fn raise(&mut self, node: Node) -> StmtKind {
        let cause = field(node, "cause");
        let raised = children(node).into_iter().find(|n| Some(*n) != cause);
        StmtKind::Raise(raised.map(|n| self.expr(n)))
    }

    fn assert(&mut self, node: Node) -> Result<StmtKind, Rejection> {
        match children(node).as_slice() {
            [condition] => Ok(StmtKind::Assert { condition: self.expr(*condition), message: None }),
            [condition, message] => {
                Ok(StmtKind::Assert { condition: self.expr(*condition), message: Some(self.expr(*message)) })
            }
            _ => Err(self.reject("python.syntax", node, "a malformed assert")),
        }
    }

    fn delete(&mut self, node: Node) -> StmtKind {
        let mut targets = Vec::new();
        for child in children(node) {
            match child.kind() {
                "expression_list" | "tuple" => targets.extend(self.exprs(&children(child))),
                _ => targets.push(self.expr(child)),
            }
        }
        StmtKind::Delete(targets)
    }

    fn if_statement(&mut self, node: Node, limit: usize) -> Result<StmtKind, Rejection> {
        let clauses = fields(node, "alternative");
        let ends: Vec<usize> = clauses.iter().map(|c| c.start_byte()).chain([limit]).collect();
        let condition = self.expr_in(node, "condition");
        let mut branches = vec![(condition, self.suite(field(node, "consequence"), ends[0]))];
        let mut orelse = Vec::new();
        for (clause, end) in clauses.iter().zip(&ends[1..]) {
            if clause.kind() == "else_clause" {
                orelse = self.suite(field(*clause, "body"), *end);
            } else {
                let condition = self.expr_in(*clause, "condition");
                branches.push((condition, self.suite(field(*clause, "consequence"), *end)));
            }
        }
        Ok(StmtKind::If { branches, orelse })
    }

    /// The body and the `else` block of a loop.
    fn loop_blocks(&mut self, node: Node, limit: usize) -> (Vec<Stmt>, Vec<Stmt>) {
        let alternative = field(node, "alternative");
        let body_end = alternative.map_or(limit, |n| n.start_byte());
        let body = self.suite(field(node, "body"), body_end);
        let orelse = alternative.map(|n| self.suite(field(n, "body"), limit)).unwrap_or_default();
        (body, orelse)
    }

    fn while_statement(&mut self, node: Node, limit: usize) -> StmtKind {
        let condition = self.expr_in(node, "condition");
        let (body, orelse) = self.loop_blocks(node, limit);
        StmtKind::While { condition, body, orelse }
    }

    fn for_statement(&mut self, node: Node, limit: usize) -> Result<StmtKind, Rejection> {
        if has_token(node, "async") {
            return Err(self.reject("python.async", node, "`async for` has no counterpart"));
        }
        let iter = self.expr_in(node, "right");
        let target = self.expr_in(node, "left");
        let (body, orelse) = self.loop_blocks(node, limit);
        Ok(StmtKind::For { target, iter, body, orelse })
    }

    fn try_statement(&mut self, node: Node, limit: usize) -> Result<StmtKind, Rejection> {
        let clauses: Vec<Node> = children(node).into_iter().skip(1).collect();
        let ends: Vec<usize> = clauses.iter().map(|c| c.start_byte()).chain([limit]).collect();
        let body = self.suite(field(node, "body"), ends[0]);
        let (mut handlers, mut orelse, mut finally) = (Vec::new(), Vec::new(), Vec::new());
        for (clause, end) in clauses.iter().zip(&ends[1..]) {
            match clause.kind() {
                "except_clause" => handlers.push(self.handler(*clause, *end)?),
                "else_clause" => orelse = self.suite(field(*clause, "body"), *end),
                _ => finally = self.suite(children(*clause).last().copied(), *end),
            }
        }
        Ok(StmtKind::Try { body, handlers, orelse, finally })
    }

    fn handler(&mut self, node: Node, limit: usize) -> Result<Handler, Rejection> {
        if has_token(node, "except*") || self.text(node).starts_with("except*") {
            return Err(self.reject("python.except-group", node, "`except*` is not supported"));
        }
        let mut kinds = Vec::new();
        let mut alias = field(node, "alias");
        for mut value in fields(node, "value") {
            if value.kind() == "as_pattern" {
                alias = field(value, "alias");
                value = children(value).first().copied().unwrap_or(value);
            }
            match value.kind() {
                "tuple" | "parenthesized_expression" => {
                    for kind in children(value) {
                        kinds.push(self.exception_name(kind)?);
                    }
                }
                _ => kinds.push(self.exception_name(value)?),
            }
        }
        let binding = alias.map(|n| self.text(n).to_owned());
        let body = children(node).into_iter().find(|n| n.kind() == "block");
        Ok(Handler { kinds, binding, body: self.suite(body, limit), span: self.span(node) })
    }

    /// An exception class as `raise` and `except` name it.
    pub(super) fn exception_name(&mut self, node: Node) -> Result<String, Rejection> {
        self.path(node).ok_or_else(|| {
            let message = format!("`{}` is no plain name of an exception class", self.text(node));
            self.reject("python.exception-class", node, message)
        })
    }

    /// The dotted path that an expression spells; names of the language without module.
    pub(super) fn path(&mut self, node: Node) -> Option<String> {
        path_of(&self.expr(node))
    }

    /// `with` has no node. What tests and `contextlib.suppress` say by it can be said otherwise.
    fn with_statement(&mut self, node: Node, limit: usize) -> Result<Vec<StmtKind>, Rejection> {
        let unsupported =
            |l: &Self| l.reject("python.with", node, "`with` is only supported for expected exceptions");
        let clause = children(node).into_iter().find(|n| n.kind() == "with_clause");
        let items = clause.map(children).unwrap_or_default();
        let ([item], false) = (items.as_slice(), has_token(node, "async")) else {
            return Err(unsupported(self));
        };
        let Some(Expr { kind: ExprKind::Call { callee, args, .. }, .. }) =
            field(*item, "value").filter(|n| n.kind() == "call").map(|n| self.expr(n))
        else {
            return Err(unsupported(self));
        };
        let Some(manager) = Manager::of(&callee) else { return Err(unsupported(self)) };
        let kinds: Option<Vec<String>> = match (manager, args.first().map(|a| &a.kind)) {
            (Manager::SubTest, _) => Some(Vec::new()),
            (Manager::Raises, Some(ExprKind::Tuple(several))) => several.iter().map(path_of).collect(),
            (Manager::Raises, Some(_)) => args.iter().take(1).map(path_of).collect(),
            (Manager::Suppress, _) => args.iter().map(path_of).collect(),
            (Manager::Raises, None) => None,
        };
        let Some(kinds) = kinds else { return Err(unsupported(self)) };
        let body = self.suite(field(node, "body"), limit);
        Ok(match manager {
            Manager::SubTest => body.into_iter().map(|s| s.kind).collect(),
            Manager::Raises => vec![StmtKind::ExpectRaise { kinds, body }],
            Manager::Suppress => vec![suppress(kinds, body, self.span(node))],
        })
    }
}

/// The context managers that can be said without `with`.
#[derive(Clone, Copy)]
enum Manager {
    /// `self.assertRaises`, `pytest.raises`.
    Raises,
    /// `self.subTest`.
    SubTest,
    /// `contextlib.suppress`.
    Suppress,
}

impl Manager {
    fn of(callee: &Expr) -> Option<Manager> {
        match &callee.kind {
            ExprKind::Library(path) if path == "pytest.raises" => Some(Manager::Raises),
            ExprKind::Library(path) if path == "contextlib.suppress" => Some(Manager::Suppress),
            ExprKind::Attribute { value, name } if matches!(&value.kind, ExprKind::Name(n) if n == "self") => {
                match name.as_str() {
                    "assertRaises" => Some(Manager::Raises),
                    "subTest" => Some(Manager::SubTest),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

fn suppress(kinds: Vec<String>, body: Vec<Stmt>, span: Span) -> StmtKind {
    let pass = vec![Stmt { kind: StmtKind::Pass, span }];
    let handlers = vec![Handler { kinds, binding: None, body: pass, span }];
    StmtKind::Try { body, handlers, orelse: Vec::new(), finally: Vec::new() }
}

/// The dotted path of a resolved expression; names of the language without module.
pub(super) fn path_of(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Library(path) => Some(path.strip_prefix("builtins.").unwrap_or(path).to_owned()),
        ExprKind::Attribute { value, name } => Some(format!("{}.{name}", path_of(value)?)),
        _ => None,
    }
}

fn comment_stmt(comment: Comment, trailing: bool) -> Stmt {
    Stmt { span: comment.span, kind: StmtKind::Comment { text: comment.text, trailing } }
}
