//! One rule over its data: scan what it is about, join what must be there, leave out what has what must not be.
use super::batch::Batch;
use super::columns::table_of;
use super::condition::Truth;
use super::join::Joiner;
use crate::language::form::{Clause, Slot};
use crate::language::joins;
use crate::pack::{Body, Rule, Variant};

/// Records that are joined at once.
const BATCH: usize = 1 << 20;

/// Tuples of a rule that are kept; further ones are only counted.
const MOST_KEPT: usize = 8 << 20;

/// What a rule found, before grouping.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Per variant: record numbers, [`Found::width`] a tuple.
    pub(super) tuples: Vec<Vec<u32>>,
    /// Per variant: variables of a tuple.
    pub(super) slots: Vec<Vec<Slot>>,
    /// Records looked at.
    pub(super) checked: u64,
    /// Records for which it could not tell.
    pub(super) unverifiable: u64,
    /// Tuples beyond those kept.
    pub(super) beyond: u64,
}

impl Found {
    /// How many tuples of a variant are kept.
    pub(super) fn len(&self, variant: usize) -> usize {
        self.tuples[variant].len() / self.slots[variant].len().max(1)
    }

    /// A tuple.
    pub(super) fn tuple(&self, variant: usize, at: usize) -> &[u32] {
        let width = self.slots[variant].len();
        &self.tuples[variant][at * width..(at + 1) * width]
    }
}

impl Joiner<'_, '_> {
    /// Runs a rule about records over the variants at `runnable`, or a rule about the whole, which has one tuple without records when it holds.
    pub(super) fn find(&self, rule: &Rule, runnable: &[bool]) -> Found {
        let mut found = Found::default();
        match &rule.body {
            Body::Records { variants, .. } => {
                for (variant, run) in variants.iter().zip(runnable) {
                    found.slots.push(variant.tuple());
                    found.tuples.push(Vec::new());
                    if *run {
                        self.variant(variant, &mut found);
                    }
                }
            }
            Body::Whole { frame, condition, .. } => {
                found.slots.push(Vec::new());
                found.tuples.push(Vec::new());
                found.checked = 1;
                match self.truth(frame, condition, &Batch::unit(), &[0])[0] {
                    Truth::True => found.tuples[0].push(0),
                    Truth::Unknown => found.unverifiable = 1,
                    Truth::False => {}
                }
            }
        }
        found
    }

    fn variant(&self, variant: &Variant, found: &mut Found) {
        let frame = &variant.frame;
        let Ok(joined) = joins::order(&[], &variant.each) else { return };
        let Some((first, rest)) = joined.steps.split_first() else { return };
        let all = self.columns.rows(table_of(frame, first.slot));
        found.checked += u64::from(all);
        let conditions: Vec<_> = first.own.iter().chain(&first.rest).chain(&joined.before).cloned().collect();
        let without = Without::new(variant);
        let semijoin = |clause: &&Clause| joins::order(&[first.slot], clause).ok().and_then(|joined| self.semijoin(frame, &joined));
        let semijoins: Vec<_> = without.by_key.iter().filter_map(semijoin).collect();
        let kept = self.scan(frame, first.slot, &conditions, &semijoins, &mut found.unverifiable);
        for rows in kept.chunks(BATCH) {
            let scan = Batch::scan(first.slot, rows.to_vec());
            let mut unknown = vec![false; scan.len()];
            let mut hit = vec![false; scan.len()];
            let mut batches = Vec::new();
            if rest.is_empty() {
                batches.push(scan);
            } else {
                let each = joins::Joined { before: Vec::new(), steps: rest.to_vec() };
                let missed = self.join(frame, &each, scan, &mut |batch| batches.push(batch));
                unknown.iter_mut().zip(missed).for_each(|(known, missed)| *known |= missed);
            }
            for batch in batches {
                self.within(variant, &without, batch, &mut unknown, &mut hit, found);
            }
            found.unverifiable += unknown.iter().zip(&hit).filter(|(unknown, hit)| **unknown && !**hit).count() as u64;
        }
    }

    /// `with` and `without`, for the tuples of `each`; their origin is the record that the rule is about.
    fn within(&self, variant: &Variant, without: &Without<'_>, batch: Batch, unknown: &mut [bool], hit: &mut [bool], found: &mut Found) {
        let kept = self.without(variant, &without.before, &batch, unknown);
        let batch = if kept.len() == batch.len() { batch } else { batch.keep(&kept) };
        self.with(variant, &variant.with, batch, unknown, &mut |batch, unknown| {
            let kept = self.without(variant, &without.after, batch, unknown);
            let at = found.slots.len() - 1;
            let slots = &found.slots[at];
            for place in kept {
                hit[batch.origin[place as usize] as usize] = true;
                if found.tuples[at].len() < MOST_KEPT {
                    found.tuples[at].extend(slots.iter().map(|slot| batch.rows(*slot)[place as usize]));
                } else {
                    found.beyond += 1;
                }
            }
        });
    }

    fn with(&self, variant: &Variant, clauses: &[Clause], batch: Batch, unknown: &mut [bool], found: &mut dyn FnMut(&Batch, &mut [bool])) {
        let Some((clause, rest)) = clauses.split_first() else {
            found(&batch, unknown);
            return;
        };
        let Ok(joined) = joins::order(&batch.bound(), clause) else { return };
        let mut longer = Vec::new();
        let missed = self.join(&variant.frame, &joined, batch, &mut |batch| longer.push(batch));
        for (known, missed) in unknown.iter_mut().zip(missed) {
            *known |= missed;
        }
        for batch in longer {
            self.with(variant, rest, batch, unknown, found);
        }
    }

    /// The places of the tuples for which no clause has a match.
    fn without(&self, variant: &Variant, clauses: &[&Clause], batch: &Batch, unknown: &mut [bool]) -> Vec<u32> {
        let mut open: Vec<u32> = (0..batch.len() as u32).collect();
        for clause in clauses {
            let Ok(joined) = joins::order(&batch.bound(), clause) else { return Vec::new() };
            let asked = batch.select(&open);
            let simple = self.semijoin(&variant.frame, &joined).map(|semijoin| self.has(&variant.frame, &semijoin, &asked));
            let truths = simple.unwrap_or_else(|| {
                let mut matched = vec![false; open.len()];
                let missed = self.join(&variant.frame, &joined, asked, &mut |batch| {
                    for origin in &batch.origin {
                        matched[*origin as usize] = true;
                    }
                });
                let truth = |(matched, missed): (bool, &bool)| match (matched, *missed) {
                    (true, _) => Truth::True,
                    (false, true) => Truth::Unknown,
                    (false, false) => Truth::False,
                };
                matched.into_iter().zip(missed.iter().chain(std::iter::repeat(&false))).map(truth).collect()
            });
            let mut still = Vec::with_capacity(open.len());
            for (place, truth) in open.into_iter().zip(truths) {
                match truth {
                    Truth::False => still.push(place),
                    Truth::Unknown => unknown[batch.origin[place as usize] as usize] = true,
                    Truth::True => {}
                }
            }
            open = still;
        }
        open
    }
}

/// The clauses of `without`, by when they are best asked.
struct Without<'v> {
    /// A look at a set of keys tells: while the records are scanned.
    by_key: Vec<&'v Clause>,
    /// They speak only of `each`: before `with` joins anything.
    before: Vec<&'v Clause>,
    /// They speak of records of `with` too.
    after: Vec<&'v Clause>,
}

impl<'v> Without<'v> {
    fn new(variant: &'v Variant) -> Self {
        let mut without = Without { by_key: Vec::new(), before: Vec::new(), after: Vec::new() };
        let each = &variant.each.slots;
        for clause in &variant.without {
            let of_each = clause.condition.slots().iter().all(|slot| clause.slots.contains(slot) || each.contains(slot));
            let by_key = of_each && each.len() == 1 && joins::order(each, clause).is_ok_and(|joined| joined.is_by_key());
            match (by_key, of_each) {
                (true, _) => without.by_key.push(clause),
                (false, true) => without.before.push(clause),
                (false, false) => without.after.push(clause),
            }
        }
        without
    }
}
