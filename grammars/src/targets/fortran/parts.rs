//! What has to be known of a text to compile it in one file with others.
//!
//! Only texts of which every construct is on a list are taken: those that can neither see nor disturb
//! what stands beside them. The others are compiled alone.

use super::parse;
use crate::targets::tree;
use std::collections::BTreeSet;
use std::ops::Range;
use tree_sitter::Node;

/// The parts of a text that matter beside other texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The modules that it defines, in lower case.
    pub modules: Vec<String>,
    /// The modules that it uses and that are not the compiler's own, in lower case.
    pub uses: Vec<String>,
    /// Every name in it, in lower case.
    pub names: BTreeSet<String>,
    /// Its main program, where it has one.
    pub main: Option<Main>,
}

/// Where a main program can be turned into a subroutine, as bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Main {
    /// `program NAME`.
    pub opens: Range<usize>,
    /// Behind `implicit none`: where the specification may go on.
    pub specification: usize,
    /// Where a statement can be inserted that is executed last; see [`super::end_of_main`].
    pub last: usize,
    /// `end program NAME`.
    pub closes: Range<usize>,
}

/// The compiler's own modules that reach nothing outside of a program.
const OWN_MODULES: &[&str] = &["iso_fortran_env", "ieee_arithmetic", "ieee_exceptions", "ieee_features"];

/// Procedures that look at memory or at how the program was started.
const PECULIAR_NAMES: &[&str] = &[
    "abort",
    "c_funloc",
    "c_loc",
    "command_argument_count",
    "exit",
    "get_command",
    "get_command_argument",
    "get_environment_variable",
    "loc",
    "transfer",
];

/// The constructs that a text may have, as the grammar names them. What reaches other program units by
/// name (`bind`, `common`, `external`, `submodule`), files (`open`, `inquire`), memory (`equivalence`) or
/// the end of the main program (`goto` and labels) is not among them.
const KINDS: &[&str] = &[
    "argument_list",
    "array_literal",
    "assignment_statement",
    "associate_statement",
    "association",
    "association_list",
    "assumed_shape",
    "assumed_size",
    "binding",
    "binding_name",
    "block_construct",
    "block_label",
    "block_label_start_expression",
    "boolean_literal",
    "call_expression",
    "case_statement",
    "case_value_range_list",
    "comment",
    "complex_literal",
    "concatenation_expression",
    "contains_statement",
    "default",
    "derived_type",
    "derived_type_definition",
    "derived_type_member_expression",
    "derived_type_procedures",
    "derived_type_statement",
    "do_loop",
    "do_loop_statement",
    "do_statement",
    "else_clause",
    "elseif_clause",
    "elsewhere_clause",
    "end_associate_statement",
    "end_block_construct_statement",
    "end_do_loop_statement",
    "end_function_statement",
    "end_if_statement",
    "end_interface_statement",
    "end_module_statement",
    "end_program_statement",
    "end_select_statement",
    "end_subroutine_statement",
    "end_type_statement",
    "end_where_statement",
    "extent_specifier",
    "format_identifier",
    "function",
    "function_result",
    "function_statement",
    "identifier",
    "if_statement",
    "implicit_statement",
    "implied_do_loop_expression",
    "included_items",
    "init_declarator",
    "input_item_list",
    "interface",
    "interface_statement",
    "internal_procedures",
    "intrinsic_type",
    "keyword_argument",
    "keyword_statement",
    "kind",
    "logical_expression",
    "loop_control_expression",
    "math_expression",
    "method_name",
    "module",
    "module_name",
    "module_statement",
    "name",
    "none",
    "number_literal",
    "operator",
    "operator_name",
    "output_item_list",
    "parameters",
    "parenthesized_expression",
    "print_statement",
    "private_statement",
    "procedure_kind",
    "procedure_qualifier",
    "procedure_statement",
    "program",
    "program_statement",
    "public_statement",
    "read_statement",
    "relational_expression",
    "select_case_statement",
    "selector",
    "size",
    "sized_declarator",
    "stop_statement",
    "string_literal",
    "subroutine",
    "subroutine_call",
    "subroutine_statement",
    "translation_unit",
    "type_member",
    "type_name",
    "type_qualifier",
    "unary_expression",
    "unit_identifier",
    "use_statement",
    "variable_declaration",
    "where_clause",
    "where_construct",
    "where_statement",
    "while_statement",
    "write_statement",
];

/// The parts of `text`; `None` where it has to be compiled alone, whatever the reason.
pub fn parts(text: &str) -> Option<Parts> {
    let tree = parse(text).ok()?;
    if reads_on(text) {
        return None;
    }
    let mut parts = Parts { modules: Vec::new(), uses: Vec::new(), names: BTreeSet::new(), main: None };
    for node in tree::nodes(tree.root_node()).filter(Node::is_named) {
        if !KINDS.contains(&node.kind()) {
            return None;
        }
        let written = || Some(text.get(node.byte_range())?.to_ascii_lowercase());
        match node.kind() {
            "identifier" | "name" => {
                parts.names.insert(written()?);
            }
            "keyword_statement" if leaves_the_sequence(&written()?) => return None,
            "use_statement" => parts.uses.extend(used(node, text)?),
            _ => {}
        }
    }
    if PECULIAR_NAMES.iter().any(|name| parts.names.contains(*name)) {
        return None;
    }
    let mut cursor = tree.walk();
    for unit in tree.root_node().named_children(&mut cursor) {
        match unit.kind() {
            "comment" => {}
            "module" => parts.modules.push(module_name(unit, text)?),
            "program" if parts.main.is_none() => parts.main = Some(main(unit, text)?),
            _ => return None,
        }
    }
    let defines_own =
        parts.modules.iter().any(|name| OWN_MODULES.contains(&name.as_str()) || name == "iso_c_binding");
    (!defines_own).then_some(parts)
}

/// Whether something in the text reaches beyond it: a line that goes on behind its end, a line for the
/// preprocessor (which can say that what follows is another file), a comment that instructs the compiler.
fn reads_on(text: &str) -> bool {
    let instructs = |line: &str| {
        let line = line.trim_start().to_ascii_lowercase();
        line.starts_with('#')
            || line.starts_with("!gcc$")
            || line.starts_with("!$")
            || line.starts_with("!dir$")
    };
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('!');
    text.contains(['\0', '\u{c}', '\r'])
        || text.lines().any(instructs)
        || text.lines().rev().find(is_code).is_none_or(|line| line.contains('&'))
}

/// Statements of one word are harmless but those that jump.
fn leaves_the_sequence(statement: &str) -> bool {
    let word = statement.split_ascii_whitespace().next().unwrap_or_default();
    !matches!(
        word,
        "return" | "exit" | "cycle" | "continue" | "contains" | "allocate" | "deallocate" | "nullify"
    ) && !["allocate(", "deallocate(", "nullify("].iter().any(|start| statement.starts_with(start))
}

/// The module of a `use`, unless it is the compiler's own; `None` for one of those that are too powerful.
fn used(statement: Node<'_>, text: &str) -> Option<Option<String>> {
    let mut cursor = statement.walk();
    let name = statement.named_children(&mut cursor).find(|node| node.kind() == "module_name")?;
    let name = text.get(name.byte_range())?.to_ascii_lowercase();
    match name.as_str() {
        own if OWN_MODULES.contains(&own) => Some(None),
        "iso_c_binding" | "openacc" | "omp_lib" => None,
        _ => Some(Some(name)),
    }
}

fn module_name(module: Node<'_>, text: &str) -> Option<String> {
    let name = child(child(module, "module_statement")?, "name")?;
    Some(text.get(name.byte_range())?.to_ascii_lowercase())
}

fn child<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).find(|child| child.kind() == kind)
}

fn main(program: Node<'_>, text: &str) -> Option<Main> {
    let opens = child(program, "program_statement")?;
    let closes = child(program, "end_program_statement")?;
    let name = text.get(child(opens, "name")?.byte_range())?;
    // As a subroutine it would have another name, and this one would be free within it.
    let is_taken = tree::nodes(program)
        .filter(|node| {
            matches!(node.kind(), "identifier" | "name" | "module_name" | "type_name" | "method_name")
        })
        .filter(|node| node.parent().is_none_or(|parent| parent != opens && parent != closes))
        .filter_map(|node| text.get(node.byte_range()))
        .any(|other| other.eq_ignore_ascii_case(name));
    if is_taken || may_return(program, text) {
        return None;
    }
    let last = child(program, "internal_procedures").unwrap_or(closes);
    let last = super::start_of_line(text, last.start_byte());
    let specification = child(program, "implicit_statement")?.end_byte();
    (specification <= last).then(|| Main {
        opens: statement(opens, text),
        specification,
        last,
        closes: statement(closes, text),
    })
}

/// A subroutine may return early, a main program must not say so.
fn may_return(program: Node<'_>, text: &str) -> bool {
    let mut cursor = program.walk();
    program
        .named_children(&mut cursor)
        .filter(|part| part.kind() != "internal_procedures")
        .flat_map(tree::nodes)
        .filter(|node| node.kind() == "keyword_statement")
        .filter_map(|node| text.get(node.byte_range()))
        .any(|statement| statement.trim_start().to_ascii_lowercase().starts_with("return"))
}

/// A statement without the end of its line.
fn statement(node: Node<'_>, text: &str) -> Range<usize> {
    let written = text.get(node.byte_range()).unwrap_or_default();
    node.start_byte()..node.start_byte() + written.trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(line: &str) -> String {
        format!("program t\n  use m, only: twice\n  implicit none\n  integer :: i\n  {line}\nend program t\n")
    }

    fn module(line: &str) -> String {
        format!(
            "module m\n  implicit none\ncontains\n  subroutine s(x)\n    integer, intent(inout) :: x\n    {line}\n  end subroutine s\nend module m\n"
        )
    }

    #[test]
    fn finds_the_parts_of_modules_and_main_programs() {
        let read = parts(&module("x = 2 * x")).expect("a plain module");
        assert_eq!((read.modules, read.uses, read.main), (vec!["m".to_owned()], Vec::new(), None));
        let text = program("if (twice(2) /= 4) error stop \"twice\"");
        let read = parts(&text).expect("a plain program");
        assert_eq!((read.modules.len(), read.uses), (0, vec!["m".to_owned()]));
        let main = read.main.expect("a main program");
        assert_eq!(&text[main.opens], "program t");
        assert!(text[..main.specification].ends_with("implicit none"));
        assert_eq!(&text[main.last..], "end program t\n");
        assert_eq!(&text[main.closes], "end program t");
    }

    #[test]
    fn what_reaches_beyond_the_text_is_judged_alone() {
        for line in [
            "open (newunit=x, file=\"f\")",
            "x = transfer(1.0, x)",
            "call exit(0)",
            "goto 10\n10  continue",
            "# 1 \"p7.f90\"",
            "!GCC$ ivdep",
            "inquire (file=\"/etc/passwd\", exist=there)",
            "call get_environment_variable(\"HOME\", text)",
        ] {
            assert_eq!(parts(&module(line)), None, "{line}");
        }
        for declaration in [
            "use, intrinsic :: iso_c_binding",
            "common /c/ y",
            "equivalence (x, y)",
            "external :: f",
            "include 'f'",
            "real :: y; pointer (p, y)",
        ] {
            let text = module("x = 1").replace("    integer,", &format!("    {declaration}\n    integer,"));
            assert_eq!(parts(&text), None, "{declaration}");
        }
    }

    #[test]
    fn units_that_cannot_stand_beside_others_are_judged_alone() {
        for text in [
            "subroutine s()\nend subroutine s\n",
            "block data b\nend block data b\n",
            "submodule (m) sub\nend submodule sub\n",
            "module iso_c_binding\nend module iso_c_binding\n",
            "module m\n  implicit none\ncontains\n  subroutine s() bind(c, name=\"exit\")\n  end subroutine s\nend module m\n",
            "module m\nend module m &\n",
            "module m\n",
            "",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn main_programs_that_a_subroutine_cannot_stand_for_are_judged_alone() {
        for line in ["return", "if (i > 0) return", "i = t", "call t()"] {
            assert_eq!(parts(&program(line)), None, "{line}");
        }
        let two = format!("{}{}", program("i = 1"), program("i = 2").replace("program t", "program u"));
        assert_eq!(parts(&two), None);
    }
}
