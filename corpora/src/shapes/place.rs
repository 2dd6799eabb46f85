//! Where a translation stands in its repository, and the comment that says so.

use crate::{Language, Record};

/// The path of a record's translation: that of its source with the ending of the target; a part of a file
/// or a line of a data set is a file in a folder of the file's name.
pub(super) fn path(record: &Record, language: &Language) -> String {
    let (file, part) = match record.path.split_once("::") {
        Some((file, part)) => (file, Some(part)),
        None => (record.path.as_str(), None),
    };
    let (file, line) = match file.rsplit_once('#') {
        Some((file, line)) => (file, Some(line)),
        None => (file, None),
    };
    let stem = match file.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => stem,
        _ => file,
    };
    let parts: Vec<&str> = [Some(stem), line, part].into_iter().flatten().collect();
    format!("{}.{}", parts.join("/"), language.extension)
}

/// The path of the tests of the program at `path`.
pub(super) fn tests_path(path: &str, language: &Language) -> String {
    let ending = format!(".{}", language.extension);
    format!("{}_test{ending}", path.strip_suffix(&ending).unwrap_or(path))
}

/// `text` under a comment with its path.
pub(super) fn under_path(path: &str, text: &str, language: &Language) -> String {
    format!("{}{path}\n{text}", language.comment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::example;
    use grammars::LangId;

    #[test]
    fn a_path_is_that_of_the_source_in_the_target() {
        let julia = Language::new(LangId::from_static("jl"), "Julia", "jl", "# ");
        for (source, target) in [
            ("pkg/a.py", "pkg/a.jl"),
            ("pkg/a.py::f", "pkg/a/f.jl"),
            ("set.jsonl#12", "set/12.jl"),
            ("set.jsonl#12::f", "set/12/f.jl"),
            ("pkg.d/noending", "pkg.d/noending.jl"),
        ] {
            let record = Record { path: source.into(), ..example("f") };
            assert_eq!(path(&record, &julia), target);
        }
        assert_eq!(tests_path("pkg/a.jl", &julia), "pkg/a_test.jl");
        assert_eq!(under_path("a.jl", "x\n", &julia), "# a.jl\nx\n");
    }
}
