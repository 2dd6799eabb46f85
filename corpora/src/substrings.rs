//! Runs of bytes that several places of a corpus have in common, after Lee et al. (2021): by a suffix array.
//!
//! Of a run that stands in several documents the first kept one owns it; in later ones it is *repeated*. A document that is
//! left out owns nothing, so no run is lost from all documents. Windows of the shortest length decide: a repeated run is
//! the union of the windows that are owned by earlier documents, and never crosses the border of a document.

use libsais::SuffixArrayConstruction;

/// Bytes of memory that a byte of text costs.
const BYTES_PER_BYTE: u64 = 10;
/// Between documents; no byte of UTF-8.
const BORDER: u8 = 0xFF;
/// No group.
const NONE: u32 = u32::MAX;

/// A run in a document that an earlier place has as well; in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// Where it starts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The document, by its position, where its first window stands first.
    pub first_document: usize,
    /// Where it starts there.
    pub first_start: usize,
}

/// The bytes of text that may be compared at a time with `memory`.
pub fn part_bytes(memory: u64) -> usize {
    (memory / BYTES_PER_BYTE).clamp(1 << 16, i32::MAX as u64 / 2) as usize
}

/// The texts could not be compared.
#[derive(Debug, thiserror::Error)]
#[error("cannot build the suffix array of {bytes} bytes: {reason}")]
pub struct SuffixError {
    bytes: usize,
    reason: String,
}

/// The repeated runs of at least `shortest` bytes in each of `texts`, in order; `keep` is asked of each text with its runs
/// whether it is kept, and with that owns what it has first. Runs within one document are not repeated.
///
/// # Errors
/// There is too much text for one part, or too little memory.
pub fn repeated(
    texts: &[&str],
    shortest: usize,
    mut keep: impl FnMut(usize, &[Repeated]) -> bool,
) -> Result<Vec<Vec<Repeated>>, SuffixError> {
    let (groups, count) = windows(texts, shortest)?;
    // Where each group stands first in a document that is kept.
    let mut owners: Vec<(u32, u32)> = vec![(NONE, 0); count];
    let mut start = 0;
    let mut all = Vec::with_capacity(texts.len());
    for (document, text) in texts.iter().enumerate() {
        let places = (text.len() + 1).saturating_sub(shortest);
        let own = groups.get(start..start + places).unwrap_or_default();
        let runs = runs(text, own, &owners, shortest);
        if keep(document, &runs) {
            for (position, &group) in own.iter().enumerate() {
                if let Some(owner) = owners.get_mut(group as usize).filter(|(owner, _)| *owner == NONE) {
                    *owner = (document as u32, position as u32);
                }
            }
        }
        all.push(runs);
        start += text.len() + 1;
    }
    Ok(all)
}

/// The group of the window that starts at each byte of the joined texts, and how many groups there are: windows of the
/// same bytes share one, and a window that stands nowhere else has none.
fn windows(texts: &[&str], shortest: usize) -> Result<(Vec<u32>, usize), SuffixError> {
    let mut joined = Vec::with_capacity(texts.iter().map(|text| text.len() + 1).sum());
    for text in texts {
        joined.extend_from_slice(text.as_bytes());
        joined.push(BORDER);
    }
    let fail =
        |reason: &dyn std::fmt::Debug| SuffixError { bytes: joined.len(), reason: format!("{reason:?}") };
    if joined.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let suffixes = SuffixArrayConstruction::for_text(&joined).in_owned_buffer32().single_threaded().run();
    let with_prefixes = suffixes
        .map_err(|error| fail(&error))?
        .plcp_construction()
        .single_threaded()
        .run()
        .map_err(|error| fail(&error))?;
    let (suffixes, prefixes, _) = with_prefixes.into_parts();
    let mut groups = vec![NONE; joined.len()];
    let (mut count, mut before) = (0_u32, None::<usize>);
    for &suffix in &suffixes {
        let position = suffix as usize;
        // How much this suffix has in common with the one before it in the array.
        let common = prefixes.get(position).map_or(0, |&common| common.max(0) as usize);
        if let Some(before) = before.filter(|_| common >= shortest) {
            let group = groups.get(before).copied().unwrap_or(NONE);
            let group = if group == NONE { count } else { group };
            count += u32::from(group == count);
            for place in [before, position] {
                if let Some(place) = groups.get_mut(place) {
                    *place = group;
                }
            }
        }
        before = Some(position);
    }
    Ok((groups, count as usize))
}

/// The windows of one text that are owned, united.
fn runs(text: &str, groups: &[u32], owners: &[(u32, u32)], shortest: usize) -> Vec<Repeated> {
    let mut runs: Vec<Repeated> = Vec::new();
    for (start, &group) in groups.iter().enumerate() {
        let Some(&(owner, first)) = owners.get(group as usize).filter(|(owner, _)| *owner != NONE) else {
            continue;
        };
        let end = start + shortest;
        match runs.last_mut().filter(|run| run.end >= start) {
            Some(run) => run.end = end,
            None => runs.push(Repeated {
                start,
                end,
                first_document: owner as usize,
                first_start: first as usize,
            }),
        }
    }
    for run in &mut runs {
        // A run may begin or end within a character.
        let begin = (run.start..run.end).find(|&at| text.is_char_boundary(at)).unwrap_or(run.end);
        run.first_start += begin - run.start;
        run.start = begin;
        run.end = (run.start..=run.end).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(run.start);
    }
    runs
}

/// The text with the characters from each start to end replaced by blanks; line ends stay, so lines keep their numbers.
pub(crate) fn masked(text: &str, spans: &[(usize, usize)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for &(start, end) in spans {
        out.push_str(text.get(at..start).unwrap_or_default());
        let run = text.get(start..end).unwrap_or_default();
        out.extend(run.chars().map(|c| if c == '\n' || c == '\r' { c } else { ' ' }));
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn spans(texts: &[&str], shortest: usize) -> Vec<Vec<(usize, usize)>> {
        let found = repeated(texts, shortest, |_, _| true).unwrap();
        found.into_iter().map(|runs| runs.iter().map(|run| (run.start, run.end)).collect()).collect()
    }

    #[test]
    fn finds_what_an_earlier_text_has() {
        let texts = ["xx-abcdefgh-yy", "12abcdefgh34", "nothing", "abcdefghabcdefgh"];
        assert_eq!(spans(&texts, 8), [vec![], vec![(2, 10)], vec![], vec![(0, 16)]]);
        let found = repeated(&texts, 8, |_, _| true).unwrap();
        assert_eq!((found[1][0].first_document, found[1][0].first_start), (0, 3));
    }

    #[test]
    fn runs_do_not_cross_borders_and_texts_may_be_short_or_empty() {
        assert_eq!(spans(&["abcd", "efgh", "abcd", "efgh", "", "a"], 6), vec![vec![]; 6]);
        assert_eq!(spans(&[], 6), Vec::<Vec<(usize, usize)>>::new());
    }

    #[test]
    fn what_is_left_out_owns_nothing() {
        let texts = ["abcdefgh", "abcdefgh-12345678", "12345678"];
        let found = repeated(&texts, 8, |document, _| document != 1).unwrap();
        assert_eq!(found[1].len(), 1);
        assert!(found[2].is_empty(), "its only copy is left out");
    }

    #[test]
    fn masks_whole_characters_and_keeps_lines() {
        assert_eq!(masked("ab\ncd é f", &[(1, 4), (6, 8)]), "a \n d   f");
        let texts = ["éééé", "xéééé"];
        let found = repeated(&texts, 7, |_, _| true).unwrap();
        assert!(found[1].iter().all(|run| texts[1].get(run.start..run.end).is_some()), "{found:?}");
    }

    proptest! {
        #[test]
        fn agrees_with_brute_force(texts in proptest::collection::vec("[ab]{0,40}", 0..8), shortest in 2_usize..8) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let found = spans(&texts, shortest);
            let mut seen: HashSet<&[u8]> = HashSet::new();
            for (text, found) in texts.iter().zip(found) {
                let mut covered = vec![false; text.len()];
                for (start, window) in text.as_bytes().windows(shortest).enumerate() {
                    if seen.contains(window) {
                        covered[start..start + shortest].fill(true);
                    }
                }
                let mut marked = vec![false; text.len()];
                found.iter().for_each(|&(start, end)| marked[start..end].fill(true));
                prop_assert_eq!(marked, covered);
                seen.extend(text.as_bytes().windows(shortest));
            }
        }
    }
}
