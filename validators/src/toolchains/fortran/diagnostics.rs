//! Which program of a text a diagnostic is about.

use std::collections::BTreeMap;

/// What the compiler said about the programs of one text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Diagnostics {
    /// What was said of each program's own text and of its tests, in this order, by the program's index.
    pub said: BTreeMap<usize, [String; 2]>,
    /// The programs that have an error.
    pub faulty: Vec<usize>,
    /// The procedures that nobody defines.
    pub missing: Vec<String>,
    /// Something went wrong that no program can be blamed for.
    pub unclear: bool,
}

/// Reads the compiler's messages. Each starts with a line `FILE:LINE:COLUMN:`, a line of its own that no
/// program writes: source lines are indented in a message.
pub(super) fn read(stderr: &str) -> Diagnostics {
    let mut read = Diagnostics::default();
    let mut place = None;
    for line in stderr.lines() {
        if let Some(at) = header(line) {
            place = Some(at);
        }
        let is_error = ["Error: ", "Fatal Error: ", "f951: "].iter().any(|start| line.starts_with(start));
        match place {
            Some((index, in_tests)) => {
                let said = &mut read.said.entry(index).or_default()[usize::from(in_tests)];
                said.push_str(line);
                said.push('\n');
                if is_error && !read.faulty.contains(&index) {
                    read.faulty.push(index);
                }
            }
            None => read.unclear |= is_error || line.starts_with("Warning: "),
        }
        read.missing.extend(missing(line));
        read.unclear |= line.contains("internal compiler error");
    }
    read
}

/// The procedure `name` of which the linker says that ``undefined reference to `name_'``.
fn missing(line: &str) -> Option<String> {
    let (_, symbol) = line.split_once("undefined reference to `")?;
    Some(symbol.trim_end_matches('\'').trim_end_matches('_').to_owned())
}

/// The program that a line like `t12.f90:7:30:` names, and whether it names its tests.
fn header(line: &str) -> Option<(usize, bool)> {
    let (file, rest) = line.split_once(".f90:")?;
    let in_tests = match file.get(..1)? {
        "p" => false,
        "t" => true,
        _ => return None,
    };
    let mut numbers = rest.strip_suffix(':')?.split(':');
    let is_number =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    numbers.all(is_number).then(|| file.get(1..)?.parse().ok()).flatten().map(|index| (index, in_tests))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blames_the_file_that_is_named() {
        let stderr = "p3.f90:4:9:\n\n    4 |     x = 1\n      |         1\nWarning: Unused\n\
                      t12.f90:7:30:\n\n    7 |   y = \"a\"\n      |      1\nError: Cannot convert\n";
        let read = read(stderr);
        assert_eq!(read.faulty, [12]);
        assert!(!read.unclear);
        assert!(read.said[&3][0].ends_with("Warning: Unused\n") && read.said[&12][1].contains("Error: "));
    }

    #[test]
    fn what_names_no_program_is_unclear() {
        for stderr in ["f951: out of memory\n", "Fatal Error: no space\n"] {
            assert!(read(stderr).unclear, "{stderr}");
        }
        assert!(!read("").unclear);
        assert_eq!(
            read("ld: batch.f90:(.text+0x7): undefined reference to `no_body_'\n").missing,
            ["no_body"]
        );
    }
}
