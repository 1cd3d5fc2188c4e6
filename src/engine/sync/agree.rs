//! Whether a forecast came true: the same sync over the same roster, with the accounts as they were afterwards.
use super::facts::{Bits, accounts_of, flag};
use super::tell::{Entry, SyncRun};
use super::{Forecast, Run};
use crate::engine::describe::id_of;
use crate::engine::index::NO_ROW;
use crate::finding::List;
use crate::pack::Outcome;
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

/// Compares a forecast with the same plan over the accounts as they were after the sync. Both must be of the same packs.
#[must_use]
pub fn agreement(forecast: &Forecast<'_, '_>, after: &Forecast<'_, '_>) -> Vec<Agreement> {
    (0..forecast.runs.len().min(after.runs.len())).map(|at| of_sync(forecast, after, at)).collect()
}

fn of_sync(forecast: &Forecast<'_, '_>, after: &Forecast<'_, '_>, at: usize) -> Agreement {
    let (before_run, after_run) = (&forecast.runs[at], &after.runs[at]);
    let mut agreement = Agreement { sync: at, skipped: None, compared: 0, differing: Vec::new(), unforeseen: Vec::new() };
    let skipped = before_run.skipped.as_ref().or(after_run.skipped.as_ref());
    if let Some(why) = skipped.or(before_run.idle.as_ref()) {
        agreement.skipped = Some(why.clone());
        return agreement;
    }
    let (now, then) = (SyncRun { forecast, at }, SyncRun { forecast: after, at });
    let held = forecast.platforms.iter().any(|platform| platform.is_held() && platform.syncs.contains(&at));
    let places: HashMap<String, u32> = (0..after_run.facts.rows.len() as u32).map(|place| (then.id(Entry::Record(place)), place)).collect();
    for place in 0..before_run.facts.rows.len() as u32 {
        let entry = Entry::Record(place);
        let Some(other) = places.get(&now.id(entry)).copied() else { continue };
        let said = now.outcome(entry);
        let (before, after) = (state(forecast, before_run, place), state(after, after_run, other));
        agreement.compared += 1;
        let names = |fields: u32| -> Vec<&'static str> {
            let updated = before_run.sync.update.iter().enumerate().filter(|(nth, _)| fields >> nth & 1 == 1);
            updated.map(|(_, updated)| updated.field.of(before_run.sync.other.noun).name).collect()
        };
        let found = if held { unchanged(&before, &after, &names) } else { differs(said, &before, &after, &names) };
        agreement.differing.extend(found.map(|found| Differing { entry, said, found }));
    }
    accounts(forecast, after, at, held, &mut agreement);
    agreement.differing.sort_by_cached_key(|differing| now.id(differing.entry));
    agreement
}

/// Accounts whose record is no longer sent, and accounts that nobody foresaw.
fn accounts(forecast: &Forecast<'_, '_>, after: &Forecast<'_, '_>, at: usize, held: bool, agreement: &mut Agreement) {
    let (run, after_run) = (&forecast.runs[at], &after.runs[at]);
    let table = accounts_of(run.sync);
    let ids = |forecast: &Forecast<'_, '_>| -> Vec<(String, u32)> {
        (0..forecast.columns.rows(table)).filter_map(|row| Some((id_of(&forecast.columns, table, row)?, row))).collect()
    };
    let there: HashMap<String, u32> = ids(after).into_iter().collect();
    let now = SyncRun { forecast, at };
    for nth in 0..run.facts.gone.len() as u32 {
        let entry = Entry::Account(nth);
        let said = now.outcome(entry);
        let row = there.get(&now.id(entry)).copied();
        let active = row.is_some_and(|row| !after_run.facts.inactive.has(row));
        agreement.compared += 1;
        let was = !run.facts.inactive.has(run.facts.gone[nth as usize]);
        let found = match said {
            _ if held || said == Outcome::Left => match (row, active) {
                (None, _) if was => Some("the account is gone"),
                (Some(_), false) if was => Some("the account is inactive now"),
                (Some(_), true) if !was => Some("the account is active now"),
                _ => None,
            },
            _ if active && was => Some("the account is still active"),
            _ if active => Some("the account is active again"),
            _ => None,
        };
        agreement.differing.extend(found.map(|found| Differing { entry, said, found: found.to_owned() }));
    }
    let before: HashSet<String> = ids(forecast).into_iter().map(|(id, _)| id).collect();
    let made = after_run.facts.gone.iter().filter_map(|row| id_of(&after.columns, table, *row));
    agreement.unforeseen = made.filter(|id| !before.contains(id)).collect();
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

/// What is otherwise than `said`.
fn differs(said: Outcome, before: &State, after: &State, names: &dyn Fn(u32) -> Vec<&'static str>) -> Option<String> {
    match said {
        Outcome::Create | Outcome::Attach | Outcome::Update | Outcome::Restore | Outcome::Same => match &after.account {
            None if before.account.is_none() => Some("there is still no account".to_owned()),
            None => Some("the account is gone".to_owned()),
            Some(_) if !after.active && before.active => Some("the account is inactive now".to_owned()),
            Some(_) if !after.active => Some("the account is still inactive".to_owned()),
            Some(_) if after.attached => Some("the account still has no record".to_owned()),
            Some(_) if after.fields != 0 => {
                let fields = names(after.fields);
                let word = if after.fields & before.fields == after.fields { "still differs" } else { "differs" };
                let word = if fields.len() == 1 { word.to_owned() } else { word.replace("differs", "differ") };
                Some(format!("{} {word}", List(&fields, "and")))
            }
            Some(_) => None,
        },
        Outcome::Suspend | Outcome::Archive | Outcome::Delete => after.active.then(|| "the account is still active".to_owned()),
        Outcome::Already => after.active.then(|| "the account is active again".to_owned()),
        Outcome::Left | Outcome::Blocked | Outcome::NotCreated => unchanged(before, after, names),
    }
}

/// What is otherwise than it was.
fn unchanged(before: &State, after: &State, names: &dyn Fn(u32) -> Vec<&'static str>) -> Option<String> {
    match (&before.account, &after.account) {
        (None, None) => None,
        // One that is inactive is none to speak of.
        (None, Some(_)) if !after.active => None,
        (None, Some(id)) => Some(format!("there is an account now, {id}")),
        (Some(_), None) if !before.active => None,
        (Some(_), None) => Some("the account is gone".to_owned()),
        (Some(old), Some(new)) if old != new => Some(format!("the account is {new} now, and was {old}")),
        _ if before.active && !after.active => Some("the account is inactive now".to_owned()),
        _ if !before.active && after.active => Some("the account is active now".to_owned()),
        _ if before.attached && !after.attached => Some("the account has its record now".to_owned()),
        _ if before.fields != after.fields => {
            let fields = names(before.fields ^ after.fields);
            Some(format!("{} changed", List(&fields, "and")))
        }
        _ => None,
    }
}

impl Agreement {
    /// How many are as was forecast.
    #[must_use]
    pub fn agreed(&self) -> u64 {
        self.compared - self.differing.len() as u64
    }

    /// Whether everything is as was forecast.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.differing.is_empty() && self.unforeseen.is_empty()
    }
}
