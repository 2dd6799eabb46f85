//! A logical line with the places where it may be continued.

use super::WIDTH;

/// Text with places to break, each with its nesting depth: outer places are better.
#[derive(Clone, Debug, Default)]
pub struct Line {
    text: String,
    breaks: Vec<(usize, u32)>,
}

impl Line {
    /// A line without places to break.
    pub fn new(text: impl Into<String>) -> Line {
        Line { text: text.into(), breaks: Vec::new() }
    }

    /// Adds text.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Allows a break here.
    pub fn allow_break(&mut self) {
        self.breaks.push((self.text.len(), 0));
    }

    /// Adds another line at the same depth.
    pub fn append(&mut self, other: Line) {
        self.append_at(other, 0);
    }

    /// Adds another line whose places to break lie one level deeper.
    pub fn append_nested(&mut self, other: Line) {
        self.append_at(other, 1);
    }

    fn append_at(&mut self, other: Line, depth: u32) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.breaks.extend(other.breaks.into_iter().map(|(at, d)| (start + at, d + depth)));
    }

    /// Number of characters.
    pub fn width(&self) -> usize {
        self.text.chars().count()
    }

    /// The text without regard to width.
    pub fn into_text(self) -> String {
        self.text
    }

    /// Writes the line at an indentation, continued with `&` where it is too wide.
    pub fn write(&self, indent: usize, out: &mut String) {
        let mut start = 0;
        let mut margin = indent;
        while margin + self.text[start..].len() > WIDTH {
            let Some(at) = self.best_break(start, start + WIDTH.saturating_sub(margin + 2)) else { break };
            write_indented(out, margin, &format!("{} &", self.text[start..at].trim_end()));
            start = at;
            margin = indent + 4;
        }
        write_indented(out, margin, self.text[start..].trim_start());
    }

    /// The outermost place in the second half of the line, else the last one that fits, else the first.
    fn best_break(&self, start: usize, limit: usize) -> Option<usize> {
        let fits = |&&(at, _): &&(usize, u32)| at > start && at <= limit;
        let half = start + (limit - start) / 2;
        self.breaks
            .iter()
            .filter(fits)
            .filter(|(at, _)| *at >= half)
            .min_by_key(|(at, depth)| (*depth, usize::MAX - at))
            .or_else(|| self.breaks.iter().filter(fits).max_by_key(|(at, _)| *at))
            .or_else(|| self.breaks.iter().filter(|(at, _)| *at > start).min_by_key(|(at, _)| *at))
            .map(|(at, _)| *at)
    }
}

/// Writes one physical line.
pub fn write_indented(out: &mut String, indent: usize, text: &str) {
    if !text.is_empty() {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push_str(text);
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_break_at_the_outermost_place() {
        let mut inner = Line::new("f(");
        for word in ["alpha", "beta", "gamma"] {
            inner.push(word);
            inner.push(", ");
            inner.allow_break();
        }
        inner.push("omega)");
        let mut line = Line::new("x".repeat(70) + " + ");
        line.allow_break();
        line.append_nested(inner);
        let mut out = String::new();
        line.write(2, &mut out);
        assert_eq!(out, format!("  {} + &\n      f(alpha, beta, gamma, omega)\n", "x".repeat(70)));
    }
}
