//! Program units: modules, programs, procedures, types and declarations.

use super::expr::{self, type_spec};
use super::line::{Line, write_indented};
use super::stmt;
use crate::fortran::tree::{
    Attribute, Bounds, Declaration, DerivedType, Module, ModuleItem, Procedure, Program,
};

/// Prints a module.
pub fn module(module: &Module) -> String {
    let mut out = String::new();
    docs(&module.doc, 0, &mut out);
    write_indented(&mut out, 0, &format!("module {}", module.name));
    uses(&module.kinds, &module.uses, &mut out);
    write_indented(&mut out, 2, "implicit none");
    write_indented(&mut out, 2, "private");
    if !module.public.is_empty() {
        names("public :: ", &module.public).write(2, &mut out);
    }
    if !module.constants.is_empty() {
        out.push('\n');
        declarations(&module.constants, 2, &mut out);
    }
    for ty in &module.types {
        out.push('\n');
        derived_type(ty, &mut out);
    }
    for (ty, function) in &module.constructors {
        out.push('\n');
        write_indented(&mut out, 2, &format!("interface {ty}"));
        write_indented(&mut out, 4, &format!("module procedure {function}"));
        write_indented(&mut out, 2, &format!("end interface {ty}"));
    }
    for (symbol, procedures) in &module.operators {
        out.push('\n');
        operator(symbol, procedures, &mut out);
    }
    out.push('\n');
    if !module.procedures.is_empty() {
        write_indented(&mut out, 0, "contains");
        out.push('\n');
        items(&module.procedures, 2, &mut out);
    }
    write_indented(&mut out, 0, &format!("end module {}", module.name));
    out
}

/// Prints a main program.
pub fn program(program: &Program) -> String {
    let mut out = String::new();
    write_indented(&mut out, 0, &format!("program {}", program.name));
    uses(&program.kinds, &program.uses, &mut out);
    write_indented(&mut out, 2, "implicit none");
    declarations(&program.declarations, 2, &mut out);
    out.push('\n');
    stmt::block(&program.body, 2, &mut out);
    if !program.internal.is_empty() {
        out.push('\n');
        write_indented(&mut out, 0, "contains");
        out.push('\n');
        items(&program.internal, 2, &mut out);
    }
    write_indented(&mut out, 0, &format!("end program {}", program.name));
    out
}

fn uses(kinds: &[&'static str], modules: &[(String, Vec<String>)], out: &mut String) {
    if !kinds.is_empty() {
        write_indented(out, 2, &format!("use, intrinsic :: iso_fortran_env, only: {}", kinds.join(", ")));
    }
    for (module, only) in modules {
        let intrinsic = if module == "ieee_arithmetic" { "use, intrinsic ::" } else { "use" };
        names(&format!("{intrinsic} {module}, only: "), only).write(2, out);
    }
}

fn names(head: &str, names: &[String]) -> Line {
    let mut line = Line::new(head);
    for (i, name) in names.iter().enumerate() {
        if i > 0 {
            line.push(", ");
            line.allow_break();
        }
        line.push(name);
    }
    line
}

fn docs(lines: &[String], indent: usize, out: &mut String) {
    for line in lines {
        write_indented(out, indent, format!("!> {line}").trim_end());
    }
}

pub fn items(items: &[ModuleItem], indent: usize, out: &mut String) {
    for item in items {
        match item {
            ModuleItem::Comment(lines) => {
                for line in lines {
                    write_indented(out, indent, format!("! {line}").trim_end());
                }
            }
            ModuleItem::Procedure(p) => procedure(p, indent, out),
            ModuleItem::Helper(text) => {
                for line in text.lines() {
                    write_indented(out, indent, line);
                }
            }
        }
        out.push('\n');
    }
}

fn derived_type(ty: &DerivedType, out: &mut String) {
    docs(&ty.doc, 2, out);
    write_indented(out, 2, &format!("type :: {}", ty.name));
    declarations(&ty.components, 4, out);
    if !ty.bindings.is_empty() {
        write_indented(out, 2, "contains");
        for binding in &ty.bindings {
            let target = if binding.name == binding.target {
                String::new()
            } else {
                format!(" => {}", binding.target)
            };
            write_indented(out, 4, &format!("procedure :: {}{target}", binding.name));
        }
    }
    write_indented(out, 2, &format!("end type {}", ty.name));
}

/// `interface operator(==)`.
fn operator(operator: &str, procedures: &[String], out: &mut String) {
    write_indented(out, 2, &format!("interface operator({operator})"));
    names("module procedure ", procedures).write(4, out);
    write_indented(out, 2, &format!("end interface operator({operator})"));
}

fn procedure(p: &Procedure, indent: usize, out: &mut String) {
    docs(&p.doc, indent, out);
    let kind = if p.result.is_some() { "function" } else { "subroutine" };
    let prefix: String = p.prefixes.iter().map(|word| format!("{word} ")).collect();
    let mut head = names(&format!("{prefix}{kind} {}(", p.name), &p.arguments);
    head.push(")");
    if let Some(result) = &p.result {
        head.push(&format!(" result({result})"));
    }
    head.write(indent, out);
    for interface in &p.interfaces {
        write_indented(out, indent + 2, "interface");
        procedure(interface, indent + 4, out);
        write_indented(out, indent + 2, "end interface");
    }
    declarations(&p.declarations, indent + 2, out);
    if !p.declarations.is_empty() && !p.body.is_empty() {
        out.push('\n');
    }
    stmt::block(&p.body, indent + 2, out);
    if !p.internal.is_empty() {
        out.push('\n');
        write_indented(out, indent, "contains");
        out.push('\n');
        items(&p.internal, indent + 2, out);
    }
    write_indented(out, indent, &format!("end {kind} {}", p.name));
}

/// Prints declarations, neighbours of one type and attributes on one line.
fn declarations(declarations: &[Declaration], indent: usize, out: &mut String) {
    for group in declarations.chunk_by(|a, b| a.ty == b.ty && a.attributes == b.attributes) {
        let Some(first) = group.first() else { continue };
        let mut line = Line::new(type_spec(&first.ty));
        for attribute in &first.attributes {
            line.push(", ");
            line.push(word(*attribute));
        }
        line.push(" :: ");
        for (i, declaration) in group.iter().enumerate() {
            if i > 0 {
                line.push(", ");
                line.allow_break();
            }
            entity(declaration, &mut line);
        }
        line.write(indent, out);
    }
}

fn entity(declaration: &Declaration, line: &mut Line) {
    line.push(&declaration.name);
    match &declaration.bounds {
        None => {}
        Some(Bounds::Any) => line.push("(:)"),
        Some(Bounds::Matrix) => line.push("(:, :)"),
        Some(Bounds::Fixed(extent)) => {
            line.push("(");
            line.append_nested(expr::line(extent));
            line.push(")");
        }
    }
    if let Some(value) = &declaration.value {
        line.push(" = ");
        line.append_nested(expr::line(value));
    }
}

fn word(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Allocatable => "allocatable",
        Attribute::Value => "value",
        Attribute::Parameter => "parameter",
        Attribute::IntentIn => "intent(in)",
        Attribute::IntentInOut => "intent(inout)",
        Attribute::IntentOut => "intent(out)",
        Attribute::Optional => "optional",
    }
}
