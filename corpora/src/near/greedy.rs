//! The choice: nodes from best to worst, each compared with the kept ones that share a bucket with it.

use super::SpillError;
use super::sketch::Sketcher;
use super::spill::{Buffer, Parts, Place, Runs};

/// No node, or no entry.
pub(super) const NONE: u32 = u32::MAX;

/// What is known of the nodes.
#[derive(Clone, Copy)]
pub(super) struct Stored<'a> {
    pub(super) threshold: f64,
    pub(super) sketcher: Sketcher,
    pub(super) places: &'a [Place],
    pub(super) sketch_places: &'a [Place],
    pub(super) sets: &'a Runs,
    pub(super) sketches: &'a Runs,
}

/// The part of the memberships that a rank belongs to.
pub(super) fn part(rank: u32, nodes: usize) -> usize {
    (u64::from(rank) * Parts::COUNT as u64 / nodes.max(1) as u64) as usize
}

/// The state of the choice.
pub(super) struct Greedy<'a> {
    stored: Stored<'a>,
    /// The kept node that stands for each node.
    keepers: Vec<u32>,
    /// Union-find over kept nodes with a near-duplicate in common.
    parents: Vec<u32>,
    /// The node that last looked at each node.
    seen: Vec<u32>,
    /// The last entry of each group, and all entries: a kept node and the entry before it.
    heads: Vec<u32>,
    entries: Vec<(u32, u32)>,
    candidates: Vec<u32>,
    similar: Vec<u32>,
    buffers: [Buffer; 4],
}

impl<'a> Greedy<'a> {
    /// Before the first choice: every node is kept.
    pub(super) fn new(stored: Stored<'a>, groups: u32) -> Self {
        let nodes = stored.places.len() as u32;
        Greedy {
            stored,
            keepers: (0..nodes).collect(),
            parents: (0..nodes).collect(),
            seen: vec![NONE; nodes as usize],
            heads: vec![NONE; groups as usize],
            entries: Vec::new(),
            candidates: Vec::new(),
            similar: Vec::new(),
            buffers: Default::default(),
        }
    }

    /// The kept node that stands for `node`.
    pub(super) fn keeper(&self, node: u32) -> u32 {
        at(&self.keepers, node)
    }

    /// The family of `node`.
    pub(super) fn family(&mut self, node: u32) -> u32 {
        self.root(self.keeper(node))
    }

    /// Goes through the nodes that share a bucket with others, by rank.
    pub(super) fn run(&mut self, mut memberships: Parts, ranks: &[u32]) -> Result<(), SpillError> {
        for part in 0..Parts::COUNT {
            let entries = memberships.take(part)?;
            for of_node in entries.chunk_by(|(a, _), (b, _)| a >> 32 == b >> 32) {
                if let Some(&(_, node)) = of_node.first() {
                    self.choose(node, of_node, ranks)?;
                }
            }
        }
        Ok(())
    }

    /// Keeps `node` or finds what stands for it; the lower half of each membership's key is a group.
    fn choose(&mut self, node: u32, memberships: &[(u64, u32)], ranks: &[u32]) -> Result<(), SpillError> {
        let groups = || memberships.iter().map(|(key, _)| *key as u32);
        self.collect(node, groups());
        self.compare(node)?;
        let similar = std::mem::take(&mut self.similar);
        match similar.iter().copied().min_by_key(|&kept| at(ranks, kept)) {
            Some(best) => {
                set(&mut self.keepers, node, best);
                similar.iter().for_each(|&other| self.unite(best, other));
            }
            None => groups().for_each(|group| {
                let entry = self.entries.len() as u32;
                self.entries.push((node, at(&self.heads, group)));
                set(&mut self.heads, group, entry);
            }),
        }
        self.similar = similar;
        Ok(())
    }

    /// The kept nodes in `groups`, each once, into `candidates`.
    fn collect(&mut self, node: u32, groups: impl Iterator<Item = u32>) {
        self.candidates.clear();
        for group in groups {
            let mut entry = at(&self.heads, group);
            while let Some(&(kept, before)) = self.entries.get(entry as usize) {
                if at(&self.seen, kept) != node {
                    set(&mut self.seen, kept, node);
                    self.candidates.push(kept);
                }
                entry = before;
            }
        }
    }

    /// The candidates that are near-duplicates of `node`, into `similar`.
    fn compare(&mut self, node: u32) -> Result<(), SpillError> {
        self.similar.clear();
        if self.candidates.is_empty() {
            return Ok(());
        }
        let Stored { threshold, sketcher, places, sketch_places, sets, sketches } = self.stored;
        let [own_set, own_sketch, other_set, other_sketch] = &mut self.buffers;
        let place = |of: &[Place], node: u32| of.get(node as usize).copied().unwrap_or_default();
        let own_place = place(places, node);
        let sketch = sketches.get(place(sketch_places, node), own_sketch)?;
        let set = sets.get(own_place, own_set)?;
        for &kept in &self.candidates {
            let kept_place = place(places, kept);
            if !sizes_allow(own_place.len(), kept_place.len(), threshold) {
                continue;
            }
            let kept_sketch = sketches.get(place(sketch_places, kept), other_sketch)?;
            if sketcher.may_be_similar(sketch, kept_sketch)
                && similar(set, sets.get(kept_place, other_set)?, threshold)
            {
                self.similar.push(kept);
            }
        }
        Ok(())
    }

    fn root(&mut self, node: u32) -> u32 {
        let mut node = node;
        loop {
            let parent = at(&self.parents, node);
            if parent == node {
                return node;
            }
            let above = at(&self.parents, parent);
            set(&mut self.parents, node, above);
            node = above;
        }
    }

    /// Makes one family of two; the smaller node names it.
    fn unite(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        set(&mut self.parents, a.max(b), a.min(b));
    }
}

/// Whether sets of these sizes can be similar: the smaller one may be part of the larger one.
fn sizes_allow(a: usize, b: usize, threshold: f64) -> bool {
    a.min(b) as f64 / a.max(b) as f64 >= threshold
}

/// Whether the Jaccard similarity of two sorted sets is `threshold` or more, exactly.
///
/// The quotient of two integers is rounded as the literal of the threshold is, so 7 of 10 is 0.7.
fn similar(a: &[u64], b: &[u64], threshold: f64) -> bool {
    let total = a.len() + b.len();
    let reaches = |common: usize| common as f64 / (total - common) as f64 >= threshold;
    let (mut common, mut i, mut j) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        // In each block of steps, look whether the rest can still be enough.
        if (i + j) % 256 < 2 && !reaches(common + (a.len() - i).min(b.len() - j)) {
            return false;
        }
        common += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    reaches(common)
}

fn at(list: &[u32], position: u32) -> u32 {
    list.get(position as usize).copied().unwrap_or(NONE)
}

fn set(list: &mut [u32], position: u32, value: u32) {
    if let Some(place) = list.get_mut(position as usize) {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_is_exact_at_the_threshold() {
        let a: Vec<u64> = (0..1700).collect();
        for (own, expected) in [(299, true), (300, true), (301, false)] {
            // 1400 common of 1700 + own.
            let b: Vec<u64> = (300..1700).chain(5000..5000 + own).collect();
            assert_eq!(similar(&a, &b, 0.7), expected, "{own}");
            assert_eq!(similar(&b, &a, 0.7), expected, "{own}");
        }
        assert!(similar(&[1, 2], &[1, 2], 1.0));
        assert!(!similar(&[1], &[2], 0.01));
    }

    #[test]
    fn sizes_that_allow_nothing_are_seen() {
        assert!(sizes_allow(7, 10, 0.7));
        assert!(!sizes_allow(69, 100, 0.7));
    }
}
