//! One to one: each record has at most one partner on the other side.
use std::collections::{HashMap, HashSet};

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

/// Pairs one to one, the best first. Of one score none is better by chance: such pairs are [contested](Assignment::contested). A pair that is given
/// several times counts once, by its best score; a score that is no number is refused.
#[must_use]
pub fn assign(mut edges: Vec<Edge>) -> Assignment {
    let place = |edge: &Edge| (edge.left, edge.right);
    edges.sort_by(|a, b| place(a).cmp(&place(b)).then(b.score.total_cmp(&a.score)));
    edges.dedup_by_key(|edge| place(edge));
    let mut assignment = Assignment::default();
    let (mut edges, lost): (Vec<Edge>, Vec<Edge>) = edges.into_iter().partition(|edge| !edge.score.is_nan());
    assignment.refused = lost;
    edges.sort_by(|a, b| b.score.total_cmp(&a.score).then(place(a).cmp(&place(b))));
    let (mut left_taken, mut right_taken) = (HashSet::new(), HashSet::new());
    for equals in edges.chunk_by(|a, b| a.score == b.score) {
        let (open, lost): (Vec<Edge>, Vec<Edge>) =
            equals.iter().partition(|edge| !left_taken.contains(&edge.left) && !right_taken.contains(&edge.right));
        assignment.refused.extend(lost);
        let (mut lefts, mut rights) = (HashMap::new(), HashMap::new());
        for edge in &open {
            *lefts.entry(edge.left).or_insert(0u32) += 1;
            *rights.entry(edge.right).or_insert(0u32) += 1;
        }
        for edge in open {
            // Who is contested is taken too: a worse partner is not the right one because nothing tells the better ones apart.
            left_taken.insert(edge.left);
            right_taken.insert(edge.right);
            let alone = lefts[&edge.left] == 1 && rights[&edge.right] == 1;
            if alone { assignment.chosen.push(edge) } else { assignment.contested.push(edge) }
        }
    }
    for edges in [&mut assignment.chosen, &mut assignment.contested, &mut assignment.refused] {
        edges.sort_by_key(place);
    }
    assignment
}
