//! Modules: items in the source's order, helpers behind them, tests apart.

use super::doc::doc_text;
use super::{Lower, Lowered, Lowering, Scope};
use crate::julia::generic::merge_methods;
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
        let after_header = usize::from(matches!(program.first(), Some(Item::Header(_))));
        let in_program = self.packages();
        program.splice(after_header..after_header, in_program.iter().map(|name| Item::Using(name)));
        let mut tests = if self.module.tests.is_empty() { Vec::new() } else { self.tests()? };
        let mut in_tests = self.packages();
        in_tests.retain(|name| !in_program.contains(name));
        tests.splice(tests.len().min(1)..tests.len().min(1), in_tests.into_iter().map(Item::Using));
        merge_methods(&mut program);
        program.extend(std::mem::take(&mut self.helpers).into_values().map(Item::Function));
        let shadowed = self.shadowed();
        Ok(Lowered { program, tests, checks: self.checks, domain: self.domain, shadowed })
    }

    /// The packages that were needed since this was last asked.
    fn packages(&mut self) -> Vec<&'static str> {
        let printf = std::mem::take(&mut self.uses_printf).then_some("Printf");
        let random = std::mem::take(&mut self.uses_random).then_some("Random");
        let for_arrays = std::mem::take(&mut self.uses);
        let mut packages: Vec<&'static str> = printf.into_iter().chain(random).chain(for_arrays).collect();
        packages.sort_unstable();
        packages
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
    pub(super) fn is_rebound(&self, name: &str) -> bool {
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
