//! Where a program is cut into prefix, middle and suffix.

use crate::Dice;
use grammars::LangId;
use grammars::targets::syntax_nodes;
use std::ops::Range;

/// What the borders of the middle are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// Any two characters, as Bavarian et al. (2022) found best for random spans.
    #[default]
    Character,
    /// The ends of two lines: the middle is one or more whole lines.
    Line,
    /// A syntax node of the language. Where the text is no whole program it is cut by lines.
    Node,
}

/// The share of a text that a node may take to be its middle; what is left has to say what is missing.
const LARGEST_NODE: f64 = 0.8;

impl Cut {
    /// The middle of `text`; never empty unless the text is.
    pub fn middle(self, text: &str, lang: &LangId, dice: &mut Dice) -> Range<usize> {
        match self {
            Cut::Character => characters(text, dice),
            Cut::Line => lines(text, dice),
            Cut::Node => node(text, lang, dice).unwrap_or_else(|| lines(text, dice)),
        }
    }
}

/// Two different places of `borders`, which are sorted.
fn between(borders: &[usize], dice: &mut Dice) -> Range<usize> {
    let last = borders.len().saturating_sub(1);
    let first = dice.below(borders.len());
    let other = dice.below(last);
    let second = if other >= first { other + 1 } else { other };
    let at = |index: usize| borders.get(index.min(last)).copied().unwrap_or(0);
    at(first.min(second))..at(first.max(second))
}

fn characters(text: &str, dice: &mut Dice) -> Range<usize> {
    let borders: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    between(&borders, dice)
}

fn lines(text: &str, dice: &mut Dice) -> Range<usize> {
    let ends = text.split_inclusive('\n').scan(0, |at, line| {
        *at += line.len();
        Some(*at)
    });
    let borders: Vec<usize> = [0].into_iter().chain(ends).collect();
    between(&borders, dice)
}

fn node(text: &str, lang: &LangId, dice: &mut Dice) -> Option<Range<usize>> {
    let largest = (text.len() as f64 * LARGEST_NODE) as usize;
    let mut nodes = syntax_nodes(lang, text)?;
    nodes.retain(|node| node.len() > 1 && node.len() <= largest && text.get(node.clone()).is_some());
    // A node with one child has its place; it is not twice as likely for that.
    nodes.dedup();
    let chosen = dice.below(nodes.len());
    nodes.get(chosen).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lang() -> LangId {
        LangId::from_static("julia")
    }

    proptest! {
        #[test]
        fn the_middle_is_a_part_that_is_not_empty(text in "\\PC{1,40}(\n\\PC{0,10}){0,5}", seed: u64) {
            for cut in [Cut::Character, Cut::Line, Cut::Node] {
                let middle = cut.middle(&text, &lang(), &mut Dice::new(seed, "cut", ""));
                prop_assert!(!middle.is_empty() && text.get(middle).is_some());
            }
        }
    }

    #[test]
    fn an_empty_text_has_an_empty_middle() {
        for cut in [Cut::Character, Cut::Line, Cut::Node] {
            assert_eq!(cut.middle("", &lang(), &mut Dice::new(1, "cut", "")), 0..0);
        }
    }

    #[test]
    fn lines_stay_whole_and_nodes_are_nodes() {
        let text = "f(x) = x + 1\ng(x) = f(x) * 2\nh(x) = g(x) - 3\n";
        let nodes = syntax_nodes(&lang(), text).unwrap();
        for seed in 0..100 {
            let middle = Cut::Line.middle(text, &lang(), &mut Dice::new(seed, "cut", ""));
            assert!(text[..middle.start].is_empty() || text[..middle.start].ends_with('\n'));
            assert!(text[middle].ends_with('\n'));
            let middle = Cut::Node.middle(text, &lang(), &mut Dice::new(seed, "cut", ""));
            assert!(nodes.contains(&middle), "{:?}", &text[middle]);
        }
    }
}
