//! A pack's `[[test]]` of what a log says.
use super::scan;
use crate::engine::{Difference, TrialResult};
use crate::language::log::{Messages, Wording};
use crate::pack::{LogTest, Pack};
use crate::roster::LogFile;

/// Runs one test: the lines that the message or the rule knows, each with its values, must be those that are expected.
#[must_use]
pub fn log_trial(packs: &[Pack], pack: &str, test: &LogTest) -> TrialResult {
    let failed = |why: String| TrialResult { differences: Vec::new(), failed: Some(why) };
    let id = format!("{pack}/{}", test.of.value);
    let rules = packs.iter().flat_map(|pack| pack.rules.iter().map(|rule| (&rule.id, &rule.wordings)));
    let messages = packs.iter().flat_map(|pack| pack.messages.iter().map(|message| (&message.id, &message.wordings)));
    let Some((_, wordings)) = rules.chain(messages).find(|(known, _)| ***known == *id) else { return failed(format!("no message `{id}`")) };
    let wordings: Vec<&Wording> = wordings.iter().collect();
    let ready = match Messages::new(wordings.clone()) {
        Ok(ready) => ready,
        Err(why) => return failed(why),
    };
    let mut missing: Vec<Vec<(String, Vec<String>)>> =
        test.expect.iter().map(|values| values.iter().map(|(name, values)| (name.value.clone(), values.clone())).collect()).collect();
    let mut differences = Vec::new();
    for line in scan(&[LogFile::of("log", test.log.trim_start_matches('\n'))], &ready, false).known {
        let Some(hit) = line.hits.iter().max_by_key(|hit| hit.values.iter().flatten().count()) else { continue };
        let named = wordings[hit.wording].values.iter().zip(&hit.values);
        let found: Vec<(String, Vec<String>)> =
            named.filter_map(|(value, found)| Some((value.name.clone(), vec![found.clone()?]))).collect();
        // A test may name fewer values than a line has.
        match missing.iter().position(|expected| expected.iter().all(|value| found.contains(value))) {
            Some(at) => {
                missing.remove(at);
            }
            None => differences.push(Difference::Unexpected(found, line.text)),
        }
    }
    differences.extend(missing.into_iter().map(Difference::Missing));
    differences.sort();
    TrialResult { differences, failed: None }
}
