//! Format specifications: the mini-language of f-strings and `str.format`, and that of `%`.

use grammars::ir::FormatSpec;

/// Reads `[[fill]align][sign][#][0][width][grouping][.precision][type]`; `None` if it is malformed.
pub(super) fn parse_spec(text: &str) -> Option<FormatSpec> {
    let chars: Vec<char> = text.chars().collect();
    let mut spec = FormatSpec::default();
    let mut at = 0;
    let is_align = |c: Option<&char>| matches!(c, Some('<' | '>' | '^' | '='));
    if is_align(chars.get(1)) {
        spec.fill = chars.first().copied();
        spec.align = chars.get(1).copied();
        at = 2;
    } else if is_align(chars.first()) {
        spec.align = chars.first().copied();
        at = 1;
    }
    let take = |at: &mut usize, allowed: &str| {
        let found = chars.get(*at).copied().filter(|c| allowed.contains(*c));
        *at += usize::from(found.is_some());
        found
    };
    spec.sign = take(&mut at, "+- ");
    spec.alternate = take(&mut at, "#").is_some();
    spec.zero = take(&mut at, "0").is_some();
    spec.width = number(&chars, &mut at);
    spec.grouping = take(&mut at, ",_");
    if take(&mut at, ".").is_some() {
        spec.precision = Some(number(&chars, &mut at)?);
    }
    spec.kind = take(&mut at, "bcdeEfFgGnosxX%");
    (at == chars.len()).then_some(spec)
}

fn number(chars: &[char], at: &mut usize) -> Option<u32> {
    let digits: String = chars[*at..].iter().take_while(|c| c.is_ascii_digit()).collect();
    *at += digits.len();
    digits.parse().ok()
}

/// Part of a format string.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Field(Field),
}

/// A replacement field.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    /// Number or name of the argument; empty: the next one.
    pub argument: String,
    pub spec: FormatSpec,
}

/// Takes `str.format`'s template apart; `None` if it is malformed or reaches into its arguments.
pub(super) fn parse_template(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.peek() == Some(&c) => {
                chars.next();
                literal.push(c);
            }
            '{' => {
                if !literal.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut literal)));
                }
                let inside: String = chars.by_ref().take_while(|c| *c != '}').collect();
                pieces.push(Piece::Field(field(&inside)?));
            }
            '}' => return None,
            c => literal.push(c),
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Some(pieces)
}

fn field(inside: &str) -> Option<Field> {
    let (head, spec) = inside.split_once(':').unwrap_or((inside, ""));
    let (argument, conversion) = match head.split_once('!') {
        Some((argument, conversion)) => (argument, Some(conversion)),
        None => (head, None),
    };
    if !argument.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let mut spec = parse_spec(spec)?;
    match conversion {
        None | Some("s") => {}
        Some("r") => spec.repr = true,
        Some(_) => return None,
    }
    Some(Field { argument: argument.to_owned(), spec })
}

/// Takes a `%` template apart; `None` if it is malformed or has named fields.
pub(super) fn parse_percent(text: &str) -> Option<Vec<Piece>> {
    let chars: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while at < chars.len() {
        if chars[at] != '%' {
            literal.push(chars[at]);
            at += 1;
        } else if chars.get(at + 1) == Some(&'%') {
            literal.push('%');
            at += 2;
        } else {
            if !literal.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
            }
            at += 1;
            pieces.push(Piece::Field(percent_field(&chars, &mut at)?));
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Some(pieces)
}

fn percent_field(chars: &[char], at: &mut usize) -> Option<Field> {
    let mut spec = FormatSpec::default();
    let mut left = false;
    while let Some(flag) = chars.get(*at).copied().filter(|c| "#0- +".contains(*c)) {
        match flag {
            '#' => spec.alternate = true,
            '0' => spec.zero = true,
            '-' => left = true,
            sign => spec.sign = Some(sign),
        }
        *at += 1;
    }
    spec.width = number(chars, at);
    if chars.get(*at) == Some(&'.') {
        *at += 1;
        spec.precision = Some(number(chars, at).unwrap_or(0));
    }
    let kind = chars.get(*at).copied()?;
    *at += 1;
    match kind {
        'd' | 'i' | 'u' => spec.kind = Some('d'),
        'r' => spec.repr = true,
        's' => {}
        'f' | 'F' | 'e' | 'E' | 'g' | 'G' | 'x' | 'X' | 'o' | 'c' => spec.kind = Some(kind),
        _ => return None,
    }
    if spec.width.is_some() {
        // Unlike in `format`, everything stands on the right unless asked otherwise.
        spec.align = match (left, spec.zero) {
            (true, _) => Some('<'),
            (false, true) => None,
            (false, false) => Some('>'),
        };
        spec.zero &= !left;
    }
    Some(Field { argument: String::new(), spec })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_part_of_a_specification() {
        let spec = parse_spec("*^+#012,.3f").expect("well formed");
        assert_eq!((spec.fill, spec.align, spec.sign), (Some('*'), Some('^'), Some('+')));
        assert_eq!((spec.alternate, spec.zero, spec.width), (true, true, Some(12)));
        assert_eq!((spec.grouping, spec.precision, spec.kind), (Some(','), Some(3), Some('f')));
    }

    #[test]
    fn refuses_what_is_not_a_specification() {
        assert_eq!(parse_spec("5q"), None);
        assert_eq!(parse_spec(".f"), None);
        assert_eq!(parse_template("{0.real}"), None);
        assert_eq!(parse_template("a } b"), None);
        assert_eq!(parse_percent("%(name)s"), None);
    }

    #[test]
    fn takes_templates_apart() {
        let pieces = parse_template("{{{}}} is {n:>4}").expect("well formed");
        assert_eq!(pieces[0], Piece::Text("{".to_owned()));
        assert!(matches!(&pieces[1], Piece::Field(f) if f.argument.is_empty() && f.spec.is_plain()));
        assert_eq!(pieces[2], Piece::Text("} is ".to_owned()));
        assert!(matches!(&pieces[3], Piece::Field(f) if f.argument == "n" && f.spec.width == Some(4)));
    }

    #[test]
    fn percent_fields_stand_on_the_right() {
        let pieces = parse_percent("%5d%%|%-5s").expect("well formed");
        assert!(matches!(&pieces[0], Piece::Field(f) if f.spec.align == Some('>')));
        assert_eq!(pieces[1], Piece::Text("%|".to_owned()));
        assert!(matches!(&pieces[2], Piece::Field(f) if f.spec.align == Some('<')));
    }
}
