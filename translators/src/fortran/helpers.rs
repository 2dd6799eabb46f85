//! Helper procedures: emitted where the language has no word for an operation, and only then.
//!
//! Each template is a Fortran procedure in a file of its own under `helpers/`. A generic one is
//! written for `type(element)`, which is replaced by the type at hand; its name gets the plural of
//! that type as an ending (`sorted_integers`).

use super::names::Names;
use super::print;
use super::tree::ModuleItem;
use super::types::{TypeOp, Types, plural};
use grammars::ir::Type;

/// A template.
struct Template {
    /// Its name, which is also the name that other templates call it by.
    name: &'static str,
    /// The procedure.
    text: &'static str,
    /// What it needs.
    needs: &'static [Need],
}

/// What a template needs besides the language.
enum Need {
    /// Another template; a generic one for the same element.
    Helper(&'static str),
    /// `==` on its element.
    Equal,
    /// `<` on its element.
    Less,
    /// The derived type that wraps text.
    Strings,
}

macro_rules! templates {
    ($($name:literal: [$($need:expr),*];)*) => {
        &[$(Template {
            name: $name,
            text: include_str!(concat!("helpers/", $name, ".f90")),
            needs: &[$($need),*],
        }),*]
    };
}

use Need::{Equal, Helper, Less, Strings};

/// All templates. The order is the one in which helpers are emitted.
const TEMPLATES: &[Template] = templates! {
    "same": [Equal];
    "same_matrix": [Equal];
    "is_near": [];
    "same_members": [Helper("is_subset")];
    "is_subset": [Equal];
    "list_precedes": [Equal, Less];
    "sorted": [Less];
    "sorted_down": [Less];
    "order_of": [Less];
    "falling_order_of": [Less];
    "least": [Less];
    "greatest": [Less];
    "distinct": [Equal];
    "position_of": [Equal];
    "fail": [];
    "heap_push": [Less];
    "heap_pop": [Less, Helper("heap_sink")];
    "heap_sink": [Less];
    "same_real": [];
    "intersection": [Equal];
    "difference": [Equal];
    "repeated": [];
    "same_text": [];
    "text_precedes": [];
    "starts_with": [];
    "ends_with": [];
    "is_made_of": [];
    "occurrences": [];
    "capitalized": [Helper("lower_case"), Helper("upper_case")];
    "title_case": [Helper("lower_case"), Helper("upper_case")];
    "lower_case": [];
    "upper_case": [];
    "swap_case": [];
    "reversed_text": [];
    "every_nth": [];
    "stripped": [];
    "left_stripped": [];
    "replaced": [];
    "replaced_times": [];
    "find_from": [];
    "centered": [];
    "quoted": [];
    "slice_positions": [];
    "characters_at": [];
    "padded_left": [];
    "padded_right": [];
    "zero_filled": [];
    "split_words": [Strings];
    "split_lines": [Strings, Helper("split_text")];
    "split_text": [Strings];
    "split_text_limited": [Strings];
    "split_text_right": [Strings];
    "joined": [Strings];
    "joined_letters": [];
    "letters_of": [Strings];
    "integer_text": [];
    "real_text": [];
    "fixed_text": [];
    "logical_text": [];
    "radix_text": [];
    "parse_integer": [];
    "spells_integer": [];
    "parse_radix": [Helper("lower_case")];
    "parse_real": [];
    "clipped": [];
    "floor_div": [];
    "greatest_common_divisor": [];
    "factorial": [];
    "binomial": [];
    "power_modulo": [];
    "integer_root": [];
    "round_half_even": [];
    "round_to": [];
    "is_close": [];
};

/// A helper in use.
#[derive(Debug)]
struct Instance {
    template: usize,
    element: Option<Type>,
    name: String,
}

/// The helpers that one program unit uses.
#[derive(Debug, Default)]
pub struct Helpers {
    used: Vec<Instance>,
}

impl Helpers {
    /// The name under which a helper can be called; it is emitted from now on.
    pub fn request(
        &mut self,
        template: &'static str,
        element: Option<&Type>,
        types: &mut Types,
        names: &mut Names,
    ) -> String {
        let element = element.map(super::types::canonical);
        let Some(index) = TEMPLATES.iter().position(|t| t.name == template) else {
            return template.to_string();
        };
        if let Some(known) = self.used.iter().find(|i| i.template == index && i.element == element) {
            return known.name.clone();
        }
        let wish = match &element {
            Some(element) => format!("{template}_{}", plural(element)),
            None => template.to_string(),
        };
        let name = names.fresh(&wish);
        self.used.push(Instance { template: index, element: element.clone(), name: name.clone() });
        for need in TEMPLATES[index].needs {
            match (need, &element) {
                (Helper(other), _) => {
                    self.request(other, element.as_ref(), types, names);
                }
                (Strings, _) => {
                    types.derived(&Type::Str, names);
                }
                (Equal, Some(Type::Float)) => {
                    self.request("same_real", None, types, names);
                }
                (Equal, Some(element)) => types.request(element, TypeOp::Equal, names),
                (Less, Some(element)) => types.request(element, TypeOp::Less, names),
                (Equal | Less, None) => {}
            }
        }
        name
    }

    /// The helpers as items of the program unit.
    pub fn items(&self, types: &mut Types, names: &mut Names) -> Vec<ModuleItem> {
        let mut used: Vec<&Instance> = self.used.iter().collect();
        used.sort_by_key(|instance| instance.template);
        used.into_iter().map(|instance| ModuleItem::Helper(self.text(instance, types, names))).collect()
    }

    fn text(&self, instance: &Instance, types: &mut Types, names: &mut Names) -> String {
        let template = &TEMPLATES[instance.template];
        let mut text = replace_word(template.text, template.name, &instance.name);
        for need in template.needs {
            match need {
                Helper(other) => {
                    if let Some(used) = self.find(other, instance.element.as_ref()) {
                        text = replace_word(&text, other, &used.name);
                    }
                }
                Strings => {
                    text = replace_word(&text, "string", &types.derived(&Type::Str, names));
                }
                Equal | Less => {}
            }
        }
        match &instance.element {
            Some(Type::Float) => {
                real_equality(&specialised(text, &Type::Float, types, names), self.same_real())
            }
            Some(element) => specialised(text, element, types, names),
            None => text,
        }
    }

    /// The name of the function that compares real numbers, as far as it is in use.
    pub fn same_real(&self) -> &str {
        self.find("same_real", None).map_or("same_real", |i| i.name.as_str())
    }

    fn find(&self, template: &str, element: Option<&Type>) -> Option<&Instance> {
        self.used.iter().find(|i| TEMPLATES[i.template].name == template && i.element.as_ref() == element)
    }
}

/// A generic template for a type of element.
fn specialised(text: String, element: &Type, types: &mut Types, names: &mut Names) -> String {
    let spec = print::type_spec(&types.element(element, names));
    let text = text.replace("type(element)", &spec);
    if *element == Type::Char {
        return with_character_constructors(&text);
    }
    if *element == Type::Bool { logical_equality(&text) } else { text }
}

/// gfortran looks at the first item of a constructor for the length of characters, which an empty
/// array does not tell.
fn with_character_constructors(text: &str) -> String {
    ["heap", "members", "all_items"].iter().fold(text.to_string(), |text, name| {
        text.replace(&format!("[{name}, "), &format!("[character(len=1) :: {name}, "))
    })
}

/// Truth values are compared with `.eqv.`.
fn logical_equality(text: &str) -> String {
    with_equality(text, |left, right| format!("{left} .eqv. {right}"))
}

/// Real numbers are compared by a function of their own.
fn real_equality(text: &str, same: &str) -> String {
    with_equality(text, |left, right| format!("{same}({left}, {right})"))
}

/// A template in which items are compared in another way, sizes as ever with `==`.
fn with_equality(text: &str, compare: impl Fn(&str, &str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(" == ") {
        let start = at - operand_length(rest[..at].chars().rev(), ')', '(');
        let left = &rest[start..at];
        let after = &rest[at + 4..];
        let right = &after[..operand_length(after.chars(), '(', ')')];
        if left.starts_with("size(") {
            out.push_str(&rest[..at + 4]);
            rest = after;
            continue;
        }
        out.push_str(&rest[..start]);
        out.push_str(&compare(left, right));
        rest = &after[right.len()..];
    }
    out + rest
}

/// How far an operand reaches: up to a blank or a bracket that was not opened in it.
fn operand_length(characters: impl Iterator<Item = char>, open: char, close: char) -> usize {
    let mut depth = 0;
    let mut length = 0;
    for c in characters {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
        }
        if depth < 0 || (depth == 0 && (c.is_whitespace() || c == ',')) {
            break;
        }
        length += c.len_utf8();
    }
    length
}

fn is_part_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// Whether a name stands in the code as a whole word.
pub fn has_word(text: &str, word: &str) -> bool {
    let stands_at = |line: &str, at: usize| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_part_of_word) && !after.is_some_and(is_part_of_word)
    };
    let mut code = text.lines().filter(|line| !line.starts_with("!>"));
    code.any(|line| line.match_indices(word).any(|(at, _)| stands_at(line, at)))
}

/// Replaces a name where it stands as a whole word.
pub fn replace_word(text: &str, word: &str, by: &str) -> String {
    if word == by {
        return text.to_string();
    }
    if text.contains('\n') {
        let code =
            |line: &str| if line.starts_with("!>") { line.to_string() } else { replace_word(line, word, by) };
        return text.lines().map(|line| code(line) + "\n").collect();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let before = rest[..at].chars().next_back().or(out.chars().next_back());
        let after = rest[at + word.len()..].chars().next();
        let whole = !before.is_some_and(is_part_of_word) && !after.is_some_and(is_part_of_word);
        out.push_str(&rest[..at]);
        out.push_str(if whole { by } else { word });
        rest = &rest[at + word.len()..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_replaced() {
        assert_eq!(replace_word("sorted(sorted_items)", "sorted", "ordered"), "ordered(sorted_items)");
        assert!(
            has_word("x = sorted(items)", "sorted") && !has_word("!> sorted\nx = sorted_items", "sorted")
        );
    }

    #[test]
    fn real_numbers_are_compared_by_a_function() {
        let text = "if (.not. any(members == items(i))) then\nsize(left) == size(right)\n";
        let expected = "if (.not. any(same_real(members, items(i)))) then\nsize(left) == size(right)\n";
        assert_eq!(real_equality(text, "same_real"), expected);
    }

    #[test]
    fn truth_values_are_compared_with_eqv() {
        let text = "holds = size(left, 1) == size(right, 1)\nif (holds) holds = all(left == right)\n";
        let expected = "holds = size(left, 1) == size(right, 1)\nif (holds) holds = all(left .eqv. right)\n";
        assert_eq!(logical_equality(text), expected);
    }

    #[test]
    fn each_constructor_that_may_open_empty_tells_the_length_of_characters() {
        let (mut types, mut names) = (Types::default(), Names::default());
        for template in TEMPLATES.iter().filter(|t| t.text.contains("type(element), allocatable")) {
            let text = specialised(template.text.to_string(), &Type::Char, &mut types, &mut names);
            let grows = |line: &str| line.contains(" = [") && !line.contains(" = [(") && !line.contains("::");
            assert!(!text.lines().any(grows), "{text}");
        }
    }

    #[test]
    fn a_generic_helper_is_named_after_its_element() {
        let (mut helpers, mut types, mut names) = (Helpers::default(), Types::default(), Names::default());
        let name = helpers.request("distinct", Some(&Type::Str), &mut types, &mut names);
        assert_eq!(name, "distinct_strings");
        let items = helpers.items(&mut types, &mut names);
        let [ModuleItem::Helper(text)] = items.as_slice() else { panic!("one helper") };
        assert!(text.contains("type(string), intent(in) :: items(:)"), "{text}");
        assert!(text.starts_with("!> The items") && text.contains("function distinct_strings(items)"));
    }

    #[test]
    fn needed_helpers_come_along() {
        let (mut helpers, mut types, mut names) = (Helpers::default(), Types::default(), Names::default());
        helpers.request("same_members", Some(&Type::Int), &mut types, &mut names);
        let items = helpers.items(&mut types, &mut names);
        assert_eq!(items.len(), 2);
        let ModuleItem::Helper(text) = &items[0] else { panic!("a helper") };
        assert!(text.contains("is_subset_integers(left, right)"), "{text}");
    }
}
