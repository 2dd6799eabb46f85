//! The commands, one file each.

pub(crate) mod build;
pub(crate) mod dedup;
pub(crate) mod doctor;
mod packages;
pub(crate) mod report;
pub(crate) mod shape;
pub(crate) mod translate;
pub(crate) mod validate;
