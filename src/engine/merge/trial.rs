//! A pack's `[[test]]` of a merge, solved by the very same solver as data.
use super::tell::{MergeRun, merges};
use crate::engine::Plan;
use crate::engine::trial::{Difference, TrialResult, dataset};
use crate::model::{Epoch, FieldRef, NounId};
use crate::pack::{Decision, ExpectedMerge, MergeTest, Pack, Part};

/// Runs one test of a merge. `packs` were compiled with the test's own settings and day.
///
/// Everything that the merge finds must be expected.
#[must_use]
pub fn merge_trial(packs: &[Pack], pack: &str, test: &MergeTest, today: i32) -> TrialResult {
    let failed = |why: String| TrialResult { differences: Vec::new(), failed: Some(why) };
    let id = format!("{pack}/{}", test.merge.value);
    let dataset = match dataset(&test.setup) {
        Ok(dataset) => dataset,
        Err(why) => return failed(why),
    };
    let supplies = |noun: NounId, epoch: Epoch, field: Option<&FieldRef>| {
        dataset.table(noun, epoch).is_some_and(|table| field.is_none_or(|field| table.column(field).is_some()))
    };
    let mut decisions: Vec<Decision> = test.decisions.clone();
    decisions.iter_mut().for_each(|decision| decision.merge.value.clone_from(&id));
    let selected = |rule: &crate::pack::Rule| rule.merge.as_ref().is_some_and(|(merge, _)| *merge.id == *id);
    let plan = Plan::new(packs, &selected, &supplies, today).with_merges().with_decisions(&decisions);
    let merges = merges(&plan, &dataset);
    let Some(run) = merges.runs().find(|run| *run.merge().id == *id) else { return failed(format!("no merge `{id}`")) };
    if let Some(why) = run.skipped() {
        return failed(format!("the merge is skipped, {why}"));
    }
    let mut expected: Vec<&ExpectedMerge> = test.expect.iter().collect();
    let mut differences = Vec::new();
    for part in Part::ALL {
        for at in 0..run.len(part) {
            match expected.iter().position(|told| is_as_told(&run, part, at, told)) {
                Some(at) => {
                    expected.remove(at);
                }
                None => differences.push(found(&run, part, at)),
            }
        }
    }
    let missing: Vec<Difference> = expected.into_iter().map(|told| Difference::Missing(words(told))).collect();
    differences.splice(0..0, missing);
    TrialResult { differences, failed: None }
}

fn is_as_told(run: &MergeRun<'_, '_, '_>, part: Part, at: usize, told: &ExpectedMerge) -> bool {
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    let ids = run.ids(part, at);
    if part != told.part
        || told.keeps.as_ref().is_some_and(|keeps| ids.first() != Some(keeps))
        || sorted(ids) != sorted(told.records.clone())
    {
        return false;
    }
    let together = run.together(part, at);
    let value = |field: &str| {
        let kept = together.values.iter().find(|kept| kept.field == field).map(|kept| kept.value.clone());
        kept.or_else(|| together.members.first()?.cells.iter().find(|cell| cell.field == field).map(|cell| cell.value.clone()))
    };
    told.sees.as_ref().is_none_or(|sees| sorted(sees.clone()) == together.sees)
        && told.values.iter().all(|(field, wanted)| value(&field.value).as_deref() == Some(wanted.as_str()))
}

/// What a test expects, as differences show it.
fn words(told: &ExpectedMerge) -> Vec<(String, Vec<String>)> {
    let mut words = vec![(told.part.word().to_owned(), told.records.clone())];
    words.extend(told.keeps.iter().map(|keeps| ("keeps".to_owned(), vec![keeps.clone()])));
    words.extend(told.sees.iter().map(|sees| ("sees".to_owned(), sees.clone())));
    words.extend(told.values.iter().map(|(field, value)| (field.value.clone(), vec![value.clone()])));
    words
}

/// What was found, and in words why.
fn found(run: &MergeRun<'_, '_, '_>, part: Part, at: usize) -> Difference {
    let together = run.together(part, at);
    let ids = run.ids(part, at);
    let mut words = vec![(part.word().to_owned(), ids.clone())];
    if part == Part::Same {
        words.extend(ids.first().map(|first| ("keeps".to_owned(), vec![first.clone()])));
    }
    if !together.sees.is_empty() {
        words.push(("sees".to_owned(), together.sees.clone()));
    }
    words.extend(together.values.iter().map(|kept| (kept.field.clone(), vec![kept.value.clone()])));
    Difference::Unexpected(words, together.words())
}
