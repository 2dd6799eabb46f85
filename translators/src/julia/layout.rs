//! A small document algebra: text with places where it may be broken when a line gets too long.

/// The longest line that is aimed at.
pub const WIDTH: usize = 92;

/// One step of indentation.
pub const INDENT: usize = 4;

/// A piece of text that knows where it can be broken.
#[derive(Clone, Debug)]
pub enum Doc {
    /// Text without line ends.
    Text(String),
    /// Nothing, or a line end where the group is broken.
    SoftLine,
    /// A blank, or a line end where the group is broken.
    Line,
    /// This text only where the group is broken.
    IfBroken(&'static str),
    /// One after the other.
    Concat(Vec<Doc>),
    /// One step further in, from the next line end on.
    Nest(Box<Doc>),
    /// Broken at all its own places, or at none.
    Group(Box<Doc>),
    /// A blank, or a line end where what comes next, up to the next such place, does not fit.
    FillLine(Box<Doc>),
}

impl Doc {
    /// Text.
    pub fn text(text: impl Into<String>) -> Doc {
        Doc::Text(text.into())
    }

    /// `open`, the items with `, ` between them, `close`; broken, each item has its own line.
    pub fn list(open: &str, items: Vec<Doc>, close: &str, trailing_comma: bool) -> Doc {
        if items.is_empty() {
            return Doc::text(format!("{open}{close}"));
        }
        let mut inner = vec![Doc::SoftLine];
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                inner.push(Doc::text(","));
                inner.push(Doc::Line);
            }
            inner.push(item);
        }
        if trailing_comma {
            inner.push(Doc::IfBroken(","));
        }
        Doc::enclosed(open, inner, close)
    }

    /// As [`Doc::list`], for short items: broken, a line takes as many of them as fit.
    pub fn filled(open: &str, items: Vec<Doc>, close: &str) -> Doc {
        let last = items.len().saturating_sub(1);
        let mut inner = vec![Doc::SoftLine];
        for (i, item) in items.into_iter().enumerate() {
            let item = if i < last { Doc::Concat(vec![item, Doc::text(",")]) } else { item };
            inner.push(if i > 0 { Doc::FillLine(Box::new(item)) } else { item });
        }
        inner.push(Doc::IfBroken(","));
        Doc::enclosed(open, inner, close)
    }

    fn enclosed(open: &str, inner: Vec<Doc>, close: &str) -> Doc {
        Doc::Group(Box::new(Doc::Concat(vec![
            Doc::text(open),
            Doc::Nest(Box::new(Doc::Concat(inner))),
            Doc::SoftLine,
            Doc::text(close),
        ])))
    }

    /// Lays the document out, starting at column `start` of a line indented by `indent`.
    pub fn layout(&self, indent: usize, start: usize) -> String {
        let mut out = String::new();
        let mut column = start;
        let mut stack = vec![(indent, false, self)];
        while let Some((indent, broken, doc)) = stack.pop() {
            match doc {
                Doc::Text(text) => {
                    out.push_str(text);
                    column += text.chars().count();
                }
                Doc::IfBroken(text) if broken => {
                    out.push_str(text);
                    column += text.len();
                }
                Doc::SoftLine | Doc::Line if broken => {
                    out.push('\n');
                    out.extend(std::iter::repeat_n(' ', indent));
                    column = indent;
                }
                Doc::Line => {
                    out.push(' ');
                    column += 1;
                }
                Doc::IfBroken(_) | Doc::SoftLine => {}
                Doc::FillLine(next) => {
                    if column + 1 + next.flat_width() + 1 > WIDTH {
                        out.push('\n');
                        out.extend(std::iter::repeat_n(' ', indent));
                        column = indent;
                    } else {
                        out.push(' ');
                        column += 1;
                    }
                    stack.push((indent, false, next));
                }
                Doc::Concat(parts) => stack.extend(parts.iter().rev().map(|part| (indent, broken, part))),
                Doc::Nest(inner) => stack.push((indent + INDENT, broken, inner)),
                Doc::Group(inner) => {
                    let room = WIDTH.saturating_sub(column);
                    let fits = inner.flat_width() + rest_width(&stack) <= room;
                    stack.push((indent, !fits, inner));
                }
            }
        }
        out
    }

    /// Columns taken on one line.
    fn flat_width(&self) -> usize {
        match self {
            Doc::Text(text) => text.chars().count(),
            Doc::Line => 1,
            Doc::SoftLine | Doc::IfBroken(_) => 0,
            Doc::Concat(parts) => parts.iter().map(Doc::flat_width).sum(),
            Doc::Nest(inner) | Doc::Group(inner) => inner.flat_width(),
            Doc::FillLine(next) => 1 + next.flat_width(),
        }
    }

    /// Columns up to the first place where the document can be broken, and whether there is one.
    fn head_width(&self) -> (usize, bool) {
        match self {
            Doc::Text(text) => (text.chars().count(), false),
            Doc::Line | Doc::SoftLine | Doc::FillLine(_) => (0, true),
            Doc::IfBroken(_) => (0, false),
            Doc::Concat(parts) => {
                let mut width = 0;
                for part in parts {
                    let (w, end) = part.head_width();
                    width += w;
                    if end {
                        return (width, true);
                    }
                }
                (width, false)
            }
            Doc::Nest(inner) | Doc::Group(inner) => inner.head_width(),
        }
    }
}

/// Columns of what follows on the same line, up to its first possible break. An unbroken group
/// around it has no breaks left.
fn rest_width(stack: &[(usize, bool, &Doc)]) -> usize {
    let mut width = 0;
    for (_, broken, doc) in stack.iter().rev() {
        if !broken {
            width += doc.flat_width();
            continue;
        }
        let (w, end) = doc.head_width();
        width += w;
        if end {
            break;
        }
    }
    width
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(args: &[&str]) -> Doc {
        Doc::list("f(", args.iter().map(|a| Doc::text(*a)).collect(), ")", true)
    }

    #[test]
    fn what_fits_stays_on_one_line() {
        assert_eq!(call(&["a", "b"]).layout(0, 0), "f(a, b)");
    }

    #[test]
    fn what_does_not_fit_gets_a_line_for_each_item() {
        let long = "x".repeat(60);
        let text = call(&[&long, &long]).layout(4, 4);
        assert_eq!(text, format!("f(\n        {long},\n        {long},\n    )"));
    }

    #[test]
    fn an_inner_group_stays_flat_where_the_outer_one_is_broken() {
        let long = "x".repeat(88);
        let inner = call(&["a", "b"]);
        let text = Doc::list("[", vec![Doc::text(&long), inner], "]", false).layout(0, 0);
        assert_eq!(text, format!("[\n    {long},\n    f(a, b)\n]"));
    }
}
