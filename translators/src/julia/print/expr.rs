//! Expressions as documents: parentheses by precedence, blanks, and places to break.

use super::literal::{char_literal, escape, float_literal};
use super::regex::{raw_literal, regex_literal};
use crate::julia::layout::Doc;
use crate::julia::tree::{Clause, ComprehensionForm, Expr, Piece, Type};
use std::collections::BTreeSet;

/// Binding strength, weakest first.
mod strength {
    pub const ANY: u8 = 0;
    pub const PAIR: u8 = 2;
    pub const TERNARY: u8 = 3;
    pub const OR: u8 = 4;
    pub const AND: u8 = 5;
    pub const COMPARE: u8 = 6;
    pub const RANGE: u8 = 7;
    pub const SUM: u8 = 8;
    pub const PRODUCT: u8 = 9;
    pub const SHIFT: u8 = 10;
    pub const UNARY: u8 = 11;
    pub const POWER: u8 = 12;
    pub const TYPED: u8 = 13;
    pub const POSTFIX: u8 = 14;
}

/// How strongly `op` binds its operands.
fn op_strength(op: &str) -> u8 {
    match op {
        "=>" => strength::PAIR,
        "||" => strength::OR,
        "&&" => strength::AND,
        "+" | "-" | "|" | "⊻" | ".+" | ".-" | ".|" | ".⊻" => strength::SUM,
        "*" | "/" | "÷" | "%" | "&" | ".*" | "./" | ".&" => strength::PRODUCT,
        "<<" | ">>" | ">>>" => strength::SHIFT,
        "^" | ".^" => strength::POWER,
        _ => strength::COMPARE,
    }
}

/// How strongly an expression holds together.
fn expr_strength(expr: &Expr) -> u8 {
    match expr {
        Expr::Int(value) if *value < 0 => strength::UNARY,
        Expr::Float(value) if value.is_sign_negative() => strength::UNARY,
        Expr::Binary(op, ..) => op_strength(op),
        Expr::Chain(..) => strength::COMPARE,
        Expr::Range { .. } => strength::RANGE,
        Expr::Ternary(..) => strength::TERNARY,
        Expr::Lambda(..) | Expr::Macro(..) => strength::ANY,
        Expr::Unary(..) => strength::UNARY,
        Expr::Splat(_) => strength::ANY,
        Expr::Typed(..) => strength::TYPED,
        _ => strength::POSTFIX,
    }
}

/// Turns expressions into documents.
pub(super) struct ExprPrinter<'p> {
    /// Names of the program that hide something of `Base`.
    pub shadowed: &'p BTreeSet<String>,
}

impl ExprPrinter<'_> {
    /// The expression where anything may stand.
    pub fn expr(&self, expr: &Expr) -> Doc {
        self.at(expr, strength::ANY)
    }

    /// The expression as the left side of `&&`.
    pub fn condition(&self, expr: &Expr) -> Doc {
        self.at(expr, strength::AND)
    }

    /// The expression as an argument of a macro that takes several.
    pub fn macro_arg(&self, expr: &Expr) -> Doc {
        self.at(expr, strength::COMPARE)
    }

    /// The expression where a value stands after `=` or `return`: a tuple has no parentheses.
    pub fn bare(&self, expr: &Expr) -> Doc {
        match expr {
            Expr::Tuple(items) if items.len() > 1 && !items.iter().any(|i| matches!(i, Expr::Splat(_))) => {
                let mut parts = vec![Doc::IfBroken("("), Doc::SoftLine];
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        parts.extend([Doc::text(","), Doc::Line]);
                    }
                    parts.push(self.at(item, strength::OR));
                }
                let inner = Doc::Nest(Box::new(Doc::Concat(parts)));
                Doc::Group(Box::new(Doc::Concat(vec![inner, Doc::SoftLine, Doc::IfBroken(")")])))
            }
            _ => self.expr(expr),
        }
    }

    fn separated(&self, items: &[Expr]) -> Doc {
        let mut parts = Vec::new();
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                parts.push(Doc::text(", "));
            }
            parts.push(self.at(item, strength::PAIR));
        }
        Doc::Concat(parts)
    }

    /// The expression in parentheses where it binds less than `least`.
    fn at(&self, expr: &Expr, least: u8) -> Doc {
        let doc = self.plain(expr);
        if expr_strength(expr) < least { parens(doc) } else { doc }
    }

    fn plain(&self, expr: &Expr) -> Doc {
        match expr {
            Expr::Base(name) if self.shadowed.contains(*name) => {
                Doc::text(format!("{}.{name}", module_of(name)))
            }
            Expr::Base(name) => Doc::text(*name),
            Expr::Local(name) | Expr::Global(name) => Doc::text(name),
            Expr::Type(ty) => Doc::text(type_text(ty)),
            Expr::Int(value) => Doc::text(value.to_string()),
            Expr::Float(value) => Doc::text(float_literal(*value)),
            Expr::Bool(value) => Doc::text(value.to_string()),
            Expr::Nothing => Doc::text("nothing"),
            Expr::Char(c) => Doc::text(char_literal(*c)),
            Expr::Str(pieces) => Doc::text(self.string(pieces)),
            Expr::End => Doc::text("end"),
            Expr::Regex(regex) => Doc::text(regex_literal(regex)),
            Expr::Substitution(text) => Doc::text(format!("s{}", raw_literal(text))),
            Expr::Vector { element, items } => {
                let open = element.as_ref().map(type_text).unwrap_or_default() + "[";
                if items.len() > 4 && items.iter().all(is_literal) {
                    return Doc::filled(&open, items.iter().map(|item| self.expr(item)).collect(), "]");
                }
                Doc::list(&open, items.iter().map(|item| self.expr(item)).collect(), "]", true)
            }
            Expr::Matrix(rows) => self.matrix(rows),
            Expr::Adjoint(base) => Doc::Concat(vec![self.at(base, strength::POSTFIX), Doc::text("'")]),
            Expr::Colon => Doc::text(":"),
            Expr::Tuple(items) if items.len() == 1 => {
                Doc::Concat(vec![Doc::text("("), self.expr(&items[0]), Doc::text(",)")])
            }
            Expr::Tuple(items) if items.len() > 4 && items.iter().all(is_literal) => {
                Doc::filled("(", items.iter().map(|item| self.expr(item)).collect(), ")")
            }
            Expr::Tuple(items) => Doc::list("(", items.iter().map(|i| self.expr(i)).collect(), ")", false),
            Expr::Call { .. } => self.call(expr),
            Expr::Index(base, index) => {
                let inner = vec![self.at(base, strength::POSTFIX), Doc::text("["), self.tight(index)];
                Doc::Concat([inner, vec![Doc::text("]")]].concat())
            }
            Expr::Field(object, field) => {
                Doc::Concat(vec![self.at(object, strength::POSTFIX), Doc::text(format!(".{field}"))])
            }
            Expr::Typed(value, ty) => Doc::Concat(vec![
                self.at(value, strength::POSTFIX),
                Doc::text(format!("::{}", type_text(ty))),
            ]),
            Expr::Binary(op, left, right) => self.binary(op, left, right),
            Expr::Unary(op, operand) => Doc::Concat(vec![Doc::text(*op), self.at(operand, strength::UNARY)]),
            Expr::Chain(first, rest) => self.chain(first, rest),
            Expr::Range { .. } => self.tight(expr),
            Expr::Ternary(condition, then, orelse) => self.ternary(condition, then, orelse),
            Expr::Lambda(params, body) => self.lambda(params, body),
            Expr::Comprehension { form, element, clauses } => self.comprehension(form, element, clauses),
            Expr::Splat(values) => Doc::Concat(vec![self.at(values, strength::POSTFIX), Doc::text("...")]),
            Expr::Macro(name, args) => {
                let args = args.iter().map(|arg| self.expr(arg)).collect();
                Doc::list(&format!("@{name}("), args, ")", false)
            }
        }
    }

    /// Rows apart by semicolons; items that could be taken for two stand in parentheses.
    fn matrix(&self, rows: &[Vec<Expr>]) -> Doc {
        let row = |row: &Vec<Expr>| {
            let mut parts = Vec::new();
            for (at, item) in row.iter().enumerate() {
                parts.extend((at > 0).then(|| Doc::text(" ")));
                let negative_literal = matches!(item, Expr::Int(_) | Expr::Float(_));
                parts.push(if negative_literal { self.expr(item) } else { self.at(item, strength::POSTFIX) });
            }
            Doc::Concat(parts)
        };
        let mut parts = vec![Doc::text("[")];
        for (at, items) in rows.iter().enumerate() {
            if at > 0 {
                parts.extend([Doc::text(";"), Doc::Line]);
            }
            parts.push(row(items));
        }
        parts.push(Doc::text("]"));
        Doc::Group(Box::new(Doc::Nest(Box::new(Doc::Concat(parts)))))
    }

    fn call(&self, expr: &Expr) -> Doc {
        let Expr::Call { callee, args, keywords, named, broadcast } = expr else {
            return Doc::text("");
        };
        let open = if *broadcast { ".(" } else { "(" };
        let callee = self.at(callee, strength::POSTFIX);
        if let ([Expr::Comprehension { form: ComprehensionForm::Generator, element, clauses }], true) =
            (args.as_slice(), keywords.is_empty() && named.is_empty())
        {
            let inner = self.clauses(element, clauses);
            return Doc::Concat(vec![callee, Doc::list(open, vec![inner], ")", false)]);
        }
        if let ([arg @ (Expr::Comprehension { .. } | Expr::Vector { .. })], true) =
            (args.as_slice(), keywords.is_empty() && named.is_empty())
        {
            return Doc::Concat(vec![callee, Doc::text(open), self.expr(arg), Doc::text(")")]);
        }
        let mut items: Vec<Doc> = args.iter().map(|arg| self.expr(arg)).collect();
        for (name, value) in keywords {
            items.push(Doc::Concat(vec![Doc::text(format!("{name} = ")), self.expr(value)]));
        }
        if named.is_empty() {
            return Doc::Concat(vec![callee, Doc::list(open, items, ")", true)]);
        }
        Doc::Concat(vec![callee, self.with_named(open, items, named)])
    }

    /// An argument list with a part behind a semicolon.
    fn with_named(&self, open: &str, items: Vec<Doc>, named: &[(String, Expr)]) -> Doc {
        let mut parts = vec![Doc::text(open)];
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                parts.push(Doc::text(", "));
            }
            parts.push(item);
        }
        for (i, (name, value)) in named.iter().enumerate() {
            parts.push(Doc::text(format!("{}{name} = ", if i == 0 { "; " } else { ", " })));
            parts.push(self.expr(value));
        }
        parts.push(Doc::text(")"));
        Doc::Concat(parts)
    }

    /// Operands of the same left-associative operator stand side by side, without nesting.
    fn binary(&self, op: &str, left: &Expr, right: &Expr) -> Doc {
        let own = op_strength(op);
        if op == ".^" {
            // Behind a digit the dot would belong to the number.
            let parts = vec![self.at(left, own + 1), Doc::text(" .^ "), self.at(right, strength::UNARY)];
            return Doc::Concat(parts);
        }
        if op == "^" {
            let parts = vec![self.at(left, own + 1), Doc::text("^"), self.at(right, strength::UNARY)];
            return Doc::Concat(parts);
        }
        let mut operands = vec![(op, right)];
        let mut first = left;
        if own != strength::COMPARE && own != strength::PAIR {
            while let Expr::Binary(inner, l, r) = first
                && op_strength(inner) == own
            {
                operands.push((inner, r));
                first = l;
            }
        }
        let mut rest = Vec::new();
        for (op, operand) in operands.into_iter().rev() {
            rest.push(Doc::text(format!(" {op}")));
            rest.push(Doc::Line);
            rest.push(self.at(operand, own + 1));
        }
        let parts = vec![self.at(first, own + 1), Doc::Nest(Box::new(Doc::Concat(rest)))];
        Doc::Group(Box::new(Doc::Concat(parts)))
    }

    fn chain(&self, first: &Expr, rest: &[(&'static str, Expr)]) -> Doc {
        let mut parts = vec![self.at(first, strength::RANGE)];
        for (op, operand) in rest {
            parts.push(Doc::text(format!(" {op} ")));
            parts.push(self.at(operand, strength::RANGE));
        }
        Doc::Concat(parts)
    }

    fn ternary(&self, condition: &Expr, then: &Expr, orelse: &Expr) -> Doc {
        let parts = vec![
            self.at(condition, strength::OR),
            Doc::text(" ?"),
            Doc::Line,
            self.at(then, strength::OR),
            Doc::text(" :"),
            Doc::Line,
            self.at(orelse, strength::TERNARY),
        ];
        Doc::Group(Box::new(Doc::Nest(Box::new(Doc::Concat(parts)))))
    }

    fn lambda(&self, params: &[Expr], body: &Expr) -> Doc {
        let head = match params {
            [param @ Expr::Local(_)] => self.expr(param),
            [Expr::Tuple(_)] => Doc::Concat(vec![Doc::text("("), self.separated(params), Doc::text(",)")]),
            _ => Doc::Concat(vec![Doc::text("("), self.separated(params), Doc::text(")")]),
        };
        Doc::Concat(vec![head, Doc::text(" -> "), self.expr(body)])
    }

    fn comprehension(&self, form: &ComprehensionForm, element: &Expr, clauses: &[Clause]) -> Doc {
        let inner = vec![self.clauses(element, clauses)];
        match form {
            ComprehensionForm::Vector(None) => Doc::list("[", inner, "]", false),
            ComprehensionForm::Vector(Some(ty)) => {
                Doc::list(&format!("{}[", type_text(ty)), inner, "]", false)
            }
            ComprehensionForm::Generator => Doc::list("(", inner, ")", false),
        }
    }

    fn clauses(&self, element: &Expr, clauses: &[Clause]) -> Doc {
        let mut parts = vec![self.at(element, strength::PAIR)];
        for Clause { target, iter, condition } in clauses {
            parts.push(Doc::Line);
            parts.push(Doc::text("for "));
            parts.push(self.expr(target));
            parts.push(Doc::text(" in "));
            parts.push(self.at(iter, strength::TERNARY));
            if let Some(condition) = condition {
                parts.push(Doc::Line);
                parts.push(Doc::text("if "));
                parts.push(self.at(condition, strength::TERNARY));
            }
        }
        Doc::Group(Box::new(Doc::Concat(parts)))
    }

    /// An index or the end of a range: arithmetic without blanks.
    fn tight(&self, expr: &Expr) -> Doc {
        match expr {
            Expr::Tuple(items) => {
                let mut parts = Vec::new();
                for (at, item) in items.iter().enumerate() {
                    parts.extend((at > 0).then(|| Doc::text(", ")));
                    parts.push(self.tight(item));
                }
                Doc::Concat(parts)
            }
            Expr::Range { start, step, stop } => {
                let mut parts = vec![self.tight_at(start, strength::SUM), Doc::text(":")];
                if let Some(step) = step {
                    parts.extend([self.tight_at(step, strength::SUM), Doc::text(":")]);
                }
                parts.push(self.tight_at(stop, strength::SUM));
                Doc::Concat(parts)
            }
            Expr::Binary(op @ ("+" | "-" | "*" | "÷"), left, right) => {
                let own = op_strength(op);
                let right = self.tight_at(right, own + 1);
                Doc::Concat(vec![self.tight_at(left, own), Doc::text(*op), right])
            }
            _ => self.expr(expr),
        }
    }

    fn tight_at(&self, expr: &Expr, least: u8) -> Doc {
        let doc = self.tight(expr);
        let signed = least > strength::SUM && expr_strength(expr) == strength::UNARY;
        if signed || expr_strength(expr) < least { parens(doc) } else { doc }
    }

    /// A string literal with its quotes.
    fn string(&self, pieces: &[Piece]) -> String {
        let mut out = String::from("\"");
        for (i, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) => escape(text, &mut out),
                Piece::Value(value) => {
                    let text = self.expr(value).layout(0, 0).replace('\n', " ");
                    let name = matches!(value, Expr::Local(_) | Expr::Global(_));
                    match pieces.get(i + 1) {
                        Some(Piece::Text(next)) if next.starts_with(continues_a_name) => {
                            out.push_str(&format!("$({text})"));
                        }
                        _ if name => out.push_str(&format!("${text}")),
                        _ => out.push_str(&format!("$({text})")),
                    }
                }
            }
        }
        out.push('"');
        out
    }
}

/// The module that exports the name.
fn module_of(name: &str) -> &'static str {
    match name {
        "mean" | "std" | "var" | "median" => "Statistics",
        "dot" | "norm" | "tr" | "diag" | "I" => "LinearAlgebra",
        _ => "Base",
    }
}

/// Whether an expression is a number, truth value, character or plain text.
fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Int(_) | Expr::Float(_) | Expr::Bool(_) | Expr::Char(_) => true,
        Expr::Str(pieces) => pieces.iter().all(|piece| matches!(piece, Piece::Text(_))),
        _ => false,
    }
}

/// Whether a character behind `$name` would be read as part of it.
fn continues_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '!' || !c.is_ascii()
}

fn parens(doc: Doc) -> Doc {
    Doc::Concat(vec![Doc::text("("), doc, Doc::text(")")])
}

/// A type as text.
pub(super) fn type_text(ty: &Type) -> String {
    if ty.params.is_empty() {
        return ty.name.clone();
    }
    let params: Vec<String> = ty.params.iter().map(type_text).collect();
    format!("{}{{{}}}", ty.name, params.join(","))
}
