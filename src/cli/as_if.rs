//! `rollbook accounts --as-if`: what another schema would change, over the whole roster, before anybody saves it.
use super::args::LookArgs;
use super::exit::Exit;
use super::output;
use super::setup::{self, Configured, PackFiles};
use crate::engine::{Accounts, SchemaRun};
use crate::finding::{Count, Mistakes};
use crate::pack::{self, Pack, STATES};
use crate::report::{Style, listing};
use crate::source::Sources;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// People whose names change that are shown.
const SHOWN: usize = 10;

/// The packs of the run with the schemas of another file in place of those for the same groups.
pub(super) fn packs(
    path: &Path,
    files: &PackFiles,
    configured: &Configured,
    sources: &mut Sources,
    look: &LookArgs,
) -> Result<Vec<Pack>, Exit> {
    let mut mistakes = Mistakes::default();
    let other = setup::read_packs(&[path.display().to_string()], Path::new(""), sources, &mut mistakes)?;
    let own = other.files.iter().find(|file| sources.name(file.name.span.text) == path.display().to_string());
    let name = own.map(|file| file.name.value.clone()).unwrap_or_default();
    let mut all = files.files.clone();
    all.retain(|file| file.name.value != name);
    for file in other.files {
        if all.iter().all(|known| known.name.value != file.name.value) {
            all.push(file);
        }
    }
    let all = pack::order(all, &mut mistakes);
    let mut packs = setup::compile(&PackFiles { files: all, whole: true }, &configured.config.overrides, sources, &mut mistakes);
    output::mistakes(setup::errors_only(mistakes), sources, look)?;
    let prefix = format!("{name}/");
    let groups: Vec<String> =
        packs.iter().filter(|pack| pack.name == name).flat_map(|pack| &pack.namings).map(|naming| naming.group.clone()).collect();
    if groups.is_empty() {
        let help = "write a pack with a [[naming]] of the same `group` as the schema that it would replace";
        return Err(output::error(&format!("no naming schema in `{}`", path.display()), help));
    }
    for pack in &mut packs {
        pack.namings.retain(|naming| naming.id.starts_with(&prefix) || !groups.contains(&naming.group));
    }
    Ok(packs)
}

/// Both schemas of each group that differs, side by side.
pub(super) fn compare(now: &Accounts<'_, '_>, then: &Accounts<'_, '_>, look: &Style) -> String {
    let mut text = String::new();
    for then in then.schemas() {
        let same = |run: &SchemaRun<'_, '_, '_>| run.naming().group == then.naming().group;
        match now.schemas().find(same) {
            Some(now) if now.naming().id == then.naming().id && now.naming().text == then.naming().text => {}
            now => text.push_str(&group(now.as_ref(), &then, look)),
        }
    }
    if text.is_empty() {
        text.push_str("no schema differs\n");
    }
    text
}

fn group(now: Option<&SchemaRun<'_, '_, '_>>, then: &SchemaRun<'_, '_, '_>, look: &Style) -> String {
    let mut text = format!("{}\n", look.heading(&then.naming().group));
    text.push_str(&now.map_or_else(|| "  now    no schema for this group\n".to_owned(), |now| told("now", now)));
    text.push_str(&told("as if", then));
    text.push('\n');
    if let Some(now) = now {
        text.push_str(&tonight(now, then, look));
    }
    text.push_str(&roster(now, then, look));
    text
}

/// A schema in a line or two.
fn told(word: &str, run: &SchemaRun<'_, '_, '_>) -> String {
    let template = run.naming().text.iter().find(|(key, _)| *key == "template").map_or("", |(_, text)| text);
    let mut text = format!("  {word:5}  {}: {template}\n", run.naming().id);
    if let Some(why) = run.skipped() {
        let _ = writeln!(text, "         not run: {why}");
    }
    text
}

/// What would be different tonight.
fn tonight(now: &SchemaRun<'_, '_, '_>, then: &SchemaRun<'_, '_, '_>, look: &Style) -> String {
    let places: BTreeMap<&str, usize> = (0..now.len()).map(|at| (now.id(at), at)).collect();
    let mut changes: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let (mut same, mut other) = (0u64, Vec::new());
    for at in 0..then.len() {
        let before = places.get(then.id(at)).copied();
        let was = before.map_or("not among its people", |before| now.state(before));
        let is = then.state(at);
        let names = |run: &SchemaRun<'_, '_, '_>, at: usize| {
            let fields = run.fields().count();
            (0..fields).map(|field| run.value(at, field).unwrap_or("").to_owned()).collect::<Vec<_>>().join(" ")
        };
        if was != is {
            *changes.entry((was, is)).or_default() += 1;
        }
        if was == STATES[2] && is == STATES[2] {
            let (old, new) = (before.map(|before| names(now, before)).unwrap_or_default(), names(then, at));
            if old == new {
                same += 1;
            } else {
                other.push(vec![then.id(at).to_owned(), old, new]);
            }
        }
    }
    let mut text = format!("  {}\n", look.heading("tonight"));
    let created = same + other.len() as u64;
    let _ = writeln!(
        text,
        "  of {}, {} would get another name",
        Count(created, "account to create", "accounts to create"),
        Count::grouped(other.len() as u64)
    );
    for ((was, is), count) in changes {
        let _ = writeln!(text, "  {}: `{was}` now, `{is}` then", Count(count, "person", "people"));
    }
    let shown: Vec<Vec<String>> = other.iter().take(SHOWN).cloned().collect();
    text.push_str(&listing(&["id", "now", "as if"], &shown, look));
    if other.len() > shown.len() {
        let _ = writeln!(text, "  ... and {} more", Count::grouped((other.len() - shown.len()) as u64));
    }
    text.push('\n');
    text
}

/// How the first choice and the end of all people come out, those included who have an account.
fn roster(now: Option<&SchemaRun<'_, '_, '_>>, then: &SchemaRun<'_, '_, '_>, look: &Style) -> String {
    let tried = |run: &SchemaRun<'_, '_, '_>| -> BTreeMap<(u8, String), u64> {
        let of_person = |at: usize| {
            let tried = run.explain(at);
            let first = tried.first().map_or("nothing to try", |first| if first.trouble.is_empty() { "free" } else { first.trouble });
            let end = match tried.last() {
                Some(last) if last.refused.is_none() => None,
                _ => Some("no name at all"),
            };
            [Some((0, first.to_owned())), end.map(|end| (1, end.to_owned()))]
        };
        let all: Vec<_> = (0..run.len()).into_par_iter().map(of_person).collect();
        let mut counts = BTreeMap::new();
        all.into_iter().flatten().flatten().for_each(|key| *counts.entry(key).or_default() += 1);
        counts
    };
    let (before, after) = (now.map(tried).unwrap_or_default(), tried(then));
    let keys: std::collections::BTreeSet<&(u8, String)> = before.keys().chain(after.keys()).collect();
    let count = |counts: &BTreeMap<(u8, String), u64>, key: &(u8, String)| Count::grouped(counts.get(key).copied().unwrap_or(0));
    let rows: Vec<Vec<String>> = keys
        .into_iter()
        .map(|key| {
            let what = if key.0 == 0 { format!("first choice {}", key.1) } else { key.1.clone() };
            vec![count(&before, key), count(&after, key), what]
        })
        .collect();
    let mut text = format!("  {}\n", look.heading("over the whole roster, accounts that exist included"));
    text.push_str(&listing(&["now", "as if", "outcome"], &rows, look));
    text.push('\n');
    text
}
