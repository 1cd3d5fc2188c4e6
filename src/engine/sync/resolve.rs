//! What becomes of every record and account, read off the facts: an array pass without a join, so that it can be asked again as if a cause were gone.
use super::facts::{Facts, by_texts, flag, needed_key, records_of};
use super::{Obstruction, Run};
use crate::engine::columns::{Columns, Symbols};
use crate::engine::index::NO_ROW;
use crate::pack::{Gone, Outcome};
use std::sync::Arc;

/// Why something becomes of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Why {
    /// It needs no reason.
    Plain,
    /// A finding is in the way; see [`Facts::obstacles_of`].
    Finding,
    /// `create` does not hold.
    Create,
    /// `suspend` holds.
    Suspend,
    /// There is no name for its account.
    Nameless,
    /// The account that it would have is another's.
    Taken,
    /// The account is never touched.
    Leaves,
    /// Accounts are not brought back.
    Inactive,
    /// The sync does not run.
    Idle,
    /// An entry of `needs`, and the record of the other sync that tells why; [`NO_ROW`] when no record that is sent is reached.
    Need(u8, u32),
}

/// What becomes of the records of a sync, and of accounts without a record.
#[derive(Default)]
pub(super) struct Resolved {
    /// Per record.
    pub(super) outcome: Vec<Outcome>,
    /// Per record.
    pub(super) why: Vec<Why>,
    /// Per account of [`Facts::gone`].
    pub(super) gone: Vec<Outcome>,
}

impl Resolved {
    /// Whether a record has an active account afterwards.
    pub(super) fn is_active(&self, facts: &Facts, place: u32) -> bool {
        let at = place as usize;
        let outcome = self.outcome[at];
        outcome.is_active() || (outcome == Outcome::Left && facts.account[at] != NO_ROW && !facts.inactive.has(facts.account[at]))
    }
}

/// What the platform does with an account that it no longer wants.
pub(super) fn removed(gone: Gone) -> Outcome {
    match gone {
        Gone::Archive => Outcome::Archive,
        Gone::Suspend => Outcome::Suspend,
        Gone::Delete => Outcome::Delete,
        Gone::Keep => Outcome::Left,
    }
}

/// Resolves all runs, in the order of what they need, as if `without` were not there.
pub(super) fn resolve(columns: &Columns<'_>, runs: &[Run<'_>], order: &[usize], without: Option<Obstruction>) -> Vec<Resolved> {
    let names = match without {
        Some(Obstruction::Absent(at, nth, _)) => {
            let sync = runs[at as usize].sync;
            needed_key(&sync.needs[usize::from(nth)]).map(|key| columns.value(records_of(sync), &key))
        }
        _ => None,
    };
    let mut resolved: Vec<Resolved> = runs.iter().map(|_| Resolved::default()).collect();
    for at in order {
        if runs[*at].skipped.is_none() {
            resolved[*at] = Resolver { columns, runs, resolved: &resolved, without, names: names.clone() }.run(*at);
        }
    }
    resolved
}

struct Resolver<'a, 'p, 'd> {
    columns: &'a Columns<'d>,
    runs: &'a [Run<'p>],
    /// What became of the runs before.
    resolved: &'a [Resolved],
    without: Option<Obstruction>,
    /// Per row, the name of the record that it needs, when one that is not sent is taken to be.
    names: Option<Arc<Symbols<'d>>>,
}

impl Resolver<'_, '_, '_> {
    fn run(&self, at: usize) -> Resolved {
        let (run, facts) = (&self.runs[at], &self.runs[at].facts);
        let all = facts.rows.len();
        let mut result =
            Resolved { outcome: Vec::with_capacity(all), why: Vec::with_capacity(all), gone: Vec::with_capacity(facts.gone.len()) };
        let mut next = 0;
        for place in 0..all as u32 {
            while facts.obstacles.get(next).is_some_and(|(of, _)| *of < place) {
                next += 1;
            }
            let obstacles = facts.obstacles[next..].iter().take_while(|(of, _)| *of == place);
            let is_blocked = obstacles.clone().any(|(_, (rule, finding))| self.without != Some(Obstruction::Finding(*rule, *finding)));
            let lifted = self.without == Some(Obstruction::Record(at as u32, place));
            let (outcome, why) = self.decide(run, place, is_blocked, lifted);
            result.outcome.push(outcome);
            result.why.push(why);
        }
        for row in &facts.gone {
            result.gone.push(match () {
                () if facts.left.has(*row) || run.idle.is_some() => Outcome::Left,
                () if facts.inactive.has(*row) => Outcome::Already,
                () => removed(run.sync.gone),
            });
        }
        result
    }

    fn decide(&self, run: &Run<'_>, place: u32, is_blocked: bool, lifted: bool) -> (Outcome, Why) {
        let (sync, facts) = (run.sync, &run.facts);
        let account = facts.account[place as usize];
        let flags = if lifted { facts.flags[place as usize] & flag::ATTACHED } else { facts.flags[place as usize] };
        let needed = || if lifted { None } else { self.unmet(run, place) };
        if run.idle.is_some() {
            return match account {
                NO_ROW => (Outcome::NotCreated, Why::Idle),
                row if facts.inactive.has(row) => (Outcome::Already, Why::Idle),
                _ => (Outcome::Same, Why::Idle),
            };
        }
        if account != NO_ROW && facts.left.has(account) {
            return (Outcome::Left, Why::Leaves);
        }
        let attached = flags & flag::ATTACHED != 0;
        let suspended = flags & flag::SUSPENDED != 0;
        // An account that would be suspended at once is not adopted before.
        if account == NO_ROW || (attached && !suspended) {
            if account == NO_ROW && flags & flag::NOT_CREATED != 0 {
                return (Outcome::NotCreated, Why::Create);
            }
            if attached && !sync.restore && facts.inactive.has(account) {
                return (Outcome::Left, Why::Inactive);
            }
            if is_blocked {
                return (Outcome::Blocked, Why::Finding);
            }
            if flags & flag::NAMELESS != 0 {
                return (Outcome::Blocked, Why::Nameless);
            }
            if flags & flag::TAKEN != 0 {
                return (Outcome::Blocked, Why::Taken);
            }
            return match needed() {
                Some((why, true)) => (Outcome::Blocked, why),
                Some((why, false)) => (Outcome::NotCreated, why),
                None if attached => (Outcome::Attach, Why::Plain),
                None => (Outcome::Create, Why::Plain),
            };
        }
        if facts.inactive.has(account) {
            return match needed() {
                _ if suspended => (Outcome::Already, Why::Suspend),
                Some((why, _)) => (Outcome::Already, why),
                None if !sync.restore => (Outcome::Left, Why::Inactive),
                None if is_blocked => (Outcome::Blocked, Why::Finding),
                None => (Outcome::Restore, Why::Plain),
            };
        }
        if let Some((why, _)) = needed() {
            return (removed(sync.gone), why);
        }
        if suspended {
            return (Outcome::Suspend, Why::Suspend);
        }
        let differs = facts.fields.get(place as usize).is_some_and(|fields| *fields != 0);
        (if differs { Outcome::Update } else { Outcome::Same }, Why::Plain)
    }

    /// Whether an entry of `needs` is taken to be met, since the record that it lacks is taken to be sent.
    fn is_supposed(&self, run: &Run<'_>, nth: usize, place: u32) -> bool {
        match (self.without, &self.names) {
            (Some(Obstruction::Absent(at, entry, name)), Some(names)) => {
                usize::from(entry) == nth
                    && std::ptr::eq(run, &self.runs[at as usize])
                    && names[run.facts.rows[place as usize] as usize] == name
            }
            _ => false,
        }
    }

    /// The first entry of `needs` that no record with an active account meets, and whether something is in the way of one that it leads to.
    fn unmet(&self, run: &Run<'_>, place: u32) -> Option<(Why, bool)> {
        for (nth, target) in run.targets.iter().enumerate() {
            if self.is_supposed(run, nth, place) {
                continue;
            }
            let (facts, result) = (&self.runs[*target].facts, &self.resolved[*target]);
            let table = records_of(self.runs[*target].sync);
            let before = |a: u32, b: u32| by_texts(self.columns, table, facts.rows[a as usize], facts.rows[b as usize]).is_lt();
            let mut worst: Option<(bool, u32)> = None;
            let mut met = false;
            for row in run.facts.needs[nth].of(place as usize) {
                let reached = facts.place[*row as usize];
                if reached == NO_ROW {
                    continue;
                }
                if result.is_active(facts, reached) {
                    met = true;
                    break;
                }
                // The one to tell of: one in whose way something is, and of several the first by identity.
                let blocked = result.outcome[reached as usize] == Outcome::Blocked;
                if worst.is_none_or(|(known, other)| blocked && !known || blocked == known && before(reached, other)) {
                    worst = Some((blocked, reached));
                }
            }
            if !met {
                let (blocked, reached) = worst.unwrap_or((false, NO_ROW));
                return Some((Why::Need(nth as u8, reached), blocked));
            }
        }
        None
    }
}
