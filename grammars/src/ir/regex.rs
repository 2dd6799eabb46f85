//! Regular expressions as trees, so that each target can write them in its own syntax.

use serde::{Deserialize, Serialize};

/// A pattern with its flags. It means what Python's `re` means by it for text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Regex {
    /// The pattern.
    pub root: RegexNode,
    /// Number of groups that capture.
    pub groups: usize,
    /// Letters match in either case.
    pub ignore_case: bool,
    /// `^` and `$` match at lines.
    pub multi_line: bool,
    /// `.` matches a newline too.
    pub dot_all: bool,
}

/// Part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegexNode {
    /// This character.
    Char(char),
    /// `.`.
    Any,
    /// `[…]`, or `[^…]` where `negated`.
    Class {
        /// Any other character.
        negated: bool,
        /// What it holds.
        items: Vec<RegexItem>,
    },
    /// A place between characters.
    Place(RegexPlace),
    /// `(…)`, counted from 1 where it captures.
    Group {
        /// Its number, if it captures.
        number: Option<usize>,
        /// Its name, if it has one.
        name: Option<String>,
        /// What is in the parentheses.
        body: Box<RegexNode>,
    },
    /// `\1`: what the group captured.
    Reference(usize),
    /// `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`.
    Look {
        /// What follows, not what precedes.
        ahead: bool,
        /// It must not match.
        negative: bool,
        /// The pattern.
        body: Box<RegexNode>,
    },
    /// `*`, `+`, `?`, `{n,m}`.
    Repeat {
        /// What is repeated.
        body: Box<RegexNode>,
        /// At least so often.
        least: u32,
        /// At most so often.
        most: Option<u32>,
        /// As seldom as possible.
        lazy: bool,
    },
    /// One after another.
    Sequence(Vec<RegexNode>),
    /// `a|b`: the first that matches.
    Either(Vec<RegexNode>),
}

/// Part of a class.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegexItem {
    /// A character.
    Char(char),
    /// From one character to another.
    Range(char, char),
    /// `\d`, or `\D` where negated.
    Digit {
        /// Anything else.
        negated: bool,
    },
    /// `\w`, or `\W` where negated.
    Word {
        /// Anything else.
        negated: bool,
    },
    /// `\s`, or `\S` where negated.
    Space {
        /// Anything else.
        negated: bool,
    },
}

/// A place between characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegexPlace {
    /// `^`.
    Start,
    /// `$`: the end, or before a newline there.
    End,
    /// `\A`.
    TextStart,
    /// `\Z`: the end.
    TextEnd,
    /// `\b`.
    WordEdge,
    /// `\B`.
    NoWordEdge,
}

/// Where a search has to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegexAnchor {
    /// `search`: at the first place that does.
    Anywhere,
    /// `match`: at the start of the text.
    Start,
    /// `fullmatch`: the whole text.
    Whole,
}

/// Part of a replacement in which groups are named.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegexReplacement {
    /// Text as it is.
    Text(String),
    /// What the group captured; 0 is the whole match.
    Group(usize),
}

impl RegexNode {
    /// Whether it can match the empty text.
    pub fn can_be_empty(&self) -> bool {
        match self {
            RegexNode::Char(_) | RegexNode::Any | RegexNode::Class { .. } => false,
            RegexNode::Place(_) | RegexNode::Look { .. } | RegexNode::Reference(_) => true,
            RegexNode::Group { body, .. } => body.can_be_empty(),
            RegexNode::Repeat { body, least, .. } => *least == 0 || body.can_be_empty(),
            RegexNode::Sequence(parts) => parts.iter().all(RegexNode::can_be_empty),
            RegexNode::Either(parts) => parts.iter().any(RegexNode::can_be_empty),
        }
    }

    /// The numbers of the groups that may have captured nothing although the pattern matched.
    pub fn optional_groups(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.collect_optional(false, &mut found);
        found
    }

    fn collect_optional(&self, optional: bool, found: &mut Vec<usize>) {
        match self {
            RegexNode::Group { number, body, .. } => {
                found.extend(number.filter(|_| optional));
                body.collect_optional(optional, found);
            }
            RegexNode::Look { negative, body, .. } => body.collect_optional(optional || *negative, found),
            RegexNode::Repeat { body, least, .. } => body.collect_optional(optional || *least == 0, found),
            RegexNode::Sequence(parts) => parts.iter().for_each(|p| p.collect_optional(optional, found)),
            RegexNode::Either(parts) => parts.iter().for_each(|p| p.collect_optional(true, found)),
            RegexNode::Char(_)
            | RegexNode::Any
            | RegexNode::Class { .. }
            | RegexNode::Place(_)
            | RegexNode::Reference(_) => {}
        }
    }

    /// The number of the group with this name.
    pub fn group_named(&self, wanted: &str) -> Option<usize> {
        match self {
            RegexNode::Group { number, name, body } => match name {
                Some(name) if name == wanted => *number,
                _ => body.group_named(wanted),
            },
            RegexNode::Look { body, .. } | RegexNode::Repeat { body, .. } => body.group_named(wanted),
            RegexNode::Sequence(parts) | RegexNode::Either(parts) => {
                parts.iter().find_map(|p| p.group_named(wanted))
            }
            _ => None,
        }
    }
}
