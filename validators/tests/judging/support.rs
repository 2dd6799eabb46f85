//! What the tests of all languages share.

use grammars::{LangId, Level};
use std::sync::OnceLock;
use validators::{Candidate, Config, Isolation, Ladder, Outcome, Verdict};

/// The best isolation of this machine, or that which `CALQUE_ISOLATION` names.
fn config() -> Config {
    let named = std::env::var("CALQUE_ISOLATION").ok();
    let isolation = named.map(|word| Isolation::named(&word).expect("the name of an isolation"));
    Config { helper: Some(HELPER.into()), isolation: isolation.unwrap_or_default(), ..Config::default() }
}

/// What stands for calque where it starts itself again.
pub const HELPER: &str = env!("CARGO_BIN_EXE_validators-helper");

/// The ladder of this machine, if it can judge programs in `lang`; otherwise says why it cannot.
pub fn ladder(lang: &str) -> Option<&'static Ladder> {
    static LADDER: OnceLock<Ladder> = OnceLock::new();
    let ladder = LADDER.get_or_init(|| Ladder::new(config()).expect("a ladder without a cache"));
    let lang = LangId::from(lang.to_owned());
    if ladder.toolchain_version(&lang).is_none() {
        eprintln!("SKIPPED: the toolchain of {lang} is missing; run scripts/setup");
        return None;
    }
    if let Err(e) = ladder.executor() {
        eprintln!("SKIPPED: {e}");
        return None;
    }
    Some(ladder)
}

/// The outcome of a program with tests, or `None` where the toolchain is missing.
pub fn judge(lang: &str, program: &str, tests: &str) -> Option<Outcome> {
    let candidate = Candidate {
        lang: LangId::from(lang.to_owned()),
        program: program.to_owned(),
        tests: tests.to_owned(),
        checks: 1,
    };
    Some(ladder(lang)?.climb(&candidate, Level::Tests).expect("a working machine"))
}

/// Asserts how far a program comes and what stops it.
pub fn expect(lang: &str, program: &str, tests: &str, level: Level, verdict: Verdict) {
    let Some(outcome) = judge(lang, program, tests) else { return };
    assert_eq!((outcome.level, outcome.verdict), (level, verdict), "{outcome:#?}\n{program}\n{tests}");
    assert_eq!(outcome.verdict == Verdict::Ok, outcome.detail.is_empty(), "{outcome:#?}");
}
