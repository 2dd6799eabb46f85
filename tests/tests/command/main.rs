//! The command from the outside: every test starts it as a user does.

mod bad_input;
mod build;
mod dedup;
mod examples;
mod no_panic;
mod nothing_lost;
mod packages;
mod shape;
mod support;
mod third_party;
mod translate;
mod validate;
