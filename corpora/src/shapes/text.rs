//! Plain text for pre-training, each program under a comment with its path.

use super::{Dropped, Shape, place};
use crate::table::{Row, column, schema};
use crate::{Languages, Record};
use arrow::datatypes::{DataType, SchemaRef};
use serde::{Deserialize, Serialize};

/// A text to be trained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextRow {
    /// The text.
    pub text: String,
    /// The records that it comes from, separated by blanks.
    pub id: String,
    /// The language.
    pub lang: String,
    /// The licences of the records, as an SPDX expression.
    pub license: String,
}

impl Row for TextRow {
    fn schema() -> SchemaRef {
        schema(["text", "id", "lang", "license"].map(|name| column(name, DataType::Utf8)).into())
    }

    fn size(&self) -> usize {
        self.text.len() + self.id.len()
    }
}

/// Programs as they would stand in files.
#[derive(Clone, Debug)]
pub struct Plain {
    /// The languages.
    pub languages: Languages,
    /// The tests follow as a file of their own.
    pub with_tests: bool,
}

impl Plain {
    /// The text of a record.
    fn text(&self, record: &Record) -> String {
        let language = self.languages.get(&record.target_lang);
        let path = place::path(record, &language);
        let mut text = place::under_path(&path, &record.target, &language);
        if self.with_tests && !record.tests.is_empty() {
            text.push('\n');
            text.push_str(&place::under_path(&place::tests_path(&path, &language), &record.tests, &language));
        }
        text
    }
}

impl Shape for Plain {
    type Row = TextRow;

    fn rows(&self, record: &Record) -> Result<Vec<TextRow>, Dropped> {
        Ok(vec![TextRow {
            text: self.text(record),
            id: record.id.clone(),
            lang: record.target_lang.to_string(),
            license: record.license.clone(),
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::example;

    #[test]
    fn programs_stand_under_their_paths() {
        let plain = |with_tests| Plain { languages: Languages::new([]), with_tests };
        let row = |with_tests| plain(with_tests).rows(&example("f")).unwrap().remove(0);
        assert_eq!(row(false).text, "# f.julia\nf(n) = n\n");
        assert_eq!(row(true).text, "# f.julia\nf(n) = n\n\n# f_test.julia\n@assert f(1) == 1\n");
        assert_eq!(row(true).id, example("f").id);
    }
}
