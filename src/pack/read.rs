//! A pack's TOML, read table by table: one that is broken does not hide the next.
use super::file::{Definition, ExceptionFile, ListFile, PackFile, RuleFile, SourceFile};
use crate::document::{self, Keys, Node, Table, Value};
use crate::finding::{Mistake, Mistakes, Severity, suggestion};
use crate::language::parse;
use crate::language::scope::Setting;
use crate::language::syntax::{Clause, Condition, Template};
use crate::source::{Decoded, Sources, Spanned, TextId};
use rayon::prelude::*;

/// Reads the pack in `text`.
pub fn read(sources: &Sources, text: TextId, mistakes: &mut Mistakes) -> PackFile {
    let root = document::parse(sources, text, mistakes);
    let mut keys = Keys::new(&root, "a pack");
    let mut reader = Reader { mistakes };
    let mut pack = PackFile::default();
    match keys.table("pack", reader.mistakes) {
        Some(table) => reader.pack(table, &mut pack),
        None if keys.has("layout") => {
            let help = "name its file under `layouts` in rollbook.toml; a pack begins with [pack]";
            reader.mistakes.push(
                Mistake::error("not-a-pack", keys.key_span("layout"), "this is a layout and not a pack", "begins a layout").help(help),
            );
            return pack;
        }
        None => {
            let start = crate::source::Span::new(text, 0..sources.text(text).find('\n').unwrap_or(sources.text(text).len()));
            reader.mistakes.push(
                Mistake::error("missing-key", start, "a pack begins with [pack]", "no [pack] table in this file")
                    .help("add [pack] with name, version and title"),
            );
        }
    }
    if let Some(table) = keys.table("settings", reader.mistakes) {
        pack.settings = reader.settings(table);
    }
    if let Some(table) = keys.table("lists", reader.mistakes) {
        pack.lists = reader.each_table(table, "[lists]", Reader::list);
    }
    if let Some(table) = keys.table("derive", reader.mistakes) {
        pack.derived = reader.by_noun(table, "[derive]", |reader, text| parse::template(text, reader.mistakes));
        definitions(table, true, &mut pack);
    }
    if let Some(table) = keys.table("define", reader.mistakes) {
        pack.classes = reader.by_noun(table, "[define]", |reader, text| parse::condition(text, reader.mistakes));
        definitions(table, false, &mut pack);
    }
    if let Some(table) = keys.table("compare", reader.mistakes) {
        reader.compare(table, &mut pack);
    }
    for table in keys.tables("exception", reader.mistakes) {
        pack.exceptions.extend(reader.exception(table));
    }
    let mut tables: Vec<(&Table, bool)> = keys.tables("rule", reader.mistakes).into_iter().map(|table| (table, false)).collect();
    tables.extend(keys.tables("unique", reader.mistakes).into_iter().map(|table| (table, true)));
    let read = |(table, unique): &(&Table, bool), mistakes: &mut Mistakes| Reader { mistakes }.rule(table, *unique);
    let mut rules: Vec<RuleFile> = side_by_side(&tables, TOGETHER, reader.mistakes, read).into_iter().flatten().collect();
    rules.sort_by_key(|rule| rule.span);
    pack.rules = rules;
    for table in keys.tables("test", reader.mistakes) {
        reader.test(table, &mut pack);
    }
    if let Some(table) = keys.table("target", reader.mistakes) {
        pack.targets = reader.each_table(table, "[target]", Reader::target);
    }
    for table in keys.tables("naming", reader.mistakes) {
        pack.namings.extend(reader.naming(table));
    }
    for table in keys.tables("merge", reader.mistakes) {
        pack.merges.extend(reader.merge(table));
    }
    for table in keys.tables("fix", reader.mistakes) {
        pack.fixes.extend(reader.fix(table));
    }
    pack.platform = keys.table("platform", reader.mistakes).map(|table| reader.platform(table));
    for table in keys.tables("sync", reader.mistakes) {
        pack.syncs.extend(reader.sync(table));
    }
    for table in keys.tables("message", reader.mistakes) {
        pack.messages.extend(reader.log_message(table));
    }
    keys.finish(reader.mistakes);
    let damage = document::damage(sources, text, mistakes);
    if !damage.is_empty() {
        // What broken TOML hides is not missing, and what it sets free is not unknown.
        mistakes.retain(|mistake| match (mistake.code, mistake.labels.first()) {
            ("missing-key", Some(label)) => label.span.text != text,
            ("unknown-key" | "bad-name" | "wrong-kind" | "syntax", Some(label)) => {
                label.span.text != text || !damage.iter().any(|range| range.contains(&(label.span.start as usize)))
            }
            _ => true,
        });
    }
    pack
}

/// Keeps what `[derive]` or `[define]` says, as written.
fn definitions(table: &Table, field: bool, pack: &mut PackFile) {
    for noun in &table.entries {
        let Value::Table(inner) = &noun.node.value else { continue };
        for entry in &inner.entries {
            if let Value::Text(text) = &entry.node.value {
                let text = text.as_str().trim().to_owned();
                pack.definitions.push(Definition { noun: noun.key.clone(), name: entry.key.clone(), text, field });
            }
        }
    }
}

/// Rules that make a task worth while.
pub(super) const TOGETHER: usize = 4;

/// Does the same to each, side by side, at least `together` in a task; what is wrong is told in their order.
pub(super) fn side_by_side<T: Sync, R: Send>(
    all: &[T],
    together: usize,
    mistakes: &mut Mistakes,
    each: impl Fn(&T, &mut Mistakes) -> R + Sync,
) -> Vec<R> {
    let alone = |item: &T| {
        let mut mistakes = Mistakes::default();
        (each(item, &mut mistakes), mistakes)
    };
    let done: Vec<(R, Mistakes)> = all.par_iter().with_min_len(together).map(alone).collect();
    let mut results = Vec::with_capacity(done.len());
    for (result, own) in done {
        mistakes.append(own);
        results.push(result);
    }
    results
}

/// Reads tables; what is wrong goes to `mistakes`.
pub(super) struct Reader<'m> {
    pub(super) mistakes: &'m mut Mistakes,
}

impl Reader<'_> {
    fn pack(&mut self, table: &Table, pack: &mut PackFile) {
        let mut keys = Keys::new(table, "[pack]");
        if let Some(name) = keys.required("name", self.mistakes) {
            pack.name = spanned(name);
            self.kebab(name, "the name of a pack");
        }
        pack.version = keys.text("version", self.mistakes).map_or_else(|| "0.0.0".into(), |text| text.as_str().to_owned());
        pack.title = keys.required("title", self.mistakes).map(|text| text.as_str().to_owned()).unwrap_or_default();
        pack.applies = keys.texts("applies", self.mistakes).into_iter().map(spanned).collect();
        pack.layouts = keys.texts("layouts", self.mistakes).into_iter().map(spanned).collect();
        pack.judges_parts = keys.flag("judges-parts", self.mistakes).unwrap_or(false);
        if let Some(requires) = keys.table("requires", self.mistakes) {
            let mut keys = Keys::new(requires, "`requires`");
            if let Some(version) = keys.text("rollbook", self.mistakes) {
                self.version(version);
            }
            pack.requires = keys.texts("packs", self.mistakes).into_iter().map(spanned).collect();
            keys.finish(self.mistakes);
        }
        keys.finish(self.mistakes);
    }

    /// `>=0.1`: the version of Rollbook that the pack needs.
    fn version(&mut self, text: &Decoded) {
        let parts = |version: &str| -> Option<Vec<u32>> { version.trim().split('.').map(|part| part.parse().ok()).collect() };
        let here = parts(env!("CARGO_PKG_VERSION")).unwrap_or_default();
        match text.as_str().trim().strip_prefix(">=").and_then(parts) {
            None => self.mistakes.push(
                Mistake::error("wrong-kind", text.span(), "a version is written `>=0.1`", "not a version")
                    .help("write the smallest version that will do"),
            ),
            Some(wanted) if wanted > here => {
                let message = format!("this pack needs Rollbook {}, and this is {}", text.as_str(), env!("CARGO_PKG_VERSION"));
                self.mistakes
                    .push(Mistake::error("too-old", text.span(), message, "newer than this program").help("install a newer Rollbook"));
            }
            Some(_) => {}
        }
    }

    pub(super) fn kebab(&mut self, name: &Decoded, what: &str) {
        let good = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if name.as_str().is_empty()
            || !name.as_str().chars().all(good)
            || !name.as_str().starts_with(|letter: char| letter.is_ascii_lowercase())
        {
            let message = format!("{what} is written in lower case with hyphens, not `{}`", name.as_str());
            let mut better: String = name.as_str().to_lowercase();
            better.retain(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | ' '));
            let better = better.replace(['_', ' '], "-");
            let help =
                if better.is_empty() { "write a name such as `student-without-email`".to_owned() } else { format!("write `{better}`") };
            self.mistakes.push(Mistake::error("bad-name", name.span(), message, "not such a name").help(help));
        }
    }

    fn setting(&mut self, key: &str, node: &Node) -> Option<Setting> {
        Some(match &node.value {
            Value::Text(text) => Setting::of_text(text.as_str()),
            Value::Integer(number) => Setting::Number(*number as f64),
            Value::Float(number) => Setting::Number(*number),
            Value::Flag(flag) => Setting::Flag(*flag),
            other => {
                let message = format!("the setting `{key}` is a text, a number, or true or false, not {}", other.word());
                let help = format!("write `{key} = 20` or `{key} = 'text'`; several values are a list: `[lists.{key}]`");
                self.mistakes.push(Mistake::error("wrong-kind", node.span, message, "not a setting").help(help));
                return None;
            }
        })
    }

    pub(super) fn settings(&mut self, table: &Table) -> Vec<(Spanned<String>, Setting)> {
        let mut settings = Vec::new();
        for entry in &table.entries {
            if let Some(setting) = self.setting(&entry.key, &entry.node) {
                settings.push((Spanned::new(entry.key.clone(), entry.key_span), setting));
            }
        }
        settings
    }

    pub(super) fn each_table<T>(&mut self, table: &Table, what: &str, read: fn(&mut Self, Spanned<String>, &Table) -> T) -> Vec<T> {
        let mut all = Vec::new();
        for entry in &table.entries {
            match &entry.node.value {
                Value::Table(inner) => all.push(read(self, Spanned::new(entry.key.clone(), entry.key_span), inner)),
                other => {
                    let message = format!("`{}` in {what} must be a table, not {}", entry.key, other.word());
                    let help = match what {
                        "[lists]" => format!("write `[lists.{}]`, and under it `values = ['...']`", entry.key),
                        _ => format!("write `{}.{}]`, and its keys under it", what.trim_end_matches(']'), entry.key),
                    };
                    self.mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "expected a table").help(help));
                }
            }
        }
        all
    }

    fn list(&mut self, name: Spanned<String>, table: &Table) -> ListFile {
        let mut keys = Keys::new(table, "a list");
        let title = keys.text("title", self.mistakes).map(|text| text.as_str().to_owned()).unwrap_or_default();
        let values = keys.texts("values", self.mistakes).into_iter().map(|text| text.as_str().to_owned()).collect();
        keys.finish(self.mistakes);
        ListFile { name, title, values }
    }

    pub(super) fn by_noun<T>(
        &mut self,
        table: &Table,
        what: &str,
        parse: impl Fn(&mut Self, &Decoded) -> Option<T>,
    ) -> Vec<(Spanned<String>, Spanned<String>, T)> {
        let mut all = Vec::new();
        for noun in &table.entries {
            let Value::Table(inner) = &noun.node.value else {
                let message = format!("`{}` in {what} must be a table, not {}", noun.key, noun.node.value.word());
                let help = "name the noun or the variable before it: `[define.account]`, `[derive.student]`, `label.s.username`";
                self.mistakes.push(Mistake::error("wrong-kind", noun.node.span, message, "expected a table").help(help));
                continue;
            };
            for entry in &inner.entries {
                match &entry.node.value {
                    Value::Text(text) => all.extend(parse(self, text).map(|parsed| {
                        (Spanned::new(noun.key.clone(), noun.key_span), Spanned::new(entry.key.clone(), entry.key_span), parsed)
                    })),
                    other => {
                        let message = format!("`{}` must be a string, not {}", entry.key, other.word());
                        let help = format!("write `{} = '...'`", entry.key);
                        self.mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "expected a string").help(help));
                    }
                }
            }
        }
        all
    }

    fn compare(&mut self, table: &Table, pack: &mut PackFile) {
        for noun in &table.entries {
            let Value::Table(inner) = &noun.node.value else {
                let mistake = Mistake::error("wrong-kind", noun.key_span, "a field is named with its noun", "a lone word");
                self.mistakes.push(mistake.help("write `account.username = \"exact\"`"));
                continue;
            };
            for entry in &inner.entries {
                match &entry.node.value {
                    Value::Text(text) if text.as_str() == "exact" => {
                        pack.exact.push((Spanned::new(noun.key.clone(), noun.key_span), Spanned::new(entry.key.clone(), entry.key_span)));
                    }
                    _ => self.mistakes.push(
                        Mistake::error("wrong-kind", entry.node.span, "the other comparison is \"exact\"", "not a comparison")
                            .help("write \"exact\", or leave the field out to compare by its type"),
                    ),
                }
            }
        }
    }

    pub(super) fn severity(&mut self, keys: &mut Keys<'_>) -> Option<Spanned<Severity>> {
        let text = keys.text("severity", self.mistakes)?;
        if let Some(severity) = Severity::parse(text.as_str()) {
            return Some(Spanned::new(severity, text.span()));
        }
        let near = match text.as_str() {
            "warn" => Some("warning"),
            "critical" | "fatal" | "high" => Some("blocker"),
            "note" | "hint" => Some("info"),
            other => suggestion(other, Severity::ALL.map(Severity::word)),
        };
        let mistake = Mistake::error("unknown-severity", text.span(), format!("no severity `{}`", text.as_str()), "unknown severity");
        self.mistakes.push(mistake.meant_or(near, "severities are blocker, error, warning and info"));
        None
    }

    pub(super) fn clause(&mut self, keys: &mut Keys<'_>, key: &'static str) -> Vec<Clause> {
        keys.texts(key, self.mistakes).into_iter().filter_map(|text| parse::clause(text, self.mistakes)).collect()
    }

    pub(super) fn template(&mut self, keys: &mut Keys<'_>, key: &'static str) -> Option<Template> {
        let text = keys.text(key, self.mistakes)?;
        parse::template(text, self.mistakes)
    }

    pub(super) fn values(&mut self, keys: &mut Keys<'_>, key: &'static str) -> Vec<crate::language::syntax::Value> {
        let text = keys.text(key, self.mistakes);
        text.and_then(|text| parse::values(text, self.mistakes)).unwrap_or_default()
    }

    pub(super) fn strings(&mut self, keys: &mut Keys<'_>, key: &'static str) -> Vec<String> {
        keys.texts(key, self.mistakes).into_iter().map(|text| text.as_str().trim().to_owned()).collect()
    }

    pub(super) fn string(&mut self, keys: &mut Keys<'_>, key: &'static str) -> Option<String> {
        keys.text(key, self.mistakes).map(|text| text.as_str().trim().to_owned())
    }

    pub(super) fn sources(&mut self, keys: &mut Keys<'_>) -> Vec<SourceFile> {
        let Some(node) = keys.node("source") else { return Vec::new() };
        let tables: Vec<&Table> = match &node.value {
            Value::Table(table) => vec![table],
            Value::List(list) => {
                list.iter().filter_map(|item| if let Value::Table(table) = &item.value { Some(table) } else { None }).collect()
            }
            other => {
                let message = format!("`source` must be a table, not {}", other.word());
                let help = "write `source = { page = \"...\", url = \"...\", seen = 2026-11-22 }`";
                self.mistakes.push(Mistake::error("wrong-kind", node.span, message, "expected a table").help(help));
                return Vec::new();
            }
        };
        tables
            .into_iter()
            .map(|table| {
                let mut keys = Keys::new(table, "`source`");
                let page = self.string(&mut keys, "page").unwrap_or_default();
                let url = self.string(&mut keys, "url").unwrap_or_default();
                let seen = match keys.node("seen").map(|node| (&node.value, node.span)) {
                    Some((Value::Date(date), _)) => date.clone(),
                    Some((other, span)) => {
                        let message = format!("`seen` must be a date, not {}", other.word());
                        self.mistakes.push(
                            Mistake::error("wrong-kind", span, message, "expected a date")
                                .help("write `seen = 2026-11-22`, without quotes"),
                        );
                        String::new()
                    }
                    None => String::new(),
                };
                keys.finish(self.mistakes);
                SourceFile { page, url, seen }
            })
            .collect()
    }

    fn exception(&mut self, table: &Table) -> Option<ExceptionFile> {
        let mut keys = Keys::new(table, "[[exception]]");
        let name = keys.required("name", self.mistakes);
        if let Some(name) = name {
            self.kebab(name, "the name of an exception");
        }
        let of_text = keys.required("of", self.mistakes);
        let of = of_text.and_then(|text| parse::clause(text, self.mistakes));
        let intended: Option<Condition> = keys.text("intended", self.mistakes).and_then(|text| parse::condition(text, self.mistakes));
        let expect = keys.text("expect", self.mistakes).and_then(|text| {
            let range = text.as_str().split_once("..").and_then(|(low, high)| Some((low.trim().parse().ok()?, high.trim().parse().ok()?)));
            match range {
                Some((low, high)) if low <= high => Some(Spanned::new((low, high), text.span())),
                _ => {
                    let mistake = Mistake::error("wrong-kind", text.span(), "an expected number is a range", "not a range");
                    self.mistakes.push(mistake.help("write \"0..200\", the smallest and the largest number"));
                    None
                }
            }
        });
        let severity = self.severity(&mut keys);
        let (title, why) = (self.string(&mut keys, "title"), self.string(&mut keys, "why"));
        let help = self.template(&mut keys, "help");
        let covers = self.strings(&mut keys, "covers");
        let sources = self.sources(&mut keys);
        let span = keys.span();
        keys.finish(self.mistakes);
        let text = of_text.map(|text| text.as_str().to_owned()).unwrap_or_default();
        Some(ExceptionFile { name: spanned(name?), of, intended, expect, severity, title, why, help, covers, sources, text, span })
    }
}

pub(super) fn spanned(text: &Decoded) -> Spanned<String> {
    Spanned::new(text.as_str().to_owned(), text.span())
}

/// The text of a node that is one.
pub(super) fn text_of(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) => Some(text.as_str().to_owned()),
        _ => None,
    }
}
