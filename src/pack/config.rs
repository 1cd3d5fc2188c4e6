//! `rollbook.toml`: a district's sources, packs, severities, settings and lists.
use super::Overrides;
use crate::document::{self, Keys, Table, Value};
use crate::finding::{Mistake, Mistakes, Severity, suggestion};
use crate::language::parse;
use crate::language::scope::Setting;
use crate::source::{Decoded, Sources, Spanned, TextId};
use std::path::PathBuf;

/// A configuration as written.
#[derive(Debug, Default)]
pub struct Config {
    /// Names of built-in packs, or paths.
    pub packs: Vec<Spanned<String>>,
    /// `[sources.roster]`.
    pub roster: Option<SourceConfig>,
    /// `[sources.accounts]`.
    pub accounts: Option<SourceConfig>,
    /// `[sources.previous]`.
    pub previous: Option<SourceConfig>,
    /// Layouts of the district's own, as paths.
    pub layouts: Vec<Spanned<String>>,
    /// `[accounts] ledger`: the file of names ever given.
    pub ledger: Option<Spanned<String>>,
    /// `[merge] decisions`: the file of what people decided of records.
    pub decisions: Option<Spanned<String>>,
    /// `[snapshots]`.
    pub snapshots: SnapshotConfig,
    /// What it changes in packs; lists that stand in files are in [`list_files`](Self::list_files).
    pub overrides: Overrides,
    /// Pack, list, and the file that holds its values, one a line.
    pub list_files: Vec<ListSource>,
}

/// How snapshots are kept.
#[derive(Debug, Default)]
pub struct SnapshotConfig {
    /// The folder, relative to the configuration.
    pub folder: Option<Spanned<String>>,
    /// The file of the key, relative to the configuration.
    pub key: Option<Spanned<String>>,
    /// Days after which a snapshot is removed.
    pub keep_days: Option<i64>,
    /// Days for which records that are gone are remembered.
    pub remember_days: Option<i64>,
}

/// A list that stands in a file.
#[derive(Debug, Clone)]
pub struct ListSource {
    /// The pack.
    pub pack: String,
    /// The list.
    pub list: String,
    /// The path, relative to the configuration.
    pub path: Spanned<String>,
}

/// A source of data.
#[derive(Debug, Clone, Default)]
pub struct SourceConfig {
    /// Folders and files, relative to the configuration.
    pub paths: Vec<PathBuf>,
    /// The layout, when it is not to be recognised.
    pub layout: Option<Spanned<String>>,
}

impl Config {
    /// Reads the configuration in `text`.
    pub fn read(sources: &Sources, text: TextId, mistakes: &mut Mistakes) -> Config {
        let root = document::parse(sources, text, mistakes);
        let mut config = Config::default();
        let mut keys = Keys::new(&root, "rollbook.toml");
        config.packs = keys.texts("packs", mistakes).into_iter().map(spanned).collect();
        config.layouts = keys.texts("layouts", mistakes).into_iter().map(spanned).collect();
        if let Some(table) = keys.table("sources", mistakes) {
            let mut keys = Keys::new(table, "[sources]");
            let mut source = |name, mistakes: &mut Mistakes| keys.table(name, mistakes).map(|table| source(table, mistakes));
            config.roster = source("roster", mistakes);
            config.accounts = source("accounts", mistakes);
            config.previous = source("previous", mistakes);
            keys.finish(mistakes);
        }
        if let Some(table) = keys.table("accounts", mistakes) {
            let mut keys = Keys::new(table, "[accounts]");
            config.ledger = keys.text("ledger", mistakes).map(spanned);
            keys.finish(mistakes);
        }
        if let Some(table) = keys.table("merge", mistakes) {
            let mut keys = Keys::new(table, "[merge]");
            config.decisions = keys.text("decisions", mistakes).map(spanned);
            keys.finish(mistakes);
        }
        if let Some(table) = keys.table("snapshots", mistakes) {
            let mut keys = Keys::new(table, "[snapshots]");
            config.snapshots.folder = keys.text("folder", mistakes).map(spanned);
            config.snapshots.key = keys.text("key", mistakes).map(spanned);
            config.snapshots.keep_days = days(&mut keys, "keep-days", mistakes);
            config.snapshots.remember_days = days(&mut keys, "remember-days", mistakes);
            keys.finish(mistakes);
        }
        if let Some(table) = keys.table("severity", mistakes) {
            config.severity(table, mistakes);
        }
        if let Some(table) = keys.table("settings", mistakes) {
            each_pack(table, mistakes, &mut |pack, table, mistakes| config.settings(pack, table, mistakes));
        }
        if let Some(table) = keys.table("lists", mistakes) {
            each_pack(table, mistakes, &mut |pack, table, mistakes| config.lists(pack, table, mistakes));
        }
        if let Some(table) = keys.table("derive", mistakes) {
            each_pack(table, mistakes, &mut |pack, table, mistakes| {
                each_pack(table, mistakes, &mut |noun, table, mistakes| config.derived(pack, noun, table, mistakes));
            });
        }
        keys.finish(mistakes);
        config
    }

    fn severity(&mut self, table: &Table, mistakes: &mut Mistakes) {
        for entry in &table.entries {
            let words = Severity::ALL.map(Severity::word);
            let severity = match &entry.node.value {
                Value::Text(text) if text.as_str() == "off" => Some(None),
                Value::Text(text) => Severity::parse(text.as_str()).map(Some),
                Value::Flag(false) => Some(None),
                _ => None,
            };
            match severity {
                Some(severity) => {
                    self.overrides.severity.insert(entry.key.clone(), Spanned::new(severity, entry.key_span));
                }
                None => {
                    let written = if let Value::Text(text) = &entry.node.value { text.as_str() } else { "" };
                    let mistake =
                        Mistake::error("unknown-severity", entry.node.span, format!("`{written}` is no severity"), "unknown severity");
                    let near = suggestion(written, words.into_iter().chain(["off"]));
                    mistakes.push(if near.is_some() {
                        mistake.meant(near)
                    } else {
                        mistake.help("write off, info, warning, error or blocker")
                    });
                }
            }
        }
    }

    fn settings(&mut self, pack: &str, table: &Table, mistakes: &mut Mistakes) {
        for entry in &table.entries {
            let setting = match &entry.node.value {
                Value::Text(text) => Setting::of_text(text.as_str()),
                Value::Integer(number) => Setting::Number(*number as f64),
                Value::Float(number) => Setting::Number(*number),
                Value::Flag(flag) => Setting::Flag(*flag),
                other => {
                    let message = format!("the setting `{}` is a text, a number, or true or false, not {}", entry.key, other.word());
                    mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "not a setting"));
                    continue;
                }
            };
            self.overrides.settings.insert((pack.to_owned(), entry.key.clone()), Spanned::new(setting, entry.key_span));
        }
    }

    fn lists(&mut self, pack: &str, table: &Table, mistakes: &mut Mistakes) {
        for entry in &table.entries {
            match &entry.node.value {
                Value::List(list) => {
                    let mut values = Vec::new();
                    for item in list {
                        match &item.value {
                            Value::Text(text) => values.push(text.as_str().to_owned()),
                            other => {
                                let message = format!("a list holds texts, not {}", other.word());
                                mistakes.push(Mistake::error("wrong-kind", item.span, message, "expected a string"));
                            }
                        }
                    }
                    self.overrides.lists.insert((pack.to_owned(), entry.key.clone()), Spanned::new(values, entry.key_span));
                }
                Value::Table(inner) => {
                    let mut keys = Keys::new(inner, "a list");
                    if let Some(path) = keys.required("file", mistakes) {
                        self.list_files.push(ListSource { pack: pack.to_owned(), list: entry.key.clone(), path: spanned(path) });
                        self.overrides.lists.insert((pack.to_owned(), entry.key.clone()), Spanned::new(Vec::new(), entry.key_span));
                    }
                    keys.finish(mistakes);
                }
                other => {
                    let message = format!("a list is [\"...\"] or {{ file = \"...\" }}, not {}", other.word());
                    mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "not a list"));
                }
            }
        }
    }

    fn derived(&mut self, pack: &str, noun: &str, table: &Table, mistakes: &mut Mistakes) {
        for entry in &table.entries {
            match &entry.node.value {
                Value::Text(text) => {
                    if let Some(template) = parse::template(text, mistakes) {
                        let key = (pack.to_owned(), noun.to_owned(), entry.key.clone());
                        self.overrides.derived.insert(key, Spanned::new(template, entry.key_span));
                    }
                }
                other => {
                    let message = format!("`{}` must be a string, not {}", entry.key, other.word());
                    mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "expected a template"));
                }
            }
        }
    }
}

/// A number of days, one or more.
fn days(keys: &mut Keys<'_>, key: &'static str, mistakes: &mut Mistakes) -> Option<i64> {
    let days = keys.integer(key, mistakes)?;
    if !(1..=36_500).contains(&days) {
        let mistake = Mistake::error("never", keys.key_span(key), format!("`{key}` is {days} days"), "no such time");
        mistakes.push(mistake.help("give a number of days from 1 to 36500"));
    }
    Some(days)
}

fn each_pack(table: &Table, mistakes: &mut Mistakes, read: &mut dyn FnMut(&str, &Table, &mut Mistakes)) {
    for entry in &table.entries {
        match &entry.node.value {
            Value::Table(inner) => read(&entry.key, inner, mistakes),
            other => {
                let message = format!("`{}` must be a table, not {}", entry.key, other.word());
                let mistake = Mistake::error("wrong-kind", entry.node.span, message, "expected a table");
                mistakes.push(mistake.help("name the pack first, as in [settings.<pack>]"));
            }
        }
    }
}

fn source(table: &Table, mistakes: &mut Mistakes) -> SourceConfig {
    let mut keys = Keys::new(table, "a source");
    if !keys.has("path") {
        mistakes.push(Mistake::error("missing-key", table.span, "a source has no `path`", "`path = \"...\"` belongs here"));
    }
    let paths = keys.texts("path", mistakes).into_iter().map(|text| PathBuf::from(text.as_str())).collect();
    let layout = keys.text("layout", mistakes).map(spanned);
    keys.finish(mistakes);
    SourceConfig { paths, layout }
}

fn spanned(text: &Decoded) -> Spanned<String> {
    Spanned::new(text.as_str().to_owned(), text.span())
}
