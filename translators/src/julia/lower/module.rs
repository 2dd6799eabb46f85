//! Modules: items in the source's order, helpers behind them, tests apart.

use super::doc::doc_text;
use super::{Lower, Lowered, Lowering, Scope};
use crate::julia::names;
use crate::julia::tree::{Expr, Item};
use grammars::ir::names::FreshNames;
use grammars::ir::visit::each_stmt;
use grammars::ir::{self, Constant, Place, StmtKind};
use std::collections::BTreeSet;

impl Lower<'_> {
    pub(super) fn module(mut self) -> Lowering<Lowered> {
        let mut program = Vec::new();
        if let Some(doc) = &self.module.doc {
            let text = doc_text(&doc.text, &[]);
            if !text.is_empty() {
                program.push(Item::Header(text));
            }
        }
        for item in &self.module.items {
            match item {
                ir::Item::Comment(text) => program.push(Item::Comment(text.clone())),
                ir::Item::Constant(constant) => {
                    let constant = self.constant(constant)?;
                    program.push(constant);
                }
                ir::Item::Function(function) => {
                    let function = self.function(function)?;
                    program.push(Item::Function(function));
                }
                ir::Item::Class(class) => program.extend(self.class(class)?),
            }
        }
        if self.uses_printf {
            let after_header = usize::from(matches!(program.first(), Some(Item::Header(_))));
            program.insert(after_header, Item::Using("Printf"));
        }
        let printf_in_program = self.uses_printf;
        self.uses_printf = false;
        let mut tests = if self.module.tests.is_empty() { Vec::new() } else { self.tests()? };
        if self.uses_printf && !printf_in_program {
            tests.insert(1, Item::Using("Printf"));
        }
        program.extend(std::mem::take(&mut self.helpers).into_values().map(Item::Function));
        let shadowed = self.shadowed();
        Ok(Lowered { program, tests, checks: self.checks, domain: self.domain, shadowed })
    }

    /// The names of the program: those that `Base` has too hide it.
    pub(super) fn shadowed(&self) -> BTreeSet<String> {
        let functions = self.module.functions().map(|f| names::legal(&f.name));
        let constants = self.module.constants().map(|c| names::legal(&c.name));
        functions.chain(constants).chain(self.method_names()).collect()
    }

    fn constant(&mut self, constant: &Constant) -> Lowering<Item> {
        self.scope = Scope { names: FreshNames::in_module(self.module), ..Scope::default() };
        let value = self.lower_expr(&constant.value)?;
        let name = Expr::Global(names::legal(&constant.name));
        Ok(Item::Constant { name, value, constant: !self.is_rebound(&constant.name) })
    }

    /// Whether some function assigns the module's variable.
    fn is_rebound(&self, name: &str) -> bool {
        let mut rebound = false;
        ir::visit::each_function(self.module, |function| {
            let own = function.locals.iter().any(|l| l.name == name)
                || function.params.iter().any(|p| p.name == name);
            each_stmt(&function.body, |stmt| {
                if let StmtKind::Assign { place, .. } | StmtKind::AugAssign { place, .. } = &stmt.kind
                    && let Place::Variable { name: assigned, .. } = place
                {
                    rebound |= !own && assigned == name;
                }
            });
        });
        rebound
    }
}
