//! Whether a forecast came true: the same sync over the same roster, with the accounts as they were afterwards.
use super::facts::{Bits, accounts_of, flag, identity_parts, records_of};
use super::tell::{Entry, SyncRun};
use super::{Forecast, Run};
use crate::engine::describe::id_of;
use crate::engine::index::NO_ROW;
use crate::finding::List;
use crate::pack::Outcome;
use crate::roster::Sym;
use hashbrown::{HashMap, HashSet};

/// How a forecast and what came of it agree, for one sync.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The place of the sync among [`Forecast::syncs`].
    pub sync: usize,
    /// Why the two can't be compared.
    pub skipped: Option<String>,
    /// Records and accounts that were compared.
    pub compared: u64,
    /// Accounts without an id, which can't be found again among those that are there afterwards.
    pub without_id: u64,
    /// Those that are otherwise than was forecast, in the order of their identities.
    pub differing: Vec<Differing>,
    /// Accounts that appeared and that no record explains.
    pub unforeseen: Vec<String>,
}

/// A record or account that is otherwise than was forecast.
#[derive(Clone, Debug)]
pub struct Differing {
    /// The entry of the forecast.
    pub entry: Entry,
    /// What was forecast.
    pub said: Outcome,
    /// What is there instead, as a sentence goes on: `there is still no account`.
    pub found: String,
}

/// What there is of a record's account.
#[derive(PartialEq, Eq, Clone)]
struct State {
    account: Option<String>,
    active: bool,
    attached: bool,
    fields: u32,
}

/// Compares a forecast with the same plan over the accounts as they were after the sync. Both must be of the same packs and the same records of today.
#[must_use]
pub fn agreement(forecast: &Forecast<'_, '_>, after: &Forecast<'_, '_>) -> Vec<Agreement> {
    (0..forecast.runs.len().min(after.runs.len())).map(|at| of_sync(forecast, after, at)).collect()
}

fn of_sync(forecast: &Forecast<'_, '_>, after: &Forecast<'_, '_>, at: usize) -> Agreement {
    let (before_run, after_run) = (&forecast.runs[at], &after.runs[at]);
    let mut agreement = Agreement { sync: at, skipped: None, compared: 0, without_id: 0, differing: Vec::new(), unforeseen: Vec::new() };
    let foreseen = before_run.skipped.as_ref().or(before_run.idle.as_ref()).cloned();
    let told = || after_run.skipped.as_ref().map(|why| format!("since --after does not say enough: {why}"));
    // An export that holds none of the accounts says nothing of them.
    let none = || {
        let any = |run: &Run<'_>| !run.facts.gone.is_empty() || run.facts.account.iter().any(|row| *row != NO_ROW);
        (any(before_run) && !any(after_run)).then(|| "since nothing given to --after holds any of them".to_owned())
    };
    if let Some(why) = foreseen.or_else(told).or_else(none) {
        agreement.skipped = Some(why);
        return agreement;
    }
    let (now, then) = (SyncRun { forecast, at }, SyncRun { forecast: after, at });
    let held = forecast.platforms.iter().any(|platform| platform.is_held() && platform.syncs.contains(&at));
    let places: HashMap<(String, Option<u32>), u32> = known(then).zip(0..).collect();
    for (known, place) in known(now).zip(0..) {
        let entry = Entry::Record(place);
        let Some(other) = places.get(&known).copied() else { continue };
        let said = now.outcome(entry);
        let (before, after) = (state(forecast, before_run, place), state(after, after_run, other));
        agreement.compared += 1;
        let names = |fields: u32| -> Vec<&'static str> {
            let updated = before_run.sync.update.iter().enumerate().filter(|(nth, _)| fields >> nth & 1 == 1);
            updated.map(|(_, updated)| updated.field.of(before_run.sync.other.noun).name).collect()
        };
        let words = Words { account: accounts_of(before_run.sync).0.get().name == "account", names: &names };
        let found = if held { words.unchanged(&before, &after) } else { words.differs(said, &before, &after) };
        agreement.differing.extend(found.map(|found| Differing { entry, said, found }));
    }
    accounts(forecast, after, at, held, &mut agreement);
    agreement.differing.sort_by_cached_key(|differing| now.id(differing.entry));
    agreement
}

/// What each record is known by: its identity, and where a part of that is missing the row too, since several may lack it. Both sides have the same rows.
fn known<'a>(run: SyncRun<'a, '_, '_>) -> impl Iterator<Item = (String, Option<u32>)> + 'a {
    let table = records_of(run.sync());
    let parts: Vec<_> = identity_parts(table).iter().map(|part| run.forecast.columns.value(table, part)).collect();
    run.forecast.runs[run.at].facts.rows.iter().zip(0..).map(move |(row, place)| {
        let whole = parts.iter().all(|part| part[*row as usize] != Sym::MISSING);
        (run.id(Entry::Record(place)), (!whole).then_some(*row))
    })
}

/// Accounts whose record is no longer sent, and accounts that nobody foresaw.
fn accounts(forecast: &Forecast<'_, '_>, after: &Forecast<'_, '_>, at: usize, held: bool, agreement: &mut Agreement) {
    let (run, after_run) = (&forecast.runs[at], &after.runs[at]);
    let table = accounts_of(run.sync);
    // Only accounts that the sync knows of are compared: those of another kind may have the same identities.
    let id = |forecast: &Forecast<'_, '_>, row: u32| id_of(&forecast.columns, table, row).unwrap_or_default();
    let mut there: HashMap<String, bool> = HashMap::new();
    for row in &after_run.facts.gone {
        *there.entry(id(after, *row)).or_default() |= !after_run.facts.inactive.has(*row);
    }
    let now = SyncRun { forecast, at };
    let words = Words { account: table.0.get().name == "account", names: &|_| Vec::new() };
    for nth in 0..run.facts.gone.len() as u32 {
        let entry = Entry::Account(nth);
        let said = now.outcome(entry);
        if now.id(entry).is_empty() {
            agreement.without_id += 1;
            continue;
        }
        let row = there.get(&now.id(entry)).copied();
        let active = row == Some(true);
        agreement.compared += 1;
        let was = !run.facts.inactive.has(run.facts.gone[nth as usize]);
        let found = match said {
            _ if held || said == Outcome::Left => match (row, active) {
                (None, _) if was => words.pick("the account is gone", "it is gone"),
                (Some(_), false) if was => words.pick("the account is inactive now", "it is inactive now"),
                (Some(_), true) if !was => words.pick("the account is active now", "it is active now"),
                _ => None,
            },
            _ if active && was => words.pick("the account is still active", "it is still there"),
            _ if active => words.pick("the account is active again", "it is there again"),
            _ => None,
        };
        agreement.differing.extend(found.map(|found| Differing { entry, said, found }));
    }
    let known = run.facts.gone.iter().chain(&run.facts.account).chain(run.facts.further.iter().map(|(_, row)| row));
    let known: HashSet<String> = known.filter(|row| **row != NO_ROW).map(|row| id(forecast, *row)).collect();
    agreement.unforeseen =
        after_run.facts.gone.iter().map(|row| id(after, *row)).filter(|id| !id.is_empty() && !known.contains(id)).collect();
    agreement.unforeseen.sort();
}

fn state(forecast: &Forecast<'_, '_>, run: &Run<'_>, place: u32) -> State {
    let row = run.facts.account[place as usize];
    let inactive: &Bits = &run.facts.inactive;
    State {
        account: (row != NO_ROW).then(|| id_of(&forecast.columns, accounts_of(run.sync), row).unwrap_or_default()),
        active: row != NO_ROW && !inactive.has(row),
        attached: run.facts.flags[place as usize] & flag::ATTACHED != 0,
        fields: run.facts.fields.get(place as usize).copied().unwrap_or(0),
    }
}

/// How differences are told.
struct Words<'n> {
    /// Whether what the platform has are accounts; otherwise they are the records themselves, as it was sent them last.
    account: bool,
    names: &'n dyn Fn(u32) -> Vec<&'static str>,
}

impl Words<'_> {
    fn pick(&self, account: &str, other: &str) -> Option<String> {
        Some(if self.account { account } else { other }.to_owned())
    }

    /// What is otherwise than `said`.
    fn differs(&self, said: Outcome, before: &State, after: &State) -> Option<String> {
        match said {
            Outcome::Create | Outcome::Attach | Outcome::Update | Outcome::Restore | Outcome::Same => match &after.account {
                None if before.account.is_none() => self.pick("there is still no account", "it is still not there"),
                None => self.pick("the account is gone", "it is gone"),
                Some(_) if !after.active && before.active => self.pick("the account is inactive now", "it is inactive now"),
                Some(_) if !after.active => self.pick("the account is still inactive", "it is still inactive"),
                Some(_) if after.attached => self.pick("the account still has no record", "it is still not its own"),
                Some(_) if after.fields != 0 => {
                    let fields = (self.names)(after.fields);
                    let still = if after.fields & before.fields == after.fields { "still " } else { "" };
                    let differ = if fields.len() == 1 { "differs" } else { "differ" };
                    Some(format!("{} {still}{differ}", List(&fields, "and")))
                }
                Some(_) => None,
            },
            Outcome::Suspend | Outcome::Archive | Outcome::Delete if after.active => {
                self.pick("the account is still active", "it is still there")
            }
            Outcome::Already if after.active => self.pick("the account is active again", "it is there again"),
            Outcome::Suspend | Outcome::Archive | Outcome::Delete | Outcome::Already => None,
            Outcome::Left | Outcome::Blocked | Outcome::NotCreated => self.unchanged(before, after),
        }
    }

    /// What is otherwise than it was.
    fn unchanged(&self, before: &State, after: &State) -> Option<String> {
        match (&before.account, &after.account) {
            (None, None) => None,
            // One that is inactive is none to speak of.
            (None, Some(_)) if !after.active => None,
            (None, Some(_)) if !self.account => Some("it is there now".to_owned()),
            (None, Some(id)) => Some(format!("there is an account now, {id}")),
            (Some(_), None) if !before.active => None,
            (Some(_), None) => self.pick("the account is gone", "it is gone"),
            (Some(old), Some(new)) if old != new => Some(format!("the account is {new} now, and was {old}")),
            _ if before.active && !after.active => self.pick("the account is inactive now", "it is inactive now"),
            _ if !before.active && after.active => self.pick("the account is active now", "it is active now"),
            _ if before.attached && !after.attached => self.pick("the account has its record now", "it is its own now"),
            _ if before.fields != after.fields => {
                let fields = (self.names)(before.fields ^ after.fields);
                Some(format!("{} changed", List(&fields, "and")))
            }
            _ => None,
        }
    }
}

impl Agreement {
    /// How many are as was forecast.
    #[must_use]
    pub fn agreed(&self) -> u64 {
        self.compared - self.differing.len() as u64
    }
}
