//! The page of a rule, in Markdown: what `rollbook explain` prints and what `docs/rules.md` is made of.
use super::file::{PackFile, Setup, SourceFile};
use super::merge::Part;
use super::page_fix::fix_page;
use super::page_log;
use super::page_naming::schema_page;
use super::page_sync::sync_page;
use super::rule::{Pack, Rule, Shape};
use crate::finding::List;
use std::fmt::Write as _;

/// Rows of an example that are shown.
const ROWS: usize = 12;

/// The page of a rule.
#[must_use]
pub fn page(rule: &Rule, file: &PackFile) -> String {
    let mut page = String::new();
    let severity = rule.severity.map_or("off", |severity| severity.word());
    let kind = match rule.shape {
        Shape::Rule => "",
        Shape::Unique => ", a uniqueness",
        Shape::Population => ", a population",
        Shape::Merge(_) => ", a merge",
    };
    let _ = writeln!(page, "## {}\n\n{} ({severity}{kind})\n", rule.id, sentence(&rule.title));
    let reference = &rule.reference;
    if let Some(why) = &reference.why {
        let _ = writeln!(page, "**Why it matters.** {}\n", one_line(why));
    }
    if let Some(help) = &reference.help {
        let _ = writeln!(page, "**What to do.** {}\n", one_line(help));
    }
    let name = rule.id.split_once('/').map_or(&*rule.id, |(_, name)| name);
    let fixes: Vec<String> = file
        .fixes
        .iter()
        .filter(|fix| fix.rules.iter().any(|of| of.value == name || of.value == *rule.id))
        .map(|fix| format!("`{}` (see {}/{})", fix.file.value, file.name.value, fix.name.value))
        .collect();
    if !fixes.is_empty() {
        let _ = writeln!(page, "**Fix file.** `rollbook validate --fixes FOLDER` writes its findings to {}.\n", List(&fixes, "and"));
    }
    let _ = writeln!(page, "**What it finds.**\n\n```");
    let width = reference.text.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    for (key, text) in &reference.text {
        let _ = writeln!(page, "{key:width$}  {}", one_line(text));
    }
    let _ = writeln!(page, "```\n");
    if !reference.message.is_empty() {
        let _ = writeln!(page, "Message: `{}`\n", one_line(&reference.message));
    }
    words(rule, file, &mut page);
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
            let _ = writeln!(page, "- `{}` {}", one_line(text), by);
        }
        page.push('\n');
    }
    if !rule.follows.is_empty() {
        let roots = |by: bool| -> Vec<String> {
            rule.follows.iter().filter(|follow| follow.links.is_empty() != by).map(|follow| format!("`{}`", follow.rule)).collect()
        };
        let (shared, linked) = (roots(false), roots(true));
        let mut ways = Vec::new();
        if !shared.is_empty() {
            ways.push(format!("{} on the same record, or on one that it refers to", List(&shared, "or")));
        }
        if !linked.is_empty() {
            ways.push(format!("{} on records that belong to it", List(&linked, "or")));
        }
        let _ = writeln!(page, "**Only a consequence of** {}. It is then counted under that one.\n", ways.join("; or of "));
    }
    if !reference.vendor.is_empty() {
        let _ = writeln!(page, "**What the vendor says.**\n");
        let messages: Vec<String> = reference.vendor.iter().map(|message| format!("> {}", one_line(message))).collect();
        let _ = writeln!(page, "{}\n", messages.join("\n>\n"));
    }
    for log in &reference.log {
        let _ = writeln!(page, "In a log: `{log}`\n");
    }
    examples(rule, file, &mut page);
    if !reference.covers.is_empty() {
        let _ = writeln!(page, "Catalogue: {}\n", reference.covers.join(", "));
    }
    sources(&reference.sources, &mut page);
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// Where something was published.
pub(super) fn sources(sources: &[SourceFile], page: &mut String) {
    for source in sources {
        let seen = if source.seen.is_empty() { String::new() } else { format!(", read on {}", source.seen) };
        let _ = match (source.page.is_empty(), source.url.is_empty()) {
            (false, false) => writeln!(page, "Source: [{}]({}){seen}\n", source.page, source.url),
            (false, true) => writeln!(page, "Source: {}{seen}\n", source.page),
            (true, false) => writeln!(page, "Source: <{}>{seen}\n", source.url),
            (true, true) => Ok(()),
        };
    }
}

/// What the words of a rule stand for: classes, derived fields, settings and lists of its pack.
fn words(rule: &Rule, file: &PackFile, page: &mut String) {
    let mut texts: Vec<&str> = rule.reference.text.iter().map(|(_, text)| text.as_str()).collect();
    let mut definitions: Vec<String> = Vec::new();
    let mut shown: Vec<(&str, &str)> = Vec::new();
    let mut at = 0;
    while at < texts.len() {
        let text = texts[at];
        at += 1;
        let defined = |field: bool| {
            let of_kind = file.definitions.iter().filter(move |definition| definition.field == field);
            of_kind.map(|definition| (definition.noun.as_str(), definition.name.as_str(), definition.text.as_str()))
        };
        let (classes, fields) = (defined(false), defined(true));
        let exceptions = file.exceptions.iter().map(|exception| ("", exception.name.value.as_str(), exception.text.as_str()));
        let used_classes = classes.chain(exceptions).filter(|(_, name, _)| says(text, "is ", name) || says(text, "is not ", name));
        let used_fields = fields.filter(|(_, name, _)| says(text, ".", name));
        for (noun, name, meaning) in used_classes.chain(used_fields).filter(|(noun, _, _)| noun.is_empty() || speaks_of(rule, noun)) {
            if !shown.contains(&(noun, name)) {
                shown.push((noun, name));
                texts.push(meaning);
                let of = if noun.is_empty() { String::new() } else { format!(" of {noun}") };
                definitions.push(format!("- `{name}`{of} is `{}`", one_line(meaning)));
            }
        }
    }
    texts.extend([rule.reference.message.as_str(), rule.reference.help.as_deref().unwrap_or("")]);
    for (name, setting) in &file.settings {
        if texts.iter().any(|text| says(text, "setting ", &name.value)) {
            let value = match setting.to_string() {
                empty if empty.is_empty() => "empty".to_owned(),
                value => format!("`{value}`"),
            };
            definitions.push(format!("- `{}`, a setting, is {value} unless the district says otherwise", name.value));
        }
    }
    for list in &file.lists {
        if texts.iter().any(|text| says(text, "in list ", &list.name.value)) {
            definitions.push(format!("- `{}`, a list of the district, holds {}", list.name.value, list.title));
        }
    }
    if !definitions.is_empty() {
        let _ = writeln!(page, "**What the words stand for.**\n\n{}\n", definitions.join("\n"));
    }
}

/// Whether a text holds `before` and then `name` as a whole word.
fn says(text: &str, before: &str, name: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(before) {
        rest = &rest[at + before.len()..];
        let word = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '-')).unwrap_or(rest.len());
        if &rest[..word] == name {
            return true;
        }
    }
    false
}

fn speaks_of(rule: &Rule, noun: &str) -> bool {
    rule.nouns().iter().any(|(known, _)| known.get().name == noun)
}

/// A test that finds, and one that leaves alone.
fn examples(rule: &Rule, file: &PackFile, page: &mut String) {
    let name = rule.id.split_once('/').map_or(&*rule.id, |(_, name)| name);
    if let Some((merge, part)) = &rule.merge {
        return merged(&merge.id, *part, file, page);
    }
    let tests = || file.tests.iter().filter(|test| test.rule.value == name);
    let finds = tests().find(|test| !test.expect.is_empty());
    let leaves = tests().find(|test| test.expect.is_empty());
    for (test, title) in [(finds, "**An example that it finds**"), (leaves, "**One that it leaves alone**")] {
        let Some(test) = test else { continue };
        let _ = writeln!(page, "{title}: {}\n", test.setup.name);
        given(&test.setup, page);
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

/// A test in which a merge finds what a rule tells, and, of records that are one, a test in which it finds nothing.
fn merged(id: &str, part: Part, file: &PackFile, page: &mut String) {
    let tests = || file.merge_tests.iter().filter(|test| id.split_once('/').is_some_and(|(_, name)| name == test.merge.value));
    let finds = tests().find(|test| test.expect.iter().any(|expected| expected.part == part));
    let leaves = tests().find(|test| test.expect.is_empty() && part == Part::Same);
    for (test, title) in [(finds, "**An example that it finds**"), (leaves, "**One that it leaves alone**")] {
        let Some(test) = test else { continue };
        let _ = writeln!(page, "{title}: {}\n", test.setup.name);
        given(&test.setup, page);
        for decision in &test.decisions {
            let records: Vec<&str> = decision.records.iter().map(|name| name.value.as_str()).collect();
            let _ = writeln!(page, "A person {} of {}.\n", decision.words(), List(&records, "and"));
        }
        let found: Vec<String> = test
            .expect
            .iter()
            .filter(|expected| expected.part == part)
            .map(|expected| {
                let sees = expected.sees.as_ref().map(|sees| format!(", whose account sees {}", List(sees, "and"))).unwrap_or_default();
                format!("{}{sees}", expected.records.join(" + "))
            })
            .collect();
        if !found.is_empty() {
            let _ = writeln!(page, "Found: {}\n", found.join("; "));
        }
    }
}

/// What a test is given.
pub(super) fn given(setup: &Setup, page: &mut String) {
    for (name, setting) in &setup.settings {
        let _ = writeln!(page, "Setting `{}` is `{setting}`.\n", name.value);
    }
    for (name, values) in &setup.lists {
        let _ = writeln!(page, "List `{}` holds `{}`.\n", name.value, values.join("`, `"));
    }
    for given in &setup.given {
        let lines: Vec<&str> = given.csv.trim().lines().collect();
        let shown = if lines.len() > ROWS + 2 { ROWS + 1 } else { lines.len() };
        let _ = writeln!(page, "```csv\n# {}{}\n{}", given.epoch, given.noun.value, lines[..shown].join("\n"));
        if shown < lines.len() {
            let _ = writeln!(page, "... and {} more rows", lines.len() - shown);
        }
        let _ = writeln!(page, "```\n");
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn sentence(text: &str) -> String {
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
        let targets = files.iter().find(|file| file.name.value == pack.name).map_or(0, |file| file.targets.len());
        let holds = match targets {
            0 => format!("{} rules", pack.rules.len()),
            _ => format!("{targets} target profiles, {} lists", pack.lists.len()),
        };
        let holds = match pack.namings.len() {
            0 => holds,
            schemas => format!("{holds}, {}", crate::finding::Count(schemas as u64, "naming schema", "naming schemas")),
        };
        let holds = match pack.syncs.len() {
            0 => holds,
            syncs => format!("{holds}, {}", crate::finding::Count(syncs as u64, "sync", "syncs")),
        };
        let holds = match pack.messages.len() {
            0 => holds,
            messages => format!("{holds}, {}", crate::finding::Count(messages as u64, "message of a log", "messages of a log")),
        };
        let holds = holds.trim_start_matches("0 rules, ");
        let _ = writeln!(text, "- **{}** {}: {}, {holds}", pack.name, pack.version, pack.title);
    }
    for pack in packs {
        let Some(file) = files.iter().find(|file| file.name.value == pack.name) else { continue };
        let _ = writeln!(text, "\n# {}\n\n{}", pack.name, pack.title);
        targets(file, pack, &mut text);
        if !pack.rules.is_empty() {
            let _ = writeln!(text, "\n| rule | severity | finds |\n| --- | --- | --- |");
        }
        for rule in &pack.rules {
            let anchor: String = rule.id.chars().filter(|letter| *letter != '/').collect();
            let severity = rule.severity.map_or("off", |severity| severity.word());
            let _ = writeln!(text, "| [{}](#{anchor}) | {severity} | {} |", rule.id, rule.title.replace('|', "\\|"));
        }
        page_log::table(pack, &mut text);
        for rule in &pack.rules {
            text.push('\n');
            text.push_str(&page(rule, file));
        }
        for message in &pack.messages {
            text.push('\n');
            text.push_str(&page_log::message_page(message, file));
        }
        for naming in &pack.namings {
            text.push('\n');
            text.push_str(&schema_page(naming, file));
        }
        for fix in &pack.fixes {
            text.push('\n');
            text.push_str(&fix_page(fix, file));
        }
        for sync in &pack.syncs {
            text.push('\n');
            text.push_str(&sync_page(sync, pack.platform.as_ref(), file));
        }
    }
    text
}

/// The target profiles of a pack, and the lists that come with them.
fn targets(file: &PackFile, pack: &Pack, text: &mut String) {
    if file.targets.is_empty() {
        return;
    }
    text.push_str("\n| target | what it is | length | characters | refuses besides | sources |\n| --- | --- | --- | --- | --- | --- |\n");
    for target in &file.targets {
        let length = target.limits.length.map_or_else(|| "any".to_owned(), |length| format!("{} to {}", length.value.0, length.value.1));
        let code = |text: &str| format!("`{}`", text.replace('|', "\\|"));
        let allowed = target.limits.allowed.as_ref().map_or_else(|| "any".to_owned(), |allowed| code(&allowed.text));
        let mut refuses: Vec<String> = target.forbidden.iter().map(ToString::to_string).collect();
        refuses.extend(target.reserved.iter().map(|name| code(name)));
        let sources: Vec<String> = target.sources.iter().map(|source| format!("[{}]({})", source.page, source.url)).collect();
        let (name, refuses, sources) = (&target.name.value, refuses.join(", "), sources.join(", "));
        let _ = writeln!(text, "| {name} | {} | {length} | {allowed} | {refuses} | {sources} |", target.title);
    }
    text.push_str("\n| list | what it holds |\n| --- | --- |\n");
    for (name, title) in &pack.lists {
        let _ = writeln!(text, "| {name} | {title} |");
    }
}
