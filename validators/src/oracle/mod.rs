//! Oracles: a source's own tests, run by the source's own language.
