//! What a finished body can do without: a `return` where it ends anyway, and variables that nothing
//! reads.

use crate::fortran::print;
use crate::fortran::tree::{Expr, Stmt};
use std::collections::BTreeSet;

/// Takes the `return`s off the end of a body; a block that does nothing else keeps its own.
pub fn drop_final_returns(body: &mut Vec<Stmt>) {
    if body.len() > 1 && body.last() == Some(&Stmt::Return) {
        body.pop();
    }
    match body.last_mut() {
        Some(Stmt::If { branches, orelse }) => {
            branches.iter_mut().for_each(|(_, block)| drop_final_returns(block));
            drop_final_returns(orelse);
        }
        Some(Stmt::Select { cases, default, .. }) => {
            cases.iter_mut().for_each(|(_, block)| drop_final_returns(block));
            drop_final_returns(default);
        }
        _ => {}
    }
}

/// Takes out assignments to local variables that nothing reads, where the value has no effect.
/// `kept` are the names that others can see.
pub fn drop_unread(body: &mut Vec<Stmt>, kept: &BTreeSet<String>, is_total: &dyn Fn(&Expr) -> bool) {
    loop {
        let mut assigned = BTreeSet::new();
        each_block(body, &mut |block| {
            for stmt in block.iter() {
                if let Stmt::Assign(Expr::Name(name), value) = stmt
                    && !kept.contains(name)
                    && is_total(value)
                {
                    assigned.insert(name.clone());
                }
            }
        });
        assigned.retain(|name| !is_read(body, name));
        if assigned.is_empty() {
            return;
        }
        each_block(body, &mut |block| {
            block.retain(|stmt| !matches!(stmt, Stmt::Assign(Expr::Name(n), _) if assigned.contains(n)));
        });
    }
}

/// Whether a name occurs in a body anywhere but as the target of an assignment of a harmless value.
fn is_read(body: &[Stmt], name: &str) -> bool {
    let mut rest = body.to_vec();
    each_block(&mut rest, &mut |block| {
        for stmt in block.iter_mut() {
            if let Stmt::Assign(target @ Expr::Name(_), _) = stmt
                && *target == Expr::Name(name.to_string())
            {
                *target = Expr::Logical(true);
            }
        }
        block.retain(|stmt| !matches!(stmt, Stmt::Comment { .. }));
    });
    super::module::mentions(&print::statements(&rest), name)
}

/// Calls `f` for a block and all those within it, outer ones first.
fn each_block(block: &mut Vec<Stmt>, f: &mut dyn FnMut(&mut Vec<Stmt>)) {
    f(block);
    for stmt in block {
        match stmt {
            Stmt::If { branches, orelse } => {
                branches.iter_mut().for_each(|(_, inner)| each_block(inner, f));
                each_block(orelse, f);
            }
            Stmt::Select { cases, default, .. } => {
                cases.iter_mut().for_each(|(_, inner)| each_block(inner, f));
                each_block(default, f);
            }
            Stmt::Do { body, .. } | Stmt::Block { body, .. } => each_block(body, f),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fortran::tree::build::{int, name};

    #[test]
    fn a_return_at_the_end_goes() {
        let set = Stmt::Assign(name("value"), int(1));
        let branch = vec![(name("found"), vec![set.clone(), Stmt::Return])];
        let mut body = vec![Stmt::If { branches: branch, orelse: Vec::new() }];
        drop_final_returns(&mut body);
        let branch = vec![(name("found"), vec![set])];
        assert_eq!(body, vec![Stmt::If { branches: branch, orelse: Vec::new() }]);
    }

    #[test]
    fn a_variable_that_is_only_set_goes() {
        let mut body = vec![Stmt::Assign(name("n"), int(1)), Stmt::Assign(name("value"), int(2))];
        drop_unread(&mut body, &BTreeSet::from(["value".to_string()]), &|_| true);
        assert_eq!(body, vec![Stmt::Assign(name("value"), int(2))]);
    }
}
