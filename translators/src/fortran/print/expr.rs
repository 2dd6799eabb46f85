//! Expressions, with the parentheses that precedence and readability ask for.

use super::line::Line;
use crate::fortran::tree::{Expr, Kind, Length, Op, Subscript, TypeSpec};

/// Longest piece of a character literal on one line.
const LITERAL: usize = 72;

/// Prints an expression.
pub fn line(expr: &Expr) -> Line {
    match expr {
        Expr::Logical(value) => Line::new(if *value { ".true." } else { ".false." }),
        Expr::Int(value, kind) => Line::new(integer(*value, *kind)),
        Expr::Real(value) => Line::new(real(*value)),
        Expr::Text(value) => literal(value),
        Expr::Name(name) => Line::new(name.as_str()),
        Expr::Component(base, name) => {
            let mut out = line(base);
            out.push("%");
            out.push(name);
            out
        }
        Expr::Element(base, subscript) => element(base, subscript),
        Expr::Call(callee, arguments) => {
            let mut out = line(callee);
            out.push("(");
            out.append_nested(list(arguments));
            out.push(")");
            out
        }
        Expr::Keyword(name, value) => {
            let mut out = Line::new(format!("{name}="));
            out.append(line(value));
            out
        }
        Expr::Array(ty, items) => array(ty.as_ref(), items),
        Expr::ImpliedDo { item, variable, first, last, step } => {
            implied_do(item, variable, [Some(&**first), Some(&**last), step.as_deref()])
        }
        Expr::Binary(op, left, right) => operation(*op, left, right),
        Expr::Negate(operand) => prefixed("-", wrapped(operand, precedence_of(operand) < MULTIPLY)),
        Expr::Not(operand) => prefixed(".not. ", wrapped(operand, precedence_of(operand) < PRIMARY)),
    }
}

/// Expressions separated by commas.
pub fn list(items: &[Expr]) -> Line {
    let mut out = Line::default();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(", ");
            out.allow_break();
        }
        out.append(line(item));
    }
    out
}

/// A type specification.
pub fn type_spec(ty: &TypeSpec) -> String {
    match ty {
        TypeSpec::Integer(Kind::Default) => "integer".into(),
        TypeSpec::Integer(Kind::Int64) => "integer(int64)".into(),
        TypeSpec::Real => "real(real64)".into(),
        TypeSpec::Logical => "logical".into(),
        TypeSpec::Character(Length::Of(length)) => format!("character(len={length})"),
        TypeSpec::Character(Length::Assumed) => "character(len=*)".into(),
        TypeSpec::Character(Length::Deferred) => "character(len=:)".into(),
        TypeSpec::Derived(name) => format!("type({name})"),
        TypeSpec::Class(name) => format!("class({name})"),
    }
}

fn integer(value: i64, kind: Kind) -> String {
    match (value, kind) {
        // The magnitude of the least number is no literal.
        (i64::MIN, _) => "(-huge(0_int64) - 1)".into(),
        // A sign is no part of the literal.
        (_, Kind::Default) if i32::try_from(value.unsigned_abs()).is_ok() => value.to_string(),
        _ => format!("{value}_int64"),
    }
}

fn real(value: f64) -> String {
    let digits = format!("{value:?}");
    let digits = match digits.split_once('e') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0e{exponent}"),
        _ => digits,
    };
    digits + "_real64"
}

/// A character literal; control characters are spelled with `achar`, long ones are cut.
fn literal(value: &str) -> Line {
    let mut pieces = Vec::new();
    let mut current = String::new();
    for c in value.chars() {
        if c.is_ascii_control() {
            if !current.is_empty() {
                pieces.push(quoted(&std::mem::take(&mut current)));
            }
            pieces.push(format!("achar({})", u32::from(c)));
        } else {
            current.push(c);
            if current.len() >= LITERAL {
                pieces.push(quoted(&std::mem::take(&mut current)));
            }
        }
    }
    if !current.is_empty() || pieces.is_empty() {
        pieces.push(quoted(&current));
    }
    let mut out = Line::default();
    for (i, piece) in pieces.iter().enumerate() {
        if i > 0 {
            out.push(" // ");
            out.allow_break();
        }
        out.push(piece);
    }
    out
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn element(base: &Expr, subscript: &Subscript) -> Line {
    let mut out = line(base);
    out.push("(");
    write_subscript(subscript, &mut out);
    out.push(")");
    out
}

fn write_subscript(subscript: &Subscript, out: &mut Line) {
    match subscript {
        Subscript::Several(subscripts) => {
            for (i, subscript) in subscripts.iter().enumerate() {
                if i > 0 {
                    out.push(", ");
                }
                write_subscript(subscript, out);
            }
        }
        Subscript::At(index) | Subscript::Vector(index) => out.append_nested(line(index)),
        Subscript::Section(first, last, step) => {
            if let Some(first) = first {
                out.append_nested(line(first));
            }
            out.push(":");
            if let Some(last) = last {
                out.append_nested(line(last));
            }
            if let Some(step) = step {
                out.push(":");
                out.append_nested(line(step));
            }
        }
    }
}

fn array(ty: Option<&TypeSpec>, items: &[Expr]) -> Line {
    let mut out = Line::new("[");
    if let Some(ty) = ty {
        // In an array constructor a derived type is named without `type()`.
        match ty {
            TypeSpec::Derived(name) => out.push(name),
            other => out.push(&type_spec(other)),
        }
        out.push(" ::");
        if !items.is_empty() {
            out.push(" ");
        }
    }
    out.append_nested(list(items));
    out.push("]");
    out
}

fn implied_do(item: &Expr, variable: &str, bounds: [Option<&Expr>; 3]) -> Line {
    let mut out = Line::new("(");
    out.append_nested(line(item));
    out.push(", ");
    out.allow_break();
    out.push(variable);
    out.push(" = ");
    for (i, bound) in bounds.into_iter().flatten().enumerate() {
        if i > 0 {
            out.push(", ");
        }
        out.append_nested(line(bound));
    }
    out.push(")");
    out
}

const RELATION: u8 = 5;
const ADD: u8 = 7;
const MULTIPLY: u8 = 8;
const PRIMARY: u8 = 10;

fn precedence(op: Op) -> u8 {
    match op {
        Op::Eqv | Op::Neqv => 1,
        Op::Or => 2,
        Op::And => 3,
        Op::Eq | Op::Same | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => RELATION,
        Op::Concat => 6,
        Op::Add | Op::Sub => ADD,
        Op::Mul | Op::Div => MULTIPLY,
        Op::Pow => 9,
    }
}

fn precedence_of(expr: &Expr) -> u8 {
    match expr {
        Expr::Binary(op, ..) => precedence(*op),
        Expr::Not(_) => 4,
        Expr::Negate(_) => ADD,
        Expr::Int(i64::MIN, _) => PRIMARY,
        Expr::Int(value, _) if *value < 0 => ADD,
        Expr::Real(value) if value.is_sign_negative() => ADD,
        Expr::Text(value) if value.len() > LITERAL || value.contains(|c: char| c.is_ascii_control()) => 6,
        _ => PRIMARY,
    }
}

fn is_signed(expr: &Expr) -> bool {
    match expr {
        Expr::Negate(_) => true,
        Expr::Int(value, _) => *value < 0 && *value != i64::MIN,
        Expr::Real(value) => value.is_sign_negative(),
        _ => false,
    }
}

fn operation(op: Op, left: &Expr, right: &Expr) -> Line {
    let level = precedence(op);
    let right_assoc = op == Op::Pow;
    let leading_sign = matches!(op, Op::Mul | Op::Div) && is_signed(left) && !matches!(left, Expr::Negate(_));
    let wrap_left =
        (precedence_of(left) < level && !leading_sign) || (right_assoc && precedence_of(left) == level);
    let wrap_right = precedence_of(right) < level
        || (precedence_of(right) == level && !right_assoc && !matches!(op, Op::And | Op::Or | Op::Concat))
        || (level > RELATION && is_signed(right));
    let mixes = |side: &Expr| op == Op::Or && matches!(side, Expr::Binary(Op::And, ..));
    let mut out = Line::default();
    out.append_nested(wrapped(left, wrap_left || mixes(left)));
    out.push(" ");
    out.push(symbol(op));
    out.push(" ");
    if op == Op::Pow || op == Op::Mul || op == Op::Div {
        // Factors stay together where a sum or an argument list offers a better place.
        let mut place = Line::default();
        place.allow_break();
        out.append_nested(place);
    } else {
        out.allow_break();
    }
    out.append_nested(wrapped(right, wrap_right || mixes(right)));
    if op == Op::Pow {
        return Line::new(out.into_text().replacen(" ** ", "**", 1));
    }
    out
}

fn symbol(op: Op) -> &'static str {
    match op {
        Op::Eqv => ".eqv.",
        Op::Neqv => ".neqv.",
        Op::Or => ".or.",
        Op::And => ".and.",
        Op::Eq | Op::Same => "==",
        Op::Ne => "/=",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
        Op::Concat => "//",
        Op::Add => "+",
        Op::Sub => "-",
        Op::Mul => "*",
        Op::Div => "/",
        Op::Pow => "**",
    }
}

fn wrapped(expr: &Expr, parentheses: bool) -> Line {
    if !parentheses {
        return line(expr);
    }
    let mut out = Line::new("(");
    out.append_nested(line(expr));
    out.push(")");
    out
}

fn prefixed(prefix: &str, operand: Line) -> Line {
    let mut out = Line::new(prefix);
    out.append_nested(operand);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fortran::tree::build::*;

    fn show(expr: &Expr) -> String {
        line(expr).into_text()
    }

    #[test]
    fn parentheses_keep_the_tree() {
        let sum = binary(Op::Add, name("a"), name("b"));
        let product = |l, r| binary(Op::Mul, l, r);
        assert_eq!(show(&product(sum.clone(), int(2))), "(a + b) * 2");
        assert_eq!(show(&binary(Op::Sub, name("c"), sum.clone())), "c - (a + b)");
        assert_eq!(show(&binary(Op::Pow, int(-2), name("n"))), "(-2)**n");
        assert_eq!(show(&binary(Op::Add, name("a"), int(-1))), "a + (-1)");
        assert_eq!(show(&Expr::Negate(Box::new(sum))), "-(a + b)");
    }

    #[test]
    fn literals_are_exact() {
        assert_eq!(show(&Expr::Real(0.5)), "0.5_real64");
        assert_eq!(show(&Expr::Real(1e-10)), "1.0e-10_real64");
        assert_eq!(show(&text("say \"a\"\n")), "\"say \"\"a\"\"\" // achar(10)");
        assert_eq!(show(&Expr::Int(3, Kind::Int64)), "3_int64");
        assert_eq!(show(&Expr::Int(1 << 31, Kind::Default)), "2147483648_int64");
        assert_eq!(show(&Expr::Int(-1 << 31, Kind::Default)), "-2147483648_int64");
    }

    #[test]
    fn mixed_logical_operators_are_parenthesised() {
        let both = and(name("a"), name("b"));
        assert_eq!(show(&binary(Op::Or, both, name("c"))), "(a .and. b) .or. c");
    }
}
