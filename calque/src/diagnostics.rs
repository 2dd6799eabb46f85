//! Rejections for people: on stderr, pointing into the source.

use grammars::{Rejection, Span};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report, Severity,
};
use std::io::IsTerminal;

/// Lines longer than this are not shown; they are data, not code.
const LONGEST_LINE: usize = 500;

/// Prints `rejection` of the input at `path`; `text` is empty where nothing could be read.
pub(crate) fn print(path: &str, text: &str, rejection: &Rejection) {
    eprintln!("{}", render(path, text, rejection, std::io::stderr().is_terminal()));
}

fn render(path: &str, text: &str, rejection: &Rejection, colours: bool) -> String {
    let shown = format!("{}: {}", place(path, rejection.span), rejection.message);
    let diagnostic =
        MietteDiagnostic::new(shown).with_code(rejection.code.as_str()).with_severity(Severity::Warning);
    let report = match label(text, rejection.span) {
        Some(label) => Report::new(diagnostic.with_label(label))
            .with_source_code(NamedSource::new(path, text.to_owned())),
        None => Report::new(diagnostic),
    };
    let theme = if colours { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut out = String::new();
    match GraphicalReportHandler::new_themed(theme).with_width(110).render_report(&mut out, report.as_ref()) {
        Ok(()) => out,
        Err(_) => format!("{}: {}: {}", path, rejection.code, rejection.message),
    }
}

/// `path`, with the line where it is known.
fn place(path: &str, span: Span) -> String {
    if span.line == 0 { path.to_owned() } else { format!("{path}:{}", span.line) }
}

/// The first line of the span, where the text has it.
fn label(text: &str, span: Span) -> Option<LabeledSpan> {
    let (start, end) = (span.start as usize, (span.end as usize).min(text.len()));
    let marked = text.get(start..end).filter(|_| span.line > 0)?;
    let begin = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let length = marked.lines().next().unwrap_or_default().len();
    let line = text[begin..].lines().next().unwrap_or_default().len();
    (line <= LONGEST_LINE).then(|| LabeledSpan::new(None, start, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_into_the_source() {
        let rejection =
            Rejection::new("python.lambda", Span { start: 10, end: 16, line: 2 }, "A lambda cannot be kept.");
        let text = render("a.py", "x = 12345\nlambda\n", &rejection, false);
        assert!(
            text.contains("python.lambda") && text.contains("a.py:2: A lambda cannot be kept."),
            "{text}"
        );
        assert!(text.contains("2 │ lambda"), "{text}");
    }

    #[test]
    fn does_without_a_place() {
        let rejection = Rejection::new("read.empty", Span::default(), "The file is empty.");
        assert!(render("a.py", "", &rejection, false).contains("a.py: The file is empty."));
    }

    #[test]
    fn survives_a_span_outside_the_text() {
        let rejection = Rejection::new("a.b", Span { start: 7, end: 9, line: 1 }, "Odd.");
        assert!(render("a.py", "ä", &rejection, false).contains("Odd."));
    }
}
