//! Shortens what tools print to what a reader needs.

/// Lines of a detail.
const LINES: usize = 12;
/// Characters of one line of a detail.
const WIDTH: usize = 240;

/// The first useful lines of `output`: no empty ones, no control characters, no paths of the machine.
pub(crate) fn shorten(output: &str) -> String {
    let lines = output.lines().map(clean).filter(|line| !line.trim().is_empty());
    lines.take(LINES).collect::<Vec<_>>().join("\n")
}

fn clean(line: &str) -> String {
    let line: String =
        line.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !c.is_control()).collect();
    let mut cleaned = line.replace("/program/", "");
    for folder in ["/tmp/", "/usr/", "/opt/", "/home/", "/root/"] {
        cleaned = without_paths(&cleaned, folder);
    }
    match cleaned.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &cleaned[..end]),
        None => cleaned,
    }
}

/// Replaces every path below `folder` by its last part.
fn without_paths(line: &str, folder: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(folder) {
        kept.push_str(&rest[..at]);
        let path = &rest[at..];
        let end = path.find([' ', ':', '"', '\'', ')', ',', '`']).unwrap_or(path.len());
        kept.push_str(path[..end].rsplit('/').next().unwrap_or_default());
        rest = &path[end..];
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_paths_and_noise() {
        let output = "\n/tmp/x/cc12.o: in main\n\u{1b}[31mred\u{7}\nat ./boot.jl:331 of \"/usr/share/julia/base/boot.jl\"\n";
        assert_eq!(shorten(output), "cc12.o: in main\n[31mred\nat ./boot.jl:331 of \"boot.jl\"");
    }

    #[test]
    fn is_bounded() {
        let shortened = shorten(&format!("{}\n", "ä".repeat(1000)).repeat(1000));
        assert_eq!(shortened.lines().count(), LINES);
        assert!(shortened.chars().count() <= LINES * (WIDTH + 2));
    }
}
