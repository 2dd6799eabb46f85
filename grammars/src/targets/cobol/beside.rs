//! Whether a text can be compiled and loaded beside others.

use super::columns;

/// Words by which a program reaches memory, files, its surroundings or other programs.
const REACHING: &[&str] = &[
    "ACCEPT",
    "ADDRESS",
    "ALLOCATE",
    "ALTER",
    "ARGUMENT-NUMBER",
    "ARGUMENT-VALUE",
    "BASED",
    "CALL-CONVENTION",
    "CANCEL",
    "CHAIN",
    "CHAINING",
    "CLOSE",
    "COMMAND-LINE",
    "CONSTANT",
    "COPY",
    "DECLARATIVES",
    "DELETE",
    "ENTRY",
    "ENVIRONMENT",
    "ENVIRONMENT-NAME",
    "ENVIRONMENT-VALUE",
    "EXEC",
    "EXTERNAL",
    "FD",
    "FREE",
    "FUNCTION-ID",
    "FUNCTION-POINTER",
    "GENERATE",
    "GLOBAL",
    "GO",
    "INITIATE",
    "MERGE",
    "OPEN",
    "POINTER",
    "PRINTER",
    "PROCEDURE-POINTER",
    "PROGRAM-POINTER",
    "RAISE",
    "READ",
    "RECEIVE",
    "RELEASE",
    "REPLACE",
    "REPORT",
    "REPOSITORY",
    "RETURN",
    "RETURN-CODE",
    "REWRITE",
    "SCREEN",
    "SD",
    "SEND",
    "START",
    "TERMINATE",
    "UNLOCK",
    "USE",
    "WAIT",
    "WRITE",
];

/// Whether `text` consists of nothing but programs that compute, write to standard output and call programs
/// by name, so that it can neither see nor disturb programs of other names.
pub fn stands_beside(text: &str) -> bool {
    let Ok(code) = columns::program_text(text) else { return false };
    // Lines that instruct the compiler or that continue a word are not read here.
    let is_unusual = |line: &str| matches!(line.as_bytes().get(6), Some(b'-' | b'D' | b'd' | b'$' | b'#'));
    if text.lines().any(is_unusual) || !text.is_ascii() || code.contains(">>") || code.contains("==") {
        return false;
    }
    let words = words(&code);
    let names_by_literal = words.windows(3).any(|next| {
        matches!(next, [Word::Plain(id), Word::Plain(dot), Word::Literal] if id == "PROGRAM-ID" && dot == ".")
            || matches!(next, [Word::Plain(id), Word::Literal, _] if id == "PROGRAM-ID")
    });
    // A position in a text is called a pointer too.
    let before = std::iter::once(None).chain(words.iter().map(Some));
    let reaches = |(word, before): (&Word, Option<&Word>)| match word {
        Word::Plain(word) if word == "POINTER" => !before.is_some_and(|before| before.is("WITH")),
        Word::Plain(word) => REACHING.contains(&word.as_str()),
        Word::Literal => false,
    };
    !names_by_literal && !words.iter().zip(before).any(reaches)
}

/// Whether the first program of `text` can end by other means than `STOP RUN`: as a main program it then ends
/// otherwise than as a called one.
pub fn main_may_return(text: &str) -> bool {
    let Ok(code) = columns::program_text(text) else { return true };
    let words = words(&code);
    let end = words.windows(2).position(|next| next[0].is("END") && next[1].is("PROGRAM"));
    let main = words.get(..end.unwrap_or(words.len())).unwrap_or_default();
    main.iter().any(|word| word.is("GOBACK"))
        || main.windows(2).any(|next| next[0].is("EXIT") && next[1].is("PROGRAM"))
        // Nested programs stand before the end of the first one.
        || main.iter().filter(|word| word.is("PROGRAM-ID")).count() != 1
}

enum Word {
    /// In upper case; a period that ends a sentence is a word.
    Plain(String),
    Literal,
}

impl Word {
    fn is(&self, wanted: &str) -> bool {
        matches!(self, Word::Plain(word) if word == wanted)
    }
}

/// The words of program text.
fn words(code: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find(|c: char| !c.is_whitespace()) {
        rest = &rest[start..];
        let first = rest.chars().next().unwrap_or(' ');
        let length = if first == '"' || first == '\'' {
            words.push(Word::Literal);
            rest[1..].find(first).map_or(rest.len(), |end| end + 2)
        } else if first.is_ascii_alphanumeric() {
            let end =
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
            words.push(Word::Plain(rest[..end].to_ascii_uppercase()));
            end
        } else {
            words.push(Word::Plain(first.to_string()));
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(line: &str) -> String {
        format!(
            "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. ONE.\n       DATA DIVISION.\n       WORKING-STORAGE SECTION.\n       01  \
             TOTAL            PIC S9(9) COMP-5.\n       PROCEDURE DIVISION.\n           {line}\n           STOP RUN.\n       END PROGRAM ONE.\n"
        )
    }

    #[test]
    fn takes_what_only_computes() {
        for line in [
            "ADD 1 TO TOTAL",
            "CALL \"TWO\" USING TOTAL",
            "STRING \"a\" DELIMITED BY SIZE INTO T WITH POINTER P",
            "DISPLAY \"OPEN\"",
            "DISPLAY TOTAL UPON STDERR",
        ] {
            assert!(stands_beside(&program(line)), "{line}");
        }
    }

    #[test]
    fn leaves_alone_what_reaches_further() {
        for line in [
            "ACCEPT TOTAL FROM ENVIRONMENT \"HOME\"",
            "SET ADDRESS OF TOTAL TO NULL",
            "DISPLAY \"x\" UPON ENVIRONMENT-NAME",
            "OPEN INPUT F",
            "SET POINTER TO NULL",
            "COPY \"/etc/passwd\".",
            "MOVE 7 TO RETURN-CODE",
            "CANCEL \"TWO\"",
            "GO TO ELSEWHERE",
        ] {
            assert!(!stands_beside(&program(line)), "{line}");
        }
        assert!(!stands_beside(&program("CONTINUE").replace("PROGRAM-ID. ONE", "PROGRAM-ID. \"one\"")));
        assert!(!stands_beside(&program("CONTINUE").replace("PROGRAM-ID. ONE", "FUNCTION-ID. ONE")));
        assert!(!stands_beside(&program("CONTINUE").replace("COMP-5.", "COMP-5 EXTERNAL.")));
    }

    #[test]
    fn knows_main_programs_that_return() {
        assert!(!main_may_return(&program("ADD 1 TO TOTAL")));
        for line in ["GOBACK", "EXIT PROGRAM", "IF TOTAL = 1 GOBACK END-IF"] {
            assert!(main_may_return(&program(line)), "{line}");
        }
        let second = program("GOBACK").replace("ONE", "TWO");
        assert!(!main_may_return(&format!("{}{second}", program("CONTINUE"))));
    }
}
