//! A pack's `[[test]]` of a sync, forecast by the very same interpreter as data.
use super::forecast;
use super::tell::{Entry, SyncRun};
use crate::engine::trial::{Difference, TrialResult, dataset, not_given};
use crate::engine::{Ledger, Plan, accounts};
use crate::model::{Epoch, FieldRef, NounId};
use crate::pack::{ExpectedOutcome, Outcome, Pack, Rule, SyncTest};

/// Runs one test of a sync. `packs` were compiled with the test's own settings and day.
///
/// Everything must be expected but what stays as it is.
#[must_use]
pub fn sync_trial(packs: &[Pack], pack: &str, test: &SyncTest, today: i32) -> TrialResult {
    let failed = |why: String| TrialResult { differences: Vec::new(), failed: Some(why) };
    let id = format!("{pack}/{}", test.sync.value);
    let dataset = match dataset(&test.setup) {
        Ok(dataset) => dataset,
        Err(why) => return failed(why),
    };
    let supplies = |noun: NounId, epoch: Epoch, field: Option<&FieldRef>| {
        dataset.table(noun, epoch).is_some_and(|table| field.is_none_or(|field| table.column(field).is_some()))
    };
    let selected = |rule: &Rule| packs.iter().flat_map(|pack| &pack.syncs).any(|sync| sync.blocked.contains(&rule.id));
    let plan = Plan::new(packs, &selected, &supplies, today).with_forecast().explained(&not_given);
    let named = plan.needs_accounts().then(|| accounts(&plan, &dataset, Ledger::default()));
    let forecast = forecast(&plan, &dataset, named);
    let Some(run) = forecast.syncs().find(|run| *run.sync().id == *id) else { return failed(format!("no sync `{id}`")) };
    if let Some(why) = run.skipped() {
        return failed(format!("the sync is skipped, {why}"));
    }
    if let (Some(why), false) = (run.idle(), test.expect.is_empty()) {
        return failed(format!("the sync does not run: {why}"));
    }
    let mut differences = compare(run, &test.expect);
    if let Some(hold) = &test.hold {
        let held = !run.held().is_empty();
        if hold.value != held {
            let word = |held: bool| vec![("hold".to_owned(), vec![held.to_string()])];
            differences.push(Difference::Missing(word(hold.value)));
            differences.push(Difference::Unexpected(word(held), if held { "a limit is passed" } else { "no limit is passed" }.to_owned()));
        }
    }
    TrialResult { differences, failed: None }
}

fn compare(run: SyncRun<'_, '_, '_>, expect: &[ExpectedOutcome]) -> Vec<Difference> {
    let mut expected: Vec<&ExpectedOutcome> = expect.iter().collect();
    let mut differences = Vec::new();
    if run.idle().is_some() {
        return differences;
    }
    for outcome in Outcome::ALL {
        for entry in run.entries(outcome, &[], usize::MAX) {
            let told = expected.iter().position(|told| is_of(&run, entry, told)).map(|at| expected.remove(at));
            match told {
                Some(told) if is_as_told(&run, entry, told) => {}
                Some(told) => {
                    differences.push(Difference::Missing(words(told)));
                    differences.push(found(&run, entry));
                }
                None if !outcome.is_told() => {}
                None => differences.push(found(&run, entry)),
            }
        }
    }
    differences.extend(expected.into_iter().map(|told| Difference::Missing(words(told))));
    differences
}

/// The variable by which tests name an entry.
fn variable(run: &SyncRun<'_, '_, '_>, entry: Entry) -> String {
    match entry {
        Entry::Record(_) => run.sync().record.name.clone(),
        Entry::Account(_) => run.sync().other.name.clone(),
    }
}

/// Whether an expectation is about this entry: by the record, or by the account that it has.
fn is_of(run: &SyncRun<'_, '_, '_>, entry: Entry, told: &ExpectedOutcome) -> bool {
    let (name, id) = &told.record;
    if name.value == variable(run, entry) {
        return run.id(entry) == *id;
    }
    name.value == run.sync().other.name && run.tell(entry).account.is_some_and(|account| account.id == *id)
}

fn is_as_told(run: &SyncRun<'_, '_, '_>, entry: Entry, told: &ExpectedOutcome) -> bool {
    let is = run.tell(entry);
    let plain = |id: &str, by: &str| id == by || id.split_once('/').is_some_and(|(_, plain)| plain == by);
    let by = |by: &String| is.rule.as_ref().is_some_and(|rule| plain(rule, by)) || is.needs.as_ref().is_some_and(|sync| plain(sync, by));
    let fields = |fields: &Vec<crate::source::Spanned<String>>| {
        let mut wanted: Vec<&str> = fields.iter().map(|field| field.value.as_str()).collect();
        let mut changed: Vec<&str> = is.changes.iter().map(|change| change.field).collect();
        wanted.sort_unstable();
        changed.sort_unstable();
        wanted == changed
    };
    is.outcome.words() == told.outcome.value && told.by.as_ref().is_none_or(by) && told.fields.as_ref().is_none_or(fields)
}

/// What a test expects, as differences show it.
fn words(told: &ExpectedOutcome) -> Vec<(String, Vec<String>)> {
    let (name, id) = &told.record;
    let mut words = vec![(name.value.clone(), vec![id.clone()]), ("outcome".to_owned(), vec![told.outcome.value.clone()])];
    words.extend(told.by.iter().map(|by| ("by".to_owned(), vec![by.clone()])));
    let names = |fields: &Vec<crate::source::Spanned<String>>| fields.iter().map(|field| field.value.clone()).collect();
    words.extend(told.fields.iter().map(|fields| ("fields".to_owned(), names(fields))));
    words
}

/// What became of an entry, and in words why.
fn found(run: &SyncRun<'_, '_, '_>, entry: Entry) -> Difference {
    let is = run.tell(entry);
    let mut words = vec![(variable(run, entry), vec![is.id.clone()]), ("outcome".to_owned(), vec![is.outcome.words().to_owned()])];
    words.extend(is.rule.iter().chain(&is.needs).take(1).map(|by| ("by".to_owned(), vec![by.to_string()])));
    if !is.changes.is_empty() {
        words.push(("fields".to_owned(), is.changes.iter().map(|change| change.field.to_owned()).collect()));
    }
    Difference::Unexpected(words, if is.reason.is_empty() { is.outcome.words().to_owned() } else { is.reason })
}
