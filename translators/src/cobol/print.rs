//! Lays out programs in fixed format: area A in column 8, area B in column 12, nothing beyond
//! column 72.

use super::print_expr::{condition_parts, expression, reference};
use super::tree::{DataItem, Paragraph, Phrase, Program, Stmt, Until};

/// The last column of program text.
const LAST_COLUMN: usize = 72;
/// The column before area A.
const AREA_A: usize = 7;
/// The column before area B.
const AREA_B: usize = 11;
/// The column before the clauses of a data description.
const CLAUSES: usize = 32;
/// Continuation lines are indented by this much.
const CONTINUATION: usize = 8;
/// Statements are not indented beyond this column, so that names still fit behind it.
const DEEPEST: usize = 39;

/// Prints programs one after the other.
pub fn print(programs: &[Program]) -> String {
    let mut printer = Printer::default();
    for program in programs {
        printer.program(program);
    }
    printer.lines.join("\n") + "\n"
}

#[derive(Default)]
struct Printer {
    lines: Vec<String>,
}

impl Printer {
    fn line(&mut self, indent: usize, text: &str) {
        self.lines.push(format!("{:indent$}{text}", ""));
    }

    /// A comment in the indicator column, broken at blanks.
    fn comment_block(&mut self, text: &str) {
        for line in wrap(text, LAST_COLUMN - AREA_A - 2) {
            self.line(AREA_A - 1, format!("*> {line}").trim_end());
        }
    }

    fn program(&mut self, program: &Program) {
        for remark in &program.remarks {
            self.comment_block(remark);
        }
        self.line(AREA_A, "IDENTIFICATION DIVISION.");
        let recursive = if program.recursive { " IS RECURSIVE" } else { "" };
        self.line(AREA_A, &format!("PROGRAM-ID. {}{recursive}.", program.id));
        for line in &program.doc {
            self.comment_block(line);
        }
        self.data_division(program);
        let using = program.using.join(" ");
        let header = if using.is_empty() {
            "PROCEDURE DIVISION.".to_string()
        } else {
            format!("PROCEDURE DIVISION USING {using}.")
        };
        self.filled(AREA_A, &[header]);
        self.sentence(&program.body);
        for Paragraph { name, body } in &program.paragraphs {
            self.lines.push(String::new());
            self.line(AREA_A, &format!("{name}."));
            self.sentence(body);
        }
        self.line(AREA_A, &format!("END PROGRAM {}.", program.id));
    }

    fn data_division(&mut self, program: &Program) {
        if program.storage.is_empty() && program.linkage.is_empty() {
            return;
        }
        self.line(AREA_A, "DATA DIVISION.");
        let storage = if program.recursive || program.local {
            "LOCAL-STORAGE SECTION."
        } else {
            "WORKING-STORAGE SECTION."
        };
        for (heading, items) in [(storage, &program.storage), ("LINKAGE SECTION.", &program.linkage)] {
            if items.is_empty() {
                continue;
            }
            self.line(AREA_A, heading);
            for item in items {
                self.data_item(item, 1, AREA_A);
            }
        }
    }

    fn data_item(&mut self, item: &DataItem, level: usize, indent: usize) {
        let mut clauses: Vec<String> = Vec::new();
        clauses.extend(item.picture.clone());
        if let Some(occurs) = &item.occurs {
            match &occurs.depending_on {
                Some(count) => {
                    clauses.push(format!("OCCURS 0 TO {} TIMES", occurs.times));
                    clauses.push(format!("DEPENDING ON {count}"));
                }
                None => clauses.push(format!("OCCURS {} TIMES", occurs.times)),
            }
        }
        clauses.extend(item.value.as_ref().map(|v| format!("VALUE {v}")));
        let head = format!("{level:02}  {}", item.name);
        self.entry(indent, &head, &clauses);
        let next = if level == 1 { 5 } else { level + 5 };
        if let Some(condition) = &item.condition {
            self.entry(indent + 4, &format!("88  {condition}"), &["VALUE 1 FALSE 0".to_string()]);
        }
        for child in &item.children {
            self.data_item(child, next, (indent + 4).min(CLAUSES - 9));
        }
    }

    /// A data description entry: clauses in their column, one a line where they do not fit.
    fn entry(&mut self, indent: usize, head: &str, clauses: &[String]) {
        let mut text = format!("{:indent$}{head}", "");
        for (at, clause) in clauses.iter().enumerate() {
            let first = at == 0;
            let gap = if first { (CLAUSES.saturating_sub(text.len())).max(1) } else { 1 };
            let fits =
                text.len() + gap + clause.len() < LAST_COLUMN && (first || !clause.starts_with("DEPENDING"));
            if fits {
                text.push_str(&" ".repeat(gap));
            } else {
                self.lines.push(std::mem::take(&mut text));
                let room = LAST_COLUMN.saturating_sub(clause.len() + 1);
                text.push_str(&" ".repeat(CLAUSES.min(room)));
            }
            text.push_str(clause);
        }
        text.push('.');
        self.lines.push(text);
    }

    /// Statements of a paragraph, with the period behind the last one.
    fn sentence(&mut self, body: &[Stmt]) {
        let start = self.lines.len();
        self.block(body, AREA_B);
        let is_comment = |line: &String| line.trim_start().starts_with("*>");
        match self.lines[start..].iter().rposition(|line| !is_comment(line)) {
            Some(last) => self.lines[start + last].push('.'),
            None => self.line(AREA_B, "CONTINUE."),
        }
    }

    fn block(&mut self, body: &[Stmt], indent: usize) {
        let indent = indent.min(DEEPEST);
        if body.iter().all(|s| matches!(s, Stmt::Comment(_))) {
            body.iter().for_each(|s| self.statement(s, indent));
            return self.line(indent, "CONTINUE");
        }
        for stmt in body {
            self.statement(stmt, indent);
        }
    }

    fn statement(&mut self, stmt: &Stmt, indent: usize) {
        match stmt {
            Stmt::Comment(text) => {
                for line in wrap(text, LAST_COLUMN - indent - 3) {
                    self.line(indent, format!("*> {line}").trim_end());
                }
            }
            Stmt::If(cond, then, orelse) => {
                self.filled(indent, &segments("IF ", condition_parts(cond)));
                self.block(then, indent + 4);
                if !orelse.is_empty() {
                    self.line(indent, "ELSE");
                    self.block(orelse, indent + 4);
                }
                self.line(indent, "END-IF");
            }
            Stmt::Evaluate(branches, other) => self.evaluate(branches, other, indent),
            Stmt::Perform(until, body) => {
                self.filled(indent, &perform_header(until));
                self.block(body, indent + 4);
                self.line(indent, "END-PERFORM");
            }
            Stmt::StringInto { parts, into, pointer, overflow } => {
                let parts: Vec<String> = parts.iter().map(expression).collect();
                self.filled(indent, &[format!("STRING {}", parts.join(" "))]);
                self.line(indent + 4, "DELIMITED BY SIZE");
                let into = format!("INTO {}", reference(into));
                self.filled(indent + 4, &[into, format!("WITH POINTER {}", reference(pointer))]);
                self.phrase("ON OVERFLOW", overflow, indent + 4);
                self.line(indent, "END-STRING");
            }
            Stmt::Compute { target, rounded, value, size_error } => {
                let gap = if rounded.is_empty() { "" } else { " " };
                let value = expression(value);
                self.filled(indent, &[format!("COMPUTE {}{gap}{rounded} =", reference(target)), value]);
                if !size_error.is_empty() {
                    self.phrase("ON SIZE ERROR", size_error, indent + 4);
                    self.line(indent, "END-COMPUTE");
                }
            }
            other => self.filled(indent, &simple(other)),
        }
    }

    /// A conditional phrase with its statements.
    fn phrase(&mut self, words: &str, body: &[Stmt], indent: usize) {
        match body {
            [] => {}
            [Stmt::PerformParagraph(name)] => self.line(indent, &format!("{words} PERFORM {name}")),
            _ => {
                self.line(indent, words);
                self.block(body, indent + 4);
            }
        }
    }

    fn evaluate(&mut self, branches: &[(super::tree::Cond, Vec<Stmt>)], other: &[Stmt], indent: usize) {
        self.line(indent, "EVALUATE TRUE");
        for (cond, body) in branches {
            self.filled((indent + 4).min(DEEPEST), &segments("WHEN ", condition_parts(cond)));
            self.block(body, indent + 8);
        }
        if !other.is_empty() {
            self.line((indent + 4).min(DEEPEST), "WHEN OTHER");
            self.block(other, indent + 8);
        }
        self.line(indent, "END-EVALUATE");
    }

    /// Segments on one line where they fit, else one segment a line, each broken at blanks.
    fn filled(&mut self, indent: usize, segments: &[String]) {
        let whole = segments.join(" ");
        if indent + whole.len() < LAST_COLUMN {
            return self.line(indent, &whole);
        }
        for (at, segment) in segments.iter().enumerate() {
            let first = if at == 0 { indent } else { indent + CONTINUATION };
            self.broken(first, indent + CONTINUATION + if at == 0 { 0 } else { 4 }, segment);
        }
    }

    /// `text` broken at blanks outside literals. A reference too long for a line is broken before a
    /// parenthesis; what still does not fit begins further left.
    fn broken(&mut self, first: usize, rest: usize, text: &str) {
        let mut line = format!("{:first$}", "");
        let mut empty = true;
        for word in words(text) {
            let fits = |at: usize| at + word.len() < LAST_COLUMN;
            let parts = if fits(rest) { vec![word] } else { pieces(word) };
            for (at, part) in parts.into_iter().enumerate() {
                let gap = usize::from(!empty && at == 0);
                // One column stays free for a period.
                if !empty && line.len() + gap + part.len() >= LAST_COLUMN {
                    let indent = rest.min(LAST_COLUMN.saturating_sub(part.len() + 1)).max(AREA_B);
                    self.lines.push(std::mem::replace(&mut line, format!("{:indent$}", "")));
                } else if gap == 1 {
                    line.push(' ');
                }
                line.push_str(part);
                empty = false;
            }
        }
        self.lines.push(line);
    }
}

/// A word in pieces that begin with a parenthesis.
fn pieces(word: &str) -> Vec<&str> {
    if word.contains('"') {
        return vec![word];
    }
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, _) in word.match_indices('(').filter(|(at, _)| *at > 0) {
        pieces.push(&word[start..at]);
        start = at;
    }
    pieces.push(&word[start..]);
    pieces
}

/// The segments of a statement without statements of its own.
fn simple(stmt: &Stmt) -> Vec<String> {
    match stmt {
        Stmt::Move(from, to) => vec![format!("MOVE {}", expression(from)), format!("TO {}", reference(to))],
        Stmt::MoveToAll(from, targets) => {
            let targets: Vec<String> = targets.iter().map(reference).collect();
            vec![format!("MOVE {}", expression(from)), format!("TO {}", targets.join(" "))]
        }
        Stmt::Set(name, value) => {
            vec![format!("SET {} TO {}", reference(name), if *value { "TRUE" } else { "FALSE" })]
        }
        Stmt::Add(value, to) => vec![format!("ADD {}", expression(value)), format!("TO {}", reference(to))],
        Stmt::Subtract(value, from) => {
            vec![format!("SUBTRACT {}", expression(value)), format!("FROM {}", reference(from))]
        }
        Stmt::PerformParagraph(name) => vec![format!("PERFORM {name}")],
        Stmt::ExitPerform => vec!["EXIT PERFORM".to_string()],
        Stmt::ExitPerformCycle => vec!["EXIT PERFORM CYCLE".to_string()],
        Stmt::ExitParagraph => vec!["EXIT PARAGRAPH".to_string()],
        Stmt::Inspect(item, phrases) => inspect(item, phrases),
        Stmt::Sort { table, keys } => sort(table, keys),
        Stmt::Bits(routine, mask, target) => vec![
            format!("CALL \"{routine}\""),
            format!("USING {} {} BY VALUE 8", reference(mask), reference(target)),
        ],
        Stmt::Call(program, args) => {
            let mut segments = vec![format!("CALL \"{program}\"")];
            if !args.is_empty() {
                segments.push(format!("USING {}", args.iter().map(reference).collect::<Vec<_>>().join(" ")));
            }
            segments
        }
        Stmt::Display { items, to_stderr, no_advancing } => {
            let items: Vec<String> = items.iter().map(expression).collect();
            let mut segments = vec![format!("DISPLAY {}", items.join(" "))];
            segments.extend(to_stderr.then(|| "UPON STDERR".to_string()));
            segments.extend(no_advancing.then(|| "WITH NO ADVANCING".to_string()));
            segments
        }
        Stmt::Goback => vec!["GOBACK".to_string()],
        Stmt::StopRun { failed } => {
            vec![if *failed { "STOP RUN RETURNING 1" } else { "STOP RUN" }.to_string()]
        }
        _ => vec!["CONTINUE".to_string()],
    }
}

fn inspect(item: &super::tree::Ref, phrases: &[Phrase]) -> Vec<String> {
    let phrases: Vec<String> = phrases
        .iter()
        .map(|phrase| match phrase {
            Phrase::Words(words) => (*words).to_string(),
            Phrase::Operand(operand) => expression(operand),
        })
        .collect();
    vec![format!("INSPECT {}", reference(item)), phrases.join(" ")]
}

fn sort(table: &str, keys: &[(String, bool)]) -> Vec<String> {
    let mut segments = vec![format!("SORT {table}")];
    for (key, ascending) in keys {
        segments.push(format!("ON {} KEY {key}", if *ascending { "ASCENDING" } else { "DESCENDING" }));
    }
    segments
}

fn perform_header(until: &Until) -> Vec<String> {
    match until {
        Until::Exit => vec!["PERFORM UNTIL EXIT".to_string()],
        Until::Times(count) => vec![format!("PERFORM {} TIMES", expression(count))],
        Until::Before(cond) => segments("PERFORM UNTIL ", condition_parts(cond)),
        Until::After(cond) => segments("PERFORM WITH TEST AFTER UNTIL ", condition_parts(cond)),
        Until::Varying { counter, from, by, until } => {
            let (from, by) = (expression(from), expression(by));
            let mut header = vec![format!("PERFORM VARYING {} FROM {from} BY {by}", reference(counter))];
            header.extend(segments("UNTIL ", condition_parts(until)));
            header
        }
    }
}

/// `parts` with `head` before the first.
fn segments(head: &str, mut parts: Vec<String>) -> Vec<String> {
    if let Some(first) = parts.first_mut() {
        first.insert_str(0, head);
    }
    parts
}

/// The words of `text`: split at blanks outside literals, not behind `FUNCTION`.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b' ' if !quoted && (at - start >= 12 || !text[start..at].ends_with("FUNCTION")) => {
                if start < at {
                    words.push(&text[start..at]);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// `text` in lines of at most `width` characters, its own line breaks kept.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let indent = &paragraph[..paragraph.len() - paragraph.trim_start().len()];
        let mut line = String::from(indent);
        for word in paragraph.split_whitespace() {
            if line.len() > indent.len() && line.len() + 1 + word.len() > width {
                lines.push(std::mem::replace(&mut line, String::from(indent)));
            }
            if line.len() > indent.len() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::tree::{Cond, Expr, Ref, Relation};
    use super::*;

    fn printed(body: Vec<Stmt>) -> String {
        let program = Program { id: "P".to_string(), body, ..Program::default() };
        let text = print(&[program]);
        text.lines().skip(3).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn long_statements_break_within_column_72() {
        let long =
            Ref { name: "A".repeat(30), subscripts: vec![Ref::item("B".repeat(30)).into()], part: None };
        let part = long.clone().slice(Expr::int(1), Ref::item("C".repeat(30)).into());
        let text = printed(vec![Stmt::Move(part.into(), long)]);
        assert!(text.lines().all(|line| line.len() <= LAST_COLUMN), "{text}");
        assert!(text.contains("TO AAAA"), "{text}");
    }

    #[test]
    fn conditions_break_before_or() {
        let cond =
            |n: i128| Cond::relation(Ref::item(format!("QUITE-A-LONG-NAME-{n}")), Relation::Eq, Expr::int(n));
        let text =
            printed(vec![Stmt::If(Cond::any(vec![cond(1), cond(2), cond(3)]), vec![Stmt::Goback], vec![])]);
        assert_eq!(
            text,
            "           IF QUITE-A-LONG-NAME-1 = 1\n                   OR QUITE-A-LONG-NAME-2 = 2\n                   \
             OR QUITE-A-LONG-NAME-3 = 3\n               GOBACK\n           END-IF.\n       END PROGRAM P."
        );
    }

    #[test]
    fn literals_keep_blanks_and_are_split_when_long() {
        let text = printed(vec![Stmt::Move(Expr::Text("x ".repeat(40)), Ref::item("T"))]);
        assert_eq!(text.matches('x').count(), 40);
        assert!(text.lines().all(|line| line.len() <= LAST_COLUMN), "{text}");
        assert!(
            printed(vec![Stmt::Move(Expr::Text("a\n".to_string()), Ref::item("T"))])
                .contains("\"a\" & X\"0A\"")
        );
    }

    #[test]
    fn an_empty_block_continues() {
        let cond = Cond::relation(Ref::item("N"), Relation::Lt, Expr::int(1));
        assert!(printed(vec![Stmt::If(cond, vec![], vec![])]).contains("CONTINUE"));
    }
}
