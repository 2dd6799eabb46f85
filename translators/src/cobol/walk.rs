//! Walks over the tree of a program: which statements lie in a statement, and what it mentions.

use super::tree::{Cond, Expr, Phrase, Ref, Stmt, Until};

/// The blocks within a statement; written once for shared and mutable walks.
macro_rules! blocks_within {
    ($stmt:expr, $iter:ident) => {
        match $stmt {
            Stmt::If(_, yes, no) => vec![yes, no],
            Stmt::Perform(_, body) => vec![body],
            Stmt::Evaluate(whens, other) => whens.$iter().map(|(_, body)| body).chain([other]).collect(),
            Stmt::Compute { size_error: body, .. } | Stmt::StringInto { overflow: body, .. } => vec![body],
            _ => Vec::new(),
        }
    };
}

/// The blocks within a statement.
pub fn blocks(stmt: &Stmt) -> Vec<&Vec<Stmt>> {
    blocks_within!(stmt, iter)
}

/// The blocks within a statement, to be changed.
pub fn blocks_mut(stmt: &mut Stmt) -> Vec<&mut Vec<Stmt>> {
    blocks_within!(stmt, iter_mut)
}

/// Visits the statements of a block and those within them.
pub fn each_stmt<'a>(block: &'a [Stmt], visit: &mut dyn FnMut(&'a Stmt)) {
    for stmt in block {
        visit(stmt);
        blocks(stmt).into_iter().for_each(|inner| each_stmt(inner, visit));
    }
}

/// Visits the references in a statement, but not those in statements within it.
pub fn each_ref<'a>(stmt: &'a Stmt, visit: &mut dyn FnMut(&'a Ref)) {
    match stmt {
        Stmt::Move(value, target) | Stmt::Add(value, target) | Stmt::Subtract(value, target) => {
            in_expr(value, visit);
            in_ref(target, visit);
        }
        Stmt::MoveToAll(value, targets) => {
            in_expr(value, visit);
            targets.iter().for_each(|target| in_ref(target, visit));
        }
        Stmt::Set(item, _) => in_ref(item, visit),
        Stmt::Compute { target, value, .. } => {
            in_ref(target, visit);
            in_expr(value, visit);
        }
        Stmt::If(cond, ..) => in_cond(cond, visit),
        Stmt::Evaluate(whens, _) => whens.iter().for_each(|(cond, _)| in_cond(cond, visit)),
        Stmt::Perform(until, _) => in_until(until, visit),
        Stmt::StringInto { parts, into, pointer, .. } => {
            parts.iter().for_each(|part| in_expr(part, visit));
            in_ref(into, visit);
            in_ref(pointer, visit);
        }
        Stmt::Inspect(item, phrases) => {
            in_ref(item, visit);
            for phrase in phrases {
                if let Phrase::Operand(operand) = phrase {
                    in_expr(operand, visit);
                }
            }
        }
        Stmt::Call(_, args) => args.iter().for_each(|arg| in_ref(arg, visit)),
        Stmt::Bits(_, mask, target) => {
            in_ref(mask, visit);
            in_ref(target, visit);
        }
        Stmt::Display { items, .. } => items.iter().for_each(|item| in_expr(item, visit)),
        Stmt::Comment(_)
        | Stmt::PerformParagraph(_)
        | Stmt::ExitPerform
        | Stmt::ExitPerformCycle
        | Stmt::ExitParagraph
        | Stmt::Sort { .. }
        | Stmt::Continue
        | Stmt::Goback
        | Stmt::StopRun { .. } => {}
    }
}

fn in_ref<'a>(item: &'a Ref, visit: &mut dyn FnMut(&'a Ref)) {
    visit(item);
    item.subscripts.iter().for_each(|subscript| in_expr(subscript, visit));
    if let Some(part) = &item.part {
        in_expr(&part.0, visit);
        in_expr(&part.1, visit);
    }
}

fn in_expr<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Ref)) {
    match expr {
        Expr::Number(_) | Expr::Text(_) | Expr::Figurative(_) => {}
        Expr::Ref(item) => in_ref(item, visit),
        Expr::Binary(_, left, right) => {
            in_expr(left, visit);
            in_expr(right, visit);
        }
        Expr::Neg(operand) => in_expr(operand, visit),
        Expr::Function(_, args) => args.iter().for_each(|arg| in_expr(arg, visit)),
    }
}

fn in_cond<'a>(cond: &'a Cond, visit: &mut dyn FnMut(&'a Ref)) {
    match cond {
        Cond::Relation(left, _, right) => {
            in_expr(left, visit);
            in_expr(right, visit);
        }
        Cond::Name(item) => in_ref(item, visit),
        Cond::Class(operand, _) => in_expr(operand, visit),
        Cond::Not(inner) => in_cond(inner, visit),
        Cond::And(parts) | Cond::Or(parts) => parts.iter().for_each(|part| in_cond(part, visit)),
    }
}

fn in_until<'a>(until: &'a Until, visit: &mut dyn FnMut(&'a Ref)) {
    match until {
        Until::Before(cond) | Until::After(cond) => in_cond(cond, visit),
        Until::Exit => {}
        Until::Times(count) => in_expr(count, visit),
        Until::Varying { counter, from, by, until } => {
            in_ref(counter, visit);
            in_expr(from, visit);
            in_expr(by, visit);
            in_cond(until, visit);
        }
    }
}
