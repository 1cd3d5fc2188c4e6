//! TOML documents read key by key, so that every mistake in one is told at its characters and none hides the next.
//!
//! Packs, layouts and configurations are all read through [`Keys`]: a reader asks for the keys it knows; what nobody asked for is reported as unknown.
mod keys;
mod tree;

pub use keys::Keys;
pub use tree::{Entry, Node, Table, Value, damage, parse};
