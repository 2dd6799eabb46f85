//! Which name means what: the bindings of each scope, and the search through the scopes.

use super::builtins;
use crate::tree::{children, field, fields, text};
use std::collections::{BTreeSet, HashMap, HashSet};
use tree_sitter::Node;

/// What a name is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// A parameter, variable, function or class of the program.
    Own,
    /// Something imported, by its full path.
    Import(String),
}

/// What kind of scope; class scopes are not seen from the functions inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    /// The file.
    Module,
    /// A class body.
    Class,
    /// A function or lambda.
    Function,
    /// A comprehension.
    Comprehension,
}

/// The names bound in one scope.
#[derive(Debug)]
pub(super) struct Scope {
    pub kind: ScopeKind,
    names: HashMap<String, Binding>,
    /// Names declared `global` or `nonlocal`, in source order.
    pub outer_names: Vec<String>,
    globals: HashSet<String>,
    star_imports: Vec<String>,
}

/// What the search for a name found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    /// A name of the program.
    Own,
    /// A path into a library.
    Library(String),
    /// Nothing, but a star import of a module whose names are not known could bind it.
    PerhapsStar(String),
    /// Nothing.
    Undefined,
}

impl Scope {
    /// An empty scope.
    pub(super) fn new(kind: ScopeKind) -> Self {
        Scope {
            kind,
            names: HashMap::new(),
            outer_names: Vec::new(),
            globals: HashSet::new(),
            star_imports: Vec::new(),
        }
    }

    /// Binds a name of the program.
    pub(super) fn bind(&mut self, name: &str) {
        // A name that some path imports and another assigns (`try: import x / except: x = None`)
        // keeps meaning what was imported.
        self.names.entry(name.to_owned()).or_insert(Binding::Own);
    }

    fn bind_import(&mut self, name: &str, path: String) {
        self.names.entry(name.to_owned()).or_insert(Binding::Import(path));
    }

    /// The name is bound here.
    pub(super) fn binds(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// Binds everything that the statements below `root` bind, without those in scopes of their
    /// own.
    pub(super) fn collect(&mut self, root: Node, source: &str) {
        let mut pending = children(root);
        pending.reverse();
        while let Some(node) = pending.pop() {
            let inside = self.collect_node(node, source);
            pending.extend(inside.into_iter().rev());
        }
        for name in &self.outer_names {
            self.names.remove(name);
        }
    }

    /// Binds everything that the statement binds.
    pub(super) fn collect_statement(&mut self, statement: Node, source: &str) {
        let mut pending = vec![statement];
        while let Some(node) = pending.pop() {
            pending.extend(self.collect_node(node, source));
        }
    }

    /// The names bound here, in no particular order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// What is imported here: names with their full paths, in no particular order.
    pub(super) fn imports(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().filter_map(|(name, binding)| match binding {
            Binding::Import(path) => Some((name.as_str(), path.as_str())),
            Binding::Own => None,
        })
    }

    /// The names of the program that are bound here.
    pub(super) fn own_names(&self) -> BTreeSet<String> {
        let own = self.names.iter().filter(|(_, binding)| **binding == Binding::Own);
        own.map(|(name, _)| name.clone()).collect()
    }

    /// Binds a name to a path into a library.
    pub(super) fn import(&mut self, name: &str, path: &str) {
        self.bind_import(name, path.to_owned());
    }

    /// Binds what this node itself binds; returns the nodes to look into.
    fn collect_node<'t>(&mut self, node: Node<'t>, source: &str) -> Vec<Node<'t>> {
        match node.kind() {
            "import_statement" | "import_from_statement" | "future_import_statement" => {
                self.collect_import(node, source);
                return Vec::new();
            }
            "function_definition" | "class_definition" => {
                if let Some(name) = field(node, "name") {
                    self.bind(text(name, source));
                }
                return Vec::new();
            }
            "lambda" => return Vec::new(),
            "global_statement" | "nonlocal_statement" => self.collect_outer(node, source),
            "assignment" | "augmented_assignment" | "for_statement" | "type_alias_statement" => {
                if let Some(left) = field(node, "left") {
                    self.bind_pattern(left, source);
                }
            }
            "named_expression" => {
                if let Some(name) = field(node, "name") {
                    self.bind(text(name, source));
                }
            }
            "as_pattern_target" => self.bind_pattern(node, source),
            "except_clause" => {
                if let Some(alias) = field(node, "alias") {
                    self.bind_pattern(alias, source);
                }
            }
            "case_pattern" => self.collect_case(node, source),
            _ => {}
        }
        children(node)
    }

    fn collect_outer(&mut self, node: Node, source: &str) {
        for name in children(node) {
            let name = text(name, source);
            if node.kind() == "global_statement" {
                self.globals.insert(name.to_owned());
            }
            if !self.outer_names.iter().any(|n| n == name) {
                self.outer_names.push(name.to_owned());
            }
        }
    }

    /// `case name:` and `case … as name:` bind.
    fn collect_case(&mut self, node: Node, source: &str) {
        for child in children(node) {
            let name = text(child, source);
            match child.kind() {
                "dotted_name" if !name.contains('.') => self.bind(name),
                "as_pattern" | "splat_pattern" => {
                    for part in children(child).into_iter().filter(|n| n.kind() == "identifier") {
                        self.bind(text(part, source));
                    }
                }
                _ => {}
            }
        }
    }

    /// Binds the names in an assignment target.
    pub(super) fn bind_pattern(&mut self, pattern: Node, source: &str) {
        let mut pending = vec![pattern];
        while let Some(node) = pending.pop() {
            match node.kind() {
                "identifier" => self.bind(text(node, source)),
                "attribute" | "subscript" => {}
                _ => pending.extend(children(node)),
            }
        }
    }

    fn collect_import(&mut self, node: Node, source: &str) {
        let module = field(node, "module_name").map(|n| text(n, source).replace(' ', ""));
        if children(node).iter().any(|n| n.kind() == "wildcard_import") {
            self.star_imports.extend(module);
            return;
        }
        for name in fields(node, "name") {
            let (path, alias) = match name.kind() {
                "aliased_import" => (field(name, "name"), field(name, "alias")),
                _ => (Some(name), None),
            };
            let path = path.map(|n| text(n, source).to_owned()).unwrap_or_default();
            let alias = alias.map(|n| text(n, source));
            match &module {
                Some(module) => {
                    let dot = if module.ends_with('.') { "" } else { "." };
                    self.bind_import(alias.unwrap_or(&path), format!("{module}{dot}{path}"));
                }
                None => {
                    let first = path.split('.').next().unwrap_or_default().to_owned();
                    match alias {
                        Some(alias) => self.bind_import(alias, path),
                        None => self.bind_import(&first, first.clone()),
                    }
                }
            }
        }
    }
}

/// Searches for `name` from the innermost (last) scope outwards.
pub(super) fn resolve(scopes: &[Scope], name: &str) -> Resolved {
    let mut innermost = true;
    let mut only_module = false;
    for scope in scopes.iter().rev() {
        let seen = match scope.kind {
            ScopeKind::Module => true,
            ScopeKind::Class => innermost && !only_module,
            ScopeKind::Function | ScopeKind::Comprehension => !only_module,
        };
        if seen {
            match scope.names.get(name) {
                Some(Binding::Own) => return Resolved::Own,
                Some(Binding::Import(path)) => return Resolved::Library(path.clone()),
                None => {}
            }
        }
        only_module |= scope.globals.contains(name);
        innermost &= scope.kind == ScopeKind::Comprehension;
    }
    // `global x` in a function binds x in the module even if nothing at top level does.
    if only_module {
        return Resolved::Own;
    }
    resolve_free(scopes, name)
}

fn resolve_free(scopes: &[Scope], name: &str) -> Resolved {
    let mut unknown = None;
    for module in scopes.iter().flat_map(|s| &s.star_imports) {
        match builtins::star_import_binds(module, name) {
            Some(true) => return Resolved::Library(format!("{module}.{name}")),
            Some(false) => {}
            None => unknown = Some(module.clone()),
        }
    }
    if builtins::is_builtin(name) {
        return Resolved::Library(format!("builtins.{name}"));
    }
    unknown.map_or(Resolved::Undefined, Resolved::PerhapsStar)
}
