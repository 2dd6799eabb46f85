//! Julia's grammar, by tree-sitter.

use super::tree;
use crate::Rejection;
use std::ops::Range;

/// Calls that leave the language: commands of the system, foreign code, files of the host.
const FORBIDDEN_CALLS: &[&str] =
    &["run", "pipeline", "include", "include_string", "ccall", "cglobal", "unsafe_load", "evalfile"];

/// Whether `text` is Julia.
///
/// # Errors
/// `julia.syntax` where the grammar does not take it, `julia.forbidden` where it runs commands,
/// loads files or calls foreign code.
pub fn check(text: &str) -> Result<(), Rejection> {
    let tree = tree::parse(&tree_sitter_julia::LANGUAGE.into(), text, "julia.syntax")?;
    for node in tree::nodes(tree.root_node()) {
        let forbidden = match node.kind() {
            "command_literal" => true,
            "call_expression" => node
                .child(0)
                .and_then(|callee| text.get(callee.byte_range()))
                .is_some_and(|callee| FORBIDDEN_CALLS.contains(&callee)),
            _ => false,
        };
        if forbidden {
            let written: String = text.get(node.byte_range()).unwrap_or_default().chars().take(60).collect();
            let message = format!("`{written}` reaches outside of the program");
            return Err(Rejection::new("julia.forbidden", tree::span(node), message));
        }
    }
    Ok(())
}

/// The places of the syntax nodes; `None` where the grammar does not take the text.
pub(super) fn syntax_nodes(text: &str) -> Option<Vec<Range<usize>>> {
    let tree = tree::parse(&tree_sitter_julia::LANGUAGE.into(), text, "julia.syntax").ok()?;
    Some(tree::ranges(&tree))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_function_with_tests() {
        check(
            "\"\"\"\n    twice(x)\n\nDouble.\n\"\"\"\nfunction twice(x::Int)::Int\n    return 2x\nend\n\nusing Test\n\n\
             @testset \"twice\" begin\n    @test twice(2) == 4\nend\n",
        )
        .expect("Julia");
    }

    #[test]
    fn refuses_a_missing_end() {
        let rejection = check("function f(x)\n    return x\n").expect_err("no end");
        assert_eq!(rejection.code.as_str(), "julia.syntax");
    }

    #[test]
    fn refuses_commands_of_the_system() {
        for text in ["run(`ls`)\n", "ccall(:getpid, Int32, ())\n", "include(\"/etc/passwd\")\n"] {
            let rejection = check(text).expect_err(text);
            assert_eq!(rejection.code.as_str(), "julia.forbidden", "{text}");
        }
    }
}
