//! How the ladder is to isolate programs: in cells, which are this binary started again, or as the environment says.

use crate::failure::Failure;
use validators::{Config, Isolation};

/// Asks for a lower degree of isolation than the best: `namespaces`, `landlock`.
const VARIABLE: &str = "CALQUE_ISOLATION";

/// A ladder without a cache, with this binary as its helper, isolated as well as this machine can or as the
/// environment says.
pub(crate) fn config() -> Result<Config, Failure> {
    let isolation = match std::env::var(VARIABLE) {
        Err(_) => Isolation::default(),
        Ok(word) => Isolation::named(&word).ok_or_else(|| {
            Failure::new(format!("{VARIABLE} is `{word}`; it can be cell, namespaces or landlock"))
        })?,
    };
    Ok(Config { helper: std::env::current_exe().ok(), isolation, ..Config::default() })
}
