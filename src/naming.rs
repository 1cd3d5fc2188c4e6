//! What a naming schema makes of one person's values: pure text, no data set.
//!
//! A [`Schema`] is an ordered list of candidates. [`Schema::attempts`] walks them lazily for one person: growth, counter, cutting, limits and bans.
//! Whether a name is free is asked by who has the data. [`Schema::proofs`] says what can be known of a schema before any person.
mod attempt;
mod ban;
mod limits;
mod pattern;
mod piece;
mod proof;
mod refusal;
mod schema;
mod shape;
mod value;

pub use crate::language::form::{End, Grow, NamePart as Part};
pub use attempt::{Attempt, Attempts, Step};
pub use ban::Ban;
pub use limits::{CharClass, Edge, Limits};
pub use pattern::{Pattern, Place};
pub use proof::Proof;
pub use refusal::{Doubt, Refusal};
pub use schema::{Counter, FieldRule, Schema, Values};
