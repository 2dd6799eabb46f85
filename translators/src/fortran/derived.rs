//! Derived types and the procedures that are bound to them.

use super::helpers::Helpers;
use super::names::Names;
use super::print;
use super::tree::{Attribute, Binding, Declaration, DerivedType, ModuleItem, TypeSpec};
use super::types::{TypeOp, Types, is_array, is_derived_element, tuple_component, wrapper_component};
use grammars::ir::Type;
use std::collections::BTreeMap;

/// What the procedures of derived types are written with.
pub struct Definer<'a> {
    /// The derived types.
    pub types: &'a mut Types,
    /// The module's helpers.
    pub helpers: &'a mut Helpers,
    /// The module's names.
    pub names: &'a mut Names,
    /// The operators that are defined, with the procedures behind them.
    pub operators: &'a mut BTreeMap<&'static str, Vec<String>>,
}

impl Definer<'_> {
    /// The definition of a derived type, without those of classes, and its procedures.
    pub fn define(&mut self, ty: &Type) -> (DerivedType, Vec<ModuleItem>) {
        let name = self.types.derived(ty, self.names);
        let mut definition = DerivedType {
            doc: Vec::new(),
            name: name.clone(),
            components: self.components(ty),
            bindings: Vec::new(),
        };
        let mut procedures = Vec::new();
        for (op, operator) in [(TypeOp::Equal, "=="), (TypeOp::Less, "<")] {
            if self.types.has(ty, op) {
                let wish =
                    if op == TypeOp::Equal { format!("equal_{name}") } else { format!("{name}_precedes") };
                let target = self.names.fresh(&wish);
                let text = if op == TypeOp::Equal { self.equal(ty, &name) } else { self.less(ty, &name) };
                procedures.push(ModuleItem::Helper(text.replace("PROCEDURE", &target)));
                self.operators.entry(operator).or_default().push(target);
            }
        }
        if let Type::Dict(key, value) = ty {
            self.map_procedures(ty, key, value, &mut definition, &mut procedures);
        }
        (definition, procedures)
    }

    fn components(&mut self, ty: &Type) -> Vec<Declaration> {
        match ty {
            Type::Str | Type::Optional(_) => {
                let (inner, name) = match ty {
                    Type::Optional(inner) => ((**inner).clone(), "value"),
                    _ => (Type::Str, "chars"),
                };
                let mut declaration = self.component(&inner, name);
                if !declaration.attributes.contains(&Attribute::Allocatable) {
                    declaration.attributes.push(Attribute::Allocatable);
                }
                vec![declaration]
            }
            Type::List(_) | Type::Set(_) | Type::Iter(_) => vec![self.component(ty, "items")],
            Type::Dict(key, value) => vec![
                self.component(&Type::list((**key).clone()), "keys"),
                self.component(&Type::list((**value).clone()), "values"),
            ],
            Type::Tuple(_) | Type::Class(_) => {
                let parts = self.parts(ty);
                parts.iter().map(|(name, t)| self.component(t, name)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The components of a tuple or an object, with their types.
    fn parts(&self, ty: &Type) -> Vec<(String, Type)> {
        match ty {
            Type::Tuple(items) => {
                items.iter().enumerate().map(|(i, t)| (tuple_component(i), t.clone())).collect()
            }
            Type::Class(class) => self.types.class_components(class),
            _ => Vec::new(),
        }
    }

    /// A component that holds a value of type `ty`.
    pub fn component(&mut self, ty: &Type, name: &str) -> Declaration {
        let (spec, array) = self.types.variable(ty, self.names);
        let allocatable = array || matches!(ty, Type::Str);
        Declaration {
            ty: spec,
            attributes: if allocatable { vec![Attribute::Allocatable] } else { Vec::new() },
            name: name.to_string(),
            bounds: array.then(|| crate::fortran::types::bounds(ty)),
            value: None,
        }
    }

    fn equal(&mut self, ty: &Type, name: &str) -> String {
        let mut body = Vec::new();
        match ty {
            Type::Optional(inner) => {
                body.push("equal = allocated(left%value) .eqv. allocated(right%value)".to_string());
                body.push("if (.not. equal .or. .not. allocated(left%value)) return".to_string());
                body.extend(self.equal_component(inner, "value"));
            }
            Type::Tuple(_) | Type::Class(_) => {
                let parts = self.parts(ty);
                body.push("equal = .true.".to_string());
                for (i, (name, item)) in parts.iter().enumerate() {
                    if i > 0 {
                        body.push("if (.not. equal) return".to_string());
                    }
                    body.extend(self.equal_component(item, name));
                }
                body = self.compact(&parts, body);
            }
            Type::Dict(key, value) => body.extend(self.equal_maps(key, value)),
            _ => {
                if let Some(component) = wrapper_component(ty) {
                    body.extend(self.equal_component(ty, component));
                }
            }
        }
        let locals = if matches!(ty, Type::Dict(..)) { "  integer :: i, position\n" } else { "" };
        format!(
            "elemental function PROCEDURE(left, right) result(equal)\n  type({name}), intent(in) :: left, right\n  logical :: equal\n{locals}\n  {}\nend function PROCEDURE\n",
            body.join("\n  ")
        )
    }

    fn less(&mut self, ty: &Type, name: &str) -> String {
        let mut body = Vec::new();
        match ty {
            Type::Tuple(_) | Type::Class(_) => {
                let items = self.parts(ty);
                for (i, (component, item)) in items.iter().enumerate() {
                    let (left, right) = (format!("left%{component}"), format!("right%{component}"));
                    if i + 1 < items.len() {
                        let different = self.less_value(item, &left, &right);
                        body.push(format!("precedes = {different}"));
                        body.push(format!(
                            "if (precedes .or. {}) return",
                            self.less_value(item, &right, &left)
                        ));
                    } else {
                        body.push(format!("precedes = {}", self.less_value(item, &left, &right)));
                    }
                }
            }
            _ => {
                let component = wrapper_component(ty).unwrap_or("value");
                let (left, right) = (format!("left%{component}"), format!("right%{component}"));
                body.push(format!("precedes = {}", self.less_value(ty, &left, &right)));
            }
        }
        format!(
            "elemental function PROCEDURE(left, right) result(precedes)\n  type({name}), intent(in) :: left, right\n  logical :: precedes\n\n  {}\nend function PROCEDURE\n",
            body.join("\n  ")
        )
    }

    /// `left < right` for unwrapped values of type `ty`.
    fn less_value(&mut self, ty: &Type, left: &str, right: &str) -> String {
        let helper = match ty {
            Type::Str => self.helpers.request("text_precedes", None, self.types, self.names),
            Type::List(element) => {
                self.helpers.request("list_precedes", Some(element), self.types, self.names)
            }
            Type::Bool => return format!("(.not. {left} .and. {right})"),
            _ => return format!("{left} < {right}"),
        };
        format!("{helper}({left}, {right})")
    }

    fn map_procedures(
        &mut self,
        ty: &Type,
        key: &Type,
        value: &Type,
        definition: &mut DerivedType,
        procedures: &mut Vec<ModuleItem>,
    ) {
        let map = MapText {
            map: definition.name.clone(),
            key: argument(&self.variable(key), key),
            wrapped_key: self.wrap(key, "key"),
            value: argument(&self.variable(value), value),
            wrapped_value: self.wrap(value, "value"),
            result: result(&self.variable(value), value),
            component: wrapper_component(value).map(|c| format!("%{c}")).unwrap_or_default(),
            key_spec: constructor_spec(key),
            value_spec: constructor_spec(value),
        };
        let all = [
            (TypeOp::Find, "find", include_str!("helpers/map/find.f90")),
            (TypeOp::Value, "value_of", include_str!("helpers/map/value_of.f90")),
            (TypeOp::ValueOr, "value_or", include_str!("helpers/map/value_or.f90")),
            (TypeOp::Set, "set", include_str!("helpers/map/set.f90")),
            (TypeOp::Remove, "remove", include_str!("helpers/map/remove.f90")),
        ];
        for (op, binding, template) in all {
            if self.types.has(ty, op) {
                let target = self.names.fresh(&format!("{}_{binding}", definition.name));
                let mut text = map.fill(template).replace("PROCEDURE", &target);
                if op == TypeOp::Find {
                    text = text.replace("    if (SAME_KEY) return", &self.same_key(key, &map.wrapped_key));
                }
                procedures.push(ModuleItem::Helper(text));
                definition.bindings.push(Binding { name: binding.to_string(), target });
            }
        }
    }

    fn variable(&mut self, ty: &Type) -> TypeSpec {
        self.types.variable(ty, self.names).0
    }

    fn wrap(&mut self, ty: &Type, name: &str) -> String {
        match wrapper_component(ty) {
            Some(_) => format!("{}({name})", self.types.derived(ty, self.names)),
            None => name.to_string(),
        }
    }
}

/// The words that a map's procedures differ in.
struct MapText {
    map: String,
    key: String,
    wrapped_key: String,
    value: String,
    wrapped_value: String,
    result: String,
    component: String,
    /// What a constructor of an array of keys opens with.
    key_spec: &'static str,
    value_spec: &'static str,
}

impl MapText {
    fn fill(&self, template: &str) -> String {
        let template = if self.key == self.value {
            template.replace("KEY :: key\n  VALUE :: value\n", "KEY :: key, value\n")
        } else {
            template.to_string()
        };
        template
            .replace("type(map)", &format!("class({})", self.map))
            .replace("WRAPPED_KEY", &self.wrapped_key)
            .replace("WRAPPED_VALUE", &self.wrapped_value)
            .replace("RESULT :: value", &self.result.replace("NAME", "value"))
            .replace("KEY :: key", &self.key.replace("NAME", "key"))
            .replace("VALUE :: value", &self.value.replace("NAME", "value"))
            .replace("VALUE :: default", &self.value.replace("NAME", "default"))
            .replace("%COMPONENT", &self.component)
            .replace("[self%keys", &format!("[{}self%keys", self.key_spec))
            .replace("[self%values", &format!("[{}self%values", self.value_spec))
    }
}

/// gfortran looks at the first item for the length of characters, which an empty array does not tell.
fn constructor_spec(ty: &Type) -> &'static str {
    if *ty == Type::Char { "character(len=1) :: " } else { "" }
}

/// A declaration of a dummy argument `NAME`.
fn argument(spec: &TypeSpec, ty: &Type) -> String {
    let spec = print::type_spec(spec).replace("len=:", "len=*");
    format!("{spec}, intent(in) :: NAME{}", if is_array(ty) { "(:)" } else { "" })
}

/// A declaration of a function's result `NAME`.
fn result(spec: &TypeSpec, ty: &Type) -> String {
    let allocatable = if is_array(ty) || matches!(ty, Type::Str) { ", allocatable" } else { "" };
    format!("{}{allocatable} :: NAME{}", print::type_spec(spec), if is_array(ty) { "(:)" } else { "" })
}

impl Definer<'_> {
    /// Sets `equal` from one component.
    fn equal_component(&mut self, ty: &Type, component: &str) -> Vec<String> {
        let (left, right) = (format!("left%{component}"), format!("right%{component}"));
        match ty {
            Type::Str => vec![format!("equal = len({left}) == len({right}) .and. {left} == {right}")],
            Type::List(element) | Type::Set(element) => vec![
                format!("equal = size({left}) == size({right})"),
                format!("if (equal) equal = all({})", self.equality(element, &left, &right)),
            ],
            other => vec![format!("equal = {}", self.equality(other, &left, &right))],
        }
    }

    /// Whether two values that are no text and no lists are equal.
    fn equality(&mut self, ty: &Type, left: &str, right: &str) -> String {
        match ty {
            Type::Bool => format!("{left} .eqv. {right}"),
            Type::Float => {
                let same = self.helpers.request("same_real", None, self.types, self.names);
                format!("{same}({left}, {right})")
            }
            _ => format!("{left} == {right}"),
        }
    }

    /// One expression instead of a statement for each component, where nothing needs two statements.
    fn compact(&mut self, items: &[(String, Type)], body: Vec<String>) -> Vec<String> {
        if items.is_empty() || items.iter().any(|(_, t)| is_array(t) || matches!(t, Type::Str)) {
            return body;
        }
        let mut tests = Vec::new();
        for (component, ty) in items {
            let test = self.equality(ty, &format!("left%{component}"), &format!("right%{component}"));
            tests.push(if *ty == Type::Bool { format!("({test})") } else { test });
        }
        vec![format!("equal = {}", tests.join(" .and. "))]
    }

    /// Returns where a key of a map is the wanted one. Fortran pads the shorter text with blanks, so
    /// lengths count.
    fn same_key(&mut self, key: &Type, wanted: &str) -> String {
        if *key == Type::Str {
            return "    if (len(self%keys(position)%chars) /= len(key)) cycle\n    \
                    if (self%keys(position)%chars == key) return"
                .to_string();
        }
        format!("    if ({}) return", self.equality(key, "self%keys(position)", wanted))
    }

    fn equal_maps(&mut self, key: &Type, value: &Type) -> Vec<String> {
        let unwrap = wrapper_component(key).map(|c| format!("%{c}")).unwrap_or_default();
        let element = if is_derived_element(value) { Type::None } else { value.clone() };
        let same = self.equality(&element, "left%values(i)", "right%values(position)");
        vec![
            "equal = size(left%keys) == size(right%keys)".to_string(),
            "do i = 1, size(left%keys)".to_string(),
            "  if (.not. equal) return".to_string(),
            format!("  position = right%find(left%keys(i){unwrap})"),
            "  equal = position > 0".to_string(),
            format!("  if (equal) equal = {same}"),
            "end do".to_string(),
        ]
    }
}
