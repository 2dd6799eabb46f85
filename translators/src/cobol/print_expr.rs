//! Operands, expressions and conditions as text.

use super::tree::{ArithOp, Cond, Expr, Ref, Relation};

/// Literals longer than this are written in pieces.
const LONGEST_LITERAL: usize = 46;

/// An operand or arithmetic expression.
pub fn expression(expr: &Expr) -> String {
    precedence(expr, 0)
}

/// `expr`, in parentheses where it binds less tightly than `least`.
fn precedence(expr: &Expr, least: u8) -> String {
    match expr {
        Expr::Number(text) => text.clone(),
        Expr::Text(text) => literal(text),
        Expr::Figurative(word) => (*word).to_string(),
        Expr::Ref(item) => reference(item),
        Expr::Function(name, args) => {
            let args: Vec<String> = args.iter().map(function_argument).collect();
            if args.is_empty() {
                format!("FUNCTION {name}")
            } else {
                format!("FUNCTION {name}({})", args.join(" "))
            }
        }
        Expr::Neg(operand) => parenthesised(format!("- {}", precedence(operand, 3)), 1 < least),
        Expr::Binary(op, left, right) => {
            let (sign, level) = match op {
                ArithOp::Add => ("+", 1),
                ArithOp::Sub => ("-", 1),
                ArithOp::Mul => ("*", 2),
                ArithOp::Div => ("/", 2),
                ArithOp::Pow => ("**", 3),
            };
            let left_least = if *op == ArithOp::Pow { level + 1 } else { level };
            let right = negative_guarded(right, level + 1);
            parenthesised(format!("{} {sign} {right}", precedence(left, left_least)), level < least)
        }
    }
}

/// The right operand; a negative number is put in parentheses so that no two signs meet.
fn negative_guarded(expr: &Expr, least: u8) -> String {
    match expr {
        Expr::Number(text) if text.starts_with('-') => format!("({text})"),
        _ => precedence(expr, least),
    }
}

/// An argument of a function: arguments are separated by blanks, so signed ones need parentheses.
fn function_argument(expr: &Expr) -> String {
    match expr {
        Expr::Neg(_) => format!("({})", expression(expr)),
        Expr::Number(text) if text.starts_with('-') => format!("({text})"),
        _ => expression(expr),
    }
}

fn parenthesised(text: String, needed: bool) -> String {
    if needed { format!("({text})") } else { text }
}

/// A data reference with subscripts and reference modification.
pub fn reference(item: &Ref) -> String {
    let mut text = item.name.clone();
    if !item.subscripts.is_empty() {
        let subscripts: Vec<String> = item.subscripts.iter().map(expression).collect();
        text.push_str(&format!("({})", subscripts.join(", ")));
    }
    if let Some(part) = &item.part {
        text.push_str(&format!("({}:{})", expression(&part.0), expression(&part.1)));
    }
    text
}

/// A condition on one line.
pub fn condition(cond: &Cond) -> String {
    condition_parts(cond).join(" ")
}

/// A condition, split before the `AND`s or `OR`s of its top level.
pub fn condition_parts(cond: &Cond) -> Vec<String> {
    let (word, parts) = match cond {
        Cond::And(parts) => ("AND", parts),
        Cond::Or(parts) => ("OR", parts),
        other => return vec![simple_condition(other)],
    };
    let mut texts: Vec<String> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let nested = matches!((word, part), (_, Cond::Or(_)) | ("OR", Cond::And(_)));
        let text = if nested && !(word == "OR" && matches!(part, Cond::Or(_))) {
            format!("({})", condition(part))
        } else {
            condition(part)
        };
        texts.push(if at == 0 { text } else { format!("{word} {text}") });
    }
    texts
}

fn simple_condition(cond: &Cond) -> String {
    match cond {
        Cond::Relation(left, relation, right) => {
            let sign = match relation {
                Relation::Eq => "=",
                Relation::Ne => "NOT =",
                Relation::Lt => "<",
                Relation::Le => "<=",
                Relation::Gt => ">",
                Relation::Ge => ">=",
            };
            format!("{} {sign} {}", expression(left), expression(right))
        }
        Cond::Name(item) => reference(item),
        Cond::Class(operand, class) => format!("{} IS {class}", expression(operand)),
        Cond::Not(inner) => match &**inner {
            Cond::Class(operand, class) => format!("{} IS NOT {class}", expression(operand)),
            Cond::Name(item) => format!("NOT {}", reference(item)),
            other => format!("NOT ({})", condition(other)),
        },
        Cond::And(_) | Cond::Or(_) => condition(cond),
    }
}

/// A nonnumeric literal: control characters in hexadecimal, long ones in pieces joined by `&`.
fn literal(text: &str) -> String {
    let mut pieces: Vec<String> = Vec::new();
    let mut plain = String::new();
    let mut hex = String::new();
    for c in text.chars() {
        if c.is_ascii_graphic() || c == ' ' {
            flush(&mut pieces, &mut hex, "X");
            plain.push(c);
            if c == '"' {
                plain.push('"');
            }
            if plain.len() >= LONGEST_LITERAL {
                flush(&mut pieces, &mut plain, "");
            }
        } else {
            flush(&mut pieces, &mut plain, "");
            for byte in c.to_string().bytes() {
                hex.push_str(&format!("{byte:02X}"));
            }
        }
    }
    flush(&mut pieces, &mut hex, "X");
    flush(&mut pieces, &mut plain, "");
    pieces.join(" & ")
}

/// Moves `text`, if any, to `pieces` as a literal of its kind.
fn flush(pieces: &mut Vec<String>, text: &mut String, kind: &str) {
    if !text.is_empty() {
        pieces.push(format!("{kind}\"{text}\""));
        text.clear();
    }
}
