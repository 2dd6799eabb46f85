//! Against brute force: nothing lost, nothing wrong, the same whatever the memory and the threads.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn options(memory: u64) -> NearOptions {
    NearOptions { ngram: 3, threshold: 0.7, memory, spill: std::env::temp_dir() }
}

fn clusters(texts: &[String], memory: u64, better: Option<&[u32]>) -> Clusters {
    let mut index = NearIndex::new(options(memory));
    for batch in texts.chunks(7) {
        index.add(batch).unwrap();
    }
    index.clusters(better).unwrap()
}

fn jaccard(a: &str, b: &str) -> f64 {
    let set = |text: &str| Shingler::new(3).set(text).into_iter().collect::<BTreeSet<u64>>();
    let (a, b) = (set(a), set(b));
    a.intersection(&b).count() as f64 / a.union(&b).count() as f64
}

/// Texts of which many are edits of earlier ones.
fn corpus(seed: u64, count: usize) -> Vec<String> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut texts: Vec<Vec<String>> = Vec::new();
    for n in 0..count as u64 {
        let words = match texts.get(next(n + 3) as usize) {
            Some(earlier) => {
                let mut words = earlier.clone();
                for _ in 0..next(1 + words.len() as u64 / 8) {
                    let at = next(words.len() as u64) as usize;
                    words[at] = format!("edit{}", next(1000));
                }
                words
            }
            None => (0..next(120)).map(|_| format!("w{}", next(500))).collect(),
        };
        texts.push(words);
    }
    texts.into_iter().map(|words| words.join(" ")).collect()
}

#[test]
fn finds_nearly_all_pairs_and_only_those() {
    let (mut pairs, mut missed) = (0, 0);
    for seed in 0..30 {
        let texts = corpus(seed, 60);
        let found = clusters(&texts, 1 << 20, None);
        for i in 0..texts.len() {
            let keeper = found.keeper(i);
            assert!(found.is_kept(keeper), "what stands for another is kept itself");
            assert!(keeper == i || jaccard(&texts[i], &texts[keeper]) >= 0.7, "a pair below the threshold");
            for j in 0..i {
                let near = jaccard(&texts[i], &texts[j]) >= 0.7;
                pairs += usize::from(near);
                missed += usize::from(near && found.is_kept(i) && found.is_kept(j));
            }
        }
    }
    assert!(pairs > 500, "{pairs}");
    assert!(missed * 100 <= pairs, "{missed} of {pairs} pairs were kept both");
}

#[test]
fn a_chain_loses_only_what_has_a_kept_neighbour() {
    let words = |from: usize| (from..from + 50).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
    // Each is like the next (41 of 55), but not like the one after that.
    let texts: Vec<String> = (0..6).map(|n| words(7 * n)).collect();
    assert!(jaccard(&texts[0], &texts[1]) >= 0.7 && jaccard(&texts[0], &texts[2]) < 0.7);
    let found = clusters(&texts, 1 << 20, None);
    let keepers: Vec<usize> = (0..6).map(|n| found.keeper(n)).collect();
    assert_eq!(keepers, [0, 0, 2, 2, 4, 4]);
    // 1 is like 0 and 2, 3 is like 2 and 4: what is split is split by the whole chain; it begins with 0.
    let better = [0, 2, 4, 1, 3, 5];
    let found = clusters(&texts, 1 << 20, Some(&better));
    assert!((0..6).all(|n| found.family(n) == 0), "{found:?}");
}

#[test]
fn the_order_says_which_one_is_kept() {
    let text = "one two three four five six seven eight nine ten";
    let texts = [text, "something else altogether and not like it", text, text].map(str::to_owned);
    let keepers = |better: Option<&[u32]>| {
        let found = clusters(&texts, 1 << 20, better);
        (0..4).map(|n| found.keeper(n)).collect::<Vec<_>>()
    };
    assert_eq!(keepers(None), [0, 1, 0, 0]);
    assert_eq!(keepers(Some(&[2, 3, 1, 0])), [2, 1, 2, 2]);
}

#[test]
fn texts_without_words_are_near_duplicates_only_of_themselves() {
    let texts = ["", "", "+", "-", "a", "A", "b"].map(str::to_owned);
    let found = clusters(&texts, 1 << 20, None);
    assert_eq!((0..7).map(|n| found.keeper(n)).collect::<Vec<_>>(), [0, 0, 2, 3, 4, 4, 6]);
}

#[test]
fn thousands_of_copies_and_hot_buckets_end_soon() {
    let shared: Vec<String> = (0..60).map(|n| format!("licence{n}")).collect();
    let mut texts = Vec::new();
    for n in 0..2000 {
        texts.push(shared.join(" "));
        let own: Vec<String> = (0..50).map(|k| format!("own{n}x{k}")).collect();
        texts.push(format!("{} {}", shared.join(" "), own.join(" ")));
    }
    let started = std::time::Instant::now();
    let found = clusters(&texts, 1 << 24, None);
    assert_eq!(found.dropped(), 1999, "the copies of the licence alone");
    assert!(started.elapsed().as_secs() < 120, "quadratic work");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn neither_memory_nor_threads_change_anything(seed in any::<u64>(), count in 1_usize..80) {
        let texts = corpus(seed, count);
        let usual = clusters(&texts, 1 << 24, None);
        prop_assert_eq!(&usual, &clusters(&texts, 0, None));
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            prop_assert_eq!(&usual, &pool.install(|| clusters(&texts, 1 << 24, None)));
        }
    }
}
