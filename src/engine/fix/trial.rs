//! A pack's `[[test]]` of a fix, by the very same interpreter as data.
use crate::engine::trial::{Difference, TrialResult, dataset};
use crate::engine::{Ledger, Plan, accounts, fixes, run};
use crate::model::{Epoch, FieldRef, NounId};
use crate::pack::{ExpectedRow, FixTest, Pack, Rule};

/// Runs one test of a fix. `packs` were compiled with the test's own settings and day.
///
/// All rows, and all findings that are left out, must be expected. Rules that only suspect write rows, as with `--fixes-likely`.
#[must_use]
pub fn fix_trial(packs: &[Pack], pack: &str, test: &FixTest, today: i32) -> TrialResult {
    let failed = |why: String| TrialResult { differences: Vec::new(), failed: Some(why) };
    let id = format!("{pack}/{}", test.fix.value);
    let Some(fix) = packs.iter().flat_map(|pack| &pack.fixes).find(|fix| *fix.id == *id) else { return failed(format!("no fix `{id}`")) };
    let dataset = match dataset(&test.setup) {
        Ok(dataset) => dataset,
        Err(why) => return failed(why),
    };
    let supplies = |noun: NounId, epoch: Epoch, field: Option<&FieldRef>| {
        dataset.table(noun, epoch).is_some_and(|table| field.is_none_or(|field| table.column(field).is_some()))
    };
    // What its rules are consequences of runs too, since a consequence is left out.
    let mut wanted: Vec<&str> = fix.of.iter().map(|of| &*of.rule).collect();
    let rules: Vec<&Rule> = packs.iter().flat_map(|pack| &pack.rules).collect();
    let mut at = 0;
    while at < wanted.len() {
        let follows = rules.iter().filter(|rule| *rule.id == *wanted[at]).flat_map(|rule| &rule.follows);
        let more: Vec<&str> = follows.map(|follow| &*follow.rule).filter(|rule| !wanted.contains(rule)).collect();
        wanted.extend(more);
        at += 1;
    }
    let plan = Plan::new(packs, &|rule: &Rule| wanted.contains(&&*rule.id), &supplies, today).with_fixes();
    if plan.needs_accounts() {
        accounts(&plan, &dataset, Ledger::default()).propose();
    }
    let outcome = run(&plan, &dataset, &|_| None, &|_, _| {});
    let made = fixes(&plan, &outcome, true);
    let of_fix = |rule: &str| fix.of.iter().any(|of| *of.rule == *rule);
    let mut expected: Vec<&ExpectedRow> = test.expect.iter().collect();
    let mut differences = Vec::new();
    for file in made.iter().filter(|file| file.name == fix.file) {
        let rows = file.rows.iter().filter(|row| row.of.iter().any(|of| of_fix(&of.rule)));
        let left = file.left_out.iter().filter(|left| of_fix(&left.of.rule));
        let told = rows.map(|row| (&row.cells, None, &row.of[0])).chain(left.map(|left| (&left.cells, Some(&left.why), &left.of)));
        for (cells, why, of) in told {
            let says = |expected: &&ExpectedRow| {
                let cell = |name: &str| file.columns.iter().position(|column| column == name).map(|at| cells[at].as_str());
                let reason = match (&expected.left_out, why) {
                    (None, None) => true,
                    (Some(part), Some(why)) => why.contains(part.as_str()),
                    _ => false,
                };
                reason && expected.cells.iter().all(|(name, value)| cell(&name.value) == Some(value.as_str()))
            };
            match expected.iter().position(says) {
                Some(at) => {
                    expected.remove(at);
                }
                None => {
                    let mut words: Vec<(String, Vec<String>)> =
                        file.columns.iter().zip(cells).map(|(column, cell)| (column.clone(), vec![cell.clone()])).collect();
                    words.extend(why.map(|why| ("left_out".to_owned(), vec![why.clone()])));
                    differences.push(Difference::Unexpected(words, of.message.clone()));
                }
            }
        }
    }
    let missing = expected.into_iter().map(|row| {
        let mut words: Vec<(String, Vec<String>)> =
            row.cells.iter().map(|(name, value)| (name.value.clone(), vec![value.clone()])).collect();
        words.extend(row.left_out.iter().map(|why| ("left_out".to_owned(), vec![why.clone()])));
        Difference::Missing(words)
    });
    let differences = missing.chain(differences).collect();
    TrialResult { differences, failed: None }
}
