//! The syntax of Python's regular expressions.

use crate::ir::{Regex, RegexItem, RegexNode, RegexPlace, RegexReplacement};
use std::iter::Peekable;
use std::str::Chars;

/// Flags as Python numbers them.
const IGNORE_CASE: i64 = 2;
const MULTI_LINE: i64 = 8;
const DOT_ALL: i64 = 16;
const UNICODE: i64 = 32;
const VERBOSE: i64 = 64;

/// How deep groups may nest.
const MAX_DEPTH: usize = 50;

/// How often a part may be asked for; engines differ in what they take beyond.
const MAX_COUNT: u32 = 65_535;

/// Reads a pattern with flags as `re.compile` takes them.
///
/// # Errors
/// A sentence that says which part of the pattern has no rule.
pub fn parse(pattern: &str, flags: i64) -> Result<Regex, String> {
    if flags & !(IGNORE_CASE | MULTI_LINE | DOT_ALL | UNICODE | VERBOSE) != 0 {
        return Err(format!("The flags {flags} of a regular expression have no rule."));
    }
    let mut parser =
        Parser { rest: pattern.chars().peekable(), pattern, groups: Vec::new(), flags, depth: 0 };
    parser.global_flags()?;
    let root = parser.either()?;
    if parser.rest.peek().is_some() {
        return Err(parser.malformed());
    }
    Ok(Regex {
        root,
        groups: parser.groups.len(),
        ignore_case: parser.flags & IGNORE_CASE != 0,
        multi_line: parser.flags & MULTI_LINE != 0,
        dot_all: parser.flags & DOT_ALL != 0,
    })
}

/// Reads a replacement: `\1` and `\g<1>` stand for groups.
///
/// # Errors
/// A sentence that says what has no rule.
pub fn parse_replacement(text: &str, regex: &Regex) -> Result<Vec<RegexReplacement>, String> {
    let problem = || format!("The replacement `{text}` of a regular expression has no rule.");
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        let group = match rest.next().ok_or_else(problem)? {
            '\\' => {
                plain.push('\\');
                continue;
            }
            'n' => {
                plain.push('\n');
                continue;
            }
            't' => {
                plain.push('\t');
                continue;
            }
            'g' => {
                let name: String =
                    rest.by_ref().skip_while(|c| *c == '<').take_while(|c| *c != '>').collect();
                let number = name.parse().ok().or_else(|| regex.root.group_named(&name));
                number.ok_or_else(problem)?
            }
            digit @ '1'..='9' if !rest.peek().is_some_and(char::is_ascii_digit) => {
                digit.to_digit(10).map(|d| d as usize).ok_or_else(problem)?
            }
            _ => return Err(problem()),
        };
        if group > regex.groups {
            return Err(problem());
        }
        if !plain.is_empty() {
            parts.push(RegexReplacement::Text(std::mem::take(&mut plain)));
        }
        parts.push(RegexReplacement::Group(group));
    }
    if !plain.is_empty() || parts.is_empty() {
        parts.push(RegexReplacement::Text(plain));
    }
    Ok(parts)
}

struct Parser<'p> {
    rest: Peekable<Chars<'p>>,
    pattern: &'p str,
    /// For each group its name, if it has one.
    groups: Vec<Option<String>>,
    flags: i64,
    depth: usize,
}

impl Parser<'_> {
    fn malformed(&self) -> String {
        format!("The regular expression `{}` has a part that has no rule.", self.pattern)
    }

    fn eat(&mut self, c: char) -> bool {
        self.rest.next_if_eq(&c).is_some()
    }

    fn expect(&mut self, c: char) -> Result<(), String> {
        if self.eat(c) { Ok(()) } else { Err(self.malformed()) }
    }

    fn eat_all(&mut self, text: &str) -> bool {
        let mut ahead = self.rest.clone();
        let found = text.chars().all(|c| ahead.next() == Some(c));
        if found {
            self.rest = ahead;
        }
        found
    }

    /// `(?i)` in front.
    fn global_flags(&mut self) -> Result<(), String> {
        let mut ahead = self.rest.clone();
        if (ahead.next(), ahead.next()) != (Some('('), Some('?')) {
            return Ok(());
        }
        let mut flags = 0;
        for c in ahead.by_ref() {
            flags |= match c {
                'i' => IGNORE_CASE,
                'm' => MULTI_LINE,
                's' => DOT_ALL,
                'u' => UNICODE,
                'x' => VERBOSE,
                ')' if flags != 0 => {
                    self.flags |= flags;
                    self.rest = ahead;
                    return Ok(());
                }
                _ => return Ok(()),
            };
        }
        Err(self.malformed())
    }

    fn either(&mut self) -> Result<RegexNode, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.malformed());
        }
        let mut parts = vec![self.sequence()?];
        while self.eat('|') {
            parts.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if parts.len() == 1 { parts.remove(0) } else { RegexNode::Either(parts) })
    }

    fn sequence(&mut self) -> Result<RegexNode, String> {
        let mut parts = Vec::new();
        loop {
            self.skip_verbose();
            match self.rest.peek() {
                None | Some('|' | ')') => break,
                Some(_) => {}
            }
            if self.eat_all("(?#") {
                while !self.eat(')') {
                    self.rest.next().ok_or_else(|| self.malformed())?;
                }
                continue;
            }
            if self.bounds()?.is_some() {
                return Err(self.malformed());
            }
            let atom = self.atom()?;
            let part = self.repeated(atom)?;
            parts.push(part);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { RegexNode::Sequence(parts) })
    }

    /// White space and comments of a verbose pattern.
    fn skip_verbose(&mut self) {
        if self.flags & VERBOSE == 0 {
            return;
        }
        while let Some(c) = self.rest.next_if(|c| c.is_whitespace() || *c == '#') {
            if c == '#' {
                while self.rest.next_if(|c| *c != '\n').is_some() {}
            }
        }
    }

    fn atom(&mut self) -> Result<RegexNode, String> {
        Ok(match self.rest.next().ok_or_else(|| self.malformed())? {
            '.' => RegexNode::Any,
            '^' => RegexNode::Place(RegexPlace::Start),
            '$' => RegexNode::Place(RegexPlace::End),
            '[' => self.class()?,
            '(' => self.group()?,
            '\\' => self.escape()?,
            '*' | '+' | '?' => return Err(self.malformed()),
            c => RegexNode::Char(c),
        })
    }

    fn escape(&mut self) -> Result<RegexNode, String> {
        let c = self.rest.next().ok_or_else(|| self.malformed())?;
        let place = match c {
            'A' => Some(RegexPlace::TextStart),
            'Z' => Some(RegexPlace::TextEnd),
            'b' => Some(RegexPlace::WordEdge),
            'B' => Some(RegexPlace::NoWordEdge),
            _ => None,
        };
        if let Some(place) = place {
            return Ok(RegexNode::Place(place));
        }
        if let Some(number) = c.to_digit(10).map(|d| d as usize) {
            let more = self.rest.peek().is_some_and(char::is_ascii_digit);
            if number == 0 || more || number > self.groups.len() {
                return Err(self.malformed());
            }
            return Ok(RegexNode::Reference(number));
        }
        Ok(match self.kind_or_char(c)? {
            RegexItem::Char(c) => RegexNode::Char(c),
            item => RegexNode::Class { negated: false, items: vec![item] },
        })
    }

    /// What an escape stands for that means the same within a class and outside.
    fn kind_or_char(&mut self, c: char) -> Result<RegexItem, String> {
        Ok(match c {
            'd' | 'D' => RegexItem::Digit { negated: c == 'D' },
            'w' | 'W' => RegexItem::Word { negated: c == 'W' },
            's' | 'S' => RegexItem::Space { negated: c == 'S' },
            'n' => RegexItem::Char('\n'),
            't' => RegexItem::Char('\t'),
            'r' => RegexItem::Char('\r'),
            'f' => RegexItem::Char('\u{c}'),
            'v' => RegexItem::Char('\u{b}'),
            'a' => RegexItem::Char('\u{7}'),
            'x' => RegexItem::Char(self.code(2)?),
            'u' => RegexItem::Char(self.code(4)?),
            c if c.is_ascii_alphanumeric() => return Err(self.malformed()),
            c => RegexItem::Char(c),
        })
    }

    fn code(&mut self, digits: usize) -> Result<char, String> {
        let mut value = 0;
        for _ in 0..digits {
            let digit = self.rest.next().and_then(|c| c.to_digit(16)).ok_or_else(|| self.malformed())?;
            value = value * 16 + digit;
        }
        char::from_u32(value).ok_or_else(|| self.malformed())
    }

    fn class(&mut self) -> Result<RegexNode, String> {
        let negated = self.eat('^');
        let mut items = Vec::new();
        loop {
            let first = items.is_empty();
            match self.rest.next().ok_or_else(|| self.malformed())? {
                ']' if !first => return Ok(RegexNode::Class { negated, items }),
                c => {
                    let item = self.class_item(c)?;
                    items.push(self.range_from(item)?);
                }
            }
        }
    }

    fn class_item(&mut self, c: char) -> Result<RegexItem, String> {
        if c != '\\' {
            return Ok(RegexItem::Char(c));
        }
        match self.rest.next().ok_or_else(|| self.malformed())? {
            'b' => Ok(RegexItem::Char('\u{8}')),
            c => self.kind_or_char(c),
        }
    }

    /// `a-z`, if a range begins with the item.
    fn range_from(&mut self, item: RegexItem) -> Result<RegexItem, String> {
        let RegexItem::Char(from) = item else { return Ok(item) };
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('-') || matches!(ahead.next(), Some(']') | None) {
            return Ok(item);
        }
        self.eat('-');
        let c = self.rest.next().ok_or_else(|| self.malformed())?;
        match self.class_item(c)? {
            RegexItem::Char(to) if from <= to => Ok(RegexItem::Range(from, to)),
            _ => Err(self.malformed()),
        }
    }

    fn group(&mut self) -> Result<RegexNode, String> {
        if !self.eat('?') {
            return self.capture(None);
        }
        if self.eat_all("P<") {
            let mut name = String::new();
            while let Some(c) = self.rest.next_if(|c| *c != '>') {
                name.push(c);
            }
            self.expect('>')?;
            return self.capture(Some(name));
        }
        if self.eat_all("P=") {
            let mut name = String::new();
            while let Some(c) = self.rest.next_if(|c| *c != ')') {
                name.push(c);
            }
            self.expect(')')?;
            let number = self.groups.iter().position(|g| g.as_deref() == Some(name.as_str()));
            return number.map(|n| RegexNode::Reference(n + 1)).ok_or_else(|| self.malformed());
        }
        if self.eat(':') {
            let body = Box::new(self.either()?);
            self.expect(')')?;
            return Ok(RegexNode::Group { number: None, name: None, body });
        }
        let (ahead, negative) =
            [("=", true, false), ("!", true, true), ("<=", false, false), ("<!", false, true)]
                .into_iter()
                .find(|(sign, _, _)| self.eat_all(sign))
                .map(|(_, ahead, negative)| (ahead, negative))
                .ok_or_else(|| self.malformed())?;
        let body = Box::new(self.either()?);
        self.expect(')')?;
        Ok(RegexNode::Look { ahead, negative, body })
    }

    fn capture(&mut self, name: Option<String>) -> Result<RegexNode, String> {
        self.groups.push(name.clone());
        let number = Some(self.groups.len());
        let body = Box::new(self.either()?);
        self.expect(')')?;
        Ok(RegexNode::Group { number, name, body })
    }

    fn repeated(&mut self, body: RegexNode) -> Result<RegexNode, String> {
        self.skip_verbose();
        let (least, most) = match self.rest.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.bounds()? {
                Some(bounds) => bounds,
                None => return Ok(body),
            },
            _ => return Ok(body),
        };
        self.rest.next();
        if matches!(body, RegexNode::Place(_) | RegexNode::Look { .. })
            || most.is_some_and(|most| most < least)
        {
            return Err(self.malformed());
        }
        let lazy = self.eat('?');
        // A repetition of a repetition is an error, a possessive one is newer than many Pythons.
        if matches!(self.rest.peek(), Some('*' | '+' | '?')) {
            return Err(self.malformed());
        }
        Ok(RegexNode::Repeat { body: Box::new(body), least, most, lazy })
    }

    /// `{n,m}` up to its last character; a brace that begins no bounds is an ordinary character.
    fn bounds(&mut self) -> Result<Option<(u32, Option<u32>)>, String> {
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('{') {
            return Ok(None);
        }
        let mut text = String::new();
        while let Some(c) = ahead.next_if(|c| c.is_ascii_digit() || *c == ',') {
            text.push(c);
        }
        if ahead.peek() != Some(&'}') || text.is_empty() {
            return Ok(None);
        }
        let bounds = match text.split(',').collect::<Vec<_>>().as_slice() {
            [count] => (self.count(count)?.unwrap_or(0), self.count(count)?),
            [least, most] => (self.count(least)?.unwrap_or(0), self.count(most)?),
            _ => return Ok(None),
        };
        self.rest = ahead;
        Ok(Some(bounds))
    }

    fn count(&self, digits: &str) -> Result<Option<u32>, String> {
        if digits.is_empty() {
            return Ok(None);
        }
        let count = digits.parse().ok().filter(|count| *count <= MAX_COUNT);
        count.map(Some).ok_or_else(|| self.malformed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(pattern: &str) -> RegexNode {
        parse(pattern, 0).expect(pattern).root
    }

    #[test]
    fn classes_hold_ranges_kinds_and_brackets() {
        let items = vec![
            RegexItem::Char(']'),
            RegexItem::Range('a', 'f'),
            RegexItem::Digit { negated: false },
            RegexItem::Char('-'),
        ];
        assert_eq!(root(r"[^]a-f\d-]"), RegexNode::Class { negated: true, items });
    }

    #[test]
    fn a_brace_without_bounds_is_a_character() {
        assert!(!root("{a").can_be_empty());
        assert!(parse("a{1,2,3}", 0).is_ok());
        let two =
            RegexNode::Repeat { body: Box::new(RegexNode::Char('a')), least: 0, most: Some(2), lazy: false };
        assert_eq!(root("a{,2}"), two);
    }

    #[test]
    fn groups_are_counted_and_those_that_may_be_absent_known() {
        let regex = parse(r"(a)(?:(b)|c)(?P<year>\d)?", 0).expect("a pattern");
        assert_eq!(regex.groups, 3);
        assert_eq!(regex.root.optional_groups(), [2, 3]);
        assert_eq!(regex.root.group_named("year"), Some(3));
    }

    #[test]
    fn flags_in_front_and_verbose_patterns() {
        let regex = parse("(?im) a", 64).expect("a pattern");
        assert!(regex.ignore_case && regex.multi_line && !regex.dot_all);
        assert_eq!(regex.root, RegexNode::Char('a'));
    }

    #[test]
    fn what_python_refuses_or_has_no_rule_is_refused() {
        let bounds = ["a{2,1}", "{2}", "a|{2}", "a{2}{3}", "a{99999999999}", "a{0,70000}"];
        for pattern in ["(", "a**", "[b-a]", r"\q", r"\1", "*a", "a++", "(?(1)a|b)"].into_iter().chain(bounds)
        {
            assert!(parse(pattern, 0).is_err(), "{pattern}");
        }
    }

    #[test]
    fn replacements_name_groups() {
        let regex = parse("(a)(b)", 0).expect("a pattern");
        let parts = parse_replacement(r"\2-\g<1>\\", &regex).expect("a replacement");
        let text = |t: &str| RegexReplacement::Text(t.to_owned());
        assert_eq!(parts, [RegexReplacement::Group(2), text("-"), RegexReplacement::Group(1), text("\\")]);
        assert!(parse_replacement(r"\3", &regex).is_err());
    }
}
