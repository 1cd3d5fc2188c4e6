//! Pairs of records that are worth comparing, and which conditions hold of each.
use super::common::{self, CommonField};
use super::score::Scorer;
use super::{Pair, SCORED};
use crate::engine::batch::Batch;
use crate::engine::columns::{identity, table_of};
use crate::engine::condition::Truth;
use crate::engine::index::SymbolSet;
use crate::engine::join::Joiner;
use crate::language::form::{Clause, Cond, Frame, Side, Slot};
use crate::language::joins;
use crate::matching::Verdict;
use crate::pack::{Merge, OTHER, Proof, RECORD, Way};
use crate::roster::Sym;
use rayon::prelude::*;

/// Pairs whose conditions are asked at once.
const BLOCK: usize = 1 << 15;
/// Records that are joined at once, at least.
const BATCH: usize = 1 << 16;
/// Pairs are two row numbers in one number.
const HALF: u32 = 32;

/// The bit of [`Pair::never`] that says that both were there in one snapshot.
pub(super) const PRESENT: u32 = 1 << 31;

/// A condition on two records, without what common values say.
pub(super) struct Ready<'m> {
    frame: &'m Frame,
    condition: Cond,
    /// Whether it is the same condition for the records the other way round.
    symmetric: bool,
}

/// Everything that pairs are asked.
pub(super) struct Asked<'m, 'j, 'c, 'd> {
    pub(super) joiner: &'j Joiner<'c, 'd>,
    pub(super) merge: &'m Merge,
    same: Vec<Ready<'m>>,
    likely: Vec<Ready<'m>>,
    never: Vec<Ready<'m>>,
    ways: Vec<(&'m Way, Clause)>,
    /// Whether the records of both sides are of one table.
    pub(super) one_table: bool,
    /// Whether both are of one kind, so that a pair has no direction.
    pub(super) both_ways: bool,
    present: Option<(SymbolSet, SymbolSet)>,
    scorer: Option<Scorer<'d>>,
}

impl<'m, 'j, 'c, 'd> Asked<'m, 'j, 'c, 'd> {
    pub(super) fn new(joiner: &'j Joiner<'c, 'd>, merge: &'m Merge, common: &[CommonField]) -> Self {
        let noun = merge.record.noun;
        let ready = |proofs: &'m [Proof]| -> Vec<Ready<'m>> {
            let ready = |proof: &'m Proof| {
                let condition = common::without(&proof.condition, &proof.frame, noun, common);
                // A condition that can't be decided is false of every pair, and is not asked.
                let condition =
                    if joiner.supply.condition_lacks(&proof.frame, &proof.condition).is_some() { Cond::Known(None) } else { condition };
                Ready { frame: &proof.frame, symmetric: symmetric(&proof.condition), condition }
            };
            proofs.iter().map(ready).collect()
        };
        let ways = merge.compare.iter().filter(|way| joiner.supply.clause(&way.frame, &way.clause).is_none()).map(|way| {
            let condition = common::without(&way.clause.condition, &way.frame, noun, common);
            (way, Clause { slots: way.clause.slots.clone(), condition, among: None })
        });
        let one_table = merge.record.epoch == merge.other.epoch;
        let present = merge.present.then(|| {
            let ids = |epoch| {
                let column = joiner.columns.value((noun, epoch), &identity(noun));
                SymbolSet::new(column.iter().copied(), joiner.columns.dataset.symbols().len())
            };
            (ids(merge.record.epoch), ids(merge.other.epoch))
        });
        let mut asked = Asked {
            joiner,
            merge,
            same: ready(&merge.same),
            likely: ready(&merge.likely),
            never: ready(&merge.never),
            ways: ways.collect(),
            one_table,
            both_ways: one_table && !merge.one_to_one,
            present,
            scorer: None,
        };
        asked.scorer = merge.score.as_ref().map(|score| Scorer::new(&asked, score.model.clone(), &score.values, common));
        asked
    }

    /// The records of the other side.
    pub(super) fn others(&self) -> Vec<u32> {
        (0..self.joiner.columns.rows(side(self.merge, true))).collect()
    }

    /// The identity of every record of a side.
    pub(super) fn identities(&self, other: bool) -> std::sync::Arc<crate::engine::columns::Symbols<'d>> {
        let binding = if other { &self.merge.other } else { &self.merge.record };
        self.joiner.columns.value((binding.noun, binding.epoch), &identity(binding.noun))
    }

    /// The records that `of` asks for.
    pub(super) fn records(&self) -> Vec<u32> {
        let merge = self.merge;
        let Ok(joined) = joins::order(&[], &merge.of) else { return Vec::new() };
        let Some(step) = joined.steps.first() else { return Vec::new() };
        let conditions: Vec<_> = step.own.iter().chain(&step.rest).chain(&joined.before).cloned().collect();
        self.joiner.scan(&merge.frame, RECORD, &conditions, &[], &mut 0)
    }

    /// The pairs that any clause of `compare` reaches, each once, sorted. Two records of one identity are one record, and no pair.
    pub(super) fn candidates(&self, records: &[u32]) -> Vec<u64> {
        let own = self.identities(false);
        let other = self.identities(true);
        let mut eligible = vec![false; if self.both_ways { own.len() } else { 0 }];
        if self.both_ways {
            records.iter().for_each(|row| eligible[*row as usize] = true);
        }
        let all = self.joiner.columns.rows((self.merge.record.noun, self.merge.record.epoch)) as usize;
        // An index of the whole table is used only where much of it is asked for at once.
        let together = BATCH.max(all / 8 + 1).max(records.len() / (4 * rayon::current_num_threads().max(1)) + 1);
        let blocks = records.len().div_ceil(together);
        let mut pairs: Vec<u64> = Vec::new();
        for (way, clause) in &self.ways {
            let Ok(joined) = joins::order(&[RECORD], clause) else { continue };
            let of_chunk = |chunk: &[u32]| {
                let mut found: Vec<u64> = Vec::new();
                let mut batch = Batch::scan(RECORD, chunk.to_vec());
                batch.blocks = blocks;
                self.joiner.join(&way.frame, &joined, batch, &mut |batch| {
                    for (record, partner) in batch.rows(RECORD).iter().zip(batch.rows(way.end.slot)) {
                        let (a, b) = (*record, *partner);
                        let id = own[a as usize];
                        let one = (id != Sym::MISSING && id == other[b as usize]) || (self.one_table && a == b);
                        if one || (self.both_ways && !eligible[b as usize]) {
                            continue;
                        }
                        let (a, b) = if self.both_ways { (a.min(b), a.max(b)) } else { (a, b) };
                        found.push(u64::from(a) << HALF | u64::from(b));
                    }
                });
                found.sort_unstable();
                found.dedup();
                found
            };
            let found: Vec<Vec<u64>> = records.par_chunks(together).map(of_chunk).collect();
            pairs.extend(found.into_iter().flatten());
        }
        pairs.par_sort_unstable();
        pairs.dedup();
        pairs
    }

    /// Which conditions hold of each pair; those of which nothing proves or suggests that they are one are left out.
    pub(super) fn judged(&self, candidates: &[u64]) -> Vec<Pair> {
        let blocks = candidates.len().div_ceil(BLOCK);
        let judged: Vec<Vec<Pair>> = candidates.par_chunks(BLOCK).map(|chunk| self.judge(chunk, blocks)).collect();
        judged.into_iter().flatten().collect()
    }

    fn judge(&self, chunk: &[u64], blocks: usize) -> Vec<Pair> {
        let rows = |half: fn(&u64) -> u32| chunk.iter().map(half).collect::<Vec<u32>>();
        let (a, b) = (rows(|pair| (*pair >> HALF) as u32), rows(|pair| *pair as u32));
        let mut pairs: Vec<Pair> = a.iter().zip(&b).map(|(a, b)| Pair { a: *a, b: *b, ..Pair::default() }).collect();
        let tuples = Tuples::new(self, a, b, blocks);
        let all: Vec<u32> = (0..pairs.len() as u32).collect();
        tuples.ask(&self.same, &all, |place, bit| pairs[place as usize].same |= bit);
        let open: Vec<u32> = all.iter().copied().filter(|place| pairs[*place as usize].same == 0).collect();
        tuples.ask(&self.likely, &open, |place, bit| pairs[place as usize].likely |= bit);
        if let Some(scorer) = &self.scorer {
            for pair in &mut pairs {
                pair.levels = scorer.levels(pair.a, pair.b);
                let judged = scorer.judge(pair.levels);
                pair.score = judged.score;
                match judged.verdict {
                    Verdict::Same => pair.same |= SCORED,
                    Verdict::Likely => pair.likely |= SCORED,
                    Verdict::Different => {}
                }
            }
        }
        let found: Vec<u32> = all.into_iter().filter(|place| pairs[*place as usize].same | pairs[*place as usize].likely != 0).collect();
        tuples.ask(&self.never, &found, |place, bit| pairs[place as usize].never |= bit);
        let mut kept: Vec<Pair> = found.into_iter().map(|place| pairs[place as usize]).collect();
        for pair in &mut kept {
            if self.both_there(pair.a, pair.b) {
                pair.never |= PRESENT;
            }
        }
        kept
    }

    /// What forbids these pairs to be one, in their order.
    pub(super) fn forbidden(&self, pairs: &[(u32, u32)]) -> Vec<u32> {
        let blocks = pairs.len().div_ceil(BLOCK);
        let of_chunk = |chunk: &[(u32, u32)]| {
            let mut never = vec![0; chunk.len()];
            let (a, b) = chunk.iter().copied().unzip();
            let places: Vec<u32> = (0..chunk.len() as u32).collect();
            Tuples::new(self, a, b, blocks).ask(&self.never, &places, |place, bit| never[place as usize] |= bit);
            never
        };
        let never: Vec<Vec<u32>> = pairs.par_chunks(BLOCK).map(of_chunk).collect();
        let mut never: Vec<u32> = never.into_iter().flatten().collect();
        for (never, (a, b)) in never.iter_mut().zip(pairs) {
            if self.both_there(*a, *b) {
                *never |= PRESENT;
            }
        }
        never
    }

    /// Whether both identities were there in one snapshot.
    fn both_there(&self, a: u32, b: u32) -> bool {
        let Some((own, others)) = &self.present else { return false };
        own.contains(self.identities(true)[b as usize]) || others.contains(self.identities(false)[a as usize])
    }
}

/// A batch of pairs, and the same the other way round.
struct Tuples<'a, 'm, 'j, 'c, 'd> {
    asked: &'a Asked<'m, 'j, 'c, 'd>,
    forth: Batch,
    back: Option<Batch>,
}

impl<'a, 'm, 'j, 'c, 'd> Tuples<'a, 'm, 'j, 'c, 'd> {
    fn new(asked: &'a Asked<'m, 'j, 'c, 'd>, a: Vec<u32>, b: Vec<u32>, blocks: usize) -> Self {
        let both = [&asked.same, &asked.likely, &asked.never].into_iter().flatten().all(|ready| ready.symmetric);
        let batch = |a: Vec<u32>, b: Vec<u32>| {
            let mut batch = Batch::of_tuples(&[RECORD, OTHER], vec![a, b]);
            batch.blocks = blocks;
            batch
        };
        let back = (asked.both_ways && !both).then(|| batch(b.clone(), a.clone()));
        Tuples { asked, forth: batch(a, b), back }
    }

    /// Tells the places for which each condition holds, with its bit.
    fn ask(&self, conditions: &[Ready<'_>], places: &[u32], mut holds: impl FnMut(u32, u32)) {
        for (nth, ready) in conditions.iter().enumerate() {
            let mut tell = |batch: &Batch| {
                let truths = self.asked.joiner.truth(ready.frame, &ready.condition, batch, places);
                let held = places.iter().zip(truths).filter(|(_, truth)| *truth == Truth::True);
                held.for_each(|(place, _)| holds(*place, 1 << nth));
            };
            if places.is_empty() || matches!(ready.condition, Cond::Known(None)) {
                continue;
            }
            tell(&self.forth);
            if let Some(back) = self.back.as_ref().filter(|_| !ready.symmetric) {
                tell(back);
            }
        }
    }
}

/// Whether a condition says the same of two records the other way round.
fn symmetric(condition: &Cond) -> bool {
    let both = |left: Slot, right: Slot| [left, right] == [RECORD, OTHER] || [left, right] == [OTHER, RECORD];
    match condition {
        Cond::And(terms) | Cond::Or(terms) | Cond::AtLeast(_, terms) => terms.iter().all(symmetric),
        Cond::Not(inner) => symmetric(inner),
        Cond::Known(_) => true,
        Cond::Equal(left, Side::Column(right), _)
        | Cond::Similar(left, Side::Column(right), _, _)
        | Cond::Nearly(left, Side::Column(right), _, _) => left.expr == right.expr && both(left.slot, right.slot),
        _ => false,
    }
}

/// The table of a side.
pub(super) fn side(merge: &Merge, other: bool) -> crate::engine::columns::TableId {
    let binding = if other { &merge.other } else { &merge.record };
    table_of(&vec![binding.clone()], Slot(0))
}
