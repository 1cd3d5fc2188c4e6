//! Root causes: what hangs on what is in the way, and what would come of it if it were gone.
use super::facts::{Facts, needed_key, records_of};
use super::resolve::{Resolved, Why, resolve};
use super::tell::{Entry, SyncRun};
use super::{Forecast, Obstruction};
use crate::engine::describe::{describe, fingerprint};
use crate::engine::index::NO_ROW;
use crate::finding::Fingerprint;
use crate::pack::Outcome;
use crate::roster::Sym;
use hashbrown::HashMap;
use std::sync::Arc;

/// Causes that are tried out at least, to find those that free most; and at most, since each is a forecast of its own.
const TRIED: (usize, usize) = (10, 50);

/// Something in the way, and what would come of it if it were gone.
#[derive(Clone, Debug)]
pub struct Cause {
    /// In words.
    pub message: String,
    /// The rule whose finding it is.
    pub rule: Option<Arc<str>>,
    /// Per sync: its place among [`Forecast::syncs`], and how many of its records are lost because of records that it is in the way of.
    pub hangs: Vec<(usize, u64)>,
    /// Per sync: its place, and how many records would have an account that they have not now. `None` where it was not tried out: nothing hangs on it, or
    /// too many causes come before it.
    pub frees: Option<Vec<(usize, u64)>>,
}

/// What to fix first.
#[derive(Clone, Debug)]
pub struct Causes {
    /// Those that free most come first.
    pub first: Vec<Cause>,
    /// How many there are in all.
    pub all: usize,
}

/// What a cause has to answer for.
#[derive(Default)]
struct Blame {
    own: u64,
    hangs: HashMap<usize, u64>,
}

impl Blame {
    fn total(&self) -> u64 {
        self.own + self.hangs.values().sum::<u64>()
    }
}

impl Forecast<'_, '_> {
    /// What to fix first on the platform of these syncs: so many of the causes without which most records would have an account.
    #[must_use]
    pub fn causes(&self, syncs: &[usize], most: usize) -> Causes {
        let mut blamed: HashMap<Obstruction, Blame> = HashMap::new();
        for at in syncs.iter().copied().filter(|at| self.runs[*at].skipped.is_none() && self.runs[*at].idle.is_none()) {
            let resolved = &self.resolved[at];
            for place in 0..resolved.outcome.len() as u32 {
                if resolved.is_active(&self.runs[at].facts, place) {
                    continue;
                }
                let Some((root, steps)) = self.root(at, place) else { continue };
                let blame = blamed.entry(root).or_default();
                // What is not created by design, or leads nowhere, is told for what hangs on it.
                match (steps, root, resolved.outcome[place as usize], resolved.why[place as usize]) {
                    (0, Obstruction::Absent(..), ..) => *blame.hangs.entry(at).or_default() += 1,
                    (0, _, Outcome::NotCreated, _) | (0, _, _, Why::Need(..)) => {}
                    (0, ..) => blame.own += 1,
                    _ => *blame.hangs.entry(at).or_default() += 1,
                }
            }
        }
        let mut causes: Vec<(u64, Obstruction, Blame)> =
            blamed.into_iter().map(|(root, blame)| (blame.total(), root, blame)).filter(|(total, ..)| *total > 0).collect();
        causes.sort_unstable_by_key(|(total, ..)| std::cmp::Reverse(*total));
        // Of those that weigh the same, names decide: which number a record has says nothing.
        let (all, most_tried) = (causes.len(), most.clamp(TRIED.0, TRIED.1));
        let looked_at = most.max(most_tried);
        if let Some(least) = causes.get(looked_at).map(|(total, ..)| *total) {
            causes.retain(|(total, ..)| *total >= least);
        }
        causes.sort_by_cached_key(|(total, root, _)| (std::cmp::Reverse(*total), self.fingerprint(*root), *root));
        let told = causes.into_iter().take(looked_at).enumerate().map(|(nth, (total, root, blame))| {
            let cause = self.cause(root, &blame, syncs, nth < most_tried && !blame.hangs.is_empty());
            // One that nothing hangs on frees its own record.
            let freed = cause.frees.as_ref().map_or(blame.own, |frees| frees.iter().map(|(_, count)| count).sum());
            (nth < most_tried, freed, total, cause)
        });
        let mut told: Vec<(bool, u64, u64, Cause)> = told.collect();
        told.sort_by_key(|(tried, freed, total, _)| std::cmp::Reverse((*tried, *freed, *total)));
        Causes { first: told.into_iter().take(most).map(|(.., cause)| cause).collect(), all }
    }

    /// What is in the way at the root of a record's outcome, and by how many steps it is away.
    fn root(&self, mut at: usize, mut place: u32) -> Option<(Obstruction, u32)> {
        let mut steps = 0;
        loop {
            return match self.resolved[at].why[place as usize] {
                Why::Finding => Some((SyncRun { forecast: self, at }.obstruction(place)?, steps)),
                Why::Need(nth, target) if target != NO_ROW => {
                    (at, place) = (self.runs[at].targets[usize::from(nth)], target);
                    steps += 1;
                    continue;
                }
                Why::Need(nth, _) => Some((self.absent(at, nth, place).unwrap_or(Obstruction::Record(at as u32, place)), steps)),
                Why::Create | Why::Suspend | Why::Nameless | Why::Taken => Some((Obstruction::Record(at as u32, place), steps)),
                Why::Plain | Why::Leaves | Why::Inactive | Why::Idle => None,
            };
        }
    }

    /// The record that is needed and not sent, where a value of the record that needs it names it.
    fn absent(&self, at: usize, nth: u8, place: u32) -> Option<Obstruction> {
        let run = &self.runs[at];
        let key = needed_key(&run.sync.needs[usize::from(nth)])?;
        let column = self.columns.value(records_of(run.sync), &key);
        let name = column[run.facts.rows[place as usize] as usize];
        (name != Sym::MISSING).then_some(Obstruction::Absent(at as u32, nth, name))
    }

    /// The noun and the name of a record that is not sent.
    fn absent_words(&self, at: u32, nth: u8, name: Sym) -> String {
        let target = &self.runs[self.runs[at as usize].targets[usize::from(nth)]];
        format!("{} {}", target.sync.record.noun.get().name, self.columns.dataset.symbols().text(name))
    }

    fn fingerprint(&self, root: Obstruction) -> Fingerprint {
        match root {
            Obstruction::Absent(at, nth, name) => {
                Fingerprint::of(&self.runs[at as usize].sync.id, [self.absent_words(at, nth, name).as_str()])
            }
            Obstruction::Finding(rule, finding) => {
                let (rule, findings) = &self.rules[rule as usize];
                fingerprint(&self.columns, rule, findings, finding as usize)
            }
            Obstruction::Record(at, place) => {
                let run = SyncRun { forecast: self, at: at as usize };
                Fingerprint::of(&run.sync().id, [run.id(Entry::Record(place)).as_str()])
            }
        }
    }

    fn cause(&self, root: Obstruction, blame: &Blame, syncs: &[usize], tried: bool) -> Cause {
        let (message, rule) = match root {
            Obstruction::Absent(at, nth, name) => (format!("{} is not sent", self.absent_words(at, nth, name)), None),
            Obstruction::Finding(rule, finding) => {
                let (of, findings) = &self.rules[rule as usize];
                (describe(&self.columns, of, findings, finding as usize).message, Some(of.id.clone()))
            }
            Obstruction::Record(at, place) => {
                let run = SyncRun { forecast: self, at: at as usize };
                let (why, rule) = run.why(place);
                let outcome = run.outcome(Entry::Record(place));
                (run.lost(place, outcome, &why), rule)
            }
        };
        let mut hangs: Vec<(usize, u64)> = blame.hangs.iter().map(|(at, count)| (*at, *count)).collect();
        hangs.sort_unstable();
        let frees = tried.then(|| {
            let then = resolve(&self.columns, &self.runs, &self.order, Some(root));
            // What is not sent is no record of the forecast, and goes through itself once it is.
            let itself = match root {
                Obstruction::Absent(at, nth, _) => Some(self.runs[at as usize].targets[usize::from(nth)]),
                _ => None,
            };
            let freed = |at: &usize| {
                let count = freed(&self.runs[*at].facts, &self.resolved[*at], &then[*at]) + u64::from(itself == Some(*at));
                (count > 0).then_some((*at, count))
            };
            syncs.iter().filter_map(freed).collect()
        });
        Cause { message, rule, hangs, frees }
    }
}

/// How many records have an active account then and not now.
fn freed(facts: &Facts, now: &Resolved, then: &Resolved) -> u64 {
    let places = 0..now.outcome.len() as u32;
    places.filter(|place| then.is_active(facts, *place) && !now.is_active(facts, *place)).count() as u64
}
