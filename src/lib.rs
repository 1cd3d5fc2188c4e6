//! Rollbook applies declarative rules to school rosters and says what tonight's sync will break, why, on which rows, and what to do.
//!
//! The rooms of the house, from the ground up; each may use those above it in this list, and `tests/house.rs` holds them to it:
//!
//! - [`source`]: the texts of packs and configurations, spans in them, and the map from a TOML string to its file
//! - [`finding`]: what is wrong, as data: mistakes in packs, findings in rosters, summaries
//! - [`document`]: TOML read key by key, with exact places
//! - [`model`]: nouns, fields, types, and what equality means for each type
//! - [`matching`]: whether two records are the same person: nearness, levels, scores, clusters
//! - [`language`]: clauses, conditions and templates: syntax, then names and types
//! - [`roster`]: layouts, readers, columns, and where each cell came from
//! - [`naming`]: what a naming schema makes of one person's values, and what can be proved of it without data
//! - [`pack`]: TOML files to checked rules; configuration; selection
//! - [`engine`]: the interpreter: plan, scan, join, group, count
//! - [`report`]: findings as text for people and as lines for programs
//! - [`cli`]: arguments, commands, exit codes; the only room that prints
pub mod cli;
pub mod document;
pub mod engine;
pub mod finding;
pub mod language;
pub mod matching;
pub mod model;
pub mod naming;
pub mod pack;
pub mod report;
pub mod roster;
pub mod source;
