//! The state of one lowering: the text, what the classes declare, the variables in scope, and the
//! statements that expressions leave to be run before or after.

use super::types::JType;
use crate::comments::Comments;
use crate::ir::{self, Expr, ExprKind, Local, Stmt, TestCase, Type};
use crate::tree::{self, MAX_DEPTH};
use crate::{Rejection, Span};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tree_sitter::Node;

/// What lowering a node gives.
pub(super) type Outcome<T> = Result<T, Rejection>;

/// An expression with its Java type.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub expr: Expr,
    pub ty: JType,
}

/// A method's signature.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    pub params: Vec<JType>,
    pub ret: JType,
}

/// A variable in scope.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// Its name in the IR.
    pub name: String,
    pub ty: JType,
}

/// Turns syntax nodes into typed IR.
pub(super) struct Lowering<'s> {
    pub source: &'s str,
    pub comments: Comments,
    /// The methods of all classes.
    pub methods: BTreeMap<String, Signature>,
    /// The static fields of all classes.
    pub fields: BTreeMap<String, JType>,
    /// The classes, none of which has a state of its own.
    pub stateless: BTreeSet<String>,
    /// Methods that do nothing but throw an error under a condition.
    pub checkers: BTreeMap<String, Node<'s>>,
    /// The tests found so far.
    pub tests: Vec<TestCase>,
    /// The text of the test being lowered, if it is one.
    pub test_text: Option<&'s str>,
    /// Fields that some method assigns or changes.
    pub changed_fields: BTreeSet<String>,
    /// The current method's result.
    pub ret: JType,
    /// The method's variables, for the IR.
    pub locals: Vec<Local>,
    params: BTreeSet<String>,
    /// Parameters that the method assigns.
    pub reassigned: BTreeSet<String>,
    scopes: Vec<HashMap<String, Variable>>,
    /// What the current statement leaves to be done after it (`i++`); `None` where that would
    /// change the meaning.
    pub after: Option<Vec<Stmt>>,
    /// The statement being lowered, as its text.
    pub statement: &'s str,
    depth: usize,
}

impl<'s> Lowering<'s> {
    /// For a file.
    pub(super) fn new(source: &'s str, comments: Comments) -> Self {
        Lowering {
            source,
            comments,
            methods: BTreeMap::new(),
            fields: BTreeMap::new(),
            stateless: BTreeSet::new(),
            checkers: BTreeMap::new(),
            tests: Vec::new(),
            test_text: None,
            changed_fields: BTreeSet::new(),
            ret: JType::Void,
            locals: Vec::new(),
            params: BTreeSet::new(),
            reassigned: BTreeSet::new(),
            scopes: Vec::new(),
            after: None,
            statement: "",
            depth: 0,
        }
    }

    /// The place of a node.
    pub(super) fn span(&self, node: Node) -> Span {
        tree::span(node)
    }

    /// The text of a node.
    pub(super) fn text(&self, node: Node) -> &'s str {
        tree::text(node, self.source)
    }

    /// A rejection at a node.
    pub(super) fn reject(&self, code: &'static str, node: Node, message: impl Into<String>) -> Rejection {
        Rejection::new(code, self.span(node), message)
    }

    /// Runs `inside` one level deeper, or rejects where that would be too deep.
    pub(super) fn deeper<T>(
        &mut self,
        node: Node,
        inside: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        if self.depth >= MAX_DEPTH {
            let message = format!("statements and expressions are nested more than {MAX_DEPTH} deep here");
            return Err(self.reject("java.nesting", node, message));
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    /// Begins a method.
    pub(super) fn begin(&mut self, ret: JType) {
        self.ret = ret;
        self.locals = Vec::new();
        self.params = BTreeSet::new();
        self.reassigned = BTreeSet::new();
        self.scopes = vec![HashMap::new()];
        self.after = None;
    }

    /// Runs `inside` in a block of its own.
    pub(super) fn scoped<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(HashMap::new());
        let result = inside(self);
        self.scopes.pop();
        result
    }

    /// The variable called `name`.
    pub(super) fn variable(&self, name: &str) -> Option<&Variable> {
        self.scopes.iter().rev().find_map(|s| s.get(name))
    }

    /// Declares a parameter; returns its name in the IR.
    pub(super) fn declare_param(&mut self, name: &str, ty: JType) -> String {
        let own = self.free_name(name, &ty.ir());
        self.params.insert(own.clone());
        self.enter(name, own, ty)
    }

    /// Declares a local variable; returns its name in the IR. Variables of blocks side by side
    /// share a name if they have one type.
    pub(super) fn declare(&mut self, name: &str, ty: JType) -> String {
        let own = self.free_name(name, &ty.ir());
        if ty != JType::Stateless && !self.locals.iter().any(|l| l.name == own) {
            self.locals.push(Local { name: own.clone(), ty: ty.ir() });
        }
        self.enter(name, own, ty)
    }

    /// Declares a local variable that the source spells `spelled`, an expression.
    pub(super) fn declare_as(&mut self, name: &str, spelled: &str, ty: JType) -> String {
        let own = self.declare(name, ty.clone());
        self.enter(spelled, own, ty)
    }

    /// Declares a name that lives in a lambda only.
    pub(super) fn declare_bound(&mut self, name: &str, ty: JType) -> String {
        let own = self.free_name(name, &ty.ir());
        self.enter(name, own, ty)
    }

    fn enter(&mut self, name: &str, own: String, ty: JType) -> String {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned(), Variable { name: own.clone(), ty });
        }
        own
    }

    /// `name`, or a variation that hides nothing of the module and no variable of another type.
    fn free_name(&self, name: &str, ty: &Type) -> String {
        let global = |n: &str| self.methods.contains_key(n) || self.fields.contains_key(n);
        let taken = |n: &str| {
            global(n) || self.params.contains(n) || self.locals.iter().any(|l| l.name == n && l.ty != *ty)
        };
        let stem = if global(name) { format!("{name}_value") } else { name.to_owned() };
        let mut own = stem.clone();
        let mut count = 1;
        while taken(&own) {
            count += 1;
            own = format!("{stem}_{count}");
        }
        own
    }

    /// Notes that the variable is assigned.
    pub(super) fn assigned(&mut self, name: &str) {
        if self.params.contains(name) {
            self.reassigned.insert(name.to_owned());
        }
        if self.fields.contains_key(name) {
            self.changed_fields.insert(name.to_owned());
        }
    }

    /// Notes that what the expression refers to is changed.
    pub(super) fn changed(&mut self, expr: &Expr) {
        let mut root = expr;
        while let ExprKind::Index { base, .. } | ExprKind::Lookup { base, .. } = &root.kind {
            root = base;
        }
        if let ExprKind::Global(name) = &root.kind {
            self.changed_fields.insert(name.clone());
        }
    }

    /// Lowers with `inside` where `i++` cannot be taken out.
    pub(super) fn without_after<T>(&mut self, inside: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        let outer = self.after.take();
        let result = inside(self);
        self.after = outer;
        result
    }

    /// An expression node.
    pub(super) fn make(&self, node: Node, kind: ExprKind, ty: JType) -> Value {
        Value { expr: Expr { kind, ty: ty.ir(), span: self.span(node) }, ty }
    }

    /// An intrinsic.
    pub(super) fn intrinsic(&self, node: Node, op: ir::Intrinsic, args: Vec<Expr>, ty: JType) -> Value {
        self.make(node, ExprKind::Intrinsic { op, args }, ty)
    }

    /// An integer literal of type `int`.
    pub(super) fn int(&self, node: Node, value: i128) -> Expr {
        Expr { kind: ExprKind::Int(value), ty: Type::Int, span: self.span(node) }
    }
}
