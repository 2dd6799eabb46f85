//! Fortran's grammar in free form, by tree-sitter.

mod parts;

pub use parts::{Main, Parts, parts};

use super::tree;
use crate::Rejection;
use std::ops::Range;
use tree_sitter::{Node, Tree};

/// Procedures that run commands of the system.
const FORBIDDEN_PROCEDURES: &[&str] =
    &["execute_command_line", "system", "fork", "chmod", "unlink", "rename"];

fn parse(text: &str) -> Result<Tree, Rejection> {
    tree::parse(&tree_sitter_fortran::LANGUAGE.into(), &with_filled_constructors(text), "fortran.syntax")
}

/// The text as the grammar can read it: it has no array constructor without elements, so `[T ::]`
/// becomes `[0   ]`. Every other byte keeps its place.
fn with_filled_constructors(text: &str) -> String {
    let mut parts = text.split("::");
    let mut read = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let opened = read.rfind('[').filter(|_| part.trim_start().starts_with(']'));
        match opened {
            Some(bracket) => {
                let blank = read.len() - bracket;
                read.truncate(bracket + 1);
                read.push('0');
                read.extend(std::iter::repeat_n(' ', blank));
            }
            None => read.push_str("::"),
        }
        read.push_str(part);
    }
    read
}

/// Whether `text` is Fortran in free form.
///
/// # Errors
/// `fortran.syntax` where the grammar does not take it, `fortran.forbidden` where it includes files
/// or runs commands.
pub fn check(text: &str) -> Result<(), Rejection> {
    let tree = parse(text)?;
    for node in tree::nodes(tree.root_node()) {
        let forbidden = match node.kind() {
            "include_statement" | "preproc_include" => true,
            "subroutine_call" | "call_expression" => calls_the_system(node, text),
            _ => false,
        };
        if forbidden {
            let written: String = text.get(node.byte_range()).unwrap_or_default().chars().take(60).collect();
            let message = format!("`{}` reaches outside of the program", written.trim_end());
            return Err(Rejection::new("fortran.forbidden", tree::span(node), message));
        }
    }
    Ok(())
}

fn calls_the_system(call: Node<'_>, text: &str) -> bool {
    let mut cursor = call.walk();
    call.children(&mut cursor)
        .filter(|child| child.kind() == "identifier")
        .filter_map(|name| text.get(name.byte_range()))
        .any(|name| FORBIDDEN_PROCEDURES.iter().any(|f| name.eq_ignore_ascii_case(f)))
}

/// The byte at which a statement can be inserted so that it is the last one of the main program to
/// be executed: the start of the line of `contains` or of `end program`. `None` where the text has
/// no main program that is spelled out with `program`.
///
/// # Errors
/// `fortran.syntax` where the grammar does not take the text.
pub fn end_of_main(text: &str) -> Result<Option<usize>, Rejection> {
    let tree = parse(text)?;
    let mut cursor = tree.walk();
    let program = tree.root_node().children(&mut cursor).find(|node| node.kind() == "program");
    let Some(program) = program else { return Ok(None) };
    let mut cursor = program.walk();
    let end = program
        .children(&mut cursor)
        .find(|node| matches!(node.kind(), "internal_procedures" | "end_program_statement"));
    Ok(end.map(|node| start_of_line(text, node.start_byte())))
}

fn start_of_line(text: &str, position: usize) -> usize {
    text.get(..position).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// The places of the syntax nodes; `None` where the grammar does not take the text.
pub(super) fn syntax_nodes(text: &str) -> Option<Vec<Range<usize>>> {
    Some(tree::ranges(&parse(text).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = "module m\n  implicit none\ncontains\n  pure function twice(x) result(y)\n    integer, intent(in) :: x\n    integer :: y\n\n    y = 2 * x\n  end function twice\nend module m\n";
    const MAIN: &str = "program t\n  use m\n  implicit none\n\n  if (twice(2) /= 4) error stop \"twice(2)\"\nend program t\n";

    #[test]
    fn takes_a_module_and_a_main_program() {
        check(MODULE).expect("a module");
        check(MAIN).expect("a main program");
    }

    #[test]
    fn takes_array_constructors_without_elements() {
        let text = "program t\n  integer, allocatable :: a(:)\n  a = [integer ::]\n  b = [character(len=2) :: ]\nend program t\n";
        check(text).expect("Fortran");
        assert!(
            end_of_main(text).expect("Fortran").is_some_and(|end| text[end..].starts_with("end program"))
        );
    }

    #[test]
    fn refuses_an_unclosed_block() {
        let rejection =
            check("program t\n  if (.true.) then\n    print *, 1\nend program t\n").expect_err("no end if");
        assert_eq!(rejection.code.as_str(), "fortran.syntax");
    }

    #[test]
    fn refuses_includes_and_commands() {
        for line in ["include '/etc/passwd'", "call execute_command_line('ls')", "call SYSTEM('ls')"] {
            let text = format!("program t\n  {line}\nend program t\n");
            assert_eq!(check(&text).expect_err(line).code.as_str(), "fortran.forbidden", "{line}");
        }
    }

    #[test]
    fn finds_the_last_place_of_the_main_program() {
        let at = |text: &str| end_of_main(text).expect("Fortran").map(|end| text[end..].to_owned());
        assert_eq!(at(MODULE), None);
        assert_eq!(at(MAIN).as_deref(), Some("end program t\n"));
        let with_procedures = format!(
            "{MODULE}program t\n  call s()\ncontains\n  subroutine s()\n  end subroutine s\nend program t\n"
        );
        assert!(at(&with_procedures).is_some_and(|rest| rest.starts_with("contains\n  subroutine s")));
    }
}
