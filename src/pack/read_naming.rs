//! A pack's `[[naming]]` and `[target.*]` tables.
use super::file::{FieldFile, LimitsFile, NamingFile, Never, PasswordFile, Reuse, TargetFile};
use super::read::{Reader, spanned};
use crate::document::{Keys, Table, Value};
use crate::finding::Mistake;
use crate::language::parse;
use crate::language::syntax::Template;
use crate::naming::{CharClass, Counter, Edge};
use crate::source::{Decoded, Spanned};

/// Keys whose strings hold the language, for `explain`.
const TOLD: [&str; 8] = ["for", "account", "merge", "sync", "template", "on_clash", "order", "sees"];

impl Reader<'_> {
    pub(super) fn target(&mut self, name: Spanned<String>, table: &Table) -> TargetFile {
        let mut keys = Keys::new(table, "a target");
        let title = self.string(&mut keys, "title").unwrap_or_default();
        let limits = self.limits(&mut keys);
        let mut forbidden = Vec::new();
        for text in keys.texts("forbidden", self.mistakes) {
            match Edge::read(text.as_str()) {
                Some(edge) => forbidden.push(edge),
                None => {
                    let mistake =
                        Mistake::error("wrong-kind", text.span(), "what is forbidden stands at an edge or inside", "not such a place");
                    self.mistakes.push(mistake.help("write \"starts with .\", \"ends with .\" or \"contains ..\""));
                }
            }
        }
        let reserved = self.strings(&mut keys, "reserved");
        let sources = self.sources(&mut keys);
        keys.finish(self.mistakes);
        TargetFile { name, title, limits, forbidden, reserved, sources }
    }

    pub(super) fn naming(&mut self, table: &Table) -> Option<NamingFile> {
        let mut keys = Keys::new(table, "[[naming]]");
        let name = keys.required("name", self.mistakes);
        if let Some(name) = name {
            self.kebab(name, "the name of a schema");
        }
        let mut text = Vec::new();
        for key in TOLD {
            match table.get(key).map(|node| &node.value) {
                Some(Value::Text(written)) => text.push((key, written.as_str().trim().to_owned())),
                Some(Value::List(list)) => text.extend(list.iter().filter_map(|item| match &item.value {
                    Value::Text(written) => Some((key, written.as_str().trim().to_owned())),
                    _ => None,
                })),
                _ => {}
            }
        }
        let title = self.string(&mut keys, "title");
        let group = self.string(&mut keys, "group");
        let people = keys.required("for", self.mistakes).and_then(|text| parse::clause(text, self.mistakes));
        let account = keys.text("account", self.mistakes).and_then(|text| parse::clause(text, self.mistakes));
        let merge = keys.text("merge", self.mistakes).map(spanned);
        let sync = keys.text("sync", self.mistakes).map(spanned);
        let template: Option<Template> = keys.required("template", self.mistakes).and_then(|text| parse::template(text, self.mistakes));
        let on_clash: Vec<Option<Template>> =
            keys.texts("on_clash", self.mistakes).into_iter().map(|text| parse::template(text, self.mistakes)).collect();
        let counter = keys.table("counter", self.mistakes).map_or_else(Counter::default, |table| self.counter(table));
        let fields = self.fields(&mut keys);
        let reuse = self.reuse(&mut keys);
        let order = keys.texts("order", self.mistakes).into_iter();
        let order = order.flat_map(|text| parse::values(text, self.mistakes).unwrap_or_default()).collect();
        let blocked = keys.texts("blocked", self.mistakes).into_iter().map(spanned).collect();
        let record = keys.table("record", self.mistakes).map(|table| self.record(table)).unwrap_or_default();
        let sees = keys.text("sees", self.mistakes).and_then(|text| parse::clause(text, self.mistakes));
        let password = keys.table("password", self.mistakes).map(|table| self.password(table));
        if keys.flag("keep", self.mistakes) == Some(false) {
            let span = keys.key_span("keep");
            let mistake = Mistake::error("wrong-kind", span, "an account that exists is never renamed", "can't be turned off");
            self.mistakes.push(mistake.help("take `keep` out: the account's history hangs on its name, and people know it"));
        }
        let span = keys.span();
        keys.finish(self.mistakes);
        let candidates: Option<Vec<Template>> = std::iter::once(template).chain(on_clash).collect();
        Some(NamingFile {
            name: spanned(name?),
            title,
            group,
            people,
            account,
            merge,
            sync,
            candidates: candidates?,
            counter,
            fields,
            reuse,
            order,
            blocked,
            record,
            sees,
            password,
            text,
            span,
        })
    }

    fn limits(&mut self, keys: &mut Keys<'_>) -> LimitsFile {
        let length = keys.text("length", self.mistakes).and_then(|text| self.length(text));
        let allowed = keys.text("allowed", self.mistakes).and_then(|text| {
            let class = CharClass::read(text.as_str());
            if class.is_none() {
                let mistake = Mistake::error("wrong-kind", text.span(), "allowed characters are a class in brackets", "not a class");
                self.mistakes.push(mistake.help("write \"[a-z0-9.]\""));
            }
            class
        });
        LimitsFile { length, allowed }
    }

    /// `3..20`, `8..`
    fn length(&mut self, text: &Decoded) -> Option<Spanned<(usize, usize)>> {
        let range = text.as_str().split_once("..").and_then(|(low, high)| {
            let low: usize = low.trim().parse().ok()?;
            let high: usize = if high.trim().is_empty() { usize::MAX } else { high.trim().parse().ok()? };
            (low <= high && high > 0).then_some((low.max(1), high))
        });
        if range.is_none() {
            let mistake = Mistake::error("wrong-kind", text.span(), "a length is a range of characters", "not a range");
            self.mistakes.push(mistake.help("write \"3..20\", the least and the most; \"8..\" has no most"));
        }
        range.map(|range| Spanned::new(range, text.span()))
    }

    pub(super) fn number(&mut self, keys: &mut Keys<'_>, key: &'static str, least: i64, most: i64) -> Option<i64> {
        let number = keys.integer(key, self.mistakes)?;
        if number >= least && number <= most {
            return Some(number);
        }
        let span = keys.node(key).map_or_else(|| keys.span(), |node| node.span);
        let message = format!("`{key}` is a number from {least} to {most}");
        self.mistakes.push(Mistake::error("wrong-kind", span, message, "out of range").help(format!("write `{key} = {least}`")));
        None
    }

    fn counter(&mut self, table: &Table) -> Counter {
        let mut keys = Keys::new(table, "`counter`");
        let mut counter = Counter::default();
        if let Some(start) = self.number(&mut keys, "start", 0, 999_999) {
            counter.start = start as u32;
        }
        if let Some(width) = self.number(&mut keys, "width", 1, 9) {
            counter.width = width as usize;
        }
        match self.number(&mut keys, "last", 0, 999_999) {
            Some(last) if (last as u32) < counter.start => {
                let span = keys.node("last").map_or_else(|| keys.span(), |node| node.span);
                let message = format!("a counter from {} can't end with {last}", counter.start);
                self.mistakes.push(Mistake::error("wrong-kind", span, message, "before its start").help("write a greater number"));
            }
            Some(last) => counter.last = last as u32,
            None => counter.last = counter.last.max(counter.start),
        }
        if let Some(node) = keys.node("skip") {
            let numbers = match &node.value {
                Value::List(list) => list
                    .iter()
                    .map(|item| match item.value {
                        Value::Integer(number) => u32::try_from(number).ok(),
                        _ => None,
                    })
                    .collect::<Option<Vec<u32>>>(),
                _ => None,
            };
            match numbers {
                Some(numbers) => counter.skip = numbers,
                None => {
                    let mistake = Mistake::error("wrong-kind", node.span, "`skip` is a list of whole numbers", "expected numbers");
                    self.mistakes.push(mistake.help("write `skip = [0, 1]`: numbers with one of these digits are passed over"));
                }
            }
        }
        keys.finish(self.mistakes);
        counter
    }

    /// `field`, or `[naming.fields.*]`. What a field does not say is taken from the schema.
    fn fields(&mut self, keys: &mut Keys<'_>) -> Vec<FieldFile> {
        let own = self.field_keys(keys);
        let one = keys.text("field", self.mistakes);
        let several = keys.table("fields", self.mistakes);
        match (one, several) {
            (Some(_), Some(_)) => {
                let span = keys.key_span("field");
                let mistake = Mistake::error("wrong-kind", span, "`field` is for one, `fields` for several", "not beside `fields`");
                self.mistakes.push(mistake.and(keys.key_span("fields"), "these").help("take one of the two out"));
                Vec::new()
            }
            (Some(field), None) => vec![FieldFile { name: spanned(field), ..own }],
            (None, None) => {
                let mistake =
                    Mistake::error("missing-key", keys.span(), "[[naming]] has no `field`", "`field = \"username\"` belongs here");
                self.mistakes.push(
                    mistake
                        .help("say which field of the account the name fills, `field = \"username\"`; or several: [naming.fields.email]"),
                );
                Vec::new()
            }
            (None, Some(table)) => self
                .each_table(table, "[naming.fields]", |reader, name, table| {
                    let mut keys = Keys::new(table, "a field");
                    let value = reader.template(&mut keys, "value");
                    let field = reader.field_keys(&mut keys);
                    keys.finish(reader.mistakes);
                    FieldFile { name, value, ..field }
                })
                .into_iter()
                .map(|field| FieldFile {
                    limits: LimitsFile {
                        length: field.limits.length.or(own.limits.length),
                        allowed: field.limits.allowed.or_else(|| own.limits.allowed.clone()),
                    },
                    never: if field.never.is_empty() { own.never.clone() } else { field.never },
                    targets: if field.targets.is_empty() { own.targets.clone() } else { field.targets },
                    unique: if field.unique.is_empty() { own.unique.clone() } else { field.unique },
                    ..field
                })
                .collect(),
        }
    }

    fn field_keys(&mut self, keys: &mut Keys<'_>) -> FieldFile {
        let limits = self.limits(keys);
        let mut never = Vec::new();
        for text in keys.texts("never", self.mistakes) {
            let words: Vec<&str> = text.as_str().split_whitespace().collect();
            let (anywhere, list) = match words.as_slice() {
                ["list", list] => (false, list),
                ["containing", "list", list] => (true, list),
                _ => {
                    let mistake = Mistake::error("wrong-kind", text.span(), "words that no name may be stand in a list", "not such a list");
                    self.mistakes.push(
                        mistake.help(
                            "write \"list reserved-names\" (the whole name), or \"containing list offensive-words\" (anywhere in it)",
                        ),
                    );
                    continue;
                }
            };
            let at = text.as_str().rfind(list).unwrap_or(0);
            never.push(Never { list: Spanned::new((*list).to_owned(), text.locate(at..at + list.len())), anywhere });
        }
        let targets = keys.texts("target", self.mistakes).into_iter().map(spanned).collect();
        let unique = keys.texts("unique", self.mistakes).into_iter().map(spanned).collect();
        FieldFile { name: Spanned::default(), value: None, limits, never, targets, unique }
    }

    fn reuse(&mut self, keys: &mut Keys<'_>) -> Reuse {
        let Some(text) = keys.text("reuse", self.mistakes) else { return Reuse::Never };
        match text.as_str().split_whitespace().collect::<Vec<_>>().as_slice() {
            ["never"] => return Reuse::Never,
            ["after", days, "days" | "day"] => {
                if let Ok(days) = days.parse() {
                    return Reuse::After(days);
                }
            }
            _ => {}
        }
        let mistake = Mistake::error("wrong-kind", text.span(), "names are used again never, or after some days", "neither of these");
        self.mistakes.push(mistake.help("write \"never\" or \"after 365 days\""));
        Reuse::Never
    }

    fn record(&mut self, table: &Table) -> Vec<(Spanned<String>, Template)> {
        let mut record = Vec::new();
        for entry in &table.entries {
            match &entry.node.value {
                Value::Text(text) => {
                    let name = Spanned::new(entry.key.clone(), entry.key_span);
                    record.extend(parse::template(text, self.mistakes).map(|template| (name, template)));
                }
                other => {
                    let message = format!("`{}` must be a string, not {}", entry.key, other.word());
                    let help = format!("write `{} = '{{s.id}}'`", entry.key);
                    self.mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "expected a string").help(help));
                }
            }
        }
        record
    }

    fn password(&mut self, table: &Table) -> PasswordFile {
        let mut keys = Keys::new(table, "`password`");
        let mut part = |key, default| self.number(&mut keys, key, 0, 64).map_or(default, |number| number as usize);
        let parts = (part("words", 2), part("digits", 2), part("symbols", 0));
        let length = keys.text("length", self.mistakes).and_then(|text| self.length(text));
        let list = keys.text("list", self.mistakes).map(spanned);
        if parts.0 > 0 && list.is_none() {
            let mistake = Mistake::error("missing-key", keys.span(), "a password of words needs a list of words", "`list` belongs here");
            self.mistakes.push(mistake.help("name one of the pack's lists, `list = \"password-words\"`, or write `words = 0`"));
        }
        let must_change = keys.flag("must_change", self.mistakes).unwrap_or(true);
        let span = keys.span();
        keys.finish(self.mistakes);
        PasswordFile { parts, length, list, must_change, span }
    }
}
