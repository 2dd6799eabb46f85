//! The modules that a source text imports, as far as its lines say so.

use crate::Record;
use grammars::LangId;

/// The dotted names that a record's source imports, in order; `.a` and `..a` are relative as in Python.
pub(super) fn imports(record: &Record) -> Vec<String> {
    let is_python = record.source_lang == LangId::PYTHON;
    let name = |line: &str| {
        let mut words = line.split([' ', ',', ';', '\t']).filter(|word| !word.is_empty());
        match (words.next()?, is_python) {
            ("from", true) | ("import", _) => words.find(|word| *word != "static").map(str::to_owned),
            _ => None,
        }
    };
    record.source.lines().filter_map(name).collect()
}

/// Whether the dotted `import`, seen in the file `from`, means the file at `path`; paths are without ending.
pub(super) fn means(import: &str, from: &str, path: &str) -> bool {
    let dots = import.len() - import.trim_start_matches('.').len();
    let wanted = import.trim_start_matches('.').replace('.', "/");
    if wanted.is_empty() {
        return false;
    }
    if dots == 0 {
        return path == wanted || path.strip_suffix(&wanted).is_some_and(|folder| folder.ends_with('/'));
    }
    let mut folder = from;
    for _ in 0..dots {
        folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
    }
    if folder.is_empty() { path == wanted } else { path == format!("{folder}/{wanted}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::example;

    #[test]
    fn finds_imports_of_both_languages() {
        let python = Record { source: "import a.b, c\nfrom .d import e\nx = 1\n".into(), ..example("f") };
        assert_eq!(imports(&python), ["a.b", ".d"]);
        let source = "import java.util.List;\nimport static a.B.c;\n".into();
        let java = Record { source, source_lang: LangId::JAVA, ..example("f") };
        assert_eq!(imports(&java), ["java.util.List", "a.B.c"]);
    }

    #[test]
    fn an_import_means_a_file_of_the_package() {
        assert!(means("pkg.a", "pkg/b", "pkg/a") && means("a", "pkg/b", "pkg/a"));
        assert!(means(".a", "pkg/b", "pkg/a") && means("..a", "pkg/sub/b", "pkg/a"));
        assert!(
            !means(".a", "pkg/sub/b", "pkg/a")
                && !means("a", "pkg/b", "pkg/aa")
                && !means(".", "pkg/b", "pkg")
        );
    }
}
