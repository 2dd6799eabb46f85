//! Fixed format: what stands in which column.

use crate::{Rejection, Span};

/// Last column of the program text, counted from 1.
const LAST_COLUMN: usize = 72;
/// The column that marks comments and continued lines.
const INDICATOR: usize = 7;

/// The text with everything blanked out that is not program text: sequence numbers, indicators and
/// comments. Bytes keep their places.
///
/// # Errors
/// `cobol.columns` where text stands outside of columns 8 to 72, or a literal does not end.
pub(super) fn program_text(text: &str) -> Result<String, Rejection> {
    let mut kept = String::with_capacity(text.len());
    let mut open_quote = None;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let start = kept.len();
        let refuse = |message: &str| {
            let span = Span {
                start: u32::try_from(start).unwrap_or(u32::MAX),
                end: u32::try_from(start + line.len()).unwrap_or(u32::MAX),
                line: u32::try_from(index + 1).unwrap_or(u32::MAX),
            };
            Rejection::new("cobol.columns", span, format!("line {}: {message}", index + 1))
        };
        let (content, ending) = line.split_at(line.trim_end_matches(['\n', '\r']).len());
        open_quote = blank_line(content, open_quote, &mut kept).map_err(refuse)?;
        kept.push_str(ending);
    }
    match open_quote {
        Some(_) => Err(Rejection::new("cobol.columns", Span::default(), "the last literal does not end")),
        None => Ok(kept),
    }
}

/// Appends the program text of one line and returns the quote that is still open at its end.
fn blank_line(line: &str, open: Option<char>, kept: &mut String) -> Result<Option<char>, &'static str> {
    if line.contains('\t') {
        return Err("a tab has no defined column");
    }
    let indicator = line.as_bytes().get(INDICATOR - 1).copied().unwrap_or(b' ');
    match indicator {
        b'*' | b'/' => {
            blank(line.len(), kept);
            return Ok(open);
        }
        b' ' if open.is_some() => return Err("the literal before it does not end"),
        b' ' | b'-' | b'D' | b'd' => {}
        _ => return Err("column 7 holds no known indicator"),
    }
    if line.len() < INDICATOR {
        return if line.trim().is_empty() {
            kept.push_str(line);
            Ok(open)
        } else {
            Err("text stands before column 8")
        };
    }
    let Some((area, code)) = line.split_at_checked(INDICATOR) else {
        return Err("text stands before column 8");
    };
    if !area[..INDICATOR - 1].trim().chars().all(|c| c.is_ascii_digit()) {
        return Err("text stands before column 8");
    }
    blank(area.len(), kept);
    code_text(code, open, kept)
}

/// Appends the code of a line without its comment, and says which quote is open at its end.
fn code_text(code: &str, mut open: Option<char>, kept: &mut String) -> Result<Option<char>, &'static str> {
    // A continued literal starts again with a quote, which belongs to neither part.
    let mut skip_quote = open.is_some();
    let mut chars = code.char_indices().peekable();
    let mut last = INDICATOR;
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        if open.is_none() && c == '*' && next == Some('>') {
            blank(code.len() - at, kept);
            break;
        }
        if !c.is_whitespace() {
            last = INDICATOR + at + c.len_utf8();
        }
        match open {
            Some(quote) if c == quote && skip_quote => {
                skip_quote = false;
                kept.push(' ');
                continue;
            }
            Some(quote) if c == quote => open = None,
            None if c == '"' || c == '\'' => open = Some(c),
            _ => {}
        }
        kept.push(c);
    }
    if last > LAST_COLUMN { Err("text stands behind column 72") } else { Ok(open) }
}

fn blank(bytes: usize, kept: &mut String) {
    kept.extend(std::iter::repeat_n(' ', bytes));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_comments_and_sequence_numbers_in_place() {
        let text = "000100 DATA DIVISION.\n      * note\n           MOVE 1 TO X *> why\n";
        let kept = program_text(text).expect("fixed format");
        assert_eq!(kept, "       DATA DIVISION.\n            \n           MOVE 1 TO X       \n");
    }

    #[test]
    fn a_comment_sign_in_a_literal_is_text() {
        let text = "           DISPLAY \"*> no\"\n";
        assert_eq!(program_text(text).expect("fixed format"), text);
    }

    #[test]
    fn a_literal_may_be_continued() {
        let first = format!("           MOVE \"{}\n", "a".repeat(55));
        let kept = program_text(&format!("{first}      -    \"b\" TO X\n")).expect("fixed format");
        assert_eq!(kept, format!("{first}            b\" TO X\n"));
    }

    #[test]
    fn refuses_text_outside_of_its_columns() {
        let long = format!("           MOVE 1 TO {}\n", "X".repeat(60));
        for text in [
            long.as_str(),
            "MOVE 1 TO X\n",
            "\tMOVE 1 TO X\n",
            "           DISPLAY \"a\n           STOP RUN.\n",
        ] {
            assert_eq!(program_text(text).expect_err(text).code.as_str(), "cobol.columns", "{text}");
        }
    }
}
