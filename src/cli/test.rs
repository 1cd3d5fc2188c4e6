//! `rollbook test`: the tests of packs, run by the interpreter that runs on data.
use super::args::TestArgs;
use super::exit::Exit;
use super::output::{self, print};
use super::setup;
use crate::engine::{Difference, TrialResult, fix_trial, log_trial, merge_trial, naming_trial, sync_trial, trial};
use crate::finding::{Count, Mistakes};
use crate::pack::{Overrides, Pack, Setup};
use crate::source::Sources;
use std::fmt::Write as _;
use std::path::Path;

pub(super) fn run(args: &TestArgs) -> Exit {
    test(args).unwrap_or_else(|exit| exit)
}

fn test(args: &TestArgs) -> Result<Exit, Exit> {
    let (mut sources, mut mistakes) = (Sources::default(), Mistakes::default());
    let mut names = args.packs.clone();
    let mut folder = std::path::PathBuf::new();
    if names.is_empty() {
        // The district's own packs are tested as they are written: settings of the district belong to its data, not to the tests.
        let configured = setup::configuration(Path::new("."), &mut sources, &mut mistakes)?;
        names = configured.config.packs.iter().map(|name| name.value.clone()).collect();
        folder = configured.folder;
    }
    if names.is_empty() {
        names = setup::all_builtin();
    }
    let files = setup::read_packs(&names, &folder, &mut sources, &mut mistakes)?;
    let checked = setup::compile(&files, &Overrides::default(), &sources, &mut mistakes);
    output::mistakes(setup::errors_only(mistakes), &sources, &args.look)?;
    drop(checked);

    let mut text = String::new();
    let (mut passed, mut failed) = (0u64, 0u64);
    // A pack that another only requires is tested when it is asked for itself.
    let path = |name: &String| folder.join(name).display().to_string();
    let is_asked = |pack: &str, file: &str| names.iter().any(|name| *name == pack || path(name) == file);
    for file in &files.files {
        if !is_asked(&file.name.value, sources.name(file.name.span.text)) {
            continue;
        }
        let asked = |name: &str| {
            let id = format!("{}/{name}", file.name.value);
            args.rule.is_empty() || args.rule.iter().any(|rule| *rule == id || *rule == name)
        };
        let pack = &file.name.value;
        let mut run = |name: &str, test: &Setup, trial: &dyn Fn(&[Pack], i32) -> TrialResult| {
            if !asked(name) {
                return;
            }
            let overrides = overrides_of(test, pack);
            let packs = setup::compile(&files, &overrides, &sources, &mut Mistakes::default());
            let result = trial(&packs, overrides.today);
            if result.passed() {
                passed += 1;
                return;
            }
            failed += 1;
            let (line, _) = sources.line_column(test.span);
            let _ = writeln!(text, "FAILED {pack}/{name}: {}\n  {}:{line}", test.name, sources.name(test.span.text));
            if let Some(why) = &result.failed {
                let _ = writeln!(text, "  it could not run: {why}");
            }
            for difference in &result.differences {
                let _ = match difference {
                    Difference::Missing(records) => writeln!(text, "  - expected and not found: {}", shown(records)),
                    Difference::Unexpected(records, message) => {
                        writeln!(text, "  + found and not expected: {}\n      {message}", shown(records))
                    }
                };
            }
            text.push('\n');
        };
        for test in &file.tests {
            run(&test.rule.value, &test.setup, &|packs, today| trial(packs, pack, test, today));
        }
        for test in &file.naming_tests {
            run(&test.naming.value, &test.setup, &|packs, today| naming_trial(packs, pack, test, today));
        }
        for test in &file.fix_tests {
            run(&test.fix.value, &test.setup, &|packs, today| fix_trial(packs, pack, test, today));
        }
        for test in &file.merge_tests {
            run(&test.merge.value, &test.setup, &|packs, today| merge_trial(packs, pack, test, today));
        }
        for test in &file.sync_tests {
            run(&test.sync.value, &test.setup, &|packs, today| sync_trial(packs, pack, test, today));
        }
        for test in &file.log_tests {
            run(&test.of.value, &test.setup, &|packs, _| log_trial(packs, pack, test));
        }
    }
    let _ = writeln!(text, "{}, {failed} failed", Count(passed, "test passed", "tests passed"));
    print(&text);
    if passed + failed == 0 {
        return Err(match output::error("no test was run", "name a pack that has [[test]]s, or a rule that has one") {
            Exit::NoVerdict => Exit::Incomplete,
            other => other,
        });
    }
    Ok(if failed == 0 { Exit::Clean } else { Exit::Findings })
}

/// The settings, lists and day that a test sets.
pub(super) fn overrides_of(test: &Setup, pack: &str) -> Overrides {
    let mut overrides = Overrides { today: test.date.unwrap_or(DEFAULT_DAY), ..Overrides::default() };
    for (name, setting) in &test.settings {
        overrides.settings.insert((pack.to_owned(), name.value.clone()), crate::source::Spanned::new(setting.clone(), name.span));
    }
    for (name, values) in &test.lists {
        overrides.lists.insert((pack.to_owned(), name.value.clone()), crate::source::Spanned::new(values.clone(), name.span));
    }
    overrides
}

/// 2026-11-22: the day of tests that name none, so that no test depends on the day on which it runs.
const DEFAULT_DAY: i32 = 20_779;

fn shown(records: &[(String, Vec<String>)]) -> String {
    if records.is_empty() {
        return "a finding about the whole".to_owned();
    }
    let record = |(name, ids): &(String, Vec<String>)| match ids.as_slice() {
        [one] => format!("{name} = \"{one}\""),
        many => format!("{name} = [{}]", many.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", ")),
    };
    records.iter().map(record).collect::<Vec<_>>().join(", ")
}
