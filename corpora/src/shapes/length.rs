//! How long a text is for a model: in characters, or in the tokens of its tokenizer.

use std::path::Path;
use std::sync::Arc;
use tokenizers::Tokenizer;

/// What the length of a text is counted in.
#[derive(Clone, Debug)]
pub enum Length {
    /// Characters (Unicode scalar values).
    Characters,
    /// Tokens.
    Tokens(Arc<Tokenizer>),
}

/// A tokenizer that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot read the tokenizer {path}: {reason}; give a tokenizer.json as Hugging Face's tokenizers write it"
)]
pub struct LengthError {
    path: String,
    reason: String,
}

impl Length {
    /// Tokens of the tokenizer in the file at `path`, a `tokenizer.json`.
    ///
    /// # Errors
    /// The file is not there or holds no tokenizer.
    pub fn of_tokenizer(path: &Path) -> Result<Self, LengthError> {
        match Tokenizer::from_file(path) {
            Ok(tokenizer) => Ok(Length::Tokens(Arc::new(tokenizer))),
            Err(error) => Err(LengthError { path: path.display().to_string(), reason: error.to_string() }),
        }
    }

    /// The length of `text`.
    pub fn of(&self, text: &str) -> usize {
        match self {
            Length::Characters => text.chars().count(),
            Length::Tokens(_) => self.borders(text).len(),
        }
    }

    /// `text` in pieces of at most `size`, as long as possible, in order. With a tokenizer, pieces are borders of
    /// its tokens in the whole text, so that a piece alone may come to a token more or less.
    pub fn chunks<'a>(&self, text: &'a str, size: usize) -> Vec<&'a str> {
        let borders = self.borders(text);
        let mut pieces = Vec::new();
        let mut start = 0;
        for end in borders.chunks(size.max(1)).filter_map(|chunk| chunk.last()) {
            // Several tokens may share a character; a border within it is none.
            if let Some(piece) = text.get(start..*end).filter(|piece| !piece.is_empty()) {
                pieces.push(piece);
                start = *end;
            }
        }
        match text.get(start..).filter(|rest| !rest.is_empty()) {
            Some(rest) => pieces.push(rest),
            None if pieces.is_empty() => pieces.push(text),
            None => {}
        }
        pieces
    }

    /// The byte behind each unit.
    fn borders(&self, text: &str) -> Vec<usize> {
        match self {
            Length::Characters => text.char_indices().map(|(at, c)| at + c.len_utf8()).collect(),
            // Text that a tokenizer cannot encode is none that it was made for; it counts as one token.
            Length::Tokens(tokenizer) => tokenizer
                .encode(text, false)
                .map(|encoding| encoding.get_offsets().iter().map(|(_, end)| *end).collect())
                .unwrap_or_else(|_| vec![text.len()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tokenizer that knows a few words.
    fn words() -> Length {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokenizer.json");
        let text = r#"{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
            "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
            "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1, "?": 2}, "unk_token": "?"}}"#;
        std::fs::write(&path, text).unwrap();
        Length::of_tokenizer(&path).unwrap()
    }

    #[test]
    fn counts_characters_or_tokens() {
        assert_eq!(Length::Characters.of("aé b"), 4);
        assert_eq!(words().of("a b  other"), 3);
    }

    #[test]
    fn chunks_are_the_text() {
        assert_eq!(Length::Characters.chunks("aéb", 2), ["aé", "b"]);
        assert_eq!(words().chunks("a b  other a\n", 2), ["a b", "  other a", "\n"]);
        assert_eq!(Length::Characters.chunks("", 2), [""]);
    }

    #[test]
    fn a_file_that_is_no_tokenizer_is_an_error() {
        let error = Length::of_tokenizer(Path::new("/nowhere.json")).unwrap_err();
        assert!(error.to_string().starts_with("cannot read the tokenizer /nowhere.json: "), "{error}");
    }
}
