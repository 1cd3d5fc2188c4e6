//! The page of a fix, in Markdown: what `rollbook explain` prints of one, and what `docs/rules.md` holds.
use super::file::PackFile;
use super::fix::{ExpectedRow, Fix};
use super::page::{given, one_line, sentence, sources};
use crate::finding::List;
use std::fmt::Write as _;

/// The page of a fix.
#[must_use]
pub fn fix_page(fix: &Fix, file: &PackFile) -> String {
    let mut page = String::new();
    let _ = writeln!(page, "## {}\n\n{} (a fix, `{}`)\n", fix.id, sentence(&fix.title), fix.file);
    if let Some(help) = &fix.help {
        let _ = writeln!(page, "**What to do.** {}\n", one_line(help));
    }
    let _ = writeln!(page, "**How a row is made.**\n\n```");
    let width = fix.text.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    for (key, text) in &fix.text {
        let _ = writeln!(page, "{key:width$}  {}", one_line(text));
    }
    let _ = writeln!(page, "```\n");
    let key: Vec<&str> = fix.key.iter().map(|at| fix.columns[*at].as_str()).collect();
    if !key.is_empty() {
        let _ = writeln!(page, "Two findings that would write other rows with the same {} are both left out.\n", List(&key, "or"));
    }
    let likely: Vec<String> = fix.of.iter().filter(|of| !of.proof).map(|of| format!("`{}`", of.rule)).collect();
    if !likely.is_empty() {
        let _ = writeln!(page, "Findings of {} are no proof: their rows are written with `--fixes-likely` alone.\n", List(&likely, "and"));
    }
    let name = fix.id.split_once('/').map_or(&*fix.id, |(_, name)| name);
    for test in file.fix_tests.iter().filter(|test| test.fix.value == name) {
        let _ = writeln!(page, "**Example**: {}\n", test.setup.name);
        given(&test.setup, &mut page);
        let rows: Vec<String> = test.expect.iter().map(outcome).collect();
        let rows = if rows.is_empty() { "no row".to_owned() } else { rows.join("; ") };
        let _ = writeln!(page, "Gives: {rows}\n");
    }
    sources(&fix.sources, &mut page);
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// What a test expects of a finding, in words.
fn outcome(row: &ExpectedRow) -> String {
    let cells: Vec<String> = row.cells.iter().map(|(column, value)| format!("{} `{value}`", column.value)).collect();
    match &row.left_out {
        None => cells.join(", "),
        Some(why) if cells.is_empty() => format!("one is left out (`{why}`)"),
        Some(why) => format!("{} is left out (`{why}`)", cells.join(", ")),
    }
}
