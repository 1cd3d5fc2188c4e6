//! The page of a rule, in Markdown: what `rollbook explain` prints and what `docs/rules.md` is made of.
use super::file::{PackFile, TestFile};
use super::rule::{Pack, Rule, Shape};
use std::fmt::Write as _;

/// The page of a rule.
#[must_use]
pub fn page(rule: &Rule, file: &PackFile) -> String {
    let mut page = String::new();
    let severity = rule.severity.map_or("off", |severity| severity.word());
    let kind = match rule.shape {
        Shape::Rule => "",
        Shape::Unique => ", a uniqueness",
        Shape::Population => ", a population",
    };
    let _ = writeln!(page, "## {}\n\n{} ({severity}{kind})\n", rule.id, sentence(&rule.title));
    let reference = &rule.reference;
    if let Some(why) = &reference.why {
        let _ = writeln!(page, "**Why it matters.** {}\n", one_line(why));
    }
    if let Some(help) = &reference.help {
        let _ = writeln!(page, "**What to do.** {}\n", one_line(help));
    }
    let _ = writeln!(page, "**What it finds.**\n\n```");
    let width = reference.text.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    for (key, text) in &reference.text {
        let _ = writeln!(page, "{key:width$}  {}", one_line(text));
    }
    let _ = writeln!(page, "```\n");
    if !reference.message.is_empty() {
        let _ = writeln!(page, "Message: `{}`\n", one_line(reference.message.trim_matches(['\'', '"'])));
    }
    if let Some(outcome) = &reference.outcome {
        let what = match outcome.as_str() {
            "refuse" => "refuses the record that comes second",
            "suffix" => "adds a suffix to the second",
            "hold" => "stops the whole sync",
            "merge" => "makes one of them",
            _ => "allows it, and misbehaves",
        };
        let _ = writeln!(page, "At a clash the platform {what}.\n");
    }
    if !reference.comparisons.is_empty() {
        let _ = writeln!(page, "**How values are compared.**\n");
        for (text, by) in &reference.comparisons {
            let _ = writeln!(page, "- `{}` {}", one_line(text), by.words());
        }
        page.push('\n');
    }
    if !rule.follows.is_empty() {
        let roots: Vec<String> = rule.follows.iter().map(|follow| format!("`{}`", follow.rule)).collect();
        let _ = writeln!(page, "**Only a consequence of** {} where they share the record.\n", roots.join(", "));
    }
    if !reference.vendor.is_empty() {
        let _ = writeln!(page, "**What the vendor says.**\n");
        for message in &reference.vendor {
            let _ = writeln!(page, "> {}", one_line(message));
        }
        page.push('\n');
    }
    if let Some(log) = &reference.log {
        let _ = writeln!(page, "In a log: `{log}`\n");
    }
    examples(rule, file, &mut page);
    if !reference.covers.is_empty() {
        let _ = writeln!(page, "Catalogue: {}\n", reference.covers.join(", "));
    }
    for source in &reference.sources {
        let seen = if source.seen.is_empty() { String::new() } else { format!(", read on {}", source.seen) };
        let _ = match (source.page.is_empty(), source.url.is_empty()) {
            (false, false) => writeln!(page, "Source: [{}]({}){seen}\n", source.page, source.url),
            (false, true) => writeln!(page, "Source: {}{seen}\n", source.page),
            (true, false) => writeln!(page, "Source: <{}>{seen}\n", source.url),
            (true, true) => Ok(()),
        };
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// A test that finds, and one that leaves alone.
fn examples(rule: &Rule, file: &PackFile, page: &mut String) {
    let name = rule.id.split_once('/').map_or(&*rule.id, |(_, name)| name);
    let tests = || file.tests.iter().filter(|test| test.rule.value == name);
    let finds = tests().find(|test| !test.expect.is_empty());
    let leaves = tests().find(|test| test.expect.is_empty());
    for (test, title) in [(finds, "**An example that it finds**"), (leaves, "**One that it leaves alone**")] {
        let Some(test) = test else { continue };
        let _ = writeln!(page, "{title}: {}\n", test.name);
        rows(test, page);
        if !test.expect.is_empty() {
            let found: Vec<String> = test.expect.iter().map(|records| found(records)).collect();
            let _ = writeln!(page, "Found: {}\n", found.join("; "));
        }
    }
}

fn found(records: &[(crate::source::Spanned<String>, Vec<String>)]) -> String {
    if records.is_empty() {
        return "once, about the whole".to_owned();
    }
    records.iter().map(|(name, ids)| format!("{} = {}", name.value, ids.join(" + "))).collect::<Vec<_>>().join(", ")
}

fn rows(test: &TestFile, page: &mut String) {
    for (name, setting) in &test.settings {
        let _ = writeln!(page, "Setting `{}` is `{setting}`.\n", name.value);
    }
    for given in &test.given {
        let previous = if given.previous { "previous " } else { "" };
        let _ = writeln!(page, "```csv\n# {previous}{}\n{}\n```\n", given.noun.value, given.csv.trim());
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The reference of all packs.
#[must_use]
pub fn reference(packs: &[Pack], files: &[PackFile]) -> String {
    let mut text = String::from(
        "# Rules\n\nEvery rule of the built-in packs. This page is made from the packs in `rules/`; `cargo test` says when it is stale.\n\n",
    );
    for pack in packs {
        let _ = writeln!(text, "- **{}** {}: {}, {} rules", pack.name, pack.version, pack.title, pack.rules.len());
    }
    for pack in packs {
        let Some(file) = files.iter().find(|file| file.name.value == pack.name) else { continue };
        let _ = writeln!(text, "\n# {}\n\n{}\n\n| rule | severity | finds |\n| --- | --- | --- |", pack.name, pack.title);
        for rule in &pack.rules {
            let anchor: String = rule.id.chars().filter(|letter| *letter != '/').collect();
            let severity = rule.severity.map_or("off", |severity| severity.word());
            let _ = writeln!(text, "| [{}](#{anchor}) | {severity} | {} |", rule.id, rule.title.replace('|', "\\|"));
        }
        for rule in &pack.rules {
            text.push('\n');
            text.push_str(&page(rule, file));
        }
    }
    text
}
