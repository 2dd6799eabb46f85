//! Classes: their static fields and methods become constants and functions of the module.

use super::doc::javadoc;
use super::lower::{Lowering, Outcome, Signature};
use super::types::JType;
use super::types::arrays_of;
use crate::ir::{Constant, Doc, Effects, Function, Item, Param, Stmt, StmtKind};
use crate::surface::ParamKind;
use crate::tree::{children, field, fields, has_token};
use tree_sitter::Node;

impl<'s> Lowering<'s> {
    /// First pass: what the classes declare, so that bodies may use it in any order.
    pub(super) fn declare_class(&mut self, class: Node<'s>) -> Outcome<()> {
        for member in members(class) {
            match member.kind() {
                "field_declaration" => self.declare_field(member)?,
                "method_declaration" if !self.is_test(member) => self.declare_method(member)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn declare_field(&mut self, member: Node) -> Outcome<()> {
        if !self.has_modifier(member, "static") {
            let message = "objects with fields of their own are not supported";
            return Err(self.reject("java.object-state", member, message));
        }
        let ty = self.jtype_in(member, "type")?;
        for declarator in fields(member, "declarator") {
            let name = field(declarator, "name").map(|n| self.text(n)).unwrap_or_default();
            let made = field(declarator, "value").map(|v| self.text(v)).unwrap_or_default();
            let ty = match &ty {
                JType::Map { key, value, .. } => {
                    let ordered = made.contains("LinkedHashMap");
                    JType::Map { key: key.clone(), value: value.clone(), ordered }
                }
                ty => ty.clone(),
            };
            let dimensions = field(declarator, "dimensions").map_or(0, |d| self.text(d).matches('[').count());
            self.fields.insert(name.to_owned(), arrays_of(ty, dimensions));
        }
        Ok(())
    }

    fn declare_method(&mut self, member: Node<'s>) -> Outcome<()> {
        if let Some(generic) = field(member, "type_parameters") {
            return Err(self.reject(
                "java.generic-method",
                generic,
                "methods with type parameters are not supported",
            ));
        }
        let name = field(member, "name").map(|n| self.text(n).to_owned()).unwrap_or_default();
        let ret = self.jtype_in(member, "type")?;
        let mut params = Vec::new();
        for param in self.parameters(member)? {
            params.push(self.jtype_in(param, "type")?);
        }
        let has_builder = params.contains(&JType::Builder) || ret == JType::Builder;
        if has_builder {
            return Err(self.reject("java.builder", member, "a StringBuilder that is passed around"));
        }
        if self.methods.insert(name.clone(), Signature { params, ret }).is_some() {
            let message = format!("there are several methods named `{name}`");
            return Err(self.reject("java.overload", member, message));
        }
        if self.is_checker(member) {
            self.checkers.insert(name, member);
        }
        Ok(())
    }

    fn parameters<'t>(&self, member: Node<'t>) -> Outcome<Vec<Node<'t>>> {
        let all = field(member, "parameters").map(children).unwrap_or_default();
        match all.iter().find(|p| p.kind() != "formal_parameter") {
            Some(other) => {
                Err(self.reject("java.parameter", *other, "this kind of parameter is not supported"))
            }
            None => Ok(all),
        }
    }

    /// Second pass: the members in source order, with comments among them.
    pub(super) fn class_items(&mut self, class: Node<'s>, items: &mut Vec<Item>) -> Outcome<()> {
        for member in members(class) {
            self.comments_before(member, items);
            match member.kind() {
                "field_declaration" => self.constants(member, items)?,
                "method_declaration" => self.method_item(member, items)?,
                "constructor_declaration" if self.is_empty_constructor(member) => {}
                other => {
                    let message = format!("`{}` is not supported here", other.replace('_', " "));
                    return Err(self.reject("java.member", member, message));
                }
            }
            while self.comments.take_if(member.end_byte(), |_| true).is_some() {}
        }
        Ok(())
    }

    fn comments_before(&mut self, member: Node, items: &mut Vec<Item>) {
        let mut lines = Vec::new();
        while let Some(comment) = self.comments.take_if(member.start_byte(), |_| true) {
            lines.push(comment.text);
        }
        if !lines.is_empty() && !self.is_test(member) {
            items.push(Item::Comment(lines.join("\n")));
        }
    }

    fn is_empty_constructor(&self, member: Node) -> bool {
        field(member, "body").is_some_and(|b| children(b).is_empty())
    }

    fn constants(&mut self, member: Node, items: &mut Vec<Item>) -> Outcome<()> {
        self.begin(JType::Void);
        for declarator in fields(member, "declarator") {
            let name = field(declarator, "name").map(|n| self.text(n).to_owned()).unwrap_or_default();
            let (Some(ty), Some(value)) = (self.fields.get(&name).cloned(), field(declarator, "value"))
            else {
                return Err(self.reject("java.field", declarator, "a static field without a value"));
            };
            let value = self.value_of(value, &ty)?;
            let span = self.span(declarator);
            items.push(Item::Constant(Constant { name, ty: ty.ir(), value, mutated: false, span }));
        }
        Ok(())
    }

    fn method_item(&mut self, member: Node<'s>, items: &mut Vec<Item>) -> Outcome<()> {
        let name = field(member, "name").map(|n| self.text(n)).unwrap_or_default();
        if self.is_test(member) {
            let test = self.test_case(member)?;
            self.tests.extend(test);
        } else if !self.checkers.contains_key(name) {
            let function = self.method(member)?;
            items.push(Item::Function(function));
        }
        Ok(())
    }

    fn method(&mut self, member: Node) -> Outcome<Function> {
        let name = field(member, "name").map(|n| self.text(n).to_owned()).unwrap_or_default();
        let Some(body) = field(member, "body") else {
            return Err(self.reject("java.member", member, "a method without a body"));
        };
        let signature = self.methods.get(&name).cloned();
        let ret = signature.map_or(JType::Void, |s| s.ret);
        self.begin(ret.clone());
        let mut params = Vec::new();
        for param in self.parameters(member)? {
            let ty = self.jtype_in(param, "type")?;
            let spelled = field(param, "name").map(|n| self.text(n)).unwrap_or_default();
            let name = self.declare_param(spelled, ty.clone());
            params.push(Param {
                name,
                ty: ty.ir(),
                default: None,
                kind: ParamKind::Normal,
                mutated: false,
                reassigned: false,
            });
        }
        let body = self.body(body)?;
        for param in &mut params {
            param.reassigned = self.reassigned.contains(&param.name);
        }
        Ok(Function {
            name,
            params,
            ret: ret.ir(),
            locals: std::mem::take(&mut self.locals),
            body,
            doc: self.doc_before(member),
            captures: Vec::new(),
            rebinds: Vec::new(),
            effects: Effects::default(),
            span: self.span(member),
        })
    }

    /// The statements of a method.
    pub(super) fn body(&mut self, body: Node) -> Outcome<Vec<Stmt>> {
        let mut out = self.statements(&children(body), body.end_byte())?;
        if out.iter().all(|s| matches!(s.kind, StmtKind::Comment { .. })) {
            out.push(Stmt { kind: StmtKind::Pass, span: self.span(body) });
        }
        Ok(out)
    }

    /// The Javadoc comment directly before a declaration.
    pub(super) fn doc_before(&self, node: Node) -> Option<Doc> {
        let mut at = node.prev_sibling();
        while let Some(previous) = at.filter(|n| n.is_extra()) {
            if let Some(doc) = javadoc(self.text(previous)) {
                return Some(doc);
            }
            at = previous.prev_sibling();
        }
        None
    }

    /// `static`, `public` and the like, or an annotation.
    pub(super) fn has_modifier(&self, member: Node, modifier: &str) -> bool {
        let modifiers = children(member).into_iter().find(|n| n.kind() == "modifiers");
        modifiers.is_some_and(|m| {
            has_token(m, modifier)
                || children(m).iter().any(|a| field(*a, "name").is_some_and(|n| self.text(n) == modifier))
        })
    }
}

/// What a class declares.
pub(super) fn members(class: Node<'_>) -> Vec<Node<'_>> {
    field(class, "body").map(children).unwrap_or_default()
}
