//! The sentinel tokens of published models, and in which order they stand.

/// The tokens that mark the parts of a text with a hole, and their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentinels {
    /// Before the prefix.
    pub prefix: String,
    /// Before the suffix.
    pub suffix: String,
    /// Before the middle; empty where the model has none and the middle simply follows.
    pub middle: String,
    /// Behind the middle; empty where a model was trained without.
    pub end: String,
    /// How a text is written in the order prefix, suffix, middle; `None` where the model never saw it.
    pub psm: Option<Order>,
    /// How it is written in the order suffix, prefix, middle; `None` where the model never saw it.
    pub spm: Option<Order>,
}

/// Where the sentinels and the parts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// PREFIX p SUFFIX s MIDDLE m.
    PrefixSuffixMiddle,
    /// PREFIX SUFFIX s MIDDLE p m, the second form of Bavarian et al. (2022), section 3.
    PrefixTokenFirst,
    /// SUFFIX s PREFIX p MIDDLE m.
    SuffixPrefixMiddle,
}

/// The models whose sentinels are known by name.
pub const MODELS: &[&str] = &[
    "starcoder",
    "starcoder2",
    "granite",
    "deepseek-coder",
    "code-llama",
    "codestral",
    "qwen2.5-coder",
    "codegemma",
];

impl Sentinels {
    /// Those of a model in [`MODELS`]; sources are the models' tokenizer files and cards.
    pub fn of_model(name: &str) -> Option<Self> {
        let new = |[prefix, suffix, middle, end]: [&str; 4], psm, spm| Sentinels {
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
            middle: middle.to_owned(),
            end: end.to_owned(),
            psm,
            spm,
        };
        let psm = Some(Order::PrefixSuffixMiddle);
        let both = Some(Order::PrefixTokenFirst);
        Some(match name {
            "starcoder" | "starcoder2" | "granite" => {
                new(["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<|endoftext|>"], psm, both)
            }
            // Trained in the order prefix, suffix, middle alone (Guo et al. 2024, section 3.1). The middle's token
            // marks its end in the name, its place in the text.
            "deepseek-coder" => {
                let tokens = ["<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", "<｜end▁of▁sentence｜>"];
                new(tokens, psm, None)
            }
            "code-llama" => new(["▁<PRE>", "▁<SUF>", "▁<MID>", "▁<EOT>"], psm, both),
            // The middle follows the prefix without a token of its own.
            "codestral" => new(["[PREFIX]", "[SUFFIX]", "", "</s>"], None, Some(Order::SuffixPrefixMiddle)),
            "qwen2.5-coder" => {
                new(["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|endoftext|>"], psm, None)
            }
            "codegemma" => new(
                ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_separator|>"],
                psm,
                Some(Order::SuffixPrefixMiddle),
            ),
            _ => return None,
        })
    }

    /// Sentinels of one's own, for both orders.
    pub fn custom(prefix: &str, suffix: &str, middle: &str, end: &str) -> Self {
        Sentinels {
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
            middle: middle.to_owned(),
            end: end.to_owned(),
            psm: Some(Order::PrefixSuffixMiddle),
            spm: Some(Order::PrefixTokenFirst),
        }
    }

    /// The first sentinel that `text` contains: a tokenizer would take it for the real one.
    pub fn found_in(&self, text: &str) -> Option<&str> {
        let all = [&self.prefix, &self.suffix, &self.middle, &self.end];
        all.into_iter()
            .find(|sentinel| !sentinel.is_empty() && text.contains(sentinel.as_str()))
            .map(String::as_str)
    }

    /// The text with the hole, without the end.
    pub fn join(&self, order: Order, prefix: &str, middle: &str, suffix: &str) -> String {
        let Sentinels { prefix: p, suffix: s, middle: m, .. } = self;
        match order {
            Order::PrefixSuffixMiddle => [p, prefix, s, suffix, m, middle].concat(),
            Order::PrefixTokenFirst => [p, s, suffix, m, prefix, middle].concat(),
            Order::SuffixPrefixMiddle => [s, suffix, p, prefix, m, middle].concat(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_has_an_order_and_tokens_that_differ() {
        for name in MODELS {
            let sentinels = Sentinels::of_model(name).unwrap_or_else(|| panic!("{name} has no sentinels"));
            assert!(sentinels.psm.is_some() || sentinels.spm.is_some(), "{name}");
            let tokens = [&sentinels.prefix, &sentinels.suffix, &sentinels.middle, &sentinels.end];
            let distinct: std::collections::BTreeSet<_> = tokens.iter().collect();
            assert_eq!(distinct.len(), 4, "{name}");
        }
        assert_eq!(Sentinels::of_model("gpt"), None);
    }

    #[test]
    fn the_parts_stand_where_the_models_read_them() {
        let join = |model, order| Sentinels::of_model(model).unwrap().join(order, "P", "M", "S");
        let psm = Order::PrefixSuffixMiddle;
        assert_eq!(join("starcoder2", psm), "<fim_prefix>P<fim_suffix>S<fim_middle>M");
        assert_eq!(join("starcoder2", Order::PrefixTokenFirst), "<fim_prefix><fim_suffix>S<fim_middle>PM");
        assert_eq!(join("deepseek-coder", psm), "<｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>M");
        assert_eq!(join("codestral", Order::SuffixPrefixMiddle), "[SUFFIX]S[PREFIX]PM");
        let codegemma = join("codegemma", Order::SuffixPrefixMiddle);
        assert_eq!(codegemma, "<|fim_suffix|>S<|fim_prefix|>P<|fim_middle|>M");
    }
}
