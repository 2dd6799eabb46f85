//! Lines of bytes of bounded length, whatever a file holds.

use std::io::{self, BufRead, Read};

/// A line without its end.
pub(crate) enum Line {
    /// Its bytes.
    Whole(Vec<u8>),
    /// It is longer than allowed, and was skipped.
    TooLong,
    /// It cannot be read, and neither can the rest.
    Unreadable(io::Error),
}

/// The lines of `reader`, none of which takes more than `most` bytes of memory.
pub(crate) fn lines(mut reader: impl BufRead, most: u64) -> impl Iterator<Item = Line> {
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let line = next(&mut reader, most).unwrap_or_else(|error| Some(Line::Unreadable(error)));
        ended = matches!(line, None | Some(Line::Unreadable(_)));
        line
    })
}

fn next(reader: &mut impl BufRead, most: u64) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    if reader.by_ref().take(most + 1).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    } else if bytes.len() as u64 > most {
        reader.skip_until(b'\n')?;
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(Line::Whole(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_skipped_and_the_next_is_whole() {
        let text = [b"one\n".as_slice(), &[b'x'; 100], b"\n\xff\n\nlast"].concat();
        let found: Vec<Option<Vec<u8>>> = lines(io::Cursor::new(text), 10)
            .map(|line| match line {
                Line::Whole(bytes) => Some(bytes),
                Line::TooLong | Line::Unreadable(_) => None,
            })
            .collect();
        let whole = |bytes: &[u8]| Some(bytes.to_vec());
        assert_eq!(found, [whole(b"one"), None, whole(b"\xff"), whole(b""), whole(b"last")]);
    }
}
