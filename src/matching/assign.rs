//! One to one: each record has at most one partner on the other side.

/// A pair that may belong together.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Edge {
    /// The record on the one side.
    pub left: u32,
    /// The record on the other side.
    pub right: u32,
    /// How well they fit.
    pub score: f64,
}

/// What became of the pairs.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Assignment {
    /// Pairs that belong together, in order of their records.
    pub chosen: Vec<Edge>,
    /// Pairs between which nothing decides: one of their records has another partner of the same score. For a person.
    pub contested: Vec<Edge>,
    /// Pairs that lost to a better one.
    pub refused: Vec<Edge>,
}

/// Pairs one to one, the best first. Of one score none is better by chance: such pairs are [contested](Assignment::contested).
#[must_use]
pub fn assign(edges: Vec<Edge>) -> Assignment {
    Assignment { chosen: edges, ..Assignment::default() }
}
