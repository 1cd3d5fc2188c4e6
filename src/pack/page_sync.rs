//! The page of a sync, in Markdown: what `rollbook explain` prints of one, and what `docs/rules.md` holds.
use super::file::PackFile;
use super::page::{given, one_line, sentence, sources};
use super::sync::{Counted, Hold, Platform, Sync};
use crate::finding::{Count, List};
use std::fmt::Write as _;

/// The page of a sync.
#[must_use]
pub fn sync_page(sync: &Sync, platform: Option<&Platform>, file: &PackFile) -> String {
    let mut page = String::new();
    let of = platform.map(|platform| format!(" of {}", platform.title)).unwrap_or_default();
    let _ = writeln!(page, "## {}\n\n{} (a sync{of})\n", sync.id, sentence(&sync.title));
    if let Some(platform) = platform {
        if let Some(runs) = &platform.runs {
            let _ = writeln!(page, "**When.** {}\n", sentence(runs));
        }
        if !platform.carriers.is_empty() {
            let _ = writeln!(page, "Nothing arrives where the syncs of {} are held.\n", List(&platform.carriers, "or"));
        }
    }
    if let Some(why) = &sync.why {
        let _ = writeln!(page, "**How it comes to be so.** {}\n", one_line(why));
    }
    if let Some(help) = &sync.help {
        let _ = writeln!(page, "**What to do.** {}\n", one_line(help));
    }
    if let Some(otherwise) = &sync.otherwise {
        let _ = writeln!(page, "It does not run otherwise than `when` says: {}\n", one_line(otherwise));
    }
    if let Some(unknown) = &sync.unknown {
        let _ = writeln!(page, "It can't be forecast where `known` does not hold: {}\n", one_line(unknown));
    }
    let _ = writeln!(page, "**What it does.**\n\n```");
    let width = sync.text.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    for (key, text) in &sync.text {
        let _ = writeln!(page, "{key:width$}  {}", one_line(text));
    }
    let _ = writeln!(page, "```\n");
    if !sync.blocked.is_empty() {
        let rules: Vec<String> = sync.blocked.iter().map(|id| format!("`{id}`")).collect();
        let _ = writeln!(page, "What is in a finding of {} is not created, attached or restored.\n", List(&rules, "or"));
    }
    for need in &sync.needs {
        let why = need.why.as_ref().map(|why| format!(" (\"{}\")", one_line(why))).unwrap_or_default();
        let _ = writeln!(page, "It needs a record of `{}` with an active account{why}.\n", need.sync);
    }
    if !sync.hold.is_empty() {
        let limits: Vec<String> = sync.hold.iter().map(limit).collect();
        let _ = writeln!(page, "The platform stops the whole sync when {}.\n", List(&limits, "or"));
    }
    let name = sync.id.split_once('/').map_or(&*sync.id, |(_, name)| name);
    for test in file.sync_tests.iter().filter(|test| test.sync.value == name) {
        let _ = writeln!(page, "**Example**: {}\n", test.setup.name);
        given(&test.setup, &mut page);
        let outcome = |expected: &super::file_sync::ExpectedOutcome| {
            let by = expected.by.as_ref().map(|by| format!(" by `{by}`")).unwrap_or_default();
            let fields: Vec<&str> = expected.fields.iter().flatten().map(|field| field.value.as_str()).collect();
            let fields = if fields.is_empty() { String::new() } else { format!(" ({})", List(&fields, "and")) };
            format!("{} {}: {}{by}{fields}", expected.record.0.value, expected.record.1, expected.outcome.value)
        };
        let told: Vec<String> = test.expect.iter().map(outcome).collect();
        let told = if told.is_empty() { "nothing changes".to_owned() } else { told.join("; ") };
        let held = if test.hold.as_ref().is_some_and(|hold| hold.value) { "; the sync is held" } else { "" };
        let _ = writeln!(page, "Gives: {told}{held}\n");
    }
    if !sync.covers.is_empty() {
        let _ = writeln!(page, "Catalogue: {}\n", sync.covers.join(", "));
    }
    sources(&sync.sources, &mut page);
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// A limit, in words.
fn limit(hold: &Hold) -> String {
    let verb = match hold.of {
        Counted::Gone => "go",
        Counted::Changed => "be updated",
        Counted::Created => "be created",
    };
    match hold.share {
        Some(share) if hold.least > 1 => {
            format!("more than {} % of its accounts, and at least {}, would {verb}", share * 100.0, Count::grouped(hold.least))
        }
        Some(share) => format!("more than {} % of its accounts would {verb}", share * 100.0),
        None => format!("more than {} accounts would {verb}", Count::grouped(hold.least.saturating_sub(1))),
    }
}
