//! Prints the tree: one statement a line, four blanks a step, lines of at most 92 columns where they
//! can be broken.

mod expr;
mod literal;
mod regex;

use super::layout::{Doc, INDENT, WIDTH};
use super::tree::{Expr, Function, Item, Param, Stmt, Struct, Type};
use expr::{ExprPrinter, type_text};
use std::collections::BTreeSet;

/// Prints a file. `shadowed` holds the names of the program that hide something of `Base`.
pub fn print_items(items: &[Item], shadowed: &BTreeSet<String>) -> String {
    let mut printer = Printer::new(shadowed);
    let mut previous: Option<&Item> = None;
    for item in items {
        if previous.is_some_and(|before| blank_between(before, item)) {
            printer.out.push('\n');
        }
        printer.item(item);
        previous = Some(item);
    }
    printer.out
}

/// Prints an expression on one line, for examples in documentation.
pub fn print_inline(expr: &Expr, shadowed: &BTreeSet<String>) -> String {
    let exprs = ExprPrinter { shadowed };
    exprs.expr(expr).layout(0, 0)
}

/// Whether a function may stand on one line: behind `=` a `where` would belong to the result type.
fn is_short(function: &Function) -> bool {
    function.short && function.type_params.is_empty()
}

/// A line of documentation in lines of at most `width` columns, all indented as it is.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    if line.chars().count() <= width || indent.len() >= INDENT {
        return vec![line.to_string()];
    }
    let mut lines = vec![indent.clone()];
    for word in line.split_whitespace() {
        let Some(last) = lines.last_mut() else { break };
        if last.len() > indent.len() {
            if last.chars().count() + 1 + word.chars().count() > width {
                lines.push(format!("{indent}{word}"));
                continue;
            }
            last.push(' ');
        }
        last.push_str(word);
    }
    lines
}

fn blank_between(before: &Item, item: &Item) -> bool {
    !matches!(
        (before, item),
        (Item::Constant { .. }, Item::Constant { .. })
            | (Item::Using(_), Item::Using(_))
            | (Item::Comment(_), _)
    )
}

struct Printer<'p> {
    out: String,
    indent: usize,
    exprs: ExprPrinter<'p>,
}

impl<'p> Printer<'p> {
    fn new(shadowed: &'p BTreeSet<String>) -> Self {
        Printer { out: String::new(), indent: 0, exprs: ExprPrinter { shadowed } }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Comment(text) | Item::Header(text) => self.comment(text),
            Item::Using(name) => self.line(format!("using {name}")),
            Item::Constant { name, value, constant } => {
                let head = if *constant { "const " } else { "" };
                self.doc_line(vec![
                    Doc::text(head),
                    self.exprs.expr(name),
                    Doc::text(" = "),
                    self.exprs.expr(value),
                ]);
            }
            Item::Function(function) => self.function(function),
            Item::Struct(item) => self.structure(item),
            Item::Stmt(stmt) => self.stmt(stmt),
        }
    }

    fn line(&mut self, text: impl AsRef<str>) {
        let text = text.as_ref();
        if !text.is_empty() {
            self.out.extend(std::iter::repeat_n(' ', self.indent));
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn doc_line(&mut self, parts: Vec<Doc>) {
        let text = Doc::Concat(parts).layout(self.indent, self.indent);
        self.line(text);
    }

    fn comment(&mut self, text: &str) {
        for line in text.lines() {
            self.line(format!("# {line}").trim_end());
        }
    }

    fn docstring(&mut self, text: &str) {
        self.line("\"\"\"");
        for line in text.lines() {
            let line = line.replace('\\', "\\\\").replace('$', "\\$").replace("\"\"\"", "\\\"\\\"\\\"");
            for part in wrapped(line.trim_end(), WIDTH.saturating_sub(self.indent)) {
                self.line(part);
            }
        }
        self.line("\"\"\"");
    }

    fn function(&mut self, function: &Function) {
        if let Some(doc) = &function.doc {
            self.docstring(doc);
        }
        let mut head = vec![self.exprs.expr(&function.name), self.params(function)];
        if let Some(ret) = &function.ret {
            head.push(Doc::text(format!("::{}", type_text(ret))));
        }
        if !function.type_params.is_empty() {
            head.push(Doc::text(format!(" where {{{}}}", function.type_params.join(","))));
        }
        if let (true, [Stmt::Return(Some(value))]) = (is_short(function), function.body.as_slice()) {
            let parts = [head.clone(), vec![Doc::text(" = "), self.exprs.expr(value)]].concat();
            if let Some(line) = self.one_line(parts) {
                self.line(line);
                return;
            }
        }
        head.insert(0, Doc::text("function "));
        self.doc_line(head);
        self.block(&function.body);
        self.line("end");
    }

    fn params(&self, function: &Function) -> Doc {
        let params: Vec<Doc> = function.params.iter().map(|p| self.param(p)).collect();
        if function.named.is_empty() {
            return Doc::list("(", params, ")", true);
        }
        let mut parts = vec![Doc::text("(")];
        for (i, param) in params.into_iter().enumerate() {
            parts.extend([Doc::text(if i > 0 { ", " } else { "" }), param]);
        }
        for (i, param) in function.named.iter().enumerate() {
            parts.extend([Doc::text(if i > 0 { ", " } else { "; " }), self.param(param)]);
        }
        parts.push(Doc::text(")"));
        Doc::Concat(parts)
    }

    fn param(&self, param: &Param) -> Doc {
        let mut parts = vec![self.exprs.expr(&param.name)];
        if let Some(ty) = &param.ty {
            parts.push(Doc::text(format!("::{}", type_text(ty))));
        }
        if param.rest {
            parts.push(Doc::text("..."));
        }
        if let Some(default) = &param.default {
            parts.extend([Doc::text(" = "), self.exprs.expr(default)]);
        }
        Doc::Concat(parts)
    }

    fn structure(&mut self, item: &Struct) {
        if let Some(doc) = &item.doc {
            self.docstring(doc);
        }
        let mutable = if item.mutable { "mutable " } else { "" };
        let supertype = item.supertype.map(|s| format!(" <: {s}")).unwrap_or_default();
        if item.fields.is_empty() && item.inner.is_empty() {
            self.line(format!("{mutable}struct {}{supertype} end", item.name));
            return;
        }
        self.line(format!("{mutable}struct {}{supertype}", item.name));
        self.indent += INDENT;
        for (name, ty) in &item.fields {
            self.field(name, ty);
        }
        for function in &item.inner {
            self.out.push('\n');
            self.function(function);
        }
        self.indent -= INDENT;
        self.line("end");
    }

    fn field(&mut self, name: &str, ty: &Type) {
        self.line(format!("{name}::{}", type_text(ty)));
    }

    fn block(&mut self, block: &[Stmt]) {
        self.indent += INDENT;
        let mut after_function = false;
        for (i, stmt) in block.iter().enumerate() {
            let function = matches!(stmt, Stmt::Function(_));
            if i > 0 && (function || after_function) {
                self.out.push('\n');
            }
            self.stmt(stmt);
            after_function = function;
        }
        self.indent -= INDENT;
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Comment(text) => self.comment(text),
            Stmt::Trailing(stmt, text) => {
                self.stmt(stmt);
                self.out.pop();
                self.out.push_str(&format!(" # {text}\n"));
            }
            Stmt::Expr(expr) => self.doc_line(vec![self.exprs.expr(expr)]),
            Stmt::Assign(target, op, value) => self.assignment(target, op, value),
            Stmt::Local(names) => self.declaration("local", names),
            Stmt::Global(names) => self.declaration("global", names),
            Stmt::If(branches, orelse) => self.conditional(branches, orelse),
            Stmt::While(condition, body) => {
                self.doc_line(vec![Doc::text("while "), self.exprs.expr(condition)]);
                self.block(body);
                self.line("end");
            }
            Stmt::For { outer, clauses, body } => {
                let mut parts = vec![Doc::text(if *outer { "for outer " } else { "for " })];
                for (i, (target, iter)) in clauses.iter().enumerate() {
                    let comma = Doc::text(if i > 0 { ", " } else { "" });
                    parts.extend([comma, self.exprs.expr(target), Doc::text(" in "), self.exprs.expr(iter)]);
                }
                self.doc_line(parts);
                self.block(body);
                self.line("end");
            }
            Stmt::Return(None) => self.line("return nothing"),
            Stmt::Return(Some(value)) => {
                self.doc_line(vec![Doc::text("return "), self.exprs.bare(value)]);
            }
            Stmt::Break => self.line("break"),
            Stmt::Continue => self.line("continue"),
            Stmt::Try { body, catch, finally } => self.guarded(body, catch.as_ref(), finally),
            Stmt::Function(function) => self.function(function),
            Stmt::Macro(name, args) => {
                let head = self.macro_head(name, args);
                self.doc_line(head);
            }
            Stmt::MacroBlock(name, args, body) => {
                let mut head = self.macro_head(name, args);
                head.push(Doc::text(" begin"));
                self.doc_line(head);
                self.block(body);
                self.line("end");
            }
        }
    }

    /// An assignment; a sum or choice that is too long goes to a line of its own where it fits there.
    fn assignment(&mut self, target: &Expr, op: &str, value: &Expr) {
        let mut parts = vec![self.exprs.bare(target), Doc::text(format!(" {op} ")), self.exprs.bare(value)];
        if matches!(value, Expr::Binary(..) | Expr::Ternary(..)) && self.one_line(parts.clone()).is_none() {
            self.indent += INDENT;
            let alone = self.one_line(vec![self.exprs.bare(value)]);
            self.indent -= INDENT;
            if let Some(alone) = alone {
                parts.truncate(1);
                parts.push(Doc::text(format!(" {op}")));
                self.doc_line(parts);
                self.indent += INDENT;
                self.line(alone);
                self.indent -= INDENT;
                return;
            }
        }
        self.doc_line(parts);
    }

    fn declaration(&mut self, word: &str, names: &[Expr]) {
        let mut parts = vec![Doc::text(format!("{word} "))];
        for (i, name) in names.iter().enumerate() {
            parts.extend([Doc::text(if i > 0 { ", " } else { "" }), self.exprs.expr(name)]);
        }
        self.doc_line(parts);
    }

    fn macro_head(&self, name: &str, args: &[Expr]) -> Vec<Doc> {
        let mut parts = vec![Doc::text(format!("@{name}"))];
        for arg in args {
            parts.push(Doc::text(" "));
            let alone = args.len() == 1;
            parts.push(if alone { self.exprs.expr(arg) } else { self.exprs.macro_arg(arg) });
        }
        parts
    }

    /// The text of a line, if it fits on one.
    fn one_line(&self, parts: Vec<Doc>) -> Option<String> {
        let text = Doc::Concat(parts).layout(self.indent, self.indent);
        let fits = !text.contains('\n') && self.indent + text.chars().count() <= WIDTH;
        fits.then_some(text)
    }

    /// `condition && return value`, where all that follows on a condition is to leave.
    fn guard(&self, condition: &Expr, block: &[Stmt]) -> Option<String> {
        let leaving = match block {
            [Stmt::Return(None)] => Doc::text("return nothing"),
            [Stmt::Return(Some(value))] => Doc::Concat(vec![Doc::text("return "), self.exprs.expr(value)]),
            [Stmt::Break] => Doc::text("break"),
            [Stmt::Continue] => Doc::text("continue"),
            [Stmt::Expr(call @ Expr::Call { callee, .. })]
                if matches!(**callee, Expr::Base("throw" | "error" | "rethrow")) =>
            {
                self.exprs.expr(call)
            }
            _ => return None,
        };
        if matches!(condition, Expr::Binary("||", ..)) {
            return None;
        }
        self.one_line(vec![self.exprs.condition(condition), Doc::text(" && "), leaving])
    }

    fn conditional(&mut self, branches: &[(Expr, Vec<Stmt>)], orelse: &[Stmt]) {
        if let ([(condition, block)], true) = (branches, orelse.is_empty())
            && let Some(line) = self.guard(condition, block)
        {
            self.line(line);
            return;
        }
        for (i, (condition, block)) in branches.iter().enumerate() {
            let word = if i == 0 { "if " } else { "elseif " };
            self.doc_line(vec![Doc::text(word), self.exprs.expr(condition)]);
            self.block(block);
        }
        if !orelse.is_empty() {
            self.line("else");
            self.block(orelse);
        }
        self.line("end");
    }

    fn guarded(&mut self, body: &[Stmt], catch: Option<&(Option<Expr>, Vec<Stmt>)>, finally: &[Stmt]) {
        self.line("try");
        self.block(body);
        if let Some((name, block)) = catch {
            match name {
                Some(name) => self.doc_line(vec![Doc::text("catch "), self.exprs.expr(name)]),
                None => self.line("catch"),
            }
            self.block(block);
        }
        if !finally.is_empty() {
            self.line("finally");
            self.block(finally);
        }
        self.line("end");
    }
}
