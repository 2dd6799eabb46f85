//! What corpora have to know of a language: how it is called, and how a file of it begins.

use grammars::LangId;

/// A language of programs in a corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    /// Identifier.
    pub id: LangId,
    /// For people: `Julia`.
    pub name: String,
    /// File ending without dot.
    pub extension: String,
    /// How a line that is a comment begins, up to the text: `# `.
    pub comment: String,
}

impl Language {
    /// A language.
    pub fn new(id: LangId, name: &str, extension: &str, comment: &str) -> Self {
        Language { id, name: name.to_owned(), extension: extension.to_owned(), comment: comment.to_owned() }
    }

    /// The languages that programs come from.
    pub fn sources() -> [Language; 2] {
        [
            Language::new(LangId::PYTHON, "Python", "py", "# "),
            Language::new(LangId::JAVA, "Java", "java", "// "),
        ]
    }
}

/// The languages of a corpus.
#[derive(Clone, Debug)]
pub struct Languages(Vec<Language>);

impl Languages {
    /// The source languages and these targets.
    pub fn new(targets: impl IntoIterator<Item = Language>) -> Self {
        Languages(Language::sources().into_iter().chain(targets).collect())
    }

    /// The language `id`; one that nobody has named is called by its identifier and has `#` comments.
    pub fn get(&self, id: &LangId) -> Language {
        let known = self.0.iter().find(|language| language.id == *id).cloned();
        known.unwrap_or_else(|| Language::new(id.clone(), id.as_str(), id.as_str(), "# "))
    }
}
