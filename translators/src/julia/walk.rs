//! Walks over the Julia tree.

use super::tree::{Clause, Expr, Function, Param, Piece, Stmt};

/// Calls `f` for `expr` and everything within it, children first.
pub fn each_expr_mut(expr: &mut Expr, f: &mut impl FnMut(&mut Expr)) {
    match expr {
        Expr::Base(_) | Expr::Local(_) | Expr::Global(_) | Expr::Type(_) => {}
        Expr::Int(_) | Expr::Float(_) | Expr::Bool(_) | Expr::Nothing | Expr::Char(_) | Expr::End => {}
        Expr::Regex(_) | Expr::Substitution(_) => {}
        Expr::Colon => {}
        Expr::Matrix(rows) => rows.iter_mut().flatten().for_each(|item| each_expr_mut(item, f)),
        Expr::Str(pieces) => {
            for piece in pieces {
                if let Piece::Value(value) = piece {
                    each_expr_mut(value, f);
                }
            }
        }
        Expr::Vector { items, .. } | Expr::Tuple(items) | Expr::Macro(_, items) => {
            items.iter_mut().for_each(|item| each_expr_mut(item, f));
        }
        Expr::Call { callee, args, keywords, named, .. } => {
            each_expr_mut(callee, f);
            args.iter_mut().for_each(|arg| each_expr_mut(arg, f));
            keywords.iter_mut().for_each(|(_, value)| each_expr_mut(value, f));
            named.iter_mut().for_each(|(_, value)| each_expr_mut(value, f));
        }
        Expr::Index(left, right) | Expr::Binary(_, left, right) => {
            each_expr_mut(left, f);
            each_expr_mut(right, f);
        }
        Expr::Field(inner, _)
        | Expr::Typed(inner, _)
        | Expr::Unary(_, inner)
        | Expr::Splat(inner)
        | Expr::Adjoint(inner) => {
            each_expr_mut(inner, f);
        }
        Expr::Chain(first, rest) => {
            each_expr_mut(first, f);
            rest.iter_mut().for_each(|(_, operand)| each_expr_mut(operand, f));
        }
        Expr::Range { start, step, stop } => {
            each_expr_mut(start, f);
            if let Some(step) = step {
                each_expr_mut(step, f);
            }
            each_expr_mut(stop, f);
        }
        Expr::Ternary(condition, then, orelse) => {
            each_expr_mut(condition, f);
            each_expr_mut(then, f);
            each_expr_mut(orelse, f);
        }
        Expr::Lambda(params, body) => {
            params.iter_mut().for_each(|param| each_expr_mut(param, f));
            each_expr_mut(body, f);
        }
        Expr::Comprehension { element, clauses, .. } => {
            each_expr_mut(element, f);
            clauses.iter_mut().for_each(|clause| each_in_clause(clause, f));
        }
    }
    f(expr);
}

fn each_in_clause(clause: &mut Clause, f: &mut impl FnMut(&mut Expr)) {
    each_expr_mut(&mut clause.target, f);
    each_expr_mut(&mut clause.iter, f);
    if let Some(condition) = &mut clause.condition {
        each_expr_mut(condition, f);
    }
}

/// Calls `f` for every expression in `block`, names that are bound included.
pub fn each_in_block(block: &mut [Stmt], f: &mut impl FnMut(&mut Expr)) {
    block.iter_mut().for_each(|stmt| each_in_stmt(stmt, f));
}

fn each_in_stmt(stmt: &mut Stmt, f: &mut impl FnMut(&mut Expr)) {
    match stmt {
        Stmt::Comment(_) | Stmt::Break | Stmt::Continue | Stmt::Return(None) => {}
        Stmt::Trailing(stmt, _) => each_in_stmt(stmt, f),
        Stmt::Expr(expr) | Stmt::Return(Some(expr)) => each_expr_mut(expr, f),
        Stmt::Assign(target, _, value) => {
            each_expr_mut(target, f);
            each_expr_mut(value, f);
        }
        Stmt::Local(exprs) | Stmt::Global(exprs) | Stmt::Macro(_, exprs) => {
            exprs.iter_mut().for_each(|expr| each_expr_mut(expr, f));
        }
        Stmt::If(branches, orelse) => {
            for (condition, block) in branches {
                each_expr_mut(condition, f);
                each_in_block(block, f);
            }
            each_in_block(orelse, f);
        }
        Stmt::While(condition, body) => {
            each_expr_mut(condition, f);
            each_in_block(body, f);
        }
        Stmt::For { clauses, body, .. } => {
            for (target, iter) in clauses {
                each_expr_mut(target, f);
                each_expr_mut(iter, f);
            }
            each_in_block(body, f);
        }
        Stmt::Try { body, catch, finally } => {
            each_in_block(body, f);
            if let Some((name, block)) = catch {
                if let Some(name) = name {
                    each_expr_mut(name, f);
                }
                each_in_block(block, f);
            }
            each_in_block(finally, f);
        }
        Stmt::Function(function) => each_in_function(function, f),
        Stmt::MacroBlock(_, args, body) => {
            args.iter_mut().for_each(|arg| each_expr_mut(arg, f));
            each_in_block(body, f);
        }
    }
}

/// Calls `f` for every expression of a function: name, parameters, body.
pub fn each_in_function(function: &mut Function, f: &mut impl FnMut(&mut Expr)) {
    each_expr_mut(&mut function.name, f);
    for Param { name, default, .. } in function.params.iter_mut().chain(&mut function.named) {
        each_expr_mut(name, f);
        if let Some(default) = default {
            each_expr_mut(default, f);
        }
    }
    each_in_block(&mut function.body, f);
}
