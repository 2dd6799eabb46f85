//! One program in one file.

use super::license::Licenses;
use super::walk::Found;
use super::{Input, MAX_BYTES, ReadOptions, language};
use crate::source::{Origin, Source};
use grammars::LangId;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Reads what the walk of the folder `root` found.
pub(super) fn read_found(found: Found, root: &Path, licenses: &mut Licenses, options: &ReadOptions) -> Input {
    match found {
        Ok(path) => read_program(root, &path, licenses, options),
        Err((path, error)) => {
            let message = format!("The folder cannot be listed: {error}.");
            Err(Origin::of_file(root, &path).refuse("read.unreadable", 0, message))
        }
    }
}

/// Reads the program at `path`, which is in `root` or is `root`.
pub(super) fn read_program(
    root: &Path,
    path: &Path,
    licenses: &mut Licenses,
    options: &ReadOptions,
) -> Input {
    let origin = Origin::of_file(root, path);
    let bytes = match read_bounded(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            return Err(origin.refuse("read.unreadable", 0, format!("The file cannot be read: {error}.")));
        }
    };
    let text = match decode(bytes) {
        Ok(text) => text,
        Err((code, line, message)) => return Err(origin.refuse(code, line, message)),
    };
    let license = match &options.license {
        Some(license) => license.clone(),
        None => licenses.find(&text, path),
    };
    let lang = language(path).unwrap_or(LangId::PYTHON);
    Ok(Source { origin, lang, text, entry_point: None, repo: None, revision: None, license })
}

/// At most one byte more than is allowed, so that a huge file costs no memory.
fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a program, with line ends unified and a byte order mark removed; or why it is none.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, (&'static str, usize, String)> {
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("The file is larger than {} MiB.", MAX_BYTES / (1024 * 1024));
        return Err(("read.too-large", 0, message));
    }
    if bytes.contains(&0) {
        return Err(("read.binary", 0, "The file is binary: it contains zero bytes.".into()));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        ("read.not-utf8", line, format!("The file is not UTF-8: byte {at} belongs to no character."))
    })?;
    let text = unify_lines(text.strip_prefix('\u{feff}').unwrap_or(&text));
    if text.trim().is_empty() {
        return Err(("read.empty", 0, "The file is empty.".into()));
    }
    Ok(text)
}

/// Newlines only: `\r\n` and a lone `\r` end lines in Python and Java as well.
pub(super) fn unify_lines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> &'static str {
        decode(bytes.to_vec()).unwrap_err().0
    }

    #[test]
    fn refuses_what_is_no_text() {
        assert_eq!(code(b""), "read.empty");
        assert_eq!(code(b" \n\t\n"), "read.empty");
        assert_eq!(code(b"\x7fELF\0\0"), "read.binary");
        assert_eq!(code(&vec![b'a'; MAX_BYTES as usize + 1]), "read.too-large");
    }

    #[test]
    fn says_where_the_encoding_breaks() {
        let (code, line, _) = decode(b"x = 1\ny = '\xff'\n".to_vec()).unwrap_err();
        assert_eq!((code, line), ("read.not-utf8", 2));
    }

    #[test]
    fn unifies_line_ends_and_drops_the_byte_order_mark() {
        assert_eq!(decode(b"\xef\xbb\xbfa = 1\r\nb = 2\r".to_vec()).unwrap(), "a = 1\nb = 2\n");
    }
}
