//! The structure of a text in fixed format.

use super::columns;
use crate::{Rejection, Span};
use pest::Parser;
use pest::iterators::Pair;
use std::ops::Range;

/// Scopes within each other above which a text is refused, so that no text exhausts the stack.
const DEEPEST: usize = 64;
/// The first column of area B, counted from 1.
const AREA_B: usize = 12;

#[derive(pest_derive::Parser)]
#[grammar = "targets/cobol/fixed.pest"]
struct Fixed;

/// A text of one or more programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The programs in order, those inside of others behind them.
    pub programs: Vec<Program>,
}

/// A program or user-defined function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// What `PROGRAM-ID` says, in upper case.
    pub name: String,
    /// `PROCEDURE DIVISION` names parameters, so it cannot be a main program.
    pub takes_parameters: bool,
    /// What it calls.
    pub calls: Vec<Call>,
    /// Where it ends successfully: the first bytes of its `STOP RUN` without a status.
    pub stops: Vec<usize>,
}

/// A `CALL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The program's name in upper case; `None` where a data item holds it.
    pub program: Option<String>,
    /// Where in the text.
    pub span: Span,
}

/// Reads the structure of `text`.
///
/// # Errors
/// `cobol.columns` for text outside of its columns, `cobol.syntax` for a broken structure, and
/// `cobol.forbidden` for `COPY`, which reads files.
pub fn parse(text: &str) -> Result<Source, Rejection> {
    let code = columns::program_text(text)?;
    check_depth(&code)?;
    let file = Fixed::parse(Rule::file, &code).map_err(|e| syntax_error(&e))?;
    let mut source = Source { programs: Vec::new() };
    for pair in file.flatten() {
        visit(pair, &mut source)?;
    }
    Ok(source)
}

/// The places of the syntax nodes; `None` where the grammar does not take the text.
pub(in crate::targets) fn syntax_nodes(text: &str) -> Option<Vec<Range<usize>>> {
    let code = columns::program_text(text).ok()?;
    check_depth(&code).ok()?;
    let file = Fixed::parse(Rule::file, &code).ok()?;
    let ranges = file.flatten().map(|pair| pair.as_span().start()..pair.as_span().end());
    // Blanked comments keep their bytes, but a character of several becomes that many blanks.
    Some(ranges.filter(|range| !range.is_empty() && text.get(range.clone()).is_some()).collect())
}

fn visit(pair: Pair<'_, Rule>, source: &mut Source) -> Result<(), Rejection> {
    let column = pair.line_col().1;
    match pair.as_rule() {
        Rule::program | Rule::open_program => {
            check_names(&pair)?;
            source.programs.push(Program::default());
        }
        Rule::identification | Rule::environment | Rule::data | Rule::section | Rule::paragraph
            if column >= AREA_B =>
        {
            return Err(refuse("cobol.columns", &pair, "a header starts in area B"));
        }
        Rule::statement if column < AREA_B => {
            return Err(refuse("cobol.columns", &pair, "a statement starts in area A"));
        }
        _ => {}
    }
    let Some(program) = source.programs.last_mut() else { return Ok(()) };
    match pair.as_rule() {
        Rule::identification => program.name = declared_name(&pair),
        Rule::procedure => program.takes_parameters = takes_parameters(&pair),
        Rule::stop_run if pair.clone().into_inner().all(|part| part.as_rule() != Rule::operand) => {
            program.stops.push(pair.as_span().start());
        }
        Rule::plain => visit_plain(&pair, program)?,
        _ => {}
    }
    Ok(())
}

fn visit_plain(statement: &Pair<'_, Rule>, program: &mut Program) -> Result<(), Rejection> {
    let mut parts = statement.clone().into_inner();
    let verb = parts.next().map(|verb| verb.as_str().to_ascii_uppercase()).unwrap_or_default();
    match verb.as_str() {
        "COPY" => Err(refuse("cobol.forbidden", statement, "`COPY` reads a file")),
        "CALL" => {
            let operand = parts.next().map(|operand| operand.as_str().to_owned()).unwrap_or_default();
            let program_name = operand
                .starts_with(['"', '\''])
                .then(|| operand.trim_matches(['"', '\'']).to_ascii_uppercase());
            program.calls.push(Call { program: program_name, span: span(statement) });
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The name behind `PROGRAM-ID` or `END PROGRAM`.
fn declared_name(pair: &Pair<'_, Rule>) -> String {
    let name = pair.clone().into_inner().find(|part| part.as_rule() == Rule::name);
    name.map(|name| name.as_str().trim_matches(['"', '\'']).to_ascii_uppercase()).unwrap_or_default()
}

/// `END PROGRAM` must name the program that it ends.
fn check_names(program: &Pair<'_, Rule>) -> Result<(), Rejection> {
    let mut parts = program.clone().into_inner();
    let Some(name) = parts.next().map(|identification| declared_name(&identification)) else { return Ok(()) };
    match parts.find(|part| part.as_rule() == Rule::end_program) {
        Some(end) if declared_name(&end) != name => {
            Err(refuse("cobol.syntax", &end, &format!("the program that it should end is {name}")))
        }
        _ => Ok(()),
    }
}

fn takes_parameters(procedure: &Pair<'_, Rule>) -> bool {
    procedure
        .clone()
        .into_inner()
        .take_while(|part| part.as_rule() != Rule::period)
        .any(|part| part.as_rule() == Rule::token && part.as_str().eq_ignore_ascii_case("USING"))
}

/// Counts open scopes without parsing.
fn check_depth(code: &str) -> Result<(), Rejection> {
    let mut depth = 0_usize;
    for (index, line) in code.lines().enumerate() {
        for word in line.split_ascii_whitespace() {
            match word.trim_end_matches('.').to_ascii_uppercase().as_str() {
                "IF" | "EVALUATE" | "UNTIL" | "IDENTIFICATION" => depth += 1,
                "END-IF" | "END-EVALUATE" | "END-PERFORM" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if word.ends_with('.') {
                depth = 0;
            }
        }
        if depth > DEEPEST {
            let line = index + 1;
            let span = Span { line: u32::try_from(line).unwrap_or(u32::MAX), ..Span::default() };
            let message = format!("line {line}: more than {DEEPEST} scopes are open");
            return Err(Rejection::new("cobol.syntax", span, message));
        }
    }
    Ok(())
}

fn syntax_error(error: &pest::error::Error<Rule>) -> Rejection {
    let (line, column) = match error.line_col {
        pest::error::LineColLocation::Pos(at) | pest::error::LineColLocation::Span(at, _) => at,
    };
    let span = Span { line: u32::try_from(line).unwrap_or(u32::MAX), ..Span::default() };
    let written = error.line().trim();
    Rejection::new(
        "cobol.syntax",
        span,
        format!("line {line}, column {column}: the structure breaks at `{written}`"),
    )
}

fn span(pair: &Pair<'_, Rule>) -> Span {
    let written = pair.as_span();
    Span {
        start: u32::try_from(written.start()).unwrap_or(u32::MAX),
        end: u32::try_from(written.end()).unwrap_or(u32::MAX),
        line: u32::try_from(pair.line_col().0).unwrap_or(u32::MAX),
    }
}

fn refuse(code: &'static str, pair: &Pair<'_, Rule>, message: &str) -> Rejection {
    let written: String = pair.as_str().lines().next().unwrap_or_default().chars().take(50).collect();
    Rejection::new(code, span(pair), format!("line {}: `{written}`: {message}", pair.line_col().0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program around these lines of its procedure division.
    fn program(lines: &[&str]) -> String {
        let body: String = lines.iter().map(|line| format!("           {line}\n")).collect();
        format!(
            "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. MAIN-CHECK.\n       DATA DIVISION.\n       \
             WORKING-STORAGE SECTION.\n       01  TOTAL            PIC S9(18) COMP-5.\n       01  SHOWN            PIC \
             Z(8)9.99.\n       PROCEDURE DIVISION.\n{body}       END PROGRAM MAIN-CHECK.\n"
        )
    }

    #[test]
    fn reads_calls_and_stops() {
        let text = program(&[
            "CALL \"RUN-LENGTHS\" USING TOTAL",
            "IF TOTAL NOT = 3",
            "    STOP RUN RETURNING 1",
            "END-IF",
            "STOP RUN.",
        ]);
        let source = parse(&text).expect("COBOL");
        let [main] = source.programs.as_slice() else { panic!("one program") };
        assert_eq!(main.name, "MAIN-CHECK");
        assert_eq!(main.calls[0].program.as_deref(), Some("RUN-LENGTHS"));
        assert_eq!(main.stops.iter().map(|at| &text[*at..*at + 9]).collect::<Vec<_>>(), ["STOP RUN."]);
        assert!(!main.takes_parameters);
    }

    #[test]
    fn takes_the_usual_statements() {
        parse(&program(&[
            "PERFORM VARYING TOTAL FROM 1 BY 1 UNTIL TOTAL > 3",
            "    EVALUATE TRUE",
            "        WHEN TOTAL = 1",
            "        WHEN TOTAL = 2",
            "            EXIT PERFORM CYCLE",
            "        WHEN OTHER",
            "            COMPUTE TOTAL = FUNCTION MOD(TOTAL, 2) + 1",
            "                ON SIZE ERROR",
            "                    MOVE 0 TO TOTAL",
            "                NOT ON SIZE ERROR",
            "                    CONTINUE",
            "            END-COMPUTE",
            "    END-EVALUATE",
            "END-PERFORM",
            "PERFORM ADD-ONE 2 TIMES",
            "PERFORM 3 TIMES",
            "    STRING \"a\"\"b\" DELIMITED BY SIZE INTO SHOWN",
            "    END-STRING",
            "END-PERFORM",
            "GOBACK.",
        ]))
        .expect("COBOL");
    }

    #[test]
    fn a_name_may_look_like_a_terminator() {
        let text =
            program(&["COMPUTE END-VALUE = END-VALUE + 1", "STOP RUN."]).replace("SHOWN ", "END-VALUE ");
        parse(&text).expect("COBOL");
    }

    #[test]
    fn refuses_broken_structure() {
        for lines in [
            &["IF TOTAL = 1", "    CONTINUE", "END-PERFORM", "STOP RUN."][..],
            &["PERFORM UNTIL TOTAL > 3", "    ADD 1 TO TOTAL", "STOP RUN."],
            &["STRING \"a\" INTO SHOWN", "END-IF", "STOP RUN."],
            &["ADD 1 TO TOTAL", "END-SUBTRACT", "STOP RUN."],
            &["STOP RUN"],
            &["FROB TOTAL."],
        ] {
            let rejection = parse(&program(lines)).expect_err(lines[0]);
            assert_eq!(rejection.code.as_str(), "cobol.syntax", "{lines:?}");
        }
    }

    #[test]
    fn refuses_an_end_that_names_another_program() {
        let text = program(&["STOP RUN."]).replace("END PROGRAM MAIN-CHECK", "END PROGRAM OTHER");
        assert_eq!(parse(&text).expect_err("another name").code.as_str(), "cobol.syntax");
    }

    #[test]
    fn refuses_copied_files() {
        let rejection = parse(&program(&["COPY \"/etc/passwd\".", "STOP RUN."])).expect_err("COPY");
        assert_eq!(rejection.code.as_str(), "cobol.forbidden");
    }

    #[test]
    fn refuses_deep_nesting() {
        let lines: Vec<_> = std::iter::repeat_n("IF TOTAL = 1", 5000).collect();
        assert_eq!(parse(&program(&lines)).expect_err("deep").code.as_str(), "cobol.syntax");
    }

    #[test]
    fn statements_stand_in_area_b() {
        let text = program(&["STOP RUN."]).replace("           STOP RUN", "       STOP RUN");
        assert_eq!(parse(&text).expect_err("area A").code.as_str(), "cobol.columns");
    }
}
