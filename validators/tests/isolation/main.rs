//! What the degrees of isolation do with programs of every intention.

mod basics;
mod support;
