//! A document as it stands in a file, before its text is taken out of it.

use super::MAX_DOCUMENT;
use super::shard::Shard;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;

/// Which fields of a row matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The text.
    pub text: String,
    /// What the row is called; without it, by the path and the number of its line or row.
    pub id: Option<String>,
    /// The repository that it belongs to.
    pub repository: Option<String>,
}

/// A document as it stands in a file.
#[derive(Clone, Debug)]
pub(crate) enum Raw {
    /// The file itself.
    File,
    /// A line with its end; `None` if it is too long.
    Line(Option<Vec<u8>>),
    /// What the columns hold; a cell that is null or holds something else is `None`.
    Row {
        /// The text.
        text: Option<String>,
        /// The name.
        id: Option<String>,
        /// The repository.
        repository: Option<String>,
    },
}

/// What is taken out of a document.
pub(crate) struct Content<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) id: Option<String>,
    pub(crate) repository: Option<String>,
}

/// Why there is no document: a code `read.REASON` and a sentence.
pub(crate) type Fault = (&'static str, String);

impl Raw {
    /// About how many bytes it has, in `shard`.
    pub(crate) fn size(&self, shard: &Shard) -> usize {
        match self {
            Raw::File => shard.bytes as usize,
            Raw::Line(line) => line.as_ref().map_or(0, Vec::len),
            Raw::Row { text, .. } => text.as_ref().map_or(0, String::len),
        }
    }

    /// The document that it holds.
    pub(crate) fn content(&self, shard: &Shard, fields: &Fields) -> Result<Content<'_>, Fault> {
        match self {
            Raw::File => {
                Ok(Content { text: Cow::Owned(read_text(shard)?), id: None, repository: shard.repository() })
            }
            Raw::Line(None) => Err(too_large("line")),
            Raw::Line(Some(line)) => of_line(line, fields),
            Raw::Row { text, id, repository } => match text {
                Some(text) => {
                    Ok(Content { text: Cow::Borrowed(text), id: id.clone(), repository: repository.clone() })
                }
                None => Err(missing(&fields.text)),
            },
        }
    }
}

fn missing(field: &str) -> Fault {
    ("read.missing-field", format!("The field `{field}` is missing or no text."))
}

fn too_large(what: &str) -> Fault {
    ("read.too-large", format!("The {what} is larger than {} MiB.", MAX_DOCUMENT / (1024 * 1024)))
}

fn read_text(shard: &Shard) -> Result<String, Fault> {
    let mut bytes = Vec::with_capacity(shard.bytes.min(MAX_DOCUMENT) as usize + 1);
    File::open(&shard.path)
        .and_then(|file| file.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes))
        .map_err(|error| ("read.unreadable", format!("The file cannot be read: {error}.")))?;
    if bytes.len() as u64 > MAX_DOCUMENT {
        return Err(too_large("file"));
    }
    if bytes.contains(&0) {
        return Err(("read.binary", "The file is binary: it contains zero bytes.".into()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        ("read.not-utf8", format!("The file is not UTF-8: byte {at} belongs to no character."))
    })
}

/// The wanted fields of a JSON object.
pub(crate) fn of_line<'a>(line: &'a [u8], fields: &Fields) -> Result<Content<'a>, Fault> {
    let bad = |message: String| ("read.bad-line", message);
    let line = std::str::from_utf8(line)
        .map_err(|error| ("read.not-utf8", format!("The line is not UTF-8: {error}.")))?;
    let mut reader = serde_json::Deserializer::from_str(line);
    let found = reader
        .deserialize_map(Wanted(fields))
        .and_then(|found| reader.end().map(|()| found))
        .map_err(|error| bad(format!("The line is no JSON object: {error}.")))?;
    match found {
        Found { text: Some(Cell::Text(text)), id, repository } => {
            Ok(Content { text, id: id.and_then(Cell::name), repository: repository.and_then(Cell::name) })
        }
        _ => Err(missing(&fields.text)),
    }
}

/// `line` with the text of `field` changed; all other bytes stay.
pub(crate) fn change_text(line: &[u8], field: &str, change: impl Fn(&str) -> String) -> Option<Vec<u8>> {
    let line = std::str::from_utf8(line).ok()?;
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(line).ok()?;
    let old = fields.get(field)?.get();
    let new = serde_json::Value::from(change(&serde_json::from_str::<String>(old).ok()?));
    // The value is a part of the line: where it starts is the difference of the two addresses.
    let start = (old.as_ptr() as usize).checked_sub(line.as_ptr() as usize)?;
    let (before, after) = (line.get(..start)?, line.get(start + old.len()..)?);
    Some(format!("{before}{new}{after}").into_bytes())
}

/// What the fields of an object hold.
#[derive(Default)]
struct Found<'a> {
    text: Option<Cell<'a>>,
    id: Option<Cell<'a>>,
    repository: Option<Cell<'a>>,
}

/// Takes what is wanted out of an object.
struct Wanted<'f>(&'f Fields);

impl<'de> Visitor<'de> for Wanted<'_> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<'de>, A::Error> {
        let mut found = Found::default();
        while let Some(key) = map.next_key::<Cell<'de>>()? {
            let key = key.text().unwrap_or_default();
            let is = |field: &Option<String>| field.as_deref() == Some(key);
            let (text, id, repository) = (key == self.0.text, is(&self.0.id), is(&self.0.repository));
            if !(text || id || repository) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let cell = map.next_value::<Cell<'de>>()?;
            if id {
                found.id = Some(cell.clone());
            }
            if repository {
                found.repository = Some(cell.clone());
            }
            if text {
                found.text = Some(cell);
            }
        }
        Ok(found)
    }
}

/// A value, as far as it can be a text or a name.
#[derive(Clone)]
enum Cell<'a> {
    Text(Cow<'a, str>),
    Number(String),
    Other,
}

impl Cell<'_> {
    fn text(&self) -> Option<&str> {
        if let Cell::Text(text) = self { Some(text) } else { None }
    }

    fn name(self) -> Option<String> {
        match self {
            Cell::Text(text) => Some(text.into_owned()),
            Cell::Number(number) => Some(number),
            Cell::Other => None,
        }
    }
}

impl<'de> Deserialize<'de> for Cell<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl<'de> Visitor<'de> for CellVisitor {
    type Value = Cell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cell<'de>, E> {
        Ok(Cell::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cell<'de>, E> {
        Ok(Cell::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Cell<'de>, E> {
        Ok(Cell::Number(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Cell<'de>, E> {
        Ok(Cell::Number(number.to_string()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Cell<'de>, E> {
        Ok(Cell::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Cell<'de>, E> {
        Ok(Cell::Other)
    }

    fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
        Ok(Cell::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cell<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cell::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cell::Other)
    }
}
