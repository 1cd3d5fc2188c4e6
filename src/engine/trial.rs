//! A pack's `[[test]]`, run by the very same interpreter as data.
use super::lack::{Absent, Lack};
use super::{Ledger, Plan, accounts, run};
use crate::model::{Epoch, noun};
use crate::pack::{Body, Pack, Rule, Setup, TestFile};
use crate::roster::{Dataset, InlineTable};

/// What a test showed.
#[derive(Debug)]
pub struct TrialResult {
    /// Expected findings that were not found, and found ones that were not expected.
    pub differences: Vec<Difference>,
    /// Why it could not run.
    pub failed: Option<String>,
}

impl TrialResult {
    /// Whether the rule found exactly what was expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failed.is_none() && self.differences.is_empty()
    }
}

/// A finding on one side only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// Expected and not found.
    Missing(Vec<(String, Vec<String>)>),
    /// Found and not expected; with its message.
    Unexpected(Vec<(String, Vec<String>)>, String),
}

/// Runs one test. `packs` were compiled with the test's own settings and day.
#[must_use]
pub fn trial(packs: &[Pack], pack: &str, test: &TestFile, today: i32) -> TrialResult {
    let failed = |why: String| TrialResult { differences: Vec::new(), failed: Some(why) };
    let id = format!("{pack}/{}", test.rule.value);
    let dataset = match dataset(&test.setup) {
        Ok(dataset) => dataset,
        Err(why) => return failed(why),
    };
    let selected = |rule: &Rule| *rule.id == *id;
    // The rows of a test are all that there is: a noun without rows, and a column that no row gives, is not supplied.
    let supplies = |noun, epoch, field: Option<&crate::model::FieldRef>| {
        dataset.table(noun, epoch).is_some_and(|table| field.is_none_or(|field| table.column(field).is_some()))
    };
    let plan = Plan::new(packs, &selected, &supplies, today).explained(&not_given);
    if plan.needs_accounts() {
        accounts(&plan, &dataset, Ledger::default()).propose();
    }
    let outcome = run(&plan, &dataset, &|_| None, &|_, _| {});
    let Some(at) = outcome.rules().next() else { return failed(format!("no rule `{id}`")) };
    if let Some(why) = plan.rules[at].1.skipped.as_ref() {
        return failed(format!("the rule is skipped, {why}"));
    }
    let whole = matches!(outcome.rule(at).body, Body::Whole { .. });
    let mut missing: Vec<Vec<(String, Vec<String>)>> = test
        .expect
        .iter()
        .map(|records| {
            let mut records: Vec<(String, Vec<String>)> =
                records.iter().map(|(name, ids)| (name.value.clone(), sorted(ids.clone()))).collect();
            records.sort();
            records
        })
        .collect();
    let mut unexpected = Vec::new();
    for finding in outcome.findings(at) {
        let mut found: Vec<(String, Vec<String>)> =
            if whole { Vec::new() } else { outcome.identities(at, finding).into_iter().map(|(name, ids)| (name, sorted(ids))).collect() };
        found.sort();
        // A test may name fewer variables than a finding has.
        let says = |expected: &Vec<(String, Vec<String>)>| {
            expected.iter().all(|(name, ids)| found.iter().any(|(other, found)| other == name && found == ids))
                && (whole || !expected.is_empty())
        };
        match missing.iter().position(says) {
            Some(at) => {
                missing.remove(at);
            }
            None => unexpected.push(Difference::Unexpected(found, outcome.describe(at, finding).message)),
        }
    }
    let mut differences: Vec<Difference> = missing.into_iter().map(Difference::Missing).chain(unexpected).collect();
    differences.sort();
    TrialResult { differences, failed: None }
}

/// What a test does not give, in the words of whoever writes it.
pub(super) fn not_given(absent: &Absent) -> Lack {
    let epoch = match absent.epoch {
        Epoch::Today => "",
        Epoch::Previous => "previous.",
        Epoch::Proposed => "proposed.",
        Epoch::Earlier => "earlier.",
    };
    let given = format!("`given.{epoch}{}`", absent.noun.get().name);
    let words = match &absent.field {
        None if absent.epoch == Epoch::Proposed => {
            format!("no [[naming]] of the packs makes {}, and the test has no {given}", absent.noun.get().plural)
        }
        None => format!("the test has no {given}"),
        Some(field) => format!("{given} has no column `{}`", field.name(absent.noun)),
    };
    Lack { words, by_format: false }
}

/// The rows of a test.
pub(super) fn dataset(setup: &Setup) -> Result<Dataset, String> {
    let mut tables = Vec::new();
    for given in &setup.given {
        let noun = noun(&given.noun.value).ok_or_else(|| format!("no noun `{}`", given.noun.value))?;
        tables.push(InlineTable { noun, epoch: given.epoch, csv: &given.csv });
    }
    let dataset = Dataset::inline(&tables)?;
    match dataset.findings().iter().find(|finding| finding.severity >= crate::finding::Severity::Error) {
        Some(damage) => Err(format!("its rows can't be read: {}", damage.message)),
        None => Ok(dataset),
    }
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids.dedup();
    ids
}
