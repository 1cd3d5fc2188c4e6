//! A pack's `[[test]]` of a naming schema, solved by the very same solver as data.
use super::{Ledger, SchemaRun, State, accounts};
use crate::engine::Plan;
use crate::engine::trial::{Difference, TrialResult, dataset};
use crate::model::{Epoch, FieldRef, NounId};
use crate::pack::{ExpectedPerson, NamingTest, Pack};

/// Runs one test of a schema. `packs` were compiled with the test's own settings and day.
///
/// Every person of the schema must be expected, but for those whose account exists.
#[must_use]
pub fn naming_trial(packs: &[Pack], pack: &str, test: &NamingTest, today: i32) -> TrialResult {
    let failed = |why: String| TrialResult { differences: Vec::new(), failed: Some(why) };
    let id = format!("{pack}/{}", test.naming.value);
    let dataset = match dataset(&test.setup) {
        Ok(dataset) => dataset,
        Err(why) => return failed(why),
    };
    let supplies = |noun: NounId, epoch: Epoch, field: Option<&FieldRef>| {
        dataset.table(noun, epoch).is_some_and(|table| field.is_none_or(|field| table.column(field).is_some()))
    };
    let plan = Plan::new(packs, &|_| false, &supplies, today).with_accounts();
    let accounts = accounts(&plan, &dataset, Ledger::default());
    let Some(run) = accounts.schemas().find(|run| *run.naming().id == *id) else { return failed(format!("no schema `{id}`")) };
    if let Some(why) = run.skipped() {
        return failed(format!("the schema is skipped, {why}"));
    }
    let mut differences = Vec::new();
    let mut expected: Vec<&ExpectedPerson> = test.expect.iter().collect();
    for at in 0..run.len() {
        let person = run.person(at);
        let told = expected.iter().position(|expected| expected.person.1 == person.id).map(|at| expected.remove(at));
        let (found, message) = found(&run, at, &person.state);
        match told {
            Some(told) => {
                let holds = |(field, value): &(_, String)| {
                    let field: &crate::source::Spanned<String> = field;
                    let at = run.fields().position(|known| known == field.value);
                    at.is_some_and(|at| person.values[at].as_deref() == Some(value.as_str()))
                };
                let blocked = match (&told.blocked, &person.state) {
                    (Some(part), State::Blocked { reason, .. }) => reason.contains(part.as_str()),
                    (Some(_), _) => false,
                    (None, State::Blocked { .. }) => told.state.as_ref().is_some_and(|state| state.value == person.state.words()),
                    (None, _) => true,
                };
                let state = told.state.as_ref().is_none_or(|state| state.value == person.state.words());
                if !(told.fields.iter().all(holds) && blocked && state) {
                    differences.push(Difference::Missing(words(told)));
                    differences.push(Difference::Unexpected(found, message));
                }
            }
            None if person.state == State::Exists => {}
            None => differences.push(Difference::Unexpected(found, message)),
        }
    }
    differences.extend(expected.into_iter().map(|told| Difference::Missing(words(told))));
    TrialResult { differences, failed: None }
}

/// What a test expects of a person, as differences show it.
fn words(told: &ExpectedPerson) -> Vec<(String, Vec<String>)> {
    let (variable, id) = &told.person;
    let mut words = vec![(variable.value.clone(), vec![id.clone()])];
    words.extend(told.fields.iter().map(|(field, value)| (field.value.clone(), vec![value.clone()])));
    words.extend(told.blocked.iter().map(|reason| ("blocked".to_owned(), vec![reason.clone()])));
    words.extend(told.state.iter().map(|state| ("state".to_owned(), vec![state.value.clone()])));
    words
}

/// What became of a person, and in words why.
fn found(run: &SchemaRun<'_, '_, '_>, at: usize, state: &State) -> (Vec<(String, Vec<String>)>, String) {
    let mut words = vec![(run.naming().variable().to_owned(), vec![run.id(at).to_owned()])];
    for (nth, field) in run.fields().enumerate() {
        words.extend(run.value(at, nth).map(|value| (field.to_owned(), vec![value.to_owned()])));
    }
    let message = match state {
        State::Blocked { reason, .. } => {
            words.push(("blocked".to_owned(), vec![reason.clone()]));
            reason.clone()
        }
        other => other.words().to_owned(),
    };
    (words, message)
}
