//! Prints the IR.

use super::words::{BINARY, COMPARE, MODE, OVERFLOW, plain_overflow, word};
use crate::ir::{
    BinaryOp, Block, Clause, CompareOp, Expr, ExprKind, FormatPart, FormatSpec, Function, IndexMode,
    Intrinsic, Item, Module, Overflow, Param, Pattern, Place, SliceBounds, Stmt, StmtKind, Type, UnaryOp,
};
use crate::surface::ParamKind;
use std::fmt::Write;

/// Prints a module with its tests.
pub fn print_module(module: &Module) -> String {
    let mut printer = Printer::default();
    printer.module(module);
    printer.text
}

/// Prints a function.
pub fn print_function(function: &Function) -> String {
    let mut printer = Printer::default();
    printer.function("fn", function);
    printer.text
}

/// Prints statements.
pub fn print_block(block: &Block) -> String {
    let mut printer = Printer::default();
    printer.stmts(block);
    printer.text
}

/// Prints an expression on one line.
pub fn print_expr(expr: &Expr) -> String {
    Printer::default().expr(expr)
}

/// Text as it grows, with the depth of indentation.
#[derive(Default)]
struct Printer {
    text: String,
    depth: usize,
}

/// A string literal with escapes.
fn quoted(text: &str) -> String {
    format!("{text:?}")
}

impl Printer {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{:indent$}{line}", "", indent = self.depth * 4);
    }

    /// `head {`, the statements, `}`.
    fn braced(&mut self, head: &str, block: &Block) {
        self.line(&format!("{head} {{"));
        self.inner(block);
        self.line("}");
    }

    /// Another block behind the brace of the last one: `} else {`.
    fn continued(&mut self, head: &str, block: &Block) {
        self.text.truncate(self.text.trim_end_matches('\n').len());
        let _ = writeln!(self.text, " {head} {{");
        self.inner(block);
        self.line("}");
    }

    fn inner(&mut self, block: &Block) {
        self.depth += 1;
        self.stmts(block);
        self.depth -= 1;
    }

    fn stmts(&mut self, block: &Block) {
        for stmt in block {
            self.stmt(stmt);
        }
    }

    fn module(&mut self, module: &Module) {
        self.line(&format!("module {} {};", module.source_lang, quoted(&module.name)));
        for item in &module.items {
            match item {
                Item::Comment(text) => self.line(&format!("comment {};", quoted(text))),
                Item::Constant(c) => {
                    let word = if c.mutated { "var" } else { "const" };
                    let value = self.expr(&c.value);
                    self.line(&format!("{word} {}: {} = {value};", c.name, c.ty));
                }
                Item::Function(function) => self.function("fn", function),
                Item::Class(class) => {
                    self.line(&format!("class {} {{", class.name));
                    self.depth += 1;
                    for field in &class.fields {
                        self.line(&format!("field {}: {};", field.name, field.ty));
                    }
                    class.constructor.iter().for_each(|f| self.function("constructor", f));
                    class.methods.iter().for_each(|f| self.function("method", f));
                    class.statics.iter().for_each(|f| self.function("static", f));
                    self.depth -= 1;
                    self.line("}");
                }
            }
        }
        for test in &module.tests {
            self.braced(&format!("test {}", quoted(&test.name)), &test.body);
        }
    }

    fn function(&mut self, word: &str, function: &Function) {
        let params: Vec<String> = function.params.iter().map(|p| self.param(p)).collect();
        self.line(&format!("{word} {}({}) -> {} {{", function.name, params.join(", "), function.ret));
        self.depth += 1;
        self.effects(function);
        let locals: Vec<String> = function.locals.iter().map(|l| format!("{}: {}", l.name, l.ty)).collect();
        for (word, names) in
            [("let", &locals), ("captures", &function.captures), ("rebinds", &function.rebinds)]
        {
            if !names.is_empty() {
                self.line(&format!("{word} {};", names.join(", ")));
            }
        }
        self.stmts(&function.body);
        self.depth -= 1;
        self.line("}");
    }

    fn effects(&mut self, function: &Function) {
        let effects = &function.effects;
        let mut words = Vec::new();
        let flags = [
            (effects.pure, "pure"),
            (effects.recursive, "recursive"),
            (effects.prints, "prints"),
            (effects.changes_globals, "changes-globals"),
        ];
        words.extend(flags.iter().filter(|(set, _)| *set).map(|(_, word)| word.to_string()));
        words.extend(effects.raises.iter().map(|kind| format!("raises {kind:?}")));
        if !words.is_empty() {
            self.line(&format!("effects {};", words.join(", ")));
        }
    }

    fn param(&self, param: &Param) -> String {
        let mut text = String::new();
        for (set, word) in [(param.mutated, "mutated "), (param.reassigned, "reassigned ")] {
            text.push_str(if set { word } else { "" });
        }
        text.push_str(match param.kind {
            ParamKind::Normal => "",
            ParamKind::KeywordOnly => "named ",
            ParamKind::VarArgs => "*",
            ParamKind::KeywordArgs => "**",
        });
        let _ = write!(text, "{}: {}", param.name, param.ty);
        if let Some(default) = &param.default {
            let _ = write!(text, " = {}", self.expr(default));
        }
        text
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let line = match &stmt.kind {
            StmtKind::Comment { text, trailing } => {
                format!("{} {}", if *trailing { "trailing" } else { "comment" }, quoted(text))
            }
            StmtKind::Assign { place, value } => format!("{} = {}", self.place(place), self.expr(value)),
            StmtKind::AugAssign { place, op, overflow, value } => {
                format!("{} {}= {}", self.place(place), sign(*op, *overflow, &place.ty()), self.expr(value))
            }
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Return(None) => "return".into(),
            StmtKind::Return(Some(value)) => format!("return {}", self.expr(value)),
            StmtKind::Break => "break".into(),
            StmtKind::Continue => "continue".into(),
            StmtKind::Pass => "pass".into(),
            StmtKind::Raise { kind, message } => {
                format!("raise {kind:?}({})", message.as_ref().map(|m| self.expr(m)).unwrap_or_default())
            }
            StmtKind::Reraise => "raise".into(),
            StmtKind::Assert { condition, message } => {
                let message = message.as_ref().map(|m| format!(", {}", self.expr(m)));
                format!("assert {}{}", self.expr(condition), message.unwrap_or_default())
            }
            _ => return self.compound(stmt),
        };
        self.line(&format!("{line};"));
    }

    /// Statements that hold blocks.
    fn compound(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::If { branches, orelse } => {
                for (i, (condition, block)) in branches.iter().enumerate() {
                    let condition = self.expr(condition);
                    match i {
                        0 => self.braced(&format!("if {condition}"), block),
                        _ => self.continued(&format!("elif {condition}"), block),
                    }
                }
                self.orelse(orelse);
            }
            StmtKind::While { condition, body, orelse } => {
                let head = format!("while {}", self.expr(condition));
                self.braced(&head, body);
                self.orelse(orelse);
            }
            StmtKind::For { pattern, iter, body, orelse } => {
                let head = format!("for {} in {}", pattern_text(pattern), self.expr(iter));
                self.braced(&head, body);
                self.orelse(orelse);
            }
            StmtKind::Loop { condition, update, body, test_last } => {
                let word = if *test_last { "loop until last" } else { "loop" };
                let head = format!("{word} {}", self.expr(condition));
                self.braced(&head, body);
                self.continued("update", update);
            }
            StmtKind::Try { body, handlers, orelse, finally } => {
                self.braced("try", body);
                for handler in handlers {
                    let kinds: Vec<String> = handler.kinds.iter().map(|kind| format!("{kind:?}")).collect();
                    let binding =
                        handler.binding.as_ref().map(|name| format!(" as {name}")).unwrap_or_default();
                    self.continued(&format!("except ({}){binding}", kinds.join(", ")), &handler.body);
                }
                self.orelse(orelse);
                if !finally.is_empty() {
                    self.continued("finally", finally);
                }
            }
            StmtKind::ExpectRaise { kinds, body } => {
                let kinds: Vec<String> = kinds.iter().map(|kind| format!("{kind:?}")).collect();
                self.braced(&format!("expect ({})", kinds.join(", ")), body);
            }
            StmtKind::Function(function) => self.function("fn", function),
            _ => {}
        }
    }

    fn orelse(&mut self, block: &Block) {
        if !block.is_empty() {
            self.continued("else", block);
        }
    }

    fn place(&self, place: &Place) -> String {
        match place {
            Place::Variable { name, .. } => name.clone(),
            Place::Item { base, index, .. } if matches!(base.ty, Type::Dict(..)) => {
                format!("{}{{{}}}", self.expr(base), self.expr(index))
            }
            Place::Item { base, index, mode } => {
                format!("{}[{}{}]", self.expr(base), self.expr(index), mode_text(*mode))
            }
            Place::Field { object, field, .. } => format!("{}.{field}", self.expr(object)),
            Place::Slice { base, start, stop } => {
                format!(
                    "{}[{}:{}]",
                    self.expr(base),
                    self.optional(start.as_ref()),
                    self.optional(stop.as_ref())
                )
            }
            Place::Part(selection) => self.expr(selection),
            Place::Tuple(places) => {
                let parts: Vec<String> = places.iter().map(|p| self.place(p)).collect();
                tuple(&parts)
            }
        }
    }

    fn optional(&self, expr: Option<&Expr>) -> String {
        expr.map(|e| self.expr(e)).unwrap_or_default()
    }

    fn list(&self, exprs: &[Expr]) -> Vec<String> {
        exprs.iter().map(|e| self.expr(e)).collect()
    }

    fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::None => "none".into(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Int(value) => value.to_string(),
            ExprKind::Float(value) => format!("{value:?}"),
            ExprKind::Str(text) if expr.ty == Type::Char => format!("c{}", quoted(text)),
            ExprKind::Str(text) => quoted(text),
            ExprKind::List(items) => format!("[{}]", self.list(items).join(", ")),
            ExprKind::Tuple(items) => tuple(&self.list(items)),
            ExprKind::Set(items) => format!("set{{{}}}", self.list(items).join(", ")),
            ExprKind::Dict(pairs) => {
                let pairs: Vec<String> =
                    pairs.iter().map(|(k, v)| format!("{}: {}", self.expr(k), self.expr(v))).collect();
                format!("dict{{{}}}", pairs.join(", "))
            }
            ExprKind::Format(parts) => {
                let parts: Vec<String> = parts.iter().map(|p| self.format_part(p)).collect();
                format!("format({})", parts.join(", "))
            }
            ExprKind::Local(name) => name.clone(),
            ExprKind::Global(name) => format!("@{name}"),
            ExprKind::ClassConstant { class, name } => format!("@{class}.{name}"),
            ExprKind::FunctionRef(name) => format!("&{name}"),
            ExprKind::Call { function, args } => format!("{function}({})", self.list(args).join(", ")),
            ExprKind::CallValue { callee, args } => {
                format!("call {}({})", self.expr(callee), self.list(args).join(", "))
            }
            ExprKind::CallMethod { object, class, method, args } => {
                format!("{}.{class}::{method}({})", self.expr(object), self.list(args).join(", "))
            }
            ExprKind::CallStatic { class, method, args } => {
                format!("{class}::{method}({})", self.list(args).join(", "))
            }
            ExprKind::New { class, args } => format!("new {class}({})", self.list(args).join(", ")),
            ExprKind::Intrinsic { op, args } => format!("#{}({})", intrinsic(op), self.list(args).join(", ")),
            ExprKind::Range { start, stop, step } => {
                format!("#range({}, {}, {})", self.expr(start), self.expr(stop), self.expr(step))
            }
            _ => self.operation(expr),
        }
    }

    /// What stands in parentheses or behind an operand.
    fn operation(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Binary { op, overflow, left, right } => {
                format!("({} {} {})", self.expr(left), sign(*op, *overflow, &expr.ty), self.expr(right))
            }
            ExprKind::Unary { op: UnaryOp::Neg, operand } => format!("(-{})", self.expr(operand)),
            ExprKind::Unary { op: UnaryOp::BitNot, operand } => format!("(~{})", self.expr(operand)),
            ExprKind::Compare { op, left, right } => {
                format!("({} {} {})", self.expr(left), word(&COMPARE, op), self.expr(right))
            }
            ExprKind::CompareChain { operands, ops } => self.chain(operands, ops),
            ExprKind::And(operands) => format!("({})", self.list(operands).join(" and ")),
            ExprKind::Or(operands) => format!("({})", self.list(operands).join(" or ")),
            ExprKind::Not(operand) => format!("(not {})", self.expr(operand)),
            ExprKind::IsNone(operand) => format!("({} is none)", self.expr(operand)),
            ExprKind::IsInstance { value, ty } => format!("({} isa {ty})", self.expr(value)),
            ExprKind::IfElse { condition, then, orelse } => {
                format!("({} if {} else {})", self.expr(then), self.expr(condition), self.expr(orelse))
            }
            ExprKind::Index { base, index, mode } => {
                format!("{}[{}{}]", self.expr(base), self.expr(index), mode_text(*mode))
            }
            ExprKind::Lookup { base, key } => format!("{}{{{}}}", self.expr(base), self.expr(key)),
            ExprKind::Slice { base, start, stop, step, bounds } => {
                let step = step.as_ref().map(|s| format!(":{}", self.expr(s))).unwrap_or_default();
                let (start, stop) = (self.optional(start.as_deref()), self.optional(stop.as_deref()));
                format!("{}[{start}:{stop}{step}{}]", self.expr(base), bounds_text(*bounds))
            }
            ExprKind::Field { object, field } => format!("{}.{field}", self.expr(object)),
            ExprKind::Lambda { params, body } => {
                let params: Vec<String> = params.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
                format!("(lambda {} => {})", params.join(", "), self.expr(body))
            }
            ExprKind::Comprehension { element, clauses } => {
                let word = if matches!(expr.ty, Type::Iter(_)) { "gen" } else { "" };
                format!("{word}[{}{}]", self.expr(element), self.clauses(clauses))
            }
            ExprKind::SetComprehension { element, clauses } => {
                format!("set{{{}{}}}", self.expr(element), self.clauses(clauses))
            }
            ExprKind::DictComprehension { key, value, clauses } => {
                format!("dict{{{}: {}{}}}", self.expr(key), self.expr(value), self.clauses(clauses))
            }
            ExprKind::Convert { conversion, value } => {
                format!("({} as {})", self.expr(value), json_name(conversion))
            }
            _ => String::new(),
        }
    }

    fn chain(&self, operands: &[Expr], ops: &[CompareOp]) -> String {
        let mut text = operands.first().map(|e| self.expr(e)).unwrap_or_default();
        for (op, operand) in ops.iter().zip(&operands[1..]) {
            let _ = write!(text, " {} {}", word(&COMPARE, op), self.expr(operand));
        }
        format!("({text})")
    }

    fn clauses(&self, clauses: &[Clause]) -> String {
        let mut text = String::new();
        for clause in clauses {
            let _ = write!(text, " for {} in {}", pattern_text(&clause.pattern), self.expr(&clause.iter));
            for condition in &clause.conditions {
                let _ = write!(text, " if {}", self.expr(condition));
            }
        }
        text
    }

    fn format_part(&self, part: &FormatPart) -> String {
        match part {
            FormatPart::Text(text) => quoted(text),
            FormatPart::Value { value, spec } if spec.is_plain() => format!("{{{}}}", self.expr(value)),
            FormatPart::Value { value, spec } => {
                format!("{{{} : {}}}", self.expr(value), quoted(&spec_text(spec)))
            }
        }
    }
}

fn tuple(parts: &[String]) -> String {
    match parts {
        [only] => format!("({only},)"),
        parts => format!("({})", parts.join(", ")),
    }
}

fn sign(op: BinaryOp, overflow: Overflow, ty: &Type) -> String {
    let mark = if overflow == plain_overflow(ty) { "" } else { word(&OVERFLOW, &overflow) };
    format!("{}{mark}", word(&BINARY, &op))
}

fn mode_text(mode: IndexMode) -> String {
    match mode {
        IndexMode::Python => String::new(),
        mode => format!("; {}", word(&MODE, &mode)),
    }
}

fn bounds_text(bounds: SliceBounds) -> String {
    let flags = [
        (bounds.start_in_range, "start-in-range"),
        (bounds.stop_in_range, "stop-in-range"),
        (bounds.start_non_negative, "start-non-negative"),
        (bounds.stop_non_negative, "stop-non-negative"),
    ];
    let words: Vec<&str> = flags.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
    if words.is_empty() { String::new() } else { format!("; {}", words.join(" ")) }
}

fn pattern_text(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Name { name, .. } => name.clone(),
        Pattern::Tuple(parts) => tuple(&parts.iter().map(pattern_text).collect::<Vec<_>>()),
    }
}

/// A variant's name as serde writes it.
fn json_name(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// An intrinsic's name; its options in braces.
fn intrinsic(op: &Intrinsic) -> String {
    match serde_json::to_value(op) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(serde_json::Value::Object(variant)) => {
            let (name, options) =
                variant.iter().next().map(|(k, v)| (k.clone(), v.to_string())).unwrap_or_default();
            format!("{name}{options}")
        }
        _ => String::new(),
    }
}

/// A format specification as Python writes it, `!r` in front.
fn spec_text(spec: &FormatSpec) -> String {
    let mut text = String::from(if spec.repr { "!r" } else { "" });
    if let Some(align) = spec.align {
        text.extend(spec.fill);
        text.push(align);
    }
    text.extend(spec.sign);
    text.push_str(if spec.alternate { "#" } else { "" });
    text.push_str(if spec.zero { "0" } else { "" });
    text.push_str(&spec.width.map(|w| w.to_string()).unwrap_or_default());
    text.extend(spec.grouping);
    text.push_str(&spec.precision.map(|p| format!(".{p}")).unwrap_or_default());
    text.extend(spec.kind);
    text
}
