//! Javadoc.

use crate::ir::Doc;

/// The text of a `/** … */` comment as plain sentences.
pub(super) fn javadoc(comment: &str) -> Option<Doc> {
    let inner = comment.strip_prefix("/**")?.strip_suffix("*/")?;
    let mut lines: Vec<String> = Vec::new();
    let mut tags: Vec<String> = Vec::new();
    for line in dedented(inner) {
        let plain = unmarked(&line);
        let trimmed = plain.trim();
        if trimmed.starts_with('@') {
            tags.push(tag(trimmed));
        } else if let Some(last) = tags.last_mut() {
            // A tag goes on over the following lines.
            if !trimmed.is_empty() {
                last.push(' ');
                last.push_str(trimmed);
            }
        } else {
            lines.push(plain);
        }
    }
    let mut text = lines.join("\n").trim().to_owned();
    let tags: Vec<String> = tags.into_iter().filter(|t| !t.is_empty()).map(|t| sentence(&t)).collect();
    if !tags.is_empty() {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&tags.join("\n"));
    }
    Some(Doc { text, examples: Vec::new() })
}

/// The lines without the stars in front and without common indentation.
fn dedented(inner: &str) -> Vec<String> {
    let lines: Vec<&str> = inner
        .lines()
        .map(|line| {
            let lead = line.trim_start();
            match lead.strip_prefix('*') {
                Some(rest) => rest.strip_prefix(' ').unwrap_or(rest),
                None => line,
            }
        })
        .collect();
    let indent = lines
        .iter()
        .filter(|l| !l.trim().is_empty())
        .map(|l| l.len() - l.trim_start().len())
        .min()
        .unwrap_or(0);
    lines.iter().map(|l| l.get(indent..).unwrap_or_default().trim_end().to_owned()).collect()
}

/// Without HTML and inline tags.
fn unmarked(line: &str) -> String {
    let mut out = line.to_owned();
    for tag in ["{@code ", "{@link ", "{@literal "] {
        while let Some(at) = out.find(tag) {
            let Some(end) = out[at..].find('}') else { break };
            let inner = out[at + tag.len()..at + end].trim().to_owned();
            let shown = if tag == "{@literal " { inner } else { format!("`{inner}`") };
            out.replace_range(at..=at + end, &shown);
        }
    }
    for mark in ["<p>", "</p>", "<pre>", "</pre>", "<ul>", "</ul>", "</li>", "<b>", "</b>", "<i>", "</i>"] {
        out = out.replace(mark, "");
    }
    for (mark, word) in
        [("<code>", "`"), ("</code>", "`"), ("<li>", "- "), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
    {
        out = out.replace(mark, word);
    }
    out
}

/// `@param n the number` is `n: the number`.
fn tag(line: &str) -> String {
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    match name {
        "@param" => match rest.split_once(char::is_whitespace) {
            Some((parameter, text)) => format!("{parameter}: {}", text.trim()),
            None => String::new(),
        },
        "@return" | "@returns" if !rest.is_empty() => format!("Returns {rest}"),
        "@throws" | "@exception" if !rest.is_empty() => format!("Throws {rest}"),
        _ => String::new(),
    }
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?', ':']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::javadoc;

    #[test]
    fn stars_tags_and_html_go() {
        let doc = javadoc(
            "/**\n     * Adds {@code a} and <b>b</b>.\n     *\n     * <p>Always.\n     * @param a the first\n     *     number\n     * @return the sum\n     * @author me\n     */",
        );
        let text = doc.map(|d| d.text);
        assert_eq!(
            text.as_deref(),
            Some("Adds `a` and b.\n\nAlways.\n\na: the first number.\nReturns the sum.")
        );
    }

    #[test]
    fn other_comments_are_no_documentation() {
        assert!(javadoc("/* plain */").is_none());
        assert_eq!(javadoc("/** One line. */").map(|d| d.text).as_deref(), Some("One line."));
    }
}
