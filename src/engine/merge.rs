//! Which records are one person: pairs by the joins of rules, proof and suspicion by conditions, people by chains of proof.
//!
//! [`merges`] solves the merges of a plan over a dataset; [`MergeRun`] tells what came of one. Rules of merges find what [`Solved`] holds.
mod common;
mod kept;
mod pairs;
pub(super) mod plan;
mod score;
mod solve;
mod tell;
mod trial;

pub use common::Common;
pub(super) use kept::kept;
pub use tell::{Compared, Evidence, Held, KeptValue, MergeRun, Merges, Together, merges};
pub use trial::merge_trial;

use super::group::Findings;
use super::join::Joiner;
use super::plan::Plan;
use super::rule::Found;
use crate::matching::{Estimate, Levels};
use crate::pack::{Decision, Merge, Part, RECORD};
use crate::roster::Sym;
use plan::Able;

/// The bit that marks a record of the other epoch.
pub(super) const OTHER_SIDE: u32 = 1 << 31;
/// The bit of [`Pair::same`], and of what forbids, that says that a person decided.
const DECIDED: u32 = 1 << 30;

/// The bit of [`Pair::same`] and [`Pair::likely`] that says that the score decided.
const SCORED: u32 = 1 << 31;

/// Two records, and which conditions hold of them: a bit each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pair {
    /// The record.
    a: u32,
    /// The other record; with [`OTHER_SIDE`] when it is of another epoch.
    b: u32,
    same: u32,
    likely: u32,
    never: u32,
    /// The decision plus one; 0 is none.
    decided: u32,
    /// The score, where the merge has weights.
    score: f64,
    levels: Levels,
}

impl Pair {
    /// How strongly they are held to be one: what proves it counts more than what suggests it.
    fn strength(&self) -> f64 {
        self.score + f64::from(self.same.count_ones()) * 1000.0 + f64::from(self.likely.count_ones())
    }
}

/// Records that are one person, the one that survives first.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) members: Vec<u32>,
    evidence: Vec<Pair>,
    /// The students whom the one account sees.
    pub(super) sees: Vec<Sym>,
}

/// Records that a chain holds together, and what forbids it.
#[derive(Debug)]
pub(super) struct Contradicted {
    members: Vec<u32>,
    evidence: Vec<Pair>,
    /// Pairs that must not be one, with what says so; none when the chain is only too long.
    forbids: Vec<(u32, u32, u32)>,
}

/// What came of a merge, in numbers of records.
pub(super) struct Solved<'p> {
    pub(super) merge: &'p Merge,
    decisions: Vec<&'p Decision>,
    pub(super) skipped: Option<String>,
    without: Vec<String>,
    notes: Vec<String>,
    records: u64,
    compared: u64,
    pub(super) clusters: Vec<Cluster>,
    likely: Vec<Pair>,
    contradictions: Vec<Contradicted>,
    common: Vec<Common>,
    /// Weights fitted to the data, when they were asked for.
    fitted: Option<Estimate>,
    /// Pairs that would be one but for each `never`; the last is for two of one snapshot.
    apart: Vec<u64>,
}

impl<'p> Solved<'p> {
    fn new(merge: &'p Merge, able: Able, decisions: Vec<&'p Decision>) -> Self {
        Solved {
            merge,
            decisions,
            skipped: able.skipped,
            without: able.without,
            notes: Vec::new(),
            records: 0,
            compared: 0,
            clusters: Vec::new(),
            likely: Vec::new(),
            contradictions: Vec::new(),
            common: Vec::new(),
            fitted: None,
            apart: Vec::new(),
        }
    }

    /// How many of a part there are.
    fn len(&self, part: Part) -> usize {
        match part {
            Part::Same => self.clusters.len(),
            Part::Likely => self.likely.len(),
            Part::Contradicted => self.contradictions.len(),
        }
    }

    /// The records of one of a part.
    fn members(&self, part: Part, at: usize) -> Vec<u32> {
        match part {
            Part::Same => self.clusters[at].members.clone(),
            Part::Likely => vec![self.likely[at].a, self.likely[at].b],
            Part::Contradicted => self.contradictions[at].members.clone(),
        }
    }

    /// The two records of each row that a fix makes of one of a part: of one to one the record and its partner, otherwise the record that survives
    /// and each of the others. The other may bear [`OTHER_SIDE`].
    pub(super) fn pairs(&self, part: Part, at: usize) -> Vec<(u32, u32)> {
        let pair = match part {
            Part::Same if self.merge.one_to_one => self.clusters[at].evidence.first(),
            Part::Same => None,
            Part::Likely => Some(&self.likely[at]),
            Part::Contradicted => return Vec::new(),
        };
        match pair {
            Some(pair) => vec![(pair.a, pair.b)],
            None => {
                let members = self.members(part, at);
                members.first().map(|first| members[1..].iter().map(|other| (*first, *other)).collect()).unwrap_or_default()
            }
        }
    }

    /// What a rule of the merge finds: the records of today.
    pub(super) fn findings(&self, part: Part) -> Findings {
        let mut found = Found { slots: vec![vec![RECORD]], tuples: vec![Vec::new()], checked: self.records, ..Found::default() };
        let mut starts = vec![0];
        for at in 0..self.len(part) {
            let members = self.members(part, at);
            found.tuples[0].extend(members.iter().filter(|member| **member & OTHER_SIDE == 0));
            starts.push(found.tuples[0].len() as u32);
        }
        Findings::groups(found, starts)
    }

    /// What a rule of the merge did without: values that are no evidence.
    pub(super) fn common_words(&self) -> Vec<String> {
        let word = |common: &Common| format!("{} {} as evidence: {} records share it", common.field, common.value, common.records);
        self.common.iter().map(word).collect()
    }
}

/// Solves the merges that rules of the plan tell of, or that the accounts of the plan ask for, or all when it is asked for them.
pub(super) fn solve_all<'p>(plan: &Plan<'p>, joiner: &Joiner<'_, '_>) -> Vec<Solved<'p>> {
    plan.merges().map(|merge| solve_one(plan, joiner, merge)).collect()
}

/// Solves one merge.
pub(super) fn solve_one<'p>(plan: &Plan<'p>, joiner: &Joiner<'_, '_>, merge: &'p Merge) -> Solved<'p> {
    let decisions = plan.decisions.iter().filter(|decision| decision.merge.value == *merge.id).collect();
    solve::solve(joiner, merge, plan.able(joiner.supply, merge), decisions, plan.fits)
}
