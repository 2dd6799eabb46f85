//! Fill in the middle: programs with a part moved to the end, between a model's sentinel tokens
//! (Bavarian et al.: Efficient training of language models to fill in the middle, 2022).

mod cut;
mod models;

pub use cut::Cut;
pub use models::{MODELS, Order, Sentinels};

use super::length::Length;
use super::{Dropped, Shape, TextRow};
use crate::{Dice, Record};
use grammars::LangId;

/// How programs are made into texts with holes.
#[derive(Clone, Debug)]
pub struct Fim {
    /// The sentinels.
    pub sentinels: Sentinels,
    /// The share of texts that get a hole; the others stay as they are.
    pub rate: f64,
    /// Of those with a hole, the share in the order suffix, prefix, middle.
    pub spm: f64,
    /// Where holes begin and end.
    pub cut: Cut,
    /// Each program is a document of its own (`None`), or programs are cut into contexts first and each piece of
    /// a program within a context is treated by itself, so that no hole is torn apart later.
    pub context: Option<Context>,
    /// The seed.
    pub seed: u64,
}

/// The length of a context.
#[derive(Clone, Debug)]
pub struct Context {
    /// What is counted.
    pub length: Length,
    /// How many of it fit.
    pub size: usize,
}

impl Fim {
    /// Whether the model knows what is asked for.
    ///
    /// # Errors
    /// One sentence, where the model has never seen the order that `spm` asks for.
    pub fn check(&self) -> Result<(), String> {
        let unknown = |order: &str, way: &str| {
            Err(format!("this model was not trained on the order {order}; set the share of SPM to {way}"))
        };
        match (self.sentinels.psm, self.sentinels.spm) {
            (None, _) if self.spm < 1.0 => unknown("prefix, suffix, middle", "1"),
            (_, None) if self.spm > 0.0 => unknown("suffix, prefix, middle", "0"),
            _ => Ok(()),
        }
    }

    /// One piece of a program, with a hole or without, and the end behind it.
    fn piece(&self, text: &str, lang: &LangId, subject: &str) -> String {
        let mut dice = Dice::new(self.seed, "fim", subject);
        let order = if dice.comes_up(self.spm) { self.sentinels.spm } else { self.sentinels.psm };
        let mut written = match order {
            Some(order) if !text.is_empty() && dice.comes_up(self.rate) => {
                let middle = self.cut.middle(text, lang, &mut dice);
                let (prefix, suffix) = (&text[..middle.start], &text[middle.end..]);
                self.sentinels.join(order, prefix, &text[middle], suffix)
            }
            _ => text.to_owned(),
        };
        written.push_str(&self.sentinels.end);
        written
    }

    /// The pieces of a program that fit into a context, as they follow each other.
    fn pieces<'a>(&self, text: &'a str) -> Vec<&'a str> {
        match &self.context {
            None => vec![text],
            Some(context) => context.length.chunks(text, context.size),
        }
    }
}

impl Shape for Fim {
    type Row = TextRow;

    fn rows(&self, record: &Record) -> Result<Vec<TextRow>, Dropped> {
        if let Some(sentinel) = self.sentinels.found_in(&record.target) {
            let message =
                format!("Its text contains `{sentinel}`, which the tokenizer takes for a sentinel.");
            return Err(Dropped::new(record, "shape.sentinel", message));
        }
        let row = |(position, text): (usize, &str)| TextRow {
            text: self.piece(text, &record.target_lang, &format!("{} {position}", record.id)),
            id: record.id.clone(),
            lang: record.target_lang.to_string(),
            license: record.license.clone(),
        };
        Ok(self.pieces(&record.target).into_iter().enumerate().map(row).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::example;
    use proptest::prelude::*;

    fn fim(model: &str, cut: Cut) -> Fim {
        let sentinels = Sentinels::of_model(model).unwrap();
        let spm = match (sentinels.psm, sentinels.spm) {
            (None, _) => 1.0,
            (_, None) => 0.0,
            _ => 0.5,
        };
        Fim { sentinels, rate: 0.9, spm, cut, context: None, seed: 3 }
    }

    /// The program that a row was made from, read by the sentinels as a trainer's collator would.
    fn put_together(text: &str, sentinels: &Sentinels) -> String {
        let body = text.strip_suffix(sentinels.end.as_str()).expect("the end");
        let (p, s, m) = (sentinels.prefix.as_str(), sentinels.suffix.as_str(), sentinels.middle.as_str());
        let Some(behind) = body.strip_prefix(p).or_else(|| body.strip_prefix(s)) else {
            return body.to_owned();
        };
        if body.starts_with(s) {
            let (suffix, rest) = behind.split_once(p).expect("a prefix");
            return format!("{}{suffix}", rest.replacen(m, "", usize::from(!m.is_empty())));
        }
        if let Some(behind) = behind.strip_prefix(s) {
            let (suffix, rest) = behind.split_once(m).expect("a middle");
            return format!("{rest}{suffix}");
        }
        let (prefix, rest) = behind.split_once(s).expect("a suffix");
        let (suffix, middle) = rest.split_once(m).expect("a middle");
        format!("{prefix}{middle}{suffix}")
    }

    proptest! {
        #[test]
        fn prefix_middle_and_suffix_are_the_program(
            target in "(\\PC{0,30}\n){1,8}",
            model in proptest::sample::select(MODELS),
            cut in proptest::sample::select(&[Cut::Character, Cut::Line, Cut::Node][..]),
            size in 1usize..60,
            in_contexts: bool,
        ) {
            let mut fim = fim(model, cut);
            fim.context = in_contexts.then(|| Context { length: Length::Characters, size });
            prop_assume!(fim.sentinels.found_in(&target).is_none());
            let record = Record { target: target.clone(), ..example("f") };
            let rows = fim.rows(&record).unwrap();
            let program: String = rows.iter().map(|row| put_together(&row.text, &fim.sentinels)).collect();
            prop_assert_eq!(program, target);
        }
    }

    #[test]
    fn the_rates_are_kept() {
        let mut fim = fim("starcoder2", Cut::Character);
        fim.rate = 0.5;
        let texts: Vec<String> =
            (0..2000).map(|n| fim.rows(&example(&format!("f{n}"))).unwrap().remove(0).text).collect();
        let count = |start: &str| texts.iter().filter(|text| text.starts_with(start)).count();
        let spm = count("<fim_prefix><fim_suffix>");
        assert!((900..1100).contains(&count("<fim_prefix>")), "{}", count("<fim_prefix>"));
        // Some of the other order have an empty prefix and look the same.
        assert!((400..750).contains(&spm), "{spm}");
    }

    #[test]
    fn a_program_with_a_sentinel_is_left_out() {
        let record = Record { target: "s = \"<fim_middle>\"\n".into(), ..example("f") };
        let dropped = fim("starcoder2", Cut::Line).rows(&record).unwrap_err();
        assert_eq!(dropped.code, "shape.sentinel");
        assert!(dropped.message.contains("`<fim_middle>`"), "{}", dropped.message);
        assert!(fim("code-llama", Cut::Line).rows(&record).is_ok());
    }

    #[test]
    fn an_order_that_a_model_never_saw_is_refused() {
        let mut deepseek = fim("deepseek-coder", Cut::Line);
        assert_eq!(deepseek.check(), Ok(()));
        deepseek.spm = 0.5;
        assert!(deepseek.check().is_err());
        let mut codestral = fim("codestral", Cut::Line);
        codestral.spm = 0.0;
        assert!(codestral.check().unwrap_err().contains("to 1"));
    }
}
