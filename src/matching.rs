//! Are two records the same person? Values and levels in, answers out: no data set, no rules, no output.
//!
//! The way of a pair: [`nearness`] says how two values of a type relate, and [`Lore::compare`] makes a comparison [`Level`] of it. A [`Model`]
//! turns the levels of all fields into a score, [against strangers and against a family](Judgement). [`estimate()`] fits a model to data.
//! [`assign()`] pairs one to one, and [`clusters`] joins pairs into people, keeping apart what a contradiction forbids.
mod assign;
mod cluster;
mod estimate;
mod frequency;
mod level;
mod nearness;
mod nickname;
mod normal;
mod score;

pub use assign::{Assignment, Edge, assign};
pub use cluster::{Clusters, Contradiction, clusters};
pub use estimate::{Estimate, Patterns, estimate};
pub use frequency::{Known, common_limit, rare_limit};
pub use level::{Level, Levels, Lore};
pub use nearness::{Nearness, nearly, nearness};
pub use nickname::Nicknames;
pub use normal::{address, local_and_domain};
pub use score::{Field, Judgement, Model, Role, Verdict, Weights};
