//! The page of a naming schema, in Markdown: what `rollbook explain` prints of one, and what `docs/rules.md` holds.
use super::file::{ExpectedPerson, PackFile};
use super::naming::Naming;
use super::page::{given, one_line, sentence};
use crate::finding::List;
use crate::naming::{Limits, Proof};
use std::fmt::Write as _;

/// The page of a schema.
#[must_use]
pub fn schema_page(naming: &Naming, file: &PackFile) -> String {
    let mut page = String::new();
    let _ = writeln!(page, "## {}\n\n{} (a naming schema, group {})\n", naming.id, sentence(&naming.title), naming.group);
    let _ = writeln!(page, "**How it names.**\n\n```");
    let width = naming.text.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    for (key, text) in &naming.text {
        let _ = writeln!(page, "{key:width$}  {}", one_line(text));
    }
    let _ = writeln!(page, "```\n");
    for (rule, (_, unique)) in naming.schema.fields.iter().zip(&naming.fields) {
        let mut asks: Vec<String> = rule.limits.iter().filter_map(limits).collect();
        if !unique.is_empty() {
            let scopes: Vec<String> = unique.iter().map(|id| format!("`{id}`")).collect();
            asks.push(format!("free in {}", List(&scopes, "and")));
        }
        if !asks.is_empty() {
            let _ = writeln!(page, "- `{}`: {}", rule.name, asks.join("; "));
        }
    }
    page.push('\n');
    if !naming.blocked.is_empty() {
        let rules: Vec<String> = naming.blocked.iter().map(|id| format!("`{id}`")).collect();
        let _ = writeln!(page, "Who is in a finding of {} gets no account.\n", List(&rules, "or"));
    }
    let proofs: Vec<Proof> = naming.schema.proofs(naming.noun());
    if !proofs.is_empty() {
        let _ = writeln!(page, "**What is known before any data.**\n");
        for proof in &proofs {
            let _ = writeln!(page, "- {}", proof.message);
        }
        page.push('\n');
    }
    let name = naming.id.split_once('/').map_or(&*naming.id, |(_, name)| name);
    for test in file.naming_tests.iter().filter(|test| test.naming.value == name) {
        let _ = writeln!(page, "**Example**: {}\n", test.setup.name);
        given(&test.setup, &mut page);
        let expected: Vec<String> = test.expect.iter().map(outcome).collect();
        let _ = writeln!(page, "Gives: {}\n", expected.join("; "));
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// What limits ask, in words; nothing when they ask nothing.
fn limits(limits: &Limits) -> Option<String> {
    let (least, most) = (*limits.length.start(), *limits.length.end());
    let mut asks = Vec::new();
    match most {
        usize::MAX if least <= 1 => {}
        usize::MAX => asks.push(format!("{least} characters at least")),
        most => asks.push(format!("{least} to {most} characters")),
    }
    asks.extend(limits.allowed.as_ref().map(|allowed| format!("of `{}`", allowed.text)));
    asks.extend(limits.forbidden.iter().map(|edge| format!("none that {edge}")));
    (!asks.is_empty()).then(|| format!("{} ({})", List(&asks, "and"), limits.why))
}

/// What a test expects of a person, in words.
fn outcome(person: &ExpectedPerson) -> String {
    let id = &person.person.1;
    if let Some(why) = &person.blocked {
        return format!("{id} is blocked (`{why}`)");
    }
    let names: Vec<String> = person.fields.iter().map(|(field, value)| format!("{} `{value}`", field.value)).collect();
    let state = person.state.as_ref().map(|state| format!(" ({})", state.value)).unwrap_or_default();
    format!("{id} has {}{state}", List(&names, "and"))
}
