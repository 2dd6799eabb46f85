//! Statements.

use super::WIDTH;
use super::expr::{self, list};
use super::line::{Line, write_indented};
use crate::fortran::tree::{Control, Expr, Stmt};

/// Prints a block.
pub fn block(stmts: &[Stmt], indent: usize, out: &mut String) {
    for stmt in stmts {
        statement(stmt, indent, out);
    }
}

fn statement(stmt: &Stmt, indent: usize, out: &mut String) {
    match stmt {
        Stmt::Comment { text, trailing } => comment(text, *trailing, indent, out),
        Stmt::If { branches, orelse } => conditional(branches, orelse, indent, out),
        Stmt::Select { subject, cases, default } => select(subject, cases, default, indent, out),
        Stmt::Do { label, control, body } => repeat(label.as_deref(), control, body, indent, out),
        Stmt::Block { label, body } => {
            write_indented(out, indent, &format!("{label}: block"));
            block(body, indent + 2, out);
            write_indented(out, indent, &format!("end block {label}"));
        }
        Stmt::Unused(arguments) => unused(arguments, indent, out),
        simple => simple_line(simple).write(indent, out),
    }
}

/// `associate (unused => argument)` around nothing.
fn unused(arguments: &[String], indent: usize, out: &mut String) {
    let mut head = Line::new("associate (");
    for (i, argument) in arguments.iter().enumerate() {
        if i > 0 {
            head.push(", ");
            head.allow_break();
        }
        let name = if i == 0 { "unused".to_string() } else { format!("unused_{}", i + 1) };
        head.push(&format!("{name} => {argument}"));
    }
    head.push(")");
    head.write(indent, out);
    write_indented(out, indent, "end associate");
}

fn comment(text: &str, trailing: bool, indent: usize, out: &mut String) {
    if trailing && out.ends_with('\n') {
        let last = out.trim_end_matches('\n').rsplit('\n').next().unwrap_or_default();
        if last.chars().count() + text.chars().count() + 4 <= WIDTH {
            out.pop();
            out.push_str("  ! ");
            out.push_str(text);
            out.push('\n');
            return;
        }
    }
    for line in text.lines() {
        write_indented(out, indent, format!("! {line}").trim_end());
    }
}

/// A statement that fits on one line by its nature.
fn simple_line(stmt: &Stmt) -> Line {
    match stmt {
        Stmt::Assign(target, value) => assignment(target, value),
        Stmt::Where(mask, target, value) => {
            let mut out = Line::new("where (");
            out.append_nested(expr::line(mask));
            out.push(") ");
            out.append_nested(assignment(target, value));
            out
        }
        Stmt::Call(callee, arguments) => {
            let mut out = Line::new("call ");
            out.append(expr::line(callee));
            out.push("(");
            out.append_nested(list(arguments));
            out.push(")");
            out
        }
        Stmt::Exit(label) => labelled("exit", label.as_deref()),
        Stmt::Cycle(label) => labelled("cycle", label.as_deref()),
        Stmt::Return => Line::new("return"),
        Stmt::ErrorStop(None) => Line::new("error stop"),
        Stmt::ErrorStop(Some(message)) => {
            let mut out = Line::new("error stop ");
            out.append(expr::line(message));
            out
        }
        Stmt::Write { control, no_advance, items } => {
            let mut out = Line::new("write (");
            out.append_nested(list(control));
            out.push(if *no_advance { ", advance=\"no\")" } else { ")" });
            if !items.is_empty() {
                out.push(" ");
                out.append(list(items));
            }
            out
        }
        // The compound statements are printed by `statement`.
        Stmt::Comment { .. }
        | Stmt::If { .. }
        | Stmt::Select { .. }
        | Stmt::Do { .. }
        | Stmt::Block { .. }
        | Stmt::Unused(_) => Line::default(),
    }
}

fn assignment(target: &Expr, value: &Expr) -> Line {
    let mut out = expr::line(target);
    out.push(" = ");
    out.append(expr::line(value));
    out
}

fn labelled(word: &str, label: Option<&str>) -> Line {
    match label {
        Some(label) => Line::new(format!("{word} {label}")),
        None => Line::new(word),
    }
}

fn parenthesised(opening: &str, items: &[Expr]) -> Line {
    let mut out = Line::new(opening);
    out.append_nested(list(items));
    out.push(")");
    out
}

fn is_simple(stmt: &Stmt) -> bool {
    !matches!(
        stmt,
        Stmt::Comment { .. }
            | Stmt::If { .. }
            | Stmt::Select { .. }
            | Stmt::Do { .. }
            | Stmt::Block { .. }
            | Stmt::Unused(_)
    )
}

fn conditional(branches: &[(Expr, Vec<Stmt>)], orelse: &[Stmt], indent: usize, out: &mut String) {
    if let ([(condition, body)], []) = (branches, orelse)
        && let [only] = body.as_slice()
        && is_simple(only)
    {
        let mut line = Line::new("if (");
        line.append_nested(expr::line(condition));
        line.push(") ");
        line.allow_break();
        line.append_nested(simple_line(only));
        if indent + line.width() <= WIDTH || matches!(only, Stmt::ErrorStop(_)) {
            line.write(indent, out);
            return;
        }
    }
    for (i, (condition, body)) in branches.iter().enumerate() {
        let mut line = Line::new(if i == 0 { "if (" } else { "else if (" });
        line.append(expr::line(condition));
        line.push(") then");
        line.write(indent, out);
        block(body, indent + 2, out);
    }
    if !orelse.is_empty() {
        write_indented(out, indent, "else");
        block(orelse, indent + 2, out);
    }
    write_indented(out, indent, "end if");
}

fn select(
    subject: &Expr,
    cases: &[(Vec<Expr>, Vec<Stmt>)],
    default: &[Stmt],
    indent: usize,
    out: &mut String,
) {
    parenthesised("select case (", std::slice::from_ref(subject)).write(indent, out);
    for (values, body) in cases {
        parenthesised("case (", values).write(indent, out);
        block(body, indent + 2, out);
    }
    if !default.is_empty() {
        write_indented(out, indent, "case default");
        block(default, indent + 2, out);
    }
    write_indented(out, indent, "end select");
}

fn repeat(label: Option<&str>, control: &Control, body: &[Stmt], indent: usize, out: &mut String) {
    let mut head = Line::new(label.map(|l| format!("{l}: do")).unwrap_or_else(|| "do".into()));
    match control {
        Control::Forever => {}
        Control::While(condition) => {
            head.push(" while (");
            head.append(expr::line(condition));
            head.push(")");
        }
        Control::Count { variable, first, last, step } => {
            head.push(&format!(" {variable} = "));
            head.append(expr::line(first));
            for bound in [Some(last), step.as_ref()].into_iter().flatten() {
                head.push(", ");
                head.append(expr::line(bound));
            }
        }
    }
    head.write(indent, out);
    block(body, indent + 2, out);
    labelled("end do", label).write(indent, out);
}
