//! What inference knows about a module: its functions, classes, variables, and the cell of every
//! expression.

use super::cells::{Cell, Cells};
use super::constraint::{Constraint, Entry, Guard, GuardId, Instance};
use super::key::Key;
use super::webs::{Web, Webs};
use grammars::surface::{self, Expr, ParamKind};
use grammars::{Rejection, Span};
use std::collections::{BTreeMap, HashMap, HashSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FunctionId(pub usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ScopeId(pub usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct VarId(pub usize);

/// What a name means where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binding {
    Variable(VarId),
    Global(String),
    Function(FunctionId),
    Class(String),
}

/// A variable: a web, or a variable of a comprehension or lambda.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub name: String,
    pub cell: Cell,
    pub scope: ScopeId,
    /// Lives in a comprehension or lambda.
    pub inner: bool,
    pub is_param: bool,
    /// How many times it is read.
    pub reads: usize,
    /// How many times it is assigned.
    pub stores: usize,
}

/// A function body, test body or the module's top level.
#[derive(Debug)]
pub(super) struct Scope {
    pub parent: Option<ScopeId>,
    pub webs: Webs,
    pub variables: BTreeMap<Web, VarId>,
    pub nested: BTreeMap<String, FunctionId>,
}

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FunctionKind {
    Plain,
    Nested,
    Method,
    Property,
    Static,
    ClassMethod,
}

#[derive(Clone, Debug)]
pub(super) struct ParamInfo<'m> {
    pub name: &'m str,
    /// What callers give; for `*args` a list.
    pub cell: Cell,
    pub default: Option<&'m Expr>,
    pub kind: ParamKind,
}

#[derive(Clone, Debug)]
pub(super) struct FunctionInfo<'m> {
    pub node: &'m surface::Function,
    pub kind: FunctionKind,
    /// The class that declares it.
    pub owner: Option<String>,
    /// With `self`, without `cls`.
    pub params: Vec<ParamInfo<'m>>,
    pub ret: Cell,
    pub scope: ScopeId,
}

#[derive(Clone, Debug)]
pub(super) struct FieldInfo<'m> {
    pub name: String,
    pub cell: Cell,
    /// In a dataclass.
    pub default: Option<&'m Expr>,
}

#[derive(Clone, Debug)]
pub(super) struct ClassInfo<'m> {
    pub node: &'m surface::Class,
    pub base: Option<String>,
    pub exception: bool,
    pub dataclass: bool,
    pub frozen: bool,
    /// Without those of the base.
    pub fields: Vec<FieldInfo<'m>>,
    pub methods: BTreeMap<&'m str, FunctionId>,
    pub constants: BTreeMap<&'m str, (Cell, &'m Expr)>,
}

#[derive(Clone, Debug)]
pub(super) struct GlobalInfo<'m> {
    pub cell: Cell,
    pub value: &'m Expr,
    pub span: Span,
    /// How many times it is read.
    pub reads: usize,
    /// A function assigns it.
    pub rebound: bool,
}

/// Everything known.
#[derive(Debug, Default)]
pub(super) struct Facts<'m> {
    pub cells: Cells,
    pub exprs: HashMap<Key, Cell>,
    pub bindings: HashMap<Key, Binding>,
    /// For `x op= …`, what the old value is read from, by target.
    pub update_reads: HashMap<Key, VarId>,
    pub functions: Vec<FunctionInfo<'m>>,
    pub function_names: BTreeMap<&'m str, FunctionId>,
    pub classes: BTreeMap<&'m str, ClassInfo<'m>>,
    pub globals: BTreeMap<&'m str, GlobalInfo<'m>>,
    pub variables: Vec<Variable>,
    pub scopes: Vec<Scope>,
    pub test_scopes: Vec<ScopeId>,
    /// The nested function that a definition declares.
    pub nested_at: HashMap<Key, FunctionId>,
    pub constraints: Vec<Entry<'m>>,
    pub guards: Vec<Guard>,
    /// How library calls were understood, by call.
    pub instances: HashMap<Key, Instance>,
    /// Method calls on objects of the module's classes, by call.
    pub method_calls: HashMap<Key, FunctionId>,
    /// For variables that an assignment of one name and one value binds, that value (the last such).
    pub assigned: BTreeMap<VarId, &'m Expr>,
    /// Where names stand for patterns of regular expressions that are written out instead.
    pub pattern_reads: BTreeMap<Binding, HashSet<Key>>,
    /// Factory functions of `defaultdict`s.
    pub factories: Vec<&'m Expr>,
    /// Cells that belong to a constraint, made when it is first tried.
    pub scratch: HashMap<Key, Vec<Cell>>,
    /// The module uses arrays: what is unknown may still turn out to be one.
    pub uses_arrays: bool,
    /// What the solver found wrong.
    pub rejections: Vec<Rejection>,
}

impl<'m> Facts<'m> {
    /// Adds a constraint that holds where `guard` does.
    pub fn constrain(&mut self, constraint: Constraint<'m>, span: Span, guard: Option<GuardId>) {
        self.constraints.push(Entry { constraint, span, guard, failed: false });
    }

    /// The cell of an expression that generation has seen.
    pub fn cell_of(&self, e: &Expr) -> Option<Cell> {
        self.exprs.get(&Key::of(e)).copied()
    }

    pub fn function(&self, id: FunctionId) -> &FunctionInfo<'m> {
        &self.functions[id.0]
    }

    pub fn variable(&self, id: VarId) -> &Variable {
        &self.variables[id.0]
    }

    /// The cell of a variable of the module that is read.
    pub fn read_global(&mut self, name: &str) -> Cell {
        if let Some(info) = self.globals.get_mut(name) {
            info.reads += 1;
        }
        self.globals[name].cell
    }

    /// The cell of a variable of the module that a function assigns.
    pub fn rebind_global(&mut self, name: &str) -> Cell {
        if let Some(info) = self.globals.get_mut(name) {
            info.rebound = true;
        }
        self.globals[name].cell
    }

    /// The method with this name of the class or its bases, with the class that declares it.
    pub fn find_method(&self, class: &str, name: &str) -> Option<(String, FunctionId)> {
        self.cells.ancestors(class).into_iter().find_map(|c| {
            let id = *self.classes.get(c.as_str())?.methods.get(name)?;
            Some((c, id))
        })
    }

    /// The field with this name of the class or its bases.
    pub fn find_field(&self, class: &str, name: &str) -> Option<Cell> {
        self.cells.ancestors(class).into_iter().find_map(|c| {
            self.classes.get(c.as_str())?.fields.iter().find(|f| f.name == name).map(|f| f.cell)
        })
    }

    /// The class constant with this name of the class or its bases, with the class that declares it.
    pub fn find_constant(&self, class: &str, name: &str) -> Option<(String, Cell)> {
        self.cells.ancestors(class).into_iter().find_map(|c| {
            let (cell, _) = *self.classes.get(c.as_str())?.constants.get(name)?;
            Some((c, cell))
        })
    }

    /// All fields of a dataclass in constructor order: those of the base first.
    pub fn dataclass_fields(&self, class: &str) -> Vec<FieldInfo<'m>> {
        let mut chain = self.cells.ancestors(class);
        chain.reverse();
        chain.iter().filter_map(|c| self.classes.get(c.as_str())).flat_map(|c| c.fields.clone()).collect()
    }

    /// Some base of the class, or itself, is an exception.
    pub fn is_exception(&self, class: &str) -> bool {
        self.cells.ancestors(class).iter().any(|c| self.classes.get(c.as_str()).is_some_and(|c| c.exception))
    }

    /// The parameters of the class's constructor without `self`; `None` for an exception that takes
    /// only a message.
    ///
    /// # Errors
    /// `infer.constructor` where the class has fields but no constructor.
    pub fn constructor_params(
        &self,
        class: &str,
        span: Span,
    ) -> Result<Option<Vec<ParamInfo<'m>>>, Rejection> {
        if let Some((_, id)) = self.find_method(class, "__init__") {
            return Ok(Some(self.function(id).params.get(1..).unwrap_or_default().to_vec()));
        }
        let info = self.classes.get(class);
        if info.is_some_and(|c| c.dataclass) {
            let params = self.dataclass_fields_as_params(class);
            return Ok(Some(params));
        }
        if self.is_exception(class) {
            return Ok(None);
        }
        if self.dataclass_fields(class).is_empty() {
            return Ok(Some(Vec::new()));
        }
        let message = format!("The class `{class}` has fields but no constructor.");
        Err(Rejection::new("infer.constructor", span, message))
    }

    fn dataclass_fields_as_params(&self, class: &str) -> Vec<ParamInfo<'m>> {
        let mut chain = self.cells.ancestors(class);
        chain.reverse();
        let infos = chain.iter().filter_map(|c| self.classes.get(c.as_str()));
        infos
            .flat_map(|info| &info.node.body)
            .filter_map(|stmt| match &stmt.kind {
                surface::StmtKind::AnnAssign { target, .. } => match &target.kind {
                    surface::ExprKind::Name(name) => Some(name.as_str()),
                    _ => None,
                },
                _ => None,
            })
            .filter_map(|name| {
                let field = self.dataclass_fields(class).into_iter().find(|f| f.name == name)?;
                Some(ParamInfo { name, cell: field.cell, default: field.default, kind: ParamKind::Normal })
            })
            .collect()
    }
}
