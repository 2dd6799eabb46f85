//! What a Fortran module offers: its procedures with the types of their arguments, its derived types.

use std::collections::BTreeMap;

/// A type without its rank.
#[derive(Clone, Debug, PartialEq)]
pub enum Base {
    Integer,
    Real,
    Logical,
    Text,
    Derived(String),
}

/// A declared name.
#[derive(Clone, Debug)]
pub struct Variable {
    pub base: Base,
    /// The type as it is written: `integer(int64)`.
    pub written: String,
    /// Its number of dimensions.
    pub rank: usize,
    /// It is set by the procedure only.
    pub is_out: bool,
}

/// A function, or a subroutine with results among its arguments.
#[derive(Clone, Debug)]
pub struct Procedure {
    pub name: String,
    pub arguments: Vec<Variable>,
    /// `None` for a subroutine.
    pub result: Option<Variable>,
}

/// A module.
#[derive(Debug, Default)]
pub struct Interface {
    pub module: String,
    /// The components of the derived types, in order.
    pub types: BTreeMap<String, Vec<(String, Variable)>>,
    procedures: Vec<Procedure>,
    /// Generic names with the procedures behind them.
    generics: BTreeMap<String, Vec<String>>,
}

impl Interface {
    /// Reads the last module of a file, which is the one that others do not use.
    pub fn read(text: &str) -> Interface {
        let lines = logical_lines(text);
        let opens = |line: &String| module_name(line).is_some();
        let start = lines.iter().rposition(opens).unwrap_or(0);
        let mut interface = Interface::default();
        let mut lines = lines[start..].iter();
        while let Some(line) = lines.next() {
            if let Some(name) = module_name(line) {
                interface.module = name.to_owned();
            } else if line.starts_with("type ") && line.contains("::") || line.starts_with("type, ") {
                let name = line.rsplit("::").next().unwrap_or_default().trim().to_owned();
                let body = lines.by_ref().take_while(|line| !line.starts_with("end type"));
                let components = body.filter_map(|line| declaration(line)).flatten().collect();
                interface.types.insert(name, components);
            } else if let Some(name) = line.strip_prefix("interface ") {
                let body = lines.by_ref().take_while(|line| !line.starts_with("end interface"));
                let names = body
                    .filter_map(|line| line.strip_prefix("module procedure "))
                    .flat_map(|names| names.split(", "));
                interface.generics.insert(name.to_owned(), names.map(str::to_owned).collect());
            } else if let Some((kind, name, header)) = procedure_header(line) {
                let end = format!("end {kind} {name}");
                let body: Vec<&String> = lines.by_ref().take_while(|line| **line != end).collect();
                interface.procedures.extend(procedure(&name, &header, &body));
            }
        }
        interface
    }

    /// The procedures that `entry` may mean: by its name, in any case convention, with copies for other types.
    pub fn called(&self, entry: &str) -> Vec<&Procedure> {
        let plain = |name: &str| name.replace('_', "").to_lowercase();
        let entry = plain(entry);
        let is_copy = |rest: &str| rest.is_empty() || COPIES.contains(&rest);
        let is_meant = |name: &str| plain(name).strip_prefix(&entry).is_some_and(is_copy);
        let behind: Vec<&String> =
            self.generics.iter().filter(|(name, _)| is_meant(name)).flat_map(|(_, p)| p).collect();
        self.procedures.iter().filter(|p| is_meant(&p.name) || behind.contains(&&p.name)).collect()
    }
}

/// What is added to the name of a procedure that is copied for other types.
const COPIES: [&str; 4] = ["real", "integer", "text", "list"];

/// The name of the module that the line opens.
fn module_name(line: &str) -> Option<&str> {
    line.strip_prefix("module ").filter(|name| !name.contains(' '))
}

/// The lines with continuations joined, trimmed, without comments and blank lines.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut continues = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('!')) {
        let (part, goes_on) = match line.strip_suffix('&') {
            Some(part) => (part.trim_end(), true),
            None => (line, false),
        };
        match lines.last_mut() {
            Some(last) if continues => {
                last.push(' ');
                last.push_str(part.trim_start_matches('&'));
            }
            _ => lines.push(part.to_owned()),
        }
        continues = goes_on;
    }
    lines
}

/// `function` or `subroutine`, the name, and what follows it; `None` for any other line.
fn procedure_header(line: &str) -> Option<(&'static str, String, String)> {
    let prefixes = ["pure ", "elemental ", "recursive ", "impure ", "module "];
    let mut rest = line;
    while let Some(shorter) = prefixes.iter().find_map(|prefix| rest.strip_prefix(prefix)) {
        rest = shorter;
    }
    let kind = ["function", "subroutine"].into_iter().find(|kind| rest.starts_with(&format!("{kind} ")))?;
    let (name, header) = rest[kind.len()..].trim().split_once('(')?;
    Some((kind, name.to_owned(), header.to_owned()))
}

/// The procedure with its types; `None` when one of them is not declared in the body.
fn procedure(name: &str, header: &str, body: &[&String]) -> Option<Procedure> {
    let (arguments, rest) = header.split_once(')')?;
    let mut types: BTreeMap<String, Variable> = BTreeMap::new();
    for (name, variable) in body.iter().filter_map(|line| declaration(line)).flatten() {
        // Procedures inside this one come later and may use the same names.
        types.entry(name).or_insert(variable);
    }
    let arguments = arguments.split(',').map(str::trim).filter(|name| !name.is_empty());
    let arguments = arguments.map(|name| types.get(name).cloned()).collect::<Option<_>>()?;
    let result = match rest.split_once("result(") {
        Some((_, result)) => Some(types.get(result.trim_end_matches(')'))?.clone()),
        None => types.get(name).cloned(),
    };
    Some(Procedure { name: name.to_owned(), arguments, result })
}

/// The names that a line declares.
fn declaration(line: &str) -> Option<Vec<(String, Variable)>> {
    let (left, names) = line.split_once("::")?;
    let attributes = split(left);
    let written = attributes.first()?.clone();
    let base = match written.split('(').next()?.trim() {
        "integer" => Base::Integer,
        "real" => Base::Real,
        "logical" => Base::Logical,
        "character" => Base::Text,
        "type" | "class" => Base::Derived(written.split_once('(')?.1.trim_end_matches(')').to_owned()),
        _ => return None,
    };
    let is_out = attributes.iter().any(|attribute| attribute == "intent(out)");
    let variables = split(names).into_iter().map(|name| {
        let name = name.split('=').next().unwrap_or_default().trim().to_owned();
        let (name, shape) = name.split_once('(').unwrap_or((&name, ""));
        let rank = if shape.is_empty() { 0 } else { split(shape.trim_end_matches(')')).len() };
        (name.to_owned(), Variable { base: base.clone(), written: written.clone(), rank, is_out })
    });
    Some(variables.collect())
}

/// Splits at commas outside parentheses.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for letter in text.chars() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}
